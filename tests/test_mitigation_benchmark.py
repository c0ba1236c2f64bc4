"""The benchmark of mitigation draws the outcomes of an emulated device, and measures errors."""

from __future__ import annotations

from pathlib import Path

import mitigation
import numpy as np
import pytest
from mitigated import cases, measuring
from mitigated.cases import Problem
from mitigated.coherent import CoherentNoise
from mitigated.peers import Circuits, Peers, corrected, line

import qgate as qg
from qgate.devices.emulation.native_circuit import NativeGate


def circuit(x):
    """Two gates and a sum of three words."""
    qg.RY(x[0], wires=0)
    qg.CNOT(wires=[0, 1])
    qg.RX(x[1], wires=1)
    return qg.expval(0.5 * qg.Z(0) + qg.X(0) @ qg.X(1) + 0.25 * qg.Y(1))


SMALL = Problem(circuit, (0.7, -0.4))
SHARED = Problem(lambda x: (qg.RX(x[0], wires=1), circuit(np.array([2 * x[0], 0.3])))[1], (0.7,))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for probabilities."""
    return tmp_path_factory.mktemp("probabilities")


@pytest.fixture(scope="module")
def manila(folder: Path):
    """A machine with five qubits."""
    return cases.machine("manila", cache=folder)


def test_outcomes_are_drawn_from_the_probabilities_of_the_emulated_device(manila):
    counted = qg.QNode(lambda x: (circuit(x), qg.probs(wires=[0, 1]))[1], manila, shots=200_000)
    exact = qg.QNode(lambda x: (circuit(x), qg.probs(wires=[0, 1]))[1], manila.noisy, shots=None)
    x = np.array([0.7, -0.4])

    assert np.allclose(counted(x), exact(x), atol=0.01)
    assert not np.allclose(counted(x), counted(x), atol=1e-9)


def test_probabilities_of_equal_rows_are_computed_once_and_kept_in_a_file(manila, folder):
    node = qg.QNode(circuit, manila, shots=100)
    node(np.array([0.1, 0.2]))
    computed = manila.probabilities.computed
    node(np.array([0.1, 0.2]))
    manila.probabilities.save()
    again = cases.machine("manila", cache=folder)
    qg.QNode(circuit, again, shots=100)(np.array([0.1, 0.2]))

    assert manila.probabilities.computed == computed > 0
    assert again.probabilities.computed == 0


def test_a_seed_draws_the_same_outcomes_again(manila):
    one, same, other = (
        qg.QNode(circuit, manila.seeded(seed), shots=100)(np.array([0.1, 0.2]))
        for seed in (1, 1, 2)
    )
    assert one == same != other


def test_the_coherent_error_follows_gates_on_two_qubits_only(manila):
    noise = CoherentNoise(manila.noisy.noise, 0.05)
    pair = NativeGate("cx", (0, 1), (qg.CNOT(wires=[0, 1]),))
    single = NativeGate("x", (0,), (qg.X(0),))

    assert [each.name for each in noise.around(pair)][:2] == ["CNOT", "IsingZZ"]
    assert "IsingZZ" not in [each.name for each in noise.around(single)]
    assert noise.digest != manila.noisy.noise.digest
    assert noise.source == manila.noisy.noise.source


@pytest.mark.parametrize("problem", [SMALL, SHARED])
def test_peers_without_noise_give_the_exact_value_and_gradient(problem):
    x = problem.point(0)
    value, gradient = problem.exact(x)
    circuits = Circuits(Peers(problem, x, qg.device("local")).target.request, qg.device("local"))
    found = circuits.outputs(0, 10**12, np.random.default_rng(0), np.zeros((2, 2)))

    assert np.allclose(found, [value, *gradient], atol=1e-4)


def test_corrected_words_have_the_expectation_without_readout_errors():
    wrong = np.array([[0.02, 0.05], [0.1, 0.0]])
    supports = np.array([[True, False], [True, True]])
    single = [np.array([[1 - a, b], [a, 1 - b]]) for a, b in wrong]
    true = np.array([0.1, 0.2, 0.3, 0.4])
    seen = np.kron(*single) @ true

    assert np.allclose(
        seen @ corrected(supports, np.ones(2), wrong),
        true @ corrected(supports, np.ones(2), np.zeros((2, 2))),
    )


def test_the_regression_finds_a_line():
    x = np.array([0.0, 1.0, 3.0])
    assert line(x, 2 * x - 1) == pytest.approx((2.0, -1.0))
    assert line(np.ones(2), np.array([1.0, 3.0])) == pytest.approx((1.0, 1.0))


def test_a_method_is_worse_only_beyond_chance():
    off = list(np.random.default_rng(0).normal(size=(50, 3)))
    small = measuring.Errors("case", 1, "none", off)
    large = measuring.Errors("case", 1, "zne", [3 * each for each in off])
    similar = measuring.Errors("case", 1, "zne", [1.05 * each for each in off])

    assert large.is_worse(small).tolist() == [True, True]
    assert similar.is_worse(small).tolist() == [False, False]


def test_errors_of_every_method_are_measured_printed_and_written(
    manila, monkeypatch, capsys, tmp_path
):
    monkeypatch.setitem(cases.PROBLEMS, "small", SMALL)
    monkeypatch.setattr(mitigation, "CASES", [("small", "manila")])
    monkeypatch.setattr(mitigation, "machine", lambda name, cache: manila)
    page = tmp_path / "page.md"
    page.write_text("<!-- mitigation -->\n<!-- end of mitigation -->\n")
    monkeypatch.setattr(mitigation, "PAGE", page)
    kept = tmp_path / "errors"
    size = ["--points", "1", "--seeds", "2", "--budgets", "0", "2000"]

    assert mitigation.main([*size, "--save", str(kept)]) == 0
    assert mitigation.main(["--load", str(kept), "--write"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in (*measuring.registered(), *measuring.PEERS))
    assert "| small manila | 2,000 | 2 |" in page.read_text()
    assert "| small manila, value alone | 2,000 | 2 |" in page.read_text()
