"""The pure state nearest to a density matrix, over any array framework.

Rows of results lead: every density matrix has the shape (..., d, d).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from qgate.arrays import constant, depth
from qgate.typing import Tensor

ORDERS = 3
"""Derivatives that a state has where a framework does not say how many will be taken."""

SMALLEST_GAP = 1e-12
"""Eigenvalues nearer to the largest than this are equal to it: their mixing has no derivative."""


def nearest_state(rho: Tensor, xp: Any = np) -> Tensor:
    r"""Return the state of the largest fidelity: the eigenvector of the largest eigenvalue.

    Of all pure states it is the nearest one, however mixed the readings are. A column of rho,
    over the root of its diagonal entry, would be a state as well, but with its noise divided by
    the probability of one outcome, which is :math:`2^{-n}` in an even superposition; and not of
    length 1.

    The eigenvector is computed once and kept fixed, and its derivatives are taken of its
    perturbation series: with the change E of rho, its largest eigenvalue l_0 and
    :math:`R = \sum_{j \neq 0} |j\rangle\langle j| / (l_0 - l_j)`,

    .. math:: w = |0\rangle + R\, (E - \langle 0|E|w\rangle)\, w ,

    where each round gives one order more. Only the gap to the largest eigenvalue is divided by:
    that the others of a pure state are all equal does no harm.

    Parameters
    ----------
    rho : array, shape (..., d, d)
        Hermitian.
    xp : module
        Array functions with numpy's names.

    Returns
    -------
    array, shape (..., d)
        Of length 1. The phase, which no measurement tells, is such that the amplitude of the
        likeliest outcome is positive (of equal ones the first).

    Notes
    -----
    Where the framework tells how many derivatives are being taken, the series has as many
    orders, else ``ORDERS``. Time: an eigendecomposition, and a product with a vector for each.
    """
    fixed = constant(rho)
    values, vectors = xp.linalg.eigh(fixed)
    state = vectors[..., -1]
    likeliest = xp.argmax(xp.real(state) ** 2 + xp.imag(state) ** 2, axis=-1)
    if xp is not np:
        adjoint = xp.conj(xp.swapaxes(vectors, -1, -2))
        change = xp.matmul(adjoint, xp.matmul(rho - fixed, vectors))
        turned = _series(values, change, depth(rho) or ORDERS, xp)
        state = xp.matmul(vectors, turned[..., None])[..., 0]
    return _positive_at(likeliest, state / _length(state, xp)[..., None], xp)


def _series(values: Tensor, change: Tensor, orders: int, xp: Any) -> Tensor:
    """Return the eigenvector of l + E in the eigenbasis of l, its last entry 1."""
    gaps = values[..., -1:] - values
    resolvent = xp.where(gaps > SMALLEST_GAP, 1.0 / xp.where(gaps > SMALLEST_GAP, gaps, 1.0), 0.0)
    start = np.zeros(values.shape[-1])
    start[-1] = 1.0
    found = change[..., :, -1] * resolvent + start  # the first round
    for _ in range(1, orders):
        changed = xp.matmul(change, found[..., None])[..., 0]
        found = (changed - changed[..., -1:] * found) * resolvent + start
    return found


def _positive_at(index: Tensor, state: Tensor, xp: Any) -> Tensor:
    """Turn the phase of states such that one amplitude of each is positive."""
    entries = np.arange(state.shape[-1])
    chosen = xp.where(xp.abs(index[..., None] - entries) < 0.5, 1.0, 0.0)
    amplitude = xp.sum(state * chosen, axis=-1)[..., None]
    return state * xp.conj(amplitude) / _length(amplitude, xp)[..., None]


def _length(state: Tensor, xp: Any) -> Tensor:
    return xp.sqrt(xp.sum(xp.real(state) ** 2 + xp.imag(state) ** 2, axis=-1))
