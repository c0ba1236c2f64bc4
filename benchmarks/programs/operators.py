"""Arithmetic of operators and the functions that take them."""

from __future__ import annotations

from typing import Any

import numpy

from programs.register import Program, into

OPERATORS: dict[str, Program] = {}
operator = into(OPERATORS)


def sample(qml: Any) -> Any:
    """Return a sum with scalars, products and an identity."""
    pair = qml.PauliZ(0) @ qml.PauliY(1)
    return qml.dot([1.0, 2.0], [qml.PauliX(0), pair]) + 0.5 * qml.Identity(0)


@operator
def matrices(qml: Any, np: Any) -> Any:
    order = [2, 0, 1]
    return [
        qml.matrix(qml.PauliX(0) @ qml.PauliZ(1)),
        qml.matrix(qml.CRX(0.3, wires=[1, 0]), wire_order=[0, 1, 2]),
        qml.matrix(sample(qml), wire_order=order),
        qml.matrix(qml.RX(0.3, 0) @ qml.Hadamard(1) - 2 * qml.S(0), wire_order=[0, 1]),
        qml.matrix(qml.Hamiltonian([0.5, 2], [qml.PauliX("a"), qml.PauliZ("b")])),
    ]


@operator
def matrix_of_a_function(qml: Any, np: Any) -> Any:
    def circuit(angle: Any) -> None:
        qml.RX(angle, wires="a")
        qml.CNOT(wires=["a", "b"])
        qml.adjoint(qml.T)("b")

    return qml.matrix(circuit, wire_order=["a", "b"])(0.3)


@operator
def terms(qml: Any, np: Any) -> Any:
    coefficients, operators = sample(qml).terms()
    return numpy.array(coefficients, float), [
        qml.matrix(term, wire_order=[0, 1]) for term in operators
    ]


@operator
def eigenvalues(qml: Any, np: Any) -> Any:
    product = qml.PauliZ(0) @ qml.Hermitian(numpy.array([[1, 2j], [-2j, 0.5]]), 1)
    return [sorted(qml.eigvals(op).real) for op in (product, sample(qml), qml.Hadamard(0))]


@operator
def simplified(qml: Any, np: Any) -> Any:
    ops = [
        qml.PauliX(0) @ qml.PauliY(0),
        qml.adjoint(qml.adjoint(qml.S(0))),
        qml.RX(0.3, 0) @ qml.RX(0.4, 0),
        qml.pow(qml.RZ(0.4, 0), 3),
        2 * (3 * qml.PauliZ(0)) + qml.PauliZ(0),
        qml.adjoint(qml.Rot(0.1, 0.2, 0.3, 0)),
    ]
    return [qml.matrix(qml.simplify(op)) for op in ops]


@operator
def equality(qml: Any, np: Any) -> Any:
    return [
        qml.equal(qml.RX(0.3, 0), qml.RX(0.3, 0)),
        qml.equal(qml.RX(0.3, 0), qml.RX(0.3, 1)),
        qml.equal(qml.PauliX(0) @ qml.PauliZ(1), qml.PauliZ(1) @ qml.PauliX(0)),
        qml.equal(qml.expval(qml.PauliX(0)), qml.expval(qml.PauliX(0))),
        qml.RX(0.3, 0) == qml.RX(0.3, 0),
    ]


@operator
def commutation(qml: Any, np: Any) -> Any:
    pairs = [
        (qml.PauliX(0), qml.PauliZ(0)),
        (qml.PauliX(0) @ qml.PauliX(1), qml.PauliZ(0) @ qml.PauliZ(1)),
        (qml.RX(0.3, 0), qml.CNOT([1, 0])),
        (qml.RX(0.3, 0), qml.CNOT([0, 1])),
    ]
    bracket = qml.commutator(qml.PauliX(0) @ qml.PauliY(1), qml.PauliY(0))
    return [qml.is_commuting(*pair) for pair in pairs], qml.matrix(bracket, wire_order=[0, 1])


@operator
def mapped_wires(qml: Any, np: Any) -> Any:
    mapped = qml.map_wires(sample(qml), {0: "a", 1: "b"})
    return qml.matrix(mapped, wire_order=["b", "a"])


@operator
def pauli_decomposition(qml: Any, np: Any) -> Any:
    matrix = numpy.diag([1.0, -2, 0.5, 3]) + numpy.fliplr(numpy.eye(4))
    return qml.matrix(qml.pauli_decompose(matrix), wire_order=[0, 1])


@operator
def trainable_coefficients(qml: Any, np: Any) -> Any:
    @qml.qnode(qml.device("default.qubit", wires=2))
    def value(coefficients: Any, angle: Any) -> Any:
        qml.RX(angle, wires=0)
        qml.CNOT(wires=[0, 1])
        return qml.expval(qml.Hamiltonian(coefficients, [qml.PauliZ(1), qml.PauliY(0)]))

    coefficients = np.array([0.3, -0.8], requires_grad=True)
    return qml.grad(value)(coefficients, np.array(0.4, requires_grad=True))


@operator
def tape(qml: Any, np: Any) -> Any:
    operations = [qml.RX(0.1, 0), qml.Rot(0.1, 0.2, 0.3, 1), qml.CNOT([0, 1])]
    measured = [qml.expval(qml.PauliZ(0)), qml.probs(wires=1)]
    script = qml.tape.QuantumScript(operations, measured)
    bound = script.bind_new_parameters([0.7, 0.9], [0, 2])
    device = qml.device("default.qubit", wires=2)
    return {
        "trainable": script.trainable_params,
        "parameters": script.get_parameters(),
        "bound": bound.get_parameters(),
        "operations": len(script.operations),
        "wires": len(script.wires),
        "executed": qml.execute([script, bound], device, diff_method=None),
    }


@operator
def recorded_tape(qml: Any, np: Any) -> Any:
    with qml.tape.QuantumTape() as recorded:
        qml.RX(0.1, wires=0)
        qml.adjoint(qml.S(0))
        qml.expval(qml.PauliY(0))
    return qml.execute([recorded], qml.device("default.qubit", wires=1), diff_method=None)
