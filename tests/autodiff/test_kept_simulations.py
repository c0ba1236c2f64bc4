"""Repeated calls of a QNode, whose simulation is kept."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import NotFinite


def circuit(x, y=0.4):
    qg.RX(x, wires=0)
    qg.Rot(0.1, y, x, wires=1)
    qg.CNOT(wires=[0, 1])
    qg.PauliRot(y, "XY", wires=[0, 1])
    return qg.expval(qg.Z(1)), {"sum": qg.expval(0.3 * qg.X(0) + y * qg.Z(0) @ qg.Y(1))}


def flat(results):
    first, rest = results
    return [first, rest["sum"]]


@pytest.fixture
def node():
    node = qg.QNode(circuit, qg.device("local", wires=2))
    node(0.0)
    node(0.0)
    return node


@pytest.mark.parametrize("arguments", [(0.3,), (np.float64(1.2), -2), (1e9, 0.1), (2, 3)])
def test_a_repeated_call_returns_the_bits_of_a_first_one(node, arguments):
    fresh = qg.QNode(circuit, qg.device("local", wires=2))

    assert flat(node(*arguments)) == flat(fresh(*arguments))


def test_coefficients_belong_to_the_circuit():
    @qg.qnode("local")
    def weighted(weight):
        qg.RX(0.5, wires=0)
        return qg.expval(weight * qg.Z(0))

    values = [weighted(weight) for weight in (1.5, 1.5, 2.5, 1.5, 2.5)]

    np.testing.assert_allclose(values, np.array([1.5, 1.5, 2.5, 1.5, 2.5]) * np.cos(0.5))


def test_other_gates_are_another_circuit():
    @qg.qnode("local")
    def layers(number):
        for _ in range(number):
            qg.RX(0.2, wires=0)
        return qg.expval(qg.Z(0))

    values = [layers(number) for number in (1, 1, 2, 3, 1)]

    np.testing.assert_allclose(values, np.cos(0.2 * np.array([1, 1, 2, 3, 1])))


def test_the_tape_is_that_of_the_last_call(node):
    node(0.7)

    assert node.tape.operations[0].parameters == (0.7,)
    assert node.tape is node.tape
    assert node.tape.trainable_params == []


def test_trainable_numbers_give_trainable_results(node):
    for marked in (True, False):
        value = node(qnp.array(0.3, requires_grad=marked))[0]

        assert value.requires_grad is marked


def test_numbers_that_are_not_finite_are_refused(node):
    with pytest.raises(NotFinite):
        node(np.nan)


def test_a_tracker_counts_repeated_calls(node):
    with qg.Tracker(node.device) as tracker:
        node(0.1)
        node(0.2)

    assert tracker.totals["executions"] == 2


def test_results_keep_the_precision_of_the_numbers(node):
    assert node(np.float32(0.25))[0].dtype == np.float32
    assert node(0.25)[0].dtype == np.float64


def test_shots_and_another_device_are_those_of_the_call(node):
    exact = node(0.3)[0]

    assert node(0.3, shots=4)[0] in (-1.0, -0.5, 0.0, 0.5, 1.0)
    assert node.update(device=qg.device("local", wires=3))(0.3)[0] == exact
    node.device = qg.device("local", wires=2, precision="single")
    assert node(0.3)[0] == pytest.approx(exact, abs=1e-6)
    assert node(0.3)[0] != exact


def test_copies_pickles_and_threads_return_the_same(node):
    expected = flat(node(0.6))

    for other in (copy.copy(node), copy.deepcopy(node), pickle.loads(pickle.dumps(node))):
        assert flat(other(0.6)) == flat(other(0.6)) == expected
    with ThreadPoolExecutor(4) as pool:
        assert [flat(found) for found in pool.map(node, [0.6] * 20)] == [expected] * 20


def test_a_derivative_between_two_calls_changes_neither(node):
    before = flat(node(0.6))
    slope = qg.grad(lambda x: node(x)[0])(qnp.array(0.6))

    assert flat(node(0.6)) == before
    step = 1e-6
    assert slope == pytest.approx((node(0.6 + step)[0] - node(0.6 - step)[0]) / 2 / step, abs=1e-8)
