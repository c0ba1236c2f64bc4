"""Selection of the arguments by which a function is differentiated."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from qgate.arguments import items_of
from qgate.arrays import BOXED, NUMBERS, framework_of, is_traced, isbox
from qgate.exceptions import ArgnumsGivenTwice, InvalidArgnums, described

Argnums = int | Sequence[int] | None


def is_trainable(value: Any) -> bool:
    """Return whether an argument is trainable by default, that is if no positions are given."""
    if isbox(value) or getattr(value, "requires_grad", None) is True:
        return True
    framework = framework_of(value)
    return framework is not None and framework.is_argument(value)


def trainable_among(values: Sequence[Any]) -> list[int]:
    """Return the positions of values that are differentiated by, or may be."""
    return [
        at
        for at, value in enumerate(values)
        if BOXED[type(value)]
        or (type(value) not in NUMBERS and (is_trainable(value) or is_traced(value)))
    ]


def one_spelling(argnums: Argnums, argnum: Argnums) -> Argnums:
    """Return the positions from ``argnums``, or from its older name ``argnum``.

    Raises
    ------
    ArgnumsGivenTwice
        Both are given.
    """
    if argnums is not None and argnum is not None:
        raise ArgnumsGivenTwice(argnums=described(argnums), argnum=described(argnum))
    return argnum if argnums is None else argnums


def positions_of(argnums: Argnums, args: Sequence[Any]) -> tuple[tuple[int, ...], bool]:
    """Return the positions to differentiate by, and whether the result is single (not a tuple)."""
    if argnums is None:
        trainable = tuple(at for at, value in enumerate(args) if is_trainable(value))
        return trainable, len(trainable) == 1
    bare = not isinstance(argnums, Sequence | np.ndarray)
    named: Any = (argnums,) if bare else items_of(argnums)
    try:
        positions = tuple(operator.index(position) for position in named)  # None: overlong, or text
    except TypeError:
        reason = "positions are whole numbers"
        raise InvalidArgnums(argnums=described(argnums), reason=reason, count=len(args)) from None
    return _counted_from_the_start(positions, argnums, len(args)), bare


def _counted_from_the_start(
    positions: tuple[int, ...], argnums: Argnums, count: int
) -> tuple[int, ...]:
    for position in positions:
        if not -count <= position < count:
            reason = f"there is no argument at position {position}"
            raise InvalidArgnums(argnums=described(argnums), reason=reason, count=count)
    counted = tuple(position % count for position in positions)
    if len(set(counted)) < len(counted):
        reason = "it names a position twice"
        raise InvalidArgnums(argnums=described(argnums), reason=reason, count=count)
    return counted
