"""The ground-state energy of H2 with the methods of ``scipy.optimize.minimize``.

python examples/train_with_scipy.py
DEVICE="qiskit:aer?shots=4000&seed=7" METHODS=COBYLA python examples/train_with_scipy.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

import qgate as qg

HAMILTONIAN = Path(__file__).parent / "hamiltonians" / "h2_sto3g_0.7414.json"
WITH_GRADIENT = ("BFGS", "L-BFGS-B", "CG", "SLSQP", "TNC", "Newton-CG", "trust-constr")
WITHOUT_GRADIENT = ("COBYLA", "Nelder-Mead", "Powell")
WANTED = 0.001
"""Goal for the distance from the exact energy, in Ha."""


def problem(device: str):
    """Return the energy and its gradient as functions of an array, and the exact energy."""
    data = json.loads(HAMILTONIAN.read_text())
    coefficients, words = zip(*data["terms"], strict=True)
    hamiltonian = qg.PauliSum.from_words(coefficients, words, range(4))

    @qg.qnode(device)
    def energy(angles):
        qg.BasisState([1, 1, 0, 0], wires=range(4))
        qg.DoubleExcitation(angles[0], wires=range(4))
        qg.SingleExcitation(angles[1], wires=[0, 2])
        qg.SingleExcitation(angles[2], wires=[1, 3])
        return qg.expval(hamiltonian)

    gradient = qg.grad(energy, argnums=0)

    def value_and_slope(angles):  # one submission returns both
        slope = gradient(angles)
        return float(gradient.forward), np.asarray(slope)

    return (lambda angles: float(energy(angles))), value_and_slope, data["ground_energy_sector"]


def train(method: str, device: str = "local") -> tuple[float, int]:
    """Return a method's final distance from the exact energy, and its submissions."""
    energy, value_and_slope, exact = problem(device)
    start = np.array([0.6, 0.3, -0.2])
    with qg.Tracker() as tracker:
        if method in WITH_GRADIENT:
            found = minimize(value_and_slope, start, jac=True, method=method, tol=1e-5)
        else:
            found = minimize(energy, start, method=method, tol=1e-4)
    return found.fun - exact, tracker.totals["submissions"]


def main() -> None:
    methods = os.environ.get("METHODS", ",".join((*WITH_GRADIENT, *WITHOUT_GRADIENT)))
    for method in methods.split(","):
        loss, submissions = train(method, os.environ.get("DEVICE", "local"))
        print(f"{method:12} {submissions:4} submissions: {loss:.6f} Ha above the exact energy")


if __name__ == "__main__":
    main()
