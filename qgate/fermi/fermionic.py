"""Products of fermionic creation and annihilation operators, and sums of such products."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NoReturn, Self

from qgate.arguments import is_text_among, mapping_of, whole_number
from qgate.arrays import is_traced, namespace, opened, shape_of
from qgate.exceptions import InvalidOperand, InvalidParameters, described
from qgate.fermi.encodings import Ladder, encoded_products
from qgate.operations.parameters import is_numeric
from qgate.typing import Tensor

LETTERS = {"+": "a\N{SUPERSCRIPT PLUS SIGN}", "-": "a"}
"""Symbols of creation and annihilation."""

CONJUGATE = {"+": "-", "-": "+"}

SMALLEST = 1e-8
"""Weights up to this are dropped by ``simplify``."""


class FermiOperator:
    """Arithmetic that words and sums of words share: each operand is made a sum first."""

    __array_ufunc__ = None  # so that numpy leaves `array * word` to the word

    def to_sentence(self, weight: Tensor = 1.0) -> FermiSentence:
        """Return the operator times a number as a sum."""
        raise NotImplementedError

    def __add__(self, other: object) -> FermiSentence:
        return self.to_sentence()._plus(_operand(other, self))

    __radd__ = __add__

    def __sub__(self, other: object) -> FermiSentence:
        return self.to_sentence()._plus(_operand(other, self, -1))

    def __rsub__(self, other: object) -> FermiSentence:
        return (-self.to_sentence())._plus(_operand(other, self))

    def __mul__(self, other: object) -> Any:
        if isinstance(other, FermiOperator):
            return self.to_sentence()._times(other.to_sentence())
        return self.to_sentence(_number(other, self))

    def __rmul__(self, other: object) -> FermiSentence:
        return self.to_sentence(_number(other, self))

    def __neg__(self) -> FermiSentence:
        return self.to_sentence(-1)

    def __truediv__(self, other: object) -> FermiSentence:
        return self.to_sentence(1 / _number(other, self))

    def __pow__(self, exponent: int) -> Any:
        times = whole_number(exponent)
        if times is None or times < 0:
            raise InvalidParameters(
                f"{type(self).__name__} was raised to the power {described(exponent)}. Give a "
                "whole number of at least 0."
            )
        one = FermiWord({})
        power: Any = one if isinstance(self, FermiWord) else one.to_sentence(1)
        for _ in range(times):
            power = power * self
        return power

    def to_mat(
        self, n_orbitals: int | None = None, format: str = "dense", buffer_size: int | None = None
    ) -> Tensor:
        """Return the matrix in the basis of occupation numbers, as Jordan-Wigner maps it.

        Parameters
        ----------
        n_orbitals : int, optional
            Number n of orbitals; by default those up to the highest one in the operator.
        format : str
            "dense", or a sparse format of scipy such as "csr".
        buffer_size : int, optional
            Accepted for compatibility, without effect.

        Returns
        -------
        array, shape (2**n, 2**n)
            Orbital 0 is the most significant bit.

        Raises
        ------
        InvalidParameters
            There are fewer orbitals than in the operator.
        """
        sentence = self.to_sentence()
        needed = 1 + max((orbital for word in sentence for _, orbital in word), default=0)
        if n_orbitals and n_orbitals < needed:
            raise InvalidParameters(
                f"to_mat was given n_orbitals={n_orbitals}, but the operator acts on orbital "
                f"{needed - 1}. Give at least {needed}."
            )
        ladders, weights = [word.ladder for word in sentence], list(sentence.values())
        words = encoded_products("jordan_wigner", ladders, weights, n_orbitals or needed)
        return opened(words.matrix()) if format == "dense" else words.sparse_matrix(format=format)


class FermiWord(FermiOperator, dict[tuple[int, int], str]):
    """Product of creation and annihilation operators; hashable, and does not change.

    Parameters
    ----------
    operator : mapping of (int, int) to str
        For the position in the product and the orbital, "+" (creation) or "-" (annihilation).
        Positions are 0, 1, ...; the empty mapping is the identity.

    Raises
    ------
    InvalidParameters
        A position is missing, or a value is neither "+" nor "-".

    Examples
    --------
    >>> word = FermiWord({(0, 0): "+", (1, 1): "-"})
    >>> print(word)
    a⁺(0) a(1)
    >>> print(2 * word + 1)
    2 * a⁺(0) a(1)
    + 1.0 * I
    """

    def __init__(self, operator: Mapping[tuple[int, int], str]) -> None:
        given = mapping_of("FermiWord", "operator", operator)
        if not all(map(_is_place, given)):
            raise InvalidParameters(
                f"A FermiWord was given operator={described(operator)}. Its keys are pairs of "
                "whole numbers, the position in the product and the orbital, such as (0, 3)."
            )
        super().__init__(sorted(given.items()))
        if [position for position, _ in self] != list(range(len(self))):
            raise InvalidParameters(
                f"A FermiWord was given {dict(operator)}. The first numbers of its keys are the "
                "positions in the product: 0, 1, and so on, each once."
            )
        wrong = [sign for sign in self.values() if not is_text_among(sign, CONJUGATE)]
        if wrong:
            raise InvalidParameters(
                f"A FermiWord was given {described(wrong[0])}. Give '+' for a creation operator, "
                "and '-' for an annihilation operator."
            )

    @classmethod
    def of(cls, ladder: list[Ladder]) -> FermiWord:
        """Return the product of ladder operators, the first to the left."""
        return FermiWord({(k, orbital): sign for k, (orbital, sign) in enumerate(ladder)})

    @property
    def ladder(self) -> list[Ladder]:
        """Orbital and sign of each factor, in order."""
        return [(orbital, sign) for (_, orbital), sign in self.items()]

    @property
    def wires(self) -> set[int]:
        """Orbitals on which the word acts."""
        return {orbital for _, orbital in self}

    def adjoint(self) -> FermiWord:
        """Return the Hermitian conjugate."""
        return self.of([(orbital, CONJUGATE[sign]) for orbital, sign in reversed(self.ladder)])

    def to_sentence(self, weight: Tensor = 1.0) -> FermiSentence:
        return FermiSentence({self: weight})

    def to_string(self) -> str:
        """Return the word as text, such as ``a⁺(0) a(1)``."""
        return " ".join(f"{LETTERS[sign]}({orbital})" for orbital, sign in self.ladder) or "I"

    def shift_operator(self, initial_position: int, final_position: int) -> FermiSentence:
        """Return the word with one factor at another position, by the anticommutation relations.

        Parameters
        ----------
        initial_position, final_position : int
            From 0 to the number of factors less 1.

        Returns
        -------
        FermiSentence
            Equal to the word: the reordered product, and one shorter product for each creation
            or annihilation operator of the same orbital that was passed.

        Raises
        ------
        InvalidParameters
            A position is not one of the word's.

        Examples
        --------
        >>> print(FermiWord({(0, 0): "+", (1, 0): "-"}).shift_operator(0, 1))
        -1 * a(0) a⁺(0)
        + 1.0 * I
        """
        current, last = (_position(k, self) for k in (initial_position, final_position))
        ladder, sign, shorter = self.ladder, 1, FermiSentence({})
        step = 1 if current < last else -1
        while current != last:
            here, there = ladder[current], ladder[current + step]
            if here != there:
                if here[0] == there[0]:
                    between = sorted((current, current + step))
                    shorter[self.of(ladder[: between[0]] + ladder[between[1] + 1 :])] += sign
                sign = -sign
            ladder[current], ladder[current + step] = there, here
            current += step
        return FermiSentence({self.of(ladder): sign})._plus(shorter)

    def __mul__(self, other: object) -> Any:
        if isinstance(other, FermiWord):
            return self.of(self.ladder + other.ladder)
        return super().__mul__(other)

    def __missing__(self, key: object) -> str:
        return ""

    def __hash__(self) -> int:  # type: ignore[override]  # a word does not change
        return hash(frozenset(self.items()))

    def __setitem__(self, key: tuple[int, int], sign: str) -> NoReturn:
        raise TypeError("A FermiWord cannot be changed. Make another, FermiWord({...}).")

    def update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse to change the word."""
        raise TypeError("A FermiWord cannot be changed. Make another, FermiWord({...}).")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return FermiWord, (dict(self),)

    def __str__(self) -> str:
        return self.to_string()

    def __repr__(self) -> str:
        return f"FermiWord({dict(self)})"


class FermiC(FermiWord):
    """Creation operator of an orbital, a whole number from 0 on.

    Examples
    --------
    >>> print(FermiC(0) * FermiA(1))
    a⁺(0) a(1)
    """

    sign = "+"

    def __init__(self, orbital: int) -> None:
        if isinstance(orbital, bool) or not isinstance(orbital, int) or orbital < 0:
            raise InvalidParameters(
                f"{type(self).__name__} was given the orbital {described(orbital)}. Give a whole "
                "number of at least 0."
            )
        self.orbital = orbital
        super().__init__({(0, orbital): self.sign})

    def adjoint(self) -> FermiWord:
        return (FermiA if self.sign == "+" else FermiC)(self.orbital)


class FermiA(FermiC):
    """Annihilation operator of an orbital, a whole number from 0 on.

    Examples
    --------
    >>> FermiA(2).adjoint() == FermiC(2)
    True
    """

    sign = "-"


class FermiSentence(FermiOperator, dict[FermiWord, Tensor]):
    """Sum of Fermi words: the weight of each word.

    Examples
    --------
    >>> s = FermiSentence({FermiC(0) * FermiA(1): 1.2, FermiWord({}): 3.1})
    >>> print(s)
    1.2 * a⁺(0) a(1)
    + 3.1 * I
    """

    def __init__(self, operator: Mapping[FermiWord, Tensor]) -> None:
        given = mapping_of("FermiSentence", "operator", operator)
        if not all(isinstance(word, FermiWord) for word in given):
            raise InvalidParameters(
                f"A FermiSentence was given operator={described(operator)}. Its keys are Fermi "
                "words, such as qg.FermiC(0) * qg.FermiA(1), and its values their weights."
            )
        super().__init__(given)

    def __missing__(self, word: FermiWord) -> Tensor:
        return 0.0

    @property
    def wires(self) -> set[int]:
        """Orbitals on which a word acts."""
        return set().union(*(word.wires for word in self))

    def adjoint(self) -> FermiSentence:
        """Return the Hermitian conjugate."""
        return FermiSentence(
            {word.adjoint(): namespace([weight]).conj(weight) for word, weight in self.items()}
        )

    def to_sentence(self, weight: Tensor = None) -> FermiSentence:
        if weight is None:
            return self
        return FermiSentence({word: own * weight for word, own in self.items()})

    def simplify(self, tol: float = SMALLEST) -> None:
        """Remove words with weights up to ``tol``; traced weights, which may vary, are kept."""
        for word, weight in list(self.items()):
            if not is_traced(weight) and abs(weight) <= tol:
                del self[word]

    prune = simplify

    def _plus(self, other: FermiSentence) -> FermiSentence:
        """Return the sum; the order of words is that of the longer operand, the second if equal."""
        short, long = (self, other) if len(self) < len(other) else (other, self)
        total = FermiSentence(long)
        for word, weight in short.items():
            total[word] = total[word] + weight
        return total

    def _times(self, other: FermiSentence) -> FermiSentence:
        product = FermiSentence({})
        for left, weight in self.items():
            for right, factor in other.items():
                word = left * right
                product[word] = product[word] + weight * factor
        return product or FermiSentence({FermiWord({}): 0})

    def __str__(self) -> str:
        return "\n+ ".join(f"{weight} * {word}" for word, weight in self.items()) or "0 * I"

    def __repr__(self) -> str:
        return f"FermiSentence({dict(self)})"


def from_string(fermi_string: str) -> FermiWord:
    """Return a Fermi word from a text of orbitals and signs.

    Parameters
    ----------
    fermi_string : str
        Orbitals separated by spaces, each followed by "+" or "^" (creation) or by "-" or nothing
        (annihilation). The empty text is the identity.

    Raises
    ------
    InvalidParameters
        A part of the text is not of this form.

    Examples
    --------
    >>> print(from_string("0+ 1- 2^ 3"))
    a⁺(0) a(1) a⁺(2) a(3)
    """
    parts = fermi_string.split()
    found = [re.fullmatch(r"(\d+)([+^-]?)", part) for part in parts]
    wrong = [part for part, match in zip(parts, found, strict=True) if match is None]
    if wrong:
        raise InvalidParameters(
            f"from_string cannot read {wrong[0]!r} in {fermi_string!r}. Write the orbital and '+' "
            "or '-', separated by spaces, such as '0+ 1-'."
        )
    ladder = [(int(m[1]), "+" if m[2] in {"+", "^"} else "-") for m in found if m]
    return FermiWord.of(ladder)


def _is_place(key: object) -> bool:
    return (
        isinstance(key, tuple)
        and len(key) == 2
        and all(isinstance(part, int) and part >= 0 for part in key)
    )


def _operand(value: object, owner: FermiOperator, sign: int = 1) -> FermiSentence:
    """Return a word, a sum or a number, times the sign, as a sum."""
    if isinstance(value, FermiWord):
        return value.to_sentence(sign * 1.0 if isinstance(owner, FermiWord) else sign)
    if isinstance(value, FermiSentence):
        return value if sign == 1 else value.to_sentence(sign)
    number = _number(value, owner)
    return FermiSentence({FermiWord({}): number if sign == 1 else sign * number})


def _number(value: object, owner: FermiOperator) -> Tensor:
    if not is_numeric(value):
        raise InvalidOperand(
            f"A {type(owner).__name__} cannot be combined with {described(value)}. Give a number "
            "or a fermionic operator."
        )
    if any(length != 1 for length in shape_of(value)):
        raise InvalidParameters(
            f"A {type(owner).__name__} cannot be combined with {described(value)}. Give one number."
        )
    return value


def _position(value: int, word: FermiWord) -> int:
    position = whole_number(value)
    if position is None or not 0 <= position < len(word):
        raise InvalidParameters(
            f"shift_operator was given the position {described(value)} in a product of "
            f"{len(word)}. Give a whole number from 0 to {len(word) - 1}."
        )
    return position
