"""Functions that frameworks call back: evaluation with numpy, QNodes in compiled graphs."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from qgate.bridge import Derivatives, States
from qgate.typing import ComplexArray, FloatArray

CALLED_WHOLE: WeakValueDictionary[str, Any] = WeakValueDictionary()
"""Object whose method ``call`` a compiled graph runs as one operation; the graph holds its name."""

_KEYS = itertools.count()


def call_whole(called: Any) -> str:
    """Return the name by which a compiled graph refers to an object.

    The name is not a number, because a compiler would treat a number as a variable.
    """
    key = f"qnode {next(_KEYS)}"
    CALLED_WHOLE[key] = called
    return key


def host(
    derivatives: Derivatives, orders: Sequence[int], x: Any, fixed: Sequence[Any], *, ticket: int
) -> list[FloatArray]:
    """Compute derivatives of several orders with numpy, for any leading axes before the rows.

    Parameters
    ----------
    derivatives : callable
    orders : sequence of int
        Ascending.
    x : array, shape (..., B, n)
        Leading axes are those of a framework's vectorisation.
    fixed : sequence of array
        With the same leading axes.
    ticket : int

    Returns
    -------
    list of array, shape (..., B, M) + (n,) * k
    """
    x = np.asarray(x, dtype=float)
    lead = x.shape[:-2]
    members, rows = int(np.prod(lead)), int(np.prod(x.shape[:-1]))
    if not fixed or members == 1:
        here = derivatives.fixing([np.reshape(n, np.shape(n)[len(lead) :]) for n in fixed])
        here = here if fixed else derivatives
        found = _orders(here, orders, x.reshape(rows, x.shape[-1]), ticket)
    else:
        flat = x.reshape(members, *x.shape[-2:])
        numbers = [np.reshape(n, (members, *np.shape(n)[len(lead) :])) for n in fixed]
        each = [
            _orders(derivatives.fixing([n[m] for n in numbers]), orders, flat[m], ticket)
            for m in range(members)
        ]
        found = [np.concatenate(tensors) for tensors in zip(*each, strict=True)]
    return [tensor.reshape(*lead, x.shape[-2], *tensor.shape[1:]) for tensor in found]


def _orders(
    derivatives: Derivatives, orders: Sequence[int], x: FloatArray, ticket: int
) -> list[FloatArray]:
    highest = max(orders)
    return [derivatives(k, x, expect=highest, ticket=ticket) for k in orders]


def host_states(states: States, x: Any, fixed: Sequence[Any]) -> ComplexArray:
    """Compute states with numpy, x of shape (..., B, n) to (..., B, M)."""
    x = np.asarray(x, dtype=float)
    return _along_members(states, x, fixed, None, lambda here, rows, _: here(rows)[None])


def host_vjp(states: States, x: Any, cotangents: Any, fixed: Sequence[Any]) -> FloatArray:
    """Compute the derivatives of Re sum conj(c) psi, c of shape (..., B, M) to (..., B, n)."""
    states.require(1)
    x = np.asarray(x, dtype=float)
    return _along_members(states, x, fixed, np.asarray(cotangents, dtype=complex), _vjp)


def host_jvp(states: States, x: Any, tangents: Any, fixed: Sequence[Any]) -> ComplexArray:
    """Compute the change of states along tangents: x of shape (..., B, n) to (..., B, M)."""
    states.require(1)
    x = np.asarray(x, dtype=float)
    return _along_members(states, x, fixed, np.asarray(tangents, dtype=float), _jvp)


def _vjp(states: States, x: FloatArray, cotangents: Any) -> Any:
    return states.vjp(x, cotangents)


def _jvp(states: States, x: FloatArray, tangents: Any) -> Any:
    return states.jvp(x, tangents)


def _along_members(
    states: States, x: FloatArray, fixed: Sequence[Any], vectors: Any, compute: Callable[..., Any]
) -> Any:
    """Compute for leading axes: all at once where only vectors have them, else in a loop."""
    lead = np.broadcast_shapes(x.shape[:-2], () if vectors is None else vectors.shape[:-2])
    numbers = [np.asarray(number) for number in fixed]
    own = [x.shape[:-2], *(number.shape[: x.ndim - 2] for number in numbers)]
    if all(int(np.prod(axes)) == 1 for axes in own):
        here = states.fixing([n.reshape(n.shape[x.ndim - 2 :]) for n in numbers])
        flat = None if vectors is None else vectors.reshape(-1, *vectors.shape[-2:])
        found = compute(here, x.reshape(x.shape[-2:]), flat)
        return found.reshape(*lead, *found.shape[1:])
    each = []
    for member in np.ndindex(lead):
        here = states.fixing(
            [np.broadcast_to(n, (*lead, *n.shape[len(lead) :]))[member] for n in numbers]
        )
        vector = (
            None
            if vectors is None
            else np.broadcast_to(vectors, (*lead, *vectors.shape[-2:]))[member][None]
        )
        each.append(compute(here, np.broadcast_to(x, (*lead, *x.shape[-2:]))[member], vector)[0])
    return np.stack(each).reshape(*lead, *each[0].shape)
