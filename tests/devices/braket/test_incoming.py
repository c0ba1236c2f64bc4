"""Circuits of the Braket SDK as quantum functions."""

import numpy as np
import pytest
from braket.circuits import Circuit, FreeParameter, Observable

import qgate as qg
from qgate.exceptions import NotACircuit, UnsupportedInstruction


def matrix(circuit, *args):
    wires = sorted(map(int, circuit.qubits))
    return np.asarray(qg.matrix(qg.from_braket(circuit), wire_order=wires)(*args))


def test_circuits_have_the_unitary_that_braket_gives_them():
    circuit = Circuit().h(3).cnot(3, 1).v(1).si(3).gpi2(1, 0.3).ms(1, 3, 0.1, 0.2, 0.4).prx(1, 1, 2)
    circuit.u(3, 0.1, 0.2, 0.3).gphase(0.4).xy(1, 3, 0.3).pswap(3, 1, 0.2).cphaseshift01(1, 3, 0.7)
    circuit.unitary(matrix=np.array([[0, 1j], [1, 0]]), targets=[7]).x(7, control=[1, 3], power=0.5)
    circuit.ry(1, 0.3, control=[7], control_state=[0]).barrier([1, 3])
    circuit.add_verbatim_box(Circuit().iswap(1, 7).ecr(7, 3))

    np.testing.assert_allclose(matrix(circuit), circuit.to_unitary(), atol=1e-12)


def test_parameters_are_arguments_in_alphabetical_order():
    b, a = FreeParameter("c"), FreeParameter("a")
    circuit = Circuit().rx(0, 2 * b - a / 3).ry(0, b**2)

    expected = circuit.make_bound_circuit({"a": 0.4, "c": 0.7}).to_unitary()

    np.testing.assert_allclose(matrix(circuit, 0.4, 0.7), expected, atol=1e-12)


def test_results_are_what_result_types_ask_for():
    circuit = Circuit().rx(0, 0.3).rx(2, 0.5)
    circuit.expectation(Observable.Z() @ Observable.Y(), [0, 2]).variance(Observable.Z(), 2)
    circuit.expectation(Observable.Hermitian(np.diag([3.0, 1.0])), 0).probability(0)
    circuit.expectation(2 * Observable.Z(0) + Observable.Y(2))

    found = qg.QNode(circuit, "local")()

    z, y = np.cos(0.3), -np.sin(0.5)
    for value, expected in zip(
        found, [z * y, np.sin(0.5) ** 2, 2 + z, [(1 + z) / 2, (1 - z) / 2], 2 * z + y], strict=True
    ):
        np.testing.assert_allclose(value, expected, atol=1e-12)


def test_measured_qubits_are_kept_in_their_order():
    circuit = Circuit().h(0).cnot(0, 1).i(2).measure([2, 0])

    assert qg.from_braket(circuit).measured == qg.tape.Wires([2, 0])


def test_free_noise_and_other_results_are_refused():
    for circuit, text in [
        (Circuit().h(0).bit_flip(0, FreeParameter("p")), r"BitFlip \(instruction 1\)"),
        (Circuit().h(0).amplitude(["0"]), r"Amplitude \(result type\)"),
    ]:
        with pytest.raises(UnsupportedInstruction, match=text):
            qg.from_braket(circuit)
    with pytest.raises(NotACircuit):
        qg.from_braket(3)
