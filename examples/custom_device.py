"""A user-defined device, and the conformance suite that any device must pass.

    python examples/custom_device.py              # a value and a gradient from its outcomes
    python -m pytest examples/custom_device.py    # conformance

The device has four gates and returns only measured bits, like a quantum processor. qgate adds
decomposition, grouping of observables, estimates and gradients.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy

import qgate as qg
from qgate import numpy as np
from qgate.devices.base import Device
from qgate.devices.capabilities import Capabilities
from qgate.devices.conformance import DeviceConformance
from qgate.devices.job import FinishedJob, Job
from qgate.outcomes import Outcomes
from qgate.sweep import Sweep


class TinyDevice(Device):
    """Device that multiplies matrices, one row after another."""

    name = "tiny"
    capabilities = Capabilities(
        gates=frozenset({"RX", "RY", "RZ", "CNOT"}), default_shots=1000, max_wires=10
    )

    def __init__(
        self, *, wires: Any = None, shots: Any = "default", seed: int | None = None
    ) -> None:
        super().__init__(wires=wires, shots=shots)
        self.random = numpy.random.default_rng(seed)

    def submit(self, sweeps: Sequence[Sweep]) -> Job:
        return FinishedJob([(self.read_rows(sweep),) for sweep in sweeps])

    def read_rows(self, sweep: Sweep) -> list[Outcomes]:
        """Return the measurement outcomes of each row."""
        wires = self.wires_of(sweep.structure.wires)
        (measurement,) = sweep.structure.measurements
        positions = [wires.index(wire) for wire in measurement.wires]
        found = []
        for row, shots in zip(sweep.rows, sweep.shots, strict=True):
            state = numpy.eye(2 ** len(wires))[0]
            for gate in sweep.structure.bind(row, sweep.arrays):
                state = gate.matrix(wires) @ state
            readings = self.random.choice(len(state), size=shots, p=abs(state) ** 2)
            found.append(Outcomes.from_readings(readings, len(wires)).marginal(positions))
        return found


class TestTinyDevice(DeviceConformance):
    def make(self, *, wires: Any = None, shots: Any = 2000, seed: int = 1) -> Device:
        return TinyDevice(wires=wires, shots=shots, seed=seed)


def circuit(angles: Any) -> Any:
    qg.BasisState([1, 1, 0, 0], wires=range(4))
    qg.DoubleExcitation(angles[0], wires=range(4))
    qg.IsingXY(angles[1], wires=[1, 3])
    return qg.expval(qg.Z(0) @ qg.Z(1) + 0.5 * qg.X(1) @ qg.Y(3))


def main() -> None:
    angles = np.array([0.4, 0.9], requires_grad=True)
    for device in (TinyDevice(seed=1), qg.device("local")):
        gradient = qg.grad(qg.QNode(circuit, device))
        with qg.Tracker() as tracker:
            slopes = gradient(angles)
        counted = ", ".join(f"{number} {what}" for what, number in tracker.totals.items())
        print(
            f"{device.name:5}  value {gradient.forward:.3f}  gradient {slopes.round(3)}  {counted}"
        )


if __name__ == "__main__":
    main()
