"""A workload in qulacs; wires are numbered in reverse, so that bitstrings read like qgate's."""

from __future__ import annotations

from typing import Any

import numpy as np
import qulacs
from qulacs.gate import CNOT, H

from .circuits import Circuit
from .workloads import Call, Calls, Workload, chosen, frequencies

Z = 3
FIXED = {"Hadamard": H, "CNOT": CNOT}
TURNED = {"RX": "add_parametric_RX_gate", "RY": "add_parametric_RY_gate"}
TURNED |= {"RZ": "add_parametric_RZ_gate"}


def compiled(circuit: Circuit) -> tuple[Any, list[int]]:
    """Return the circuit, and the angle of each of its parameters."""
    made, places = qulacs.ParametricQuantumCircuit(circuit.num_wires), []
    for gate in circuit.gates:
        qubits = [circuit.num_wires - 1 - wire for wire in gate.wires]
        if gate.angle is None:
            made.add_gate(FIXED[gate.name](*qubits))
            continue
        places.append(gate.angle)
        if gate.name == "IsingZZ":
            made.add_parametric_multi_Pauli_rotation_gate(qubits, [Z, Z], 0.0)
        else:
            getattr(made, TURNED[gate.name])(*qubits, 0.0)
    return made, places


def observed(circuit: Circuit) -> Any:
    """Return the observable."""
    n, made = circuit.num_wires, qulacs.Observable(circuit.num_wires)
    for coefficient, letters in circuit.words:
        factors = [f"{letter} {n - 1 - i}" for i, letter in enumerate(letters) if letter != "I"]
        made.add_operator(coefficient, " ".join(factors))
    return made


def prepare(workload: Workload) -> Calls:
    """Return the calls: set the parameters, then call qulacs's function."""
    n = workload.circuit.num_wires
    circuit, places = compiled(workload.circuit)
    observable = observed(workload.circuit)
    state = qulacs.QuantumState(n)
    rows = (-workload.angles[:, places]).tolist()  # qulacs rotates in the other direction

    def set_parameters(row: list[float]) -> None:
        for index, angle in enumerate(row):
            circuit.set_parameter(index, angle)

    def run(row: list[float]) -> None:
        set_parameters(row)
        state.set_zero_state()
        circuit.update_quantum_state(state)

    def energy(row: list[float]) -> float:
        run(row)
        return float(observable.get_expectation_value(state))

    def gradient() -> Any:
        set_parameters(rows[0])
        return circuit.backprop(observable)

    def by_angle(derivatives: Any) -> Any:
        return -np.bincount(places, weights=derivatives)

    def counted(row: list[float]) -> dict[str, int]:
        run(row)
        values, counts = np.unique(state.sampling(workload.shots), return_counts=True)
        keys = [format(value, f"0{n}b") for value in values.tolist()]
        return dict(zip(keys, counts.tolist(), strict=True))

    return chosen(
        workload,
        value=Call(lambda: [energy(row) for row in rows]),
        gradient=Call(gradient, by_angle),
        counts=Call(lambda: [counted(row) for row in rows], frequencies),
    )
