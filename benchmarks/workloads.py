"""Circuits whose running time is measured, in the vocabulary of both libraries.

Each row of ``WORKLOADS`` creates calls without arguments: ``value``, and ``gradient`` if it has
one. Their results are compared, so that all libraries are timed at the same work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy

Calls = dict[str, Callable[[], Any]]


@dataclass(frozen=True)
class Workload:
    """A workload: ``prepare(qml, np, device)`` returns the calls; results agree to ``within``."""

    title: str
    prepare: Callable[[Any, Any, str], Calls]
    within: float = 1e-9


def rotations(qml: Any, angles: Any, wires: range) -> None:
    """Apply layers of RX, RY and RZ on every wire, then a ring of CNOT; angles (L, n, 3)."""
    for layer in range(angles.shape[-3]):
        for wire in wires:
            qml.RX(angles[..., layer, wire, 0], wires=wire)
            qml.RY(angles[..., layer, wire, 1], wires=wire)
            qml.RZ(angles[..., layer, wire, 2], wires=wire)
        for wire in wires:
            qml.CNOT(wires=[wire, (wire + 1) % len(wires)])


def ising(qml: Any, n: int) -> Any:
    """Return the sum of Z Z on neighbours and 0.5 X on every wire."""
    pairs = [qml.PauliZ(wire) @ qml.PauliZ(wire + 1) for wire in range(n - 1)]
    fields = [qml.PauliX(wire) for wire in range(n)]
    return qml.Hamiltonian([1.0] * len(pairs) + [0.5] * n, pairs + fields)


def drawn(np: Any, *shape: int, trainable: bool = True) -> Any:
    """Return angles, the same in every library."""
    angles = numpy.random.default_rng(7).uniform(-numpy.pi, numpy.pi, shape)
    return np.array(angles, requires_grad=trainable)


def bound(qml: Any, function: Callable[[Any], Any], device: str, n: int) -> Any:
    """Return a QNode; one whose circuit is recorded once if the device's name ends in " qjit"."""
    name, _, recorded = device.partition(" ")
    node = qml.qnode(qml.device(name, wires=n))(function)
    return qml.qjit(node) if recorded else node


def trained(n: int, layers: int, qml: Any, np: Any, device: str) -> Calls:
    """Energy of the Ising chain and its gradient by all angles, by the default method."""
    hamiltonian, angles = ising(qml, n), drawn(np, layers, n, 3)
    fixed = drawn(np, layers, n, 3, trainable=False)  # else PennyLane adds the gradient

    def energy(angles: Any) -> Any:
        rotations(qml, angles, range(n))
        return qml.expval(hamiltonian)

    node = bound(qml, energy, device, n)
    return {"value": partial(node, fixed), "gradient": partial(qml.grad(node), angles)}


def broadcast(n: int, layers: int, rows: int, qml: Any, np: Any, device: str) -> Calls:
    """Energies for many rows of angles in one call."""
    hamiltonian, angles = ising(qml, n), drawn(np, rows, layers, n, 3, trainable=False)

    def energy(angles: Any) -> Any:
        rotations(qml, angles, range(n))
        return qml.expval(hamiltonian)

    return {"value": partial(bound(qml, energy, device, n), angles)}


def sampled(n: int, rows: int, shots: int, qml: Any, np: Any, device: str) -> Calls:
    """Counts of many rows; the compared number is how often each wire is 1, over all rows."""
    angles = drawn(np, rows, 3, n, 3, trainable=False)

    def counts(angles: Any) -> Any:
        rotations(qml, angles, range(n))
        return qml.counts()

    counted = qml.set_shots(shots=shots)(bound(qml, counts, device, n))

    def frequencies() -> Any:
        ones = numpy.zeros(n)
        for row in counted(angles):
            bits = numpy.array([list(word) for word in row], dtype=int)
            ones += numpy.array(list(row.values())) @ bits
        return ones / (rows * shots)

    return {"value": frequencies}


WORKLOADS: Mapping[str, Workload] = {
    "W3": Workload("4 qubits, 12 angles", partial(trained, 4, 1)),
    "W1 n=4": Workload("4 qubits, 36 angles", partial(trained, 4, 3)),
    "W1 n=8": Workload("8 qubits, 96 angles", partial(trained, 8, 4)),
    "W1 n=12": Workload("12 qubits, 216 angles", partial(trained, 12, 6)),
    "W4": Workload("10 qubits, 256 rows of 90 angles", partial(broadcast, 10, 3, 256)),
    "W5": Workload(
        "counts of 10 qubits, 20 rows, 1000 shots each",
        partial(sampled, 10, 20, 1000),
        within=5 * (2 * 0.25 / 20_000) ** 0.5,  # five standard errors of the difference
    ),
}
"""W1: layers of rotations and CNOT rings with an Ising chain; W3: one layer of it."""
