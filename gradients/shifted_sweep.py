"""Shifted sweeps: a circuit at points around its parameters, and derivatives from its values there.

Every derivative by shifted parameters has this form: shift rules, finite differences, simultaneous
perturbation, their compositions to higher orders, and estimates within a budget.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qgate.arrays import namespace, shape_of
from qgate.gradients.stencil import Stencil, on_common_points
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.tape import Tape
from qgate.transforms.decomposition import Decomposed
from qgate.typing import BoolArray, FloatArray, Tensor


@dataclass(frozen=True, eq=False)
class ShiftedSweep:
    """Points around the rows of a circuit, and derivatives as weighted sums of the values there.

    Parameters
    ----------
    decomposed : Decomposed
        Structure whose slots are shifted, and the map of the circuit's rows to it.
    stencils : tuple of Stencil
        Derivatives by the circuit's trainable slots. All have the same points.
    known : bool
        Whether the value at the unshifted point is known, so that it does not run.
    """

    decomposed: Decomposed
    stencils: tuple[Stencil, ...]
    known: bool = False

    @classmethod
    def of(cls, decomposed: Decomposed, *stencils: Stencil, known: bool = False) -> ShiftedSweep:
        """Return the sweep of all points of several stencils; equal points run once."""
        return cls(decomposed, on_common_points(stencils), known)

    @classmethod
    def nothing(cls, structure: Structure) -> ShiftedSweep:
        """Return a sweep without points, for derivatives by no slots."""
        none = np.zeros(0, dtype=np.int64)
        stencil = Stencil(np.zeros((0, structure.num_slots)), none, none, np.zeros(0), 0, 1)
        return cls(Decomposed.unchanged(structure), (stencil,))

    @property
    def stencil(self) -> Stencil:
        """The first derivative."""
        return self.stencils[0]

    @property
    def value(self) -> Stencil:
        """Stencil of order 0, the value itself, for the same structure."""
        return Stencil.value(self.decomposed.structure.num_slots, self.stencil.size)

    @property
    def offsets(self) -> FloatArray:
        """The points: shifts of the slots of the structure, shape (M, Q)."""
        return self.stencil.offsets

    @cached_property
    def runs(self) -> BoolArray:
        """Mask of the points that run, shape (M,): all, or all but the unshifted one."""
        if self.known:
            return np.asarray(self.stencil.moved.any(axis=1))
        return np.ones(len(self.offsets), dtype=bool)

    def at(self, sweep: Sweep) -> Sweep:
        """Return every row at every point that runs: all rows of the first point come first."""
        native = sweep
        if sweep.structure is not self.decomposed.structure:
            native = self.decomposed.sweep(sweep)
        rows = self.stencils[0].at(native.rows, self.runs).reshape(-1, native.rows.shape[1])
        shots = None if native.shots is None else np.tile(native.shots, int(self.runs.sum()))
        return native.with_rows(rows, shots)

    def tapes(self, tape: Tape, *, broadcast: bool = True) -> list[Tape]:
        """Return a tape with one row at the points that run, as a broadcast or a tape for each.

        These tapes can be differentiated by the numbers of the given one.
        """
        here = self.decomposed.angles(tape.row(), namespace(tape.angles))
        points = self.stencil.at(here, self.runs)
        parts = [points] if broadcast else [points[index] for index in range(int(self.runs.sum()))]
        return [bound(self.decomposed.structure, part, tape) for part in parts]

    def derivatives(self, values: Tensor, known: Tensor = None) -> list[Tensor]:
        """Return the derivative of each stencil.

        Parameters
        ----------
        values : array, shape (M, ...)
            Value at each point that ran, an array of any framework.
        known : array, shape (...), optional
            Value at the unshifted point, if it did not run.

        Returns
        -------
        list of array, shape (n,) * k + (...)
        """
        if not self.runs.all():
            xp, place = namespace([values, known]), int(np.flatnonzero(~self.runs)[0])
            row = xp.reshape(known, (1, *shape_of(values)[1:]))
            values = xp.concatenate([values[:place], row, values[place:]])
        return [stencil.contract(values) for stencil in self.stencils]


def bound(structure: Structure, rows: Tensor, tape: Tape) -> Tape:
    """Return a structure with the numbers of a tape at one row (Q,), or at several (K, Q)."""
    measured = structure.bind_measurements(tape.arrays)
    wires = tape.structure.wires
    if structure.wires != wires:  # decomposition may change their order
        measured = [
            item.with_wires(wires) if item.obs is None and not item.wires else item
            for item in measured
        ]
    return Tape(structure.bind(rows, tape.arrays), measured, tape.shots)
