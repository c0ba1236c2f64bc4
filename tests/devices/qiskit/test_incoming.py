"""Circuits of Qiskit as quantum functions."""

import numpy as np
import pytest
from qiskit import QuantumCircuit, qpy
from qiskit.circuit import (
    AnnotatedOperation,
    ControlModifier,
    InverseModifier,
    Parameter,
    ParameterVector,
    PowerModifier,
    library,
)
from qiskit.circuit.classical import expr
from qiskit.quantum_info import Operator, random_unitary

import qgate as qg
from qgate.devices.qiskit.incoming import from_qpy
from qgate.devices.qiskit.instruction_names import NAMES
from qgate.exceptions import NotACircuit, QuantumFunctionError, UnsupportedInstruction
from qgate.interchange.gate_names import GATE_NAMES

OTHERS = (
    library.XXPlusYYGate(0.3, 0.2),
    library.MCPhaseGate(0.4, 3),
    library.XGate().control(2, ctrl_state="01"),
    library.CXGate(ctrl_state=0),
    library.RYGate(0.3).control(2, ctrl_state=1, annotated=False),
    library.UnitaryGate(random_unitary(4, seed=3)),
    library.QFTGate(3),
    library.DiagonalGate([1, 1j, -1, 1]),
    library.PauliGate("XYZ"),
    library.Initialize([0.6, 0, 0, 0.8j]),
    AnnotatedOperation(library.SXGate(), [ControlModifier(2, 1), InverseModifier()]),
    AnnotatedOperation(
        library.RZXGate(0.4), [ControlModifier(1, 0), PowerModifier(2), ControlModifier(1, 1)]
    ),
)
"""Gates that are read by their definitions, modifiers or matrices."""


def matrix(function, wires, *args):
    return np.asarray(qg.matrix(function, wire_order=range(wires))(*args))


def operations(circuit, *args):
    with qg.QuantumTape() as tape:
        qg.from_qiskit(circuit, [])(*args)
    return tape.operations


@pytest.mark.parametrize("kind", sorted(NAMES, key=str), ids=lambda kind: kind.__name__)
def test_gates_have_the_matrix_that_qiskit_gives_them(kind):
    row = GATE_NAMES[NAMES[kind]]
    wires = max(row.qubits or 0, 1)
    circuit = QuantumCircuit(wires)
    gate = kind(*np.linspace(0.3, 1.7, row.angles)) if row.qubits is not None else kind(1)
    circuit.append(gate, range(gate.num_qubits))

    expected = Operator(circuit.reverse_bits()).data

    np.testing.assert_allclose(matrix(qg.from_qiskit(circuit), wires), expected, atol=1e-12)


@pytest.mark.parametrize("gate", OTHERS, ids=lambda gate: gate.name)
def test_other_gates_are_read_by_what_they_consist_of(gate):
    circuit = QuantumCircuit(gate.num_qubits, global_phase=0.3)
    circuit.append(gate, range(gate.num_qubits)[::-1])

    found = matrix(qg.from_qiskit(circuit), gate.num_qubits)

    if gate.name == "initialize":
        circuit.data.clear()
        circuit.append(library.StatePreparation(gate.params), range(gate.num_qubits)[::-1])
    expected = Operator(circuit.reverse_bits()).data
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_parameters_are_arguments_in_the_order_of_qiskit():
    x, angles = Parameter("θ x"), ParameterVector("a", 2)
    circuit = QuantumCircuit(1, global_phase=x / 2)
    circuit.rx(2 * x - angles[1], 0)
    circuit.ry(angles[0].sin() ** 2 + x.exp() / 3, 0)

    function = qg.from_qiskit(circuit)
    found = matrix(function, 1, np.array([0.4, 0.7]), 0.3)

    assert [str(spec) for spec in function.inputs] == ["a[2]", "θ x"]
    expected = Operator(circuit.assign_parameters({x: 0.3, angles: [0.4, 0.7]})).data
    np.testing.assert_allclose(found, expected, atol=1e-12)
    given = matrix(lambda: function(params={x: 0.3, angles: np.array([0.4, 0.7])}), 1)
    np.testing.assert_allclose(given, expected, atol=1e-12)


def test_derivatives_by_parameters_are_exact():
    x = Parameter("x")
    circuit = QuantumCircuit(1)
    circuit.rx(x * x, 0)
    node = qg.QNode(circuit, "local")

    found = qg.grad(node)(qg.numpy.array(0.7, requires_grad=True), observable=qg.Z(0))

    np.testing.assert_allclose(found, -np.sin(0.49) * 1.4)


def test_measured_wires_follow_the_classical_bits():
    circuit = QuantumCircuit(3, 2)
    circuit.h(0)
    circuit.measure([0, 2], [1, 0])

    assert qg.from_qiskit(circuit).measured == qg.tape.Wires([2, 0])


def test_conditions_are_those_of_qiskit():
    circuit = QuantumCircuit(3, 2)
    circuit.ry(0.8, 0)
    circuit.ry(1.1, 1)
    circuit.measure([0, 1], [0, 1])
    with circuit.if_test((circuit.clbits[0], 1)) as otherwise:
        circuit.x(2)
    with otherwise:
        circuit.ry(0.4, 2)
    with circuit.switch(circuit.cregs[0]) as case:
        with case(1, 2):
            circuit.z(2)
        with case(case.DEFAULT):
            circuit.rx(0.7, 2)
    with circuit.if_test(expr.logic_and(circuit.clbits[0], expr.logic_not(circuit.clbits[1]))):
        circuit.h(2)
    circuit.reset(0)

    found = qg.QNode(circuit, "local")(measurements=qg.probs(wires=[0, 2]))

    first, second = np.sin(0.4) ** 2, np.sin(0.55) ** 2
    ry, rx = qg.matrix(qg.RY(0.4, 0)), qg.matrix(qg.RX(0.7, 0))
    x, z, h = (qg.matrix(gate(0)) for gate in (qg.X, qg.Z, qg.H))
    weights = {
        (0, 0): ((1 - first) * (1 - second), rx @ ry),
        (0, 1): ((1 - first) * second, z @ ry),
        (1, 0): (first * (1 - second), h @ z @ x),
        (1, 1): (first * second, rx @ x),
    }
    expected = sum(weight * abs(step[:, 0]) ** 2 for weight, step in weights.values())
    np.testing.assert_allclose(found, [*expected, 0, 0], atol=1e-12)


def test_loops_over_numbers_are_written_out():
    circuit, index = QuantumCircuit(1), Parameter("k")
    with circuit.for_loop(range(1, 3), index):
        circuit.rx(0.1 * index, 0)

    assert operations(circuit) == [qg.RX(0.1, 0), qg.RX(0.2, 0)]


def test_a_saved_circuit_is_read(tmp_path):
    circuit = QuantumCircuit(1, name="saved")
    circuit.x(0)
    with (tmp_path / "one.qpy").open("wb") as file:
        qpy.dump(circuit, file)
    with (tmp_path / "two.qpy").open("wb") as file:
        qpy.dump([circuit, circuit], file)
    (tmp_path / "none.qpy").write_bytes(b"nothing")

    assert from_qpy(tmp_path / "one.qpy").name == "saved"
    for name, text in [("two", "It has 2"), ("none", "failed"), ("absent", "failed")]:
        with pytest.raises(NotACircuit, match=text):
            from_qpy(tmp_path / f"{name}.qpy")


def test_what_no_circuit_can_hold_is_refused_with_its_place():
    delayed, looped, inner = (QuantumCircuit(1, 1) for _ in range(3))
    delayed.x(0)
    delayed.delay(100, 0)
    with looped.while_loop((looped.clbits[0], 1)):
        looped.x(0)
    with inner.if_test((inner.clbits[0], 1)):
        inner.measure(0, 0)

    for circuit, text in [
        (delayed, r"a delay \(instruction 1\)"),
        (looped, r"'while_loop' \(instruction 0\)"),
        (inner, "a measurement that depends on an outcome"),
    ]:
        with pytest.raises(UnsupportedInstruction, match=text):
            qg.from_qiskit(circuit)
    with pytest.raises(NotACircuit, match="no circuit of Qiskit"):
        qg.from_qiskit("x q;")


def test_a_parameter_cannot_have_the_name_of_an_argument():
    circuit = QuantumCircuit(1)
    circuit.rx(Parameter("wires"), 0)

    with pytest.raises(QuantumFunctionError, match="Choose another name"):
        qg.from_qiskit(circuit)
