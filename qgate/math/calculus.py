"""Derivatives of functions of arrays of every framework."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from qgate.arrays import framework_among, shape_of
from qgate.differentiate import jacobians
from qgate.exceptions import UndifferentiableOutput, name_of
from qgate.typing import Function, Nested


def grad(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """Return the function that computes the gradient of ``f`` in the framework of its arguments.

    Parameters
    ----------
    f : callable
        Returns one real number.
    argnums : int or sequence of int
        Positions of the arguments to differentiate by. Several: a tuple of gradients.

    Raises
    ------
    UndifferentiableOutput
        ``f`` returns an array.
    """

    @functools.wraps(f)
    def scalar(*args: Nested, **kwargs: Nested) -> Nested:
        value = f(*args, **kwargs)
        if shape_of(value) != ():
            raise UndifferentiableOutput(
                function=name_of(f),
                returned=f"an array of shape {shape_of(value)}",
                derivative="its gradient",
                needed="one real number",
                remedy="Use math.jacobian.",
            )
        return value

    return _derivative(scalar, jacobians.grad, argnums)


def jacobian(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """Return the function that computes the Jacobian of ``f`` in the framework of its arguments.

    Parameters
    ----------
    f : callable
        Returns one number or array, of shape ``s``.
    argnums : int or sequence of int
        Positions of the arguments, of shape ``t``, to differentiate by; the derivatives have the
        shape ``s + t``. Several: a tuple of Jacobians.
    """
    return _derivative(f, jacobians.jacobian, argnums)


def _derivative(
    f: Function, in_autograd: Callable[..., Function], argnums: int | Sequence[int]
) -> Function:
    @functools.wraps(f)
    def derivative(*args: Nested, **kwargs: Nested) -> Nested:
        framework = framework_among(args)
        if framework is None:
            return in_autograd(f, argnums)(*args, **kwargs)
        positions = (argnums,) if isinstance(argnums, int) else tuple(argnums)
        found = framework.jacobian(functools.partial(f, **kwargs), positions)(*args)
        return found[0] if isinstance(argnums, int) else found

    return derivative
