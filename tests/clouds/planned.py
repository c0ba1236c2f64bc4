"""Plans on both clouds, from cards and live."""

from __future__ import annotations

from typing import Any

import qgate as qg
from qgate.jobs.planning import Plan

ANGLES = (0.3, 0.8)


def energy(on: Any, **options: Any) -> qg.QNode:
    """Return a QNode whose observable has two commuting groups of Pauli words."""

    @qg.qnode(on, diff_method="parameter-shift", **options)
    def circuit(angles: Any) -> Any:
        qg.RX(angles[0], wires=0)
        qg.RY(angles[1], wires=1)
        qg.CNOT(wires=[0, 1])
        return qg.expval(qg.Z(0) @ qg.Z(1) + 0.5 * qg.X(1))

    return circuit


def planned(device: str, **options: Any) -> Plan:
    """Return the plan of its gradient on a device."""
    angles = qg.numpy.array(ANGLES, requires_grad=True)
    plan: Plan = qg.plan(qg.grad(energy("local", **options)), device)(angles)
    return plan


def content(plan: Plan) -> list[tuple[Any, ...]]:
    """Return all numbers of a plan, and the contents of its submissions."""
    return [
        (entry.circuits, entry.rows, entry.shots, entry.price, entry.digest)
        for entry in plan.entries
    ]
