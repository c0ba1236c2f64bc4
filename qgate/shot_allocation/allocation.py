r"""Allocation of shots to circuits.

A circuit is a row in a measurement basis. With one-shot variances V, the error
:math:`\sum V / n` is least for :math:`n \propto \sqrt V` (Neyman, J. R. Stat. Soc. 97, 558, 1934).
Shots of earlier rounds count: a later round fills up towards that allocation.
"""

from __future__ import annotations

import numpy as np

from qgate.typing import FloatArray, IntArray


def filled_up(spreads: FloatArray, done: FloatArray, shots: float) -> FloatArray:
    r"""Return the shots to add to those of earlier rounds.

    The sum of :math:`s_i^2 / (d_i + x_i)` is least, for a given sum of the x, where
    :math:`x_i = \max(0, \lambda s_i - d_i)`.

    Parameters
    ----------
    spreads : array
        s, one-shot standard deviations.
    done : array
        d, the shots of earlier rounds, of the same shape.
    shots : float
        Sum of the added shots.

    Returns
    -------
    array
        Not rounded; zero where a spread is zero.
    """
    flat, had = spreads.ravel(), done.ravel()
    open_ = np.flatnonzero(flat > 1e-12 * flat.max(initial=0.0))
    added = np.zeros(len(flat))
    if not len(open_) or shots <= 0:
        return added.reshape(spreads.shape)
    levels = had[open_] / flat[open_]
    order = open_[np.argsort(levels)]
    level = (shots + np.cumsum(had[order])) / np.cumsum(flat[order])
    reached = np.sort(levels) <= level
    last = int(np.flatnonzero(reached)[-1])
    chosen = order[: last + 1]
    added[chosen] = np.maximum(level[last] * flat[chosen] - had[chosen], 0.0)
    return added.reshape(spreads.shape)


def rounded(wanted: FloatArray, total: int, random: np.random.Generator) -> IntArray:
    """Round shots at random to neighbouring whole numbers, without bias.

    Parameters
    ----------
    wanted : array
        Not negative; their sum is at most ``total`` up to rounding errors.
    total : int
        Upper limit of the sum, which always holds.
    random : Generator

    Returns
    -------
    array of int
        Of the same shape. Each number is rounded down or up, and so is their sum (systematic
        sampling in a random order).
    """
    flat = wanted.ravel()
    order = random.permutation(len(flat))
    sums = np.floor(np.cumsum(flat[order]) + random.random() + 1e-9)
    sums = np.minimum(sums, total)
    counts = np.zeros(len(flat), dtype=np.int64)
    counts[order] = np.diff(sums, prepend=0.0).astype(np.int64)
    return counts.reshape(wanted.shape)
