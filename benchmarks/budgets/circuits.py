"""Circuits whose gradients are estimated, in the vocabulary of both libraries."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy

HAMILTONIANS = Path(__file__).parents[1] / "hamiltonians"

Apply = Callable[[Any, Any, Mapping[str, Any]], None]
"""Applies the gates; called with the library, the weights and the record of the Hamiltonian."""


@dataclass(frozen=True)
class Circuit:
    """Variational circuit, and the point at which its gradient is taken.

    Parameters
    ----------
    title : str
    data : str
        The file of its Hamiltonian.
    apply : callable
    size : callable
        Number of weights, from the record of the Hamiltonian.
    near_optimum : bool
        Near the end of a training, or at random angles.
    goal : float
        Target factor over PennyLane's default.
    """

    title: str
    data: str
    apply: Apply
    size: Callable[[Mapping[str, Any]], int]
    near_optimum: bool
    goal: float | None = None

    @property
    def record(self) -> Mapping[str, Any]:
        """The Hamiltonian and its known properties."""
        return read(self.data)

    def function(self, qml: Any) -> Callable[[Any], Any]:
        """Return the quantum function."""
        observable = hamiltonian(qml, self.record)

        def energy(weights: Any) -> Any:
            self.apply(qml, weights, self.record)
            return qml.expval(observable)

        return energy


@cache
def read(data: str) -> Mapping[str, Any]:
    """Return the record of a Hamiltonian."""
    found: Mapping[str, Any] = json.loads((HAMILTONIANS / f"{data}.json").read_text())
    return found


def hamiltonian(qml: Any, record: Mapping[str, Any]) -> Any:
    """Return the sum of the Pauli words of a record."""
    coefficients = [coefficient for coefficient, _ in record["terms"]]
    return qml.Hamiltonian(coefficients, [word(qml, letters) for _, letters in record["terms"]])


def word(qml: Any, letters: str) -> Any:
    """Return a Pauli word, one letter for each wire."""
    gates = {"X": qml.PauliX, "Y": qml.PauliY, "Z": qml.PauliZ}
    factors = [gates[letter](wire) for wire, letter in enumerate(letters) if letter != "I"]
    if not factors:
        return qml.Identity(0)
    return factors[0] if len(factors) == 1 else qml.prod(*factors)


def excitations(record: Mapping[str, Any]) -> list[tuple[int, ...]]:
    """Return the double and single excitations that keep the spin, of interleaved orbitals."""
    filled = range(record["electrons"])
    empty = range(record["electrons"], record["qubits"])
    singles = [(i, a) for i in filled for a in empty if i % 2 == a % 2]
    doubles = [
        (i, j, a, b)
        for i in filled
        for j in filled
        for a in empty
        for b in empty
        if i < j and a < b and sorted((i % 2, j % 2)) == sorted((a % 2, b % 2))
    ]
    return [*doubles, *singles]


def unitary_coupled_cluster(qml: Any, weights: Any, record: Mapping[str, Any]) -> None:
    """Apply all excitations to the Hartree-Fock state."""
    for wire in range(record["electrons"]):
        qml.PauliX(wires=wire)
    for index, wires in enumerate(excitations(record)):
        gate = qml.SingleExcitation if len(wires) == 2 else qml.DoubleExcitation
        gate(weights[index], wires=list(wires))


def hardware_efficient(layers: int, qml: Any, weights: Any, record: Mapping[str, Any]) -> None:
    """Apply layers of RY, RZ and a chain of CZ, and RY at the end."""
    angles, wires = iter(weights), range(record["qubits"])
    for _ in range(layers):
        for gate in (qml.RY, qml.RZ):
            for wire in wires:
                gate(next(angles), wires=wire)
        for wire in wires[:-1]:
            qml.CZ(wires=[wire, wire + 1])
    for wire in wires:
        qml.RY(next(angles), wires=wire)


def brickwork(layers: int, qml: Any, weights: Any, record: Mapping[str, Any]) -> None:
    """Apply layers of RY with CZ between them, on even and odd neighbours in turn."""
    count = record["qubits"]
    for layer in range(layers):
        for wire in range(count):
            qml.RY(weights[layer * count + wire], wires=wire)
        if layer + 1 < layers:
            for wire in range(layer % 2, count - 1, 2):
                qml.CZ(wires=[wire, wire + 1])


def alternating(layers: int, qml: Any, weights: Any, record: Mapping[str, Any]) -> None:
    """Apply QAOA for the ZZ words of a record."""
    count = record["qubits"]
    edges = [
        [wire for wire, letter in enumerate(letters) if letter == "Z"]
        for _, letters in record["terms"]
        if letters.count("Z") == 2
    ]
    for wire in range(count):
        qml.Hadamard(wires=wire)
    for layer in range(layers):
        for edge in edges:
            qml.IsingZZ(weights[2 * layer], wires=edge)
        for wire in range(count):
            qml.RX(2 * weights[2 * layer + 1], wires=wire)


def _excited(title: str, data: str, near: bool, goal: float | None) -> Circuit:
    return Circuit(
        f"{title} UCCSD, {'near the optimum' if near else 'random angles'}",
        data,
        unitary_coupled_cluster,
        lambda record: len(excitations(record)),
        near,
        goal,
    )


def _layered(title: str, data: str, layers: int, near: bool, goal: float | None) -> Circuit:
    return Circuit(
        f"{title} hardware-efficient, {'near the optimum' if near else 'random angles'}",
        data,
        partial(hardware_efficient, layers),
        lambda record: (2 * layers + 1) * record["qubits"],
        near,
        goal,
    )


H2, LIH6 = "h2_sto3g_0.7414", "lih_sto3g_1.595_sigma6"
LIH10, LIH12 = "lih_sto3g_1.595_fc10", "lih_sto3g_1.595"
BEH2, ISING, MAXCUT = "beh2_sto3g_1.3264_sigma8", "tfim_open_n8_J1_h1", "maxcut_3reg_n8"

CIRCUITS: Mapping[str, Circuit] = {
    "H2 uccsd": _excited("H2, 4 qubits,", H2, True, 4.8),
    "H2 hea": _layered("H2, 4 qubits,", H2, 1, False, 3.7),
    "LiH6 uccsd": _excited("LiH, 6 qubits,", LIH6, True, 15.0),
    "LiH6 hea": _layered("LiH, 6 qubits,", LIH6, 1, True, 10.0),
    "LiH10 uccsd": _excited("LiH, 10 qubits,", LIH10, True, 16.0),
    "BeH2 uccsd": _excited("BeH2, 8 qubits,", BEH2, True, 9.0),
    "TFIM8 hea": _layered("Ising chain, 8 qubits,", ISING, 2, True, 2.7),
    "TFIM8 bricks": Circuit(
        "Ising chain, 8 qubits, brickwork, near the optimum",
        ISING,
        partial(brickwork, 5),
        lambda record: 5 * record["qubits"],
        True,
        None,
    ),
    "QAOA8": Circuit(
        "MaxCut, 8 qubits, QAOA p = 2, near the optimum",
        MAXCUT,
        partial(alternating, 2),
        lambda record: 4,
        True,
        1.9,
    ),
}
"""Measured circuits, by short names."""


def angles(circuit: Circuit, minimise: Callable[[Any], Any]) -> Any:
    """Return the point of the gradient; ``minimise`` runs gradient descent from a start."""
    generator = numpy.random.default_rng(11)
    size = circuit.size(circuit.record)
    if not circuit.near_optimum:
        return generator.uniform(-numpy.pi, numpy.pi, size)
    start = generator.normal(0, 0.1, size)
    if circuit.data == MAXCUT:
        start = numpy.array([0.6, 0.6, 1.0, 0.3]) + start
    return minimise(start) + generator.normal(0, 0.05, size)
