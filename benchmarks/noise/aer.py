"""A noisy circuit in Qiskit Aer: density matrices for values, trajectories of states for counts.

For density matrices an error is one set of Kraus matrices: as the mixture that
``NoiseModel.from_backend`` makes, it would take Aer three times as long to load, and Aer leaves out
its terms of probabilities below 1e-10, which changes a value by 1e-7. Trajectories have mixtures,
which are faster there.

Aer has no gradient. It gets the cheapest one, central differences: two rows for each angle, in one
job with bound parameters. Wires are numbered in reverse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from engines.workloads import Call, Calls, frequencies
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import Kraus, SparsePauliOp, SuperOp
from qiskit_aer import AerSimulator
from qiskit_aer.library import SaveExpectationValue
from qiskit_aer.noise import (
    NoiseModel,
    QuantumError,
    amplitude_damping_error,
    depolarizing_error,
    pauli_error,
    phase_damping_error,
    reset_error,
    thermal_relaxation_error,
)

from .circuits import Channel, NoisyCircuit

STEP = 1e-4

FEW = 10
"""Trajectories that are run: the time of all is computed from theirs, to which it is proportional.

Each takes 1.5 s for 20 qubits and 356 gates.
"""
ERRORS: Mapping[str, Callable[..., Any]] = {
    "AmplitudeDamping": amplitude_damping_error,
    "BitFlip": lambda p: pauli_error([("X", p), ("I", 1 - p)]),
    "DepolarizingChannel": lambda p: depolarizing_error(p * 4 / 3, 1),
    "GeneralizedAmplitudeDamping": amplitude_damping_error,
    "PairDepolarizing": lambda p: depolarizing_error(p * 16 / 15, 2),
    "PhaseDamping": phase_damping_error,
    "PhaseFlip": lambda p: pauli_error([("Z", p), ("I", 1 - p)]),
    "ResetError": reset_error,
    "ThermalRelaxationError": lambda pe, t1, t2, tg: thermal_relaxation_error(t1, t2, tg, pe),
}
"""Errors in Aer's own form by PennyLane's names of channels."""

GATES = {"RZ": "rz", "SX": "sx", "PauliX": "x", "CZ": "cz"}


def error_of(channel: Channel) -> Any:
    """Return the error of a channel, in Aer's own form."""
    return ERRORS[channel.name](*channel.numbers)


def noise_model(circuit: NoisyCircuit) -> NoiseModel:
    """Return the noise of all gates, one error for each gate on its qubits."""
    model = NoiseModel(basis_gates=list(GATES.values()))
    for place, channels in circuit.noise.items():
        name, *wires = place.split()
        total: Any = None
        for channel in channels:
            error = error_of(channel)
            if len(channel.wires) < len(wires):
                error = _beside(error, wires.index(str(channel.wires[0])))
            total = error if total is None else total.compose(error)
        if total is not None:
            if not circuit.shots:
                total = QuantumError(Kraus(SuperOp(total)))
            qubits = [circuit.num_wires - 1 - int(wire) for wire in wires]
            model.add_quantum_error(total, GATES[name], qubits)
    return model


def _beside(error: Any, place: int) -> Any:
    """Return an error of one of two qubits; Qiskit's first qubit is the last factor."""
    nothing = depolarizing_error(0, 1)
    return nothing.tensor(error) if place == 0 else error.tensor(nothing)


def compiled(circuit: NoisyCircuit) -> QuantumCircuit:
    """Return the circuit with parameters in place of the angles."""
    made = QuantumCircuit(circuit.num_wires)
    angles = ParameterVector("angle", len(circuit.angles))
    for gate in circuit.gates:
        qubits = [circuit.num_wires - 1 - wire for wire in gate.wires]
        numbers = [] if gate.angle is None else [gate.angle.at(angles)]
        getattr(made, GATES[gate.name])(*numbers, *qubits)
    return made


def prepare(circuit: NoisyCircuit) -> Calls:
    """Return the calls of the simulator's ``run``."""
    made, angles = compiled(circuit), np.array(circuit.angles)
    method = "statevector" if circuit.shots else "density_matrix"
    simulator = AerSimulator(
        method=method, noise_model=noise_model(circuit), max_parallel_threads=1
    )
    if circuit.shots:
        made.measure_all()
    else:
        observable = SparsePauliOp.from_list([(word, number) for number, word in circuit.words])
        made.append(SaveExpectationValue(observable), range(circuit.num_wires))

    def results(rows: Any, shots: int) -> Any:
        binds = dict(zip(made.parameters, rows.T.tolist(), strict=True))
        job = simulator.run(
            [made], parameter_binds=[binds], shots=shots, runtime_parameter_bind_enable=True
        )
        return job.result()

    def values(rows: Any) -> Any:
        found = results(rows, 1)
        return np.array([found.data(row)["expectation_value"] for row in range(len(rows))])

    def gradient() -> Any:
        steps = STEP * np.eye(len(angles))
        found = values(np.concatenate([angles + steps, angles - steps]))
        return (found[: len(angles)] - found[len(angles) :]) / (2 * STEP)

    if circuit.shots:
        return {"counts": Call(lambda: results(angles[None], FEW).get_counts(0), frequencies)}
    return {"value": Call(lambda: values(angles[None])), "gradient": Call(gradient)}
