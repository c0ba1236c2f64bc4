"""Operators that users define in PennyLane's style."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import scipy.linalg

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import (
    DecompositionUndefinedError,
    InvalidParameters,
    MatrixUndefinedError,
    TooLarge,
)
from qgate.operation import AnyWires, Channel, Observable, Operation, Operator, operation_derivative

WEIGHTS = qnp.array([0.4, 0.7])


class Layer(Operation):
    """Its angles are linear in the weights."""

    num_wires = 2
    ndim_params = (1,)
    grad_method = "A"

    def __init__(self, weights, wires=None, flips=(), id=None):
        self._hyperparameters = {"flips": list(flips), "lengths": {"weights": [2]}}
        super().__init__(weights, wires=wires, id=id)

    @staticmethod
    def compute_decomposition(weights, wires, flips, lengths):
        gates = [qg.RX(weight, wires=wires[0]) for weight in weights]
        gates += [qg.X(wires[flip]) for flip in flips]
        return [*gates, qg.CNOT(wires), qg.RY(2 * weights[0], wires=wires[1])]


class Curved(Operation):
    """Its angles are not linear in the parameters, and it takes a decision by a value."""

    num_wires = AnyWires
    num_params = 2

    @staticmethod
    def compute_decomposition(a, b, wires):
        gates = [qg.RY(qg.math.arccos(a), wires=wires[0])]
        return [*gates, qg.CRX(a * b, wires=wires)] if b == 0.7 else gates


class Turn(Operation):
    """It has a matrix and no decomposition."""

    num_wires = 1
    num_params = 1

    @staticmethod
    def compute_matrix(angle):
        c, s = qg.math.cos(angle / 2), qg.math.sin(angle / 2)
        return qg.math.stack([qg.math.stack([c, -s]), qg.math.stack([s, c])])

    def generator(self):
        return -0.5 * qg.Y(self.wires)

    def adjoint(self):
        return Turn(-self.data[0], wires=self.wires)


class RX(Operation):
    """It has the name of a gate, and is another."""

    num_wires = 1

    @staticmethod
    def compute_decomposition(angle, wires):
        return [qg.RY(angle, wires)]


class Doubled(Operation):
    """It defines ``decomposition``, which records its gates if it is called while recording."""

    num_wires = 1

    def decomposition(self):
        return [qg.RX(2 * self.parameters[0], wires=self.wires)]

    def label(self, decimals=None, base_label=None, cache=None):
        return "2x"


class Level(Operator):
    """An observable."""

    num_wires = 1
    is_verified_hermitian = True

    @staticmethod
    def compute_matrix():
        return np.diag([2.0, -1.0])


def with_operations(x):
    Layer(x, wires=[0, 1], flips=[1])
    qg.adjoint(Layer)(x * 0.5, wires=[1, 0])
    qg.ctrl(Curved(x[0] * 0.3, x[1], wires=[0, 1]), 2)
    Curved(x[0] * 0.3, x[1], wires=[0, 1])
    Turn(x[1], wires=0)
    RX(x[0], 0)
    qg.Hadamard(2)
    qg.adjoint(Turn(x[0], wires=2))
    return qg.expval(qg.Z(0) @ qg.X(1) + qg.Y(2))


def with_gates(x):
    def layer(weights, first, second, flips=()):
        for weight in weights:
            qg.RX(weight, first)
        for flip in flips:
            qg.X((first, second)[flip])
        qg.CNOT([first, second])
        qg.RY(2 * weights[0], second)

    def curved(a, b):
        qg.RY(qnp.arccos(a), 0)
        qg.CRX(a * b, [0, 1])

    layer(x, 0, 1, [1])
    qg.adjoint(layer)(x * 0.5, 1, 0)
    qg.ctrl(curved, 2)(x[0] * 0.3, x[1])
    curved(x[0] * 0.3, x[1])
    qg.RY(x[1], 0)
    qg.RY(x[0], 0)
    qg.Hadamard(2)
    qg.RY(-x[0], 2)
    return qg.expval(qg.Z(0) @ qg.X(1) + qg.Y(2))


@pytest.mark.parametrize(
    "method", ["backprop", "adjoint", "parameter-shift", "hadamard", "finite-diff"]
)
def test_they_run_and_have_derivatives_by_every_method(method):
    expected = qg.QNode(with_gates, "local")
    qnode = qg.QNode(with_operations, qg.device("local", wires=4), diff_method=method)

    np.testing.assert_allclose(qnode(WEIGHTS), expected(WEIGHTS), atol=1e-9)
    np.testing.assert_allclose(qg.grad(qnode)(WEIGHTS), qg.grad(expected)(WEIGHTS), atol=1e-6)


def test_a_decomposition_of_its_own_records_nothing_beside_the_operation():
    def gates(x):
        qg.adjoint(Doubled(x, wires=0))
        qg.ctrl(Doubled(x * x, wires=0), 1)
        return qg.expval(qg.Z(0))

    with qg.queuing.AnnotatedQueue() as queue:
        tape = qg.tape.make_qscript(gates)(0.3)

    assert queue.queue == []
    assert [operation.name for operation in tape.operations] == ["Adjoint(Doubled)", "C(Doubled)"]
    assert qg.QNode(gates, "local")(0.3) == pytest.approx(np.cos(0.6))
    assert Doubled(0.1, 0).label() == "2x"


def test_linear_ones_stay_in_the_circuit_and_others_become_gates():
    tape = qg.QNode(with_operations, "local").construct([WEIGHTS], {})

    names = [operation.name for operation in tape.operations]
    assert names[:2] == ["Layer", "Adjoint(Layer)"]
    assert "Curved" not in names
    assert names.count("QubitUnitary") == 2


def test_equal_operations_share_a_structure_and_others_do_not():
    tapes = [
        qg.QuantumScript([Layer([0.1, x], wires=[0, 1], flips=flips)], [qg.state()])
        for x, flips in ((0.2, [0]), (0.3, [0]), (0.2, [1]))
    ]

    assert tapes[0].structure is tapes[1].structure
    assert tapes[0].structure != tapes[2].structure


def test_a_batch_of_parameters_is_a_batch_of_circuits():
    @qg.qnode("local")
    def circuit(x):
        Layer(x, wires=[0, 1])
        return qg.probs(wires=[0, 1])

    batch = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])

    np.testing.assert_allclose(circuit(batch), [circuit(row) for row in batch], atol=1e-12)


def test_representations_follow_from_what_a_class_defines():
    turn = Turn(0.3, wires="a")
    expected = scipy.linalg.expm(-0.15j * np.array([[0, -1j], [1j, 0]]))

    assert (Turn.has_matrix, Turn.has_decomposition, Turn.has_generator) == (True, False, True)
    assert (Layer.has_matrix, Layer.has_decomposition) == (False, True)
    np.testing.assert_allclose(turn.matrix(["b", "a"]), np.kron(np.eye(2), expected), atol=1e-12)
    np.testing.assert_allclose(qg.matrix(Layer([0.1], [0, 1])).shape, (4, 4))
    np.testing.assert_allclose(
        operation_derivative(turn), 1j * np.array([[0, 0.5j], [-0.5j, 0]]) @ expected, atol=1e-12
    )
    assert turn.parameter_frequencies == [(1.0,)]
    assert turn.name == turn.label() == "Turn"
    with pytest.raises(MatrixUndefinedError):
        Layer([0.1], [0, 1]).matrix()
    with pytest.raises(DecompositionUndefinedError):
        Operation(0.1, wires=0).decomposition()


def test_observables_are_measured():
    @qg.qnode("local")
    def circuit(x):
        qg.RY(x, 0)
        return qg.expval(Level(wires=0)), qg.var(2 * Level(0) @ qg.Z(1))

    value, variance = circuit(0.4)

    p = np.cos(0.2) ** 2
    assert value == pytest.approx(2 * p - (1 - p))
    assert variance == pytest.approx(4 * (4 * p + 1 - p - (3 * p - 1) ** 2))


def test_gates_and_observables_of_qgate_count_as_instances():
    assert isinstance(qg.RX(0.1, 0), Operation)
    assert issubclass(qg.CNOT, Operation)
    assert isinstance(qg.Hermitian(np.eye(2), 0), Operator)
    assert isinstance(qg.Z(0), Observable)
    assert not isinstance(qg.Hermitian(np.eye(2), 0), Operation)
    assert not isinstance(Turn(0.1, 0), RX)
    assert not isinstance(0.1, Operation)


def test_they_are_copied_and_pickled():
    layer = Layer([0.1, 0.2], wires=[0, 1], flips=[1], id="mine")

    assert copy.deepcopy(layer) == layer
    assert pickle.loads(pickle.dumps(layer)) == layer
    assert layer.map_wires({0: "a"}).wires == qg.Wires(["a", 1])
    assert layer != Layer([0.1, 0.2], wires=[0, 1], flips=[0])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Turn(wires=0), "takes 1 parameter"),
        (lambda: Turn(), "no wires"),
        (lambda: Turn(0.1, wires=[0, 1]), "acts on 1 wire"),
        (lambda: Layer([0.1], wires=[0]), "acts on 2 wire"),
    ],
)
def test_wrong_arguments_are_refused(make, message):
    with pytest.raises(InvalidParameters, match=message):
        make()


class Endless(Operation):
    @staticmethod
    def compute_decomposition(angle, wires):
        return [Endless(angle * angle, wires=wires)]


def test_an_endless_decomposition_is_refused():
    with pytest.raises(TooLarge):
        qg.QuantumScript([Endless(0.1, wires=0)], [qg.state()])


class Dephasing(Channel):
    """A phase flip, by its Kraus matrices."""

    num_wires = 1
    grad_method = "F"

    def __init__(self, p, wires, id=None):
        super().__init__(p, wires=wires, id=id)

    @staticmethod
    def compute_kraus_matrices(p):
        xp = qg.math
        return [xp.sqrt(1 - p) * np.eye(2), xp.sqrt(p) * np.diag([1.0, -1.0])]


def test_a_channel_of_a_user_runs_and_has_derivatives():
    @qg.qnode("local")
    def circuit(p):
        qg.Hadamard(wires=0)
        Dephasing(p, wires=0)
        return qg.expval(qg.X(0))

    p = qnp.array(0.2, requires_grad=True)

    assert circuit(p) == pytest.approx(1 - 2 * 0.2)
    assert qg.grad(circuit)(p) == pytest.approx(-2)
    assert isinstance(qg.BitFlip(0.1, wires=0), Channel)
    assert isinstance(Dephasing(0.1, wires=0), Channel)
    assert not isinstance(qg.X(0), Channel)


def test_a_channel_without_kraus_matrices_is_refused():
    class Empty(Channel):
        num_wires = 1

    with pytest.raises(MatrixUndefinedError, match="no Kraus matrices"):
        Empty(0.1, wires=0).kraus_matrices()
