"""Random product formulas against their terms and their mean."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

import qgate as qg
from qgate.exceptions import InvalidParameters, NotHermitian

HAMILTONIAN = qg.dot([0.25, -0.75], [qg.X(0) @ qg.Y(1), qg.Z(0)])


def test_each_gate_is_the_evolution_of_a_term_by_the_same_time():
    options = [
        scipy.linalg.expm(1j * 1.2 / 5 * sign * word.matrix([0, 1]))
        for sign, word in ((1, qg.X(0) @ qg.Y(1)), (-1, qg.Z(0)))
    ]

    gates = qg.QDrift(HAMILTONIAN, time=1.2, n=5, seed=3).decomposition()

    assert len(gates) == 5
    for gate in gates:
        found = gate.matrix([0, 1])
        assert min(abs(found - option).max() for option in options) < 1e-12


def test_terms_are_drawn_in_proportion_to_their_weights():
    gates = qg.QDrift(HAMILTONIAN, time=0.1, n=4000, seed=1).decomposition()

    share = sum(len(gate.wires) == 1 for gate in gates) / 4000
    assert share == pytest.approx(0.75, abs=0.05)  # seven standard deviations


def test_a_seed_gives_the_same_terms_and_none_gives_others():
    drawn = [qg.QDrift(HAMILTONIAN, 1.0, n=50, seed=seed) for seed in (5, 5, None, None)]

    first, second, third, fourth = (template.decomposition() for template in drawn)
    assert first == second
    assert third != fourth


@pytest.mark.parametrize("method", ["parameter-shift", "adjoint", "backprop"])
def test_derivative_by_the_time(method):
    @qg.qnode(qg.device("local"), diff_method=method)
    def value(time):
        qg.H(0)
        qg.QDrift(HAMILTONIAN, time, n=6, seed=2)
        return qg.expval(qg.X(0))

    slope = (value(0.7 + 1e-5) - value(0.7 - 1e-5)) / 2e-5
    assert qg.grad(value)(qg.numpy.array(0.7)) == pytest.approx(slope, abs=1e-8)


def test_the_error_is_bounded():
    assert qg.QDrift.error(HAMILTONIAN, 1.2, 10) == pytest.approx(0.288 * np.exp(0.24))


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"hamiltonian": qg.X(0)}, InvalidParameters),
        ({"hamiltonian": qg.Hermitian(np.eye(2), 0)}, InvalidParameters),
        ({"hamiltonian": 1j * qg.X(0) + qg.Z(0)}, NotHermitian),
        ({"n": 0}, InvalidParameters),
        ({"n": 1.5}, InvalidParameters),
        ({"seed": "x"}, InvalidParameters),
    ],
)
def test_arguments_that_do_not_fit_are_refused(given, error):
    with pytest.raises(error):
        qg.QDrift(**{"hamiltonian": HAMILTONIAN, "time": 1.0, **given})


def test_derivatives_by_weights_are_refused():
    def value(weights):
        qg.QDrift(qg.dot(weights, [qg.X(0), qg.Z(0)]), 0.3, n=2, seed=1)
        return qg.expval(qg.X(0))

    with pytest.raises(InvalidParameters, match="ApproxTimeEvolution"):
        qg.grad(qg.QNode(value, qg.device("local")))(qg.numpy.array([0.1, 0.2]))
