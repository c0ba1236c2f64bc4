"""Derivatives from other circuits: their values and costs."""

import numpy as np
import pytest

import qgate as qg
from qgate.autodiff.circuit_derivatives import CircuitDerivatives
from qgate.autodiff.result_layout import ResultLayout
from qgate.autodiff.trainable_sweep import TrainableSweep
from qgate.gradients.hadamard import hadamard_test
from qgate.tape import Tape

X = np.array([[0.3, 0.7], [1.1, -0.2]])


def hadamard(tape, slots, **options):
    sweep, device = tape.sweep(), qg.device("local")
    return CircuitDerivatives(
        TrainableSweep(sweep, slots),
        device,
        layout=ResultLayout.of(sweep, device),
        method=hadamard_test,
        options=options,
    )


def tape_derivatives(*measurements, shots=None, **options):
    tape = Tape([qg.RX(X[:, 0], 0), qg.RY(X[:, 1], 0)], measurements or [qg.expval(qg.Z(0))], shots)
    return hadamard(tape, (0, 1), **options)


@pytest.mark.parametrize("mode", ["standard", "direct", "reversed", "reversed-direct"])
def test_derivatives_of_order_0_to_2(mode):
    derivatives = tape_derivatives(mode=mode)
    values, slopes, curvatures = (derivatives(order, X, expect=2) for order in range(3))

    a, b = X.T
    products = np.cos(a) * np.cos(b)
    np.testing.assert_allclose(values, products[:, None], atol=1e-12)
    first = np.stack([-np.sin(a) * np.cos(b), -np.cos(a) * np.sin(b)], axis=-1)
    np.testing.assert_allclose(slopes[:, 0], first, atol=1e-12)
    mixed = np.sin(a) * np.sin(b)
    np.testing.assert_allclose(curvatures[:, 0, 0, 0], -products, atol=1e-12)
    np.testing.assert_allclose(curvatures[:, 0, 0, 1], mixed, atol=1e-12)
    np.testing.assert_allclose(curvatures[:, 0, 1, 0], mixed, atol=1e-12)


@pytest.mark.parametrize(("expect", "executions"), [(0, 2), (1, 2 + 2 * 2)])
def test_what_is_expected_is_bought_together(expect, executions):
    derivatives = tape_derivatives(shots=10)

    with qg.Tracker() as tracker:
        for order in range(expect + 1):
            derivatives(order, X, expect=expect)

    assert tracker.totals["submissions"] == 1
    assert tracker.totals["executions"] == executions


def test_a_derivative_that_is_asked_for_first_knows_the_shapes():
    derivatives = tape_derivatives(qg.expval(qg.Z(0)), qg.probs(wires=0))

    slopes = derivatives(1, X)

    assert slopes.shape == (2, 3, 2)
    np.testing.assert_allclose(slopes[:, 1], slopes[:, 0] / 2, atol=1e-12)


def test_what_no_circuit_depends_on_has_derivative_zero():
    tape = Tape([qg.GlobalPhase(0.3)], [qg.probs(wires=0)])
    derivatives = hadamard(tape, (0,))

    assert derivatives(1, np.array([[0.3]])).tolist() == [[[0.0], [0.0]]]


def test_rows_keep_their_shots():
    tape = Tape([qg.RX(0.3, 0), qg.RY(0.7, 0)], [qg.expval(qg.Z(0))], (10, 30))
    derivatives = hadamard(tape, (0, 1))

    with qg.Tracker() as tracker:
        derivatives(0, np.array([[0.3, 0.7]] * 2), expect=1)

    assert tracker.totals["shots"] == 3 * 40
