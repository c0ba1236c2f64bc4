"""Classical shadows: circuits in random Pauli bases, and values computed from their outcomes.

Each shot measures every wire in X, Y or Z, chosen at random. The bases are rows of one sweep: the
circuit ends with RZ and RY on each wire, whose angles turn the basis of the row to Z. Equal bases
are one row with several shots.

In each shot, a Pauli word P with letters on w wires has the value 3**w times the product of the
signs of the outcomes on these wires, if all of them were measured in the letters of P, and else 0.
The mean of these values is the expectation value. Reference: Huang, Kueng and Preskill, Nature
Physics 16, 1050 (2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.operations.rotations import RY, RZ
from qgate.operations.slots import Affine
from qgate.outcomes import Outcomes
from qgate.recording import paused
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.typing import FloatArray, IntArray, NumericArray
from qgate.wires import Wires

IDENTITY = -1
"""Letter of a wire on which a word does not act; X, Y and Z are 0, 1 and 2, as in bases."""

TURNS = np.array([[0.0, -np.pi / 2], [-np.pi / 2, -np.pi / 2], [0.0, 0.0]])
"""Angles of RZ and RY that map the eigenvectors of X, Y and Z to those of Z."""

MOST_ROWS_PER_BASIS = 2
"""Maximum mean number of rows of a basis where all rows need equal shots."""

MOST_AT_ONCE = 2**24
"""Number of values of words in snapshots that are computed together."""


@dataclass(frozen=True, eq=False)
class ShadowSweep:
    """A sweep in random bases, and the snapshots that its outcomes give.

    Parameters
    ----------
    sweep : Sweep
        For each given row and each of its distinct bases one row, or several with equal shots.
    bases : array of int, shape (T, n)
        Basis of each snapshot and wire.
    groups : tuple of array of int
        For each given row the number of its basis for each snapshot.
    copies : array of int
        Number of rows of the sweep for each given row and basis, one after the other.
    """

    sweep: Sweep
    bases: IntArray
    groups: tuple[IntArray, ...]
    copies: IntArray

    @classmethod
    def of(
        cls, sweep: Sweep, wires: Wires, bases: IntArray, *, equal_shots: bool = False
    ) -> ShadowSweep:
        """Return the sweep that measures some wires in random bases.

        Parameters
        ----------
        sweep : Sweep
            With shots.
        wires : Wires
        bases : array of int, shape (T, n)
            A row uses the first of them, as many as it has shots.
        equal_shots : bool
            Whether all rows need the same number of shots, to be one submission.
        """
        assert sweep.shots is not None
        rows, counts, groups = [], [], []
        for row, number in zip(sweep.rows, sweep.shots.tolist(), strict=True):
            distinct, group, count = _distinct(bases[:number])
            angles = TURNS[distinct].reshape(len(distinct), -1)
            rows.append(np.hstack([np.tile(row, (len(distinct), 1)), angles]))
            counts.append(count)
            groups.append(group.ravel())
        shots = np.concatenate(counts)
        copies = np.ones_like(shots)
        if equal_shots:
            common = _common_shots(shots)
            shots, copies = np.full_like(shots, common), -(-shots // common)
        turned = sweep.with_structure(_turned(sweep.structure, wires))
        measured = turned.with_rows(
            np.repeat(np.concatenate(rows), copies, axis=0), np.repeat(shots, copies)
        )
        return cls(measured, bases, tuple(groups), copies)

    def snapshots(self, outcomes: Sequence[Outcomes]) -> list[NumericArray]:
        """Return bits and bases of the snapshots of each given row, shape (2, T, n)."""
        ends = np.cumsum(self.copies)
        measured = iter(
            np.concatenate([part.bits() for part in outcomes[end - number : end]])
            for end, number in zip(ends.tolist(), self.copies.tolist(), strict=True)
        )
        found = []
        for group in self.groups:
            bits = np.empty((len(group), self.bases.shape[1]), dtype=np.int8)
            for place in range(int(group.max()) + 1):
                taken = np.flatnonzero(group == place)
                bits[taken] = next(measured)[: len(taken)]  # equal shots may be more than needed
            found.append(np.stack([bits, self.bases[: len(group)].astype(np.int8)]))
        return found


def _distinct(bases: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return the distinct rows in ascending order, the place of each row, and their counts.

    Rows are compared as texts of bytes, which is ten times as fast as along an axis.
    """
    texts = bases.astype(np.int8).view(f"S{bases.shape[1]}").ravel()
    _, first, group, count = np.unique(
        texts, return_index=True, return_inverse=True, return_counts=True
    )
    return bases[first], group, count


def _common_shots(counts: IntArray) -> int:
    """Return the number of shots per row that needs the fewest in all, with few more rows."""
    candidates = np.unique(counts)
    rows = (-(-counts[:, None] // candidates)).sum(axis=0)
    few = rows <= MOST_ROWS_PER_BASIS * len(counts)
    return int(candidates[few][np.argmin((rows * candidates)[few])])


@lru_cache(maxsize=1024)
def _turned(structure: Structure, wires: Wires) -> Structure:
    """Return a structure that samples wires in bases whose angles are additional slots."""
    operations, slot = list[Operator](structure.operations), structure.num_slots
    with paused():
        for wire in wires:
            operations += [RZ(Affine.slot(slot), wire), RY(Affine.slot(slot + 1), wire)]
            slot += 2
        measured = Measurement(MeasurementKind.SAMPLE, wires=wires)
    return Structure(operations, (measured,), slot, structure.num_arrays)


def letters_of(words: PauliSum, wires: Sequence[object]) -> IntArray:
    """Return the letter of each word on each wire, shape (W, n): 0, 1, 2 or ``IDENTITY``."""
    expanded = words.expanded(Wires(wires))
    codes = np.array([[IDENTITY, 2], [0, 1]])
    return np.asarray(codes[expanded.x.astype(int), expanded.z.astype(int)])


def pauli_expval(bits: NumericArray, recipes: NumericArray, word: IntArray) -> FloatArray:
    """Return the value of each Pauli word in each snapshot, shape (T, W).

    Parameters
    ----------
    bits, recipes : array of int, shape (T, n)
        Outcomes, and their bases: 0 for X, 1 for Y, 2 for Z.
    word : array of int, shape (W, n)
        Letter of each word on each wire: 0, 1, 2, or -1 for the identity.
    """
    support = word != IDENTITY
    weights = support.sum(axis=1)
    matches = sum(
        (recipes == basis).astype(np.float32) @ (word == basis).T.astype(np.float32)
        for basis in range(3)
    )
    ones = bits.astype(np.float32) @ support.T.astype(np.float32)
    signs = 1.0 - 2.0 * (ones % 2)
    return np.asarray(np.where(matches == weights, signs * 3.0**weights, 0.0), dtype=float)


def median_of_means(arr: NumericArray, num_batches: int, axis: int = 0) -> NumericArray:
    """Return the median of the means of equal parts of the first axis.

    Parameters
    ----------
    arr : array, shape (T, ...)
    num_batches : int
        Number of parts.
    axis : int
        Axis of the array of means, along which the median is taken.
    """
    if num_batches == 1 and axis == 0:
        return np.asarray(arr.mean(axis=0))
    means = [part.mean(axis=0) for part in np.array_split(arr, num_batches)]
    return np.asarray(np.median(means, axis=axis))


def word_means(
    bits: NumericArray, bases: NumericArray, letters: IntArray, k: int = 1
) -> FloatArray:
    """Return the estimate of each word's expectation value, shape (W,)."""
    step = max(1, MOST_AT_ONCE // max(1, len(bits)))
    parts = [letters[start : start + step] for start in range(0, len(letters), step)]
    found = [median_of_means(pauli_expval(bits, bases, part), k) for part in parts]
    return np.concatenate(found) if found else np.zeros(0)
