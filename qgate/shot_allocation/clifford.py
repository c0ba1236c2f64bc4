"""Measurement bases of fully commuting Pauli words: Clifford gates diagonalize a group.

Commuting Pauli words can be mapped to products of Z by one Clifford circuit (Gokhale et al.,
arXiv:1907.13623), after which all of them are parities of one measurement of the wires. The circuit
is found by Gaussian elimination over GF(2) of the x bits, in the tableau representation of
Aaronson and Gottesman (arXiv:quant-ph/0406196).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qgate.operations.gate import GATES
from qgate.operations.operator import Operator
from qgate.recording import paused
from qgate.shot_allocation.bases import Bases, Basis
from qgate.shot_allocation.parity import Representatives
from qgate.typing import BoolArray, FloatArray, IntArray
from qgate.wires import Wires


def fully_commuting(words: Representatives, strengths: FloatArray, wires: Wires) -> Bases:
    """Group Pauli words that commute, even if their letters differ on single wires.

    Sorted insertion as for ``qubit_wise``: a Pauli word goes to the first basis with all of whose
    Pauli words it commutes. Then each basis adds all Pauli words that commute with it, the ones
    with the largest coefficients first, so that a Pauli word may be measured in many bases.

    Parameters
    ----------
    words : Representatives
        T Pauli words; representatives are ignored.
    strengths : array, shape (T,)
    wires : Wires

    Notes
    -----
    Cost: O(T B n) operations, and O(n^2) gates, among them at most n (n - 1) / 2 CZ and as many
    CNOT in each basis. Reference: Gokhale et al., arXiv:1907.13623.
    """
    x, z = words.x[:, 0], words.z[:, 0]
    commutes = _commuting(x, z)
    order = np.argsort(-strengths, kind="stable")
    members: list[list[int]] = []
    home = np.zeros(len(strengths), dtype=np.int64)
    for term in order:
        place = next(
            (at for at, group in enumerate(members) if commutes[term, group].all()), len(members)
        )
        if place == len(members):
            members.append([])
        members[place].append(int(term))
        home[term] = place
    with paused():
        bases = tuple(_basis(x, z, _extended(group, order, commutes), wires) for group in members)
    return Bases(wires, bases, home)


def _commuting(x: BoolArray, z: BoolArray) -> BoolArray:
    first, second = x.astype(np.int64), z.astype(np.int64)
    return np.asarray((first @ second.T + second @ first.T) % 2 == 0)


def _extended(group: list[int], order: IntArray, commutes: BoolArray) -> list[int]:
    """Return the Pauli words of a group, and those that commute with all added before."""
    taken, fits = list(group), np.asarray(commutes[group].all(axis=0))
    inside = set(group)
    for term in order.tolist():
        if fits[term] and term not in inside:
            taken.append(term)
            fits &= commutes[term]
    return taken


@dataclass(eq=False)
class _Tableau:
    """Pauli words with their signs, and the gates that were applied to all of them."""

    x: BoolArray
    z: BoolArray
    signs: BoolArray
    wires: Wires
    gates: list[Operator]

    def hadamard(self, at: int) -> None:
        self.signs ^= self.x[:, at] & self.z[:, at]
        self.x[:, at], self.z[:, at] = self.z[:, at].copy(), self.x[:, at].copy()
        self.gates.append(GATES["Hadamard"](wires=self.wires[at]))

    def phase(self, at: int) -> None:
        self.signs ^= self.x[:, at] & self.z[:, at]
        self.z[:, at] ^= self.x[:, at]
        self.gates.append(GATES["S"](wires=self.wires[at]))

    def cnot(self, control: int, target: int) -> None:
        both = self.x[:, control] & self.z[:, target]
        self.signs ^= both & ~(self.x[:, target] ^ self.z[:, control])
        self.x[:, target] ^= self.x[:, control]
        self.z[:, control] ^= self.z[:, target]
        self.gates.append(GATES["CNOT"](wires=[self.wires[control], self.wires[target]]))

    def cz(self, first: int, second: int) -> None:
        self.signs ^= self.x[:, first] & self.x[:, second] & (self.z[:, first] ^ self.z[:, second])
        self.z[:, first] ^= self.x[:, second]
        self.z[:, second] ^= self.x[:, first]
        self.gates.append(GATES["CZ"](wires=[self.wires[first], self.wires[second]]))


def _basis(x: BoolArray, z: BoolArray, group: list[int], wires: Wires) -> Basis:
    """Diagonalize commuting Pauli words, and find all Pauli words that become products of Z.

    The tableau holds all Pauli words, and below them a copy of the group. The copy is multiplied
    with each other until r of them have a single x bit each, on different wires, and the others
    have none.
    """
    size = len(x)
    table = _Tableau(
        np.concatenate([x, x[group]]),
        np.concatenate([z, z[group]]),
        np.zeros(size + len(group), dtype=bool),
        wires,
        [],
    )
    pivots = _reduced(table, size)
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


def _reduced(table: _Tableau, start: int) -> list[tuple[int, int]]:
    """Eliminate the x bits of the Pauli words from row ``start``; return pivot rows and wires.

    Multiplying Pauli words changes the generators of the group, not the group. Signs are ignored.
    """
    pivots: list[tuple[int, int]] = []
    for at in range(table.x.shape[1]):
        row = start + len(pivots)
        candidates = np.flatnonzero(table.x[row:, at]) + row
        if not len(candidates):
            continue
        for bits in (table.x, table.z):
            bits[[row, candidates[0]]] = bits[[candidates[0], row]]
        others = table.x[:, at].copy()
        others[:start] = others[row] = False
        table.x[others] ^= table.x[row]
        table.z[others] ^= table.z[row]
        pivots.append((row, at))
    return pivots
