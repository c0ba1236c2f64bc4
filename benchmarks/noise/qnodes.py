"""A noisy circuit through a QNode: qgate's, or that of PennyLane's default.mixed."""

from __future__ import annotations

import importlib
from functools import partial
from typing import Any

from engines.qnodes import hamiltonian
from engines.workloads import Call, Calls, frequencies

from .circuits import Channel, NoisyCircuit, pair_depolarizing


def apply(qml: Any, circuit: NoisyCircuit, angles: Any) -> None:
    """Apply the gates, each with its channels."""
    for gate in circuit.gates:
        numbers = [] if gate.angle is None else [gate.angle.at(angles)]
        getattr(qml, gate.name)(*numbers, wires=gate.wires)
        for channel in circuit.channels(gate):
            apply_channel(qml, channel)


def apply_channel(qml: Any, channel: Channel) -> None:
    """Apply a channel."""
    if channel.name == "PairDepolarizing":
        qml.QubitChannel(pair_depolarizing(*channel.numbers), wires=channel.wires)
    else:
        getattr(qml, channel.name)(*channel.numbers, wires=channel.wires)


def qnode(qml: Any, device: str, circuit: NoisyCircuit) -> Any:
    """Return the QNode, a function of the angles."""
    observable = None if circuit.shots else hamiltonian(qml, circuit)

    def measured(angles: Any) -> Any:
        apply(qml, circuit, angles)
        if observable is None:
            return qml.counts(wires=range(circuit.num_wires))
        return qml.expval(observable)

    made = qml.QNode(measured, qml.device(device, wires=circuit.num_wires))
    return qml.set_shots(made, shots=circuit.shots) if circuit.shots else made


def prepare(library: str, device: str, circuit: NoisyCircuit) -> Calls:
    """Return the calls through the QNode of ``qgate`` or ``pennylane``."""
    qml = importlib.import_module(library)
    np = importlib.import_module(f"{library}.numpy")
    node = qnode(qml, device, circuit)
    fixed, trained = (np.array(circuit.angles, requires_grad=moving) for moving in (False, True))
    if circuit.shots:
        return {"counts": Call(partial(node, fixed), frequencies)}
    return {
        "value": Call(partial(node, fixed)),
        "gradient": Call(partial(qml.grad(node), trained)),
    }


qgate = partial(prepare, "qgate", "local")
mixed = partial(prepare, "pennylane", "default.mixed")
