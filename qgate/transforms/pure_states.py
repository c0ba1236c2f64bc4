"""Pure state nearest to a density matrix, over any array framework.

Batch axes lead: every density matrix has the shape (..., d, d).
"""

from __future__ import annotations

import numpy as np

from qgate.arrays import constant
from qgate.typing import Namespace, Tensor

POINTS = 50
"""Number of points on the contour, a circle around the largest eigenvalue whose radius is half the
gap to the next. The relative error of a derivative is 2**-50."""

SMALLEST_GAP = 1e-12
"""Eigenvalues this close to the largest count as equal to it; their mixing has no derivative."""


def nearest_state(rho: Tensor, xp: Namespace = np) -> Tensor:
    r"""Return the state with the largest fidelity: the eigenvector of the largest eigenvalue.

    It is the nearest pure state, however mixed rho is. A column of rho, divided by the root of its
    diagonal entry, would be an alternative; but its noise is divided by the probability of one
    outcome, which is :math:`2^{-n}` in an even superposition, and its norm is not 1.

    The eigenvector is computed once and kept fixed. Its derivatives, to any order, are those of its
    projection onto the eigenspace: with the change E of rho in its eigenbasis,

    .. math:: |w\rangle = \frac{1}{2 \pi i} \oint (z - l - E)^{-1} |0\rangle \, dz

    around the largest eigenvalue. The only division is by the gap to that eigenvalue: the
    degeneracy of the others is no problem.

    Parameters
    ----------
    rho : array, shape (..., d, d)
        Hermitian.
    xp : module
        Array functions with numpy's names.

    Returns
    -------
    array, shape (..., d)
        Of norm 1. The phase, which cannot be measured, is chosen so that the amplitude of the most
        likely outcome is positive (the first of equal ones).

    Notes
    -----
    Time: an eigendecomposition and ``POINTS`` matrix inverses.
    """
    fixed = constant(rho)
    values, vectors = xp.linalg.eigh(fixed)
    state = vectors[..., -1]
    likeliest = xp.argmax(xp.real(state) ** 2 + xp.imag(state) ** 2, axis=-1)
    if xp is not np:
        adjoint = xp.conj(xp.swapaxes(vectors, -1, -2))
        change = xp.matmul(adjoint, xp.matmul(rho - fixed, vectors))
        state = xp.matmul(vectors, _projected(values, change, xp)[..., None])[..., 0]
    return _positive_at(likeliest, state / _length(state, xp)[..., None], xp)


def _projected(values: Tensor, change: Tensor, xp: Namespace) -> Tensor:
    """Project the last basis vector onto the eigenvector of l + E, in the eigenbasis of l."""
    gap = values[..., -1] - values[..., -2]
    radius = xp.where(gap > SMALLEST_GAP, gap, SMALLEST_GAP)[..., None] / 2.0
    steps = radius * np.exp(2j * np.pi * (np.arange(POINTS) + 0.5) / POINTS)
    shifted = steps[..., :, None] + (values[..., -1:] - values)[..., None, :]
    resolvents = xp.linalg.inv(
        shifted[..., None, :] * np.eye(change.shape[-1]) - change[..., None, :, :]
    )
    return xp.sum(resolvents[..., -1] * steps[..., None], axis=-2) / POINTS


def _positive_at(index: Tensor, state: Tensor, xp: Namespace) -> Tensor:
    """Multiply states by phases so that one amplitude of each is positive."""
    entries = np.arange(state.shape[-1])
    chosen = xp.where(abs(index[..., None] - entries) < 1, 1.0, 0.0)  # not every framework has ==
    amplitude = xp.sum(state * chosen, axis=-1)[..., None]
    return state * xp.conj(amplitude) / _length(amplitude, xp)[..., None]


def _length(state: Tensor, xp: Namespace) -> Tensor:
    return xp.sqrt(xp.sum(xp.real(state) ** 2 + xp.imag(state) ** 2, axis=-1))
