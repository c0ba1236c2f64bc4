"""Trainable sweeps: sweeps with variable angles, and the slots to differentiate by."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from qgate.arrays import is_concrete, namespace, unwrap
from qgate.exceptions import InvalidSeed, NotFinite, described
from qgate.execution.execute import validate
from qgate.operations.operator import ParameterKind
from qgate.sweep import Sweep
from qgate.tape import Tape
from qgate.transforms.decomposition import freeze_weights
from qgate.transforms.idle_rotations import without_idle
from qgate.transforms.placeholders import placeholders
from qgate.typing import FloatArray, Tensor

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from qgate.bridge import Interface
    from qgate.devices.base import Device


@dataclass(frozen=True)
class LateInput:
    """Late input: a place in a sweep for numbers that are not known before it runs.

    Parameters
    ----------
    slots : tuple of int
        Slots of angles; none for an array.
    array : int or None
        Index of a matrix, a state or the like among the arrays of the sweep.
    seed : bool
        Whether it is the seed of the sweep.
    """

    slots: tuple[int, ...] = ()
    array: int | None = None
    seed: bool = False

    def filled(self, sweep: Sweep, number: Tensor) -> Sweep:
        """Return the sweep with these numbers: angles (B, size), an array, or a seed."""
        if self.seed:
            return replace(sweep, seed=seed_of(number))
        if self.array is not None:
            arrays = list(sweep.arrays)
            arrays[self.array] = number
            return replace(sweep, arrays=tuple(arrays))
        return _with_angles(sweep, self.slots, number)


@dataclass(frozen=True, eq=False)
class TrainableSweep:
    """A sweep, and the slots to differentiate by.

    Parameters
    ----------
    sweep : Sweep
        B rows. All its measurements have real results.
    slots : tuple of int
        The n slots to differentiate by.
    variable_slots : tuple of int, optional
        Slots whose numbers vary; default the same.
    late_inputs : tuple of LateInput
    """

    sweep: Sweep
    slots: tuple[int, ...]
    variable_slots: tuple[int, ...] | None = None
    late_inputs: tuple[LateInput, ...] = ()

    @property
    def variable(self) -> tuple[int, ...]:
        """The m slots whose numbers vary."""
        return self.slots if self.variable_slots is None else self.variable_slots

    def at(self, x: FloatArray) -> Sweep:
        """Return the sweep with other numbers in the variable slots.

        Parameters
        ----------
        x : array, shape (V * B, m)
            The rows of the sweep, or all of them several times.

        Raises
        ------
        NotFinite
            A number is NaN or infinite.
        """
        if not np.isfinite(x).all():
            raise NotFinite(operation="The circuit", value=x[~np.isfinite(x)].tolist()[0])
        return _with_angles(self.sweep, self.variable, x)

    def needed_at(self, x: FloatArray) -> Sweep:
        """Return a sweep without the rotations that are irrelevant for these derivatives."""
        return without_idle(self.at(x), self.slots)

    def one_row(self) -> Sweep:
        """Return one row of the sweep, with numbers in the variable slots that are not zero."""
        return _with_angles(self.sweep.with_rows(self.sweep.rows[:1], None), self.variable, 1.0)

    def by(self, columns: Sequence[int]) -> TrainableSweep:
        """Return the same with derivatives by some of the slots only."""
        slots = tuple(self.slots[column] for column in columns)
        return replace(self, slots=slots, variable_slots=self.variable)

    @property
    def has_late_arrays(self) -> bool:
        """Whether a matrix, a state or coefficients are late inputs."""
        return any(late.array is not None for late in self.late_inputs)

    def fixing(self, numbers: Sequence[ArrayLike]) -> TrainableSweep:
        """Return the same with numbers for the late inputs."""
        sweep = self.sweep
        for late, number in zip(self.late_inputs, numbers, strict=True):
            sweep = late.filled(sweep, np.asarray(number))
        return replace(self, sweep=sweep, late_inputs=())


def _with_angles(sweep: Sweep, slots: Sequence[int], angles: Tensor) -> Sweep:
    """Return the rows of a sweep, or all of them several times, with other angles in some slots."""
    times = 1 if isinstance(angles, float) else len(angles) // max(len(sweep), 1)
    rows = sweep.rows.copy() if times == 1 else np.tile(sweep.rows, (times, 1))
    rows[:, list(slots)] = angles
    return sweep.with_rows(rows, None if sweep.shots is None else np.tile(sweep.shots, times))


def split_parameters(
    tape: Tape, device: Device, interface: Interface, seed: Tensor = None, *, named: bool = True
) -> tuple[TrainableSweep, list[Tensor], list[Tensor]]:
    """Return the trainable sweep of a tape, its trainable angles, and its late inputs.

    Angles are arrays (B, size), with a row for every part of the shots. ``named``: set the wires of
    measurements on all wires.
    """
    copies = max(1, len(tape.shots.parts))
    variable, trained = _variable(tape), set(tape.trainable_params)
    joined = None
    if variable and copies == 1 and tape.batch_size is None:
        joined = interface.row(list(map(tape.parameters.__getitem__, variable)))
    plain = _numbers(tape, variable, joined, interface)
    sweep = validate(plain, device) if named else plain
    if sweep.arrays:
        sweep = freeze_weights(sweep)
    angles = [_rows(tape, index, copies) for index in variable] if joined is None else [joined]
    slots = tuple(itertools.chain.from_iterable(map(tape.slots_of, variable)))
    inputs, places, arrays = list[Tensor](), list[LateInput](), itertools.count()
    for index, (value, kind) in enumerate(zip(tape.parameters, tape.parameter_kinds, strict=True)):
        array = None if kind is ParameterKind.ANGLES else next(arrays)
        if index not in variable and (index in trained or not is_concrete(value)):
            inputs.append(_rows(tape, index, copies) if array is None else value)
            places.append(LateInput(tuple(tape.slots_of(index)), array))
    if seed is not None and tape.shots:
        if is_concrete(seed):
            sweep = replace(sweep, seed=seed_of(unwrap(seed)))
        else:
            inputs.append(seed)
            places.append(LateInput(seed=True))
    return TrainableSweep(sweep, slots, late_inputs=tuple(places)), angles, inputs


def _variable(tape: Tape) -> dict[int, None]:
    """Return the trainable angles; if there are none, those whose numbers are not known yet."""
    kinds = tape.parameter_kinds
    trained = [index for index in tape.trainable_params if kinds[index] is ParameterKind.ANGLES]
    if trained:
        return dict.fromkeys(trained)
    angles = [index for index, kind in enumerate(kinds) if kind is ParameterKind.ANGLES]
    return dict.fromkeys(at for at in angles if not is_concrete(tape.parameters[at]))


def _numbers(
    tape: Tape, variable: Collection[int], joined: Tensor | None, interface: Interface
) -> Sweep:
    """Return the sweep of a tape with numbers, from the row of all its angles if there is one."""
    if (
        joined is not None
        and len(variable) == len(tape.angles)
        and all(map(is_concrete, tape.arrays))
    ):
        row = interface.number(joined)
        if isinstance(row, np.ndarray):
            return tape.sweep(row)
    return placeholders(tape).sweep()


def _rows(tape: Tape, index: int, copies: int) -> Tensor:
    """Return the angles of a parameter as rows, each repeated for every part of its shots."""
    xp = namespace([tape.parameters[index]])
    rows = tape.columns(index, xp)
    if tape.batch_size is None:
        rows = xp.reshape(rows, (1, -1))
    return rows if copies == 1 else xp.repeat(rows, copies, axis=0)


def seed_of(number: Tensor) -> tuple[int, ...]:
    """Return a seed as whole numbers, from one or an array of them.

    Raises
    ------
    InvalidSeed
        It is not made of whole numbers.
    """
    numbers = np.asarray(number)
    if numbers.dtype.kind not in "iu" or (numbers < 0).any():
        raise InvalidSeed(seed=described(number))
    return tuple(int(each) for each in numbers.ravel())
