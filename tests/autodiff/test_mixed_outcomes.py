"""Measurements in the middle of noisy circuits, against closed forms."""

from math import cos

import numpy as np
import pytest
from numpy.testing import assert_allclose

import qgate as qg
from qgate import numpy as pnp
from qgate.exceptions import UnsupportedMidMeasure


def flipped(p, **options):
    """Measure a turned and perhaps flipped wire, and flip another one if the outcome is 1."""

    @qg.qnode(qg.device("local", wires=3, seed=4), **options)
    def circuit(p):
        qg.RX(0.7, wires=0)
        qg.BitFlip(p, wires=0)
        outcome = qg.measure(0, postselect=options.get("postselect_mode") and 1)
        qg.cond(outcome, qg.X)(wires=1)
        qg.BitFlip(0.1, wires=1)
        return qg.expval(qg.Z(1)), qg.probs(op=outcome), qg.density_matrix([1])

    return circuit(p)


@pytest.mark.parametrize("method", [None, "deferred", "tree-traversal"])
def test_outcomes_after_noise_have_its_probabilities(method):
    mean, probs, rho = flipped(0.2, mcm_method=method)

    value = 0.6 * cos(0.7)
    assert_allclose(probs, [(1 + value) / 2, (1 - value) / 2], atol=1e-12)
    assert mean == pytest.approx(0.8 * value)
    assert_allclose(rho.diagonal(), [(1 + 0.8 * value) / 2, (1 - 0.8 * value) / 2], atol=1e-12)


def test_the_state_after_an_outcome_that_nobody_knows_is_a_density_matrix():
    @qg.qnode(qg.device("local", wires=1))
    def circuit():
        qg.Hadamard(wires=0)
        qg.PhaseFlip(0.1, wires=0)
        qg.measure(0)
        return qg.state()

    assert_allclose(circuit(), np.eye(2) / 2, atol=1e-12)


def test_a_selected_outcome_divides_by_its_probability():
    @qg.qnode("local", diff_method="best")
    def circuit(p):
        qg.BitFlip(p, wires=0)
        qg.CNOT(wires=[0, 1])
        qg.BitFlip(0.3, wires=0)
        qg.measure(0, postselect=1)
        return qg.expval(qg.Z(1))

    def value(p):  # of wire 1 given outcome 1: flipped by p, and the outcome by 0.3
        return (0.3 * (1 - p) - 0.7 * p) / (0.3 * (1 - p) + 0.7 * p)

    p = pnp.array(0.2, requires_grad=True)
    assert circuit(p) == pytest.approx(value(0.2))
    assert qg.grad(circuit)(p) == pytest.approx((value(0.2001) - value(0.1999)) / 2e-4, abs=1e-6)


def test_shots_cannot_all_get_a_selected_outcome_after_noise():
    with pytest.raises(UnsupportedMidMeasure, match=r"noise channels.*fill-shots"):
        flipped(0.2, postselect_mode="fill-shots", shots=10)
