"""The same derivatives by every gradient method, and the cost of each.

python examples/gradients.py
"""

from __future__ import annotations

import qgate as qg
from qgate import numpy as np

ROWS = (
    ("local", "backprop", {}),
    ("local", "adjoint", {}),
    ("local", "parameter-shift", {}),
    ("local", "finite-diff", {}),
    ("local?shots=10000&seed=7", "parameter-shift", {}),
    ("local?shots=10000&seed=7", "finite-diff", {"strategy": "center", "approx_order": 2}),
)
HEAD = f"{'device':26}{'method':18}{'gradient':26}{'circuits':>9}{'shots':>9}{'submissions':>13}"


def circuit(angles):
    qg.Hadamard(0)
    qg.CRX(angles[0], wires=[0, 1])  # two frequencies: four shifts
    qg.IsingXY(angles[1], wires=[1, 2])  # four more
    qg.RY(angles[0] + angles[1] ** 2, wires=2)  # one frequency, with classical arithmetic before it
    return qg.expval(qg.Z(1) @ qg.Z(2))


def line(device: str, method: str, options: dict[str, object]) -> str:
    """Return a row of the table: a gradient and its cost."""
    node = qg.QNode(circuit, qg.device(device), diff_method=method, gradient_kwargs=options)
    angles = np.array([0.7, 0.4], requires_grad=True)
    with qg.Tracker() as tracker:
        gradient = qg.grad(node)(angles)
    spent = tracker.totals
    numbers = "  ".join(f"{number:.6f}" for number in gradient)
    counted = f"{spent['executions']:9}{spent['shots']:9}{spent['submissions']:13}"
    return f"{device:26}{method:18}{numbers:26}{counted}"


def main() -> None:
    print(HEAD)
    for row in ROWS:
        print(line(*row))
    angles = np.array([0.7, 0.4], requires_grad=True)
    node = qg.QNode(circuit, "local", diff_method="parameter-shift")
    print(f"\nHessian by parameter-shift\n{qg.jacobian(qg.grad(node))(angles).round(6)}")


if __name__ == "__main__":
    main()
