"""The ground-state energy of H2 with JAX and optax: one compiled training step.

python examples/train_with_optax.py
DEVICE="qiskit:aer?shots=4000&seed=7" python examples/train_with_optax.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import jax
import optax

import qgate as qg

HAMILTONIAN = Path(__file__).parent / "hamiltonians" / "h2_sto3g_0.7414.json"
STEPS = 40
WANTED = 0.0005
"""Goal for the distance from the exact energy, in Ha."""


def train(device: str = "local") -> tuple[list[float], float]:
    """Return the energy before each step, and the exact one."""
    data = json.loads(HAMILTONIAN.read_text())
    wires = range(data["qubits"])
    coefficients, words = zip(*data["terms"], strict=True)
    hamiltonian = qg.PauliSum.from_words(coefficients, words, wires)

    @qg.qnode(device)
    def energy(angle):
        qg.BasisState([1, 1, 0, 0], wires=wires)
        qg.DoubleExcitation(angle, wires=wires)
        return qg.expval(hamiltonian)

    optimizer = optax.adam(learning_rate=0.1)

    @jax.jit
    def step(angle, state):
        value, slope = jax.value_and_grad(energy)(angle)
        update, state = optimizer.update(slope, state)
        return optax.apply_updates(angle, update), state, value

    angle = jax.numpy.array(1.0)
    state = optimizer.init(angle)
    energies = []
    for _ in range(STEPS):
        angle, state, value = step(angle, state)
        energies.append(float(value))
    return energies, data["ground_energy_sector"]


def main() -> None:
    energies, exact = train(os.environ.get("DEVICE", "local"))
    for number in range(0, STEPS, 8):
        print(f"step {number:3}: {energies[number]:.6f} Ha")
    print(f"loss {energies[-1] - exact:.6f} Ha above the exact energy, goal below {WANTED}")


if __name__ == "__main__":
    main()
