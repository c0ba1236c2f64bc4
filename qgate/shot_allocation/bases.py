"""Measurement bases of Pauli words, by qubit-wise commutation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qgate.operations.operator import Operator
from qgate.operations.pauli_gates import basis_gates
from qgate.operations.pauli_words import to_letters
from qgate.recording import paused
from qgate.shot_allocation.parity import Representatives
from qgate.typing import BoolArray, FloatArray, IntArray
from qgate.wires import Wires


@dataclass(frozen=True, eq=False)
class Basis:
    """A measurement basis, and the Pauli words that can be measured in it.

    Parameters
    ----------
    gates : tuple of Operator
        Gates before the measurement of the wires.
    readable : array of bool, shape (T,)
        Whether each Pauli word can be measured.
    supports : array of bool, shape (T, n)
        Wires whose parity is the value of a Pauli word, up to its sign.
    signs : array, shape (T,)
    """

    gates: tuple[Operator, ...]
    readable: BoolArray
    supports: BoolArray
    signs: FloatArray

    def values(self, bits: BoolArray) -> FloatArray:
        """Return the values of the readable Pauli words, from outcomes (U, n) to (U, readable)."""
        chosen = self.supports[self.readable]
        ones = bits.astype(np.float32) @ chosen.T.astype(np.float32)
        return np.asarray((1.0 - 2.0 * (ones % 2)) * self.signs[self.readable])


@dataclass(frozen=True, eq=False)
class Bases:
    """All measurement bases; each Pauli word can be measured in at least one of them.

    Parameters
    ----------
    wires : Wires
        The n wires, in the order of the supports.
    members : tuple of Basis
    home : array of int, shape (T,)
        The basis to which each Pauli word was first assigned.
    """

    wires: Wires
    members: tuple[Basis, ...]
    home: IntArray

    def __len__(self) -> int:
        return len(self.members)

    def readable(self) -> BoolArray:
        """Return whether each Pauli word can be measured in each basis, shape (B, T)."""
        rows = [basis.readable for basis in self.members]
        return np.array(rows, dtype=bool).reshape(len(self), len(self.home))

    def disjoint(self) -> BoolArray:
        """Return the same if each Pauli word is measured only in its home basis, shape (B, T)."""
        return np.asarray(np.arange(len(self))[:, None] == self.home[None, :])


def qubit_wise(words: Representatives, strengths: FloatArray, wires: Wires) -> Bases:
    """Group Pauli words into bases that measure every wire in one of X, Y and Z.

    Sorted insertion: each Pauli word, the one with the largest coefficient first, goes to the first
    basis that can measure it or a representative of it. Then each basis assigns its free wires to
    further Pauli words in the same order, so that a Pauli word may be measured in many bases.

    Parameters
    ----------
    words : Representatives
        T Pauli words, each with R representatives.
    strengths : array, shape (T,)
    wires : Wires

    Notes
    -----
    Cost: O(T B R n). Reference: Crawford et al., Quantum 5, 385 (2021), arXiv:1908.06942.
    """
    order = np.argsort(-strengths, kind="stable").tolist()
    x, z = _integers(words.x), _integers(words.z)
    pairs = [list(zip(*each, strict=True)) for each in zip(x, z, strict=True)]
    letters: list[_Letters] = []
    home = np.zeros(len(strengths), dtype=np.int64)
    for term in order:
        place = next((i for i, basis in enumerate(letters) if basis.take(pairs[term])), None)
        if place is None:
            place = len(letters)
            letters.append(_Letters())
            letters[-1].take(pairs[term])
        home[term] = place
    for basis in letters:
        for term in order:
            basis.take(pairs[term])
    with paused():
        members = tuple(basis.made(words, wires) for basis in letters)
    return Bases(wires, members, home)


def _integers(bits: BoolArray) -> list[list[int]]:
    """Return rows of bits (T, R, n) as integers of any size; the first wire is the highest bit."""
    return [
        [
            int.from_bytes(np.packbits(row[::-1], bitorder="little").tobytes(), "little")
            for row in rows
        ]
        for rows in bits
    ]


class _Letters:
    """One letter (X, Y or Z) for each wire, as bits x and z."""

    def __init__(self) -> None:
        self.x = self.z = 0

    def take(self, words: list[tuple[int, int]]) -> bool:
        """Fix the letters of the first Pauli word that fits; return whether one does."""
        for x, z in words:
            both = (self.x | self.z) & (x | z)
            if not ((self.x ^ x) | (self.z ^ z)) & both:
                self.x |= x
                self.z |= z
                return True
        return False

    def made(self, words: Representatives, wires: Wires) -> Basis:
        """Return the basis; all letters are fixed."""
        count = len(wires)
        own_x, own_z = (
            np.array([number >> place & 1 for place in range(count - 1, -1, -1)], dtype=bool)
            for number in (self.x, self.z)
        )
        differs = (own_x ^ words.x) | (own_z ^ words.z)
        clashes: BoolArray = np.asarray((words.x | words.z) & differs)
        fits = np.asarray(~clashes.any(axis=2))
        chosen = fits.argmax(axis=1)
        rows = np.arange(len(chosen))
        word = to_letters(own_x[None, :], own_z[None, :])[0]
        return Basis(
            tuple(basis_gates(word, wires)),
            np.asarray(fits.any(axis=1)),
            (words.x | words.z)[rows, chosen],
            words.signs[rows, chosen],
        )
