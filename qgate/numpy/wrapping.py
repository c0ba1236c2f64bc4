"""Wrappers of numpy's functions that accept and return tensors."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from types import ModuleType
from typing import Any

import numpy as np
from autograd.tracer import isbox

from qgate.numpy.tensors import marked, tensor
from qgate.typing import Function, Nested

TRACED = None
"""Mark for an argument that is being differentiated."""

UNMARKED = frozenset({float, int, complex, bool, str, type(None), np.ndarray})
"""The most frequent types without ``requires_grad``, for a fast check."""


def lookup(found: dict[str, Any], name: str, *, plain: ModuleType, traced: ModuleType) -> Any:
    """Return a name of numpy's namespace ``plain``, and cache it in the globals ``found``.

    Functions are wrapped (see ``wrapped``); types, constants and modules are numpy's.

    Raises
    ------
    AttributeError
        numpy has no such public name.
    """
    if name.startswith("__") or not hasattr(plain, name):
        raise AttributeError(
            f"module {found['__name__']!r} has no attribute {name!r}, as {plain.__name__} has none"
        )
    value = getattr(plain, name)
    differentiable = getattr(traced, name, value)
    if callable(value) and not isinstance(value, type):
        value = wrapped(value, differentiable)
    elif not isinstance(value, type | ModuleType):
        value = differentiable  # ``r_`` and ``c_`` are objects that autograd replaces
    found[name] = value
    return value


def names(found: dict[str, object], plain: ModuleType) -> list[str]:
    """Return the public names of a wrapped namespace, sorted."""
    return sorted({*found, *(name for name in dir(plain) if not name.startswith("_"))})


def wrapped(plain: Function, traced: Function) -> Function:
    """Return a function that accepts and returns tensors; ``requires_grad`` is for its result.

    It calls autograd's function ``traced`` when an argument is being differentiated, else numpy's
    ``plain``, which is faster.
    """

    @functools.wraps(plain)
    def function(*args: Nested, requires_grad: bool | None = None, **kwargs: Nested) -> Nested:
        marks = _marks(args)
        if kwargs:
            marks |= _marks(kwargs.values())
        if TRACED in marks:
            return traced(*args, **kwargs)
        trainable = (not marks or True in marks) if requires_grad is None else requires_grad
        return _marked_all(plain(*args, **kwargs), trainable)

    return function


def wrapped_method(method: Function) -> Function:
    """Return a method that accepts and returns tensors."""
    return wrapped(method, method)


def _marks(values: Iterable[Nested]) -> set[bool | None]:
    """Return the ``requires_grad`` of tensors among arguments, and ``TRACED`` if one is traced."""
    marks: set[bool | None] = set()
    for value in values:
        if type(value) in UNMARKED:
            continue
        if isinstance(value, tensor):
            marks.add(value.requires_grad)
        elif isinstance(value, list | tuple):
            marks |= _marks(value)
        elif isbox(value):
            marks.add(TRACED)
    return marks


def _marked_all(value: Nested, trainable: bool) -> Nested:
    """Return the arrays of a result as tensors."""
    if isinstance(value, np.ndarray):
        return marked(value, trainable)
    if type(value) is list or type(value) is tuple:
        return type(value)(_marked_all(item, trainable) for item in value)
    if isinstance(value, tuple):  # named tuples, such as the result of numpy.linalg.eigh
        return type(value)(*(_marked_all(item, trainable) for item in value))
    return value
