"""Qubit-wise commuting groups of Pauli words: one measured circuit serves each group."""

from __future__ import annotations

import numpy as np

from qgate.operations.pauli_words import pack, to_letters
from qgate.typing import BoolArray, IntArray


def qubit_wise_groups(x: BoolArray, z: BoolArray) -> tuple[IntArray, ...]:
    """Group Pauli words, shape (T, n), so that no wire has two different letters within a group.

    Greedy, in the given order: each word joins the first group in which it fits, or starts a new
    one. The same words in the same order give the same groups.

    Returns
    -------
    tuple of array of int
        The members of each group, ascending; every word is in exactly one group.

    Notes
    -----
    Cost: O(T G n / 64) for G groups.
    """
    flips, signs, support = pack(x), pack(z), pack(x | z)
    shape = (len(x), flips.shape[1])
    group_flips, group_signs, group_support = (np.zeros(shape, dtype=np.uint64) for _ in range(3))
    members: list[list[int]] = []
    for term in range(len(x)):
        count = len(members)
        differs = (group_flips[:count] ^ flips[term]) | (group_signs[:count] ^ signs[term])
        fits = ~(differs & group_support[:count] & support[term]).any(axis=1)
        place = int(fits.argmax()) if fits.any() else count
        if place == count:
            members.append([])
        members[place].append(term)
        group_flips[place] |= flips[term]
        group_signs[place] |= signs[term]
        group_support[place] |= support[term]
    return tuple(np.array(group, dtype=np.int64) for group in members)


def is_qubit_wise(x: BoolArray, z: BoolArray) -> bool:
    """Return whether these words commute qubit-wise: no wire has two different letters."""
    letters = [(x & ~z).any(axis=0), (z & ~x).any(axis=0), (x & z).any(axis=0)]
    return not bool((np.sum(letters, axis=0) > 1).any())


def group_basis(x: BoolArray, z: BoolArray) -> str:
    """Return the letter of each wire for the words of one group; I where none of them acts."""
    flips, signs = np.logical_or.reduce(x, axis=0), np.logical_or.reduce(z, axis=0)
    return to_letters(flips[None, :], signs[None, :])[0]
