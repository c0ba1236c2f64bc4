"""Sweep: a batch of runs of one structure, with a row of numbers and shots for each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from qgate.periods import LARGEST_KEPT, within_periods
from qgate.short_repr import fields_summary
from qgate.structure import Structure
from qgate.typing import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Sweep:
    """One structure and a matrix of parameter rows.

    Parameters
    ----------
    structure : Structure
    rows : array, shape (K, P)
        A row of angles (radians) for each run. Angles above 16 pi are reduced to one period of
        their gate if it is known, so that sums with them keep full precision.
    arrays : tuple of array
        Matrices, state vectors and coefficients, the same for every row.
    shots : array of int, shape (K,), or None
        Shots of each row; None: exact.
    seed : tuple of int or None
        Seed of the samples, in place of the device's generator.
    beside : Sweep or None
        Sweep on whose measured qubits this one is placed, where qubits are chosen by qgate.
    folding : int
        Odd number of times that each gate on several wires runs, G to G (G^-1 G)^k.
    """

    structure: Structure
    rows: FloatArray
    arrays: tuple[Any, ...] = ()
    shots: IntArray | None = None
    seed: tuple[int, ...] | None = None
    beside: Sweep | None = None
    folding: int = 1

    def __post_init__(self) -> None:
        largest = np.maximum.reduce(abs(self.rows), axis=None, initial=0.0)
        if not largest <= LARGEST_KEPT:  # NaN is not small either
            rows = within_periods(self.rows, self.structure.operations)
            object.__setattr__(self, "rows", rows)

    def _repr_html_(self) -> str:
        """Return the drawing of the first circuit, and the rows, for a notebook."""
        from qgate.drawer.notebook import sweep_html  # on use: no value needs a drawing

        return sweep_html(self)

    def __len__(self) -> int:
        return len(self.rows)

    def with_rows(self, rows: FloatArray, shots: IntArray | None) -> Sweep:
        """Return the same structure with other rows."""
        return Sweep(self.structure, rows, self.arrays, shots, self.seed, self.beside, self.folding)

    def with_structure(self, structure: Structure) -> Sweep:
        """Return the same rows for another structure with the same slots."""
        if structure is self.structure:
            return self
        return Sweep(
            structure, self.rows, self.arrays, self.shots, self.seed, self.beside, self.folding
        )

    def repeated(self, times: int) -> Sweep:
        """Return each row repeated ``times`` times, copies adjacent."""
        shots = None if self.shots is None else np.repeat(self.shots, times)
        return replace(self, rows=np.repeat(self.rows, times, axis=0), shots=shots)

    __repr__ = fields_summary


def merge_equal_rows(sweep: Sweep) -> tuple[Sweep, IntArray]:
    """Remove duplicate rows where equal rows give equal results.

    Rows with shots are kept, because each is a separate sample.

    Returns
    -------
    sweep : Sweep
        The distinct rows, in order of first appearance.
    index : array of int, shape (K,)
        Index of each given row among the distinct ones.
    """
    if sweep.shots is not None or len(sweep) < 2:
        return sweep, np.arange(len(sweep))
    rows, index = distinct_rows(sweep.rows)
    return (sweep if len(rows) == len(sweep) else sweep.with_rows(rows, None)), index


def distinct_rows(rows: FloatArray, *, decimals: int | None = None) -> tuple[FloatArray, IntArray]:
    """Return the distinct rows of a matrix, in order of first appearance.

    Parameters
    ----------
    rows : array, shape (K, P)
    decimals : int, optional
        Rows that agree to this number of decimals are equal; default: to the last bit.

    Returns
    -------
    rows : array, shape (D, P)
    index : array of int, shape (K,)
        Index of each given row among the distinct ones.
    """
    first: dict[bytes, int] = {}
    keys = (rows if decimals is None else np.round(rows, decimals)) + 0.0  # replaces negative zeros
    index = np.array([first.setdefault(row.tobytes(), len(first)) for row in keys], dtype=np.int64)
    return rows[np.unique(index, return_index=True)[1]], index
