"""Gradient methods by other circuits can be user-defined."""

import numpy as np

import qgate as qg
from qgate.autodiff.circuit_derivatives import CircuitDerivatives
from qgate.autodiff.result_layout import ResultLayout
from qgate.autodiff.trainable_sweep import TrainableSweep
from qgate.gradients.circuits import Circuits, Contribution
from qgate.tape import Tape


def ninety(structure, slots, *, available, options):
    """Differentiate RX by a quarter turn, and its inverse, in front of it."""
    gates = structure.operations
    turned = tuple(
        structure.with_operations((qg.RX(sign * np.pi / 2, 0), *gates)) for sign in (1, -1)
    )
    parts = tuple(
        Contribution(0, index, sign / 2, lambda entries, arrays: list(entries))
        for index, sign in enumerate((1, -1))
    )
    return Circuits(turned, parts)


def test_results_are_added_up_with_their_weights():
    tape = Tape([qg.RX(0.3, 0)], [qg.expval(qg.Z(0)), qg.probs(wires=0)])
    sweep, device = tape.sweep(), qg.device("local")
    tape_derivatives = CircuitDerivatives(
        TrainableSweep(sweep, (0,)),
        device,
        layout=ResultLayout.of(sweep, device),
        method=ninety,
        options={},
    )

    slopes = tape_derivatives(1, np.array([[0.3]]))

    expected = -np.sin(0.3) * np.array([1, 0.5, -0.5])
    np.testing.assert_allclose(slopes[0, :, 0], expected, atol=1e-12)
