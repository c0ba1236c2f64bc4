"""H2 on four wires, the test problem for optimizers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import qgate as qg
from qgate import numpy as np

DATA = Path(__file__).parents[2] / "examples" / "hamiltonians" / "h2_sto3g_0.7414.json"
MILLIHARTREE = 1e-3


@dataclass(frozen=True)
class LinearEstimand:
    """The ground state of a molecule."""

    hamiltonian: Any
    exact: float
    circuit: Callable[..., Any]

    def qnode(self, device: Any = "local", **options: Any) -> Any:
        """Return the energy on a device."""
        named = qg.device(device, wires=4) if isinstance(device, str) else device
        return qg.QNode(self.circuit, named, **options)

    def error(self, *args: Any) -> float:
        """Return the difference of the exact energy of these angles to the minimum, in hartree."""
        return float(self.qnode()(*args)) - self.exact


@pytest.fixture(scope="session")
def h2() -> LinearEstimand:
    """Return H2, with an angle for the pair of electrons and one for each of them."""
    data = json.loads(DATA.read_text())
    coefficients, words = zip(*data["terms"], strict=True)
    hamiltonian = qg.PauliSum.from_words(coefficients, words, range(4))

    def energy(pair, singles):
        qg.BasisState([1, 1, 0, 0], wires=range(4))
        qg.DoubleExcitation(pair, wires=range(4))
        qg.SingleExcitation(singles[0], wires=[0, 2])
        qg.SingleExcitation(singles[1], wires=[1, 3])
        return qg.expval(hamiltonian)

    return LinearEstimand(hamiltonian, data["ground_energy_sector"], energy)


@pytest.fixture
def start() -> list[Any]:
    """Return angles at some distance from the ground state of H2."""
    return [np.array(0.6, requires_grad=True), np.array([0.3, -0.2], requires_grad=True)]
