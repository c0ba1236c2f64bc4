"""Counts of measurement outcomes, for every basis and every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qgate.outcomes import Outcomes
from qgate.shot_allocation.bases import Bases, Basis
from qgate.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Table:
    """Counts of the outcomes in one basis.

    Parameters
    ----------
    basis : Basis
    outcomes : array of int, shape (U,)
        Distinct, ascending; the first wire is the most significant bit.
    counts : array, shape (S, U)
        Number of shots with each outcome at each row.
    """

    basis: Basis
    outcomes: NDArray[np.int64]
    counts: FloatArray

    @classmethod
    def of(cls, basis: Basis, num_rows: int, rows: IntArray, read: Sequence[Outcomes]) -> Table:
        """Return the table of the outcomes at some rows."""
        if not len(read):
            return cls(basis, np.zeros(0, dtype=np.int64), np.zeros((num_rows, 0)))
        every = np.concatenate([each.values for each in read])
        owner = np.repeat(rows, [len(each.values) for each in read])
        weights = np.concatenate([each.weights for each in read])
        outcomes, index = np.unique(every, return_inverse=True)
        flat = np.bincount(
            owner * len(outcomes) + index, weights, minlength=num_rows * len(outcomes)
        )
        counts = np.asarray(flat, dtype=float).reshape(num_rows, len(outcomes))
        return cls(basis, outcomes, counts)

    def plus(self, other: Table) -> Table:
        """Return the counts of both tables together."""
        if not len(self.outcomes) or not len(other.outcomes):
            return self if len(self.outcomes) else other
        outcomes = np.union1d(self.outcomes, other.outcomes)
        counts = np.zeros((len(self.counts), len(outcomes)))
        for table in (self, other):
            counts[:, np.searchsorted(outcomes, table.outcomes)] += table.counts
        return Table(self.basis, outcomes, counts)

    @cached_property
    def values(self) -> FloatArray:
        """Value of each readable Pauli word for each outcome, shape (U, k)."""
        places = np.arange(self.basis.supports.shape[1] - 1, -1, -1)
        bits = ((self.outcomes[:, None] >> places) & 1).astype(bool)
        return self.basis.values(bits)

    @cached_property
    def shots(self) -> FloatArray:
        """Number of shots of each row, shape (S,)."""
        return np.asarray(self.counts.sum(axis=1))

    @cached_property
    def scatter(self) -> tuple[FloatArray, float]:
        """Sums of products of deviations from the means of the rows, and their degrees of freedom.

        Returns
        -------
        scatter : array, shape (k, k)
        freedom : float
            Shots less one for each row with shots.
        """
        values, shots = self.values, self.shots
        second = values.T @ (self.counts.sum(axis=0)[:, None] * values)
        sums = self.counts @ values
        read = shots > 0
        means = sums[read] / np.sqrt(shots[read])[:, None]
        return second - means.T @ means, float(shots.sum() - read.sum())

    def moments(self, weights: FloatArray, rows: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return means and sums of squared deviations of weighted sums of Pauli words.

        Parameters
        ----------
        weights : array, shape (F, k)
        rows : array of int, shape (F,)
            Row of each weighted sum.

        Returns
        -------
        means, squares : array, shape (F,)
            Zero at rows without shots.
        """
        if not len(self.outcomes):
            return np.zeros(len(rows)), np.zeros(len(rows))
        sums = weights @ self.values.T
        counts, shots = self.counts[rows], self.shots[rows]
        means = (counts * sums).sum(axis=1) / np.maximum(shots, 1)
        squares = (counts * (sums - means[:, None]) ** 2).sum(axis=1)
        return means, squares

    def products(self, weights: FloatArray, row: int, means: FloatArray) -> FloatArray:
        """Return sums of products of deviations of weighted sums at one row, shape (p, p)."""
        deviations = weights @ self.values.T - means[:, None]
        return np.asarray((self.counts[row] * deviations) @ deviations.T)


@dataclass(frozen=True, eq=False)
class Readings:
    """Outcomes of all rounds so far.

    Parameters
    ----------
    tables : tuple of Table
        One for each basis.
    """

    tables: tuple[Table, ...]

    @classmethod
    def none(cls, bases: Bases, num_rows: int) -> Readings:
        """Return the empty outcomes of a circuit that was not run yet."""
        nothing = np.zeros(0, dtype=np.int64)
        return cls(tuple(Table.of(basis, num_rows, nothing, ()) for basis in bases.members))

    def plus(self, tables: Sequence[Table]) -> Readings:
        """Return these outcomes together with those of another round."""
        pairs = zip(self.tables, tables, strict=True)
        return Readings(tuple(old.plus(new) for old, new in pairs))

    @cached_property
    def shots(self) -> FloatArray:
        """Number of shots of each row in each basis, shape (S, B)."""
        return np.stack([table.shots for table in self.tables], axis=1)


def positions(mask: BoolArray) -> IntArray:
    """Return the indices at which a mask is true."""
    return np.asarray(np.flatnonzero(mask), dtype=np.int64)
