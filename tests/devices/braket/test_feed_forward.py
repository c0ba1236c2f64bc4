"""Feed-forward of IQM's devices on Amazon Braket."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import UnsupportedMidMeasure

SHOTS = 2000


def garnet():
    """Return a device that runs circuits as they are written."""
    return qg.device("braket:iqm/garnet?s3_bucket=amazon-braket-test&verbatim=true")


def circuit(x):
    """Reset a qubit and use it again; rotate another one under a condition."""
    qg.RY(x[0], 3)
    outcome = qg.measure(3, reset=True)
    qg.cond(outcome, qg.RX, qg.RY)(x[1], wires=4)
    qg.RX(x[0], 3)
    return qg.expval(qg.Z(4)), qg.expval(qg.Z(3))


def expected(x):
    """Return the values in closed form."""
    return np.cos(x[1]), np.cos(x[0])


def test_conditions_and_resets_are_experimental_capabilities_of_one_task(double):
    x = np.array([1.1, 0.6])
    node = qg.QNode(circuit, garnet(), shots=SHOTS, mcm_method="device")

    found = node(x)

    (task,) = double.ledger()["tasks"]
    assert "measure_ff(0) $3;" in task["source"]
    assert "cc_prx(" in task["source"]
    np.testing.assert_allclose(found, expected(x), atol=5 / np.sqrt(SHOTS))


def test_shift_rules_of_the_angles_give_derivatives(double):
    def energy(x):
        qg.RY(0.9, 3)
        outcome = qg.measure(3)
        qg.cond(outcome, qg.RX)(x, wires=4)
        return qg.expval(qg.Z(4))

    node = qg.QNode(
        energy, garnet(), shots=SHOTS, mcm_method="device", diff_method="parameter-shift"
    )

    found = qg.grad(node)(qnp.array(0.6))

    assert found == pytest.approx(-(np.sin(0.45) ** 2) * np.sin(0.6), abs=5 / np.sqrt(SHOTS))
    assert len(double.ledger()["tasks"]) == 1


def test_without_the_option_outcomes_are_measured_at_the_end(double):
    def both(x):
        qg.RY(x, 3)
        outcome = qg.measure(3)
        qg.cond(outcome, qg.RX)(x, wires=4)
        return qg.expval(outcome), qg.expval(qg.Z(4))

    value, _ = qg.QNode(both, garnet(), shots=SHOTS)(0.8)

    (task,) = double.ledger()["tasks"]
    assert "measure_ff" not in task["source"]
    assert abs(value - np.sin(0.4) ** 2) < 5 / np.sqrt(SHOTS)


def test_what_feed_forward_cannot_do_is_refused_before_anything_is_sent(double):
    def measured(x):
        return qg.expval(qg.measure(3))

    def selected(x):
        qg.measure(3, postselect=1)
        return qg.expval(qg.Z(4))

    def two_outcomes(x):
        first, second = qg.measure(3), qg.measure(5)
        qg.cond(first & second, qg.RX)(x, wires=4)
        return qg.expval(qg.Z(4))

    def two_wires(x):
        qg.cond(qg.measure(3), qg.CNOT)(wires=[4, 5])
        return qg.expval(qg.Z(4))

    for function in (measured, selected, two_outcomes, two_wires):
        with pytest.raises(UnsupportedMidMeasure, match="mcm_method='device'"):
            qg.QNode(function, garnet(), shots=10, mcm_method="device")(0.1)
    assert not double.ledger()["tasks"]
