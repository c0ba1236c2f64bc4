"""Circuits, points and noisy machines of the benchmark of mitigation."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

import qgate as qg
from qgate.devices.emulation.device import EmulatedDevice

from .coherent import CoherentNoise
from .drawn import DrawnDevice, Probabilities

HAMILTONIANS = Path(__file__).parents[1] / "hamiltonians"
SPREAD = 0.2
"""Standard deviation in radians of the points around the optimum."""

COHERENT_RAD = 0.05
"""Angle of the ZZ rotation after each two-qubit gate, exp(-i 0.025 ZZ)."""


@dataclass(frozen=True)
class Problem:
    """Circuit with an observable, and the angles of its least value.

    Parameters
    ----------
    circuit : callable
        Quantum function of an array of angles.
    optimum : tuple of float
        From BFGS with exact gradients on ``local``: molecules from 0.01 rad for each angle, others
        the best of 8 starts drawn from (-1, 1) with the seeds 0 to 7.
    """

    circuit: Callable[[Any], Any]
    optimum: tuple[float, ...]

    def point(self, seed: int) -> np.ndarray:
        """Return a point near the optimum."""
        drawn = np.random.default_rng(seed).normal(0, SPREAD, len(self.optimum))
        return np.array(self.optimum) + drawn

    def exact(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the value and the gradient without noise and shots."""
        node = qg.QNode(self.circuit, qg.device("local"))
        trained = qg.numpy.array(x, requires_grad=True)
        return float(node(trained)), np.asarray(qg.grad(node)(trained))


@lru_cache(maxsize=8)
def hamiltonian(name: str) -> Any:
    """Return the Hamiltonian of a file in ``benchmarks/hamiltonians``."""
    terms = json.loads((HAMILTONIANS / f"{name}.json").read_text(encoding="utf-8"))["terms"]
    words = [qg.pauli.string_to_pauli_word(word) for _, word in terms]
    return qg.Hamiltonian([weight for weight, _ in terms], words)


def molecule(name: str, wires: int, count: int | None = None) -> Callable[[Any], Any]:
    """Return the UCCSD circuit of two electrons: double excitations, then single ones."""
    single, double = qg.qchem.excitations(2, wires)
    gates = [(qg.DoubleExcitation, each) for each in double]
    gates += [(qg.SingleExcitation, each) for each in single]

    def circuit(x: Any) -> Any:
        qg.BasisState([1, 1] + [0] * (wires - 2), wires=range(wires))
        for angle, (gate, places) in zip(x, gates[:count], strict=True):
            gate(angle, wires=places)
        return qg.expval(hamiltonian(name))

    return circuit


def ising(wires: int = 6) -> Callable[[Any], Any]:
    """Return two layers of RY and CZ, and RY, with the open Ising chain in a field of 1."""
    words = [qg.Z(i) @ qg.Z(i + 1) for i in range(wires - 1)] + [qg.X(i) for i in range(wires)]
    chain = qg.Hamiltonian([-1.0] * len(words), words)

    def circuit(x: Any) -> Any:
        for layer in range(3):
            for i in range(wires - 1 if layer else 0):
                qg.CZ(wires=[i, i + 1])
            for i in range(wires):
                qg.RY(x[layer * wires + i], wires=i)
        return qg.expval(chain)

    return circuit


def qaoa(name: str = "maxcut_3reg_n8", wires: int = 8) -> Callable[[Any], Any]:
    """Return two layers of QAOA for the largest cut of a graph."""

    def circuit(x: Any) -> Any:
        cut = hamiltonian(name)
        edges = [word.wires for word in cut.terms()[1] if len(word.wires) == 2]
        for i in range(wires):
            qg.Hadamard(i)
        for layer in range(2):
            for edge in edges:
                qg.IsingZZ(x[2 * layer], wires=edge)
            for i in range(wires):
                qg.RX(x[2 * layer + 1], wires=i)
        return qg.expval(cut)

    return circuit


PROBLEMS: Mapping[str, Problem] = {
    "H2": Problem(molecule("h2_sto3g_0.7414", 4), (0.2261, 0.0, 0.0)),
    "H2-1": Problem(molecule("h2_sto3g_0.7414", 4, 1), (0.2261,)),
    "LiH6": Problem(
        molecule("lih_sto3g_1.595_sigma6", 6),
        (0.0721, -0.1207, 0.1201, 0.2315, 0.0712, 0.016, -0.0726, -0.0082),
    ),
    "Ising6": Problem(
        ising(),
        (
            *(-1.6292, -0.4212, -1.923, 1.0326, 0.4784, 1.0984),
            *(1.6352, 0.4959, -0.2445, 0.2216, -0.5305, -1.14),
            *(1.3633, 1.3957, 3.2433, 0.2737, 1.3026, 1.412),
        ),
    ),
    "QAOA8": Problem(qaoa(), (-0.4535, 1.1871, -0.8053, 0.733)),
}

MACHINES: Mapping[str, tuple[str, float]] = {
    "torino": ("fake_torino", 0.0),
    "marrakesh": ("fake_marrakesh", 0.0),
    "manila": ("fake_manila", 0.0),
    "torino+ZZ": ("fake_torino", COHERENT_RAD),
}
"""For each machine its fake backend and the angle of a coherent error."""

CASES: Sequence[tuple[str, str]] = [
    *((problem, "torino") for problem in ("H2", "LiH6", "Ising6", "QAOA8")),
    *((problem, "marrakesh") for problem in ("H2", "LiH6", "Ising6", "QAOA8")),
    ("H2-1", "manila"),
    *((problem, "torino+ZZ") for problem in ("H2", "LiH6", "Ising6")),
]
"""Problem and machine of each case. ``fake_manila`` has five qubits in a line."""


def machine(name: str, *, cache: Path | None = None, seed: int = 0) -> DrawnDevice:
    """Return a noisy machine whose outcomes are drawn from exact probabilities."""
    backend, angle = MACHINES[name]
    emulated = qg.device(f"qiskit:{backend}?emulate=calibration&optimization_level=3")
    assert isinstance(emulated, EmulatedDevice)
    if angle:
        noise = CoherentNoise(emulated.noise, angle)
        emulated = EmulatedDevice(emulated.emulated, noise=noise)
    return DrawnDevice(emulated, Probabilities(emulated, cache), seed=seed)
