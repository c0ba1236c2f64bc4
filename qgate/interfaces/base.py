"""What qgate asks of the framework that its users compute derivatives with."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, Self
from weakref import WeakValueDictionary

import numpy as np

from qgate.typing import ComplexArray, FloatArray, Tensor

CALLED_WHOLE: WeakValueDictionary[int, Any] = WeakValueDictionary()
"""What a compiler calls as one piece, by its method ``run``; a graph holds the number."""

_KEYS = itertools.count()


def call_whole(called: Any) -> int:
    """Return the number by which a compiler calls an object."""
    key = next(_KEYS)
    CALLED_WHOLE[key] = called
    return key


class Computation(Protocol):
    """A circuit as plain numbers; what an interface makes values and derivatives of."""

    size: int
    """M, how many numbers come out."""

    def require(self, order: int) -> None:
        """Refuse derivatives that cannot be had, before anything runs."""

    def refuse_fixed(self) -> None:
        """Say why what is not trained cannot be differentiated."""

    def fixing(self, numbers: Sequence[Any]) -> Self:
        """Return the same with other numbers in what is not trained."""

    def keeping(self) -> AbstractContextManager[None]:
        """Return a context that keeps an error, which a framework may wrap in one of its own."""

    def raising(self) -> AbstractContextManager[None]:
        """Return a context that raises the kept error in place of a framework's."""


class Derivatives(Computation, Protocol):
    """Values and their derivatives: D(k, x) is the k-th by the trained angles x.

    The derivative of D(k) is D(k + 1).
    """

    def __call__(
        self, order: int, x: FloatArray, *, expect: int = 0, ticket: int = 0
    ) -> FloatArray:
        """Return D(order, x), shape (B, M) + (n,) * order, for x of shape (B, n).

        ``expect`` is the highest order that will be asked for; equal tickets share samples.
        """

    def by(self, columns: Sequence[int]) -> Self:
        """Return the derivatives by some columns of x only."""

    def new_ticket(self) -> int:
        """Return a ticket that no other run of the value has."""


class States(Computation, Protocol):
    """States, and products with their first derivatives by the angles x of shape (B, n)."""

    def __call__(self, x: FloatArray) -> ComplexArray:
        """Return the states, shape (B, M)."""

    def vjp(self, x: FloatArray, cotangents: ComplexArray) -> FloatArray:
        """Return the derivatives of Re sum conj(c) psi, (V, B, M) to (V, B, n)."""

    def jvp(self, x: FloatArray, tangents: FloatArray) -> ComplexArray:
        """Return the change of the states along tangents, (V, B, n) to (V, B, M)."""


class Interface(ABC):
    """Values and derivatives in the arrays of one framework.

    Required: ``name``, ``namespace`` and the abstract methods.
    """

    name: str
    namespace: Any
    """Array functions with numpy's names."""

    @abstractmethod
    def owns(self, value: Tensor) -> bool:
        """Say whether a value is one of the framework's."""

    @abstractmethod
    def is_traced(self, value: Tensor) -> bool:
        """Say whether a derivative may be taken by a value, or its number is not known yet."""

    @abstractmethod
    def is_trained(self, value: Tensor) -> bool:
        """Say whether a derivative may be taken by a value."""

    @abstractmethod
    def number(self, value: Tensor) -> Any:
        """Return the number as numpy has it; the value itself where it is not known yet."""

    @abstractmethod
    def tensor(self, number: Any, like: Sequence[Tensor]) -> Tensor:
        """Return numbers as an array of the framework, on the device of those it is ``like``."""

    @abstractmethod
    def differentiable(
        self, derivatives: Derivatives, parts: Sequence[Tensor], fixed: Sequence[Tensor]
    ) -> Tensor:
        """Return values that the framework can differentiate.

        Parameters
        ----------
        derivatives : callable
            The values and their derivatives as plain numbers.
        parts : sequence of traced arrays, shapes (B, n1), (B, n2), ...
            The trained angles, parameter by parameter.
        fixed : sequence of arrays
            What else has numbers that are not known yet; not differentiated.

        Returns
        -------
        traced array, shape (B, M)
        """

    @abstractmethod
    def from_states(
        self, states: States, parts: Sequence[Tensor], fixed: Sequence[Tensor]
    ) -> Tensor:
        """Return states that the framework can differentiate once; arguments as above.

        Returns
        -------
        traced array, shape (B, M), complex
        """

    def enclosed(self, value: Tensor) -> Tensor:
        """Return the value as one that takes part in numpy's arithmetic."""
        return value

    def widened(self, value: Tensor) -> Tensor:
        """Return the value in the precision that is computed in, double where there is one."""
        return value

    def finished(self, value: Tensor, like: Sequence[Tensor]) -> Tensor:
        """Return a result as the user gets it: in the precision of the parameters."""
        return value


def precision_of(dtypes: Sequence[str]) -> str | None:
    """Return the name of the widest floating point type among some, complex ones by their parts.

    None: there is none, as among whole numbers.
    """
    widths = {
        "bfloat16": 0,
        "float16": 0,
        "float32": 1,
        "complex64": 1,
        "float64": 2,
        "complex128": 2,
    }
    known = [name for name in dtypes if name in widths]
    if not known:
        return None
    widest = max(known, key=lambda name: widths[name])
    return {"complex64": "float32", "complex128": "float64"}.get(widest, widest)


def host(
    derivatives: Derivatives, orders: Sequence[int], x: Any, fixed: Sequence[Any], *, ticket: int
) -> list[FloatArray]:
    """Compute derivatives of several orders with numpy, whatever axes stand before the rows.

    Parameters
    ----------
    derivatives : callable
    orders : sequence of int
        Ascending.
    x : array, shape (..., B, n)
        Leading axes come of a framework's vectorising.
    fixed : sequence of array
        With the same leading axes.
    ticket : int

    Returns
    -------
    list of array, shape (..., B, M) + (n,) * k
    """
    with derivatives.keeping():
        return _host(derivatives, orders, np.asarray(x, dtype=float), fixed, ticket)


def _host(
    derivatives: Derivatives,
    orders: Sequence[int],
    x: FloatArray,
    fixed: Sequence[Any],
    ticket: int,
) -> list[FloatArray]:
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
    with states.keeping():
        x = np.asarray(x, dtype=float)
        return _along_members(states, x, fixed, None, lambda here, rows, _: here(rows)[None])


def host_vjp(states: States, x: Any, cotangents: Any, fixed: Sequence[Any]) -> FloatArray:
    """Compute the derivatives of Re sum conj(c) psi, c of shape (..., B, M) to (..., B, n)."""
    with states.keeping():
        states.require(1)
        x = np.asarray(x, dtype=float)
        return _along_members(states, x, fixed, np.asarray(cotangents, dtype=complex), _vjp)


def host_jvp(states: States, x: Any, tangents: Any, fixed: Sequence[Any]) -> ComplexArray:
    """Compute the change of states along tangents, shape (..., B, n) to (..., B, M)."""
    with states.keeping():
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
    """Compute for leading axes: of the vectors at once, else member by member."""
    lead = np.broadcast_shapes(x.shape[:-2], () if vectors is None else vectors.shape[:-2])
    numbers = [np.asarray(number) for number in fixed]
    if int(np.prod(x.shape[:-2])) == 1:
        here = states.fixing([n.reshape(n.shape[x.ndim - 2 :]) for n in numbers])
        flat = None if vectors is None else vectors.reshape(-1, *vectors.shape[-2:])
        found = compute(here, x.reshape(x.shape[-2:]), flat)
        return found.reshape(*lead, *found.shape[1:])
    each = []
    for member in np.ndindex(lead):
        here = states.fixing([number[member] for number in numbers])
        vector = (
            None
            if vectors is None
            else np.broadcast_to(vectors, (*lead, *vectors.shape[-2:]))[member][None]
        )
        each.append(compute(here, np.broadcast_to(x, (*lead, *x.shape[-2:]))[member], vector)[0])
    return np.stack(each).reshape(*lead, *each[0].shape)
