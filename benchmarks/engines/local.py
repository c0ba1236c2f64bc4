"""A workload on qgate's local device, with circuits recorded beforehand."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

import qgate as qg

from .qnodes import qnode
from .workloads import Call, Calls, Workload, chosen, frequencies


def prepare(workload: Workload) -> Calls:
    """Return the calls of the device; the sweep is made beforehand."""
    device = qg.device("local", wires=workload.circuit.num_wires)
    node = qnode(qg, "local", workload)
    angles = workload.angles if workload.num_rows > 1 else workload.angles[0]
    sweep = node.construct((angles,), {}).sweep()
    places = np.array([gate.angle for gate in workload.circuit.gates if gate.angle is not None])
    slots = range(len(places))

    def values() -> Any:
        (entries,) = device.submit([sweep]).result()
        return entries[0]

    def counts() -> Any:
        return [outcomes.counts() for outcomes in values()]

    def by_angle(result: Any) -> Any:
        """Sum the derivatives of slots, (slots, 1, 1), by angle."""
        return np.bincount(places, weights=np.ravel(result[1]))

    return chosen(
        workload,
        value=Call(values),
        gradient=Call(partial(device.jacobian, sweep, slots), by_angle),
        counts=Call(counts, frequencies),
    )
