"""Entropies of density matrices of shape (2**n, 2**n), with or without a leading batch axis.

``indices`` are positions of wires, ``base`` the base of the logarithm, e by default. Results are
real numbers, one for each matrix of a batch, and can be differentiated in every framework.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log

from qgate.arrays import namespace, opened
from qgate.exceptions import InvalidParameters
from qgate.math.states import density, reduced
from qgate.transforms.density import entropy
from qgate.typing import Namespace, Nested, Tensor

LOWEST = 1e-8
"""Eigenvalues below this do not count for the rank of a density matrix."""


def vn_entropy(
    state: Nested,
    indices: Sequence[int],
    base: float | None = None,
    check_state: bool = False,
    c_dtype: str = "complex128",
) -> Tensor:
    """Return the von Neumann entropy -tr(rho log rho) of some wires.

    >>> bell = [[0.5, 0, 0, 0.5], [0, 0, 0, 0], [0, 0, 0, 0], [0.5, 0, 0, 0.5]]
    >>> round(float(vn_entropy(bell, indices=[0], base=2)), 6)
    1.0
    """
    rho, xp = _part(state, indices, check_state, c_dtype)
    return opened(entropy(rho, base, xp))


def vn_entanglement_entropy(
    state: Nested,
    indices0: Sequence[int],
    indices1: Sequence[int],
    base: float | None = None,
    check_state: bool = False,
    c_dtype: str = "complex128",
) -> Tensor:
    """Return the entropy of either of two parts of a pure state, which share no wires."""
    _check_disjoint(indices0, indices1)
    return vn_entropy(state, indices0, base, check_state, c_dtype)


def mutual_info(
    state: Nested,
    indices0: Sequence[int],
    indices1: Sequence[int],
    base: float | None = None,
    check_state: bool = False,
    c_dtype: str = "complex128",
) -> Tensor:
    """Return the mutual information S(A) + S(B) - S(AB) of two sets of wires."""
    _check_disjoint(indices0, indices1)
    rho = density(state, c_dtype, check=check_state)
    xp = namespace([rho])
    one, two, both = (
        entropy(reduced(rho, part, xp), base, xp)
        for part in (indices0, indices1, [*indices0, *indices1])
    )
    return opened(one + two - both)


def max_entropy(
    state: Nested,
    indices: Sequence[int],
    base: float | None = None,
    check_state: bool = False,
    c_dtype: str = "complex128",
) -> Tensor:
    """Return the maximum entropy, the logarithm of the rank, of some wires."""
    rho, xp = _part(state, indices, check_state, c_dtype)
    values = xp.linalg.eigh(rho)[0]
    ranks = xp.sum(xp.where(values > LOWEST, 1.0, 0.0), axis=-1)
    return opened(xp.log(ranks) / _scale(base))


def min_entropy(
    state: Nested,
    indices: Sequence[int],
    base: float | None = None,
    check_state: bool = False,
    c_dtype: str = "complex128",
) -> Tensor:
    """Return the minimum entropy, -log of the largest eigenvalue, of some wires."""
    rho, xp = _part(state, indices, check_state, c_dtype)
    return opened(-xp.log(xp.linalg.eigh(rho)[0][..., -1]) / _scale(base))


def _part(
    state: Nested, indices: Sequence[int], check: bool, c_dtype: str
) -> tuple[Tensor, Namespace]:
    rho = density(state, c_dtype, check=check)
    xp = namespace([rho])
    return reduced(rho, indices, xp), xp


def _scale(base: float | None) -> float:
    return log(base) if base else 1.0


def _check_disjoint(first: Sequence[int], second: Sequence[int]) -> None:
    shared = set(first) & set(second)
    if shared:
        raise InvalidParameters(
            f"Subsystems {list(first)} and {list(second)} share {sorted(shared)}. "
            "Name two sets that share no wire."
        )
