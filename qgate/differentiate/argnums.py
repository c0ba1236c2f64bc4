"""Selection of the arguments by which a function is differentiated."""

from __future__ import annotations

import operator
from collections.abc import Sequence

import numpy as np

from qgate.arguments import items_of
from qgate.arrays import trainable_arguments
from qgate.exceptions import ArgnumsGivenTwice, InvalidArgnums, described
from qgate.typing import Argnums, Nested


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


def positions_of(argnums: Argnums, args: Sequence[Nested]) -> tuple[tuple[int, ...], bool]:
    """Return the positions to differentiate by, and whether the result is single (not a tuple)."""
    if argnums is None:
        return trainable_arguments(args)
    bare = not isinstance(argnums, Sequence | np.ndarray)
    named: Nested = (argnums,) if bare else items_of(argnums)
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
