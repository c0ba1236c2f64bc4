"""Circuits as programs in OpenQASM."""

import functools

import numpy as np
import pytest
from braket.circuits import Circuit
from qiskit import qasm2, qasm3
from qiskit.quantum_info import Operator

import qgate as qg
from qgate.exceptions import (
    InvalidParameters,
    NotACircuit,
    NotAffine,
    QuantumFunctionError,
    TooLarge,
)


def function(x, w):
    qg.RX(x, 0)
    qg.CNOT([0, 1])
    qg.Rot(w[0], 2 * w[1], -w[2] + 0.5, 1)
    qg.IsingXY(0.3, [0, 1])
    qg.MultiControlledX([0, 1, 2], control_values=[0, 0])  # Braket's to_unitary reverses others
    qg.ctrl(qg.adjoint(qg.SX(0)), 2)
    qg.GlobalPhase(0.2)
    qg.QubitUnitary(np.array([[0, 1j], [1, 0]]), 1)
    qg.ISWAP([2, 1])
    qg.pow(qg.PhaseShift(0.4, 0), 1.5)


ARGS = (0.3, [0.1, 0.7, -0.4])


def expected():
    return np.asarray(qg.matrix(function, wire_order=range(3))(*ARGS))


def by_qiskit(circuit):
    return Operator(circuit.reverse_bits()).data


def assert_equal_up_to_phase(found, expected):
    overlap = np.vdot(found, expected)
    np.testing.assert_allclose(found * overlap / abs(overlap), expected, atol=1e-12)


def test_the_second_version_is_read_by_qiskit():
    program = qg.to_openqasm(function, measure_all=False)(*ARGS)

    custom = qasm2.LEGACY_CUSTOM_INSTRUCTIONS  # crx is younger than the library
    found = by_qiskit(qasm2.loads(program, custom_instructions=custom))

    assert_equal_up_to_phase(found, expected())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # by Qiskit's reader, of Qiskit
@pytest.mark.parametrize("dialect", ["qiskit", "spec"])
def test_the_third_version_is_read_by_qiskit(dialect):
    program = qg.to_qasm3(function, dialect=dialect, measure_all=False)(*ARGS)

    found = by_qiskit(qasm3.loads(program))

    np.testing.assert_allclose(found, expected(), atol=1e-12)


def test_the_dialect_of_braket_is_read_by_braket():
    program = qg.to_qasm3(function, dialect="braket", measure_all=False)(*ARGS)

    found = Circuit.from_ir(program).to_unitary()

    np.testing.assert_allclose(found, expected(), atol=1e-12)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("dialect", ["qiskit", "spec", "braket"])
def test_texts_as_arguments_become_inputs(dialect):
    program = qg.to_qasm3(function, dialect=dialect, measure_all=False)("x", ["a", "d", "c"])

    found = qg.matrix(qg.from_qasm(program), wire_order=range(3))(ARGS[0], *ARGS[1])

    np.testing.assert_allclose(found, expected(), atol=1e-12)
    assert [spec.name for spec in qg.from_qasm(program).inputs] == ["x", "a", "d", "c"]
    if dialect == "braket":
        inputs = dict(zip(("x", "a", "d", "c"), (ARGS[0], *ARGS[1]), strict=True))
        circuit = Circuit.from_ir(program).make_bound_circuit(inputs)
        np.testing.assert_allclose(circuit.to_unitary(), expected(), atol=1e-12)


def test_observables_are_rotated_to_the_computational_basis():
    @qg.qnode("local")
    def circuit():
        qg.H(0)
        return qg.expval(qg.X(0) @ qg.Y("b")), qg.var(qg.X(0))

    assert qg.to_openqasm(circuit, measure_all=False)().splitlines() == [
        "OPENQASM 2.0;",
        'include "qelib1.inc";',
        "qreg q[2];",
        "creg c[2];",
        "h q[0];",
        "h q[0];",
        "z q[1];",
        "s q[1];",
        "h q[1];",
        "measure q[0] -> c[0];",
        "measure q[1] -> c[1];",
    ]
    assert qg.to_openqasm(circuit, rotations=False)().count("h q") == 1


def test_observables_without_a_common_basis_are_refused():
    tape = qg.QuantumScript([qg.H(0)], [qg.expval(qg.X(0)), qg.expval(qg.Z(0))])

    with pytest.raises(QuantumFunctionError, match="two bases on wire 0"):
        qg.to_openqasm(tape)
    assert "h q[0];" in qg.to_openqasm(tape, rotations=False)


def test_inputs_may_have_the_names_of_registers():
    program = qg.to_qasm3(lambda q, c: [qg.RX(q, 0), qg.RY(-c, 0)])("q", "c")

    assert qg.from_qasm(program).measured == qg.tape.Wires([0])
    found = qg.matrix(qg.from_qasm(program, []), wire_order=[0])(0.1, 0.2)
    np.testing.assert_allclose(found, qg.matrix(qg.RY(-0.2, 0) @ qg.RX(0.1, 0)))


def test_wires_and_digits_are_those_that_were_asked_for():
    tape = qg.QuantumScript([qg.RX(1 / 3, "a")], [qg.probs(wires="a")])

    program = qg.to_openqasm(tape, wires=["b", "a"], precision=3, measure_all=False)

    assert "qreg q[2];\ncreg c[1];\nrx(0.333) q[1];\nmeasure q[1] -> c[0];" in program


@pytest.mark.parametrize(
    ("write", "error", "text"),
    [
        (lambda: qg.to_openqasm(3), NotACircuit, "3 is no circuit"),
        (lambda: qg.to_qasm3(function, dialect="quil"), InvalidParameters, "qiskit, braket"),
        (lambda: qg.to_qasm3(function, precision=1.5), InvalidParameters, "whole number"),
        (lambda: qg.to_qasm3(function, precision=10**16), InvalidParameters, "from 0 to 100"),
        (
            lambda: qg.to_openqasm(qg.QuantumScript([qg.X(0)]), rotations=np.ones(2)),
            InvalidParameters,
            "rotations=",
        ),
        (
            lambda: qg.to_qasm3(function)(functools.reduce(lambda x, _: [x], range(60), 0)),
            TooLarge,
            "nested lists",
        ),
        (lambda: qg.to_openqasm(function)(np.inf, [1, 2, 3]), QuantumFunctionError, "finite"),
        (lambda: qg.to_openqasm(function)("x", [1, 2, 3]), QuantumFunctionError, "to_qasm3"),
        (lambda: qg.to_qasm3(function)("pi/2", [1, 2, 3]), QuantumFunctionError, "name of an"),
        (
            lambda: qg.to_qasm3(lambda x: qg.RX(x, 0), dialect="braket")("b"),
            QuantumFunctionError,
            "name of an",
        ),
        (lambda: qg.to_qasm3(lambda x: qg.RX(x * x, 0))("x"), NotAffine, "multiplied"),
        (lambda: qg.to_openqasm(lambda: qg.RX([0.1, 0.2], 0))(), QuantumFunctionError, "batch"),
        (
            lambda: qg.to_openqasm(function, wires=[0, 1])(*ARGS),
            QuantumFunctionError,
            r"uses the wires \[2\]",
        ),
    ],
)
def test_what_cannot_be_written_is_refused(write, error, text):
    with pytest.raises(error, match=text):
        write()


@qg.qnode("local")
def feed_forward(x):
    qg.RY(x, 0)
    qg.RY(0.4, 1)
    first, second = qg.measure(0, reset=True), qg.measure(1)
    qg.cond(first, qg.X)(2)
    qg.cond(first + second == 1, qg.Rot)(0.1, x, 0.3, wires=2)
    qg.cond(~second, qg.QubitUnitary)(np.eye(2)[::-1], wires=0)
    return qg.probs(wires=[0, 2])


@pytest.mark.parametrize("dialect", ["spec", "qiskit", "braket"])
def test_conditions_are_written_and_read(dialect):
    program = qg.to_qasm3(feed_forward, dialect=dialect, measure_all=False)("x")

    back = qg.QNode(program, "local")(0.3, measurements=qg.probs(wires=[0, 2]))

    np.testing.assert_allclose(back, feed_forward(0.3), atol=1e-12)


def test_the_second_version_has_conditions_on_single_outcomes():
    def single(x):
        qg.cond(qg.measure(0) == 0, qg.RX)(x, 1)

    program = qg.to_openqasm(single, measure_all=False)(0.3)

    assert "creg m0[1];\nmeasure q[0] -> m0[0];\nif(m0==0) rx(0.3) q[1];" in program
    with pytest.raises(QuantumFunctionError, match="on single outcomes only"):
        qg.to_openqasm(feed_forward)(0.3)


def test_postselection_cannot_be_written():
    with pytest.raises(QuantumFunctionError, match="no postselection"):
        qg.to_qasm3(lambda: qg.measure(0, postselect=1))()
