"""``qg.adjoint_metric_tensor``: the metric tensor from exact states."""

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import InvalidTransform

X = qnp.array(0.3, requires_grad=True)
Y = qnp.array([0.4, 0.7], requires_grad=True)


def circuit(x, y):
    qg.StatePrep(np.array([0.6, 0.8j]), wires="a")
    qg.PhaseShift(x * y[0], "a")
    qg.CRY(y[1], ["a", "b"])
    qg.U3(x, y[0], y[1] ** 2, "b")
    qg.IsingXY(y[0], ["a", "b"])
    qg.evolve(qg.X("a") @ qg.Y("b") - 0.5 * qg.Z("a"), x)
    qg.GlobalPhase(y[0])
    return qg.expval(qg.Z("a"))


@pytest.mark.parametrize("wires", [None, ["b", "extra", "a"]])
@pytest.mark.parametrize("position", [0, 1])
def test_it_is_the_metric_of_the_state(wires, position, numerical_metric):
    found = qg.adjoint_metric_tensor(qg.QNode(circuit, qg.device("local", wires=wires)))(X, Y)

    np.testing.assert_allclose(
        found[position], numerical_metric(circuit, (X, Y), position), atol=1e-10
    )


@pytest.mark.parametrize("diff_method", ["best", "parameter-shift", "adjoint", "backprop"])
def test_it_can_be_differentiated_whatever_the_method_of_the_qnode(diff_method):
    function = qg.adjoint_metric_tensor(
        qg.QNode(circuit, "local", diff_method=diff_method), argnums=1
    )
    direction, step = np.array([0.6, -0.8]), 1e-5

    found = qg.jacobian(function, argnums=1)(X, Y) @ direction

    ahead, behind = (function(X, Y + sign * step * direction) for sign in (1, -1))
    np.testing.assert_allclose(found, (ahead - behind) / (2 * step), atol=1e-8)


def test_by_the_angles_of_the_gates_and_by_one_argument():
    node = qg.QNode(circuit, "local")

    assert np.shape(qg.adjoint_metric_tensor(node, hybrid=False)(X, Y)) == (8, 8)
    assert np.shape(qg.adjoint_metric_tensor(node, argnums=1)(X, Y)) == (2, 2)


def test_it_is_one_submission_of_a_row_for_each_word():
    def rotations(y):
        qg.RX(y[0], 0)
        qg.CRY(y[1], [0, 1])  # two words
        return qg.expval(qg.Z(0))

    with qg.Tracker() as tracker:
        qg.adjoint_metric_tensor(qg.QNode(rotations, "local"))(Y)

    assert tracker.totals["submissions"] == 1
    assert tracker.totals["executions"] == 1 + 1 + 2


def test_a_tape():
    tape = qg.QuantumScript([qg.RX(0.1, 0), qg.RY(0.2, 0)], [qg.expval(qg.Z(0))])

    tapes, postprocess = qg.adjoint_metric_tensor(tape)
    found = postprocess(qg.execute(tapes, "local"))

    np.testing.assert_allclose(found, np.diag([1, np.cos(0.1) ** 2]) / 4, atol=1e-15)


def test_shots_are_refused():
    with pytest.raises(InvalidTransform, match=r"100 shots are asked for\. Use shots=None"):
        qg.adjoint_metric_tensor(qg.QNode(circuit, "local", shots=100))
    with pytest.raises(InvalidTransform, match="7 shots are asked for"):
        qg.adjoint_metric_tensor(qg.QuantumScript([qg.RX(0.1, 0)], [qg.probs()], shots=7))


def test_a_device_without_state_is_refused():
    device = qg.device("qiskit:aer", shots=10)

    with pytest.raises(InvalidTransform, match="metric_tensor works from shots"):
        qg.adjoint_metric_tensor(qg.QNode(circuit, device))
