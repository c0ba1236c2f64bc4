"""Derivatives from the tapes of a transform."""

import numpy as np
import pytest

import qgate as qg
from qgate.autodiff.evaluate import values
from qgate.autodiff.result_layout import ResultLayout
from qgate.autodiff.trainable_sweep import TrainableSweep
from qgate.autodiff.transform_derivatives import TransformDerivatives
from qgate.exceptions import UnsupportedDiffMethod
from qgate.tape import Tape

X = np.array([[0.3, 0.7], [1.1, -0.2]])
DEVICE = qg.device("local")


def tape_derivatives(*measurements, transform=qg.gradients.param_shift):
    tape = Tape([qg.RX(X[:, 0], 0), qg.RY(X[:, 1], 0)], measurements or [qg.expval(qg.Z(0))])
    return TransformDerivatives(
        TrainableSweep(tape.sweep(), (0, 1)),
        DEVICE,
        layout=ResultLayout.of(tape.sweep(), DEVICE),
        transform=transform,
        options={},
        trainable=[0, 1],
        values=values,
    )


@pytest.mark.parametrize("transform", [qg.gradients.param_shift, qg.gradients.hadamard_grad])
def test_value_and_derivatives_of_each_row(transform):
    derivatives = tape_derivatives(qg.expval(qg.Z(0)), qg.probs(wires=0), transform=transform)

    values, slopes = derivatives(0, X), derivatives(1, X)

    a, b = X.T
    np.testing.assert_allclose(values[:, 0], np.cos(a) * np.cos(b), atol=1e-12)
    expected = np.stack([-np.sin(a) * np.cos(b), -np.cos(a) * np.sin(b)], axis=-1)
    np.testing.assert_allclose(slopes[:, 0], expected, atol=1e-12)
    np.testing.assert_allclose(slopes[:, 1], expected / 2, atol=1e-12)


def test_the_value_alone_runs_no_other_tape():
    with qg.Tracker() as tracker:
        tape_derivatives()(0, X)

    assert tracker.totals["executions"] == 2


def test_the_value_comes_along_with_the_derivatives():
    derivatives = tape_derivatives()

    with qg.Tracker() as tracker:
        derivatives(1, X)
        derivatives(0, X)

    assert tracker.totals["submissions"] == 1


def test_second_derivatives_are_refused():
    with pytest.raises(UnsupportedDiffMethod, match="one of order 2 is being taken"):
        tape_derivatives()(0, X, expect=2)
