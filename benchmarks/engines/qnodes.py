"""A workload through a QNode: qgate's, or that of PennyLane's lightning.qubit."""

from __future__ import annotations

import importlib
from functools import partial
from typing import Any

from .circuits import Circuit
from .workloads import Call, Calls, Kind, Workload, chosen, frequencies


def hamiltonian(qml: Any, circuit: Circuit) -> Any:
    """Return the observable in the vocabulary of both libraries."""
    paulis = {"X": qml.PauliX, "Y": qml.PauliY, "Z": qml.PauliZ}
    words = []
    for _, letters in circuit.words:
        factors = [paulis[letter](i) for i, letter in enumerate(letters) if letter != "I"]
        words.append(qml.prod(*factors) if factors else qml.Identity(0))
    return qml.Hamiltonian([coefficient for coefficient, _ in circuit.words], words)


def apply(qml: Any, circuit: Circuit, angles: Any) -> None:
    """Apply the gates; angles (..., P)."""
    if circuit.occupied:
        qml.BasisState(list(circuit.occupied), wires=range(circuit.num_wires))
    for gate in circuit.gates:
        cls = getattr(qml, gate.name)
        if gate.angle is None:
            cls(wires=gate.wires)
        else:
            cls(angles[..., gate.angle], wires=gate.wires)


def qnode(qml: Any, device: str, workload: Workload) -> Any:
    """Return the QNode of a workload, a function of angles (P,) or (K, P)."""
    circuit = workload.circuit
    observable = None if workload.kind is Kind.COUNTS else hamiltonian(qml, circuit)

    def measured(angles: Any) -> Any:
        apply(qml, circuit, angles)
        if observable is None:
            return qml.counts(wires=range(circuit.num_wires))
        return qml.expval(observable)

    method = "adjoint" if workload.kind is Kind.TRAINED else "best"
    made = qml.QNode(measured, qml.device(device, wires=circuit.num_wires), diff_method=method)
    return made if workload.shots is None else qml.set_shots(made, shots=workload.shots)


def prepare(library: str, device: str, workload: Workload) -> Calls:
    """Return the calls through the QNode of ``qgate`` or ``pennylane``.

    Values use angles that are not trainable: for trainable ones PennyLane computes the gradient at
    once, even if it is not requested.
    """
    qml = importlib.import_module(library)
    np = importlib.import_module(f"{library}.numpy")
    node = qnode(qml, device, workload)
    angles = workload.angles if workload.num_rows > 1 else workload.angles[0]
    fixed, trained = (np.array(angles, requires_grad=trainable) for trainable in (False, True))
    return chosen(
        workload,
        value=Call(partial(node, fixed)),
        gradient=Call(partial(qml.grad(node), trained)),
        counts=Call(partial(node, fixed), frequencies),
    )


qgate = partial(prepare, "qgate", "local")
lightning = partial(prepare, "pennylane", "lightning.qubit")
