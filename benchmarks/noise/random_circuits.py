"""Random circuits with random noise on every gate, for comparisons."""

from __future__ import annotations

import numpy as np

from .circuits import Angle, Channel, Gate, NoisyCircuit, place_of

SINGLE = {
    "AmplitudeDamping": 1,
    "BitFlip": 1,
    "DepolarizingChannel": 1,
    "GeneralizedAmplitudeDamping": 2,
    "PhaseDamping": 1,
    "PhaseFlip": 1,
    "ResetError": 2,
}
"""Number of probabilities of channels on one wire."""


def random_circuit(seed: int) -> NoisyCircuit:
    """Return native gates on 2 to 5 wires, one or two channels after each, and 20 Pauli words."""
    random = np.random.default_rng(seed)
    n = int(random.integers(2, 6))
    first = [Gate("RZ", (wire,), Angle(0.3, {wire: 0.5})) for wire in range(2)]  # both angles
    gates = first + [_gate(random, n) for _ in range(int(random.integers(10, 40)))]
    noise = {place_of(gate.name, gate.wires): _channels(random, gate) for gate in gates}
    words = tuple(
        (float(random.normal()), "".join(random.choice(list("IXYZ"), n))) for _ in range(20)
    )
    return NoisyCircuit(f"random {seed}", n, random.normal(size=2).tolist(), gates, noise, words)


def _gate(random: np.random.Generator, n: int) -> Gate:
    name = str(random.choice(["RZ", "SX", "PauliX", "CZ"]))
    wires = tuple(int(wire) for wire in random.choice(n, 2 if name == "CZ" else 1, replace=False))
    if name != "RZ":
        return Gate(name, wires)
    return Gate(name, wires, Angle(float(random.normal()), {int(random.integers(2)): 0.5}))


def _channels(random: np.random.Generator, gate: Gate) -> list[Channel]:
    """Return channels with probabilities that are neither small nor large."""
    found = [_single(random, wire) for wire in gate.wires]
    if len(gate.wires) > 1:
        found.insert(0, Channel("PairDepolarizing", (random.uniform(0.01, 0.3),), gate.wires))
    return found


def _single(random: np.random.Generator, wire: int) -> Channel:
    if random.random() < 0.4:  # T2 below and above T1
        t1, ratio = random.uniform(1, 3), random.uniform(0.3, 1.9)
        numbers = (random.uniform(0, 0.3), t1, ratio * t1, random.uniform(0.1, 0.5))
        return Channel("ThermalRelaxationError", numbers, (wire,))
    name = str(random.choice(list(SINGLE)))
    numbers = tuple(random.uniform(0.02, 0.4, SINGLE[name]))
    return Channel(name, tuple(map(float, numbers)), (wire,))
