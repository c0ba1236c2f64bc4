"""Pickles of decorated functions, and of functions that a function returned."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import reduce, update_wrapper, wraps
from importlib import import_module
from types import FunctionType, MethodType
from typing import Any, NamedTuple, ParamSpec, TypeVar

from qgate.short_repr import shortened

P = ParamSpec("P")
R = TypeVar("R")

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


def picklable(factory: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function that returns functions, so that its results can be pickled.

    The pickle holds the decorated function and the arguments of its call, which is repeated on
    loading. Results that are not functions are returned unchanged.
    """

    @wraps(factory)
    def made(*args: P.args, **kwargs: P.kwargs) -> R:
        result: Any = factory(*args, **kwargs)
        if isinstance(result, FunctionType):
            result = MadeFunction(result, made, args, kwargs)
        return result  # type: ignore[no-any-return]

    return made


class MadeFunction:
    """Function returned by a function that is decorated with :func:`picklable`.

    Parameters
    ----------
    function : callable
        The returned function.
    factory : callable
        The decorated function, importable from its module.
    args, kwargs
        The arguments of that call.
    """

    # Not in __dict__, which decorators copy to their own objects: tf.function has a method _call.
    __slots__ = ("__dict__", "__weakref__", "_call", "_function")

    def __init__(
        self,
        function: FunctionType,
        factory: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> None:
        update_wrapper(self, function)
        self._function, self._call = function, (factory, tuple(args), dict(kwargs))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(*args, **kwargs)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        factory, args, kwargs = self._call
        for value in (*args, *kwargs.values()):
            if isinstance(value, FunctionType):
                make_findable(value)
        if protocol < 4:
            args = tuple(map(located, args))
            kwargs = {name: located(value) for name, value in kwargs.items()}
        return remade, (factory, args, kwargs)

    def __repr__(self) -> str:
        factory, args, _ = self._call
        return f"<{factory.__qualname__} of {', '.join(map(shortened, args))}>"


def remade(factory: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Repeat the call that returned a function, with functions that pickles only locate."""
    found = {name: _resolved(value) for name, value in kwargs.items()}
    return factory(*map(_resolved, args), **found)


def _resolved(value: Any) -> Any:
    return value.function() if isinstance(value, Located) else value


def located(function: Any) -> Any:
    """Return the location of a decorated function; any other function unchanged."""
    name = getattr(function, "__qualname__", None) or ""
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
