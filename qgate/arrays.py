"""Which array library a value belongs to, and the plain number behind it.

Everything numeric that has to stay differentiable is written over a namespace
``xp`` with numpy's names; this module says which one fits the values at hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd.tracer import getval, isbox

from qgate.typing import Tensor


def namespace(values: Iterable[Tensor]) -> Any:
    """Return ``autograd.numpy`` when one of ``values`` is being differentiated, else ``numpy``."""
    return anp if any(isbox(value) for value in values) else np


def is_traced(value: Tensor) -> bool:
    """Say whether ``value`` is being differentiated."""
    return bool(isbox(value))


def unwrap(value: Tensor) -> Any:
    """Return the plain numpy value, through any depth of differentiation."""
    return getval(value)


def depth(value: Tensor) -> int:
    """Return how many derivatives are being taken of ``value`` at once."""
    count = 0
    while isbox(value):
        value, count = value._value, count + 1
    return count


def order(values: Iterable[Tensor]) -> int:
    """Return how many derivatives are being taken at once of a function of ``values``."""
    traces = set()
    for value in values:
        while isbox(value):
            traces.add(value._trace)
            value = value._value
    return len(traces)


def shape_of(value: Tensor) -> tuple[int, ...]:
    """Return the shape of a number, an array or a traced array."""
    kind = type(value)
    if kind is float or kind is int:
        return ()
    shape = getattr(value, "shape", None)
    return tuple(shape) if shape is not None else np.shape(value)
