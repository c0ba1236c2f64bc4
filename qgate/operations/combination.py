"""Observables in the form in which they are measured."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Self

import numpy as np

from qgate.arrays import namespace, unwrap
from qgate.operations.composites import rebind
from qgate.operations.matrices import dense_matrix, embed, kron
from qgate.operations.operator import Operator, ParameterKind
from qgate.operations.pauli import PauliSum
from qgate.recording import paused
from qgate.typing import Namespace, Tensor, Wire, WiresLike
from qgate.wires import Wires

Factors = tuple[Operator, ...]
"""Observables on pairwise disjoint wires; their product is one term."""


class Combination(Operator):
    """Weighted sum of products of observables, in the form in which it is measured.

    Parameters
    ----------
    coefficients : array, shape (T,)
        Real weights.
    terms : sequence of tuple of Operator
        The factors of each term, on pairwise disjoint wires: at most one Pauli word of weight 1,
        and others with known eigenvalues and diagonalizing gates, such as ``Hermitian``. An empty
        tuple is the identity.
    wires : wires, optional
        Default those of the factors.
    """

    is_gate = False
    is_hermitian = True

    def __init__(
        self, coefficients: Tensor, terms: Sequence[Factors], wires: WiresLike | None = None
    ) -> None:
        self._terms = tuple(tuple(term) for term in terms)
        on = Wires.all_wires(op.wires for op in self._factors()) if wires is None else wires
        with paused():
            super().__init__((coefficients,), on)

    def _factors(self) -> Iterator[Operator]:
        return (factor for term in self._terms for factor in term)

    @property
    def coefficients(self) -> Tensor:
        """The weights, shape (T,)."""
        return self._parameters[0]

    @property
    def terms(self) -> tuple[Factors, ...]:
        """The factors of each term."""
        return self._terms

    @property
    def num_terms(self) -> int:
        """Number of terms, T."""
        return len(self._terms)

    @property
    def _arrays(self) -> list[Operator]:
        """The factors that have parameters."""
        return [op for op in self._factors() if not isinstance(op, PauliSum) and op.num_params]

    @property
    def parameters(self) -> tuple[Tensor, ...]:
        """The weights, and the matrices and vectors of the factors, in order."""
        return (self.coefficients, *(value for op in self._arrays for value in op.parameters))

    @property
    def ndim_params(self) -> tuple[int, ...]:
        return (1, *(ndim for op in self._arrays for ndim in op.ndim_params))

    @property
    def parameter_kinds(self) -> tuple[ParameterKind, ...]:
        kinds = (kind for op in self._arrays for kind in op.parameter_kinds)
        return (ParameterKind.COEFFICIENTS, *kinds)

    @property
    def signature(self) -> Hashable:
        return (
            Combination,
            self._wires,
            tuple(tuple(factor.signature for factor in term) for term in self._terms),
        )

    def with_parameters(self, parameters: Sequence[Tensor]) -> Self:
        other = super().with_parameters(parameters[:1])
        bound = iter(rebind(self._arrays, parameters[1:]))
        has_arrays = {id(op) for op in self._arrays}
        other._terms = tuple(
            tuple(next(bound) if id(op) in has_arrays else op for op in term)
            for term in self._terms
        )
        return other

    def map_wires(self, wire_map: Mapping[Wire, Wire]) -> Self:
        other = super().map_wires(wire_map)
        with paused():
            other._terms = tuple(
                tuple(op.map_wires(wire_map) for op in term) for term in self._terms
            )
        return other

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        bound = self.with_parameters(parameters)
        matrices = (product_matrix(term, self.wires, xp=xp) for term in bound.terms)
        weighted = (matrix * bound.coefficients[index] for index, matrix in enumerate(matrices))
        return sum(weighted) if bound.terms else np.zeros((2 ** len(self.wires),) * 2)

    def __repr__(self) -> str:
        weights = unwrap(self.coefficients)
        if not isinstance(weights, np.ndarray):  # a slot of a structure
            weights = np.ones(self.num_terms)
        parts = [
            f"{weight} * ({' @ '.join(map(repr, term)) or 'I()'})"
            for weight, term in zip(weights, self._terms, strict=True)
        ]
        return " + ".join(parts)


def product_matrix(factors: Factors, wires: Wires, *, xp: Namespace = None) -> Tensor:
    """Return the matrix of a product of factors on disjoint wires."""
    xp = namespace(value for op in factors for value in op.parameters) if xp is None else xp
    matrices = [dense_matrix(op, xp=xp) for op in factors]
    own = Wires([wire for op in factors for wire in op.wires])
    return embed(kron(matrices, xp=xp), own, wires, xp=xp)
