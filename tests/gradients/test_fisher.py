"""``qg.gradients.quantum_fisher`` and ``classical_fisher``."""

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import DifferentiationError, InvalidTransform

quantum_fisher = qg.gradients.quantum_fisher
classical_fisher = qg.gradients.classical_fisher

X = qnp.array(0.5, requires_grad=True)
Y = qnp.array([0.4, 0.7], requires_grad=True)


def two(x, y):
    qg.RX(qnp.sin(x), "a")
    qg.CRY(y[0] * x, ["a", "b"])
    qg.RZ(y[1], "a")
    qg.Hadamard("a")
    return qg.expval(qg.Z("a"))


def information(function, args, position):
    """Return the classical Fisher information from the Jacobian of the probabilities."""

    def probabilities(*inner):
        function(*inner)
        return qg.probs(wires=["a", "b"])

    node = qg.QNode(probabilities, "local")
    slopes = qg.jacobian(node, argnums=position)(*args).reshape(4, -1)
    return slopes.T @ (slopes / np.asarray(node(*args))[:, None])


# Quantum --------------------------------------------------------------------------------


def test_it_is_four_times_the_metric_tensor(numerical_metric):
    found = quantum_fisher(qg.QNode(two, "local"))(X, Y)

    for position in (0, 1):
        expected = 4 * numerical_metric(two, (X, Y), position)
        np.testing.assert_allclose(found[position], expected, atol=1e-9)


def test_from_shots_it_is_the_metric_tensor_of_the_device(numerical_metric):
    shots = 40_000
    circuit = qg.QNode(two, qg.device("local", seed=3), shots=shots)

    found = quantum_fisher(circuit)(X, Y)[1]

    error = np.abs(found - 4 * numerical_metric(two, (X, Y), 1)).max()
    assert error < 5 * 4 * np.sqrt(4 / 16 / shots)


def test_options_are_those_of_the_metric_tensor():
    circuit = qg.QNode(two, "local")

    for options in ({"approx": "diag"}, {"argnum": [1]}, {"aux_wire": "helper"}):
        expected = qg.metric_tensor(circuit, argnums=1, **options)(X, Y)
        found = quantum_fisher(circuit, argnums=1, **options)(X, Y)
        np.testing.assert_allclose(found, 4 * expected, atol=1e-12)


@pytest.mark.parametrize(("device", "count"), [(None, 1), (qg.device("local"), 1)])
def test_a_tape(device, count):
    tape = qg.QuantumScript([qg.RX(0.1, 0), qg.RY(0.2, 1)], [qg.expval(qg.Z(0))])

    tapes, postprocess = quantum_fisher(tape, device)

    assert len(tapes) == count
    np.testing.assert_allclose(postprocess(qg.execute(tapes, "local")), np.eye(2), atol=1e-12)


def test_where_it_runs_decides_how():
    def measured(device, shots=None):
        tape = qg.QuantumScript([qg.RX(0.1, 0)], [qg.expval(qg.Z(0))], shots=shots)
        return quantum_fisher(tape, device)[0][0].measurements[0].return_type

    assert measured(qg.device("local")) == "state"
    assert measured(qg.device("local"), shots=10) == "terms"
    assert measured(None) == "terms"


# Classical ------------------------------------------------------------------------------


def test_the_closed_form():
    @qg.qnode("local")
    def circuit(x, y):
        qg.RX(x, 0)
        qg.RY(y, 0)
        return qg.expval(qg.X(0))

    x, y = qnp.array([0.5, 0.6], requires_grad=True)
    mean = np.cos(0.5) * np.cos(0.6)  # F = (d mean)^2 / (1 - mean^2)

    by_x, by_y = classical_fisher(circuit)(x, y)

    slopes = np.sin(0.5) * np.cos(0.6), np.cos(0.5) * np.sin(0.6)
    np.testing.assert_allclose(by_x, [[slopes[0] ** 2 / (1 - mean**2)]])
    np.testing.assert_allclose(by_y, [[slopes[1] ** 2 / (1 - mean**2)]])


def test_several_arguments_give_a_list_of_matrices():
    found = classical_fisher(qg.QNode(two, "local"))(X, Y)

    assert isinstance(found, list)
    for position, matrix in enumerate(found):
        np.testing.assert_allclose(matrix, information(two, (X, Y), position), atol=1e-12)


def test_one_argument_gives_a_matrix_of_its_elements():
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x[0, 0], 0)
        qg.RY(x[0, 1], 1)
        return qg.expval(qg.Z(0))

    found = classical_fisher(circuit)(qnp.array([[0.1, 0.2]], requires_grad=True))

    np.testing.assert_allclose(found, np.eye(2), atol=1e-12)


def test_outcomes_that_do_not_occur_are_left_out():
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x[0], 0)
        qg.RY(x[1], 1)
        qg.CNOT([0, 2])  # half of the outcomes never occur
        return qg.expval(qg.Z(0))

    found = classical_fisher(circuit)(qnp.array([0.0, 0.3], requires_grad=True))

    np.testing.assert_allclose(found, [[0, 0], [0, 1]], atol=1e-12)


def test_it_can_be_differentiated():
    function = classical_fisher(qg.QNode(two, "local"), argnums=1)
    direction, step = np.array([0.6, -0.8]), 1e-5

    found = qg.jacobian(function, argnums=1)(X, Y) @ direction

    ahead, behind = (function(X, Y + sign * step * direction) for sign in (1, -1))
    np.testing.assert_allclose(found, (ahead - behind) / (2 * step), atol=1e-8)


def test_from_shots_in_one_submission():
    shots = 100_000
    circuit = qg.QNode(two, qg.device("local", seed=9), shots=shots)

    with qg.Tracker() as tracker:
        found = classical_fisher(circuit, argnums=0)(X, Y)

    # The error of each of four slopes is below 1/sqrt(2 shots), of the matrix below 2 of those
    # times a ratio of slope and probability, which is below 3 here.
    assert np.abs(found - information(two, (X, Y), 0)).max() < 5 * 4 * 2 * 3 / np.sqrt(2 * shots)
    assert tracker.totals["submissions"] == 1


def test_a_classical_tape():
    tape = qg.QuantumScript([qg.RX(0.1, 0), qg.RY(0.2, 1)], [qg.expval(qg.Z(0))])

    tapes, postprocess = classical_fisher(tape)

    assert len(tapes) == 1
    np.testing.assert_allclose(postprocess(qg.execute(tapes, "local")), np.eye(2), atol=1e-12)


def test_a_shot_vector_gives_a_tuple():
    found = classical_fisher(qg.QNode(two, qg.device("local", seed=2), shots=(100, 200)))(X, Y)

    assert [[np.shape(part) for part in parts] for parts in found] == [[(1, 1), (2, 2)]] * 2


def test_wrong_use():
    with pytest.raises(DifferentiationError, match="none of its positional arguments"):
        classical_fisher(qg.QNode(two, "local"))(0.5, np.array([0.4, 0.7]))
    with pytest.raises(InvalidTransform, match="neither a QNode nor a tape"):
        quantum_fisher(two)
    with pytest.raises(InvalidTransform, match="neither a QNode nor a tape"):
        classical_fisher(two)
