"""What runs: one structure, many rows of numbers, shots for each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from qgate.structure import Structure
from qgate.typing import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Sweep:
    """One structure and a matrix of parameter rows.

    Parameters
    ----------
    structure : Structure
    rows : array, shape (K, P)
        A row of angles (radians) for each run.
    arrays : tuple of array
        Matrices, state vectors and coefficients, the same for every row.
    shots : array of int, shape (K,), or None
        Shots of each row; None: exact.
    """

    structure: Structure
    rows: FloatArray
    arrays: tuple[Any, ...] = ()
    shots: IntArray | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def with_rows(self, rows: FloatArray, shots: IntArray | None) -> Sweep:
        """Return the same structure with other rows."""
        return replace(self, rows=rows, shots=shots)

    def with_structure(self, structure: Structure) -> Sweep:
        """Return the same rows for another structure with the same slots."""
        return replace(self, structure=structure)

    def repeated(self, times: int) -> Sweep:
        """Return each row ``times`` times over, the copies next to each other."""
        shots = None if self.shots is None else np.repeat(self.shots, times)
        return replace(self, rows=np.repeat(self.rows, times, axis=0), shots=shots)


def merge_equal_rows(sweep: Sweep) -> tuple[Sweep, IntArray]:
    """Keep one of each set of equal rows.

    Returns
    -------
    sweep : Sweep
        The distinct rows, in order of first appearance.
    index : array of int, shape (K,)
        Where each of the given rows is among the distinct ones.
    """
    if len(sweep) < 2:
        return sweep, np.arange(len(sweep))
    first: dict[bytes, int] = {}
    keys = sweep.rows + 0.0 if sweep.shots is None else np.column_stack([sweep.rows, sweep.shots])
    index = np.array([first.setdefault(row.tobytes(), len(first)) for row in keys + 0.0])
    if len(first) == len(sweep):
        return sweep, index
    kept = np.unique(index, return_index=True)[1]
    shots = None if sweep.shots is None else sweep.shots[kept]
    return sweep.with_rows(sweep.rows[kept], shots), index


def split_rows(sweep: Sweep, sizes: Sequence[int]) -> tuple[Sweep, ...]:
    """Cut a sweep into sweeps of the given numbers of rows."""
    edges = np.cumsum(sizes)[:-1]
    rows = np.split(sweep.rows, edges)
    shots = [None] * len(rows) if sweep.shots is None else np.split(sweep.shots, edges)
    return tuple(sweep.with_rows(part, count) for part, count in zip(rows, shots, strict=True))
