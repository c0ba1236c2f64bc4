"""Angles of an imported circuit: numbers, inputs, and functions of inputs.

An angle without inputs is computed when the circuit is read, so only angles that depend on an input
are kept as trees. They are evaluated at each call, in the framework of the arguments, which is why
they can be differentiated.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from qgate.arrays import enclosed, namespace, opened
from qgate.exceptions import InvalidParameters, NotAffine
from qgate.operations.slots import Affine
from qgate.typing import Tensor


@dataclass(frozen=True, slots=True)
class Input:
    """Input of a circuit, or one entry of an input that is an array."""

    name: str
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Function of angles, by its name in ``FUNCTIONS``."""

    function: str
    arguments: tuple[Angle, ...]


Angle: TypeAlias = Any
"""A real number, an ``Input``, or a ``Call``."""

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "neg": operator.neg,
    "abs": abs,
    "arccos": math.acos,
    "arcsin": math.asin,
    "arctan": math.atan,
    "cos": math.cos,
    "exp": math.exp,
    "log": math.log,
    "sign": lambda x: math.copysign(1.0, x) if x else 0.0,
    "sin": math.sin,
    "sqrt": math.sqrt,
    "tan": math.tan,
}
"""Functions of numbers."""

OPERATORS = frozenset({"+", "-", "*", "/", "**", "neg", "abs"})
"""Functions that arrays of every framework have as operators."""

DIFFERENTIABLE = frozenset({"cos", "exp", "log", "sign", "sin", "sqrt", "tan"})
"""Functions that every framework has under this name."""


def is_free(angle: Angle) -> bool:
    """Return whether an angle depends on an input."""
    return isinstance(angle, Input | Call)


def apply(function: str, *arguments: Angle) -> Angle:
    """Return a function of angles; a number, if all of them are.

    Raises
    ------
    ArithmeticError, ValueError
        The function has no value there.
    InvalidParameters
        The function is not available for inputs.
    """
    if not any(map(is_free, arguments)):
        return FUNCTIONS[function](*arguments)
    if function == "/" and not is_free(arguments[1]) and not arguments[1]:
        raise ZeroDivisionError("division by zero")
    if function not in OPERATORS | DIFFERENTIABLE:
        raise InvalidParameters(
            f"{function} of an input cannot be computed in every framework. Available are: "
            f"{', '.join(sorted(OPERATORS | DIFFERENTIABLE))}. Compute the value in Python, and "
            "make it an input."
        )
    return Call(function, arguments)


def evaluate(angle: Angle, values: Mapping[str, Tensor]) -> Tensor:
    """Return the value of an angle for the values of the inputs."""
    if isinstance(angle, Input):
        value = values[angle.name]
        return value if angle.index is None else value[angle.index]
    if not isinstance(angle, Call):
        return angle
    arguments = [evaluate(argument, values) for argument in angle.arguments]
    if angle.function in OPERATORS:
        return FUNCTIONS[angle.function](*arguments)
    (argument,) = map(enclosed, arguments)
    if isinstance(argument, Affine):
        raise NotAffine(
            f"The circuit has the angle {angle.function}(...) of a free parameter. A written "
            "circuit has sums and multiples of free parameters. Give a number for it."
        )
    if isinstance(argument, str):
        raise InvalidParameters(f"{angle.function} of the text {argument!r}: give a number.")
    return opened(getattr(namespace([argument]), angle.function)(argument))


def inputs_of(angle: Angle) -> Iterator[Input]:
    """Yield the inputs of an angle, with repetitions."""
    if isinstance(angle, Input):
        yield angle
    elif isinstance(angle, Call):
        for argument in angle.arguments:
            yield from inputs_of(argument)
