"""Fidelity, trace distance and relative entropy of two states, or of each pair of two batches.

A state without a batch axis is compared with each state of a batch. Results are real numbers and
can be differentiated in every framework.
"""

from __future__ import annotations

from math import log

import numpy as np

from qgate.arrays import constant, namespace, opened
from qgate.math.states import as_states, same_size, vector
from qgate.operations.matrices import dagger, diagonal_of
from qgate.operations.matrix_functions import logarithm, smallest, trace_of_root
from qgate.transforms.density import entropy
from qgate.typing import Namespace, Nested, Tensor

OVERLAP = 1e-9
"""Probability outside the support of a state from which a relative entropy is infinite."""


def fidelity_statevector(
    state0: Nested, state1: Nested, check_state: bool = False, c_dtype: str = "complex128"
) -> Tensor:
    """Return the fidelity |<psi|phi>|^2 of two state vectors."""
    psi = vector(state0, c_dtype, check=check_state)
    phi = vector(state1, c_dtype, check=check_state)
    same_size(psi, phi)
    xp = namespace([psi, phi])
    overlap = xp.sum(psi * xp.conj(phi), axis=-1)
    return opened(xp.real(overlap) ** 2 + xp.imag(overlap) ** 2)


def fidelity(
    state0: Nested, state1: Nested, check_state: bool = False, c_dtype: str = "complex128"
) -> Tensor:
    r"""Return the fidelity of two density matrices, (tr sqrt(sqrt(rho) sigma sqrt(rho)))^2.

    Notes
    -----
    The trace is that of the root of rho sigma, from which the derivatives follow, to any order,
    for pure states too. Time: three eigendecompositions, and in derivatives about two hundred
    matrix inverses.

    >>> round(float(fidelity([[1, 0], [0, 0]], [[0.5, 0], [0, 0.5]])), 6)
    0.5
    """
    rho, sigma = as_states(state0, state1, c_dtype, check_state)
    xp = namespace([rho, sigma])
    values = _eigenvalues_of_product(constant(rho), constant(sigma), xp)
    return opened(trace_of_root(xp.matmul(rho, sigma), values, xp) ** 2)


def _eigenvalues_of_product(rho: Tensor, sigma: Tensor, xp: Namespace) -> Tensor:
    """Return the eigenvalues of sqrt(rho) sigma sqrt(rho)."""
    values, vectors = xp.linalg.eigh(rho)
    half = vectors * xp.sqrt(xp.where(values > 0.0, values, 0.0))[..., None, :]
    return xp.linalg.eigh(xp.matmul(dagger(half, xp=xp), xp.matmul(sigma, half)))[0]


def trace_distance(
    state0: Nested, state1: Nested, check_state: bool = False, c_dtype: str = "complex128"
) -> Tensor:
    """Return the trace distance, half the sum of the singular values of rho - sigma."""
    rho, sigma = as_states(state0, state1, c_dtype, check_state)
    xp = namespace([rho, sigma])
    return opened(xp.sum(xp.abs(xp.linalg.eigh(rho - sigma)[0]), axis=-1) / 2.0)


def relative_entropy(
    state0: Nested,
    state1: Nested,
    base: float | None = None,
    check_state: bool = False,
    c_dtype: str = "complex128",
) -> Tensor:
    """Return the relative entropy tr(rho log rho) - tr(rho log sigma).

    It is infinite if rho has a part outside of the support of sigma. ``base``: that of the
    logarithm, e by default.
    """
    rho, sigma = as_states(state0, state1, c_dtype, check_state)
    xp = namespace([rho, sigma])
    values, vectors = xp.linalg.eigh(constant(sigma))
    low = smallest(sigma)
    outside = xp.real(
        xp.sum(xp.conj(vectors) * xp.matmul(constant(rho), vectors), axis=-2)
    ) * xp.where(values > low, 0.0, 1.0)
    clipped = xp.where(values > low, values, low)
    product = xp.matmul(rho, logarithm(sigma, clipped, vectors, xp))
    cross = xp.sum(xp.real(diagonal_of(product)), axis=-1)
    finite = -entropy(rho, None, xp) - cross
    infinite = xp.where(xp.sum(outside, axis=-1) > OVERLAP, np.inf, 0.0)
    return opened((finite + infinite) / (log(base) if base else 1.0))
