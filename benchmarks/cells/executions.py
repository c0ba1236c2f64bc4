"""Number of circuits of a value with its Jacobian."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import qgate as qg
from cells.frameworks import FRAMEWORKS


@dataclass(frozen=True)
class Task:
    """A circuit of three angles, and its gradient method.

    Parameters
    ----------
    measure : callable
    method : str
    shots : int or None
    rows : int or None
        Number of rows of a batch.
    """

    measure: Callable[[], Any]
    method: str
    shots: int | None = None
    rows: int | None = None

    def circuit(self, angles: Any) -> Any:
        """Use the first angle twice."""
        qg.RX(angles[0], wires=0)
        qg.CRY(angles[1], wires=[0, 1])
        qg.RZ(angles[0] * angles[2], wires=1)
        qg.CNOT([0, 1])
        return self.measure()

    def angles(self) -> Any:
        """Return three angles, or rows of three."""
        angles = np.array([0.3, 0.7, -0.4])
        if self.rows is None:
            return angles
        return angles[:, None] + np.linspace(0, 1, self.rows)


def energy() -> Any:
    """Return the expectation values of three Pauli words without a common basis."""
    return qg.expval(qg.Z(0) @ qg.Z(1) + 0.5 * qg.X(0) + 0.2 * qg.Y(1))


TASKS = {
    "`expval`, `adjoint`": Task(energy, "adjoint"),
    "`expval`, `backprop`": Task(energy, "backprop"),
    "`expval`, `parameter-shift`": Task(energy, "parameter-shift"),
    "`expval`, `parameter-shift`, 5 rows": Task(energy, "parameter-shift", rows=5),
    "`expval` of 3 bases, `parameter-shift`, shots": Task(energy, "parameter-shift", 1000),
    "`expval`, `finite-diff`": Task(energy, "finite-diff"),
    "`expval`, `spsa` in 4 directions": Task(energy, "spsa"),
    "`expval`, `hadamard`": Task(energy, "hadamard"),
    "`probs`, `parameter-shift`": Task(lambda: qg.probs(wires=[0, 1]), "parameter-shift"),
    "`probs`, `parameter-shift`, shots": Task(
        lambda: qg.probs(wires=[0, 1]), "parameter-shift", 1000
    ),
    "`var`, `parameter-shift`": Task(lambda: qg.var(qg.Z(0) @ qg.X(1)), "parameter-shift"),
    "`vn_entropy`, `parameter-shift`, shots": Task(
        lambda: qg.vn_entropy(wires=[0]), "parameter-shift", 1000
    ),
}
"""Rows of the table."""


def executions(name: str) -> dict[str, tuple[int, int]]:
    """Return executions and submissions of each task under an interface."""
    framework = FRAMEWORKS[name]()
    found = {}
    for label, task in TASKS.items():
        device = qg.device("local", shots=task.shots, seed=7)
        options = {"num_directions": 4, "sampler_rng": 7} if task.method == "spsa" else {}
        node = qg.QNode(task.circuit, device, framework.name, task.method, gradient_kwargs=options)
        angles = framework.array(task.angles())
        with qg.Tracker(device) as tracker:
            framework.value_and_jacobian(node, angles)
        found[label] = tracker.totals["executions"], tracker.totals["submissions"]
    return found
