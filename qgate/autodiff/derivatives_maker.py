"""Create the derivatives of a tape for a gradient method."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from qgate.arrays import is_concrete, namespace, unwrap
from qgate.autodiff.circuit_derivatives import CircuitDerivatives
from qgate.autodiff.derivatives import DeviceDerivatives, ShiftDerivatives, TapeDerivatives
from qgate.autodiff.method import Method
from qgate.autodiff.shapes import result_shapes
from qgate.autodiff.trainable_sweep import LateInput, TrainableSweep, seed_of
from qgate.autodiff.transform_derivatives import Execute, TransformDerivatives
from qgate.budget import Budget
from qgate.exceptions import UnsupportedDiffMethod
from qgate.execution.execute import checked
from qgate.gradients.registry import METHODS, shift_methods
from qgate.jobs.limits import Limits
from qgate.operations.operator import ParameterKind
from qgate.sweep import Sweep
from qgate.tape import Tape
from qgate.transforms.decompose import freeze_weights
from qgate.transforms.placeholders import placeholders
from qgate.typing import Tensor

if TYPE_CHECKING:
    from qgate.bridge import Interface
    from qgate.devices.base import Device


@dataclass(frozen=True)
class DerivativesMaker:
    """Factory of the derivatives of tapes by a gradient method.

    Parameters
    ----------
    device : Device
    method : Method
    limits : Limits
    execute : callable
        Runs tapes with plain numbers in one submission.
    interface : Interface
    seed : number or array, optional
        Seed of the samples.
    """

    device: Device
    method: Method
    limits: Limits
    execute: Execute
    interface: Interface
    seed: Tensor = None

    def __call__(self, tape: Tape) -> tuple[TapeDerivatives, list[Tensor], list[Tensor]]:
        """Return the derivatives of a tape, its trainable angles, and its late inputs.

        Late inputs are inputs whose numbers are not known yet. Angles are arrays (B, size), with a
        row for every part of the shots.
        """
        # Methods that run other circuits look for a free auxiliary wire.
        named = self.method.transform is not None or self.method.row.circuits is None
        trained, parts, fixed = split_parameters(
            tape, self.device, self.interface, self.seed, named=named
        )
        tape_derivatives = self._derivatives_of(trained, tape)
        tape_derivatives.limits = self.limits
        tape_derivatives.shapes, tape_derivatives.complex = result_shapes(
            trained.sweep, self.device
        )
        return tape_derivatives, parts, fixed

    def _derivatives_of(self, trained: TrainableSweep, tape: Tape) -> TapeDerivatives:
        device, options = self.device, self.method.options
        if self.method.transform is not None:
            return TransformDerivatives(
                trained,
                device,
                self.method.transform,
                options,
                trainable=tape.trainable_params,
                execute=self.execute,
            )
        if tape.shots.budget is not None:
            return self._within_budget(trained, tape.shots.budget)
        row = self.method.row
        if row.shifts is not None:
            return ShiftDerivatives(trained, device, row.shifts, options)
        if row.circuits is not None:
            return CircuitDerivatives(trained, device, row.circuits, options)
        shifts = METHODS[self.method.higher].shifts if self.method.higher else None
        higher = None if shifts is None else ShiftDerivatives(trained, device, shifts, options)
        return DeviceDerivatives(trained, device, higher)

    def _within_budget(self, trained: TrainableSweep, budget: Budget) -> TapeDerivatives:
        row = self.method.row
        if row.shifts is None:
            raise UnsupportedDiffMethod(
                method=row.name,
                reason="a budget is spent on shifted circuits",
                remedy=f"Use diff_method={' or '.join(map(repr, shift_methods()))}, or give a "
                "plain number of shots.",
            )
        from qgate.autodiff.budget_derivatives import BudgetDerivatives
        from qgate.shot_allocation.pauli_expansion import refuse_other_kinds

        refuse_other_kinds(trained.sweep.structure.measurements)
        return BudgetDerivatives(trained, self.device, budget, row, self.method.options)


def split_parameters(
    tape: Tape, device: Device, interface: Interface, seed: Tensor = None, *, named: bool = True
) -> tuple[TrainableSweep, list[Tensor], list[Tensor]]:
    """Return the trainable sweep of a tape, its trainable angles, and its late inputs.

    Angles are arrays (B, size), with a row for every part of the shots. ``named``: set the wires of
    measurements on all wires.
    """
    copies = max(1, len(tape.shots.parts)) if tape.shots else 1
    moving, trained = _moving(tape), set(tape.trainable_params)
    joined = None
    if moving and copies == 1 and tape.batch_size is None:
        joined = interface.row([tape.parameters[index] for index in moving])
    plain = _numbers(tape, moving, joined, interface)
    sweep = freeze_weights(checked(plain, device) if named else plain)
    parts = [_rows(tape, index, copies) for index in moving] if joined is None else [joined]
    slots = [slot for index in moving for slot in tape.slots_of(index)]
    fixed, places, arrays = list[Tensor](), list[LateInput](), itertools.count()
    known = set(moving)
    for index, (value, kind) in enumerate(zip(tape.parameters, tape.parameter_kinds, strict=True)):
        array = None if kind is ParameterKind.ANGLES else next(arrays)
        if index not in known and (index in trained or not is_concrete(value)):
            fixed.append(_rows(tape, index, copies) if array is None else value)
            places.append(LateInput(tuple(tape.slots_of(index)), array))
    if seed is not None and tape.shots:
        if is_concrete(seed):
            sweep = replace(sweep, seed=seed_of(unwrap(seed)))
        else:
            fixed.append(seed)
            places.append(LateInput(seed=True))
    return TrainableSweep(sweep, tuple(slots), fixed=tuple(places)), parts, fixed


def _moving(tape: Tape) -> list[int]:
    """Return the trainable angles; if there are none, those whose numbers are not known yet."""
    kinds = tape.parameter_kinds
    trained = [index for index in tape.trainable_params if kinds[index] is ParameterKind.ANGLES]
    if trained:
        return trained
    angles = [index for index, kind in enumerate(kinds) if kind is ParameterKind.ANGLES]
    return [index for index in angles if not is_concrete(tape.parameters[index])]


def _numbers(
    tape: Tape, moving: Sequence[int], joined: Tensor | None, interface: Interface
) -> Sweep:
    """Return the sweep of a tape with numbers, from the row of all its angles if there is one."""
    if (
        joined is not None
        and len(moving) == len(tape.angles)
        and all(map(is_concrete, tape.arrays))
    ):
        row = interface.number(joined)
        if isinstance(row, np.ndarray):
            return tape.sweep(row)
    return placeholders(tape).sweep()


def _rows(tape: Tape, index: int, copies: int) -> Tensor:
    """Return the angles of a parameter as rows, each repeated for every part of its shots."""
    xp = namespace([tape.parameters[index]])
    rows = xp.reshape(tape.columns(index, xp), (-1, len(tape.slots_of(index))))
    return rows if copies == 1 else xp.repeat(rows, copies, axis=0)
