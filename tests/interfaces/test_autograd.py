"""The autograd interface, on functions with derivatives known in closed form."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from autograd.differential_operators import make_jvp

import qgate as qg
from qgate import numpy as qnp
from qgate.interfaces.autograd import INTERFACE


class Waves:
    """sin(a . x) for each row of x and each row of a, and all its derivatives."""

    def __init__(self, a):
        self.a = np.array(a)  # (M, n)
        self.asked = []

    def __call__(self, order, x, *, expect=0):
        self.asked.append((order, expect))
        derivative = np.sin(x @ self.a.T + order * np.pi / 2)  # (B, M)
        for axis in range(order):
            factor = self.a.reshape((1, len(self.a), *(1,) * axis, -1))
            derivative = derivative[..., None] * factor
        return derivative


def differentiable(waves, x):
    return INTERFACE.differentiable(waves, [x], [])


A = [[0.5, -1.0, 2.0], [1.5, 0.3, -0.7]]
X = np.array([[0.1, 0.7, -0.4], [0.9, -0.2, 0.3]])
WEIGHTS = np.array([[1.0, -2.0], [0.5, 3.0]])


def through(x):
    return anp.sum(WEIGHTS * differentiable(Waves(A), x))


def directly(x):
    return anp.sum(WEIGHTS * anp.sin(anp.dot(x, np.array(A).T)))


def test_values_are_handed_through():
    values = differentiable(Waves(A), X)

    np.testing.assert_allclose(values, np.sin(X @ np.array(A).T))


@pytest.mark.parametrize("order", [1, 2, 3])
def test_reverse_mode_of_any_order(order):
    mine, true = through, directly
    for _ in range(order):
        mine, true = autograd.jacobian(mine), autograd.jacobian(true)

    np.testing.assert_allclose(mine(X), true(X), atol=1e-12)


def test_forward_mode():
    direction = np.ones_like(X)

    found = make_jvp(lambda x: differentiable(Waves(A), x))(X)(direction)
    true = make_jvp(lambda x: anp.sin(anp.dot(x, np.array(A).T)))(X)(direction)

    np.testing.assert_allclose(found, true)


def test_forward_over_reverse():
    direction = np.ones_like(X)

    _, found = make_jvp(autograd.grad(through))(X)(direction)
    _, true = make_jvp(autograd.grad(directly))(X)(direction)

    np.testing.assert_allclose(found, true)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_all_derivatives_are_announced_with_the_value(order):
    waves = Waves(A)

    function = lambda x: anp.sum(differentiable(waves, x))  # noqa: E731
    for _ in range(order):
        function = autograd.jacobian(function)
    function(X)

    assert waves.asked[0] == (0, order)


def test_other_functions_of_autograd_are_followed():
    def function(x):
        values = differentiable(Waves(A), anp.tanh(x) * 2)
        return anp.sum(values**2) + anp.sum(x)

    def true(x):
        return anp.sum(anp.sin(anp.dot(anp.tanh(x) * 2, np.array(A).T)) ** 2) + anp.sum(x)

    np.testing.assert_allclose(autograd.grad(function)(X), autograd.grad(true)(X))


# With circuits ----------------------------------------------------------------------------


@qg.qnode("local", diff_method="parameter-shift")
def mean(x):
    qg.RX(x, 0)
    return qg.expval(qg.Z(0))


def test_autograd_itself_differentiates_a_quantum_function():
    assert autograd.grad(mean)(0.4) == pytest.approx(-np.sin(0.4))


def test_a_quantum_function_of_a_quantum_function():
    found = qg.grad(lambda x: mean(mean(x)))(qnp.array(0.4))

    assert found == pytest.approx(np.sin(np.cos(0.4)) * np.sin(0.4))


@pytest.mark.parametrize("container", [dict, list, tuple])
def test_angles_in_containers(container):
    @qg.qnode("local")
    def circuit(params, scale):
        first, rest = params.values() if container is dict else params
        qg.RX(first, 0)
        qg.RY(rest[0] * scale, 0)
        return qg.expval(qg.Z(0))

    def pack(first, rest):
        return {"first": first, "rest": rest} if container is dict else container((first, rest))

    found = qg.grad(circuit, argnums=0)(pack(0.3, [0.7]), 2.0)

    by_first, by_rest = found.values() if container is dict else found
    assert by_first == pytest.approx(-np.sin(0.3) * np.cos(1.4))
    assert by_rest[0] == pytest.approx(-2 * np.cos(0.3) * np.sin(1.4))


def test_keyword_arguments_are_data():
    @qg.qnode("local")
    def circuit(x, *, offset):
        qg.RX(x + offset, 0)
        return qg.expval(qg.Z(0))

    found = qg.grad(circuit)(qnp.array(0.3), offset=qnp.array(0.5, requires_grad=True))

    assert found == pytest.approx(-np.sin(0.8))


def test_classical_work_before_and_after_is_differentiated():
    def cost(x):
        return qnp.log(2 + mean(qnp.sum(x**2))) * x[0]

    x = qnp.array([0.3, 0.7])
    total = np.sum(x**2)
    inner = -np.sin(total) * 2 * np.asarray(x) / (2 + np.cos(total)) * x[0]

    assert qg.grad(cost)(x) == pytest.approx(inner + np.array([np.log(2 + np.cos(total)), 0]))


def test_jvp_and_vjp_of_a_quantum_function():
    x = qnp.array(0.4)

    assert qg.jvp(mean, (x,), (2.0,))[1] == pytest.approx(-2 * np.sin(0.4))
    assert qg.vjp(mean, (x,), 3.0)[1] == pytest.approx(-3 * np.sin(0.4))
