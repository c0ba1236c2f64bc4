"""Functions that frameworks call back: evaluation with numpy, QNodes in compiled graphs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol
from weakref import WeakValueDictionary

import numpy as np

from qgate.bridge import Derivatives, States
from qgate.typing import ComplexArray, FloatArray, Nested, NumericArray, Tensor


class CalledWhole(Protocol):
    """QNode that a compiled graph runs as one operation."""

    def call(self, args: Sequence[Nested], kwargs: Mapping[str, Nested]) -> Nested:
        """Return the results."""


CALLED_WHOLE: WeakValueDictionary[str, CalledWhole] = WeakValueDictionary()
"""QNodes in compiled graphs; a graph holds the name."""

_KEYS = itertools.count()


def call_whole(called: CalledWhole) -> str:
    """Return the name by which a compiled graph refers to an object.

    The name is not a number, because a compiler would treat a number as a variable.
    """
    key = f"qnode {next(_KEYS)}"
    CALLED_WHOLE[key] = called
    return key


def host(
    derivatives: Derivatives,
    orders: Sequence[int],
    x: NumericArray,
    fixed: Sequence[NumericArray],
    *,
    ticket: int,
) -> list[FloatArray]:
    """Compute D(k) for ascending orders with numpy, x of (..., B, n) to (..., B, M) + (n,) * k.

    Leading axes are those of a framework's vectorisation; ``fixed`` has them, too.
    """
    x = np.asarray(x, dtype=float)
    lead = x.shape[:-2]
    rows = x.reshape(math.prod(x.shape[:-1]), x.shape[-1])
    members = [(derivatives, rows)]  # all at once
    if fixed:
        numbers = [np.asarray(number) for number in fixed]
        members = [
            (derivatives.fixing([np.asarray(number[member]) for number in numbers]), x[member])
            for member in np.ndindex(lead)
        ]
    found = [
        [here(order, angles, expect=orders[-1], ticket=ticket) for order in orders]
        for here, angles in members
    ]
    joined = (np.concatenate(each) if each[1:] else each[0] for each in zip(*found, strict=True))
    return [tensor.reshape(*lead, x.shape[-2], *tensor.shape[1:]) for tensor in joined]


def host_states(states: States, x: NumericArray, fixed: Sequence[NumericArray]) -> ComplexArray:
    """Compute states with numpy, x of shape (..., B, n) to (..., B, M)."""
    return _along_members(states, x, fixed, None, lambda here, rows, _: here(rows)[None])


def host_vjp(
    states: States, x: NumericArray, cotangents: NumericArray, fixed: Sequence[NumericArray]
) -> FloatArray:
    """Compute the derivatives of Re sum conj(c) psi, c of shape (..., B, M) to (..., B, n)."""
    states.require(1)
    vectors = np.asarray(cotangents, dtype=complex)
    return _along_members(states, x, fixed, vectors, lambda here, rows, c: here.vjp(rows, c))


def host_jvp(
    states: States, x: NumericArray, tangents: NumericArray, fixed: Sequence[NumericArray]
) -> ComplexArray:
    """Compute the change of states along tangents: x of shape (..., B, n) to (..., B, M)."""
    states.require(1)
    vectors = np.asarray(tangents, dtype=float)
    return _along_members(states, x, fixed, vectors, lambda here, rows, t: here.jvp(rows, t))


def _along_members(
    states: States,
    x: NumericArray,
    fixed: Sequence[NumericArray],
    vectors: NumericArray | None,
    compute: Callable[[States, FloatArray, Tensor], NumericArray],
) -> NumericArray:
    """Compute for leading axes: all at once where only vectors have them, else in a loop."""
    arrays = [np.asarray(x, dtype=float), *map(np.asarray, fixed)]
    axes = arrays[0].ndim - 2
    lead = np.broadcast_shapes(*(array.shape[:-2] for array in (x, vectors) if array is not None))
    if all(math.prod(array.shape[:axes]) == 1 for array in arrays):
        rows, *numbers = (array.reshape(array.shape[axes:]) for array in arrays)
        flat = None if vectors is None else vectors.reshape(-1, *vectors.shape[-2:])
        found = compute(states.fixing(numbers), rows, flat)
        return found.reshape(*lead, *found.shape[1:])
    arrays = [np.broadcast_to(array, (*lead, *array.shape[axes:])) for array in arrays]
    if vectors is not None:
        vectors = np.broadcast_to(vectors, (*lead, *vectors.shape[-2:]))
    each = []
    for member in np.ndindex(lead):
        rows, *numbers = (np.asarray(array[member]) for array in arrays)
        vector = None if vectors is None else vectors[member][None]
        each.append(compute(states.fixing(numbers), rows, vector)[0])
    return np.stack(each).reshape(*lead, *each[0].shape)
