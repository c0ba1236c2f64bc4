"""Corrections that make a kernel matrix positive semidefinite.

Kernel matrices from shots or noisy devices may have negative eigenvalues, which methods such as
support vector machines do not accept.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qgate.arguments import array_of
from qgate.arrays import unwrap
from qgate.exceptions import InvalidParameters, OptimizationError, described
from qgate.typing import FloatArray, Tensor


def threshold_matrix(K: Tensor) -> FloatArray:
    """Set negative eigenvalues of a matrix to zero.

    The result is the positive semidefinite matrix that is nearest in the Frobenius norm.

    Parameters
    ----------
    K : array, shape (N, N)
        Symmetric.

    Returns
    -------
    array, shape (N, N)
        ``K`` itself if it has no negative eigenvalue.

    Raises
    ------
    InvalidParameters
        ``K`` is not a square matrix of real, finite numbers.
    """
    matrix = square_matrix("threshold_matrix", K)
    return _with_eigenvalues(matrix, lambda values: values.clip(min=0))


def displace_matrix(K: Tensor) -> FloatArray:
    """Add a multiple of the identity, so that the smallest eigenvalue is not negative.

    Parameters, result and errors are those of ``threshold_matrix``.
    """
    matrix = square_matrix("displace_matrix", K)
    lowest = min(0.0, float(np.linalg.eigvalsh(matrix)[0]))
    return matrix - lowest * np.eye(len(matrix)) if lowest else matrix


def flip_matrix(K: Tensor) -> FloatArray:
    """Replace the eigenvalues of a matrix by their absolute values.

    Parameters, result and errors are those of ``threshold_matrix``. Reference: Wang et al.,
    Quantum 5, 531 (2021).
    """
    return _with_eigenvalues(square_matrix("flip_matrix", K), abs)


def closest_psd_matrix(
    K: Tensor, fix_diagonal: bool = False, solver: object = None, **kwargs: object
) -> FloatArray:
    r"""Return the nearest positive semidefinite matrix in the Frobenius norm.

    With the diagonal fixed to 1 this is the nearest correlation matrix. It is found from the dual
    problem, a smooth and convex function of N numbers:
    :math:`\min_y \tfrac12 \lVert (K + \mathrm{diag}\,y)_+ \rVert^2 - \sum_i y_i`, where
    :math:`(\cdot)_+` sets negative eigenvalues to zero and the result is
    :math:`(K + \mathrm{diag}\,y)_+`.

    Parameters
    ----------
    K : array, shape (N, N)
        Symmetric.
    fix_diagonal : bool
        Whether the diagonal of the result is 1. Otherwise the result is that of
        ``threshold_matrix``.
    solver, **kwargs
        Accepted for compatibility with PennyLane, without effect: no solver has to be installed.

    Returns
    -------
    array, shape (N, N)

    Raises
    ------
    InvalidParameters
        ``K`` is not a square matrix of real, finite numbers.
    OptimizationError
        The dual problem was not solved.

    Notes
    -----
    Reference: Malick, SIAM J. Matrix Anal. Appl. 26, 272 (2004); Qi and Sun, ibid. 28, 360 (2006).
    """
    if not fix_diagonal:
        return threshold_matrix(K)
    return _nearest_correlation_matrix(square_matrix("closest_psd_matrix", K))


def _nearest_correlation_matrix(matrix: FloatArray) -> FloatArray:
    from scipy.optimize import minimize  # on use: it takes longer to load than all of qgate

    def positive_part(shift: FloatArray) -> FloatArray:
        return _with_eigenvalues(matrix + np.diag(shift), lambda values: values.clip(min=0))

    def dual(shift: FloatArray) -> tuple[float, FloatArray]:
        part = positive_part(shift)
        return 0.5 * float(np.sum(part**2)) - shift.sum(), np.diag(part) - 1.0

    start = 1.0 - np.diag(matrix)
    options = {"ftol": 1e-15, "gtol": 1e-10, "maxiter": 10_000, "maxfun": 100_000}
    solution = minimize(dual, start, jac=True, method="L-BFGS-B", options=options)
    found = positive_part(solution.x)
    scale = np.sqrt(np.diag(found))
    if np.abs(scale - 1.0).max() > 1e-3:
        raise OptimizationError(
            "The nearest matrix with a diagonal of 1 was not found (L-BFGS-B ended with "
            f"{solution.message.strip(' :.')}). Give a matrix whose entries are of the order of 1, "
            "use fix_diagonal=False, or correct the matrix with displace_matrix."
        )
    return np.asarray(found / np.outer(scale, scale))


def square_matrix(owner: str, K: Tensor) -> FloatArray:
    """Return a matrix of real, finite numbers."""
    matrix = array_of(unwrap(K))
    square = matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1] > 0
    if not square or matrix.dtype.kind not in "iuf" or not np.isfinite(matrix).all():
        raise InvalidParameters(
            f"{owner} was given K={described(K)}. Give a square matrix of real, finite numbers."
        )
    return matrix if matrix.dtype != np.float16 else matrix.astype(float)  # no eigenvalues of these


def _with_eigenvalues(matrix: FloatArray, change: Callable[[FloatArray], FloatArray]) -> FloatArray:
    """Return a symmetric matrix with other eigenvalues; itself if none was negative."""
    values, vectors = np.linalg.eigh(matrix)
    if values[0] >= 0:
        return matrix
    return np.asarray((vectors * change(values)) @ vectors.T)
