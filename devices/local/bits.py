"""Square matrices of bits (over GF(2)), as masks of their columns or rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import xor

Masks = tuple[int, ...]


def identity(size: int) -> Masks:
    """Return the identity, whose columns equal its rows."""
    return tuple(1 << bit for bit in range(size))


def through(columns: Sequence[int], vector: int) -> int:
    """Return a matrix times a vector: the exclusive or of the columns at its set bits."""
    chosen = (column for bit, column in enumerate(columns) if vector >> bit & 1)
    return reduce(xor, chosen, 0)


def transposed(masks: Sequence[int]) -> Masks:
    """Return the rows of a matrix from its columns, or the columns from its rows."""
    size = range(len(masks))
    return tuple(sum((masks[k] >> bit & 1) << k for k in size) for bit in size)


def product(masks: Iterable[int], others: Sequence[int]) -> Masks:
    """Return the rows of the product A B from rows, or the columns of B A from columns."""
    return tuple(through(others, mask) for mask in masks)


def inverse(masks: Sequence[int]) -> Masks:
    """Return the inverse by columns from columns, or by rows from rows."""
    pairs = [(mask, 1 << bit) for bit, mask in enumerate(masks)]
    for bit in range(len(pairs)):
        pivot = next(i for i in range(bit, len(pairs)) if pairs[i][0] >> bit & 1)
        pairs[bit], pairs[pivot] = pairs[pivot], pairs[bit]
        mask, sources = pairs[bit]
        for other, (left, right) in enumerate(pairs):
            if other != bit and left >> bit & 1:
                pairs[other] = left ^ mask, right ^ sources
    return tuple(sources for _, sources in pairs)


def spread(local: int, places: Sequence[int]) -> int:
    """Move the bits of a number to other places."""
    return sum((local >> bit & 1) << place for bit, place in enumerate(places))
