"""OpenQASM programs as quantum functions."""

import pickle

import numpy as np
import pytest
from braket.circuits import Circuit
from qiskit import qasm3
from qiskit.quantum_info import Operator

import qgate as qg
from qgate.exceptions import (
    InputError,
    InvalidParameters,
    InvalidQasm,
    NotACircuit,
    NotAffine,
    QasmError,
    UnsupportedQasm,
)

PROGRAMS = {
    "broadcast": "qubit[2] a; qubit b; qubit[2] c; h a; cx a, c; cx b, a; x b;",
    "modifiers": """
        qubit[4] q; h q;
        ctrl(2) @ rx(0.3) q[0], q[1], q[2]; negctrl @ ctrl @ y q[3], q[0], q[1];
        inv @ pow(2) @ s q[0]; pow(0.5) @ x q[1]; ctrl @ inv @ t q[0], q[3];
        pow(-1) @ rz(0.2) q[2]; ctrl @ gphase(0.7) q[1]; gphase(-0.4);
    """,
    "definitions": """
        qubit[3] q; h q;
        gate turn(a, b) x, y { rx(a / 2) x; cz x, y; rz(-b + a) y; gphase(a); }
        gate both(a) x, y, z { turn(a, 2 * a) x, y; inv @ turn(0.1, a) y, z; }
        both(0.3) q[0], q[1], q[2]; ctrl @ turn(0.2, 0.5) q[2], q[0], q[1];
        pow(3) @ turn(0.4, 0.1) q[1], q[0]; inv @ both(0.9) q[2], q[1], q[0];
    """,
    "slices": """
        qubit[5] q; bit[2] c; h q[0:2]; cx q[0:1], q[3:4]; x q[{0, 4}]; let a = q[1:3]; s a;
        let b = q[0:1] ++ q[4:4]; t b; rx(0.3) a[1]; z q[-1];
    """,
}


def ours(program, qubits, *args):
    return np.asarray(qg.matrix(qg.from_qasm(program), wire_order=range(qubits))(*args))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # by Qiskit's reader, of Qiskit
@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_programs_are_read_as_qiskit_reads_them(name):
    program = 'OPENQASM 3.0; include "stdgates.inc"; ' + PROGRAMS[name]
    circuit = qasm3.loads(program)

    expected = Operator(circuit.reverse_bits()).data

    np.testing.assert_allclose(ours(program, circuit.num_qubits), expected, atol=1e-12)


@pytest.mark.parametrize(
    "program",
    [
        "qubit[2] q; ctrl @ cnot q[0], q[1], q[2];",
        """
        #pragma braket verbatim
        box { prx(0.1, 0.2) $0; cz $0, $1; }
        #pragma braket unitary([[0, -1.0im], [1.0im, 0]]) $1
        """,
        "const int n = 2; const float half = pi / n; qubit[n + 1] q; rx(half) q; ry(n / 3) q[0];",
        "qubit[3] q; for int i in [0:2] { rx(0.1 * i) q[i]; if (i == 1) { v q[i]; } }",
    ],
)
def test_programs_are_read_as_braket_reads_them(program):
    program = "OPENQASM 3.0;\n" + program.replace("qubit[2] q; ctrl", "qubit[3] q; ctrl")
    circuit = Circuit.from_ir(program)

    expected = circuit.to_unitary()

    np.testing.assert_allclose(ours(program, circuit.qubit_count), expected, atol=1e-12)


def test_expressions_are_those_of_the_specification():
    program = """
        qubit[2] q; rx(sin(0.2) + cos(tau / 5) * 2 ** 3) q[0]; ry(-(1 + 2) * 0.1 - 1 / 4.0) q[1];
        p(sqrt(2) - exp(0.5) + log(3.0) + arccos(0.1) + tan(0.3)) q[0]; rz(7 / 2 + mod(7, 4)) q[1];
    """

    expected = [
        qg.RX(np.sin(0.2) + np.cos(2 * np.pi / 5) * 8, 0),
        qg.RY(-0.55, 1),
        qg.PhaseShift(np.sqrt(2) - np.exp(0.5) + np.log(3) + np.arccos(0.1) + np.tan(0.3), 0),
        qg.RZ(6, 1),
    ]

    product = qg.matrix(qg.prod(*expected[::-1]), wire_order=[0, 1])
    np.testing.assert_allclose(ours(program, 2), product, atol=1e-12)


def test_the_second_version_has_powers_and_fractions():
    program = 'OPENQASM 2.0; include "qelib1.inc"; qreg q[1]; rx(3^2/4) q[0]; ry(+ln(2)) q[0];'

    expected = qg.matrix(lambda: [qg.RX(9 / 4, 0), qg.RY(np.log(2), 0)], wire_order=[0])()

    np.testing.assert_allclose(ours(program, 1), expected)


def test_inputs_are_arguments_that_can_be_differentiated():
    program = """
        OPENQASM 3; input float theta; input array[angle, 2] x; qubit[2] q;
        rx(2 * theta) q[0]; for int i in [0:1] { ry(x[i] * (i + 1) + sin(theta)) q[1]; }
    """
    circuit = qg.QNode(qg.from_qasm(program, [qg.expval(qg.Z(0)), qg.expval(qg.Z(1))]), "local")

    def total(theta, x):
        return sum(circuit(theta, x))

    theta, x = qg.numpy.array(0.3, requires_grad=True), qg.numpy.array([0.2, 0.5])
    found = qg.grad(total)(theta, x)

    inside = 0.2 + 2 * 0.5 + 2 * np.sin(0.3)
    slope = np.sin(inside)
    expected = [-2 * np.sin(0.6) - slope * 2 * np.cos(0.3), [-slope, -2 * slope]]
    np.testing.assert_allclose(found[0], expected[0])
    np.testing.assert_allclose(found[1], expected[1])


def test_inputs_are_given_by_position_by_name_and_as_a_mapping():
    function = qg.from_qasm("input float a; input float b; qubit q; rx(a) q; ry(b) q;", [])
    expected = [qg.RX(0.1, 0), qg.RY(0.2, 0)]

    for args, kwargs in [
        ((0.1, 0.2), {}),
        ((0.2,), {"a": 0.1}),
        (({"b": 0.2, "a": 0.1},), {}),
        ((), {"params": {"b": 0.2}, "a": 0.1}),
    ]:
        with qg.QuantumTape() as tape:
            function(*args, **kwargs)
        assert tape.operations == expected


@pytest.mark.parametrize(("args", "named"), [((), {}), ((1, 2), {}), ((), {"thet": 1})])
def test_other_inputs_are_refused(args, named):
    function = qg.from_qasm("input float theta; qubit q; rx(theta) q;")

    with pytest.raises(InputError, match=r"Its inputs are: theta"):
        function(*args, **named)


def test_wires_are_counted_over_registers_and_can_be_replaced():
    function = qg.from_qasm("qubit[2] a; qubit b; cx a[1], b;")

    with qg.QuantumTape() as tape:
        function()
        function(wires=["x", "y", "z"])

    assert tape.operations == [qg.CNOT([1, 2]), qg.CNOT(["y", "z"])]


def test_wires_are_names_of_qubits_or_what_a_map_says():
    with qg.QuantumTape() as tape:
        qg.from_qasm3("qubit[2] a; qubit b; cx a[1], b;")()
        qg.from_qasm3("qubit[2] a; qubit b; cx a[1], b;", {"b": 7})()

    assert tape.operations == [qg.CNOT(["a[1]", "b"]), qg.CNOT(["a[1]", 7])]


def test_a_wire_map_is_a_mapping():
    with pytest.raises(InvalidParameters, match="wire_map=3 is no mapping"):
        qg.from_qasm3("qubit q;", 3)


def test_functions_of_inputs_need_numbers():
    function = qg.from_qasm("input float x; qubit q; rx(sin(x)) q;")

    with pytest.raises(NotAffine, match=r"sin\(\.\.\.\) of a free parameter"):
        qg.to_qasm3(function)("x")
    with pytest.raises(InvalidParameters, match="give a number"):
        function("x")


def test_an_imported_circuit_is_shown_in_a_line():
    function = qg.from_qasm("input float x; input array[float, 2] v; qubit[2] q; rx(x) q[0];")

    assert repr(function) == "<ImportedCircuit 'circuit': wires=[0, 1], inputs=['x', 'v[2]']>"


def test_a_wrong_number_of_wires_is_refused():
    with pytest.raises(qg.exceptions.QuantumFunctionError, match="acts on 2 wires"):
        qg.from_qasm("qubit[2] q; h q;")(wires=[0])


def test_measured_wires_follow_the_classical_bits():
    program = "qubit[3] q; bit[2] c; bit d; c[1] = measure q[0]; d = measure q[1]; measure q[2];"
    program += "c[0] = measure q[1];"

    assert qg.from_qasm(program).measured == qg.tape.Wires([1, 0, 2])


def test_conditions_depend_on_outcomes():
    program = """
        qubit[3] q; bit[2] c; reset q;
        ry(0.8) q[0]; ry(1.1) q[1]; c = measure q[0:1];
        if (c == 2) x q[2]; else { ry(0.4) q[2]; }
        if (c[0] && !c[1]) { h q[2]; if (true) { z q[2]; } }
        reset q[0];
    """

    found = qg.QNode(program, "local")(measurements=qg.probs(wires=[0, 2]))

    first, second = np.sin(0.4) ** 2, np.sin(0.55) ** 2
    turned = qg.matrix(qg.RY(0.4, 0))[:, 0]
    both = np.array([turned[0] + turned[1], turned[0] - turned[1]]) / np.sqrt(2)
    flipped, kept = (1 - first) * second, (1 - first) * (1 - second) + first * second
    expected = flipped * np.array([0, 1]) + kept * turned**2 + first * (1 - second) * both**2
    np.testing.assert_allclose(found, [*expected, 0, 0], atol=1e-12)


def test_pragmas_of_results_are_what_the_function_returns():
    function = qg.from_qasm("""
        qubit[2] q; rx(0.3) q[0];
        #pragma braket result expectation z(q[0]) @ hermitian([[0, 1], [1, 0]]) q[1]
        #pragma braket result variance x all
        #pragma braket result probability q[1]
    """)

    returned = function()

    assert [item.kind.value for item in returned] == ["expval", "var", "var", "probs"]
    assert returned[0].obs.wires.tolist() == [0, 1]
    assert returned[-1].wires.tolist() == [1]


def test_a_file_is_read_by_its_path(tmp_path):
    path = tmp_path / "bell.qasm"
    path.write_text("OPENQASM 2.0; qreg q[2]; h q[0]; cx q[0], q[1];")

    for given in (path, str(path)):
        function = qg.from_qasm(given)
        assert function.__name__ == "bell"
        assert len(function.steps) == 2
    with pytest.raises(NotACircuit, match="absent"):
        qg.from_qasm(tmp_path / "absent.qasm")


def test_an_imported_circuit_can_be_pickled():
    program = "input float a; qubit[2] q; rx(2 * a) q[0]; ctrl @ h q[0], q[1];"
    function = pickle.loads(pickle.dumps(qg.from_qasm(program)))

    np.testing.assert_allclose(
        qg.matrix(function, wire_order=[0, 1])(0.4), ours(program, 2, 0.4), atol=1e-15
    )


@pytest.mark.parametrize(
    ("program", "line", "column", "text"),
    [
        ("qubit q;\n  h q\nx q;", 3, 1, "'x' is not expected here"),
        ("qubit[2] q;\n hh q[0];", 2, 2, "Did you mean 'h'"),
        ("qubit[2] q;\nh q[3];", 2, 3, "from 0 to 1"),
        ("qubit[2] q;\ncx q[0], q;", 2, 1, "a qubit twice"),
        ("qubit q;\nrx q;", 2, 1, "It takes 1"),
        ("qubit q;\nqubit q;", 2, 1, "declared twice"),
        ("h r;", 1, 3, "'r' is not declared"),
        ("qubit q; rx(1 / 0) q;", 1, 13, "division by zero"),
        ("qubit[2] q; qubit[3] r; cx q, r;", 1, 25, "sizes 2, 3"),
        ("qubit[2] q; bit c; c = measure q;", 1, 20, "2 qubits are measured into 1 bits"),
        ("gate g a { g a; } qubit q; g q;", 1, 12, "calls itself"),
        ("qubit q;\n\x00", 2, 1, "token recognition error"),
        (f"qubit[{'9' * 5000}] q;", 1, 1, "too many digits"),
        ("qubit q;\n#pragma braket unitary([[1, 0]]) q\n", 2, 1, "acts on 1 qubits"),
    ],
)
def test_mistakes_are_named_with_line_and_column(program, line, column, text):
    with pytest.raises(InvalidQasm, match=text) as caught:
        qg.from_qasm(program)

    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize(
    ("program", "line", "text"),
    [
        ("qubit q;\ndelay[10ns] q;", 2, "a delay"),
        ('include "mine.inc";', 1, "mine.inc"),
        ("input bit b;", 1, "no type of a number"),
        ("input int n;\nqubit[n] q;", 2, "depends on an input"),
        ("qubit q; bit c;\nc = measure q;\nrx(c) q;", 3, "outcome"),
        ("qubit q; bit c;\nc = measure q;\nif (c) { reset q; }", 3, "a reset depends on an"),
        ("qubit[1000000000] q;", 1, "The limit is"),
        ("extern f(int) -> int;\ncal {\n}", 1, "an external function"),
        ("qubit q;\n#pragma braket noise bit_flip(0.1) q\n", 2, "noise"),
    ],
)
def test_what_no_circuit_can_hold_is_refused_with_its_place(program, line, text):
    with pytest.raises(UnsupportedQasm, match=text) as caught:
        qg.from_qasm(program)

    assert caught.value.line == line


@pytest.mark.parametrize("program", ["", "/* nothing */", "OPENQASM 3;", "qubit[2] q; end; x x;"])
def test_programs_without_gates_are_read(program):
    assert qg.from_qasm(program).steps == ()


def test_errors_leave_the_standard_error_stream_alone(capfd):
    for program in ["qubit q; x q", '"', "qubit q; x & q;"]:
        with pytest.raises(InvalidQasm):
            qg.from_qasm(program + ";\n\x00")

    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("given", [None, 3, ["h q;"]])
def test_what_is_no_text_is_refused(given):
    with pytest.raises(NotACircuit, match="is no program in OpenQASM"):
        qg.from_qasm(given)


@pytest.mark.parametrize(
    ("program", "text"),
    [
        ("OPENQASM 2.0", "is not expected here"),
        ("OPENQASM 4.0; qubit q;", "version 4.0 is unknown"),
        ("OPENQASM 2.0; gate f a { CX a, b; }", "'b' is no qubit of the gate"),
        ("OPENQASM 2.0; qreg q[2]; gate f a { CX a, q; }", "'q' is no qubit of the gate"),
        ("gate f a { U(0, 0, b) a; }", "'b' is not declared"),
        ("gate f(a) a { }", "'a' is declared twice"),
        ("gate f a { } gate f a { }", "'f' is declared twice"),
        ("gate f a { } qubit f;", "'f' is declared twice"),
        ("gate U(a, b, c) q { }", "is built in"),
        ("gate f a { g a; } gate g a { f a; }", "the gate 'g' is not defined"),
        ("gate f a { for int i in [0:1] { U(0, 0, 0) a; } }", "stands in a gate"),
        ("gate f a { U(0, 0, 0) a[0]; }", "has an index"),
        ("const int n = 1; n = 2;", "'n' is a constant"),
        ("array[int, 2] a = {1, 2, 3};", "Its lengths are 2"),
        ('bit[2] c = "101";', "does not fit into 2 bits"),
        ("qubit q; rx(1e308 * 10) q;", "an angle is inf"),
        ("qubit q; rx(" + "-" * 100_000 + "1) q;", "nested too deeply"),
        ("int[5000] n = 1;", "5000 bits"),
        ("gate f(x) a { U(x / (1 - 1), 0, 0) a; }", "division by zero"),
    ],
)
def test_rules_are_checked_where_they_are_broken(program, text):
    with pytest.raises(QasmError, match=rf"line 1, column \d+: .*{text}"):
        qg.from_qasm(program)


@pytest.mark.parametrize(
    ("program", "angle"),
    [
        ("int[3] n = 5; rx(n) q;", -3),  # 5 - 8
        ("uint[3] n = -1; rx(n) q;", 7),
        ("int n; n = 3.7; rx(n) q;", 3),
        ("float[16] x = 3.14159; rx(x) q;", 3.140625),
        ("bit c = 1; if (c) rx(2) q;", 2),
        ('bit[2] c = "10"; if (c[1]) rx(2) q;', 2),
        ("bit[2] c; c = 2; c[0] = true; rx(c) q;", 3),
        ('bit[4] x = "0101"; bit[4] y = "1100"; bit[4] c; c = x ^ y; rx(c) q;', 9),
        ('bit[4] c = "0011"; c <<= 3; rx(c) q;', 8),
        ('bit[4] c = "0000"; c[2:] |= "11"; rx(c) q;', 12),
        ('bit[2] a = "00"; bit[2] b = a; b[0] = 1; rx(a + 4) q;', 4),
        ("def f(bit[2] c) -> bit[2] { c[0] = 1; return c; } bit[2] a = 2; rx(f(a) + 8 * a) q;", 19),
        ("int n = 3; bit c = 0; for int i in [0:n] { c ^= 1; } rx(2 + c) q;", 2),
    ],
)
def test_variables_hold_what_their_types_can(program, angle):
    (gate,) = qg.from_qasm(f"qubit q; {program}").steps

    assert gate.angles == (angle,)


def test_a_global_phase_may_name_a_qubit():
    circuit = qg.from_qasm("qubit[2] q; gphase(0.3) q[1]; ctrl @ gphase(0.2) q[0], q[1];")

    np.testing.assert_allclose(
        qg.matrix(circuit, wire_order=[0, 1])(), np.exp(0.3j) * np.diag([1, 1, *[np.exp(0.2j)] * 2])
    )


def test_copied_outcomes_are_not_measured_again():
    with pytest.raises(QasmError, match="whose outcomes were copied"):
        qg.from_qasm("qubit q; bit a = measure q; bit b = a; a = measure q; if (b) x q;")


def test_measured_bits_have_no_value_any_more():
    with pytest.raises(QasmError, match="an outcome of a measurement is used"):
        qg.from_qasm("qubit q; bit c = 1; c = measure q; rx(c) q;")


def test_comments_signs_and_empty_statements_of_openqasm_2_are_read():
    program = """OPENQASM // version
    2.0//squeezed
    ; opaque magic(a, b) c, d;
    gate f(x) a // ( no bracket
    { U(+x, -+-+x, 1 + +2) a; };
    qreg q[1];; f(0.5) q[0]; // ) neither"""

    (gate,) = qg.from_qasm(program).steps

    assert gate.angles == (0.5, 0.5, 3)
