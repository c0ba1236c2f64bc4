"""Text of operators and their parameters."""

from __future__ import annotations

from qgate.arrays import shape_of, unwrap
from qgate.typing import Tensor


def spelled(value: Tensor) -> str:
    """Return a parameter as text: a number plainly, an array as its library prints it."""
    plain = unwrap(value)
    return repr(plain) if shape_of(plain) else str(plain)


def bracketed(operator: object, *, around: str) -> str:
    """Return an operator as text, in brackets if one of these signs stands outside brackets."""
    text, depth = repr(operator), 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if depth == 0 and letter in around:
            return f"({text})"
    return text
