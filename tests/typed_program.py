"""A program whose errors type checkers have to find: ``make types``.

Each error is expected by a comment; a comment without an error is an error too.
"""

from __future__ import annotations

import qgate as qg
from qgate import numpy as np
from qgate.templates import AngleEmbedding

dev = qg.device("local", wires=2)


@qg.qnode(dev, diff_method="adjoint", cachesize=10)
def circuit(angle: float) -> object:
    qg.RX(angle, wires=0)
    qg.IsingXX(phi=angle, wires=[0, 1])
    qg.MultiControlledX([0, 1], control_values=[0], id="flip")
    AngleEmbedding([angle], wires=[0])
    return qg.expval(qg.PauliZ(0) @ qg.Z(1))


weights = np.array(0.3, requires_grad=True)
qg.grad(circuit)(weights)
optimizer: qg.AdamOptimizer = qg.AdamOptimizer(stepsize=0.1)
is_gate: bool = isinstance(qg.RX(0.1, 0), qg.RX)

print(qg.nope)  # type: ignore[attr-defined]
print(qg.gradients.nope)  # type: ignore[attr-defined]
qg.RX(0.1, wire=0)  # type: ignore[call-arg]
qg.RX(0.1)  # type: ignore[call-arg]
qg.Rot(0.1, 0.2, wires=0)  # type: ignore[call-arg]
qg.QNode(circuit.func, dev, diff_metod="best")  # type: ignore[call-arg]
qg.AdamOptimizer(step=0.1)  # type: ignore[call-arg]
