"""Conditions on the classical bits of an imported circuit."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from qgate.operations.outcome_values import MeasurementValue


@dataclass(frozen=True, slots=True)
class Bit:
    """Value of a classical bit."""

    index: int


@dataclass(frozen=True, slots=True)
class Expression:
    """Function of conditions, by its name in ``CONDITIONS``."""

    function: str
    arguments: tuple[Condition, ...]


Condition: TypeAlias = Any
"""A number, a ``Bit`` or an ``Expression``."""


def _both(left: Any, right: Any) -> Any:
    measured = isinstance(left, MeasurementValue) and isinstance(right, MeasurementValue)
    return left & right if measured else left * (right != 0)


def _either(left: Any, right: Any) -> Any:
    return _not(_both(_not(left), _not(right)))


def _not(value: Any) -> Any:
    return value == 0


CONDITIONS: Mapping[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "&&": _both,
    "||": _either,
    "&": _both,
    "|": _either,
    "^": operator.ne,
    "!": _not,
}
"""Functions of outcomes; ``&``, ``|`` and ``^`` are those of single bits."""


def is_conditional(condition: Condition) -> bool:
    """Return whether a condition depends on bits."""
    return isinstance(condition, Bit | Expression)


def applied(function: str, *arguments: Condition) -> Condition:
    """Return a function of conditions; a number, if none depends on bits."""
    if any(map(is_conditional, arguments)):
        return Expression(function, arguments)
    return CONDITIONS[function](*arguments)


def register_value(bits: Sequence[int], known: Mapping[int, int] | None = None) -> Condition:
    """Return the number in a register, its first bit least significant.

    ``known`` has the values of bits that no measurement has set.
    """
    values: list[Condition] = [(known or {}).get(bit, Bit(bit)) for bit in bits]
    parts = [
        applied("*", 2**place, value) if place else value for place, value in enumerate(values)
    ]
    total = parts[0]
    for part in parts[1:]:
        total = applied("+", total, part)
    return total


def evaluate(condition: Condition, outcomes: Mapping[int, MeasurementValue]) -> Any:
    """Return the value of a condition for the outcomes of bits; others are 0."""
    if isinstance(condition, Bit):
        return outcomes.get(condition.index, 0)
    if isinstance(condition, Expression):
        values = [evaluate(argument, outcomes) for argument in condition.arguments]
        return CONDITIONS[condition.function](*values)
    return condition


def bits_in(condition: Condition) -> Iterator[int]:
    """Yield the bits of a condition, with repetitions."""
    if isinstance(condition, Bit):
        yield condition.index
    elif isinstance(condition, Expression):
        for argument in condition.arguments:
            yield from bits_in(argument)
