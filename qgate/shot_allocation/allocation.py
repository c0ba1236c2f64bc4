r"""Allocation of shots to circuits.

A circuit is a row in a measurement basis. With one-shot variances V, the error
:math:`\sum V / n` is least for :math:`n \propto \sqrt V` (Neyman, J. R. Stat. Soc. 97, 558, 1934).
Shots of earlier rounds count: a later round fills up towards that allocation.

Before any measurement, Pauli words have variance 1 and no covariances. A Pauli word t with weight
v_t at a row may have weights w_b in every basis b that measures it, if they add up to v_t. With
shares pi_b of the shots the best are :math:`w_{bt} = v_t \pi_b / N_t`, where :math:`N_t` is the
share of all bases that measure t, and the error is :math:`\sum_t v_t^2 / N_t`.

Some devices run circuits in sets, each with one number of shots for all its circuits. Circuits are
then sorted by their ideal shots and cut into sets. Shots that rounding leaves over go where they
lower the error most.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qgate.typing import BoolArray, FloatArray, IntArray

SHARING_STEPS = 40
"""Steps to the best shares; each multiplies them by the square root of a share's gain."""

FIRST_STEPS = 15
"""Steps before bases with less than one shot are left out."""


COPIES, FEW_CIRCUITS = 16, 1024
"""Limits on the number of circuits where some are repeated, for each different one and in all."""


@dataclass(frozen=True, slots=True)
class ShotLimits:
    """Limits of a device on shots.

    Examples
    --------
    >>> limits = ShotLimits(set_size=100, least_set=100)
    >>> limits.fewest(100), limits.fewest(143)
    (100, 229)
    """

    least: int = 1  # minimum shots of one circuit
    set_size: int | None = None  # maximum circuits with one number of shots; None: no sets
    least_set: int = 1  # minimum shots of one set
    unit: int = 0  # shots of every circuit, of which those with more are repeated; 0: none are

    def in_units(self, shots: int, circuits: int) -> ShotLimits:
        """Return limits for one set of any size, in which circuits with more shots are repeated.

        There are at most ``COPIES`` times as many circuits, or ``FEW_CIRCUITS``.
        """
        unit = max(self.least, shots // max(COPIES * circuits, FEW_CIRCUITS))
        return ShotLimits(least=unit, unit=unit)

    @property
    def smallest(self) -> int:
        """Minimum shots of a circuit among many."""
        return self.least if self.set_size is None else self.level(self.set_size)

    def level(self, count: int) -> int:
        """Return the minimum shots of each circuit in a set of ``count`` circuits."""
        return max(self.least, -(-self.least_set // count))

    def fewest(self, count: int) -> int:
        """Return the minimum shots of ``count`` circuits together."""
        if self.set_size is None:
            return count * self.least
        full, rest = divmod(count, self.set_size)
        return full * self.set_size * self.smallest + (rest * self.level(rest) if rest else 0)


UNLIMITED = ShotLimits()
"""Limits of a device that accepts any number of shots."""


def filled_up(spreads: FloatArray, done: FloatArray, shots: float) -> FloatArray:
    r"""Return the shots to add to those of earlier rounds, not rounded; their sum is ``shots``.

    For spreads s, which are one-shot standard deviations, and shots d of earlier rounds, the sum of
    :math:`s_i^2 / (d_i + x_i)` is least, for a given sum of the x, where
    :math:`x_i = \max(0, \lambda s_i - d_i)`.
    """
    flat, before = spreads.ravel(), done.ravel()
    open_ = np.flatnonzero(flat > 1e-12 * flat.max(initial=0.0))
    added = np.zeros(len(flat))
    if not len(open_) or shots <= 0:
        return added.reshape(spreads.shape)
    levels = before[open_] / flat[open_]
    order = open_[np.argsort(levels)]
    level = (shots + np.cumsum(before[order])) / np.cumsum(flat[order])
    last = int(np.flatnonzero(np.sort(levels) <= level)[-1])
    chosen = order[: last + 1]
    added[chosen] = np.maximum(level[last] * flat[chosen] - before[chosen], 0.0)
    return added.reshape(spreads.shape)


def rounded(ideal: FloatArray, total: int, random: np.random.Generator) -> IntArray:
    """Round shots at random to neighbouring whole numbers, without bias (systematic sampling).

    The sum of ``ideal`` is at most ``total`` up to rounding errors; that of the result always is.
    """
    flat = ideal.ravel()
    order = random.permutation(len(flat))
    sums = np.floor(np.cumsum(flat[order]) + random.random() + 1e-9)
    sums = np.minimum(sums, total)
    counts = np.zeros(len(flat), dtype=np.int64)
    counts[order] = np.diff(sums, prepend=0.0).astype(np.int64)
    return counts.reshape(ideal.shape)


def in_sets(ideal: FloatArray, total: int, limits: ShotLimits, most: int | None = None) -> IntArray:
    """Allocate equal shots within sets, for devices that run a set with one number of shots.

    ``ideal`` is proportional to the ideal shots of circuits, zero for those that do not run. The
    sum of the result is about ``total``, and at most ``most`` (default ``total``), unless the
    minimum shots of circuits and sets exceed it.
    """
    flat, size = ideal.ravel(), limits.set_size or 1
    running = np.flatnonzero(flat > 0)
    order = running[np.argsort(-flat[running], kind="stable")]
    sets = [order[start : start + size] for start in range(0, len(order), size)]
    counts = np.zeros(len(flat), dtype=np.int64)
    if not sets:
        return counts.reshape(ideal.shape)
    lengths = np.array(list(map(len, sets)))
    means = np.array([flat[chosen].mean() for chosen in sets])
    means *= total / (means @ lengths)
    floors = np.array([limits.level(length) for length in lengths.tolist()])
    levels = np.maximum(floors, np.floor(means + 1e-9).astype(np.int64))
    _lower(levels, floors, lengths, means, total if most is None else most)
    _raise(levels, lengths, means, total)
    for chosen, level in zip(sets, levels.tolist(), strict=True):
        counts[chosen] = level
    return counts.reshape(ideal.shape)


def _lower(
    levels: IntArray, floors: IntArray, lengths: IntArray, means: FloatArray, most: int
) -> None:
    """Remove shots where that increases the error least, until at most ``most`` are left."""
    while levels @ lengths > most and (levels > floors).any():
        harm = means**2 / (levels * np.maximum(levels - 1, 0.5))
        levels[np.argmin(np.where(levels > floors, harm, np.inf))] -= 1


def _raise(levels: IntArray, lengths: IntArray, means: FloatArray, total: int) -> None:
    """Add the remaining shots where the error falls most for each shot, at most one to each set."""
    while True:
        fits = (lengths <= total - levels @ lengths) & (levels < means)
        if not fits.any():
            return
        gain = means**2 / (levels * (levels + 1))
        levels[np.argmax(np.where(fits, gain, -1.0))] += 1


def prior_shares(
    squares: FloatArray, readable: BoolArray, home: BoolArray, shots: float
) -> FloatArray:
    r"""Return the best shares (S, B) of the shots, for equal variances without covariances.

    ``squares``, shape (S, T): squared weight of each Pauli word at each row. ``readable`` and
    ``home``, shape (B, T), as for ``Bases``. A basis with less than one of the ``shots`` at a row
    is left out there unless it is needed.

    The error :math:`E = \sum_t v_t^2 / N_t` falls in every step; it is convex in the shares.
    Cost: a product of an (S, T) and a (T, B) matrix, twice in each step.
    """
    if not squares.any():  # a constant circuit
        return np.zeros((len(squares), len(readable)))
    patterns, index, scales = _patterns(squares)
    both = readable.astype(float)
    shares = np.sqrt(patterns @ home.T.astype(float))
    shares = _improved(shares, patterns, both, FIRST_STEPS)
    per_row = _normalised(shares, patterns, both)
    totals = (scales * per_row[index]).sum()
    most = np.zeros(len(patterns))
    np.maximum.at(most, index, scales)
    expected = shots * shares * (most * per_row / totals)[:, None]
    shares = np.where(_kept(expected, shares, patterns > 0, readable), shares, 0.0)
    shares = _improved(shares, patterns, both, SHARING_STEPS)
    spread = shares[index] * (scales * _normalised(shares, patterns, both)[index])[:, None]
    return np.asarray(spread / spread.sum())


def _patterns(squares: FloatArray) -> tuple[FloatArray, IntArray, FloatArray]:
    """Return the distinct rows up to a factor, the index of each row, and its root factor."""
    totals = squares.sum(axis=1)
    scaled = squares / np.where(totals > 0, totals, 1.0)[:, None]
    first: dict[bytes, int] = {}
    keys = [row.tobytes() for row in np.round(scaled, 12) + 0.0]
    index = np.array([first.setdefault(key, len(first)) for key in keys], dtype=np.int64)
    places = np.unique(index, return_index=True)[1]
    return scaled[places], index, np.sqrt(totals)


def _improved(
    shares: FloatArray, squares: FloatArray, readable: FloatArray, steps: int
) -> FloatArray:
    """Improve the shares of each row by itself; each row adds up to 1."""
    for _ in range(steps):
        total = shares @ readable
        gains = squares / np.where(total > 0, total, 1.0) ** 2
        shares = shares * np.sqrt(gains @ readable.T)
        norm = shares.sum(axis=1, keepdims=True)
        shares = shares / np.where(norm > 0, norm, 1.0)
    return shares


def _normalised(shares: FloatArray, squares: FloatArray, readable: FloatArray) -> FloatArray:
    """Return the root of the error of each row with one shot in all, shape (R,)."""
    total = shares @ readable
    return np.asarray(np.sqrt((squares / np.where(total > 0, total, 1.0)).sum(axis=1)))


def _kept(
    expected: FloatArray, shares: FloatArray, needed: BoolArray, readable: BoolArray
) -> BoolArray:
    """Keep bases with at least one shot, and for Pauli words without such a basis their largest."""
    kept = expected >= 1
    uncovered = needed & ~(kept @ readable)
    for row in np.flatnonzero(uncovered.any(axis=1)):
        left = uncovered[row].copy()
        for basis in np.argsort(-shares[row], kind="stable"):
            if not left.any():
                break
            if (readable[basis] & left).any():
                kept[row, basis] = True
                left &= ~readable[basis]
    return kept
