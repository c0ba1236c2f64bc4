"""Sums of Pauli words, and their arithmetic."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cached_property, reduce
from typing import Any, Self

import numpy as np

from qgate.arrays import is_traced, namespace, shape_of, unwrap
from qgate.exceptions import (
    DecompositionUndefinedError,
    InvalidParameters,
    MatrixUndefinedError,
)
from qgate.operations import pauli_matrices as pm
from qgate.operations import pauli_words as pw
from qgate.operations.gate import GATES
from qgate.operations.matrices import dagger
from qgate.operations.operator import Operator, ParameterKind, without_recording
from qgate.operations.pauli_groups import group_basis, is_qubit_wise
from qgate.recording import paused
from qgate.typing import BoolArray, IntArray, Tensor, WiresLike
from qgate.wires import Wires

LETTER_GATES = {"X": "PauliX", "Y": "PauliY", "Z": "PauliZ"}
"""The gate that each letter is."""

BASIS_GATES = {"X": ("Hadamard",), "Y": ("PauliZ", "S", "Hadamard")}
"""The gates that turn the eigenbasis of a letter to that of Z."""

SHOWN_TERMS = 12
"""Longer sums are cut off when they are printed."""


class PauliSum(Operator):
    """A weighted sum of Pauli words.

    Sums, products and multiples of Pauli operators are all of this kind. It is data:
    making one with the constructors below records nothing. The coefficients are its one
    parameter and may be traced; all arithmetic here stays differentiable in them.

    Parameters
    ----------
    coefficients : array, shape (T,)
        Real or complex weights.
    x, z : array of bool, shape (T, n)
        The letter of each term on each wire: X where only ``x`` is set, Z where only ``z``
        is, Y where both are, else the identity.
    wires : wires
        Labels of the ``n`` wires.

    Raises
    ------
    InvalidParameters
        The shapes do not fit together.

    Examples
    --------
    >>> h = PauliSum.from_words([0.5, 2.0], ["XZ", "YI"])
    >>> h
    0.5 * (X(0) @ Z(1)) + 2.0 * Y(0)
    >>> (h @ h).simplify()
    4.25 * I()
    """

    has_decomposition = True
    is_gate = False

    def __init__(
        self,
        coefficients: Tensor,
        x: Any,
        z: Any,
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
    def from_words(
        cls, coefficients: Tensor, words: Sequence[str], wires: WiresLike | None = None
    ) -> PauliSum:
        """Make a sum from words such as "XIZY", one letter a wire.

        Parameters
        ----------
        coefficients : array, shape (T,)
        words : sequence of str
            T words of n letters.
        wires : wires, optional
            Default ``range(n)``.
        """
        x, z = pw.from_letters(words)
        return cls(coefficients, x, z, range(x.shape[1]) if wires is None else wires)

    @classmethod
    def word(cls, letters: Mapping[Any, str], coefficient: Tensor = 1.0) -> PauliSum:
        """Make a sum of one term, from the letter of each wire, such as ``{0: "X", 1: "Z"}``."""
        x, z = pw.from_letters(["".join(letters.values())])
        return _make(as_coefficients([coefficient]), x, z, Wires(tuple(letters)))

    @classmethod
    def identity(cls, coefficient: Tensor = 1.0, wires: WiresLike = ()) -> PauliSum:
        """Make a multiple of the identity."""
        on = Wires(wires)
        none = np.zeros((1, len(on)), dtype=bool)
        return _make(as_coefficients([coefficient]), none, none, on)

    # What it is ------------------------------------------------------------------

    @property
    def coefficients(self) -> Tensor:
        """The weights of the terms, shape (T,)."""
        return self._parameters[0]

    @property
    def x(self) -> BoolArray:
        """Where the letters flip a bit, shape (T, n)."""
        return self._x

    @property
    def z(self) -> BoolArray:
        """Where the letters change a sign, shape (T, n)."""
        return self._z

    @property
    def words(self) -> list[str]:
        """The terms as strings of one letter a wire."""
        return pw.to_letters(self._x, self._z)

    @property
    def num_terms(self) -> int:
        """How many terms there are, T."""
        return len(self._x)

    @property
    def ndim_params(self) -> tuple[int, ...]:
        return (1,)

    @property
    def parameter_kinds(self) -> tuple[ParameterKind, ...]:
        return (ParameterKind.COEFFICIENTS,)

    @cached_property
    def _content(self) -> Hashable:
        return len(self._x), pw.packed(self._x, self._z).tobytes()

    @property
    def signature(self) -> Hashable:
        return PauliSum, self._wires, self._content

    @property
    def pauli_rep(self) -> PauliSum:
        return self

    @property
    def coeffs(self) -> list[Any]:
        """The weights as a list of numbers."""
        return [self.coefficients[term] for term in range(len(self))]

    @property
    def ops(self) -> list[PauliSum]:
        """The words, each on the wires it acts on, with weight 1."""
        return [self._word(term) for term in range(len(self))]

    @property
    def operands(self) -> tuple[PauliSum, ...]:
        """The terms, each on the wires it acts on, with its weight."""
        return tuple(
            word.with_parameters((self.coefficients[term : term + 1],))
            for term, word in enumerate(self.ops)
        )

    def terms(self) -> tuple[list[Any], list[PauliSum]]:
        """Return the weights and the words."""
        return self.coeffs, self.ops

    def _word(self, term: int) -> PauliSum:
        on = (self._x[term] | self._z[term]).nonzero()[0]
        wires = Wires([self.wires[column] for column in on])
        return _make(np.ones(1), self._x[term : term + 1, on], self._z[term : term + 1, on], wires)

    @property
    def is_hermitian(self) -> bool:
        """Say whether all weights are real, up to rounding."""
        weights = unwrap(self.coefficients)
        if not np.iscomplexobj(weights):
            return True
        return bool(np.all(np.abs(weights.imag) <= 1e-12 * np.abs(weights).max(initial=1e-300)))

    @property
    def is_diagonal(self) -> bool:
        return not self._x.any()

    @cached_property
    def _distinct(self) -> tuple[IntArray, IntArray]:
        return pw.distinct(pw.packed(self._x, self._z))

    # Other numbers, other wires ----------------------------------------------------

    def map_wires(self, wire_map: Mapping[Any, Any]) -> Self:
        """Return the same sum on other wires; labels not in the map stay."""
        return self.with_wires(self._wires.map(wire_map))

    def with_wires(self, wires: Wires) -> Self:
        """Return the same sum with the labels ``wires`` in the place of its own."""
        other = self.with_parameters(self._parameters)
        other._wires = wires
        return other

    def expanded(self, order: WiresLike) -> PauliSum:
        """Return the same sum on the wires ``order``, among which are its own."""
        wires = Wires(order)
        if wires == self.wires:
            return self
        columns = wires.indices(self.wires)
        x, z = (np.zeros((len(self), len(wires)), dtype=bool) for _ in range(2))
        x[:, columns], z[:, columns] = self._x, self._z
        return _make(self.coefficients, x, z, wires)

    def select(self, terms: Any) -> PauliSum:
        """Return the sum of some terms, given by an array of positions or a mask."""
        weights = self.coefficients[terms]
        return _make(weights, self._x[terms], self._z[terms], self.wires)

    def merged(self) -> PauliSum:
        """Return the sum with each word once, in order of first appearance."""
        first, index = self._distinct
        if len(first) == len(self):
            return self
        weights = pw.gather_sum(self.coefficients, index, len(first))
        return _make(weights, self._x[first], self._z[first], self.wires)

    def simplify(self, cutoff: float = 1e-12) -> PauliSum:
        """Return the sum with each word once, without those of weight up to ``cutoff``.

        If nothing remains, that is 0 times the identity. Traced weights are all kept: what is
        zero here may have a derivative.
        """
        merged = self.merged()
        if is_traced(merged.coefficients):
            return merged
        kept = np.abs(merged.coefficients) > cutoff
        if not kept.any():
            return PauliSum.identity(0.0, self.wires)
        return merged if kept.all() else merged.select(kept.nonzero()[0])

    def real(self) -> PauliSum:
        """Return the sum with the real parts of its weights."""
        if not np.iscomplexobj(unwrap(self.coefficients)):
            return self
        return self.with_parameters((namespace(self.parameters).real(self.coefficients),))

    # Arithmetic ------------------------------------------------------------------

    @staticmethod
    def total(sums: Sequence[PauliSum]) -> PauliSum:
        """Return the sum of sums: their terms one after the other, not merged."""
        wires = Wires.all_wires([item.wires for item in sums])
        count = sum(len(item) for item in sums)
        x, z = (np.zeros((count, len(wires)), dtype=bool) for _ in range(2))
        column = {label: index for index, label in enumerate(wires)}
        start = 0
        for item in sums:
            on = [column[label] for label in item.wires]
            x[start : start + len(item), on] = item._x
            z[start : start + len(item), on] = item._z
            start += len(item)
        weights = one_kind([item.coefficients for item in sums])
        return _make(namespace(weights).concatenate(weights), x, z, wires)

    @staticmethod
    def product(sums: Iterable[PauliSum]) -> PauliSum:
        """Return the product of sums, the first to the left; of none, the identity."""
        factors = tuple(sums)
        return reduce(PauliSum.times, factors) if factors else PauliSum.identity()

    @staticmethod
    def weighted(coefficients: Tensor, sums: Sequence[PauliSum]) -> PauliSum:
        """Return the sum of sums, each multiplied by its coefficient, shape (len(sums),)."""
        together = PauliSum.total(sums)
        index = np.repeat(np.arange(len(sums)), [len(item) for item in sums])
        weights = pw.spread(as_coefficients(coefficients), index) * together.coefficients
        return together.with_parameters((weights,))

    def scaled(self, factor: Tensor) -> PauliSum:
        """Return the sum times a number."""
        return self.with_parameters((_tidy(self.coefficients * factor),))

    def times(self, other: PauliSum) -> PauliSum:
        """Return the product, self to the left, with each word once.

        Notes
        -----
        Cost: T * S products of words, and one sort of them.
        """
        left, right = self._on_common_wires(other)
        exponents = pw.product_phases((left._x, left._z), (right._x, right._z))
        weights = left.coefficients[:, None] * right.coefficients[None, :] * _phases(exponents)
        pairs = _all_pairs(len(left), len(right))
        return _merge_pairs(left, right, pairs, namespace([weights]).reshape(weights, (-1,)))

    def commutator(self, other: PauliSum) -> PauliSum:
        """Return self other - other self: twice the products of words that anticommute."""
        left, right = self._on_common_wires(other)
        exponents = pw.product_phases((left._x, left._z), (right._x, right._z))
        pairs = (exponents & 1).nonzero()
        if not len(pairs[0]):
            return PauliSum.identity(0.0, left.wires)
        weights = pw.spread(left.coefficients, pairs[0]) * pw.spread(right.coefficients, pairs[1])
        return _merge_pairs(left, right, pairs, weights * (2 * pw.PHASES[exponents[pairs]]))

    def squared(self) -> PauliSum:
        """Return the product with itself; words that anticommute drop out beforehand."""
        exponents = pw.product_phases((self._x, self._z), (self._x, self._z))
        pairs = np.triu(exponents & 1 == 0).nonzero()
        factor = np.where(pairs[0] == pairs[1], 1.0, 2.0) * pw.PHASES[exponents[pairs]].real
        weights = pw.spread(self.coefficients, pairs[0]) * pw.spread(self.coefficients, pairs[1])
        return _merge_pairs(self, self, pairs, weights * factor)

    def _on_common_wires(self, other: PauliSum) -> tuple[PauliSum, PauliSum]:
        wires = Wires.all_wires([self.wires, other.wires])
        return self.expanded(wires), other.expanded(wires)

    def adjoint(self) -> PauliSum:
        return self.with_parameters((namespace(self.parameters).conj(self.coefficients),))

    def pow(self, z: float) -> list[Operator]:
        """Return the power as a list of one sum, for whole ``z`` of at least 0."""
        if z != int(z) or z < 0:
            return super().pow(z)
        power = PauliSum.identity(1.0, self.wires)
        for _ in range(int(z)):
            power = power.times(self)
        return [power]

    # Matrices --------------------------------------------------------------------

    def x_masks(self, order: WiresLike | None = None) -> IntArray:
        """Return the bits x of each term as an integer, shape (T,).

        With the masks x and z a word P acts on basis states as
        P|i> = i^{|x & z|} (-1)^{|z & i|} |i ^ x>, where |m| counts the bits set in m.

        Parameters
        ----------
        order : wires, optional
            At most 62 wires, among them its own; the first is the most significant bit.
            Default its own.
        """
        return pm.masks((self if order is None else self.expanded(order))._x)

    def z_masks(self, order: WiresLike | None = None) -> IntArray:
        """Return the bits z of each term as an integer, shape (T,); see ``x_masks``."""
        return pm.masks((self if order is None else self.expanded(order))._z)

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Any) -> Tensor:
        return pm.dense(parameters[0], self._x, self._z, xp=xp)

    def canonical_diagonal(self, parameters: Sequence[Tensor], xp: Any) -> Tensor:
        if not self.is_diagonal:
            raise MatrixUndefinedError(f"The matrix of {self!r} is not diagonal.")
        return xp.dot(parameters[0], pm.entries(self._x, self._z)[1])

    def matrix(self, wire_order: WiresLike | None = None) -> Tensor:
        on = self if wire_order is None else self.expanded(wire_order)
        return on.canonical_matrix(on.parameters, namespace(on.parameters))

    def sparse_matrix(self, wire_order: WiresLike | None = None) -> Any:
        """Return the matrix as a ``scipy.sparse.csr_matrix``, shape (2**n, 2**n)."""
        on = self.merged() if wire_order is None else self.merged().expanded(wire_order)
        return pm.sparse(unwrap(on.coefficients), on._x, on._z)

    def eigvals(self) -> Tensor:
        if not is_qubit_wise(self._x, self._z):
            return self._eigensystem()[0]
        support = self._x | self._z
        signs = pm.entries(np.zeros_like(support), support)[1].real
        return unwrap(self.coefficients) @ signs

    def diagonalizing_gates(self) -> list[Operator]:
        if is_qubit_wise(self._x, self._z):
            return basis_gates(group_basis(self._x, self._z), self.wires)
        vectors = self._eigensystem()[1]
        return without_recording(lambda: [GATES["QubitUnitary"](dagger(vectors), wires=self.wires)])

    def _eigensystem(self) -> tuple[Any, Any]:
        matrix = unwrap(self.matrix())
        values, vectors = np.linalg.eigh(matrix) if self.is_hermitian else np.linalg.eig(matrix)
        return values, vectors

    def decomposition(self) -> list[Operator]:
        """Return the gates of a single word, and its weight as a global phase.

        Raises
        ------
        DecompositionUndefinedError
            There are several words, or the weight does not have modulus 1.
        """
        if len(self) != 1 or not np.isclose(abs(unwrap(self.coefficients)[0]), 1.0):
            raise DecompositionUndefinedError(
                f"{self!r} is not a gate: a sum of Pauli words can be applied only if it is one "
                "word with a weight of modulus 1. Measure it, or exponentiate it with "
                "qg.exp(operator, -1j * t) or qg.evolve(operator, t)."
            )
        phase = float(np.angle(unwrap(self.coefficients)[0]))
        letters = zip(self.words[0], self.wires, strict=True)
        return without_recording(
            lambda: [
                *(
                    GATES[LETTER_GATES[letter]](wires=wire)
                    for letter, wire in letters
                    if letter != "I"
                ),
                *([GATES["GlobalPhase"](-phase, wires=())] if phase else []),
            ]
        )

    # Text, comparison ------------------------------------------------------------

    def label(self, decimals: int | None = None) -> str:
        if len(self) != 1:
            return "𝓗"
        weight = unwrap(self.coefficients)[0]
        word = "@".join(letter for letter in self.words[0] if letter != "I") or "I"
        return word if weight == 1 else f"{pw.spell_number(weight, decimals)}*{word}"

    def __len__(self) -> int:
        return len(self._x)

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        if isinstance(other, PauliSum):
            return self._by_word() == other._by_word()
        return super().__eq__(other)

    def __hash__(self) -> int:
        return hash(frozenset(self._by_word()))

    def _by_word(self) -> dict[frozenset[Any], Any]:
        """Return the weights that are not zero by word, a set of wires with letters."""
        merged = self.merged()
        return {
            frozenset(
                (wire, letter)
                for wire, letter in zip(self.wires, word, strict=True)
                if letter != "I"
            ): weight
            for word, weight in zip(merged.words, unwrap(merged.coefficients).tolist(), strict=True)
            if weight != 0
        }

    def __repr__(self) -> str:
        weights = unwrap(self.coefficients)
        if not isinstance(weights, np.ndarray):  # a slot of a structure stands for them
            weights = np.ones(len(self))
        parts = [
            pw.spell_term(weight, word, self.wires)
            for weight, word in zip(weights[:SHOWN_TERMS], self.words, strict=False)
        ]
        rest = [f"... ({len(self)} terms)"] if len(self) > SHOWN_TERMS else []
        return " + ".join([*parts, *rest])


def basis_gates(letters: str, wires: WiresLike) -> list[Operator]:
    """Return the gates that turn the eigenbasis of each wire's letter to that of Z."""
    return without_recording(
        lambda: [
            GATES[name](wires=wire)
            for letter, wire in zip(letters, Wires(wires), strict=True)
            for name in BASIS_GATES.get(letter, ())
        ]
    )


def as_coefficients(values: Any) -> Tensor:
    """Return weights as one array of float or complex numbers, traced where they are."""
    if not is_traced(values) and not hasattr(values, "shape"):
        values = namespace(values).array(one_kind(values))
    if isinstance(values, np.ndarray) and values.dtype.kind not in "fc":
        values = values.astype(float)
    return values


def one_kind(values: Sequence[Tensor]) -> list[Tensor]:
    """Return values as complex ones if one of them is and one is traced.

    Joining real and complex ones would give the real ones complex derivatives.
    """
    if namespace(values) is np or not any(np.iscomplexobj(unwrap(value)) for value in values):
        return list(values)
    return [value * (1.0 + 0.0j) for value in values]


def _bits(bits: Any) -> BoolArray:
    frozen = np.array(bits, dtype=bool)
    frozen.setflags(write=False)
    return frozen


def _make(coefficients: Tensor, x: BoolArray, z: BoolArray, wires: Wires) -> PauliSum:
    """Make a sum from parts that are known to fit, without a copy."""
    made = PauliSum.__new__(PauliSum)
    made._parameters, made._wires = (coefficients,), wires
    made._hyperparameters, made.id = {}, None
    made._x, made._z = x, z
    x.setflags(write=False)
    z.setflags(write=False)
    return made


def _all_pairs(left: int, right: int) -> tuple[IntArray, IntArray]:
    return np.repeat(np.arange(left), right), np.tile(np.arange(right), left)


def _merge_pairs(
    left: PauliSum, right: PauliSum, pairs: tuple[IntArray, ...], weights: Tensor
) -> PauliSum:
    """Return the sum of the products of the words in ``pairs``, which have these weights."""
    rows, columns = pairs
    keys = pw.packed(left.x, left.z)[rows] ^ pw.packed(right.x, right.z)[columns]
    if len(keys) > 1:
        first, index = pw.distinct(keys)
        weights, rows, columns = (
            pw.gather_sum(weights, index, len(first)),
            rows[first],
            columns[first],
        )
    x, z = left.x[rows] ^ right.x[columns], left.z[rows] ^ right.z[columns]
    return _make(_tidy(weights), x, z, left.wires)


def _phases(exponents: IntArray) -> Any:
    """Return powers of i, as real numbers where all of them are."""
    phases = pw.PHASES[exponents]
    return phases if (exponents & 1).any() else phases.real


def _tidy(weights: Tensor) -> Tensor:
    """Return complex weights as real ones where no imaginary part is left.

    Traced ones stay complex: an imaginary part that is zero here may have a derivative.
    """
    if is_traced(weights) or not np.iscomplexobj(weights) or weights.imag.any():
        return weights
    return weights.real
