"""Counts of measurement outcomes, for every basis and every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from qgate.outcomes import Outcomes
from qgate.shot_allocation.grouping import Bases, Basis
from qgate.shot_allocation.readout_errors import ReadoutErrors
from qgate.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class BasisSamples:
    """Number of shots with each outcome in one basis, at S rows."""

    basis: Basis
    outcomes: IntArray  # (U,), distinct, ascending; the first wire is the most significant bit
    counts: FloatArray  # (S, U)
    readout: ReadoutErrors | None = None  # for which values are corrected

    @classmethod
    def of(
        cls, basis: Basis, num_rows: int, rows: IntArray, outcomes: Sequence[Outcomes]
    ) -> BasisSamples:
        """Count the outcomes at some of the rows."""
        if not len(outcomes):
            return cls(basis, np.zeros(0, dtype=np.int64), np.zeros((num_rows, 0)))
        every = np.concatenate([each.values for each in outcomes])
        owner = np.repeat(rows, [len(each.values) for each in outcomes])
        weights = np.concatenate([each.weights for each in outcomes])
        distinct, index = np.unique(every, return_inverse=True)
        shape = (num_rows, len(distinct))
        flat = np.bincount(owner * shape[1] + index, weights, minlength=shape[0] * shape[1])
        return cls(basis, distinct, np.asarray(flat, dtype=float).reshape(shape))

    def plus(self, other: BasisSamples) -> BasisSamples:
        """Return the counts of both together."""
        if not len(self.outcomes) or not len(other.outcomes):
            return self if len(self.outcomes) else other
        outcomes = np.union1d(self.outcomes, other.outcomes)
        counts = np.zeros((len(self.counts), len(outcomes)))
        for part in (self, other):
            counts[:, np.searchsorted(outcomes, part.outcomes)] += part.counts
        return BasisSamples(self.basis, outcomes, counts)

    @cached_property
    def bits(self) -> BoolArray:
        """Bit of each wire in each outcome, shape (U, n)."""
        places = np.arange(self.basis.supports.shape[1] - 1, -1, -1)
        return np.asarray(((self.outcomes[:, None] >> places) & 1).astype(bool))

    @cached_property
    def values(self) -> FloatArray:
        """Value of each readable Pauli word for each outcome, shape (U, k)."""
        if self.readout is not None:
            return self.readout.values(self.basis, self.bits)
        return self.basis.values(self.bits)

    @cached_property
    def shots(self) -> FloatArray:
        """Number of shots of each row, shape (S,)."""
        return np.asarray(self.counts.sum(axis=1))

    @cached_property
    def scatter(self) -> tuple[FloatArray, float]:
        """Sums of products of deviations from the means of the rows (k, k), degrees of freedom.

        The degrees of freedom are the shots less one for each row with shots.
        """
        values, shots = self.values, self.shots
        second = values.T @ (self.counts.sum(axis=0)[:, None] * values)
        sums, measured = self.counts @ values, shots > 0
        means = sums[measured] / np.sqrt(shots[measured])[:, None]
        return second - means.T @ means, float(shots.sum() - measured.sum())

    def moments(self, weights: FloatArray, rows: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return means and sums of squared deviations of weighted sums of Pauli words, (F,) each.

        The sums have weights (F, k) and are at the rows (F,); zero at rows without shots.
        """
        sums = weights @ self.values.T
        counts, shots = self.counts[rows], self.shots[rows]
        means = (counts * sums).sum(axis=1) / np.maximum(shots, 1)
        return means, (counts * (sums - means[:, None]) ** 2).sum(axis=1)

    def products(self, weights: FloatArray, row: int, means: FloatArray) -> FloatArray:
        """Return sums of products of deviations of weighted sums at one row, shape (p, p)."""
        deviations = weights @ self.values.T - means[:, None]
        return np.asarray((self.counts[row] * deviations) @ deviations.T)


@dataclass(frozen=True, eq=False)
class Samples:
    """Outcomes of all rounds so far, for each of B bases."""

    bases: tuple[BasisSamples, ...]
    num_rows: int

    @classmethod
    def none(cls, bases: Bases, num_rows: int) -> Samples:
        """Return the empty samples of a circuit that was not run yet."""
        nothing = np.zeros(0, dtype=np.int64)
        empty = [BasisSamples.of(basis, num_rows, nothing, ()) for basis in bases.members]
        return cls(tuple(empty), num_rows)

    def plus(self, others: Sequence[BasisSamples]) -> Samples:
        """Return these samples together with those of another round."""
        pairs = zip(self.bases, others, strict=True)
        return Samples(tuple(old.plus(new) for old, new in pairs), self.num_rows)

    def corrected(self, errors: ReadoutErrors) -> Samples:
        """Return the same outcomes with values that are corrected for readout errors."""
        bases = tuple(replace(basis, readout=errors) for basis in self.bases)
        return Samples(bases, self.num_rows)

    @cached_property
    def shots(self) -> FloatArray:
        """Number of shots of each row in each basis, shape (S, B)."""
        nothing = np.zeros((self.num_rows, 0), np.int64)  # a constant circuit has no bases
        return np.column_stack([nothing, *(basis.shots for basis in self.bases)])
