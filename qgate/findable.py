"""Lookup of decorated functions, so that ``pickle`` finds them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import reduce
from importlib import import_module
from typing import Any, NamedTuple

WRAPPED = ".__wrapped__"


class Located(NamedTuple):
    """Location of a function, for pickle protocols that cannot store a dotted name.

    Before protocol 4, ``circuit.__wrapped__`` is pickled as an attribute of the object ``circuit``,
    which is the QNode that is being pickled. ``torch.save`` uses protocol 2.
    """

    module: str
    name: str

    def function(self) -> Any:
        """Return the function."""
        return reduce(getattr, self.name.split("."), import_module(self.module))


def located(function: Any) -> Any:
    """Return the location of a decorated function; any other function unchanged."""
    name = getattr(function, "__qualname__", "")
    return Located(function.__module__, name) if name.endswith(WRAPPED) else function


def make_findable(function: Callable[..., Any]) -> None:
    """Make ``pickle`` find a function in its module although a decorator replaced it.

    A pickle holds the module and the qualified name of a function. After ``@qg.qnode(device)`` that
    name refers to the QNode, and ``pickle`` refuses a function that it does not find. The
    decorators set ``__wrapped__``, so ``circuit.__wrapped__`` can be found; it becomes the
    qualified name. Packages such as cloudpickle, which serialize functions of ``__main__`` by
    value, see an ordinary function.
    """
    name = getattr(function, "__qualname__", None)
    found: Any = sys.modules.get(getattr(function, "__module__", None) or "")
    if name is None or found is None or "<locals>" in name:
        return
    for part in name.split("."):
        found = getattr(found, part, None)
    depth = 0
    while found is not function and hasattr(found, "__wrapped__"):
        found, depth = found.__wrapped__, depth + 1
    if depth and found is function:
        function.__qualname__ = name + depth * WRAPPED


def name_in_module(function: Callable[..., Any]) -> str:
    """Return the qualified name of a function as it was defined."""
    name = getattr(function, "__qualname__", type(function).__name__)
    return str(name).replace(WRAPPED, "")
