"""The benchmark of noise runs the same noisy circuit in every library.

PennyLane is not installed here; its stand-in is qgate. Aer is.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from engines.circuits import Circuit, Gate
from noise import aer, local, qnodes, workloads
from noise.circuits import NoisyCircuit
from noise.random_circuits import random_circuit


@pytest.fixture(scope="module")
def circuit(tmp_path_factory: pytest.TempPathFactory) -> NoisyCircuit:
    """A small circuit, compiled and with noise, as the contenders read it."""
    gates = (
        *(Gate("RY", (wire,), wire) for wire in range(3)),
        Gate("CNOT", (0, 1)),
        Gate("SingleExcitation", (1, 2), 0),
    )
    small = Circuit(3, gates, ((0.5, "ZII"), (1.0, "XZY"), (0.25, "III")), (1, 0, 0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(workloads.WORKLOADS, "small", (lambda: small, False))
        patch.setattr(workloads, "BACKEND", "qiskit:fake_manila")
        patch.setitem(workloads.NAMES, "cx", "CNOT")
        patch.setitem(aer.GATES, "CNOT", "cx")
        made = workloads.compiled("small")
        file = Path(tmp_path_factory.mktemp("noise"), "small.json")
        made.save(file)
        assert NoisyCircuit.read(file) == made
        return made


def test_all_contenders_give_the_same_value_and_gradient(circuit, monkeypatch):
    monkeypatch.setitem(aer.GATES, "CNOT", "cx")
    monkeypatch.setattr(aer, "STEP", 1e-4)

    calls = [local.prepare(circuit), qnodes.qgate(circuit), aer.prepare(circuit)]

    for name, within in (("value", 1e-9), ("gradient", 1e-6)):
        first, *others = (np.ravel(each[name].read(each[name].run())) for each in calls)
        for other in others:
            np.testing.assert_allclose(other, first, atol=within)
    assert any(channels for channels in circuit.noise.values())


@pytest.mark.parametrize("seed", range(3))
def test_random_circuits_have_the_values_of_aer(seed):
    circuit = random_circuit(seed)

    values = [np.ravel(each.prepare(circuit)["value"].run()) for each in (local, aer)]

    np.testing.assert_allclose(values[0], values[1], atol=1e-10)
