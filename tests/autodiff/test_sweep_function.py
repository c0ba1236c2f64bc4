"""The adjoint method through states: closed forms, rows, costs and refusals."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import UnsupportedDiffMethod


def adjoint(returned):
    @qg.qnode("local", diff_method="adjoint")
    def circuit(x, y=0.5):
        qg.RX(x, "b")
        qg.CRY(y, ["b", "a"])
        return returned()

    return circuit


def test_amplitudes_of_a_rotation_have_the_derivative_of_their_formula():
    @qg.qnode("local", diff_method="adjoint")
    def circuit(x):
        qg.RX(x, 0)
        return qg.state()

    found = qg.jacobian(circuit)(qnp.array(0.6))

    assert_allclose(found, [-np.sin(0.3) / 2, -0.5j * np.cos(0.3)], atol=1e-12)


def test_rows_of_a_broadcast_are_differentiated_by_their_own_angles():
    x = qnp.array([0.1, 0.7, -1.2], requires_grad=True)

    found = qg.jacobian(adjoint(lambda: qg.probs(wires="b")))(x)

    expected = np.einsum("ij,k->ikj", np.diag(np.sin(x) / 2), [-1, 1])
    assert_allclose(found, expected, atol=1e-12)


def test_coefficients_are_trained_along_with_angles():
    @qg.qnode("local", diff_method="adjoint")
    def circuit(x, weight):
        qg.RX(x, 0)
        return qg.purity(0), qg.expval(qg.Z(0) * weight)

    gradient = qg.grad(lambda x, weight: circuit(x, weight)[1], argnums=[0, 1])

    assert_allclose(gradient(0.3, 2.0), [-2 * np.sin(0.3), np.cos(0.3)], atol=1e-12)


def test_coefficients_alone_are_trained():
    @qg.qnode("local", diff_method="adjoint")
    def circuit(weight):
        qg.RX(0.3, 0)
        return qg.probs(wires=0), qg.expval(qg.Z(0) * weight)

    gradient = qg.grad(lambda weight: circuit(weight)[1], argnums=0)

    assert gradient(2.0) == pytest.approx(np.cos(0.3))


def test_a_gradient_is_one_submission():
    with qg.Tracker() as tracker:
        qg.grad(adjoint(lambda: qg.vn_entropy("a")))(qnp.array(0.3))

    assert tracker.totals == {"submissions": 1, "batches": 1, "executions": 1, "shots": 0}


def test_second_derivatives_are_refused():
    with pytest.raises(UnsupportedDiffMethod, match="it gives first derivatives"):
        qg.grad(qg.grad(adjoint(lambda: qg.purity("a"))))(qnp.array(0.3))


def test_a_gate_that_is_no_exponential_is_refused():
    @qg.qnode("local", diff_method="adjoint")
    def circuit(x):
        qg.pow(qg.Rot(x, 0.2, 0.3, wires=0), 0.5)
        return qg.probs(wires=0)

    with pytest.raises(UnsupportedDiffMethod, match=r"Rot\*\*0.5 is no exponential"):
        qg.jacobian(circuit)(qnp.array(0.7))


def test_counts_are_refused():
    with pytest.raises(UnsupportedDiffMethod, match="the circuit returns counts"):
        qg.grad(adjoint(lambda: qg.counts(wires="a")))(qnp.array(0.3))


def test_a_product_with_the_jacobian_is_a_derivative_along_a_direction():
    circuit = adjoint(lambda: qg.density_matrix("b"))

    def real(x, y):
        return qnp.real(circuit(x, y))

    _, found = qg.jvp(real, (0.3, 0.5), (0.7, -0.2), argnums=[0, 1])

    by_x, by_y = qg.jacobian(real, argnums=[0, 1])(0.3, 0.5)
    assert_allclose(found, 0.7 * by_x - 0.2 * by_y, atol=1e-12)
