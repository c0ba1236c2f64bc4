"""Sum of Pauli words as an operator: terms, matrices, gates and text."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from qgate.arguments import array_of
from qgate.arrays import namespace, shape_of, unwrap
from qgate.exceptions import (
    DecompositionUndefinedError,
    InvalidParameters,
    MatrixUndefinedError,
    described,
)
from qgate.operations import pauli_algebra as algebra
from qgate.operations import pauli_matrices as pm
from qgate.operations import pauli_words as pw
from qgate.operations.eigenbasis import eigensystem, to_eigenbasis
from qgate.operations.labels import Cache
from qgate.operations.operator import Operator, ParameterKind
from qgate.operations.pauli_algebra import Terms, as_coefficients
from qgate.operations.pauli_gates import basis_gates, letters_of, word_gates
from qgate.operations.pauli_grouping import partition
from qgate.operations.pauli_groups import group_basis, is_qubit_wise
from qgate.operations.queries import in_format
from qgate.recording import paused
from qgate.typing import BoolArray, IntArray, Namespace, SparseMatrix, Tensor, Wire, WiresLike
from qgate.wires import Wires


class PauliOperator(Operator):
    """Sum of Pauli words without arithmetic, which ``PauliSum`` adds."""

    has_decomposition = True
    is_gate = False
    ndim_params = (1,)

    grouping_indices: tuple[tuple[int, ...], ...] | None = None
    """Groups of terms by their positions, if ``compute_grouping`` was called; else None."""

    parameter_kinds = (ParameterKind.COEFFICIENTS,)

    def __init__(
        self,
        coefficients: Tensor,
        x: ArrayLike,
        z: ArrayLike,
        wires: WiresLike,
        *,
        id: str | None = None,
    ) -> None:
        weights = as_coefficients(coefficients)
        with paused():
            super().__init__((weights,), wires, id=id)
        self._x, self._z = _bits(x), _bits(z)
        shape = (*shape_of(weights), len(self.wires))
        if not self._x.shape == self._z.shape == shape:
            raise InvalidParameters(
                f"A Pauli sum was given coefficients of shape {shape_of(weights)}, bits of shapes "
                f"{self._x.shape} and {self._z.shape}, and {len(self.wires)} wires. T terms on n "
                "wires need T coefficients and bits of shape (T, n)."
            )

    @classmethod
    def of_terms(cls, terms: Terms, wires: Wires) -> Self:
        """Create a sum from parts that are known to fit, without a copy."""
        made = cls.__new__(cls)
        made._parameters, made._wires = (terms.weights,), wires
        made._hyperparameters, made.id = {}, None
        made._x, made._z = terms.x, terms.z
        terms.x.setflags(write=False)
        terms.z.setflags(write=False)
        return made

    # Definition ------------------------------------------------------------------

    @property
    def coefficients(self) -> Tensor:
        """The weights of the terms, shape (T,)."""
        return self._parameters[0]

    @property
    def x(self) -> BoolArray:
        """Whether the letters flip a bit, shape (T, n)."""
        return self._x

    @property
    def z(self) -> BoolArray:
        """Whether the letters change a sign, shape (T, n)."""
        return self._z

    @property
    def arrays(self) -> Terms:
        """Weights and bits of the terms."""
        return Terms(self.coefficients, self._x, self._z)

    @property
    def words(self) -> list[str]:
        """The terms as strings with one letter for each wire."""
        return pw.to_letters(self._x, self._z)

    @property
    def num_terms(self) -> int:
        """Number of terms, T."""
        return len(self._x)

    @cached_property
    def _content(self) -> Hashable:
        return len(self._x), pw.packed(self._x, self._z).tobytes()

    @property
    def signature(self) -> Hashable:
        return type(self), self._wires, self._content

    @property
    def coeffs(self) -> list[Tensor]:
        """The weights as a list of numbers."""
        if type(self.coefficients) is np.ndarray:
            return list(self.coefficients.tolist())
        return [self.coefficients[term] for term in range(len(self))]

    @property
    def sums(self) -> list[Self]:
        """The words, each as a sum with weight 1 on the wires on which it acts."""
        return [self._word(term) for term in range(len(self))]

    @property
    def ops(self) -> list[Operator]:
        """The words, each with weight 1 on the wires on which it acts; a single letter is a gate.

        ``sums`` has all of them in one class.
        """
        return [_as_gate(word) for word in self.sums]

    @property
    def operands(self) -> tuple[Self, ...]:
        """The terms, each with its weight on the wires on which it acts."""
        return tuple(
            word.with_parameters((self.coefficients[term : term + 1],))
            for term, word in enumerate(self.sums)
        )

    def terms(self) -> tuple[list[Tensor], list[Operator]]:
        """Return the weights and the words, as ``coeffs`` and ``ops``."""
        return self.coeffs, self.ops

    def _word(self, term: int) -> Self:
        on = (self._x[term] | self._z[term]).nonzero()[0]
        wires = Wires([self.wires[column] for column in on])
        bits = (bits[term : term + 1, on] for bits in (self._x, self._z))
        return self.of_terms(Terms(np.ones(1), *bits), wires)

    @property
    def is_hermitian(self) -> bool:
        """Whether all weights are real, up to rounding."""
        weights = unwrap(self.coefficients)
        if not np.iscomplexobj(weights):
            return True
        return bool(np.all(np.abs(weights.imag) <= 1e-12 * np.abs(weights).max(initial=1e-300)))

    @property
    def is_diagonal(self) -> bool:
        return not self._x.any()

    # Other numbers, other wires ----------------------------------------------------

    def map_wires(self, wire_map: Mapping[Wire, Wire]) -> Self:
        """Return the same sum on other wires; labels not in the map stay."""
        return self.with_wires(self._wires.map(wire_map))

    def with_wires(self, wires: Wires) -> Self:
        """Return the same sum with the labels ``wires`` in place of its own."""
        other = self.with_parameters(self._parameters)
        other._wires = wires
        return other

    def expanded(self, order: WiresLike) -> Self:
        """Return the same sum on the wires ``order``, which contain its own."""
        wires = Wires(order)
        if wires == self.wires:
            return self
        columns = wires.indices(self.wires)
        return self.of_terms(algebra.joined([self.arrays], [columns], len(wires)), wires)

    def select(self, terms: Tensor) -> Self:
        """Return the sum of some terms, given by an array of positions or a mask."""
        return self.of_terms(Terms(*(part[terms] for part in self.arrays)), self.wires)

    def merged(self) -> Self:
        """Return the sum with distinct words, in order of first appearance."""
        if len(self._x) == 1:
            return self
        first, index = self._distinct
        if len(first) == len(self):
            return self
        return self.of_terms(algebra.merged(self.arrays, first, index), self.wires)

    @property
    def is_normal(self) -> bool:
        """Whether the words are distinct and the weights plain real numbers."""
        weights = self._parameters[0]
        is_real = type(weights) is np.ndarray and weights.dtype.kind == "f"
        return is_real and (len(self._x) == 1 or len(self._distinct[0]) == len(self._x))

    @cached_property
    def _distinct(self) -> tuple[IntArray, IntArray]:
        return pw.distinct(pw.packed(self._x, self._z))

    # Matrices --------------------------------------------------------------------

    def x_masks(self, order: WiresLike | None = None) -> IntArray:
        """Return the bits x of each term as an integer, the first wire most significant.

        With the masks x and z a word P acts on basis states as
        P|i> = i^{|x & z|} (-1)^{|z & i|} |i ^ x>, where |m| counts the bits set in m.
        ``order`` has at most 62 wires, among them its own.
        """
        return pm.masks((self if order is None else self.expanded(order))._x)

    def z_masks(self, order: WiresLike | None = None) -> IntArray:
        """Return the bits z of each term as an integer, shape (T,); see ``x_masks``."""
        return pm.masks((self if order is None else self.expanded(order))._z)

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        return pm.dense(parameters[0], self._x, self._z, xp=xp)

    def canonical_diagonal(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        if not self.is_diagonal:
            raise MatrixUndefinedError(f"The matrix of {self!r} is not diagonal.")
        return xp.dot(parameters[0], pm.entries(self._x, self._z)[1])

    def matrix(self, wire_order: WiresLike | None = None) -> Tensor:
        on = self if wire_order is None else self.expanded(wire_order)
        return on.canonical_matrix(on.parameters, namespace(on.parameters))

    def sparse_matrix(
        self, wire_order: WiresLike | None = None, format: str = "csr"
    ) -> SparseMatrix:
        on = self.merged() if wire_order is None else self.merged().expanded(wire_order)
        return in_format(pm.sparse(unwrap(on.coefficients), on._x, on._z), format)

    def compute_grouping(self, grouping_type: str = "qwc", method: str = "lf") -> None:
        """Set ``grouping_indices``, the groups of terms with a relation.

        They are for programs that ask for them: a measurement groups its terms qubit by qubit.

        Parameters
        ----------
        grouping_type : {"qwc", "commuting", "anticommuting"}
        method : {"lf", "rlf", "dsatur", "gis"}

        Raises
        ------
        InvalidParameters, TooLarge
            As for ``pauli_grouping.partition``.
        """
        self.grouping_indices = partition(self._x, self._z, grouping_type, method)

    def eigvals(self) -> Tensor:
        if not is_qubit_wise(self._x, self._z):
            return eigensystem(self.matrix())[0]
        support = self._x | self._z
        signs = pm.entries(np.zeros_like(support), support)[1].real
        return unwrap(self.coefficients) @ signs

    def diagonalizing_gates(self) -> list[Operator]:
        if is_qubit_wise(self._x, self._z):
            return basis_gates(group_basis(self._x, self._z), self.wires)
        return to_eigenbasis(self.matrix(), self.wires)

    def decomposition(self) -> list[Operator]:
        """Return the gates of a single word, its weight a global phase; other sums have none."""
        if len(self) != 1 or not np.isclose(abs(unwrap(self.coefficients)[0]), 1.0):
            raise DecompositionUndefinedError(
                f"{self!r} is not a gate: a sum of Pauli words can be applied only if it is one "
                "word with a weight of modulus 1. Measure it, or exponentiate it with "
                "qg.exp(operator, -1j * t) or qg.evolve(operator, t)."
            )
        phase = float(np.angle(unwrap(self.coefficients)[0]))
        return word_gates(self.words[0], self.wires, phase)

    # Text, comparison ------------------------------------------------------------

    def label(
        self,
        decimals: int | None = None,
        base_label: str | None = None,
        cache: Cache | None = None,
    ) -> str:
        if base_label or len(self) != 1:
            return base_label or "𝓗"
        return pw.spell_label(unwrap(self.coefficients)[0], self.words[0], decimals)

    def __len__(self) -> int:
        return len(self._x)

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PauliOperator):
            return NotImplemented
        return self._by_word() == other._by_word()

    def __hash__(self) -> int:
        return hash(frozenset(self._by_word()))

    def _by_word(self) -> dict[frozenset[tuple[str, Wire]], complex]:
        """Return the nonzero weights by word; a word is a set of (wire, letter) pairs."""
        merged = self.merged()
        weights = unwrap(merged.coefficients).tolist()
        return {
            frozenset(letters_of(word, self.wires)): weight
            for word, weight in zip(merged.words, weights, strict=True)
            if weight != 0
        }

    def __repr__(self) -> str:
        weights = unwrap(self.coefficients)
        if not isinstance(weights, np.ndarray):  # a slot of a structure
            weights = np.ones(len(self))
        return pw.spell_sum(weights, self._x, self._z, self.wires)


def _bits(bits: ArrayLike) -> BoolArray:
    given = array_of(bits)
    if given.dtype.kind not in "biuf":
        raise InvalidParameters(
            f"A Pauli sum was given the bits {described(bits)}. Give x and z as arrays of truth "
            "values, one row for each word and one column for each wire."
        )
    frozen = given.astype(bool)
    frozen.setflags(write=False)
    return frozen


def _as_gate(word: PauliOperator) -> Operator:
    """Return a word of weight 1 as a gate, if it is a single letter."""
    if len(word.wires) != 1:
        return word
    (gate,) = word_gates(word.words[0], word.wires, 0.0)
    return gate
