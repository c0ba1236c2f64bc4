r"""Functions of matrices as integrals of resolvents, which can be differentiated to any order.

A function of a matrix with equal eigenvalues has derivatives, but eigenvectors have none, so a rule
for the eigendecomposition divides by zero. The values here come from the eigendecomposition of
constants. Their derivatives are those of

.. math:: \sqrt M = \frac{1}{\pi} \int_0^\infty s^{-1/2} M (M + s)^{-1} ds, \qquad
          \log M = \int_0^\infty \left[ (1 + s)^{-1} - (M + s)^{-1} \right] ds,

with s = exp(u) and the trapezoidal rule in u, which converges exponentially; s (M + s)^{-1} is
computed as (1 + M / s)^{-1}, which no precision overflows. Products of two positive matrices, which
are not Hermitian, have these integrals, too. The integral begins at a few times the precision of
the numbers, so that smaller eigenvalues count as that in derivatives.
"""

from __future__ import annotations

from math import log, pi

import numpy as np

from qgate.arrays import constant
from qgate.operations.matrices import dagger, diagonal_of
from qgate.typing import Namespace, Tensor

STEP = 0.5
"""Step of the trapezoidal rule in u; the relative error of an integral is exp(-2 pi^2 / STEP)."""

LARGEST = 80.0
"""End of the integrals in u, where what is left of that of a root is exp(-LARGEST / 2)."""


def smallest(matrix: Tensor) -> float:
    """Return the limit below which eigenvalues are rounding errors."""
    return 50.0 * float(np.finfo(np.dtype(matrix.dtype)).eps)


def root(rho: Tensor, xp: Namespace) -> Tensor:
    """Return the square root of positive semidefinite Hermitian matrices, shape (..., d, d)."""
    values, vectors = xp.linalg.eigh(constant(rho))
    roots = xp.sqrt(xp.where(values > 0.0, values, 0.0))
    fixed = xp.matmul(vectors * roots[..., None, :], dagger(vectors, xp=xp))
    return fixed if xp is np else fixed + _change_of_root(rho, xp)


def trace_of_root(product: Tensor, values: Tensor, xp: Namespace) -> Tensor:
    """Return tr sqrt(M) of a product M of two positive semidefinite matrices.

    Parameters
    ----------
    product : array, shape (..., d, d)
    values : array, shape (..., d)
        Its eigenvalues, as constants.
    xp : module
    """
    fixed = xp.sum(xp.sqrt(xp.where(values > 0.0, values, 0.0)), axis=-1)
    if xp is np:
        return fixed
    return fixed + xp.real(xp.sum(diagonal_of(_change_of_root(product, xp)), axis=-1))


def logarithm(rho: Tensor, values: Tensor, vectors: Tensor, xp: Namespace) -> Tensor:
    """Return the logarithm of positive definite matrices with a constant eigendecomposition."""
    scaled = vectors * xp.log(values)[..., None, :]
    fixed = xp.matmul(scaled, dagger(vectors, xp=xp))
    return fixed if xp is np else fixed + _change(rho, 0.0, xp)


def _change_of_root(matrix: Tensor, xp: Namespace) -> Tensor:
    return _change(matrix, 0.5, xp) / pi


def _change(matrix: Tensor, power: float, xp: Namespace) -> Tensor:
    """Return the change, zero now, of the integral of -s**power (M + s)^{-1} ds with M."""
    points = np.exp(np.arange(log(smallest(matrix)), LARGEST, STEP)).astype(real_of(matrix))
    scaled = matrix[..., None, :, :] / points[:, None, None]
    inverses = xp.linalg.inv(scaled + np.eye(matrix.shape[-1], dtype=points.dtype))
    found = xp.sum(inverses * (-STEP * points**power)[:, None, None], axis=-3)
    return found - constant(found)


def real_of(matrix: Tensor) -> str:
    """Return the name of the real dtype in the precision of a complex matrix."""
    return "float32" if np.dtype(matrix.dtype) == np.complex64 else "float64"
