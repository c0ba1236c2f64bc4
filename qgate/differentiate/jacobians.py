"""Gradients and Jacobians of functions of numbers and arrays.

Functions that autograd can trace can be differentiated: QNodes, and classical computations around
them with ``qgate.numpy``. Derivatives nest: ``jacobian(grad(f))`` is the Hessian of ``f``.
"""

from __future__ import annotations

import functools
import math
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence

import autograd.numpy as anp
import numpy as np

from qgate.arguments import require_function
from qgate.arrays import is_trainable, trainable_arguments
from qgate.differentiate.argnums import one_spelling, positions_of
from qgate.differentiate.pullbacks import (
    Pullback,
    as_given,
    in_words,
    marked_like,
    pull_back,
    space_of,
    warn_if_constant,
)
from qgate.differentiate.trees import tree_map
from qgate.exceptions import UndifferentiableOutput, name_of
from qgate.short_repr import shortened
from qgate.typing import Argnums, Function, Nested, NumericArray, Tensor


class Derivative(ABC):
    """Derivative of a function, called with the function's arguments.

    Required method: ``_differentiate``.

    Attributes
    ----------
    function : callable
        The function to differentiate.
    argnums : int, sequence of int or None
        Positions of the arguments to differentiate by; None: the trainable ones.
    forward : number, array or None
        The value of the function in the latest call, at no extra cost.
    """

    kind = "derivative"

    def __init__(self, function: Function, argnums: Argnums = None) -> None:
        require_function(self.kind, "func", function)
        self.function, self.argnums, self.forward = function, argnums, None
        given = argnums is not None
        self._positions = functools.partial(positions_of, argnums) if given else trainable_arguments
        functools.update_wrapper(self, function, updated=())
        self.__name__ = f"<{self.kind}: {name_of(function)}>"

    def __call__(self, *args: Nested, **kwargs: Nested) -> Nested:
        positions, bare = self._positions(args)
        if not positions:
            _warn_nothing_trainable(self, kwargs)
            self.forward = None
            return ()
        pullback = pull_back(self.function, args, kwargs, positions=positions)
        warn_if_constant(pullback, self.function)
        originals = list(map(args.__getitem__, positions))
        self.forward = marked_like(pullback.value, originals)
        derivatives = self._differentiate(pullback, originals)
        return derivatives[0] if bare else derivatives

    def __repr__(self) -> str:
        chosen = "" if self.argnums is None else f" by arguments {self.argnums}"
        return f"<{self.kind} of {shortened(self.function)}{chosen}>"

    @abstractmethod
    def _differentiate(self, pullback: Pullback, originals: Sequence[Nested]) -> tuple[Nested, ...]:
        """Return the derivative by each of the chosen arguments."""


class Gradient(Derivative):
    """Gradient of a function that returns one real number; created by :func:`grad`."""

    kind = "grad"

    def _differentiate(self, pullback: Pullback, originals: Sequence[Nested]) -> tuple[Nested, ...]:
        space = space_of(pullback.value)
        if space.size != 1:
            raise UndifferentiableOutput(
                function=name_of(self.function),
                returned=in_words(pullback.value),
                derivative="its gradient",
                needed="one real number",
                remedy="Return a single real number (a sum, a mean, one element), or use "
                "qg.jacobian for all values at once.",
            )
        gradients = pullback(space.ones())
        return tuple(map(as_given, gradients, originals))


class ValueAndGradient(Gradient):
    """Value and gradient of a function; created by :func:`value_and_grad`."""

    kind = "value_and_grad"

    def __call__(self, *args: Nested, **kwargs: Nested) -> Nested:
        gradient = super().__call__(*args, **kwargs)
        return self.forward, gradient


class Jacobian(Derivative):
    """Derivatives of all values of a function; created by :func:`jacobian`."""

    kind = "jacobian"

    def _differentiate(self, pullback: Pullback, originals: Sequence[Nested]) -> tuple[Nested, ...]:
        shape = anp.shape(pullback.value)
        rows = [_row(pullback, entry, self.function) for entry in _unit_arrays(pullback.value)]
        rows = rows or [pullback(space_of(pullback.value).zeros())]  # for shapes; no row is kept
        columns = zip(*rows, strict=True)
        jacobians = (_stacked(column, shape) for column in columns)
        return tuple(
            as_given(matrix, original, as_tensor=False)
            for matrix, original in zip(jacobians, originals, strict=True)
        )


def grad(func: Function, argnums: Argnums = None, *, argnum: Argnums = None) -> Gradient:
    """Return the function that computes the gradient of ``func``.

    Parameters
    ----------
    func : callable
        Returns one real number: a QNode, or any function of numbers and arrays written with
        ``qgate.numpy``.
    argnums : int, sequence of int or None
        Positions of the arguments to differentiate by, whether marked or not, and counted from
        the end if negative. None: the arguments that are trainable in the call, which are arrays of
        ``qgate.numpy`` with ``requires_grad=True`` and inputs of an outer derivative.
    argnum
        The older name of ``argnums``.

    Returns
    -------
    Gradient
        Called like ``func``. Returns an array of the shape and precision of the argument, or a
        number for a number; for a list, tuple or dict, the same container of gradients. For several
        arguments, or a sequence of ``argnums``, a tuple of these. Its attribute ``forward`` holds
        the value of ``func`` in the latest call.

    Raises
    ------
    UndifferentiableOutput
        ``func`` returned more than one number, or a complex one.
    NonDifferentiableError
        A chosen argument is not made of numbers.
    InvalidArgnums
        There is no argument at one of the positions.
    ArgnumsGivenTwice
        Both ``argnums`` and ``argnum`` are given.

    Warns
    -----
    UserWarning
        Nothing is trainable (the result is an empty tuple), or the value does not depend on the
        trainable arguments (the result is zero).

    Notes
    -----
    Cost: one run of ``func`` and one pass back through it. Integers are treated as floats.

    Examples
    --------
    >>> from qgate import numpy as np
    >>> gradient = grad(lambda x, scale: scale * np.sum(x**2))
    >>> gradient(np.array([1.0, 2.0]), 3.0)
    tensor([ 6., 12.], requires_grad=True)
    >>> print(gradient.forward)
    15.0
    """
    return Gradient(func, one_spelling(argnums, argnum))


def value_and_grad(func: Function, argnums: Argnums = 0) -> ValueAndGradient:
    """Return the function that computes the value and the gradient of ``func`` together.

    Parameters
    ----------
    func : callable
        Returns one real number, as for :func:`grad`.
    argnums : int, sequence of int or None
        As for :func:`grad`; default the first argument, marked as trainable or not.

    Returns
    -------
    ValueAndGradient
        Called like ``func``. Returns the value, and the gradient as :func:`grad` does.

    Raises
    ------
    UndifferentiableOutput, NonDifferentiableError, InvalidArgnums
        As for :func:`grad`.

    Notes
    -----
    Cost: that of the gradient. The value and all shifted circuits of a QNode are one submission.

    Examples
    --------
    >>> value, gradient = value_and_grad(lambda x: x**3)(2.0)
    >>> print(value, gradient)
    8.0 12.0
    """
    return ValueAndGradient(func, argnums)


def jacobian(func: Function, argnums: Argnums = None, *, argnum: Argnums = None) -> Jacobian:
    """Return the function that computes the Jacobian of ``func``.

    Parameters
    ----------
    func : callable
        Returns one number or one array of any shape, real or complex.
    argnums, argnum
        As for :func:`grad`.

    Returns
    -------
    Jacobian
        Called like ``func``. Returns an array whose shape is that of the value followed by that of
        the argument; lists, tuples, dicts and several arguments as for :func:`grad`.

    Raises
    ------
    UndifferentiableOutput
        ``func`` returned a tuple, list or dict; or complex numbers, and is differentiated by
        complex numbers.
    NonDifferentiableError, InvalidArgnums, ArgnumsGivenTwice
        As for :func:`grad`.

    Notes
    -----
    Cost: one run of ``func``, and one pass back through it for each number it returns (two for
    a complex number).

    Examples
    --------
    >>> from qgate import numpy as np
    >>> jacobian(lambda x: x**2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    return Jacobian(func, one_spelling(argnums, argnum))


def _warn_nothing_trainable(derivative: Derivative, kwargs: Mapping[str, Nested]) -> None:
    by_name = [repr(name) for name, value in kwargs.items() if is_trainable(value)]
    remedy = (
        f"Pass {', '.join(by_name)} by position: keyword arguments are not differentiated."
        if by_name
        else "Mark an argument as trainable with qgate.numpy.array(..., requires_grad=True), or "
        "name its position with argnums (which a list, tuple or dict of arrays needs)."
    )
    warnings.warn(
        f"{derivative.kind} of {name_of(derivative.function)}: none of the positional arguments "
        f"is trainable, so there is nothing to differentiate by and the result is (). {remedy}",
        UserWarning,
        stacklevel=3,
    )


def _unit_arrays(value: Tensor) -> Iterator[NumericArray]:
    """Yield a one-hot array for each number in ``value``."""
    zero = np.zeros(anp.shape(value), dtype=anp.result_type(value))
    for index in np.ndindex(zero.shape):
        unit = zero.copy()
        unit[index] = 1
        yield unit


def _row(pullback: Pullback, unit: NumericArray, function: Function) -> tuple[Nested, ...]:
    """Return the derivatives of one number of the value, by each argument."""
    row = pullback(unit)
    if unit.dtype.kind != "c":
        return row
    if any(_is_complex(value) for value in pullback.inputs):
        raise UndifferentiableOutput(
            function=name_of(function),
            returned=in_words(pullback.value),
            derivative="its Jacobian by complex arguments",
            needed="real values",
            remedy="Differentiate its real and imaginary parts, each in a function of its own.",
        )
    # For real arguments, autograd returns Re(u J) for a cotangent u: the real part of J for u = 1,
    # and minus its imaginary part for u = i.
    return tuple(
        tree_map(lambda real, minus_imag: real - 1j * minus_imag, *both)
        for both in zip(row, pullback(1j * unit), strict=True)
    )


def _is_complex(tree: Nested) -> bool:
    found: list[bool] = []
    tree_map(lambda leaf: found.append(space_of(leaf).iscomplex), tree)
    return any(found)


def _stacked(rows: Sequence[Nested], shape: tuple[int, ...]) -> Nested:
    """Return rows as one array whose first axes are those of the value, leaf by leaf."""

    def of_leaf(*leaves: Tensor) -> Tensor:
        kept = anp.stack(leaves)[: math.prod(shape)]
        return anp.reshape(kept, shape + anp.shape(leaves[0]))

    return tree_map(of_leaf, *rows)
