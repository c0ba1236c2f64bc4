"""Functions with the values True and False, and their combinations."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from operator import xor
from typing import ClassVar

from qgate.exceptions import InvalidCondition, described, name_of
from qgate.typing import Function, Nested


class BooleanFn:
    """Function that returns True or False; ``&``, ``|``, ``^`` and ``~`` combine several.

    Parameters
    ----------
    fn : callable
        Function of any arguments.
    name : str, optional
        Default: the name of the function.

    Raises
    ------
    InvalidCondition
        It is no function, or is combined with something that is no ``BooleanFn``.

    Examples
    --------
    >>> above = qg.BooleanFn(lambda x: x > 4)
    >>> below = qg.BooleanFn(lambda x: x < 10)
    >>> [(above & ~below)(x) for x in (3, 7, 12)]
    [False, False, True]

    Notes
    -----
    As in Python, the second function of ``&`` is not called if the first returns False, and that of
    ``|`` not if the first returns True.
    """

    condition: Nested = None
    """Value with which the conditions of ``qg.noise`` compare."""

    operands: tuple[BooleanFn, ...] = ()
    """The functions that it combines."""

    def __init__(self, fn: Function, name: str | None = None) -> None:
        if not callable(fn) or not isinstance(name, str | None):
            wrong, kind = (fn, "function") if not callable(fn) else (name, "text")
            raise InvalidCondition(
                condition=described(wrong), reason=f"it is no {kind}", remedy=f"Give a {kind}."
            )
        update_wrapper(self, fn)
        self.fn, self.name = fn, name or name_of(fn)

    @property
    def bitwise(self) -> bool:
        """Whether it combines other functions."""
        return bool(self.operands)

    @property
    def conditional(self) -> bool:
        """Whether it is a condition of ``qg.noise``, or combines one with others."""
        return bool(self.condition)

    def __call__(self, *args: object, **kwargs: object) -> Nested:
        return self.fn(*args, **kwargs)

    def __and__(self, other: object) -> BooleanFn:
        return And(self, other)

    def __or__(self, other: object) -> BooleanFn:
        return Or(self, other)

    def __xor__(self, other: object) -> BooleanFn:
        return Xor(self, other)

    def __invert__(self) -> BooleanFn:
        return Not(self)

    def __repr__(self) -> str:
        return self.name if self.bitwise or self.conditional else f"BooleanFn({self.name})"


class Combined(BooleanFn):
    """Base class of combinations.

    Required: ``symbol`` of the operator, and ``combine``, a function of functions without arguments
    that return the values of the operands.
    """

    symbol: ClassVar[str]
    combine: ClassVar[Callable[..., bool]]

    def __init__(self, *operands: object) -> None:
        functions = [operand for operand in operands if isinstance(operand, BooleanFn)]
        for operand in operands:
            if not isinstance(operand, BooleanFn):
                raise InvalidCondition(
                    condition=described(operand),
                    reason=f"{self.symbol!r} combines functions of the class BooleanFn",
                    remedy="Wrap it, qg.BooleanFn(function).",
                )
        self.operands = tuple(functions)
        if any(operand.condition for operand in self.operands):
            self.condition = tuple(operand.condition or () for operand in self.operands)
        names = ", ".join(operand.name for operand in self.operands)
        super().__init__(self._value, f"{type(self).__name__}({names})")

    def _value(self, *args: object, **kwargs: object) -> bool:
        values = [lambda each=each: bool(each(*args, **kwargs)) for each in self.operands]
        return self.combine(*values)

    def __str__(self) -> str:
        first, *others = (operand.name for operand in self.operands)
        return f" {self.symbol} ".join([first, *others]) if others else f"{self.symbol}{first}"


class And(Combined):
    """True where both functions are True."""

    symbol = "&"
    combine = staticmethod(lambda left, right: left() and right())


class Or(Combined):
    """True where one of two functions is True."""

    symbol = "|"
    combine = staticmethod(lambda left, right: left() or right())


class Xor(Combined):
    """True where exactly one of two functions is True."""

    symbol = "^"
    combine = staticmethod(lambda left, right: xor(left(), right()))


class Not(Combined):
    """True where a function is False."""

    symbol = "~"
    combine = staticmethod(lambda operand: not operand())
