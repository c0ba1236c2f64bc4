r"""Share the weight of a Pauli word among the bases in which it is measured.

A Pauli word t with weight v_t at a row may have weights w_b in every basis b that measures it, if
they add up to v_t. With shares pi_b of the shots and one-shot variances 1 without covariances,
the best are :math:`w_{bt} = v_t \pi_b / N_t`, where :math:`N_t` is the share of all bases that
measure t, and the error is :math:`\sum_t v_t^2 / N_t`.
"""

from __future__ import annotations

import numpy as np

from qgate.typing import BoolArray, FloatArray

SHARING_STEPS = 40
"""Steps to the best shares; each multiplies them by the square root of a share's gain."""

FIRST_STEPS = 15
"""Steps before bases with less than one shot are left out."""


def prior_shares(
    squares: FloatArray, readable: BoolArray, home: BoolArray, shots: float
) -> FloatArray:
    r"""Return the best shares of the shots for Pauli words of equal variance without covariances.

    Parameters
    ----------
    squares : array, shape (S, T)
        Squared weight of each Pauli word at each row.
    readable : array of bool, shape (B, T)
    home : array of bool, shape (B, T)
        One basis for each Pauli word.
    shots : float
        Number of shots. A basis with less than one shot at a row is left out there unless it is
        needed.

    Returns
    -------
    array, shape (S, B)
        They add up to 1.

    Notes
    -----
    The error :math:`E = \sum_t v_t^2 / N_t` falls in every step; it is convex in the shares.
    Cost: a product of an (S, T) and a (T, B) matrix, twice in each step.
    """
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


def _patterns(squares: FloatArray) -> tuple[FloatArray, np.ndarray, FloatArray]:
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
        wanted = squares / np.where(total > 0, total, 1.0) ** 2
        shares = shares * np.sqrt(wanted @ readable.T)
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


def shared(
    vectors: FloatArray, shots: FloatArray, readable: BoolArray, *, basis: int
) -> FloatArray:
    """Return the weights of the Pauli words of one basis, by its share of the shots.

    Parameters
    ----------
    vectors : array, shape (F, T)
    shots : array, shape (F, B)
        At the row of each part; up to a factor.
    readable : array of bool, shape (B, T)
    basis : int

    Returns
    -------
    array, shape (F, k)
        For the k Pauli words that the basis measures.
    """
    own = readable[basis]
    total = shots @ readable[:, own]
    return np.asarray(vectors[:, own] * shots[:, basis, None] / np.where(total > 0, total, 1.0))
