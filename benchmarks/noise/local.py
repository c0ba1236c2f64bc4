"""A noisy circuit on qgate's local device, recorded beforehand."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from engines.workloads import Call, Calls, frequencies

import qgate as qg

from .circuits import NoisyCircuit
from .qnodes import qnode


def prepare(circuit: NoisyCircuit) -> Calls:
    """Return the calls of the device."""
    device = qg.device("local", wires=circuit.num_wires)
    node = qnode(qg, "local", circuit)
    sweep = node.construct((np.array(circuit.angles),), {}).sweep()
    factors, slots = by_slot(circuit)

    def values() -> Any:
        (entries,) = device.submit([sweep]).result()
        return entries[0]

    def counts() -> Any:
        return [outcomes.counts() for outcomes in values()]

    def by_angle(result: Any) -> Any:
        """Sum the derivatives of slots by angle."""
        return factors @ np.ravel(result[1])

    if circuit.shots:
        return {"counts": Call(counts, frequencies)}
    return {
        "value": Call(values),
        "gradient": Call(partial(device.jacobian, sweep, slots), by_angle),
    }


def by_slot(circuit: NoisyCircuit) -> tuple[Any, list[int]]:
    """Return the factors of the angles in the trained slots, shape (P, slots), and the slots."""
    columns, slots, number = [], [], 0
    for gate in circuit.gates:
        if gate.angle is not None:
            if gate.angle.factors:
                column = np.zeros(len(circuit.angles))
                column[list(gate.angle.factors)] = list(gate.angle.factors.values())
                columns.append(column)
                slots.append(number)
            number += 1
        number += sum(
            len(channel.numbers)
            for channel in circuit.channels(gate)
            if channel.name != "PairDepolarizing"  # one array
        )
    return np.array(columns).T, slots
