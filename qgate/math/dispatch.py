"""Numpy's functions on arrays of every framework, by autoray."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import autoray
import numpy as np

from qgate import numpy as tensors
from qgate.arrays import enclosed, load, namespace, opened, shape_of
from qgate.exceptions import suggest
from qgate.math.interfaces import get_interface
from qgate.operations.parameters import as_array
from qgate.typing import Function, Namespace, Nested, Tensor

autoray.autoray.register_backend_alias("qgate", "autograd")  # tensors, and traced entries

SUBMODULES = ("fft", "linalg", "random")

ALIASES = {"T": "transpose", "eigvalsh": "linalg.eigvalsh"}
"""Names beyond numpy's, and the function that they stand for."""

AUTORAYS = ("astype", "to_numpy", "to_backend_dtype")
"""Names that autoray adds."""


CONVERTED = {"torch": "torch", "tensorflow": "tf"}
"""Interfaces of frameworks whose functions take no arrays of numpy, by their names for users."""


def _take(x: Tensor, indices: Any, axis: int | None = None) -> Tensor:
    """Return entries as ``numpy.take``."""
    places = np.asarray(indices)
    if axis is None:
        return opened(enclosed(dispatched("flatten")(x))[places])
    return opened(enclosed(x)[(slice(None),) * axis + (places,)])


def _repeat(x: Tensor, repeats: int, axis: int | None = None) -> Tensor:
    """Return entries repeated as by ``numpy.repeat``."""
    count = shape_of(x)[axis] if axis is not None else math.prod(shape_of(x))
    return _take(x, np.repeat(np.arange(count), repeats), axis)


def _cumsum(x: Tensor, axis: int | None = None) -> Tensor:
    """Return cumulative sums as ``numpy.cumsum``."""
    flat = x if axis is not None else dispatched("flatten")(x)
    return autoray.do("cumsum", flat, axis or 0)


ADAPTED: dict[str, Function] = {
    "cumsum": _cumsum,
    "mod": lambda x, y: x % y,
    "repeat": _repeat,
    "take": _take,
}
"""Functions that PyTorch and TensorFlow have with other arguments, or not at all."""


class Submodule:
    """Functions of ``linalg``, ``fft`` or ``random`` for arrays of every framework."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Function:
        function: Function = dispatched(f"{self._name}.{name}")
        return function

    def __dir__(self) -> list[str]:
        return [name for name in dir(getattr(np, self._name)) if not name.startswith("_")]

    def __repr__(self) -> str:
        return f"<functions of numpy.{self._name} for arrays of every framework>"


def names() -> list[str]:
    """Return the public names of numpy, and those beyond."""
    return sorted({*(n for n in dir(np) if not n.startswith("_")), *ALIASES, *AUTORAYS, "flatten"})


@cache
def dispatched(name: str) -> Any:
    """Return a function of numpy's namespace that dispatches on the framework of its arguments.

    Parameters
    ----------
    name : str
        Such as "sin" or "linalg.eigh". A constant or type of numpy is returned as it is.

    Raises
    ------
    AttributeError
        There is no such function.
    """
    if name in SUBMODULES:
        return Submodule(name)
    if name in AUTORAYS:
        return getattr(autoray, name)
    if name == "flatten":
        return lambda x: dispatched("reshape")(x, (-1,))
    path = ALIASES.get(name, name)
    plain = _member(np, path)
    if plain is None or name.startswith("_"):
        raise AttributeError(
            f"qgate.math has no function {name!r}.{suggest(name, names())} "
            "It has numpy's functions, and those in qgate.math.__all__."
        )
    return plain if not callable(plain) or isinstance(plain, type) else _dispatching(path)


def _dispatching(path: str) -> Function:
    own = _member(tensors, path)

    def function(*args: Nested, like: str | Tensor | None = None, **kwargs: Nested) -> Nested:
        args = tuple(map(opened, args))
        chosen = get_interface(like) if not isinstance(like, str | None) else like
        backend = chosen or autoray.autoray.choose_backend(path, *args, **kwargs)
        if backend in ("autograd", "numpy", "builtins") and own is not None:
            if backend != "autograd":
                return _member(np, path)(*args, **kwargs)
            return own(*args, **kwargs)
        if backend in CONVERTED:  # these refuse arrays of numpy beside their own
            args = tuple(
                load(CONVERTED[backend]).tensor(arg, args) if isinstance(arg, np.ndarray) else arg
                for arg in args
            )
            if path in ADAPTED:
                return ADAPTED[path](*args, **kwargs)
        return autoray.do(path, *args, like=backend, **kwargs)

    function.__name__ = function.__qualname__ = path
    function.__doc__ = f"numpy's ``{path}`` for arrays of every framework, dispatched by autoray."
    return function


def _member(module: Any, path: str) -> Any:
    for part in path.split("."):
        module = getattr(module, part, None)
    return module


def namespace_of(values: list[Tensor]) -> Namespace:
    """Return the array functions for some values; arrays of ``qgate.numpy`` keep their kind."""
    if get_interface(*values) == "autograd":
        return tensors
    return namespace(values)


def together(name: str, *values: Nested, **options: Any) -> Tensor:
    """Call a function of several arrays, converted to a common framework and dtype."""
    arrays = [as_array(value) for value in values]
    return opened(getattr(namespace_of(arrays), name)(*arrays, **options))
