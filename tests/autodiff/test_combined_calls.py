"""Calls of a function for many arguments run their circuits together."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.autodiff.combined_calls import call_combined

DEVICE = qg.device("local")


@qg.qnode(DEVICE)
def turned(x, y):
    qg.RX(x, wires=0)
    qg.RX(y, wires=0)
    return qg.expval(qg.Z(0))


@qg.qnode(DEVICE, shots=[(5, 2), 7])
def sampled(x):
    qg.RX(x, wires=0)
    return {"bits": qg.sample(wires=0), "mean": qg.expval(qg.Z(0))}


def test_a_function_takes_one_submission_for_each_qnode_that_it_calls():
    def function(x, y):
        first = turned(x, y)
        return first * turned(first, 0.1)

    with qg.Tracker(DEVICE) as tracker:
        found = call_combined(function, [(0.1, 0.2), (0.3, 0.4), (0.5, 0.6)])

    first = np.cos([0.3, 0.7, 1.1])
    np.testing.assert_allclose(found, first * np.cos(first + 0.1), atol=1e-12)
    assert tracker.totals["submissions"] == 2


def test_a_function_without_circuits_is_called_once():
    calls = []

    assert call_combined(lambda x: calls.append(x) or 2 * x, [(1,), (2,)]) == [2, 4]
    assert calls == [1, 2]


def test_calls_may_reach_different_numbers_of_circuits():
    def function(x):
        return turned(x, 0.0) if x < 1 else turned(turned(x, 0.0), 0.0)

    np.testing.assert_allclose(
        call_combined(function, [(0.5,), (1.5,)]), [np.cos(0.5), np.cos(np.cos(1.5))]
    )


def test_each_call_gets_its_own_part_of_a_shot_vector():
    for result, mean in zip(call_combined(sampled, [(0.0,), (np.pi,)]), (1.0, -1.0), strict=True):
        assert [len(part["bits"]) for part in result] == [5, 5, 7]
        assert [float(part["mean"]) for part in result] == [mean] * 3


def test_a_batch_in_a_call_stays_a_batch():
    batches = call_combined(turned, [(np.array([0.1, 0.2]), 0.0), (np.array([0.3, 0.4]), 0.0)])

    np.testing.assert_allclose(batches, np.cos([[0.1, 0.2], [0.3, 0.4]]))


@pytest.mark.parametrize("method", ["best", "parameter-shift"])
def test_circuits_with_states_and_other_structures_run_together(method):
    @qg.qnode(DEVICE, diff_method=method)
    def circuit(state, bit, angle):
        qg.StatePrep(state, wires=0)
        qg.BasisState([bit], wires=1)
        qg.RY(angle, wires=0)
        return qg.expval(qg.Z(0) @ qg.Z(1))

    states, bits = np.linalg.qr(np.array([[1.0, 2.0], [3.0, -1.0]]))[0], (0, 1)

    def mean(angle):
        return sum(call_combined(lambda s, b: circuit(s, b, angle), zip(states, bits, strict=True)))

    with qg.Tracker(DEVICE) as tracker:
        value = mean(0.3)
    slope = qg.grad(mean)(qnp.array(0.3, requires_grad=True))

    assert tracker.totals["submissions"] == 1
    assert value == pytest.approx(
        sum(circuit(*pair, 0.3) for pair in zip(states, bits, strict=True))
    )
    assert slope == pytest.approx((mean(0.3 + np.pi / 2) - mean(0.3 - np.pi / 2)) / 2)


def test_observables_with_other_coefficients_are_not_confused():
    @qg.qnode(DEVICE)
    def circuit(x, scale):
        qg.RX(x, wires=0)
        return qg.expval(scale * qg.Z(0))

    np.testing.assert_allclose(
        call_combined(circuit, [(0.1, 2.0), (0.2, 3.0), (0.3, 2.0)]),
        np.cos([0.1, 0.2, 0.3]) * [2, 3, 2],
    )


def test_a_function_may_differentiate_by_itself():
    def function(x):
        return qg.grad(lambda y: turned(x, y) ** 2)(qnp.array(0.3, requires_grad=True))

    np.testing.assert_allclose(
        call_combined(function, [(0.1,), (0.2,)]), -np.sin(2 * np.array([0.4, 0.5])), atol=1e-12
    )


def test_an_error_of_the_function_is_raised_and_later_calls_are_as_usual():
    def function(x):
        raise ZeroDivisionError(turned(x, 0.0))

    with pytest.raises(ZeroDivisionError):
        call_combined(function, [(0.1,), (0.2,)])
    assert turned(0.1, 0.0) == pytest.approx(np.cos(0.1))


def test_a_function_that_handles_errors_is_combined_too():
    def function(x):
        try:
            return turned(x, 0.0)
        except Exception:
            return None

    assert call_combined(function, [(0.0,)]) == [pytest.approx(1.0)]


def test_a_qnode_with_transforms_is_combined_with_all_of_its_tapes():
    @qg.transform
    def scaled(tape):
        places = range(len(tape.parameters))
        tapes = [tape.bind_new_parameters([f * x for x in tape.parameters], places) for f in (1, 2)]
        return tapes, sum

    with qg.Tracker(DEVICE) as tracker:
        found = call_combined(lambda x: scaled(turned)(x, 0.0) * turned(x, 0.1), [(0.1,), (0.2,)])

    x = np.array([0.1, 0.2])
    np.testing.assert_allclose(found, (np.cos(x) + np.cos(2 * x)) * np.cos(x + 0.1))
    assert tracker.totals["submissions"] == 2


def test_each_circuit_is_recorded_once():
    recorded = []

    @qg.qnode(DEVICE)
    def circuit(x):
        recorded.append(x)
        qg.RX(x, wires=0)
        return qg.expval(qg.Z(0))

    call_combined(lambda x: circuit(x) + circuit(2 * x), [(0.1,), (0.2,)])

    assert recorded == [0.1, 0.2, 0.2, 0.4]
