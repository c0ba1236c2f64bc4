"""Functions of density matrices (entropy, purity, ...), over any array framework.

Batch axes lead: every density matrix has the shape (..., d, d).
"""

from __future__ import annotations

from collections.abc import Callable
from math import log

import numpy as np

from qgate.arrays import constant, depth
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.matrices import diagonal_of
from qgate.transforms.pure_states import nearest_state
from qgate.typing import FloatArray, Namespace, Tensor

SMALLEST = 1e-14
"""Eigenvalues of a density matrix below this count as zero in an entropy."""

BELOW_ZERO = -1e-10
"""Negative eigenvalues below this come from shot noise, not from rounding: they stay zero."""


def derived(measurement: Measurement, rho: Tensor, xp: Namespace) -> Tensor:
    """Return the value of a measurement from the density matrix of its wires.

    ``rho`` has shape (..., 2**k, 2**k), the first wire most significant.
    """
    return DERIVED[measurement.kind](measurement, rho, xp)


def _mutual_info(measurement: Measurement, rho: Tensor, xp: Namespace) -> Tensor:
    base, count = measurement.options["log_base"], measurement.options["first"]
    one, other = partial_traces(rho, count, xp)
    return entropy(one, base, xp) + entropy(other, base, xp) - entropy(rho, base, xp)


DERIVED: dict[MeasurementKind, Callable[[Measurement, Tensor, Namespace], Tensor]] = {
    MeasurementKind.STATE: lambda _, rho, xp: nearest_state(rho, xp),
    MeasurementKind.DENSITY_MATRIX: lambda _, rho, xp: rho,
    MeasurementKind.VN_ENTROPY: lambda item, rho, xp: entropy(rho, item.options["log_base"], xp),
    MeasurementKind.MUTUAL_INFO: _mutual_info,
    MeasurementKind.PURITY: lambda _, rho, xp: xp.sum(
        xp.real(rho) ** 2 + xp.imag(rho) ** 2, axis=(-1, -2)
    ),
}
"""Kinds that are functions of the density matrix of some wires."""


def partial_traces(rho: Tensor, count: int, xp: Namespace = np) -> tuple[Tensor, Tensor]:
    """Return the density matrices of the first ``count`` wires and of the others."""
    lead, size = tuple(rho.shape[:-2]), rho.shape[-1]
    first = 2**count
    tensor = xp.reshape(rho, (*lead, first, size // first, first, size // first))
    mine = xp.swapaxes(tensor, -3, -2)
    theirs = xp.swapaxes(xp.swapaxes(tensor, -4, -3), -3, -1)
    return xp.sum(diagonal_of(mine), axis=-1), xp.sum(diagonal_of(theirs), axis=-1)


def entropy(rho: Tensor, base: float | None = None, xp: Namespace = np) -> Tensor:
    r"""Return the von Neumann entropy :math:`S = -\mathrm{tr}\, \rho \log \rho`.

    The value is :math:`-\sum_i l_i \log l_i` over the eigenvalues. Its derivatives, to any order,
    are those of S around the eigenbasis, which is kept fixed: with the change E in that basis,

    .. math:: S(l + E) = S(l) - \sum_i (1 + \log l_i) E_{ii}
              - \int_0^\infty s\, \mathrm{tr} \left[ R E\, (l + E + s)^{-1} E R \right] ds,
              \quad R = (l + s)^{-1},

    which has no division by a difference of eigenvalues, so degenerate ones are no problem.

    Parameters
    ----------
    rho : array, shape (..., d, d)
        Hermitian. Eigenvalues that the noise of shots made negative count as zero, and as
        constant; those that are zero up to rounding count as ``SMALLEST`` in derivatives.
    base : float, optional
        Base of the logarithm; default e.
    xp : module
        Array functions with numpy's names.

    Returns
    -------
    array, shape (...)

    Notes
    -----
    Time: an eigendecomposition and about two hundred matrix inverses; only the eigendecomposition
    for a first derivative in autograd, which announces that no further one follows.
    """
    fixed = constant(rho)
    values, vectors = xp.linalg.eigh(fixed)
    positive = xp.where(values > SMALLEST, values, 1.0)
    total = -xp.sum(positive * xp.log(positive), axis=-1)
    if xp is not np:
        adjoint = xp.conj(xp.swapaxes(vectors, -1, -2))
        change = xp.matmul(adjoint, xp.matmul(rho - fixed, vectors))
        total = total + _change(values, change, xp, is_linear=depth(rho) == 1)
    return total / (log(base) if base else 1.0)


def _change(values: Tensor, change: Tensor, xp: Namespace, *, is_linear: bool) -> Tensor:
    """Return the change of an entropy under a change of eigenvalues that is zero now."""
    counted = values > BELOW_ZERO
    clipped = xp.where(counted, xp.where(values > SMALLEST, values, SMALLEST), 1.0)
    slopes = xp.where(counted, -1.0 - xp.log(clipped), 0.0)
    total = xp.sum(xp.real(diagonal_of(change)) * slopes, axis=-1)
    if is_linear:
        return total
    points, weights = _half_line()
    ones = xp.where(counted, 1.0, 0.0)
    moved = (change * ones[..., :, None] * ones[..., None, :])[..., None, :, :]
    shifted = clipped[..., None, :] + points[:, None]
    inverses = xp.linalg.inv(shifted[..., None, :] * np.eye(change.shape[-1]) + moved)
    # Square after the product: single precision cannot represent the square of a point.
    scales = (points * weights)[:, None] / shifted / shifted
    products = xp.matmul(inverses, moved)
    traces = moved * scales[..., :, None] * xp.swapaxes(products, -1, -2)
    return total - xp.sum(xp.real(traces), axis=(-1, -2, -3))


def _half_line() -> tuple[FloatArray, FloatArray]:
    """Return points and weights of an integral over s from 0 to infinity, s = exp(u).

    The trapezoidal rule is exact to rounding for a product of resolvents, which is analytic for |Im
    u| < pi; the limits suit eigenvalues between ``SMALLEST`` and 1.
    """
    step = 0.5
    points = np.exp(np.arange(-60.0, 32.0, step))
    return points, points * step
