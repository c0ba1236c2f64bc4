"""``qg.gradients.classical_jacobian``: gate arguments as functions of QNode arguments."""

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import (
    DifferentiationError,
    InvalidArgnums,
    InvalidTransform,
    UnsupportedEstimate,
)

classical_jacobian = qg.gradients.classical_jacobian

X = qnp.array(0.5, requires_grad=True)
Y = qnp.array([0.3, 0.2], requires_grad=True)


@qg.qnode("local")
def weighted(weights):
    qg.RX(weights[0], wires=0)
    qg.RY(0.2 * weights[0], wires=1)
    qg.RY(2.5, wires=0)
    qg.RZ(weights[1] ** 2, wires=1)
    qg.RX(weights[2], wires=1)
    return qg.expval(qg.Z(0) @ qg.Z(1))


@qg.qnode("local")
def two(x, y):
    qg.RX(qnp.sin(x), wires=0)
    qg.RY(y[0] * x, wires=1)
    qg.RZ(y[1], wires=1)
    return qg.expval(qg.Z(0))


BY_X = np.array([np.cos(0.5), 0.3, 0.0])
BY_Y = np.array([[0.0, 0.0], [0.5, 0.0], [0.0, 1.0]])


def test_rows_are_trainable_gate_arguments():
    weights = qnp.array([1.0, 1.0, 0.6], requires_grad=True)

    expected = [[1, 0, 0], [0.2, 0, 0], [0, 2, 0], [0, 0, 1]]
    np.testing.assert_allclose(classical_jacobian(weighted)(weights), expected)


def test_all_gate_arguments_have_rows_if_asked_for():
    weights = qnp.array([1.0, 1.0, 0.6], requires_grad=True)

    found = classical_jacobian(weighted, trainable_only=False)(weights)

    np.testing.assert_array_equal(found[2], [0, 0, 0])
    assert found.shape == (5, 3)


def test_several_arguments_give_a_tuple():
    by_x, by_y = classical_jacobian(two)(X, Y)

    np.testing.assert_allclose(by_x, BY_X)
    np.testing.assert_allclose(by_y, BY_Y)


@pytest.mark.parametrize(("argnum", "expected"), [(0, BY_X[:2]), (1, BY_Y[1:]), (-1, BY_Y[1:])])
def test_one_position_gives_a_bare_array_of_plain_arguments_too(argnum, expected):
    found = classical_jacobian(two, argnum=argnum)(0.5, np.array([0.3, 0.2]))

    np.testing.assert_allclose(found, expected)


def test_a_sequence_of_positions_keeps_its_order():
    by_y, by_x = classical_jacobian(two, argnum=[1, 0])(X, Y)

    np.testing.assert_allclose(by_x, BY_X)
    np.testing.assert_allclose(by_y, BY_Y)


def test_gate_arguments_of_one_shape_stay_arrays():
    @qg.qnode("local")
    def circuit(x):
        qg.AngleEmbedding(x**2, wires=[0, 1])
        return qg.probs()

    np.testing.assert_allclose(classical_jacobian(circuit)(Y), [np.diag([0.6, 0.4])])


def test_gate_arguments_of_different_shapes_are_put_one_after_the_other():
    @qg.qnode("local")
    def circuit(x):
        qg.AngleEmbedding(x, wires=[0, 1])
        qg.RX(x[0] + x[1], wires=0)
        return qg.probs()

    np.testing.assert_allclose(classical_jacobian(circuit)(Y), [[1, 0], [0, 1], [1, 1]])


def test_the_recorded_tape_can_be_changed_first():
    def first_gate(tape):
        return qg.QuantumScript(tape.operations[:1], tape.measurements)

    found = classical_jacobian(two, argnum=0, expand_fn=first_gate)(X, Y)

    np.testing.assert_allclose(found, BY_X[:1])


def test_it_can_be_differentiated():
    found = qg.jacobian(classical_jacobian(two, argnum=0))(X, Y)[0]

    np.testing.assert_allclose(found, [-np.sin(0.5), 0, 0], atol=1e-15)


def test_nothing_is_run():
    with qg.Tracker() as tracker:
        classical_jacobian(two)(X, Y)

    assert tracker.totals["submissions"] == 0


def test_keyword_arguments_are_handed_on():
    @qg.qnode("local")
    def circuit(x, factor=1.0):
        qg.RX(factor * x, 0)
        return qg.expval(qg.Z(0))

    np.testing.assert_allclose(classical_jacobian(circuit)(X, factor=3.0), [3.0])


def test_wrong_use():
    with pytest.raises(DifferentiationError, match="none of its positional arguments"):
        classical_jacobian(two)(0.5, np.array([0.3, 0.2]))
    with pytest.raises(InvalidArgnums, match="no argument at position 3"):
        classical_jacobian(two, argnum=3)(X, Y)
    with pytest.raises(InvalidTransform, match="neither a QNode nor a tape"):
        classical_jacobian(two.func)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_batches_of_any_length_are_refused_where_one_row_is_needed(size):
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x, 0)
        qg.RY(2 * x, 1)
        return qg.expval(qg.Z(0) @ qg.Z(1))

    x = qnp.array(0.1 * np.arange(size), requires_grad=True)

    with pytest.raises(InvalidTransform, match="broadcast"):
        qg.metric_tensor(circuit)(x)
    with pytest.raises(UnsupportedEstimate, match="without a batch"):
        qg.gradient_estimate(circuit, budget=1000)(x)


def test_an_expand_fn_that_returns_no_tape_is_refused():
    with pytest.raises(InvalidTransform, match=r"expand_fn returned 0\.5 instead of a tape"):
        classical_jacobian(two, expand_fn=lambda tape: 0.5)(X, Y)
