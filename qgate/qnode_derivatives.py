"""Derivatives of a QNode's results and tapes by the arguments of its function."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from qgate.arrays import finished, has_requires_grad, namespace, shape_of
from qgate.autodiff.returns import leaves, rebuilt
from qgate.differentiate.argnums import positions_of
from qgate.exceptions import DifferentiationError, name_of
from qgate.typing import Argnums, Function, Nested, Tensor

if TYPE_CHECKING:
    from qgate.bridge import Interface
    from qgate.tape import Tape


class Called(Protocol):
    """Protocol: methods of a QNode that are used here."""

    func: Function
    diff_method: object

    def __call__(self, *args: Tensor, **kwargs: Tensor) -> Nested:
        """Return the results."""

    def single_tape(self, args: Sequence[Tensor], kwargs: Mapping[str, Tensor]) -> Tape:
        """Return the only tape that a call runs."""

    def update(self, *, diff_method: object, gradient_kwargs: Mapping[str, object]) -> Called:
        """Return the QNode with another gradient method."""

    def interface_of(self, args: Sequence[Tensor]) -> Interface:
        """Return the interface that differentiates by these arguments."""


def gradient_function(
    qnode: Called, diff_method: object, argnum: Argnums, options: Mapping[str, object]
) -> Function:
    """Return the derivatives of the results by the trainable arguments, as a function.

    Gradient transforms call this method of a QNode. The derivative of a result of shape ``s`` by an
    argument of shape ``t`` has shape ``s + t``; several arguments give a tuple, several results the
    container in which they were returned.

    Raises
    ------
    DifferentiationError
        Nothing in the call is trainable.
    """
    qnode = qnode.update(diff_method=diff_method, gradient_kwargs=options)

    @functools.wraps(qnode, updated=())
    def derivatives(*args: Tensor, **kwargs: Tensor) -> Nested:
        found: Nested = None

        def side_by_side(*inner: Tensor) -> Tensor:
            nonlocal found
            found = qnode(*inner, **kwargs)
            parts = leaves(found)
            xp = namespace(parts)
            return xp.concatenate([xp.reshape(part, (-1,)) for part in parts])

        positions, bare = positions_of(argnum, args)
        if not positions:
            raise DifferentiationError(
                f"{name_of(qnode.func)} cannot be differentiated by {qnode.diff_method}: none of "
                "its positional arguments is trainable. Mark one with "
                "qgate.numpy.array(..., requires_grad=True), or give argnums."
            )
        jacobians = qnode.interface_of(args).jacobian(side_by_side, positions)(*args)
        shapes = [shape_of(part) for part in leaves(found)]
        cut = _cut(jacobians, shapes, [args[position] for position in positions])
        return rebuilt(found, (parts[0] if bare else parts for parts in cut))

    return derivatives


def tape_derivatives(
    qnode: Called,
    function: Callable[[Tape], Tensor],
    argnums: Argnums,
    args: Sequence[Tensor],
    kwargs: Mapping[str, Tensor],
    *,
    order: int = 1,
) -> tuple[tuple[Nested, ...], bool]:
    """Differentiate a function of the recorded tape by the arguments of the quantum function.

    Parameters
    ----------
    qnode : QNode
    function : callable
        Takes a tape with traced parameters; returns an array of shape ``s``.
    argnums : int, sequence of int or None
        Positions of the arguments; None: all trainable ones.
    args, kwargs
        Arguments of the call.
    order : {1, 2}
        2: second derivatives, each by the same argument twice.

    Returns
    -------
    derivatives : tuple
        For each argument of shape ``t``, an array of shape ``s + t``, or ``s + t + t``.
    bare : bool
        Whether a single argument was requested, not a sequence.

    Raises
    ------
    DifferentiationError
        Nothing in the call is trainable.
    """
    jacobian = qnode.interface_of(args).jacobian
    positions, bare = positions_of(argnums, args)
    if not positions:
        raise DifferentiationError(
            f"{name_of(qnode.func)} has no derivative here: none of its positional arguments "
            "is trainable. Mark one with qgate.numpy.array(..., requires_grad=True), or give "
            "argnums."
        )

    def of_tape(*inner: Tensor) -> Tensor:
        return function(qnode.single_tape(inner, kwargs))

    if order == 1:
        return jacobian(of_tape, positions)(*args), bare
    with warnings.catch_warnings():  # a linear function has a constant Jacobian
        warnings.simplefilter("ignore")
        found = tuple(
            jacobian(lambda *inner, by=(at,): jacobian(of_tape, by)(*inner)[0], (at,))(*args)[0]
            for at in positions
        )
    return found, bare


def _cut(
    jacobians: Sequence[Nested], shapes: Sequence[tuple[int, ...]], args: Sequence[Tensor]
) -> list[tuple[Nested, ...]]:
    """Split the Jacobians of the concatenated results, for each argument, by results."""
    from qgate.numpy.tensors import marked

    marks = any(map(has_requires_grad, args))
    parts, start = [], 0
    for shape in shapes:
        rows = slice(start, start + int(np.prod(shape)))
        cut = [
            rebuilt(jacobian, (_rows_of(leaf, rows, shape, args) for leaf in leaves(jacobian)))
            for jacobian in jacobians
        ]
        parts.append(tuple(marked(part, trainable=True) if marks else part for part in cut))
        start = rows.stop
    return parts


def _rows_of(
    jacobian: Tensor, rows: slice, shape: tuple[int, ...], args: Sequence[Tensor]
) -> Tensor:
    """Return the derivative of one result by one array."""
    xp = namespace([jacobian])
    return finished(xp.reshape(jacobian[rows], (*shape, *shape_of(jacobian)[1:])), args)
