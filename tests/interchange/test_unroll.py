"""Loops, subroutines and switches of OpenQASM 3, unrolled by pyqasm."""

import pytest

import qgate as qg
from qgate.exceptions import UnsupportedQasm


def operations(program):
    with qg.QuantumTape() as tape:
        qg.from_qasm(program)()
    return tape.operations


def test_while_loops_subroutines_and_switches_are_unrolled():
    program = """
        OPENQASM 3.0;
        include "stdgates.inc";
        qubit[2] q;
        def turn(qubit a, float x) { rx(x) a; h a; }
        int i = 0;
        while (i < 2) { turn(q[i], 0.5 * i); i += 1; }
        switch (i) { case 2 { x q[0]; } default { y q[0]; } }
    """

    assert operations(program) == [qg.RX(0.0, 0), qg.H(0), qg.RX(0.5, 1), qg.H(1), qg.X(0)]


def test_what_cannot_be_unrolled_is_refused_with_its_place():
    program = """
        OPENQASM 3.0;
        include "stdgates.inc";
        qubit q;
        bit b;
        b = measure q;
        while (b) { x q; b = measure q; }
    """

    with pytest.raises(UnsupportedQasm, match="pyqasm cannot unroll") as caught:
        operations(program)

    assert caught.value.line == 7
