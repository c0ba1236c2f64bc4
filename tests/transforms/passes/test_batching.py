"""Batches as rows of one circuit, or as circuits."""

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import InvalidParameters, TransformError
from qgate.transforms import batch_input, batch_params, batch_partial, broadcast_expand

ROWS = qnp.array([0.1, 0.5, 0.9])


def function(x, y):
    qg.RX(x, 0)
    qg.RY(y, 0)
    return qg.expval(qg.Z(0)), qg.probs(wires=0)


def value(x, y):
    return np.cos(x) * np.cos(y)


@pytest.mark.parametrize("method", ["best", "parameter-shift"])
def test_each_row_is_a_circuit(method):
    circuit = qg.QNode(function, "local", diff_method=method)
    node = broadcast_expand(circuit)

    for mine, known in zip(node(ROWS, 0.3), circuit(ROWS, 0.3), strict=True):
        np.testing.assert_allclose(mine, known)
    found = qg.jacobian(lambda x: node(x, 0.3)[1])(ROWS)
    np.testing.assert_allclose(found, qg.jacobian(lambda x: circuit(x, 0.3)[1])(ROWS), atol=1e-9)
    with qg.Tracker() as tracker:
        node(np.array([0.1, 0.2]), 0.3)
    assert tracker.totals["submissions"] == 1


def test_rows_keep_parts_of_shots_and_counts():
    circuit = qg.QNode(lambda x: [qg.RX(x, 0), qg.counts()][1], "local", shots=[5, 7])

    found = broadcast_expand(circuit)(np.array([0.0, np.pi]))

    assert found == ([{"0": 5}, {"1": 5}], [{"0": 7}, {"1": 7}])


def test_a_single_row_stays():
    tape = qg.tape.QuantumScript([qg.RX(0.1, 0)])

    assert broadcast_expand(tape)[0] == [tape]


def test_batches_of_matrices_are_circuits():
    matrices = np.array([np.eye(2), [[0, 1], [1, 0]]])

    (first, second), _ = broadcast_expand(qg.tape.QuantumScript([qg.QubitUnitary(matrices, 0)]))

    np.testing.assert_allclose(first.operations[0].matrix(), np.eye(2))
    np.testing.assert_allclose(second.operations[0].matrix(), [[0, 1], [1, 0]])


def test_trained_parameters_have_a_batch_axis():
    @batch_params
    @qg.qnode("local")
    def circuit(x, weights):
        qg.RX(x, 0)
        qg.RY(0.2, 1)
        qg.StronglyEntanglingLayers(weights, wires=[0, 1])
        return qg.expval(qg.Z(0))

    weights = qnp.array(np.linspace(0, 1, 36).reshape(3, 2, 2, 3))
    plain = qg.QNode(circuit.func, "local")

    found = circuit(ROWS, weights)

    np.testing.assert_allclose(found, [plain(*row) for row in zip(ROWS, weights, strict=True)])
    assert qg.jacobian(circuit)(ROWS, weights)[1].shape == (3, 3, 2, 2, 3)


def test_an_input_has_a_batch_axis():
    @batch_input(argnum=1)
    @qg.qnode("local", diff_method="parameter-shift")
    def circuit(inputs, weights):
        qg.RY(weights[0], wires=0)
        qg.AngleEmbedding(inputs, wires=range(2), rotation="Y")
        return qg.expval(qg.Z(0))

    inputs = qnp.array([[0.1, 0.2], [0.3, 0.4]], requires_grad=False)

    found = circuit(inputs, qnp.array([0.5]))

    np.testing.assert_allclose(found, np.cos(0.5 + np.array([0.1, 0.3])))


def test_other_arguments_have_a_batch_axis():
    node = batch_partial(qg.QNode(function, "local"), x=qnp.array(0.3))

    np.testing.assert_allclose(node(ROWS)[0], value(0.3, ROWS))
    np.testing.assert_allclose(node(y=ROWS)[0], value(0.3, ROWS))


def test_functions_of_rows_are_arguments():
    circuit = qg.QNode(function, "local")

    node = batch_partial(circuit, x=qnp.array(0.3), preprocess={"y": lambda z: z**2})

    np.testing.assert_allclose(node(ROWS)[0], value(0.3, ROWS**2))
    found = qg.jacobian(lambda z: node(z)[0])(ROWS)
    np.testing.assert_allclose(found, np.diag(-np.cos(0.3) * np.sin(ROWS**2) * 2 * ROWS))


X, Y = qnp.array(0.1), qnp.array([0.1, 0.2])


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda node: batch_params(node)(0.1, 0.2), "no parameter of the circuit is trainable"),
        (lambda node: batch_params(node)(X, Y), "leading axes"),
        (lambda node: batch_params(node, all_operations=True)(0.1, Y), "leading axes"),
        (lambda node: batch_input(node, argnum=7)(X, Y), "no positions of parameters"),
        (lambda node: batch_input(node, argnum=1)(X, Y), "is marked as trainable"),
        (lambda node: batch_input(node, argnum=0)(0.1, Y), "leading axes"),
        (lambda node: batch_partial(node, x=X, y=Y), "no arguments are left"),
        (lambda node: batch_partial(node, preprocess={"y": abs}), "arguments are left"),
        (lambda node: batch_partial(node, x=X)(0.3), "no argument has a batch axis"),
        (lambda node: batch_partial(node, x=X)(np.zeros(0)), "no argument has a batch axis"),
        (lambda node: batch_partial(node, x=[[1.0], [1.0, 2.0]])(Y), "no arrays of one shape"),
    ],
)
def test_wrong_use_is_refused(call, reason):
    with pytest.raises(TransformError, match=reason):
        call(qg.QNode(function, "local"))


@pytest.mark.parametrize("preprocess", [3, "text", [1, 2], {"x": 1}, {0: abs}])
def test_functions_of_arguments_are_given_by_name(preprocess):
    with pytest.raises(InvalidParameters, match="preprocess"):
        batch_partial(qg.QNode(lambda x: qg.expval(qg.Z(0)), "local"), preprocess=preprocess)
