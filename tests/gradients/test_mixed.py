"""Gradient methods on circuits with noise channels, against closed forms."""

from math import cos, sin

import numpy as np
import pytest
from numpy.testing import assert_allclose

import qgate as qg
from qgate import numpy as pnp
from qgate.exceptions import InvalidTransform, UnsupportedDiffMethod
from qgate.gradients.parameter_shift import parameter_shift

X = pnp.array([0.3, 0.2, 0.1], requires_grad=True)


def noisy(x):
    """Apply gates and channels with <Z> = cos(a) (1 - 4 p / 3) (1 - 2 q)."""
    qg.RX(x[0], wires=0)
    qg.DepolarizingChannel(x[1], wires=0)
    qg.BitFlip(x[2], wires=0)
    return qg.expval(qg.Z(0))


def node(method, shots=None):
    return qg.QNode(noisy, qg.device("local", wires=1, seed=3), diff_method=method, shots=shots)


def gradient(a, p, q):
    left, middle, right = cos(a), 1 - 4 * p / 3, 1 - 2 * q
    return [-sin(a) * middle * right, -4 / 3 * left * right, -2 * left * middle]


def hessian(a, p, q):
    left, middle, right = cos(a), 1 - 4 * p / 3, 1 - 2 * q
    first, second = 4 / 3 * sin(a) * right, 2 * sin(a) * middle
    third = 8 / 3 * left
    return [[-left * middle * right, first, second], [first, 0, third], [second, third, 0]]


@pytest.mark.parametrize("method", ["parameter-shift", "backprop", "adjoint", "best"])
def test_gradients_are_exact(method):
    assert_allclose(qg.grad(node(method))(X), gradient(*X), atol=1e-12)


@pytest.mark.parametrize("method", ["parameter-shift", "backprop"])
def test_second_derivatives_are_exact(method):
    assert_allclose(qg.jacobian(qg.grad(node(method)))(X), hessian(*X), atol=1e-12)


def test_differences_are_close():
    assert_allclose(qg.grad(node("finite-diff"))(X), gradient(*X), atol=1e-6)


def test_a_probability_is_set_to_0_and_1_and_never_leaves_its_range():
    with qg.QuantumTape() as tape:
        noisy([0.3, 0.2, 0.1])

    shifted = parameter_shift(tape.structure, (1, 2))
    rows = shifted.at(tape.sweep()).rows

    assert_allclose(sorted(rows[:, 1].tolist()), [0.0, 0.2, 0.2, 1.0])
    assert_allclose(sorted(rows[:, 2].tolist()), [0.0, 0.1, 0.1, 1.0])


def test_shots_give_gradients_within_their_errors():
    found = qg.grad(node("parameter-shift", shots=40_000))(X)

    # Each is a difference of two values of variance at most 1.
    assert np.all(abs(found - gradient(*X)) < 5 * np.sqrt(2 / 40_000))


def test_a_derivative_exists_where_a_probability_is_zero():
    zero = pnp.array([0.3, 0.0, 0.0], requires_grad=True)

    assert_allclose(qg.grad(node("backprop"))(zero), gradient(*zero), atol=1e-12)
    assert_allclose(qg.jacobian(qg.grad(node("backprop")))(zero), hessian(*zero), atol=1e-12)


def test_methods_for_pure_states_say_why_they_do_not_apply():
    with pytest.raises(UnsupportedDiffMethod, match=r"noise channels.*pure state"):
        qg.grad(node("hadamard"))(X)
    with pytest.raises(InvalidTransform, match=r"noise channels.*pure states"):
        qg.metric_tensor(node("best"))(X)
    with pytest.raises(InvalidTransform, match="noise channels"):
        qg.adjoint_metric_tensor(node("best"))(X)


def test_adjoint_differentiates_probabilities_and_leaves_other_functions_to_backprop():
    def node_of(returned, method):
        def circuit(x):
            noisy(x)
            return returned()

        return qg.QNode(circuit, qg.device("local", wires=1), diff_method=method)

    both = qg.jacobian(node_of(lambda: qg.probs(wires=0), "adjoint"))(X)
    assert_allclose(both, np.outer([0.5, -0.5], gradient(*X)), atol=1e-12)
    with pytest.raises(UnsupportedDiffMethod, match="backprop"):
        qg.grad(node_of(lambda: qg.purity(wires=0), "adjoint"))(X)
    purity = qg.grad(node_of(lambda: qg.purity(wires=0), "best"))(X)
    value = 0.5 * (1 + cos(X[0]) ** 2 * (1 - 4 * X[1] / 3) ** 2 * (1 - 2 * X[2]) ** 2)
    value += 0.5 * sin(X[0]) ** 2 * (1 - 4 * X[1] / 3) ** 2 * (1 - 2 * X[2]) ** 2
    assert purity[1] == pytest.approx((2 * value - 1) * -4 / 3 / (1 - 4 * X[1] / 3))


def test_recipes_of_users_stand_beside_the_rules_of_probabilities():
    rotation = [[0.5, 1, np.pi / 2], [-0.5, 1, -np.pi / 2]]

    found = qg.gradients.param_shift(node("best"), gradient_recipes=[rotation, None, None])(X)

    assert_allclose(found, gradient(*X), atol=1e-12)
