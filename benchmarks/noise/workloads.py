"""Circuits compiled for ``fake_torino``, with the noise of its calibration.

The noise is that of ``NoiseModel.from_backend`` in Qiskit Aer: after every gate depolarization, and
the relaxation of its qubits during its time, so that both have the calibrated error. It is computed
once, here, and every library gets the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from engines.circuits import HAMILTONIANS, Circuit, Gate, ising, molecule

import qgate as qg
from qgate.devices.emulation.channels import gate_channels
from qgate.execution.execute import prepare
from qgate.operations.slots import Affine
from qgate.recording import paused

from .circuits import Angle, Channel, NoisyCircuit, place_of
from .circuits import Gate as NativeGate

BACKEND = "qiskit:fake_torino"
NAMES = {"rz": "RZ", "sx": "SX", "x": "PauliX", "cz": "CZ"}


def lithium_hydride() -> Circuit:
    """Return the 8 excitations of LiH on 6 qubits, and its 118 words."""
    return molecule(HAMILTONIANS / "lih_sto3g_1.595_sigma6.json")


def hardware_efficient(n: int, count: int) -> Circuit:
    """Return layers of RY and RZ on every wire and CZ on neighbours, and the Ising chain."""
    gates: list[Gate] = []
    for layer in range(count):
        for wire in range(n):
            first = 2 * (layer * n + wire)
            gates += [Gate("RY", (wire,), first), Gate("RZ", (wire,), first + 1)]
        gates += [Gate("CZ", (wire, wire + 1)) for wire in range(n - 1)]
    return Circuit(n, tuple(gates), ising(n))


WORKLOADS: Mapping[str, tuple[Callable[[], Circuit], bool]] = {
    "LiH": (lithium_hydride, False),
    "layers n=10": (partial(hardware_efficient, 10, 3), False),
    "layers n=20": (partial(hardware_efficient, 20, 3), True),
}
"""Circuit by name, and whether it is measured by trajectories, in place of its observable."""


def compiled(name: str, trajectories: int = 1000) -> NoisyCircuit:
    """Return a workload, compiled and with noise."""
    make, sampled = WORKLOADS[name]
    circuit, shots = make(), trajectories if sampled else None
    device = qg.device(BACKEND)
    angles = np.random.default_rng(5).uniform(-0.6, 0.6, circuit.num_angles)
    zero, *units = (
        _native_rows(device, circuit, point)
        for point in np.vstack([np.zeros(len(angles)), np.eye(len(angles))])
    )
    native = zero[0]
    slopes = np.stack([rows - zero[1] for _, rows in units])  # (angles, free angles)
    qubits = {qubit: wire for wire, qubit in native.places.items()}
    assert {qubit for gate in native.gates for qubit in gate.qubits} <= qubits.keys()
    gates, noise = [], {}
    for gate in native.gates:
        wires = tuple(qubits[qubit] for qubit in gate.qubits)
        found = NAMES.get(gate.name)
        if found is None:
            continue  # a barrier
        gates.append(NativeGate(found, wires, _angle(gate.operators, zero[1], slopes)))
        noise[place_of(found, wires)] = _channels(device, gate.name, gate.qubits, qubits)
    return NoisyCircuit(
        name, circuit.num_wires, angles.tolist(), gates, noise, circuit.words, shots
    )


def _native_rows(device: Any, circuit: Circuit, angles: Any) -> tuple[Any, Any]:
    """Return the compiled circuit, and its free angles at some angles, shape (Q,)."""
    with qg.QuantumTape(shots=1) as tape:
        for wire, bit in enumerate(circuit.occupied):
            if bit:
                qg.X(wire)
        for gate in circuit.gates:
            numbers = [] if gate.angle is None else [angles[gate.angle]]
            getattr(qg, gate.name)(*numbers, wires=gate.wires)
        qg.counts(wires=range(circuit.num_wires))
    (sweep,), _, _ = prepare(tape.sweep(), device)
    (native,) = device.native_circuits([sweep])
    return native, native.rows(sweep.rows)[0]


def _angle(operators: Any, start: Any, slopes: Any) -> Angle | None:
    """Return the angle of a gate by the trained angles."""
    (operator,) = operators
    if not operator.parameters:
        return None
    (symbol,) = operator.parameters
    if not isinstance(symbol, Affine):
        return Angle(float(symbol))
    offset = symbol.offset + sum(factor * start[slot] for slot, factor in symbol.terms)
    factors = sum(factor * slopes[:, slot] for slot, factor in symbol.terms)
    kept = {place: float(value) for place, value in enumerate(factors) if abs(value) > 1e-12}
    return Angle(float(offset), kept)


def _channels(device: Any, name: str, qubits: Any, wires: Mapping[int, int]) -> list[Channel]:
    with paused():
        found = gate_channels(device.noise_calibration, name, qubits)
    return [
        Channel(
            operator.name,
            tuple(float(value) for value in operator.parameters),
            tuple(wires[qubit] for qubit in operator.wires),
        )
        for operator in found
    ]
