"""A workload in Qiskit Aer, which has no gradient; wires are numbered in reverse."""

from __future__ import annotations

from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_aer.primitives import EstimatorV2

from .circuits import Circuit
from .workloads import Call, Calls, Workload, frequencies

GATES = {"RX": "rx", "RY": "ry", "RZ": "rz", "IsingZZ": "rzz", "Hadamard": "h", "CNOT": "cx"}
OPTIONS = {"method": "statevector", "max_parallel_threads": 1}


def compiled(circuit: Circuit) -> QuantumCircuit:
    """Return the circuit with parameters in place of numbers."""
    made = QuantumCircuit(circuit.num_wires)
    angles = ParameterVector("angle", circuit.num_angles)
    for gate in circuit.gates:
        qubits = [circuit.num_wires - 1 - wire for wire in gate.wires]
        numbers = [] if gate.angle is None else [angles[gate.angle]]
        getattr(made, GATES[gate.name])(*numbers, *qubits)
    return made


def prepare(workload: Workload) -> Calls:
    """Return the calls: the Estimator for energies, the simulator's ``run`` for counts."""
    circuit, rows = compiled(workload.circuit), workload.angles
    if workload.shots is not None:
        return {"counts": Call(counting(circuit, rows, workload.shots), frequencies)}
    observable = SparsePauliOp.from_list(
        [(letters, coefficient) for coefficient, letters in workload.circuit.words]
    )
    estimator = EstimatorV2(options={"backend_options": OPTIONS})

    def values() -> Any:
        return estimator.run([(circuit, observable, rows)]).result()[0].data.evs

    return {"value": Call(values)}


def counting(circuit: QuantumCircuit, rows: Any, shots: int) -> Any:
    """Return a function that binds each row of angles and counts the bitstrings."""
    measured = circuit.copy()
    measured.measure_all()
    simulator = AerSimulator(**OPTIONS)

    def counts() -> Any:
        bound = [measured.assign_parameters(row) for row in rows]
        return simulator.run(bound, shots=shots).result().get_counts()

    return counts
