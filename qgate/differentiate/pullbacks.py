"""Pullback: one evaluation of a function that records how to differentiate it.

Arguments are converted before they are traced (a tensor to a numpy array, an integer to a float),
and derivatives are converted to the type of the original argument. Lists, tuples and dicts are
trees whose leaves are arrays and numbers.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from autograd.core import VJPNode, backward_pass, vspace
from autograd.extend import VSpace
from autograd.tracer import getval, isbox, new_box, trace_stack
from autograd.util import subvals

from qgate.differentiate.trees import tree_map
from qgate.exceptions import NonDifferentiableError, UndifferentiableOutput, described, name_of
from qgate.numpy.tensors import marked, plain, tensor
from qgate.sizes import check_depth
from qgate.typing import Function, Nested, Tensor

NUMBER = (int, float, complex, np.number, np.bool_, np.ndarray)


@dataclass(frozen=True)
class Pullback:
    """Value of a function, and the map from its cotangents to those of chosen arguments.

    Attributes
    ----------
    value : number, array or traced array
        The value of the function; traced if an outer derivative is being taken.
    inputs : tuple
        The chosen arguments as they were traced.
    node : object or None
        Last node of the trace; None if the value does not depend on ``inputs``.
    """

    value: Tensor
    inputs: tuple[Nested, ...]
    node: VJPNode | None

    def __call__(self, cotangent: Tensor) -> tuple[Nested, ...]:
        """Return the cotangent of each chosen argument."""
        if self.node is None:
            cotangents = vspace(self.inputs).zeros()
        else:
            cotangents = backward_pass(cotangent, self.node)
            if len(self.inputs) == 1:
                return (cotangents,)
        # Traced by an outer derivative, this is a box that must not be iterated over.
        return tuple(cotangents[position] for position in range(len(self.inputs)))


def pull_back(
    function: Function,
    args: Sequence[Nested],
    kwargs: Mapping[str, Nested] | None = None,
    *,
    positions: Sequence[int],
) -> Pullback:
    """Call a function once, and record how its value depends on the arguments at some positions.

    Positions are not negative, and all different.

    Raises
    ------
    NonDifferentiableError
        A chosen argument contains other values than numbers.
    UndifferentiableOutput
        The function did not return a number or an array.
    """
    recordings = getattr(function, "recordings", None)
    if recordings is not None and not kwargs:
        known: Pullback | None = recordings.pull_back(function, args, positions)
        if known is not None:
            return known
    inputs = tuple(differentiable(args[at], argument=f"argument {at}") for at in positions)
    with trace_stack.new_trace() as trace:
        if len(inputs) == 1:
            boxes = [(positions[0], new_box(inputs[0], trace, VJPNode.new_root()))]
        else:
            start = new_box(inputs, trace, VJPNode.new_root())
            boxes = [(at, start[order]) for order, at in enumerate(positions)]
        end = function(*subvals(args, boxes), **(kwargs or {}))
    _refuse_other_than_arrays(end, function)
    if isbox(end) and end._trace == trace:
        return Pullback(end._value, inputs, end._node)
    return Pullback(end, inputs, None)


def _refuse_other_than_arrays(value: Nested, function: Function) -> None:
    value = getval(value)
    if isinstance(value, list | tuple | dict):
        returned = f"a {type(value).__name__} of {len(value)} values"
        remedy = "Put the values together, for example with qgate.numpy.hstack or stack."
    elif isinstance(value, np.ndarray) and value.dtype.kind == "O":
        returned = "an array of objects"
        remedy = "Make the array with qgate.numpy in place of numpy."
    elif isinstance(value, NUMBER):
        return
    else:
        returned, remedy = described(value), "Return what is to be differentiated."
    raise UndifferentiableOutput(
        function=name_of(function),
        returned=returned,
        derivative="a derivative",
        needed="one number or one array of numbers",
        remedy=remedy,
    )


def differentiable(value: Nested, *, argument: str, level: int = 0) -> Nested:
    """Return an argument in the form in which it is traced.

    Tensors become numpy arrays, so that calculations do not carry ``requires_grad``, and integers
    become floats.
    """
    if isbox(value):
        return value
    if isinstance(value, dict):
        check_depth(level)
        return {
            key: differentiable(item, argument=f"{argument}[{described(key)}]", level=level + 1)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        check_depth(level)
        items = (
            differentiable(item, argument=f"{argument}[{at}]", level=level + 1)
            for at, item in enumerate(value)
        )
        return list(items) if isinstance(value, list) else tuple(items)
    return _differentiable_leaf(value, argument)


def _differentiable_leaf(value: Tensor, argument: str) -> Tensor:
    if not isinstance(value, NUMBER) or np.asarray(value).dtype.kind not in "iufc":
        array = isinstance(value, np.ndarray)
        kind = f" of dtype {value.dtype}" if array else f" {described(value)}"
        raise NonDifferentiableError(argument=argument, value=type(value).__name__ + kind)
    if isinstance(value, np.ma.MaskedArray):
        raise NonDifferentiableError(argument=argument, value="an array with masked entries")
    if isinstance(value, np.ndarray):
        return plain(value).astype(float) if value.dtype.kind in "iu" else plain(value)
    return float(value) if isinstance(value, int | np.integer) else value


def as_given(derivative: Nested, original: Nested, *, as_tensor: bool = True) -> Nested:
    """Return a cotangent or Jacobian in the form and precision of the argument it belongs to.

    ``as_tensor``: derivatives by tensors are trainable tensors, and those by numbers are numbers;
    else every leaf is a numpy array.
    """
    of_leaf = partial(_leaf_as_given, as_tensor=as_tensor)
    if isinstance(original, dict | list | tuple):
        return tree_map(of_leaf, original, derivative)
    return of_leaf(original, derivative)


def _leaf_as_given(original: Tensor, derivative: Tensor, *, as_tensor: bool) -> Tensor:
    if isbox(original) or isbox(derivative):
        return derivative
    derivative = np.asarray(derivative)
    if isinstance(original, np.ndarray | np.inexact) and original.dtype.kind in "fc":
        # A complex derivative by a real argument stays complex.
        kind = np.complex64 if derivative.dtype.kind == "c" else original.dtype
        derivative = derivative.astype(np.result_type(original.dtype, kind), copy=False)
    if not as_tensor:
        return derivative
    if isinstance(original, tensor):
        return marked(derivative, trainable=True)
    return derivative if isinstance(original, np.ndarray) else derivative[()]


def space_of(value: Tensor) -> VSpace:
    """Return autograd's description of the shape and dtype of a number or an array."""
    return vspace(value if isbox(value) else np.asarray(value))


def in_words(value: Nested) -> str:
    """Return a short description of a value without its numbers."""
    if isinstance(value, dict):
        return f"a dict with the keys {', '.join(map(str, value))}"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)} values"
    number = "complex number" if space_of(value).iscomplex else "number"
    shape = space_of(value).shape
    return f"an array of {number}s of shape {shape}" if shape else f"a {number}"


def marked_like(value: Tensor, originals: Sequence[Nested]) -> Tensor:
    """Return a value as a tensor if it was computed from one."""
    from_tensor = any(isinstance(original, tensor) for original in originals)
    return marked(np.asarray(value), trainable=True) if from_tensor and not isbox(value) else value


def warn_if_constant(pullback: Pullback, function: Function) -> None:
    """Warn the caller's caller that a derivative is zero because nothing varies."""
    if pullback.node is None:
        warnings.warn(
            f"Output of {name_of(function)} seems independent of its trainable arguments, so the "
            "derivative is zero. If it should depend on them, compute it with qgate.numpy in "
            "place of numpy, and without float(), .item() or int() on the way.",
            UserWarning,
            stacklevel=3,
        )
