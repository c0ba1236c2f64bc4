"""Validation of a quantum function's signature for use as a layer."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias, TypeGuard

import numpy as np

from qgate.exceptions import InvalidLayer, described, name_of, suggest
from qgate.qnode import QNode

Shape: TypeAlias = tuple[int, ...]
ShapeLike: TypeAlias = int | Sequence[int]


def checked_shapes(qnode: object, weight_shapes: object, *, input_arg: str) -> dict[str, Shape]:
    """Return the shape of each weight of a layer: a number n stands for (n,), and 1 for ().

    The function of ``qnode`` has the argument ``input_arg`` for data, and the weights as its
    others.

    Raises
    ------
    InvalidLayer
        ``qnode`` is not a QNode, its arguments differ, or a shape is invalid.
    """
    if not isinstance(qnode, QNode):
        raise InvalidLayer(
            function=name_of(qnode) if callable(qnode) else described(qnode),
            reason="it is not bound to a device",
            remedy="Give a QNode, that is a quantum function decorated with qg.qnode(device).",
        )
    function = name_of(qnode.func)
    if not isinstance(weight_shapes, Mapping):
        raise InvalidLayer(
            function=function,
            reason=f"weight_shapes is {described(weight_shapes)}",
            remedy="Give a dict from the name of each weight to its shape.",
        )
    _check_arguments(qnode, set(weight_shapes), input_arg)
    return {name: _shape(function, name, shape) for name, shape in weight_shapes.items()}


def _check_arguments(qnode: QNode, given: Collection[str], input_arg: str) -> None:
    function = name_of(qnode.func)
    arguments = inspect.signature(qnode.func).parameters
    kinds = {argument.kind: name for name, argument in arguments.items()}
    by_position = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_POSITIONAL}
    if refused := [name for kind, name in kinds.items() if kind in by_position]:
        raise InvalidLayer(
            function=function,
            reason=f"its argument {described(refused[0])} is given by position only",
            remedy="A layer gives data and weights by name: let each have an argument with a name.",
        )
    open_ended = kinds.get(inspect.Parameter.VAR_KEYWORD)
    if input_arg not in arguments and open_ended is None:
        raise InvalidLayer(
            function=function,
            reason=f"it has no argument {described(input_arg)}, which is where the data go",
            remedy=f"Rename the argument for the data, or name it with set_input_argument. "
            f"Its arguments are: {', '.join(arguments) or 'none'}.",
        )
    if input_arg in given:
        raise InvalidLayer(
            function=function,
            reason=f"weight_shapes has a shape for {described(input_arg)}, which is the data",
            remedy="Leave it out; give the shapes of the weights.",
        )
    others = {name: arguments[name] for name in arguments if name not in (input_arg, open_ended)}
    needed = {name for name, other in others.items() if other.default is inspect.Parameter.empty}
    known = set(given) if open_ended is not None else set(others)
    _check_weights(function, set(given), needed, known)


def _check_weights(
    function: str, given: Collection[str], needed: Collection[str], known: Collection[str]
) -> None:
    if unknown := sorted(set(given) - set(known)):
        raise InvalidLayer(
            function=function,
            reason=f"weight_shapes has {described(unknown[0])}, which is not an argument of the "
            "function",
            remedy=f"The arguments are: {', '.join(sorted(known)) or 'none'}."
            f"{suggest(unknown[0], known)}",
        )
    if lacking := sorted(set(needed) - set(given)):
        raise InvalidLayer(
            function=function,
            reason=f"weight_shapes has no shape for the argument {described(lacking[0])}",
            remedy="Give the shape of every argument besides the data.",
        )


def _shape(function: str, name: str, given: object) -> Shape:
    if isinstance(given, int | np.integer) and not isinstance(given, bool):
        sizes: object = () if given == 1 else (given,)
    else:
        sizes = given
    numbers = list(sizes) if isinstance(sizes, tuple | list) else [sizes]
    lengths = [int(number) for number in numbers if _is_length(number)]
    if len(lengths) < len(numbers):
        raise InvalidLayer(
            function=function,
            reason=f"the shape of the weight {described(name)} is {described(given)}",
            remedy="A shape is a positive whole number, or a tuple of them.",
        )
    return tuple(lengths)


def _is_length(number: object) -> TypeGuard[int]:
    if isinstance(number, bool) or not isinstance(number, int | np.integer):
        return False
    return bool(number > 0)
