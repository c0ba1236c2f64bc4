"""Library-independent circuits: gates by name, angles by number, an observable as Pauli words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

HAMILTONIANS = Path(__file__).parents[1] / "hamiltonians"


@dataclass(frozen=True)
class Gate:
    """A gate on some wires, and the index of its angle."""

    name: str
    wires: tuple[int, ...]
    angle: int | None = None


@dataclass(frozen=True)
class Circuit:
    """Gates on the state of all zeros, or of some ones, and Pauli words to be measured."""

    num_wires: int
    gates: tuple[Gate, ...]
    words: tuple[tuple[float, str], ...]
    occupied: tuple[int, ...] = ()

    @property
    def num_angles(self) -> int:
        return 1 + max(gate.angle for gate in self.gates if gate.angle is not None)


def word(n: int, **letters: Sequence[int]) -> str:
    """Return a Pauli word, as ``word(4, Z=(0, 1))`` is "ZZII"."""
    at = {wire: letter for letter, wires in letters.items() for wire in wires}
    return "".join(at.get(wire, "I") for wire in range(n))


def ising(n: int) -> tuple[tuple[float, str], ...]:
    """Return the sum of Z Z on neighbours and 0.5 X on every wire."""
    pairs = [(1.0, word(n, Z=(wire, wire + 1))) for wire in range(n - 1)]
    return (*pairs, *((0.5, word(n, X=(wire,))) for wire in range(n)))


def layers(n: int, count: int) -> Circuit:
    """Return layers of RX, RY and RZ on every wire, each with a ring of CNOT behind it."""
    gates: list[Gate] = []
    for layer in range(count):
        for wire in range(n):
            first = 3 * (layer * n + wire)
            gates += [Gate(name, (wire,), first + i) for i, name in enumerate(("RX", "RY", "RZ"))]
        gates += [Gate("CNOT", (wire, (wire + 1) % n)) for wire in range(n)]
    return Circuit(n, tuple(gates), ising(n))


def unstructured(n: int, rotations: int, entanglers: int) -> Circuit:
    """Return rotations and CNOT on random wires, in random order."""
    random = np.random.default_rng(6)
    gates: list[Gate] = []
    angles = iter(range(rotations))
    for turns in random.permutation([True] * rotations + [False] * entanglers):
        if turns:
            name = str(random.choice(["RX", "RY", "RZ"]))
            gates.append(Gate(name, (int(random.integers(n)),), next(angles)))
        else:
            gates.append(Gate("CNOT", tuple(int(w) for w in random.choice(n, 2, replace=False))))
    return Circuit(n, tuple(gates), ising(n))


def regular_graph(n: int, degree: int) -> list[tuple[int, int]]:
    """Return the edges of a random graph whose nodes have this degree."""
    random = np.random.default_rng(3)
    while True:
        ends = random.permutation(np.repeat(np.arange(n), degree)).reshape(-1, 2)
        edges = sorted({(int(min(pair)), int(max(pair))) for pair in ends})
        if len(edges) == n * degree // 2 and all(a != b for a, b in edges):
            return edges


def qaoa(n: int, depth: int) -> Circuit:
    """Return a QAOA circuit on a random 3-regular graph; each layer has two angles in all."""
    edges = regular_graph(n, 3)
    gates = [Gate("Hadamard", (wire,)) for wire in range(n)]
    for layer in range(depth):
        gates += [Gate("IsingZZ", edge, 2 * layer) for edge in edges]
        gates += [Gate("RX", (wire,), 2 * layer + 1) for wire in range(n)]
    return Circuit(n, tuple(gates), tuple((1.0, word(n, Z=edge)) for edge in edges))


def excitations(electrons: int, n: int) -> Iterable[tuple[int, ...]]:
    """Yield the wires of all excitations that keep the spin, double ones first.

    Even wires are orbitals of one spin, odd wires of the other.
    """
    for taken in (2, 1):
        for below in combinations(range(electrons), taken):
            for above in combinations(range(electrons, n), taken):
                if sum(wire % 2 for wire in below) == sum(wire % 2 for wire in above):
                    yield (*below, *above)


def molecule(file: Path) -> Circuit:
    """Return all excitations of the Hartree-Fock state of a molecule."""
    data = json.loads(file.read_text(encoding="utf-8"))
    n, electrons = data["qubits"], data["electrons"]
    names = {2: "SingleExcitation", 4: "DoubleExcitation"}
    gates = [
        Gate(names[len(wires)], wires, angle)
        for angle, wires in enumerate(excitations(electrons, n))
    ]
    words = tuple((float(coefficient), letters) for coefficient, letters in data["terms"])
    return Circuit(n, tuple(gates), words, occupied=tuple(map(int, data["hf_bitstring"])))


def lithium_hydride() -> Circuit:
    """Return all excitations of 4 electrons in the 12 spin orbitals of LiH."""
    return molecule(HAMILTONIANS / "lih_sto3g_1.595.json")
