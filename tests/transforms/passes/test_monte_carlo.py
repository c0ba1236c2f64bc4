"""Amplitude estimation of circuits against their probabilities."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

import qgate as qg
from qgate.exceptions import TransformError
from qgate.transforms import apply_controlled_Q, quantum_monte_carlo


def prepare():
    qg.RY(0.4, wires=0)
    qg.CNOT([0, 1])
    qg.RX(0.9, wires=1)


def matrix(function, wires):
    tape = qg.tape.make_qscript(function)()
    return qg.matrix(qg.tape.QuantumScript(tape.operations), wire_order=wires)


def amplification():
    whole = matrix(prepare, [0, 1])
    marked, start = np.diag([-1.0, 1.0, -1.0, 1.0]), np.diag([1.0, -1.0, -1.0, -1.0])
    step = whole @ start @ whole.conj().T @ marked
    return step @ step


def test_the_amplification_is_controlled():
    found = matrix(apply_controlled_Q(prepare, [0, 1], 1, "c"), ["c", 0, 1])

    expected = scipy.linalg.block_diag(np.eye(4), amplification())
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_its_phase_is_the_probability():
    probability = np.sum(abs(matrix(prepare, [0, 1])[[1, 3], 0]) ** 2)

    phases = np.angle(np.linalg.eigvals(amplification())) / (2 * np.pi)

    assert np.isclose((1 - np.cos(np.pi * phases)) / 2, probability).any()


def test_the_estimation_wires_show_the_probability():
    estimation = range(2, 8)

    @quantum_monte_carlo(wires=[0, 1], target_wire=1, estimation_wires=estimation)
    @qg.qnode(qg.device("local", wires=8))
    def shown():
        prepare()
        return qg.probs(wires=estimation)

    phase = np.argmax(shown()[:32]) / 64
    probability = np.sum(abs(matrix(prepare, [0, 1])[[1, 3], 0]) ** 2)
    assert (1 - np.cos(np.pi * phase)) / 2 == pytest.approx(probability, abs=np.pi / 64)


@pytest.mark.parametrize(("target", "further"), [(2, [3]), (0, [1]), ([0, 1], [2]), (0, [])])
def test_wires_that_do_not_fit_are_refused(target, further):
    tape = qg.tape.make_qscript(prepare)()

    with pytest.raises(TransformError):
        quantum_monte_carlo(tape, [0, 1], target, further)
    with pytest.raises(TransformError):
        apply_controlled_Q(tape, [0, 1], target, further)
