"""Sums of Pauli words on state vectors, in plain numpy.

A word maps index i to i ^ x; words with the same flip x share one gather and one diagonal.
"""

from __future__ import annotations

import numpy as np

from qgate.caches import MIB, sized_cache
from qgate.devices.local.parities import Block, Parities, blocks
from qgate.operations.pauli import PauliSum
from qgate.typing import ComplexArray, FloatArray, IntArray, NumericArray
from qgate.wires import Wires


def apply_words(observable: PauliSum, states: ComplexArray, order: Wires) -> ComplexArray:
    """Apply a sum of words to states (K, 2**n)."""
    groups = _groups_of(observable, order)
    coefficients = np.asarray(observable.parameters[0])
    weights = [group.weights(coefficients) for group in groups]
    found = np.zeros(states.shape, dtype=complex)
    for block in blocks(len(order)):
        part = block.of(found)
        for group, laid in zip(groups, weights, strict=True):
            part += block.flipped(states, group.flip) * group.diagonal(laid, block)
    return found


def word_means(observable: PauliSum, states: ComplexArray, order: Wires) -> FloatArray:
    """Return the expectation value of every word in states (K, 2**n), shape (K, T)."""
    means = np.zeros((len(states), observable.num_terms))
    for block in blocks(len(order)):
        own = block.of(states)
        for group in _groups_of(observable, order):
            means[:, group.members] += group.means(block.flipped(states, group.flip), own, block)
    return means


class WordGroup:
    """Words with the same flip.

    A word with the masks x, z maps index i to i ^ x with the factor 1j**|x & z| (-1)**|z & i|.

    Parameters
    ----------
    flip : int
    members : array of int, shape (T,)
        Indices of the words in the sum.
    masks : array of int, shape (T,)
        Mask z of each word.
    num_bits : int
    """

    def __init__(self, flip: int, members: IntArray, masks: IntArray, num_bits: int) -> None:
        self.flip, self.members = flip, members
        powers = np.bitwise_count(masks & flip)
        self.units = np.array([1, 1j, -1, -1j])[powers % 4]
        self.real = not (powers % 2).any()
        self.parities = Parities(masks, num_bits) if masks.any() else None

    def weights(self, coefficients: NumericArray) -> NumericArray:
        """Return the coefficients of all words as weights, as ``diagonal`` requires."""
        weights = (coefficients[self.members] * self.units.conj())[None]
        if not weights.imag.any():
            weights = weights.real
        return weights.sum() if self.parities is None else self.parities.weights(weights)

    def diagonal(self, weights: NumericArray, block: Block) -> NumericArray:
        """Return the factors of the flipped amplitudes of a block in the sum of the words."""
        return weights if self.parities is None else self.parities.diagonal(weights, block)

    def means(self, flipped: ComplexArray, own: ComplexArray, block: Block) -> FloatArray:
        """Return a block's part of each word's expectation value, (K, indices) to (K, T)."""
        values: NumericArray = flipped.conj() * own
        if self.real:
            values = np.ascontiguousarray(values.real)
        if self.parities is None:
            return np.asarray(values.sum(axis=1, keepdims=True))
        return np.real(self.parities.sums(values, block) * self.units)


def _groups_of(observable: PauliSum, order: Wires) -> tuple[WordGroup, ...]:
    x, z = observable.x_masks(order), observable.z_masks(order)
    return _groups(x.tobytes(), z.tobytes(), len(order))


@sized_cache(128 * MIB)
def _groups(x: bytes, z: bytes, num_bits: int) -> tuple[WordGroup, ...]:
    flips, masks = np.frombuffer(x, dtype=np.int64), np.frombuffer(z, dtype=np.int64)
    by_flip = np.argsort(flips, kind="stable")
    different, starts = np.unique(flips[by_flip], return_index=True)
    return tuple(
        WordGroup(int(flip), members, masks[members], num_bits)
        for flip, members in zip(different, np.split(by_flip, starts[1:]), strict=True)
    )
