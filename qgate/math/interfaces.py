"""Framework of a value: its name, and whether it is traced or differentiated there."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np

from qgate.arrays import framework_of, getval, has_requires_grad, is_concrete, is_traced, isbox
from qgate.exceptions import InvalidParameters, described
from qgate.typing import Function, Nested, Tensor

NAMES = {"tf": "tensorflow"}
"""Names of frameworks for users, where they differ from those in ``qgate.interfaces``."""

PRECEDENCE = ("tensorflow", "torch", "jax", "autograd", "scipy", "numpy")
"""Frameworks, each before those whose arrays it takes as constants."""

EXCLUSIVE = frozenset(PRECEDENCE[:3])
"""Frameworks whose arrays do not go together."""


def get_interface(*values: Tensor) -> str:
    """Return the name of the framework of some values.

    Parameters
    ----------
    *values : array
        Numbers and sequences count as numpy.

    Returns
    -------
    str
        "numpy", "scipy" (a sparse matrix), "autograd", "torch", "jax" or "tensorflow": that of the
        values which takes the others as constants.

    Raises
    ------
    InvalidParameters
        There are arrays of two of PyTorch, JAX and TensorFlow.

    Examples
    --------
    >>> from qgate import numpy as np
    >>> get_interface(np.array([0.1, 0.2]), 0.5)
    'autograd'
    """
    found = {_interface_of(value) for value in values}
    if len(found & EXCLUSIVE) > 1:
        raise InvalidParameters(
            f"Arrays of {' and '.join(sorted(found & EXCLUSIVE))} were given together. "
            "Convert them to one framework."
        )
    return next((name for name in PRECEDENCE if name in found), "numpy")


def _interface_of(value: Tensor) -> str:
    framework = framework_of(value)
    if framework is not None:
        return NAMES.get(framework.name, framework.name)
    if isbox(value) or has_requires_grad(value):
        return "autograd"
    return "scipy" if is_sparse(value) else "numpy"


def is_sparse(value: object) -> bool:
    """Return whether a value is a sparse matrix of scipy."""
    return type(value).__module__.startswith("scipy.sparse")


def get_deep_interface(value: Nested) -> str:
    """Return the name of the framework of the first number in nested lists and tuples."""
    while isinstance(value, list | tuple) and value:
        value = value[0]
    return _interface_of(value)


def get_dtype_name(x: Tensor) -> str:
    """Return the name of the dtype, such as "float64", in every framework."""
    dtype = getattr(getval(x), "dtype", None)
    if dtype is None:
        return str(np.asarray(x).dtype)
    return getattr(dtype, "name", None) or str(dtype).removeprefix("torch.")


def is_abstract(tensor: Tensor, like: str | None = None) -> bool:
    """Return whether the number behind a value is unknown, as it is during compilation.

    ``like`` is accepted for compatibility with PennyLane and has no effect.
    """
    return not is_concrete(tensor)


def requires_grad(tensor: Tensor, interface: str | None = None) -> bool:
    """Return whether a value is trainable.

    For numpy and scipy never; for autograd and PyTorch if its ``requires_grad`` is True or it is
    being differentiated; for JAX and TensorFlow if it is being differentiated. ``interface`` is
    accepted for compatibility with PennyLane and has no effect.
    """
    framework = framework_of(tensor)
    if framework is None:
        return isbox(tensor) or getattr(tensor, "requires_grad", False) is True
    return bool(getattr(tensor, "requires_grad", False)) or framework.is_trained(tensor)


def in_backprop(tensor: Tensor, interface: str | None = None) -> bool:
    """Return whether a value is being differentiated.

    ``interface`` is accepted for compatibility with PennyLane and has no effect.

    Raises
    ------
    InvalidParameters
        The value is a tensor of PyTorch, which does not report it.
    """
    if get_interface(tensor) == "torch":
        raise InvalidParameters(
            f"PyTorch does not report whether {described(tensor)} is being differentiated. "
            "Ask requires_grad."
        )
    return is_traced(tensor) and requires_grad(tensor)


def get_trainable_indices(values: Sequence[Tensor], like: str | None = None) -> set[int]:
    """Return the positions of trainable values; ``like`` has no effect."""
    return {position for position, value in enumerate(values) if requires_grad(value)}


def multi_dispatch(
    argnum: int | Sequence[int] | None = None, tensor_list: int | Sequence[int] | None = None
) -> Callable[[Function], Function]:
    """Pass a function the name of the framework of its arguments, as ``like``; a decorator.

    Parameters
    ----------
    argnum : int or sequence of int, optional
        Positions of the arguments that determine the framework; default all.
    tensor_list : int or sequence of int, optional
        Those of them that are sequences of arrays.

    Examples
    --------
    >>> @multi_dispatch(argnum=0, tensor_list=0)
    ... def framework(values, like=None):
    ...     return like
    >>> framework([0.1, 0.2])
    'numpy'
    """

    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def wrapper(*args: Nested, like: str | None = None, **kwargs: Nested) -> Nested:
            lists = _positions(tensor_list) or ()
            values: list[Tensor] = []
            for position in _positions(argnum) or range(len(args)):
                several = position in lists and isinstance(args[position], list | tuple)
                values += args[position] if several else [args[position]]
            return function(*args, **kwargs, like=like or get_interface(*values))

        return wrapper

    return decorate


def _positions(given: int | Sequence[int] | None) -> Sequence[int] | None:
    return [given] if isinstance(given, int) else given
