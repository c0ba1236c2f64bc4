"""Measurement bases: commuting Pauli words are measured together.

Qubit-wise commuting Pauli words have equal letters on the wires that they share. Fully commuting
ones are mapped to products of Z by one Clifford circuit (Gokhale et al., arXiv:1907.13623), after
which all of them are parities of one measurement of the wires. The circuit is found by Gaussian
elimination over GF(2) of the x bits, in the tableau representation of Aaronson and Gottesman
(arXiv:quant-ph/0406196).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qgate.operations.gate import GATES
from qgate.operations.operator import Operator
from qgate.operations.pauli_gates import basis_gates
from qgate.operations.pauli_words import to_letters
from qgate.recording import paused
from qgate.shot_allocation.parity import Representatives, row_reduced
from qgate.typing import BoolArray, FloatArray, IntArray
from qgate.wires import Wires


@dataclass(frozen=True, eq=False)
class Basis:
    """A measurement basis, and those of T Pauli words that can be measured in it."""

    gates: tuple[Operator, ...]  # before the measurement of the n wires
    readable: BoolArray  # (T,), whether each Pauli word can be measured
    supports: BoolArray  # (T, n), wires whose parity is the value of a Pauli word, up to its sign
    signs: FloatArray  # (T,)

    def values(self, bits: BoolArray) -> FloatArray:
        """Return the values of the readable Pauli words, from outcomes (U, n) to (U, readable)."""
        chosen = self.supports[self.readable]
        ones = bits.astype(np.float32) @ chosen.T.astype(np.float32)
        return np.asarray((1.0 - 2.0 * (ones % 2)) * self.signs[self.readable])


@dataclass(frozen=True, eq=False)
class Bases:
    """B measurement bases; each of T Pauli words can be measured in at least one of them."""

    wires: Wires  # in the order of the supports
    members: tuple[Basis, ...]
    home: IntArray  # (T,), the basis to which each Pauli word was first assigned

    def __len__(self) -> int:
        return len(self.members)

    @cached_property
    def readable(self) -> BoolArray:
        """Whether each Pauli word can be measured in each basis, shape (B, T)."""
        rows = [basis.readable for basis in self.members]
        return np.array(rows, dtype=bool).reshape(len(self), len(self.home))

    @cached_property
    def disjoint(self) -> BoolArray:
        """The same if each Pauli word is measured only in its home basis, shape (B, T)."""
        return np.asarray(np.arange(len(self))[:, None] == self.home[None, :])


def qubit_wise(words: Representatives, strengths: FloatArray, wires: Wires) -> Bases:
    """Group T Pauli words into bases that measure every wire in one of X, Y and Z.

    Sorted insertion: each Pauli word, the one with the largest strength (T,) first, goes to the
    first basis that can measure it or a representative of it. Then each basis assigns its free
    wires to further Pauli words in the same order, so that a Pauli word may be measured in many
    bases.

    Cost: O(T B R n). Reference: Crawford et al., Quantum 5, 385 (2021), arXiv:1908.06942.
    """
    order = np.argsort(-strengths, kind="stable").tolist()
    x, z = _integers(words.x), _integers(words.z)
    pairs = [list(zip(*each, strict=True)) for each in zip(x, z, strict=True)]
    letters: list[_Letters] = []
    home = np.zeros(len(strengths), dtype=np.int64)
    for term in order:
        place = next((i for i, basis in enumerate(letters) if basis.add(pairs[term])), None)
        if place is None:
            place = len(letters)
            letters.append(_Letters())
            letters[-1].add(pairs[term])
        home[term] = place
    for basis in letters:
        for term in order:
            basis.add(pairs[term])
    with paused():
        return Bases(wires, tuple(basis.completed(words, wires) for basis in letters), home)


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

    def add(self, words: Iterable[tuple[int, int]]) -> bool:
        """Fix the letters of the first Pauli word that fits; return whether one does."""
        for x, z in words:
            both = (self.x | self.z) & (x | z)
            if not ((self.x ^ x) | (self.z ^ z)) & both:
                self.x |= x
                self.z |= z
                return True
        return False

    def completed(self, words: Representatives, wires: Wires) -> Basis:
        """Return the basis; all letters are fixed."""
        count = len(wires)
        own_x, own_z = (
            np.array([number >> place & 1 for place in range(count - 1, -1, -1)], dtype=bool)
            for number in (self.x, self.z)
        )
        acts = words.x | words.z
        clashes: BoolArray = np.asarray(acts & ((own_x ^ words.x) | (own_z ^ words.z)))
        fits = np.asarray(~clashes.any(axis=2))
        chosen = fits.argmax(axis=1)
        rows = np.arange(len(chosen))
        word = to_letters(own_x[None, :], own_z[None, :])[0]
        gates = tuple(basis_gates(word, wires))
        return Basis(
            gates, np.asarray(fits.any(axis=1)), acts[rows, chosen], words.signs[rows, chosen]
        )


def fully_commuting(words: Representatives, strengths: FloatArray, wires: Wires) -> Bases:
    """Group T Pauli words that commute, even if their letters differ on single wires.

    Sorted insertion as for ``qubit_wise``, into the first basis with all of whose Pauli words a
    Pauli word commutes. Then each basis adds all that commute with it. Representatives are ignored.

    Cost: O(T B n) operations, and O(n^2) gates, among them at most n (n - 1) / 2 CZ and as many
    CNOT in each basis. Reference: Gokhale et al., arXiv:1907.13623.
    """
    x, z = words.x[:, 0], words.z[:, 0]
    first, second = x.astype(np.int64), z.astype(np.int64)
    commutes = np.asarray((first @ second.T + second @ first.T) % 2 == 0)
    order = np.argsort(-strengths, kind="stable").tolist()
    groups: list[list[int]] = []
    home = np.zeros(len(strengths), dtype=np.int64)
    for term in order:
        place = next((i for i, group in enumerate(groups) if commutes[term, group].all()), None)
        if place is None:
            place = len(groups)
            groups.append([])
        groups[place].append(term)
        home[term] = place
    with paused():
        bases = [_diagonalized(x, z, _extended(group, order, commutes), wires) for group in groups]
    return Bases(wires, tuple(bases), home)


def _extended(group: list[int], order: list[int], commutes: BoolArray) -> list[int]:
    """Return the Pauli words of a group, and those that commute with all added before."""
    extended, fits = list(group), np.asarray(commutes[group].all(axis=0))
    inside = set(group)
    for term in order:
        if fits[term] and term not in inside:
            extended.append(term)
            fits &= commutes[term]
    return extended


@dataclass(eq=False)
class _Tableau:
    """Pauli words with their signs, and the gates that were applied to all of them."""

    x: BoolArray
    z: BoolArray
    signs: BoolArray
    wires: Wires
    gates: list[Operator]

    def add(self, name: str, *places: int) -> None:
        self.gates.append(GATES[name](wires=[self.wires[place] for place in places]))

    def hadamard(self, at: int) -> None:
        self.signs ^= self.x[:, at] & self.z[:, at]
        self.x[:, at], self.z[:, at] = self.z[:, at].copy(), self.x[:, at].copy()
        self.add("Hadamard", at)

    def phase(self, at: int) -> None:
        self.signs ^= self.x[:, at] & self.z[:, at]
        self.z[:, at] ^= self.x[:, at]
        self.add("S", at)

    def cnot(self, control: int, target: int) -> None:
        both = self.x[:, control] & self.z[:, target]
        self.signs ^= both & ~(self.x[:, target] ^ self.z[:, control])
        self.x[:, target] ^= self.x[:, control]
        self.z[:, control] ^= self.z[:, target]
        self.add("CNOT", control, target)

    def cz(self, first: int, second: int) -> None:
        self.signs ^= self.x[:, first] & self.x[:, second] & (self.z[:, first] ^ self.z[:, second])
        self.z[:, first] ^= self.x[:, second]
        self.z[:, second] ^= self.x[:, first]
        self.add("CZ", first, second)


def _diagonalized(x: BoolArray, z: BoolArray, group: list[int], wires: Wires) -> Basis:
    """Diagonalize commuting Pauli words, and find all Pauli words that become products of Z.

    The tableau holds all Pauli words, and below them a copy of the group. The copy is multiplied
    with each other until r of them have a single x bit each, on different wires, and the others
    have none.
    """
    size = len(x)
    every_x, every_z = np.concatenate([x, x[group]]), np.concatenate([z, z[group]])
    table = _Tableau(every_x, every_z, np.zeros(len(every_x), dtype=bool), wires, [])
    columns = row_reduced(table.x[size:], table.z[size:])  # another generating set of the group
    pivots = [(size + row, at) for row, at in enumerate(columns)]
    for row, at in pivots:
        for other in np.flatnonzero(table.x[row]):
            if other != at:
                table.cnot(at, int(other))
    for row, at in pivots:
        for other in np.flatnonzero(table.z[row]):
            if other != at:
                table.cz(at, int(other))
        if table.z[row, at]:
            table.phase(at)
    for _, at in pivots:
        table.hadamard(at)
    readable = np.asarray(~table.x[:size].any(axis=1))
    signs = np.where(table.signs[:size], -1.0, 1.0)
    return Basis(tuple(table.gates), readable, table.z[:size], signs)
