"""Three problems to train: a molecule, a graph, a classifier."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy

import qgate as qg
from qgate import numpy as np

ROOT = Path(__file__).parents[2]
LAYERS = 2
POINTS = 40
"""Number of points of the two moons."""

Circuit = Callable[..., Any]


@dataclass(frozen=True)
class Problem:
    """A minimization problem.

    Parameters
    ----------
    title : str
    unit : str
        Quantity and unit of the error, for an axis.
    wanted : float
        The goal for the error.
    shots : int
        Shots of each circuit, if sampled.
    least : float
        The minimum, from which the error is measured.
    circuit : callable
        A function of the weights that returns an expectation value.
    start : array
        The first weights.
    frequencies : array
        Number of frequencies of each weight.
    rates : mapping
        The stepsize for each kind of optimizer.
    cost : callable, optional
        From a QNode to the function that is minimized; default the QNode itself.
    chosen : tuple, optional
        A circuit of weights and generators for Rotoselect, with its start.
    grown : tuple, optional
        A circuit without arguments, and Pauli words that may be appended to it.
    """

    title: str
    unit: str
    wanted: float
    shots: int
    least: float
    circuit: Circuit
    start: Any
    frequencies: Any
    rates: Mapping[str, float]
    cost: Callable[[Any], Circuit] | None = None
    chosen: tuple[Circuit, Any, list[Any]] | None = None
    grown: tuple[Circuit, Sequence[str]] | None = None

    def objective(self, device: Any) -> Circuit:
        """Return the function to minimize, on a device."""
        node = qg.QNode(self.circuit, device, diff_method="parameter-shift")
        return node if self.cost is None else self.cost(node)


def hamiltonian(path: str) -> tuple[Any, dict[str, Any]]:
    """Return the observable in a file, and the other contents of the file."""
    data = json.loads((ROOT / path).read_text())
    coefficients, words = zip(*data["terms"], strict=True)
    return qg.PauliSum.from_words(coefficients, words, range(data["qubits"])), data


def molecule() -> Problem:
    """Return H2 with three excitations."""
    energy, data = hamiltonian("examples/hamiltonians/h2_sto3g_0.7414.json")

    def circuit(x):
        qg.BasisState([1, 1, 0, 0], wires=range(4))
        qg.DoubleExcitation(x[0], wires=range(4))
        qg.SingleExcitation(x[1], wires=[0, 2])
        qg.SingleExcitation(x[2], wires=[1, 3])
        return qg.expval(energy)

    def chosen(x, generators=None):
        for wire, generator in enumerate(generators):
            generator(x[wire], wires=wire)
        qg.CNOT(wires=[0, 1])
        for wire in (2, 3):
            qg.CNOT(wires=[0, wire])
            qg.X(wire)
        return qg.expval(energy)

    def grown():
        qg.BasisState([1, 1, 0, 0], wires=range(4))
        return qg.expval(energy)

    return Problem(
        "H$_2$, 4 qubits, 3 angles",
        "Ha above the exact energy",
        wanted=1e-3,
        shots=1000,
        least=data["ground_energy_sector"],
        circuit=circuit,
        start=np.array([0.6, 0.3, -0.2]),
        frequencies=[2, 2, 2],
        rates={"plain": 0.5, "momentum": 0.1, "natural": 0.3, "flow": 0.1, "random": 2.0},
        chosen=(chosen, [0.6, 0.3, 0.0, -0.2], [qg.RX, qg.RX, qg.RZ, qg.RX]),
        grown=(grown, ["XXXY", "YXXX", "XXYX", "XYXX"]),
    )


def graph() -> Problem:
    """Return MaxCut of a graph of 8 vertices by QAOA with 2 layers."""
    cut, data = hamiltonian("benchmarks/hamiltonians/maxcut_3reg_n8.json")
    edges = [
        tuple(at for at, letter in enumerate(word) if letter == "Z")
        for _, word in data["terms"]
        if "Z" in word
    ]
    words = [
        "".join("Y" if at == one else "Z" if at == other else "I" for at in range(8))
        for edge in edges
        for one, other in (edge, edge[::-1])
    ]

    def circuit(x):
        for wire in range(8):
            qg.Hadamard(wire)
        for layer in range(LAYERS):
            for edge in edges:
                qg.IsingZZ(x[2 * layer], wires=edge)
            for wire in range(8):
                qg.RX(x[2 * layer + 1], wires=wire)
        return qg.expval(cut)

    def chosen(x, generators=None):
        for wire, generator in enumerate(generators):
            generator(x[wire], wires=wire)
        return qg.expval(cut)

    def grown():
        for wire in range(8):
            qg.Hadamard(wire)
        return qg.expval(cut)

    return Problem(
        "MaxCut by QAOA, 8 qubits, 4 angles",
        "edges above the best of QAOA",
        wanted=0.1,
        shots=100,
        least=float("nan"),  # found by ``best_of``
        circuit=circuit,
        start=np.array([-0.4, 0.6, -0.5, 0.3]),
        frequencies=[len(edges), 8, len(edges), 8],
        rates={"plain": 0.02, "momentum": 0.005, "natural": 0.1, "flow": 0.1, "random": 0.3},
        chosen=(chosen, list(0.3 + 0.1 * numpy.arange(8)), [qg.RX] * 8),
        grown=(grown, words),
    )


def moons() -> tuple[Any, Any]:
    """Return points on two interleaved half circles, with labels -1 or 1."""
    random = numpy.random.default_rng(3)
    angles = numpy.pi * random.uniform(size=POINTS)
    labels = numpy.repeat([-1.0, 1.0], POINTS // 2)
    points = numpy.stack([numpy.cos(angles), numpy.sin(angles)])
    points = numpy.where(labels > 0, numpy.array([[1.0], [0.5]]) - points, points)
    return points + 0.08 * random.normal(size=points.shape), labels


def classifier() -> Problem:
    """Return two moons, classified by a circuit into which the points enter three times."""
    points, labels = moons()

    def circuit(x, data=points):
        for layer in range(3):
            for wire in range(2):
                qg.RX(2.0 * data[wire], wires=wire)
                qg.RY(x[4 * layer + wire], wires=wire)
                qg.RZ(x[4 * layer + 2 + wire], wires=wire)
            qg.CZ(wires=[0, 1])
        return qg.expval(qg.Z(0))

    def cost(node):
        def loss(x):
            return np.mean((node(x) - labels) ** 2)

        return loss

    start = numpy.random.default_rng(1).normal(size=12)
    return Problem(
        "Two moons, 2 qubits, 12 angles",
        "mean squared error above the best",
        wanted=0.05,
        shots=100,
        least=float("nan"),
        circuit=circuit,
        start=np.array(start),
        frequencies=[2] * 12,
        rates={"plain": 0.4, "momentum": 0.1, "natural": 0.1, "random": 1.0},
        cost=cost,
    )


def best_of(problem: Problem) -> float:
    """Return the least value that scipy finds from several starts."""
    from scipy.optimize import minimize

    node = qg.QNode(problem.circuit, "local")
    gradient = qg.grad(node if problem.cost is None else problem.cost(node), argnums=0)

    def value_and_slope(x):
        slope = gradient(x)
        return float(gradient.forward), numpy.asarray(slope)

    random, start = numpy.random.default_rng(0), numpy.asarray(problem.start)
    starts = [start, *(start + random.normal(size=start.shape) for _ in range(12))]
    return float(min(minimize(value_and_slope, x, jac=True).fun for x in starts))
