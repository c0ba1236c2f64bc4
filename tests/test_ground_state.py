"""Ground-state energies from shots, where only the device string differs."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest

EXAMPLE = Path(__file__).parent.parent / "examples" / "ground_state.py"


@pytest.fixture(scope="module")
def example():
    specification = importlib.util.spec_from_file_location("ground_state", EXAMPLE)
    module = importlib.util.module_from_spec(specification)
    sys.modules["ground_state"] = module
    specification.loader.exec_module(module)
    yield module
    del sys.modules["ground_state"]


def load(example, molecule):
    return json.loads((example.HAMILTONIANS / molecule.file).read_text())


def test_the_stored_energy_of_h2_is_the_lowest_eigenvalue(example):
    data = load(example, example.MOLECULES["h2"])
    letters = {
        "I": np.eye(2),
        "X": np.array([[0, 1], [1, 0]]),
        "Y": np.array([[0, -1j], [1j, 0]]),
        "Z": np.diag([1, -1]),
    }

    total = np.zeros((16, 16), dtype=complex)
    for coefficient, word in data["terms"]:
        product = np.ones((1, 1))
        for letter in word:
            product = np.kron(product, letters[letter])
        total += coefficient * product

    assert np.isclose(np.linalg.eigvalsh(total)[0], data["ground_energy_sector"], atol=1e-9)
    assert round(data["ground_energy_sector"], 6) == -1.137270


@pytest.mark.parametrize(
    ("device", "error_mha"),
    [
        ("local", 2.0),
        ("local?shots=4000&seed=7", 15.0),
        ("qiskit:aer?shots=4000&seed=7", 15.0),
        ("braket:local?shots=4000&seed=7", 15.0),
    ],
)
def test_h2_comes_out_on_every_device(example, device, error_mha):
    molecule = example.MOLECULES["h2"]
    data = load(example, molecule)

    training = example.train(molecule, data, device)

    assert abs(training.energy - data["ground_energy_sector"]) < error_mha / 1000
    assert training.counted["submissions"] == molecule.steps  # one submission per step


@pytest.mark.parametrize(
    ("device", "error_mha"), [("local", 2.0), ("local?shots=500&seed=7", 15.0)]
)
def test_lih_comes_out_on_six_qubits(example, device, error_mha):
    molecule = example.MOLECULES["lih"]
    data = load(example, molecule)

    training = example.train(molecule, data, device)

    assert abs(training.energy - data["ground_energy_sector"]) < error_mha / 1000


@pytest.mark.parametrize("device", ["qiskit:aer?shots=500&seed=7", "braket:local?shots=500&seed=7"])
def test_a_step_on_lih_goes_down_on_the_providers(example, device):
    molecule = dataclasses.replace(example.MOLECULES["lih"], steps=2, last=1)

    training = example.train(molecule, load(example, molecule), device)

    assert training.energies[1] < training.energies[0]


def test_the_picture_is_drawn(example, tmp_path):
    pytest.importorskip("matplotlib")
    training = example.Training("local", energies=[0.0, -0.5, -1.0])

    example.picture("H$_2$", -1.1, [training], tmp_path / "curves.png")

    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
