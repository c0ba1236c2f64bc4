"""Numbered slots, and affine functions of them.

A structure holds gates with slots in place of angles. A decomposition is ordinary Python code that
runs once, on slots. Its angles have to be affine in the slots (``2 * a``, ``a + b``,
``-a / 2 + pi``), so that rows of numbers are later mapped to the decomposed circuit by one matrix:
``native = A @ parameters + b``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

from qgate.exceptions import NotAffine
from qgate.typing import Tensor


@dataclass(frozen=True, slots=True)
class Affine:
    """Affine function of slots: a sum of coefficient times slot, plus an offset.

    Parameters
    ----------
    terms : tuple of (int, float)
        Slot numbers, ascending, with their coefficients, none of them zero. In drawings, names
        stand for angles without a value.
    offset : float
        Added to the sum.
    """

    terms: tuple[tuple[Any, float], ...]
    offset: float = 0.0

    __array_ufunc__ = None  # numpy numbers leave mixed arithmetic to this class

    @classmethod
    def slot(cls, index: int) -> Affine:
        """Return slot ``index`` itself."""
        return cls(((index, 1.0),))

    @classmethod
    def from_terms(cls, terms: Mapping[int, float], offset: float) -> Affine:
        """Return the function with these terms, without vanishing ones."""
        kept = tuple(sorted((slot, factor) for slot, factor in terms.items() if factor != 0.0))
        return cls(kept, offset)

    def __add__(self, other: object) -> Affine:
        if isinstance(other, Affine):
            terms = dict(self.terms)
            for slot, factor in other.terms:
                terms[slot] = terms.get(slot, 0.0) + factor
            return Affine.from_terms(terms, self.offset + other.offset)
        return Affine(self.terms, self.offset + _number(other, "added to"))

    __radd__ = __add__

    def __mul__(self, other: object) -> Affine:
        number = _number(other, "multiplied by")
        terms = {slot: factor * number for slot, factor in self.terms}
        return Affine.from_terms(terms, self.offset * number)

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Affine:
        return self * (1.0 / _number(other, "divided by"))

    def __neg__(self) -> Affine:
        return self * -1.0

    def __pos__(self) -> Affine:
        return self

    def __sub__(self, other: Affine | float) -> Affine:
        return self.__add__(-other)

    def __rsub__(self, other: object) -> Affine:
        return self.__neg__().__add__(other)

    def __bool__(self) -> bool:
        raise NotAffine(
            "A decomposition asked for the value of an angle. The angle is a slot there, without a "
            "value. Decompose in the same way for every angle."
        )

    def __float__(self) -> float:
        raise NotAffine(
            "A decomposition computed a function of an angle that is not linear. "
            "Sums of angles and their multiples are allowed."
        )

    def __repr__(self) -> str:
        parts = [f"{factor:g}*slot[{slot}]" for slot, factor in self.terms]
        if self.offset or not parts:
            parts.append(f"{self.offset:g}")
        return " + ".join(parts)


class ProbingSlot(Affine):
    """Slot that also refuses to be compared, as a decision by an angle's value does.

    Comparing for equality is allowed of other slots, which are keys of structures.
    """

    __slots__ = ()
    __hash__ = Affine.__hash__

    def __eq__(self, other: object) -> bool:
        return self.__bool__()


def _number(value: Tensor, verb: str) -> float:
    if isinstance(value, Real):
        return float(value)
    if getattr(value, "shape", None) == ():
        return float(value)
    raise NotAffine(
        f"In a decomposition an angle was {verb} {value!r}. "
        "An angle can be multiplied by numbers, and added to numbers and other angles."
    )
