"""Sums over indices with the signs (-1)**parity(mask & index), for many masks at once.

An index is split into a high and a low part. The sum of weight * (-1)**parity(mask & index) over
the masks is then a matrix product A W B: A has the signs of the high parts, W the weights, and B
the signs of the low parts. Sums over the indices, with the signs of each mask, use the transposed
product.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qgate.caches import MIB, sized_cache
from qgate.typing import FloatArray, IntArray, NumericArray

BLOCK_BITS = 14
"""States with more bits are processed in blocks."""


class Parities:
    """Signs of T masks on the indices of n bits.

    Parameters
    ----------
    masks : sequence of int
    num_bits : int
    """

    def __init__(self, masks: Sequence[int] | IntArray, num_bits: int) -> None:
        self.low_bits = (num_bits + 1) // 2
        numbers = np.asarray(masks, dtype=np.int64)
        high, row = np.unique(numbers >> self.low_bits, return_inverse=True)
        low, column = np.unique(numbers & ((1 << self.low_bits) - 1), return_inverse=True)
        self._place = row * len(low) + column
        self._before = _signs(num_bits - self.low_bits, high).T
        self._after = _signs(self.low_bits, low)

    def weights(self, weights: NumericArray) -> NumericArray:
        """Arrange a weight for each mask, shape (R, T), as ``diagonal`` requires."""
        high, low = self._before.shape[1], len(self._after)
        laid = np.zeros((high * low, len(weights)), weights.dtype)
        np.add.at(laid, self._place, weights.T)
        return laid.T.reshape(-1, high, low)

    def diagonal(self, weights: NumericArray, block: Block) -> NumericArray:
        """Return the sum of the weighted signs at every index of a block, (R, indices)."""
        found = self._before[self._rows(block)] @ weights @ self._after
        return found.reshape(len(found), -1)

    def sums(self, values: NumericArray, block: Block) -> NumericArray:
        """Return signed sums of values at the indices of a block: (R, indices) to (R, T)."""
        parts = values.reshape(len(values), -1, 1 << self.low_bits)
        sums = self._before[self._rows(block)].T @ parts @ self._after.T
        return sums.reshape(len(values), -1)[:, self._place]

    def _rows(self, block: Block) -> slice:
        shift = block.bits - self.low_bits
        return slice(block.number << shift, (block.number + 1) << shift)


@dataclass(frozen=True, slots=True)
class Block:
    """Block of consecutive indices: those whose bits from ``bits`` on are ``number``."""

    number: int
    bits: int

    def of(self, vectors: NumericArray) -> NumericArray:
        """Return a view of the entries of vectors (..., 2**n) in the block."""
        return vectors[..., self.number << self.bits : (self.number + 1) << self.bits]

    def flipped(self, vectors: NumericArray, flip: int) -> NumericArray:
        """Return, for each index, the entry of vectors (..., 2**n) at index ^ flip."""
        part = Block(self.number ^ (flip >> self.bits), self.bits).of(vectors)
        inside = flip & ((1 << self.bits) - 1)
        return part.take(_exchanged(self.bits, inside), axis=-1, mode="clip") if inside else part


def blocks(num_bits: int) -> Iterator[Block]:
    """Split the indices of n bits into blocks that are processed together."""
    bits = min(num_bits, max(BLOCK_BITS, (num_bits + 1) // 2))
    for number in range(1 << (num_bits - bits)):
        yield Block(number, bits)


@sized_cache(16 * MIB)
def _exchanged(num_bits: int, flip: int) -> IntArray:
    """Return index ^ flip for every index."""
    return np.arange(1 << num_bits) ^ flip


def _signs(num_bits: int, masks: IntArray) -> FloatArray:
    """Return (-1)**parity(mask & index), shape (masks, 2**num_bits)."""
    odd = np.bitwise_count(masks[:, None] & np.arange(1 << num_bits)) & 1
    signs: FloatArray = 1.0 - 2.0 * odd
    return signs
