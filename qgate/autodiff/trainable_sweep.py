"""Trainable sweeps: sweeps with variable angles, and the slots to differentiate by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from qgate.exceptions import InvalidSeed, NotFinite, described
from qgate.sweep import Sweep
from qgate.transforms.idle_rotations import without_idle
from qgate.typing import FloatArray


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

    def filled(self, sweep: Sweep, number: Any) -> Sweep:
        """Return the sweep with these numbers: angles (B, size), an array, or a seed."""
        if self.seed:
            return replace(sweep, seed=seed_of(number))
        if self.array is not None:
            arrays = list(sweep.arrays)
            arrays[self.array] = number
            return replace(sweep, arrays=tuple(arrays))
        times = len(number) // max(len(sweep), 1)
        rows = np.tile(sweep.rows, (times, 1))
        rows[:, list(self.slots)] = number
        return sweep.with_rows(rows, None if sweep.shots is None else np.tile(sweep.shots, times))


@dataclass(frozen=True, eq=False)
class TrainableSweep:
    """A sweep, and the slots to differentiate by.

    Parameters
    ----------
    sweep : Sweep
        B rows. All its measurements have real results.
    slots : tuple of int
        The n slots to differentiate by.
    moving : tuple of int, optional
        Slots whose numbers vary; default the same.
    fixed : tuple of LateInput
        Late inputs.
    """

    sweep: Sweep
    slots: tuple[int, ...]
    moving: tuple[int, ...] | None = None
    fixed: tuple[LateInput, ...] = ()

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
        times = len(x) // max(len(self.sweep), 1)
        rows = self.sweep.rows.copy() if times == 1 else np.tile(self.sweep.rows, (times, 1))
        rows[:, list(self.slots if self.moving is None else self.moving)] = x
        shots = self.sweep.shots
        return self.sweep.with_rows(rows, None if shots is None else np.tile(shots, times))

    def needed_at(self, x: FloatArray) -> Sweep:
        """Return a sweep without the rotations that are irrelevant for these derivatives."""
        return without_idle(self.at(x), self.slots)

    def by(self, columns: Sequence[int]) -> TrainableSweep:
        """Return the same with derivatives by some of the slots only."""
        slots = tuple(self.slots[column] for column in columns)
        return replace(self, slots=slots, moving=self.slots if self.moving is None else self.moving)

    def fixing(self, numbers: Sequence[Any]) -> TrainableSweep:
        """Return the same with numbers for the late inputs."""
        sweep = self.sweep
        for place, number in zip(self.fixed, numbers, strict=True):
            sweep = place.filled(sweep, np.asarray(number))
        return replace(self, sweep=sweep, fixed=())


def seed_of(number: Any) -> tuple[int, ...]:
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
