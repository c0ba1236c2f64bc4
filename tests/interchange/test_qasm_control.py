"""Control flow of OpenQASM 3."""

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidQasm, UnsupportedQasm


def operations(program, *args):
    with qg.QuantumTape() as tape:
        qg.from_qasm(program)(*args)
    return tape.operations


def test_loops_go_over_numbers_and_hold_inputs():
    program = """
        input float theta; qubit[4] q; int n = 0;
        for int i in [0:2:3] { rx(i * theta) q[i]; n += i; }
        for int i in {3, 1} { if (i == 1) { break; } y q[i]; }
        while (n > 0) { n -= 1; if (n == 1) continue; z q[n + 1]; }
        x q[n];
    """

    expected = [qg.RX(0.0, 0), qg.RX(0.6, 2), qg.Y(3), qg.Z(1), qg.X(0)]
    assert operations(program, 0.3) == expected


def test_a_switch_chooses_the_case_of_a_number():
    program = """
        qubit q;
        for int i in [0:3] { switch (i) { case 0 { x q; } case 1, 2 { y q; } default { z q; } } }
    """

    assert operations(program) == [qg.X(0), qg.Y(0), qg.Y(0), qg.Z(0)]


def test_subroutines_take_qubits_and_numbers_and_return_values():
    program = """
        input float theta; qubit[3] q; qubit a; bit b; bit[2] c;
        def half(float x) -> float { return x / 2; }
        def turn(qubit[2] r, float x, int k) { rx(half(x)) r; if (k == 0) return; cx r[0], r[1]; }
        def read(qubit r) -> bit { h r; return measure r; }
        turn(q[0:1], theta, 0); turn(q[0:1], theta, 1);
        b = read(q[2]);
        c[1] = read(a);
        bit d = read(q[0]);
        if (b && c[1]) { x q[1]; }
    """

    found = operations(program, 0.4)

    names = [
        "RX",
        "RX",
        "RX",
        "RX",
        "CNOT",
        *["Hadamard", "MidMeasureMP"] * 3,
        "Conditional(PauliX)",
    ]
    assert [item.name for item in found] == names
    assert found[:2] == [qg.RX(0.2, 0), qg.RX(0.2, 1)]
    measured = [item.wires[0] for item in found if item.name == "MidMeasureMP"]
    assert measured == [2, 3, 0]
    assert found[-1].meas_val.wires.tolist() == [2, 3]


def test_cases_of_outcomes_become_conditions():
    program = """
        qubit[3] q; bit[2] c; h q[0]; ry(0.8) q[1]; c = measure q[0:1];
        switch (c) { case 0 { x q[2]; } case 1, 3 { ry(0.4) q[2]; } default { h q[2]; } }
    """

    found = qg.QNode(program, "local")(measurements=qg.probs(wires=2))

    one = np.sin(0.4) ** 2
    turned = qg.matrix(qg.RY(0.4, 0))[:, 0] ** 2
    expected = 0.5 * turned + 0.5 * (1 - one) * np.array([0, 1]) + 0.5 * one * np.array([0.5, 0.5])
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_variables_of_a_conditional_block_are_its_own():
    program = """
        qubit[2] q; bit m; m = measure q[0];
        if (m) { int i = 0; while (i < 5) { i = i + 1; rz(i) q[1]; break; } }
    """

    found = operations(program)

    assert [item.name for item in found] == ["MidMeasureMP", "Conditional(RZ)"]
    assert found[1].base == qg.RZ(1, 1)


@pytest.mark.parametrize(
    ("program", "error", "text"),
    [
        ("while (c) { x q; c = measure q; }", UnsupportedQasm, "a loop depends on an outcome"),
        ("if (c) { n = 1; }", UnsupportedQasm, "'n' depends on an outcome"),
        ("for int i in [0:1] { if (c) { break; } }", UnsupportedQasm, "is left"),
        ("def f(qubit a) { f(a); } f(q);", UnsupportedQasm, "calls itself"),
        ("def f(qubit[2] a) { } f(q);", InvalidQasm, "no register of 2 qubits"),
        ("def f(qubit a) { } f(q, q);", InvalidQasm, "is given 2 arguments"),
        ("g(q);", UnsupportedQasm, "'g' is no known function"),
        ("for int i in q { x q; }", UnsupportedQasm, "something else than numbers"),
    ],
)
def test_what_no_circuit_can_hold_is_refused_with_its_place(program, error, text):
    start = "qubit q; bit c; int n = 0; c = measure q;\n"

    with pytest.raises(error, match=text) as caught:
        operations(start + program)

    assert caught.value.line == 2
