"""Reduced states, probabilities and expectation values of states given as arrays.

Density matrices have the shape (2**n, 2**n) and state vectors (2**n,), both with or without a
leading batch axis, the first wire most significant. ``indices`` are positions of wires. Results
have the dtype ``c_dtype``; ``check_state=True`` refuses arrays that are no states.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qgate.arrays import is_concrete, namespace, opened, shape_of
from qgate.arrays import unwrap as number
from qgate.exceptions import InvalidParameters
from qgate.math.conversion import complexes
from qgate.math.dispatch import namespace_of
from qgate.math.expansion import expand_vector
from qgate.operations.matrices import dagger, diagonal_of
from qgate.operations.operator import Operator
from qgate.operations.parameters import as_array
from qgate.typing import Namespace, Nested, Tensor, WiresLike
from qgate.wires import Wires

ROUNDING = 1e-6
"""Tolerance of the checks of a state."""


def density(rho: Nested, c_dtype: str, *, check: bool = False) -> Tensor:
    """Return density matrices as complex arrays of a checked shape, and with ``check`` values."""
    given = complexes(rho, c_dtype)
    lengths = shape_of(given)
    if len(lengths) not in (2, 3) or lengths[-1] != lengths[-2] or not _is_power(lengths[-1]):
        raise InvalidParameters(
            f"An array of shape {lengths} is no density matrix. Give one of shape (2**n, 2**n), or "
            "with a leading batch axis; math.dm_from_state_vector makes one of a state vector."
        )
    if check and is_concrete(given):
        _check_density(np.asarray(number(given)))
    return given


def vector(state: Nested, c_dtype: str, *, check: bool = False) -> Tensor:
    """Return state vectors as complex arrays of a checked shape, and with ``check`` norm."""
    given = complexes(state, c_dtype)
    lengths = shape_of(given)
    if len(lengths) not in (1, 2) or not _is_power(lengths[-1]):
        raise InvalidParameters(
            f"An array of shape {lengths} is no state vector. Give one of shape (2**n,), or with a "
            "leading batch axis."
        )
    if check and is_concrete(given):
        norms = np.linalg.norm(np.asarray(number(given)), axis=-1)
        if not np.allclose(norms, 1.0, atol=ROUNDING):
            raise InvalidParameters(
                f"The norm of a state vector is {norms}. Divide it by the norm."
            )
    return given


def _is_power(size: int) -> bool:
    return size > 0 and not size & (size - 1)


def _check_density(rho: Tensor) -> None:
    traces = np.trace(rho, axis1=-2, axis2=-1)
    if not np.allclose(traces, 1.0, atol=ROUNDING):
        raise InvalidParameters(f"The trace of a density matrix is {traces}. It has to be 1.")
    if not np.allclose(rho, dagger(rho), atol=ROUNDING):
        raise InvalidParameters("A density matrix is not Hermitian. Give (rho + rho^H) / 2.")
    lowest = np.linalg.eigvalsh(rho).min()
    if lowest < -ROUNDING:
        raise InvalidParameters(
            f"A density matrix has the eigenvalue {lowest:.3g}. None may be negative."
        )


def as_states(state0: Nested, state1: Nested, c_dtype: str, check: bool) -> tuple[Tensor, Tensor]:
    """Return two density matrices, or batches, of equal size."""
    return same_size(density(state0, c_dtype, check=check), density(state1, c_dtype, check=check))


def same_size(one: Tensor, two: Tensor) -> tuple[Tensor, Tensor]:
    """Refuse two states on different numbers of wires."""
    if shape_of(one)[-1] != shape_of(two)[-1]:
        raise InvalidParameters(
            f"Two states have the shapes {shape_of(one)} and {shape_of(two)}. "
            "Give states of the same number of wires."
        )
    return one, two


def reduced(rho: Tensor, indices: Sequence[int], xp: Namespace) -> Tensor:
    """Return the density matrix of some wires, in this order, from that of all."""
    lead, n = tuple(rho.shape[:-2]), _count(rho)
    kept = list(indices)
    _check_indices(kept, n)
    order = kept + [index for index in range(n) if index not in kept]
    first = len(lead)
    tensor = xp.reshape(rho, (*lead, *(2,) * (2 * n)))
    axes = [*range(first), *(first + k for k in order), *(first + n + k for k in order)]
    size, rest = 2 ** len(kept), 2 ** (n - len(kept))
    blocks = xp.reshape(xp.transpose(tensor, axes), (*lead, size, rest, size, rest))
    return xp.sum(diagonal_of(xp.swapaxes(blocks, -3, -2)), axis=-1)


def _count(state: Tensor) -> int:
    """Return the number of wires of a state."""
    return int(state.shape[-1]).bit_length() - 1


def _check_indices(indices: Sequence[int], n: int) -> None:
    if len(set(indices)) != len(indices) or not set(indices) <= set(range(n)):
        raise InvalidParameters(
            f"indices={list(indices)} are no positions among {n} wires. "
            f"Give distinct numbers from 0 to {n - 1}."
        )


def reduce_dm(
    density_matrix: Nested,
    indices: Sequence[int],
    check_state: bool = False,
    c_dtype: str = "complex128",
) -> Tensor:
    """Return the density matrix of some wires, in the order of ``indices``.

    >>> bell = [[0.5, 0, 0, 0.5], [0, 0, 0, 0], [0, 0, 0, 0], [0.5, 0, 0, 0.5]]
    >>> reduce_dm(bell, indices=[0]).real
    array([[0.5, 0. ],
           [0. , 0.5]])
    """
    rho = density(density_matrix, c_dtype, check=check_state)
    return opened(reduced(rho, indices, namespace([rho])))


def partial_trace(matrix: Nested, indices: Sequence[int], c_dtype: str = "complex128") -> Tensor:
    """Return the density matrix of the wires that are not among ``indices``."""
    rho = density(matrix, c_dtype)
    n = _count(rho)
    _check_indices(list(indices), n)
    kept = [index for index in range(n) if index not in set(indices)]
    return opened(reduced(rho, kept, namespace([rho])))


def reduce_statevector(
    state: Nested, indices: Sequence[int], check_state: bool = False, c_dtype: str = "complex128"
) -> Tensor:
    """Return the density matrix of some wires of a state vector, in the order of ``indices``.

    Memory is that of the vector and of the result.
    """
    psi = vector(state, c_dtype, check=check_state)
    xp, lead, n = namespace([psi]), tuple(psi.shape[:-1]), _count(psi)
    kept = list(indices)
    _check_indices(kept, n)
    rest = [index for index in range(n) if index not in kept]
    axes = [*range(len(lead)), *(len(lead) + index for index in kept + rest)]
    tensor = xp.transpose(xp.reshape(psi, (*lead, *(2,) * n)), axes)
    matrix = xp.reshape(tensor, (*lead, 2 ** len(kept), 2 ** len(rest)))
    return opened(xp.matmul(matrix, dagger(matrix, xp=xp)))


def dm_from_state_vector(
    state: Nested, check_state: bool = False, c_dtype: str = "complex128"
) -> Tensor:
    """Return the density matrix of a state vector."""
    psi = vector(state, c_dtype, check=check_state)
    return opened(psi[..., :, None] * namespace([psi]).conj(psi)[..., None, :])


def purity(
    state: Nested, indices: Sequence[int], check_state: bool = False, c_dtype: str = "complex128"
) -> Tensor:
    """Return tr(rho^2) of some wires of a density matrix."""
    rho = density(state, c_dtype, check=check_state)
    xp = namespace([rho])
    part = reduced(rho, indices, xp)
    return opened(xp.sum(xp.real(part) ** 2 + xp.imag(part) ** 2, axis=(-1, -2)))


def expectation_value(
    operator_matrix: Nested,
    state_vector: Nested,
    check_state: bool = False,
    check_operator: bool = False,
    c_dtype: str = "complex128",
) -> Tensor:
    """Return <psi|A|psi>, complex, for a matrix or a batch, and a state vector or a batch.

    ``check_operator=True`` refuses matrices that are not Hermitian.
    """
    psi = vector(state_vector, c_dtype, check=check_state)
    matrix = complexes(operator_matrix, c_dtype)
    if shape_of(matrix)[-2:] != (shape_of(psi)[-1],) * 2:
        raise InvalidParameters(
            f"A matrix of shape {shape_of(matrix)} does not act on a state of shape "
            f"{shape_of(psi)}. Give both on the same number of wires."
        )
    if check_operator and is_concrete(matrix):
        plain = np.asarray(number(matrix))
        if not np.allclose(plain, dagger(plain), atol=ROUNDING):
            raise InvalidParameters("The matrix of an operator is not Hermitian. Give another.")
    xp = namespace([psi, matrix])
    return opened(xp.sum(xp.conj(psi) * xp.matmul(matrix, psi[..., None])[..., 0], axis=-1))


def marginal_prob(prob: Tensor, axis: Sequence[int]) -> Tensor:
    """Return the probabilities of the outcomes of some wires from those of all, shape (2**n,).

    The wires are in ascending order.
    """
    given = as_array(prob)
    xp = namespace_of([given])
    given = xp.reshape(given, (-1,))
    n = _count(given)
    _check_indices(list(axis), n)
    rest = tuple(index for index in range(n) if index not in set(axis))
    if not rest:
        return opened(given)
    tensor = xp.sum(xp.reshape(given, (2,) * n), axis=rest)
    return opened(xp.reshape(tensor, (-1,)))


def cov_matrix(
    prob: Tensor,
    obs: Sequence[Operator],
    wires: WiresLike | None = None,
    diag_approx: bool = False,
) -> Tensor:
    """Return the covariance matrix of commuting observables, shape (len(obs), len(obs)).

    Parameters
    ----------
    prob : array, shape (2**n,)
        Probabilities of all outcomes in the common eigenbasis of the observables.
    obs : sequence of Operator
    wires : wires, optional
        Those of ``prob``; default 0, 1, ...
    diag_approx : bool
        Whether to return the variances only, on the diagonal.
    """
    given = as_array(prob)
    xp = namespace_of([given])
    order = Wires(range(_count(given))) if wires is None else Wires(wires)
    values = np.stack([expand_vector(op.eigvals().real, op.wires, order) for op in obs])
    means = xp.matmul(values, given)
    covariance = xp.matmul(values * given, values.T) - means[:, None] * means[None, :]
    return opened(covariance * np.eye(len(obs)) if diag_approx else covariance)


def choi_matrix(Ks: Sequence[Nested], check_Ks: bool = False) -> Tensor:
    r"""Return the Choi matrix, shape (4**n, 4**n), of a channel with some Kraus operators.

    It is the state :math:`(1 \otimes E)(|\phi\rangle\langle\phi|)` with the maximally entangled
    state of trace 1. ``check_Ks=True`` refuses operators that do not preserve the trace.
    """
    operators = [as_array(operator) for operator in Ks]
    xp = namespace(operators)
    size = shape_of(operators[0])[-1]
    if check_Ks:
        plain = [np.asarray(number(operator)) for operator in operators]
        if not np.allclose(sum(dagger(K) @ K for K in plain), np.eye(size), atol=ROUNDING):
            raise InvalidParameters(
                "The sum of K^H K over the Kraus operators is not the identity. Give operators "
                "that preserve the trace."
            )
    vectors = [xp.reshape(xp.transpose(operator), (-1,)) for operator in operators]
    terms = [vector[:, None] * xp.conj(vector)[None, :] for vector in vectors]
    return opened(sum(terms[1:], terms[0]) / size)
