"""The ground state of a chain of spins with JAX and jaxopt's quasi-Newton method.

python examples/train_with_jaxopt.py
"""

from __future__ import annotations

import jax
import jaxopt
import numpy as np

import qgate as qg

SPINS = 4
LAYERS = 2
WANTED = 0.001
"""Goal for the distance from the lowest eigenvalue."""


def chain():
    """Return the Hamiltonian of an Ising chain in a transverse field."""
    bonds = [-1.0 * qg.Z(spin) @ qg.Z(spin + 1) for spin in range(SPINS - 1)]
    return qg.sum(*bonds, *(-1.0 * qg.X(spin) for spin in range(SPINS)))


@qg.qnode("local", diff_method="adjoint")
def energy(angles):
    """Evolve the ground state of the field alone by bonds and field in turn."""
    for spin in range(SPINS):
        qg.Hadamard(spin)
    for layer in range(LAYERS):
        for spin in range(SPINS - 1):
            qg.IsingZZ(angles[layer, 0, spin], wires=[spin, spin + 1])
        for spin in range(SPINS):
            qg.RX(angles[layer, 1, spin], wires=spin)
    return qg.expval(chain())


def train() -> tuple[float, float]:
    """Return the energy that was found, and the lowest eigenvalue."""
    angles = 0.5 * jax.random.normal(jax.random.key(0), (LAYERS, 2, SPINS), dtype=np.float32)
    solver = jaxopt.LBFGS(energy, maxiter=60, tol=1e-4)
    found = solver.run(angles)
    lowest = np.linalg.eigvalsh(qg.matrix(chain()))[0]
    return float(energy(found.params)), float(lowest)


def main() -> None:
    found, lowest = train()
    print(f"energy {found:.6f}, lowest eigenvalue {lowest:.6f}")
    print(f"loss {found - lowest:.6f} above the lowest eigenvalue, goal below {WANTED}")


if __name__ == "__main__":
    main()
