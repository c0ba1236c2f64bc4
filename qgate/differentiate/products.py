"""Vector-Jacobian and Jacobian-vector products."""

from __future__ import annotations

from collections.abc import Sequence

import autograd.numpy as anp
import numpy as np
from autograd.tracer import getval, isbox

from qgate.differentiate.argnums import positions_of
from qgate.differentiate.pullbacks import (
    as_given,
    in_words,
    marked_like,
    pull_back,
    space_of,
    warn_if_constant,
)
from qgate.exceptions import InvalidArgnums, InvalidTangent, described
from qgate.operations.parameters import in_double, is_numeric
from qgate.typing import Argnums, Function, Nested, Tensor


def vjp(
    f: Function,
    params: Sequence[Nested],
    cotangents: Tensor,
    *,
    argnums: Argnums = None,
) -> tuple[Tensor, Nested]:
    r"""Return the value of a function, and the product of a vector with its Jacobian (vjp).

    Parameters
    ----------
    f : callable
        Returns one number or one array.
    params : sequence
        Its arguments.
    cotangents : array
        The vector :math:`u`, in the shape of the value.
    argnums : int, sequence of int or None
        As for :func:`grad`; the first argument if none is trainable.

    Returns
    -------
    value : array
        ``f(*params)``.
    products : array or tuple
        :math:`\sum_i u_i\, \partial f_i / \partial x_j` in the form of the argument; a tuple for
        several arguments or a sequence of ``argnums``.

    Raises
    ------
    InvalidTangent
        ``cotangents`` has another shape than the value, or is not made of finite numbers, real
        ones where the value is.

    Notes
    -----
    Cost: one run of ``f`` and one pass back.

    Examples
    --------
    >>> from qgate import numpy as np
    >>> value, product = vjp(lambda x: x**2, [np.array([1.0, 2.0])], np.array([1.0, 10.0]))
    >>> product
    tensor([ 2., 40.], requires_grad=True)
    """
    args, positions, bare = _arguments(params, argnums)
    pullback = pull_back(f, args, positions=positions)
    warn_if_constant(pullback, f)
    cotangent = _direction(cotangents, pullback.value, "The cotangent")
    originals = [args[position] for position in positions]
    products = tuple(map(as_given, pullback(cotangent), originals))
    return marked_like(pullback.value, originals), products[0] if bare else products


def jvp(
    f: Function,
    params: Sequence[Nested],
    tangents: Sequence[Nested],
    *,
    argnums: Argnums = None,
) -> tuple[Tensor, Nested]:
    r"""Return the value of a function, and the product of its Jacobian with a vector (jvp).

    The vector-Jacobian product is linear in its vector, so its derivative by that vector, applied
    to the tangent, is the result (two reverse passes); no Jacobian is built.

    Parameters
    ----------
    f : callable
        Returns one number or one array.
    params : sequence
        Its arguments.
    tangents : sequence
        The direction :math:`v`: for each argument differentiated by, numbers in its form.
    argnums : int, sequence of int or None
        As for :func:`grad`; the first argument if none is trainable.

    Returns
    -------
    value : array
        ``f(*params)``.
    product : array
        :math:`\sum_j \partial f / \partial x_j\, v_j`, in the shape of the value.

    Raises
    ------
    InvalidTangent
        ``tangents`` does not have the form of the arguments, or is not made of finite numbers.

    Notes
    -----
    Cost: one run of ``f`` and two passes back.

    Examples
    --------
    >>> from qgate import numpy as np
    >>> value, product = jvp(lambda x: x**2, [np.array([1.0, 2.0])], [np.array([1.0, 10.0])])
    >>> product
    tensor([ 2., 40.], requires_grad=True)
    """
    args, positions, _ = _arguments(params, argnums)
    pullback = pull_back(f, args, positions=positions)
    warn_if_constant(pullback, f)
    directions = _directions(tangents, pullback.inputs)
    zero = space_of(pullback.value).zeros()

    def along(cotangent: Tensor) -> Tensor:
        pairs = zip(pullback(cotangent), directions, strict=True)
        return sum(_inner(product, direction) for product, direction in pairs)

    product = zero if pullback.node is None else _gradient(along, zero)
    originals = [args[position] for position in positions]
    return marked_like(pullback.value, originals), marked_like(product, originals)


def _arguments(
    params: Nested, argnums: Argnums
) -> tuple[tuple[Nested, ...], tuple[int, ...], bool]:
    """Return the arguments, the positions to differentiate by, and whether there is just one."""
    args = tuple(params) if isinstance(params, list | tuple) else (params,)
    if not args:
        raise InvalidArgnums(argnums=described(argnums), reason="no argument was given", count=0)
    positions, bare = positions_of(argnums, args)
    return (args, positions, bare) if positions else (args, (0,), True)


def _inner(left: Nested, right: Nested) -> Tensor:
    """Return the sum of products of two trees of the same structure."""
    if isinstance(right, dict):
        return sum(_inner(left[key], right[key]) for key in right)
    if isinstance(right, list | tuple):
        return sum(_inner(left[at], item) for at, item in enumerate(right))
    return anp.sum(left * right)


def _gradient(function: Function, at: Tensor) -> Tensor:
    pullback = pull_back(function, (at,), positions=(0,))
    (gradient,) = pullback(space_of(pullback.value).ones())
    return gradient


def _directions(tangents: Nested, inputs: tuple[Nested, ...]) -> tuple[Nested, ...]:
    given = tuple(tangents) if isinstance(tangents, list | tuple) else (tangents,)
    directions: tuple[Nested, ...] = _direction(given, inputs, "The tangent")
    return directions


def _direction(tangent: Nested, value: Nested, what: str) -> Nested:
    """Validate the structure of a tangent; return it with plain leaves."""
    if not isinstance(value, list | tuple | dict):
        return _vector(tangent, value, what)
    same = isinstance(tangent, type(value)) and len(tangent) == len(value)
    if not same or (isinstance(value, dict) and tangent.keys() != value.keys()):
        raise InvalidTangent(what=what, given=in_words(tangent), expected=in_words(value))
    keys = value if isinstance(value, dict) else range(len(value))
    items = {key: _direction(tangent[key], value[key], f"{what}[{key!r}]") for key in keys}
    return items if isinstance(value, dict) else type(value)(items.values())


def _vector(given: Tensor, value: Tensor, what: str) -> Tensor:
    """Return finite double-precision numbers in the shape of a value, real where it is real."""
    number = getval(given)
    if isinstance(number, list | tuple | dict) or not is_numeric(number):
        raise InvalidTangent(what=what, given=_in_words(number), expected=in_words(value))
    if anp.shape(given) != anp.shape(value):
        raise InvalidTangent(what=what, given=in_words(given), expected=in_words(value))
    number = np.asarray(in_double(number))
    if np.iscomplexobj(number) and not space_of(value).iscomplex:
        raise InvalidTangent(what=what, given=in_words(given), expected=in_words(value))
    if not np.isfinite(number).all():
        text = f"{in_words(given)} with {number[~np.isfinite(number)].ravel()[0]} in it"
        raise InvalidTangent(what=what, given=text, expected=f"{in_words(value)}, finite")
    return given if isbox(given) else number


def _in_words(value: Nested) -> str:
    return in_words(value) if isinstance(value, list | tuple | dict) else described(value)
