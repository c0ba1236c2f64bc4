"""Typical user programs: ground states, optimisation, classifiers, algorithms."""

from __future__ import annotations

from typing import Any

import numpy

from programs.register import Program, into

CIRCUITS: dict[str, Program] = {}
circuit = into(CIRCUITS)

EDGES = ((0, 1), (1, 2), (2, 3))


@circuit
def ground_state(qml: Any, np: Any) -> Any:
    words = [
        qml.PauliZ(0) @ qml.PauliX(1),
        qml.PauliY(2),
        qml.PauliZ(3) @ qml.PauliZ(0) @ qml.PauliX(2),
    ]

    @qml.qnode(qml.device("default.qubit", wires=4))
    def energy(angles: Any) -> Any:
        qml.BasisState(np.array([1, 1, 0, 0]), wires=range(4))
        qml.DoubleExcitation(angles[0], wires=[0, 1, 2, 3])
        qml.SingleExcitation(angles[1], wires=[0, 2])
        qml.StronglyEntanglingLayers(angles[2:26].reshape(2, 4, 3), wires=range(4))
        return qml.expval(qml.Hamiltonian([0.2, -0.5, 0.7], words))

    angles = np.array(numpy.linspace(0.1, 2, 26), requires_grad=True)
    return energy(angles), qml.grad(energy)(angles)


@circuit
def maximum_cut(qml: Any, np: Any) -> Any:
    def phase(angle: Any) -> None:
        for a, b in EDGES:
            qml.CNOT(wires=[a, b])
            qml.RZ(angle, wires=b)
            qml.CNOT(wires=[a, b])

    def step(gamma: Any, beta: Any) -> None:
        phase(gamma)
        for wire in range(4):
            qml.RX(2 * beta, wires=wire)

    cuts = [0.5 * (1.0 * qml.Identity(0) - qml.PauliZ(a) @ qml.PauliZ(b)) for a, b in EDGES]

    @qml.qnode(qml.device("default.qubit", wires=4))
    def cut(angles: Any) -> Any:
        for wire in range(4):
            qml.Hadamard(wires=wire)
        qml.layer(step, 2, angles[0], angles[1])
        return qml.expval(qml.sum(*cuts))

    angles = np.array([[0.3, 0.4], [0.5, 0.6]], requires_grad=True)
    return cut(angles), qml.grad(cut)(angles)


@circuit
def classifier(qml: Any, np: Any) -> Any:
    @qml.qnode(qml.device("default.qubit", wires=4))
    def model(weights: Any, row: Any) -> Any:
        qml.AngleEmbedding(row, wires=range(4), rotation="Y")
        qml.BasicEntanglerLayers(weights, wires=range(4))
        return qml.expval(qml.PauliZ(0))

    def cost(weights: Any, bias: Any, rows: Any, labels: Any) -> Any:
        predicted = np.stack([model(weights, row) + bias for row in rows])
        return np.mean((predicted - labels) ** 2)

    weights = np.array(numpy.linspace(0, 1, 8).reshape(2, 4), requires_grad=True)
    bias = np.array(0.1, requires_grad=True)
    rows = np.array(numpy.linspace(-1, 1, 12).reshape(3, 4), requires_grad=False)
    labels = np.array([1.0, -1, 1], requires_grad=False)
    return cost(weights, bias, rows, labels), qml.grad(cost)(weights, bias, rows, labels)


@circuit
def named_wires_and_functions_of_functions(qml: Any, np: Any) -> Any:
    def block(x: Any) -> None:
        qml.RX(x, wires="a")
        qml.RZ(2 * x, wires="b")
        qml.CNOT(wires=["a", "b"])

    @qml.qnode(qml.device("default.qubit", wires=["a", "b", "c", "d"]))
    def state(x: Any) -> Any:
        qml.QFT(wires=["a", "b", "c"])
        qml.adjoint(block)(x)
        qml.ctrl(block, control=["c", "d"], control_values=[1, 0])(x)
        qml.pow(qml.RX(x, "a"), 0.5)
        qml.exp(qml.PauliX("a") @ qml.PauliZ("b"), 0.3j)
        qml.evolve(qml.PauliX("c") + qml.PauliZ("d"), coeff=0.2)
        return qml.state()

    return state(0.37)


@circuit
def wires_from_the_circuit(qml: Any, np: Any) -> Any:
    @qml.qnode(qml.device("default.qubit"))
    def state(x: Any) -> Any:
        qml.RX(x, wires="q")
        qml.CNOT(wires=["q", 3])
        return qml.state(), qml.probs(wires=[3, "q"])

    return state(0.37)


@circuit
def phase_estimation(qml: Any, np: Any) -> Any:
    @qml.qnode(qml.device("default.qubit", wires=4))
    def estimate() -> Any:
        qml.Hadamard(wires=0)
        unitary = qml.matrix(qml.RX(0.7, wires=0))
        qml.QuantumPhaseEstimation(unitary, target_wires=[0], estimation_wires=[1, 2, 3])
        return qml.probs(wires=[1, 2, 3])

    return estimate()


@circuit
def time_evolution(qml: Any, np: Any) -> Any:
    hamiltonian = qml.dot([0.3, 0.7], [qml.PauliX(0) @ qml.PauliX(1), qml.PauliZ(0)])

    @qml.qnode(qml.device("default.qubit", wires=2))
    def state(time: Any) -> Any:
        qml.TrotterProduct(hamiltonian, time=time, n=2, order=2)
        qml.ApproxTimeEvolution(hamiltonian, time, 3)
        return qml.state()

    return state(0.7)


@circuit
def embedded_data(qml: Any, np: Any) -> Any:
    @qml.qnode(qml.device("default.qubit", wires=3))
    def features(row: Any) -> Any:
        qml.AmplitudeEmbedding(row, wires=range(2), normalize=True)
        qml.IQPEmbedding(row[:3], wires=range(3))
        return qml.density_matrix([0, 1]), qml.vn_entropy([0]), qml.mutual_info([0], [1])

    return features(np.array([0.1, 0.4, 0.2, 0.9]))
