"""Expressions of sympy as angles; Qiskit and Braket write theirs with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

from qgate.exceptions import InvalidParameters
from qgate.interchange.angles import Angle, Input, apply

NAMES: Mapping[str, str] = {
    "Abs": "abs",
    "acos": "arccos",
    "asin": "arcsin",
    "atan": "arctan",
    **{name: name for name in ("cos", "exp", "log", "sign", "sin", "tan")},
}
"""Functions of sympy that ``angles.FUNCTIONS`` has, by their names there."""


def angle_of(expression: Any, inputs: Mapping[str, Input]) -> Angle:
    """Return an expression of sympy as an angle.

    Parameters
    ----------
    expression : sympy expression
    inputs : mapping
        Input of each symbol, by its name.

    Raises
    ------
    InvalidParameters
        It has a function that is not known.
    """
    if expression.is_Symbol:
        return inputs[expression.name]
    if expression.is_number:
        return int(expression) if expression.is_Integer else float(expression)
    arguments = [angle_of(argument, inputs) for argument in expression.args]
    name = expression.func.__name__
    if name in _FOLDED:
        return reduce(_FOLDED[name], arguments)
    if name not in NAMES:
        raise InvalidParameters(
            f"The angle {expression} has the function {name}, which is not known. Known are sums, "
            f"products, powers and {', '.join(NAMES)}."
        )
    return apply(NAMES[name], *arguments)


_FOLDED: Mapping[str, Callable[[Angle, Angle], Angle]] = {
    "Add": lambda left, right: apply("+", left, right),
    "Mul": lambda left, right: apply("*", left, right),
    "Pow": lambda left, right: apply("**", left, right),
}
