"""Repeated gradients of a QNode, whose simulation is kept."""

import autograd
import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import DifferentiationError, NotFinite

H = 0.7 * qg.Z(0) @ qg.X(1) + 0.2 * qg.Y(0) - 1.1 * qg.Z(1)


def circuit(x, y=0.4):
    qg.RX(x[0], wires=0)
    qg.Rot(0.1, x[1, ...], y, wires=1)
    qg.CRY(2 * x[0] - x[2] / 3 + 0.1, wires=[0, 1])
    qg.RZ(-y, wires=0)
    qg.PauliRot(x[-1], "XY", wires=[0, 1])
    return qg.expval(H)


def made(**options):
    return qg.QNode(circuit, qg.device("local", wires=2), **options)


def repeated(**options):
    node = made(**options)
    for _ in range(2):
        qg.grad(node, argnums=[0, 1])(np.array([0.5, 0.6, 0.7]), 0.8)
    return node


X, Y = np.array([0.3, -1.2, 2.1]), 0.9


def assert_same_bits(found, expected):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)
        assert type(one) is type(other)


@pytest.mark.parametrize("argnums", [[0, 1], [0], [1]])
@pytest.mark.parametrize("method", ["best", "adjoint"])
def test_a_repeated_gradient_has_the_bits_of_a_first_one(argnums, method):
    node = repeated(diff_method=method)
    for transform in (qg.grad, qg.jacobian):
        first = transform(made(diff_method=method), argnums=argnums)(X, Y)

        assert_same_bits(transform(node, argnums=argnums)(X, Y), first)


def test_costs_around_the_circuit_are_differentiated_through_it():
    node = repeated()

    def cost(x, scale):
        return scale * node(x, 2 * scale) ** 2 + qnp.sum(x)

    found = qg.grad(cost, argnums=[0, 1])(X, Y)
    value = node(X, 2 * Y)
    by_x, by_y = qg.grad(made(), argnums=[0, 1])(X, 2 * Y)

    np.testing.assert_allclose(found[0], Y * 2 * value * by_x + 1.0, atol=1e-12)
    np.testing.assert_allclose(found[1], value**2 + Y * 2 * value * by_y * 2, atol=1e-12)


@pytest.mark.parametrize("function", [np.sin, qnp.sin, np.square])
def test_other_functions_of_entries_are_traced(function):
    @qg.qnode("local")
    def node(x):
        qg.RX(function(x[0]) if function is not np.sin else qnp.sin(x[0]), wires=0)
        qg.RY(x[1:][0], wires=0)
        return qg.expval(qg.Z(0))

    first, *again = [qg.grad(node)(qnp.array([0.3, 0.4])) for _ in range(3)]

    for found in again:
        np.testing.assert_array_equal(found, first)


def test_gates_of_ones_own_that_decompose_by_their_values_are_decomposed_each_time():
    class Turn(qg.operation.Operation):
        num_wires = 1

        @staticmethod
        def compute_decomposition(x, wires):
            return [qg.RX(x, wires)] if x > 1 else [qg.RX(x, wires), qg.RX(x, wires)]

    @qg.qnode("local")
    def node(x):
        Turn(x, wires=0)
        return qg.expval(qg.Z(0))

    for x in (0.5, 0.5, 0.5, 1.5, 1.5, 0.5):
        factor = 1 if x > 1 else 2
        assert node(x) == pytest.approx(np.cos(factor * x), abs=1e-12)
        slope = qg.grad(node)(qnp.array(x))
        assert slope == pytest.approx(-factor * np.sin(factor * x), abs=1e-12)


def test_second_derivatives_and_forward_mode_do_not_use_first_ones():
    node = repeated(diff_method="best")

    hessian = qg.jacobian(qg.grad(lambda x: node(x, Y)))(qnp.array(X))
    step = 1e-5
    by_hand = [
        (qg.grad(made(), argnums=0)(X + d, Y) - qg.grad(made(), argnums=0)(X - d, Y)) / 2 / step
        for d in step * np.eye(3)
    ]
    np.testing.assert_allclose(hessian, by_hand, atol=1e-8)
    value, tangent = autograd.make_jvp(lambda x: node(x, Y))(X)(np.ones(3))
    assert value == pytest.approx(made()(X, Y), abs=1e-14)
    assert tangent == pytest.approx(qg.grad(made(), argnums=0)(X, Y).sum(), abs=1e-12)


def test_a_gradient_in_a_gradient_by_another_argument():
    node = repeated()

    def slope(scale):
        return qg.grad(lambda x: scale**2 * node(x, 0.4), argnums=0)(X)[0]

    expected = 2 * Y * qg.grad(made(), argnums=0)(X, 0.4)[0]
    assert qg.grad(slope, argnums=0)(Y) == pytest.approx(expected, abs=1e-12)


def test_the_limit_of_orders_and_numbers_that_are_not_finite_are_refused():
    node = made(max_diff=0)
    node(X, Y)
    with pytest.raises(DifferentiationError):
        qg.grad(node, argnums=0)(X, Y)
    with pytest.raises(NotFinite):
        qg.grad(repeated(), argnums=0)(X * np.nan, Y)


def test_a_tracker_counts_the_circuits_of_a_repeated_gradient():
    node, fresh = repeated(), made()
    totals = []
    for each in (node, fresh):
        with qg.Tracker(each.device) as tracker:
            qg.grad(each, argnums=0)(X, Y)
        totals.append(tracker.totals)

    assert totals[0] == totals[1]


def test_the_same_entry_in_many_gates_and_arrays_of_one_number():
    @qg.qnode("local")
    def node(x, y, z):
        for wire in range(3):
            qg.RX(x, wires=wire)
            qg.RY(y[0], wires=wire)
            qg.RZ(z[wire][1] * 0.5, wires=wire)
        return qg.expval(qg.Z(0) @ qg.X(1) @ qg.Y(2))

    arguments = qnp.array(0.3), qnp.array([0.4]), qnp.arange(6.0).reshape(3, 2)
    first, *again = [qg.grad(node)(*arguments) for _ in range(3)]

    for found in again:
        assert_same_bits(found, first)
    assert [np.shape(part) for part in first] == [(), (1,), (3, 2)]
