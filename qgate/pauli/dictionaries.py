"""Pauli words and sums of Pauli words as dictionaries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn, Self

from qgate.arrays import opened
from qgate.exceptions import InvalidParameters, described
from qgate.operations.fixed import Identity
from qgate.operations.gate import GATES
from qgate.operations.operator import Operator
from qgate.operations.parameters import is_scalar
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_gates import letters_of
from qgate.typing import Tensor, Wire, WiresLike
from qgate.wires import Wires

LETTERS = "IXYZ"

SMALLEST = 1e-8
"""Weights up to this are dropped by ``simplify``."""


class PauliWord(dict[Wire, str]):
    """Pauli word: the letter, X, Y or Z, of each wire on which it acts; hashable.

    Parameters
    ----------
    mapping : mapping of wire to str
        Identities are left out. Other wires have the letter "I".

    Examples
    --------
    >>> word = PauliWord({0: "X", "a": "Y"})
    >>> word @ PauliWord({0: "Y"})
    1j * Z(0) @ Y(a)
    >>> word[5]
    'I'
    """

    def __init__(self, mapping: Mapping[Wire, str]) -> None:
        for wire, letter in mapping.items():
            if not isinstance(letter, str) or letter not in tuple(LETTERS):
                raise InvalidParameters(
                    f"A Pauli word was given {described(letter)} on wire {described(wire)}. "
                    "Give one of the letters I, X, Y and Z."
                )
        super().__init__({wire: letter for wire, letter in mapping.items() if letter != "I"})

    def __missing__(self, wire: Wire) -> str:
        return "I"

    def __hash__(self) -> int:  # type: ignore[override]  # a word does not change
        return hash(frozenset(self.items()))

    def __setitem__(self, wire: Wire, letter: str) -> NoReturn:
        raise TypeError("A PauliWord cannot be changed. Make another, PauliWord({**word, ...}).")

    def update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse to change the word."""
        raise TypeError("A PauliWord cannot be changed. Make another, PauliWord({**word, ...}).")

    def __reduce__(self) -> tuple[object, ...]:
        return PauliWord, (dict(self),)

    @property
    def wires(self) -> Wires:
        """Wires on which the word acts."""
        return Wires(list(self))

    @property
    def pauli_rep(self) -> PauliSentence:
        """The word as a sum of one term."""
        return PauliSentence({self: 1.0})

    def commutes_with(self, other: PauliWord) -> bool:
        """Return whether two words commute."""
        shared = self.keys() & other.keys()
        return sum(self[wire] != other[wire] for wire in shared) % 2 == 0

    def commutator(self, other: PauliWord | PauliSentence | Operator) -> PauliSentence:
        """Return self @ other - other @ self."""
        return self.pauli_rep.commutator(other)

    def to_mat(
        self, wire_order: WiresLike | None = None, format: str = "dense", coeff: Tensor = 1.0
    ) -> Tensor:
        """Return ``coeff`` times the matrix, dense or in a sparse format such as "csr"."""
        return PauliSentence({self: coeff}).to_mat(wire_order, format)

    def operation(self, wire_order: WiresLike = ()) -> Operator:
        """Return the word as an operator; ``wire_order`` has the wire of an identity."""
        return word_operator(self, wire_order)

    def map_wires(self, wire_map: Mapping[Wire, Wire]) -> PauliWord:
        """Return the word on other wires."""
        return PauliWord({wire_map.get(wire, wire): letter for wire, letter in self.items()})

    def __matmul__(self, other: object) -> PauliSentence:
        return self.pauli_rep @ other

    def __mul__(self, other: Tensor) -> PauliSentence:
        return PauliSentence({self: 1}).__mul__(other)

    __rmul__ = __mul__

    def __truediv__(self, other: Tensor) -> PauliSentence:
        return self.__mul__(1 / other)

    def __add__(self, other: object) -> PauliSentence:
        return self.pauli_rep + other

    __radd__ = __add__

    def __sub__(self, other: object) -> PauliSentence:
        return self.pauli_rep - other

    def __rsub__(self, other: object) -> PauliSentence:
        return self * -1 + other

    def __str__(self) -> str:
        return " @ ".join(f"{letter}({wire})" for wire, letter in self.items()) or "I"

    __repr__ = __str__


class PauliSentence(dict[PauliWord, Tensor]):
    """Sum of Pauli words: the weight of each word.

    Examples
    --------
    >>> x, z = PauliWord({0: "X"}), PauliWord({0: "Z"})
    >>> PauliSentence({x: 2.0}) @ (x + z)
    2.0 * I
    + -2j * Y(0)
    """

    def __missing__(self, word: PauliWord) -> Tensor:
        return 0.0

    @classmethod
    def of_sum(cls, words: PauliSum) -> PauliSentence:
        """Return the dictionary of a ``PauliSum``."""
        merged = words.merged()
        pairs = (letters_of(word, merged.wires) for word in merged.words)
        words_of = [PauliWord({wire: letter for letter, wire in found}) for found in pairs]
        return cls(zip(words_of, map(_real_if_it_is, merged.coeffs), strict=True))

    def to_sum(self, wires: WiresLike | None = None) -> PauliSum:
        """Return the ``PauliSum`` with these words, by default on the wires on which they act."""
        order = self.wires if wires is None else Wires(wires)
        order.indices(self.wires)  # refuses an order without them
        words = ["".join(word[wire] for wire in order) for word in self]
        if not words:
            return PauliSum.identity(0.0, order)
        return PauliSum.from_words(list(self.values()), words, order)

    @property
    def pauli_rep(self) -> Self:
        """The sum itself."""
        return self

    @property
    def wires(self) -> Wires:
        """Wires on which a word acts, in order of first appearance."""
        return Wires.all_wires([word.wires for word in self])

    def trace(self) -> Tensor:
        """Return the trace of the matrix divided by its size: the weight of the identity."""
        return self.get(PauliWord({}), 0.0)

    def simplify(self, tol: float = SMALLEST) -> None:
        """Remove words with weights up to ``tol``."""
        for word in [word for word, weight in self.items() if abs(weight) <= tol]:
            del self[word]

    prune = simplify

    def commutator(self, other: PauliWord | PauliSentence | Operator) -> PauliSentence:
        """Return self @ other - other @ self."""
        found = PauliSentence.of_sum(self.to_sum().commutator(_sentence(other).to_sum()))
        found.simplify()
        return found

    def to_mat(self, wire_order: WiresLike | None = None, format: str = "dense") -> Tensor:
        """Return the matrix, dense or in a sparse format of scipy such as "csr".

        Parameters
        ----------
        wire_order : wires, optional
            Default: the wires on which a word acts.
        format : str
        """
        words = self.to_sum(wire_order)
        return opened(words.matrix()) if format == "dense" else words.sparse_matrix(format=format)

    def dot(self, vector: Tensor, wire_order: WiresLike | None = None) -> Tensor:
        """Return the product with a vector, shape (2**n,), or a batch, shape (B, 2**n)."""
        return (self.to_mat(wire_order, "csr") @ vector.T).T

    def operation(self, wire_order: WiresLike = ()) -> Operator:
        """Return the sum as an operator; ``wire_order`` has the wire of an identity."""
        if len(self) == 1 and self.wires:
            ((word, weight),) = self.items()
            operator = word_operator(word)
            return operator if weight == 1 else weight * operator
        return self.to_sum(self.wires or wire_order)

    def map_wires(self, wire_map: Mapping[Wire, Wire]) -> PauliSentence:
        """Return the sum on other wires."""
        return PauliSentence({word.map_wires(wire_map): self[word] for word in self})

    def __matmul__(self, other: object) -> PauliSentence:
        return PauliSentence.of_sum(self.to_sum().times(_sentence(other).to_sum()))

    def __mul__(self, other: Tensor) -> PauliSentence:
        _require_number(other)
        return PauliSentence({word: weight * other for word, weight in self.items()})

    __rmul__ = __mul__

    def __truediv__(self, other: Tensor) -> PauliSentence:
        return self.__mul__(1 / other)

    def __add__(self, other: object) -> PauliSentence:
        return PauliSentence(self).__iadd__(other)

    __radd__ = __add__

    def __iadd__(self, other: object) -> Self:
        for word, weight in _sentence(other).items():
            self[word] = self[word] + weight
        return self

    def __sub__(self, other: object) -> PauliSentence:
        return self + _sentence(other) * -1

    def __rsub__(self, other: object) -> PauliSentence:
        return self * -1 + other

    def __str__(self) -> str:
        return "\n+ ".join(f"{weight} * {word}" for word, weight in self.items()) or "0 * I"

    __repr__ = __str__


def _real_if_it_is(weight: Tensor) -> Tensor:
    """Return a complex number without imaginary part as a real one."""
    return weight.real if isinstance(weight, complex) and not weight.imag else weight


def word_operator(word: Mapping[Wire, str], wires: WiresLike = ()) -> Operator:
    """Return a word as a gate on one wire, or as a ``PauliSum``; an identity acts on ``wires``."""
    letters = {wire: letter for wire, letter in word.items() if letter != "I"}
    if not letters:
        return Identity(wires=wires)
    if len(letters) > 1:
        return PauliSum.word(letters)
    ((wire, letter),) = letters.items()
    gate: Operator = GATES[f"Pauli{letter}"](wires=[wire])
    return gate


def pauli_sentence(op: Operator | PauliWord | PauliSentence) -> PauliSentence:
    """Return an operator as a sum of Pauli words.

    Raises
    ------
    InvalidParameters
        The operator is not a linear combination of Pauli words.

    Examples
    --------
    >>> pauli_sentence(2 * qg.X(0) @ qg.Y(1) + qg.Z(0))
    2.0 * X(0) @ Y(1)
    + 1.0 * Z(0)
    """
    if (isinstance(op, Operator) and op.pauli_rep is None) or is_scalar(op):
        raise InvalidParameters(
            f"{described(op)} is not a linear combination of Pauli words. qg.pauli_decompose finds "
            "one for a matrix."
        )
    return _sentence(op)


def _sentence(value: object) -> PauliSentence:
    """Return a word, an operator or a number as a sum."""
    if isinstance(value, PauliSentence):
        return value
    if isinstance(value, PauliWord):
        return value.pauli_rep
    if isinstance(value, Operator) and value.pauli_rep is not None:
        return PauliSentence.of_sum(value.pauli_rep)
    _require_number(value)
    return PauliSentence({PauliWord({}): value})


def _require_number(value: object) -> None:
    if not is_scalar(value):
        raise InvalidParameters(
            f"{described(value)} is neither a number nor a sum of Pauli words. Give one of these."
        )
