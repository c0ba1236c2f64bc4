r"""Which means of Pauli words can depend on which angles.

Taken back through a circuit, a word P becomes a sum of words. Here a set is kept that has all
of them, the words of :math:`P \cdot \langle V \rangle` where :math:`\langle V \rangle` is the
group that some words V generate. The rule, from the last gate to the first:

- A Clifford gate maps words to words. It is moved past all gates before it, whose generators it
  conjugates, so that neither P nor V change.
- A gate that commutes with P and all of V leaves the set as it is. If it is :math:`e^{ixG}`, the
  mean does not depend on x.
- Else the words of its generator are added to V, one after the other and only those that
  anticommute with something in the set where they commute with each other.

The set may be larger than it has to be, so a dependence may be reported that is none, but what
is reported not to depend does not, for any angles and any state before.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qgate.estimation.symplectic import Frame, anticommute, clifford_images, to_integers
from qgate.exceptions import UndefinedError
from qgate.gradients.generators import generator_words, in_generators
from qgate.operations.operator import Operator
from qgate.operations.pauli_decomposition import pauli_decompose
from qgate.structure import ArraySlot, Structure, slots_in
from qgate.typing import BoolArray
from qgate.wires import Wires

MOST_WIRES = 32
"""A word on so many wires is one integer of 64 bits; on more, every dependence is assumed."""

MOST_MATRIX_WIRES = 4
"""Fixed gates on more wires are taken to mix all words on these."""


def dependences(structure: Structure, wires: Wires, x: BoolArray, z: BoolArray) -> BoolArray:
    """Say of which slots the means of words can depend.

    Parameters
    ----------
    structure : Structure
        P slots.
    wires : Wires
        Among them are those of the structure.
    x, z : array of bool, shape (T, n)
        The words.

    Returns
    -------
    array of bool, shape (P, T)
        False: the mean of the word does not depend on the slot, whatever the angles.

    Notes
    -----
    Cost: O(T n) for each word of each generator; 0.4 s for 631 words on 12 wires and 92
    excitations.
    """
    if len(wires) > MOST_WIRES:
        return np.ones((structure.num_slots, len(x)), dtype=bool)
    found = np.zeros((structure.num_slots, len(x)), dtype=bool)
    reached, frame = _Reached(to_integers(x, z), len(wires)), Frame(len(wires))
    for operation in reversed(in_generators(structure).operations):
        columns = wires.indices(operation.wires)
        fed = [slot for symbol in operation.parameters for slot in slots_in(symbol)]
        images = None if fed else _images(operation)
        if images is not None:
            frame.prepend(images, columns)
            continue
        local, sequential = _words(operation)
        moved = reached.extend([frame(word, columns) for word in local], sequential=sequential)
        found[fed] |= moved
    return found


class _Reached:
    """For each word P the group V, as one basis of integers in echelon form."""

    def __init__(self, words: NDArray[np.uint64], num_wires: int) -> None:
        self.words, self.bits = words, 2 * num_wires
        self.num_wires = num_wires
        self.group = np.zeros((self.bits, len(words)), dtype=np.uint64)

    def extend(self, words: list[int], *, sequential: bool) -> BoolArray:
        """Take the sets through a gate with these words; say which it does not commute with."""
        moved = np.zeros(len(self.words), dtype=bool)
        if sequential:
            for word in words:
                touched = self._touched(word)
                self._add(word, touched)
                moved |= touched
            return moved
        for word in words:
            moved |= self._touched(word)
        for word in words:
            self._add(word, moved)
        return moved

    def _touched(self, word: int) -> BoolArray:
        direct = anticommute(self.words, word, self.num_wires)
        return direct | anticommute(self.group, word, self.num_wires).any(axis=0)

    def _add(self, word: int, chosen: BoolArray) -> None:
        if not chosen.any():
            return
        rest = np.where(chosen, np.uint64(word), np.uint64(0))
        for bit in reversed(range(self.bits)):
            leads = (rest >> np.uint64(bit)) & np.uint64(1) == 1
            if not leads.any():
                continue
            pivot = self.group[bit]
            opens = leads & (pivot == 0)
            pivot[opens] = rest[opens]
            rest[leads] ^= pivot[leads]  # where it opened a place nothing is left


@lru_cache(maxsize=4096)
def _local_words(width: int) -> tuple[int, ...]:
    """Generators of all words on so many wires."""
    return tuple(1 << bit for bit in range(2 * width))


def _words(operation: Operator) -> tuple[list[int], bool]:
    """Return words on a gate's own wires whose products its matrix is made of.

    Returns
    -------
    words : list of int
    sequential : bool
        Whether it is a product of exponentials of these words.
    """
    width = len(operation.wires)
    if any(slots_in(symbol) for symbol in operation.parameters):
        found = generator_words(operation)
        if found is None:
            return list(_local_words(width)), False
        words = [int(word) for word in to_integers(*_on(found, operation.wires))]
        commute = not any(
            anticommute(np.array(words, dtype=np.uint64), word, width).any() for word in words
        )
        return words, commute
    if not _is_known(operation):
        return list(_local_words(width)), False
    matrix = pauli_decompose(operation.matrix(), operation.wires)
    return [int(word) for word in to_integers(*_on(matrix, operation.wires)) if word], False


def _on(words: object, wires: Wires) -> tuple[BoolArray, BoolArray]:
    expanded = words.expanded(wires)  # type: ignore[attr-defined]
    return expanded.x, expanded.z


def _is_known(operation: Operator) -> bool:
    """Say whether a gate without slots has a matrix that can be looked at."""
    has_array = any(isinstance(symbol, ArraySlot) for symbol in operation.parameters)
    return not has_array and operation.has_matrix and len(operation.wires) <= MOST_MATRIX_WIRES


def _images(operation: Operator) -> tuple[int, ...] | None:
    """Return what a fixed gate makes of X and Z on its wires; None: no Clifford gate."""
    if not _is_known(operation):
        return None
    try:
        return clifford_images(operation.matrix())
    except UndefinedError:
        return None
