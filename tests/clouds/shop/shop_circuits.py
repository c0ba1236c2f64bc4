"""Circuits for devices of the shop."""

from __future__ import annotations

import qgate as qg
from qgate import numpy as np

ANGLES = np.array([0.3, 0.8], requires_grad=True)


def two_angles_on(device):
    """Return a QNode of two angles; its gradient takes 10 rows in two bases."""

    @qg.qnode(device, diff_method="parameter-shift")
    def circuit(angles):
        qg.RX(angles[0], wires=0)
        qg.RY(angles[1], wires=1)
        qg.CNOT(wires=[0, 1])
        return qg.expval(qg.Z(0) @ qg.Z(1) + 0.5 * qg.X(1))

    return circuit
