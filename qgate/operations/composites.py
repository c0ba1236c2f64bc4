"""Composite operators: products, sums and scalar multiples."""

from __future__ import annotations

import copy
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import chain
from operator import attrgetter
from typing import Self

import numpy as np

from qgate.arrays import enclosed, namespace, unwrap
from qgate.exceptions import DecompositionUndefinedError
from qgate.operations.eigenbasis import eigensystem, to_eigenbasis
from qgate.operations.gate import GATES
from qgate.operations.labels import Cache, enclosed_label, number_text
from qgate.operations.matrices import dense_matrix
from qgate.operations.operator import (
    ALGEBRA,
    Operator,
    ParameterKind,
    require_operators,
    without_recording,
)
from qgate.operations.parameters import in_floats, require_scalar
from qgate.operations.pauli import PauliSum
from qgate.operations.spelling import bracketed
from qgate.recording import absorb, paused
from qgate.sizes import levels_within, nested
from qgate.typing import Namespace, Tensor, Wire
from qgate.wires import Wires

IS_CUSTOM = attrgetter("is_custom")

Term = tuple[Tensor, tuple[Operator, ...]]
"""A weight and the factors of a product, the leftmost first."""


class Composite(Operator):
    """Parent of operators that consist of other operators, the ``operands``.

    The parameters are the concatenated parameters of the operands. A subclass has to provide
    ``canonical_matrix`` and ``adjoint``.
    """

    _is_flat = False
    """Whether it is known that none of its operands is of its own class."""

    def __init__(self, *operands: Operator, id: str | None = None) -> None:
        require_operators(type(self).__name__, *operands)
        self.nesting = nested(type(self).__name__, *operands)
        self._inherit(operands)
        absorb(*operands)
        self._operands = operands
        super().__init__((), Wires.all_wires([op.wires for op in operands]), id=id)

    def _inherit(self, operands: Iterable[Operator]) -> None:
        """Note operands that a user defined."""
        if True in map(IS_CUSTOM, operands):
            self.is_custom, self.by_value = True, any(op.by_value for op in operands)

    @classmethod
    def flattened(cls, operands: Sequence[Operator], *, id: str | None = None) -> Self:
        """Return the composite of operands, of which those of this class are taken apart.

        A sum of n terms that is made term by term takes n of these calls, so each of them looks at
        its own operands only, and copies those of a flat one as a whole.
        """
        absorb(*operands)
        made = cls.__new__(cls)
        made._operands = tuple(chain.from_iterable(made._taken_apart(op) for op in operands))
        own = [op.nesting - isinstance(op, cls) for op in operands]
        made.nesting = levels_within(cls.__name__, max(own))
        made._inherit(operands)
        made._is_flat = True
        wires = Wires.all_wires([op.wires for op in operands])
        Operator.__init__(made, (), wires, id=id)
        return made

    def _taken_apart(self, operand: Operator) -> Iterable[Operator]:
        if not isinstance(operand, type(self)):
            return (operand,)
        if operand._is_flat:
            return operand._operands
        return chain.from_iterable(self._taken_apart(op) for op in operand._operands)

    @property
    def operands(self) -> tuple[Operator, ...]:
        """The operators of which it consists."""
        return self._operands

    @property
    def parameters(self) -> tuple[Tensor, ...]:
        return tuple(value for op in self._operands for value in op.parameters)

    @property
    def ndim_params(self) -> tuple[int, ...]:
        return tuple(ndim for op in self._operands for ndim in op.ndim_params)

    @property
    def parameter_kinds(self) -> tuple[ParameterKind, ...]:
        return tuple(kind for op in self._operands for kind in op.parameter_kinds)

    @property
    def signature(self) -> Hashable:
        return (type(self), *(op.signature for op in self._operands))

    def with_parameters(self, parameters: Sequence[Tensor]) -> Self:
        return self._with_operands(rebind(self._operands, parameters))

    def map_wires(self, wire_map: Mapping[Wire, Wire]) -> Self:
        with paused():
            return self._with_operands([op.map_wires(wire_map) for op in self._operands])

    def _with_operands(self, operands: Sequence[Operator]) -> Self:
        other = copy.copy(self)
        other._operands = tuple(operands)
        other._wires = Wires.all_wires([op.wires for op in operands])
        return other

    def _matrices(self, parameters: Sequence[Tensor], xp: Namespace) -> list[Tensor]:
        """Return the matrix of each operand on all wires."""
        return [dense_matrix(op, self.wires, xp=xp) for op in rebind(self._operands, parameters)]

    def linear_terms(self) -> list[Term]:
        """Return the operator expanded to a weighted sum of products."""
        return [(1.0, (self,))]

    @property
    def coeffs(self) -> list[Tensor]:
        """Weights of the expanded terms."""
        return self.terms()[0]

    @property
    def ops(self) -> list[Operator]:
        """Operators of the expanded terms."""
        return self.terms()[1]

    def terms(self) -> tuple[list[Tensor], list[Operator]]:
        """Return weights and operators of the expanded terms."""
        terms = self.linear_terms()
        with paused():
            products = [ALGEBRA["prod"](*factors) for _, factors in terms]
        return [weight for weight, _ in terms], products

    def simplify(self) -> Operator:
        """Return the operator expanded, with Pauli operators and equal terms merged."""
        with paused():
            return ALGEBRA["simplify"](self)

    def eigvals(self) -> Tensor:
        return eigensystem(self.matrix())[0]

    def diagonalizing_gates(self) -> list[Operator]:
        return to_eigenbasis(self.matrix(), self.wires)

    @property
    def is_diagonal(self) -> bool:
        return all(op.is_diagonal for op in self._operands)

    def _spelled(self, operand: Operator) -> str:
        """Return an operand as text, in brackets if it is composite."""
        return bracketed(operand, around="+*@" if isinstance(operand, Composite) else "+*")

    def __iter__(self) -> Iterator[Operator]:
        return iter(self._operands)

    def __getitem__(self, index: int) -> Operator:
        return self._operands[index]

    def __len__(self) -> int:
        return len(self._operands)


class Prod(Composite):
    """A product of operators, the rightmost of which acts first. Created by ``prod`` and ``@``.

    Parameters
    ----------
    *operands : Operator
        At least one, the leftmost first.
    id : str, optional
    """

    has_decomposition = True

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        return reduce(xp.matmul, self._matrices(parameters, xp))

    def decomposition(self) -> list[Operator]:
        return list(reversed(self._operands))

    def adjoint(self) -> Operator:
        return Prod(*(op.adjoint() for op in reversed(self._operands)))

    def linear_terms(self) -> list[Term]:
        def times(left: list[Term], right: list[Term]) -> list[Term]:
            return [(a * b, (*f, *g)) for a, f in left for b, g in right]

        return reduce(times, map(linear_terms, self._operands))

    @property
    def is_gate(self) -> bool:
        """Whether every factor is a gate."""
        return all(op.is_gate for op in self._operands)

    @property
    def is_hermitian(self) -> bool:
        disjoint = len(self.wires) == sum(len(op.wires) for op in self._operands)
        return disjoint and all(op.is_hermitian for op in self._operands)

    @property
    def pauli_rep(self) -> PauliSum | None:
        words = pauli_reps(self._operands)
        return None if words is None else PauliSum.product(words)

    def label(
        self,
        decimals: int | None = None,
        base_label: str | None = None,
        cache: Cache | None = None,
    ) -> str:
        return "@".join(
            enclosed_label(op.label(decimals, base_label, cache)) for op in self._operands
        )

    def __repr__(self) -> str:
        return " @ ".join(map(self._spelled, self._operands))


class Sum(Composite):
    """A sum of operators. Created by ``sum``, ``dot``, ``Hamiltonian`` and ``+``.

    Parameters
    ----------
    *operands : Operator
        At least one.
    id : str, optional
    """

    is_gate = False

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        return reduce(lambda left, right: left + right, self._matrices(parameters, xp))

    def adjoint(self) -> Operator:
        return Sum(*(op.adjoint() for op in self._operands))

    def linear_terms(self) -> list[Term]:
        return [term for op in self._operands for term in linear_terms(op)]

    @property
    def is_hermitian(self) -> bool:
        return all(op.is_hermitian for op in self._operands)

    @property
    def pauli_rep(self) -> PauliSum | None:
        words = pauli_reps(self._operands)
        return None if words is None else PauliSum.total(words)

    def label(
        self,
        decimals: int | None = None,
        base_label: str | None = None,
        cache: Cache | None = None,
    ) -> str:
        return base_label or "𝓗"

    def __repr__(self) -> str:
        return " + ".join(map(repr, self._operands))


class SProd(Composite):
    """A number times an operator. Created by ``s_prod`` and ``*``.

    Parameters
    ----------
    scalar : number
        Real or complex; may be traced.
    base : Operator
    id : str, optional

    Raises
    ------
    InvalidParameters
        The scalar is not a number, or the base not an operator.
    """

    is_gate = False

    def __init__(self, scalar: Tensor, base: Operator, id: str | None = None) -> None:
        require_scalar(base, scalar)
        self._scalar = in_floats(enclosed(scalar))
        super().__init__(base, id=id)

    @property
    def scalar(self) -> Tensor:
        """The number."""
        return self._scalar

    @property
    def base(self) -> Operator:
        """The operator."""
        return self._operands[0]

    @property
    def parameters(self) -> tuple[Tensor, ...]:
        return (self._scalar, *super().parameters)

    @property
    def ndim_params(self) -> tuple[int, ...]:
        return (0, *super().ndim_params)

    @property
    def parameter_kinds(self) -> tuple[ParameterKind, ...]:
        return (ParameterKind.COEFFICIENTS, *super().parameter_kinds)

    def with_parameters(self, parameters: Sequence[Tensor]) -> Self:
        other = super().with_parameters(parameters[1:])
        other._scalar = parameters[0]
        return other

    @property
    def has_decomposition(self) -> bool:
        """Whether the number has modulus 1, so that it is a phase."""
        return bool(np.isclose(abs(unwrap(self._scalar)), 1.0))

    def decomposition(self) -> list[Operator]:
        if not self.has_decomposition:
            raise DecompositionUndefinedError(
                f"{self!r} cannot be applied as a gate: its factor {unwrap(self._scalar)} does not "
                "have modulus 1. Measure it, or apply the operator without the factor."
            )
        phase = -float(np.angle(unwrap(self._scalar)))
        return without_recording(lambda: [self.base, GATES["GlobalPhase"](phase)])

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        return self._matrices(parameters[1:], xp)[0] * parameters[0]

    def adjoint(self) -> Operator:
        conjugate = namespace([self._scalar]).conj(self._scalar)
        return SProd(conjugate, self.base.adjoint())

    def linear_terms(self) -> list[Term]:
        return [(self._scalar * weight, factors) for weight, factors in linear_terms(self.base)]

    @property
    def is_hermitian(self) -> bool:
        return self.base.is_hermitian and not np.imag(unwrap(self._scalar))

    @property
    def pauli_rep(self) -> PauliSum | None:
        words = self.base.pauli_rep
        return None if words is None else words.scaled(self._scalar)

    def label(
        self,
        decimals: int | None = None,
        base_label: str | None = None,
        cache: Cache | None = None,
    ) -> str:
        number = number_text(self._scalar, decimals)
        return f"{number}*{self.base.label(decimals, base_label, cache)}"

    def __repr__(self) -> str:
        return f"{unwrap(self._scalar)} * {self._spelled(self.base)}"


def linear_terms(op: Operator) -> list[Term]:
    """Expand an operator to a weighted sum of products whose factors are not sums.

    Returns
    -------
    list of (number, tuple of Operator)
        The weight and the factors of each term, the leftmost factor first. A Pauli
        operator gives its Pauli words, each with weight 1, on the wires on which it acts.
    """
    if isinstance(op, Composite):
        return op.linear_terms()
    words = op.pauli_rep
    if words is None:
        return [(1.0, (op,))]
    return [(weight, (word,)) for weight, word in zip(words.coeffs, words.sums, strict=True)]


def rebind(operands: Sequence[Operator], parameters: Sequence[Tensor]) -> list[Operator]:
    """Return operators with new parameters, given in one sequence."""
    bound, start = [], 0
    for op in operands:
        stop = start + op.num_params
        bound.append(op.with_parameters(parameters[start:stop]) if op.num_params else op)
        start = stop
    return bound


def pauli_reps(ops: Sequence[Operator]) -> list[PauliSum] | None:
    """Return operators as sums of Pauli words; None if one of them is not."""
    reps = []
    for op in ops:
        words = op.pauli_rep
        if words is None:
            return None
        reps.append(words)
    return reps
