"""Circuits of Cirq and pytket."""

import cirq
import numpy as np
import pytest
import pytket
import sympy

import qgate as qg
from qgate.exceptions import NotACircuit, UnsupportedInstruction


def function(x):
    qg.RX(x, "a")
    qg.CNOT(["a", "b"])
    qg.Rot(0.1, x, 0.3, "b")
    qg.IsingXY(0.4, ["b", "c"])


EXPECTED = np.asarray(qg.matrix(function, wire_order=["a", "b", "c"])(0.3))


def assert_equal_up_to_phase(found, expected):
    overlap = np.vdot(found, expected)
    np.testing.assert_allclose(found * overlap / abs(overlap), expected, atol=1e-7)


def matrix(function, wires, *args):
    return np.asarray(qg.matrix(function, wire_order=wires)(*args))


def test_circuits_of_cirq_are_read_and_written():
    first, second = cirq.LineQubit(3), cirq.NamedQubit("b")
    moments = [cirq.H(first), cirq.ISWAP(second, first) ** 0.5, cirq.rx(0.3)(second)]
    source = cirq.Circuit(moments, cirq.measure(second))

    function_read = qg.from_cirq(source)
    written = qg.to_cirq(function)(0.3)

    assert function_read.labels == (3, "b")
    assert function_read.measured == qg.tape.Wires(["b"])
    expected = cirq.unitary(cirq.Circuit(moments))
    found = matrix(lambda: function_read(measurements=[]), [3, "b"])
    assert_equal_up_to_phase(found, expected)
    assert_equal_up_to_phase(cirq.unitary(written), EXPECTED)
    assert sorted(written.all_qubits()) == cirq.LineQubit.range(3)


def test_circuits_of_pytket_are_read_and_written():
    source = pytket.Circuit(2, 1).H(0).Rx(sympy.Symbol("s"), 1).TK2(0.1, 0.2, 0.3, 1, 0)
    measured = source.copy().Measure(1, 0)

    function_read = qg.from_pytket(measured)
    written = qg.to_pytket(function)(0.3)

    assert function_read.measured == qg.tape.Wires([1])
    found = matrix(lambda: function_read(0.7, measurements=[]), [0, 1])
    source.symbol_substitution({sympy.Symbol("s"): 0.7})
    assert_equal_up_to_phase(found, source.get_unitary())
    assert_equal_up_to_phase(written.get_unitary(), EXPECTED)


def test_they_stand_where_a_quantum_function_can():
    q = cirq.LineQubit.range(2)

    for bell in (cirq.Circuit(cirq.H(q[0]), cirq.CNOT(*q)), pytket.Circuit(2).H(0).CX(0, 1)):
        np.testing.assert_allclose(qg.QNode(bell, "local")(), [0.5, 0, 0, 0.5], atol=1e-7)


def test_what_they_cannot_write_is_refused():
    symbol = cirq.Circuit(cirq.rx(sympy.Symbol("s"))(cirq.LineQubit(0)))

    with pytest.raises(UnsupportedInstruction, match="Cirq"):
        qg.from_cirq(symbol)
    for read in (qg.from_cirq, qg.from_pytket):
        with pytest.raises(NotACircuit):
            read("x q;")
