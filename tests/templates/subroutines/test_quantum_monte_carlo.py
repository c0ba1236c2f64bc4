"""Amplitude estimation of means against the means."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters

PROBS = np.array([0.1, 0.2, 0.3, 0.4])


def values(number):
    return np.sin(number) ** 2


def test_matrices_prepare_the_distribution_and_rotate_by_the_function():
    prepared, rotated, amplified = qg.QuantumMonteCarlo(
        PROBS, values, target_wires=[0, 1, 2], estimation_wires=[3]
    ).parameters

    np.testing.assert_allclose(prepared[:, 0], np.sqrt(PROBS))
    state = rotated @ np.kron(prepared, np.eye(2))[:, 0]
    mean = sum(PROBS * values(np.arange(4)))
    assert np.sum(state[1::2] ** 2) == pytest.approx(mean)
    phases = np.angle(np.linalg.eigvals(amplified)) / (2 * np.pi)
    found = (1 - np.cos(np.pi * phases)) / 2
    assert np.isclose(found, mean).any()


def test_the_estimation_wires_show_the_mean():
    @qg.qnode(qg.device("local", wires=9))
    def probabilities():
        qg.QuantumMonteCarlo(PROBS, values, target_wires=range(3), estimation_wires=range(3, 9))
        return qg.probs(wires=range(3, 9))

    phase = np.argmax(probabilities()[:32]) / 64
    estimate = (1 - np.cos(np.pi * phase)) / 2
    assert estimate == pytest.approx(sum(PROBS * values(np.arange(4))), abs=np.pi / 64)


def test_derivatives_by_the_distribution():
    @qg.qnode(qg.device("local"), diff_method="backprop")
    def value(angle):
        probs = qg.numpy.stack([qg.math.cos(angle) ** 2, qg.math.sin(angle) ** 2])
        qg.QuantumMonteCarlo(probs, lambda i: 0.3 + 0.4 * i, [0, 1], [2, 3])
        return qg.expval(qg.Z(1) @ qg.X(3))

    slope = (value(0.7 + 1e-5) - value(0.7 - 1e-5)) / 2e-5
    assert qg.grad(value)(qg.numpy.array(0.7)) == pytest.approx(slope, abs=1e-7)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"probs": [0.5, 0.6, 0.0, 0.0]}, "add up to"),
        ({"probs": [1.5, -0.5, 0.0, 0.0]}, "minimum of -0.5"),
        ({"probs": [0.2, 0.3, 0.5]}, "shape"),
        ({"probs": [[0.5, 0.5]]}, "shape"),
        ({"probs": [0.5, 0.5]}, "take m \\+ 1 target wires"),
        ({"func": lambda i: i}, "from 0 to 1"),
        ({"func": 0.5}, "func"),
        ({"estimation_wires": [2]}, "estimation"),
        ({"estimation_wires": []}, "estimation"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(given, text):
    whole = {"probs": PROBS, "func": values, "target_wires": range(3), "estimation_wires": [5]}

    with pytest.raises(InvalidParameters, match=text):
        qg.QuantumMonteCarlo(**{**whole, **given})
