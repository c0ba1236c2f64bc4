"""Drawings as text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate.drawer import tape_text
from qgate.drawer.text import columns
from qgate.exceptions import DuplicateWires, InvalidDrawing, InvalidParameters


def stripped(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n")]


def drawn(*operations, measurements=(), **options) -> list[str]:
    return stripped(tape_text(qg.tape.QuantumScript(operations, measurements), **options))


def test_operations_and_measurements_stand_on_their_wires():
    operations = [
        qg.QFT(wires=(0, 1, 2)),
        qg.RX(1.234, wires=0),
        qg.RY(1.234, wires=1),
        qg.RZ(1.234, wires=2),
        qg.Toffoli(wires=(0, 1, "aux")),
    ]
    measurements = [
        qg.expval(qg.Z("aux")),
        qg.var(qg.Z(0) @ qg.Z(1)),
        qg.probs(wires=(0, 1, 2, "aux")),
    ]

    assert drawn(*operations, measurements=measurements, decimals=2) == [
        "  0: ─╭QFT──RX(1.23)─╭●─┤ ╭Var[Z@Z] ╭Probs",
        "  1: ─├QFT──RY(1.23)─├●─┤ ╰Var[Z@Z] ├Probs",
        "  2: ─╰QFT──RZ(1.23)─│──┤           ├Probs",
        "aux: ────────────────╰X─┤  <Z>      ╰Probs",
    ]
    assert drawn(*operations, measurements=measurements, wire_order=["aux", 2, 1, 0])[0] == (
        "aux: ──────────╭X─┤  <Z>      ╭Probs"
    )


@pytest.mark.parametrize(
    ("operation", "texts"),
    [
        (qg.MultiControlledX([0, 1, 2], [0, 1]), ["─╭○─┤", "─├●─┤", "─╰X─┤"]),
        (qg.ctrl(qg.RX(0.1, 2), [0, 1], [1, 0]), ["─╭●──┤", "─├○──┤", "─╰RX─┤"]),
        (qg.adjoint(qg.CNOT([0, 2])), ["─╭●──┤", "─│───┤", "─╰X†─┤"]),
        (qg.pow(qg.CRX(0.1, [2, 1]), 0.5), ["──────┤", "─╭RX⁰⋅⁵─┤", "─╰●─────┤"]),
        (qg.ctrl(qg.QFT([0, 2]), 1), ["─╭QFT─┤", "─├●───┤", "─╰QFT─┤"]),
        (qg.adjoint(qg.QFT([0, 1])), ["─╭QFT†─┤", "─╰QFT†─┤", "──────┤"]),
        (qg.CSWAP([0, 1, 2]), ["─╭●────┤", "─├SWAP─┤", "─╰SWAP─┤"]),
        (qg.Barrier(), ["──||─┤", "──||─┤", "──||─┤"]),
        (qg.GlobalPhase(0.5), ["─╭GlobalPhase─┤", "─├GlobalPhase─┤", "─╰GlobalPhase─┤"]),
        (
            qg.ctrl(qg.GlobalPhase(0.5), 2),
            ["─╭GlobalPhase─┤", "─├GlobalPhase─┤", "─╰●───────────┤"],
        ),
        (qg.PhaseShift(0.1, 1), ["─────┤", "──Rϕ─┤", "─────┤"]),
        (qg.evolve(qg.X(0) @ qg.Z(1), 0.5), ["─╭Exp(-0.5j X@Z)─┤", "─╰Exp(-0.5j X@Z)─┤"]),
    ],
)
def test_controls_are_dots_and_targets_are_labels(operation, texts):
    shown = drawn(operation, wire_order=range(3), show_all_wires=True)

    for line, text in zip(shown, texts, strict=False):
        wanted = text.removesuffix("┤").rstrip("─")
        assert line[3:].startswith(wanted)
        assert set(line[3 + len(wanted) :]) <= set("─┤")


def test_every_measurement_has_its_symbol():
    measurements = [
        qg.expval(0.5 * qg.Z(0)),
        qg.var(qg.X(0)),
        qg.probs(op=qg.Y(0)),
        qg.probs(wires=0),
        qg.sample(wires=0),
        qg.counts(qg.Z(0)),
        qg.state(),
        qg.density_matrix(0),
        qg.vn_entropy(0),
        qg.purity(0),
        qg.expval(qg.Hamiltonian([1.0, 2.0], [qg.X(0), qg.Z(0)])),
        qg.expval(qg.Projector([1], 0)),
    ]

    (line,) = drawn(measurements=measurements, decimals=1, max_length=300)

    assert line == (
        "0: ───┤  <0.5*Z>  Var[X]  Probs[Y]  Probs  Sample  Counts[Z]  State  DensityMatrix  "
        "vnentropy  purity  <𝓗>  <|1⟩⟨1|>"
    )


def test_arrays_are_numbered_and_printed_below_once_each():
    tape = qg.tape.QuantumScript(
        [qg.QubitUnitary(np.eye(2), 0), qg.QubitUnitary(np.eye(2), 1)],
        [qg.expval(qg.Hermitian(np.diag([1.0, -1.0]), 0))],
    )
    cache = {"matrices": [-np.eye(2)]}

    shown = stripped(tape_text(tape, cache=cache))

    assert shown == [
        "0: ──U(M1)─┤  <𝓗(M2)>",
        "1: ──U(M1)─┤",
        "M0 =",
        "[[-1. -0.]",
        " [-0. -1.]]",
        "M1 =",
        "[[1. 0.]",
        " [0. 1.]]",
        "M2 =",
        "[[ 1.  0.]",
        " [ 0. -1.]]",
    ]
    assert len(cache["matrices"]) == 3
    assert len(tape_text(tape, show_matrices=False).split("\n")) == 2


def test_a_batch_of_angles_is_an_array():
    assert drawn(qg.RX(np.array([0.1, 0.2]), 0), decimals=2) == [
        "0: ──RX(M0)─┤",
        "M0 =",
        "[0.1 0.2]",
    ]


def test_long_circuits_continue_below():
    operations = [gate(wire) for gate in (qg.H, qg.S, qg.T, qg.X, qg.Y) for wire in (0, 1)]

    shown = drawn(*operations, qg.CNOT([0, 1]), measurements=[qg.probs(wires=0)], max_length=20)

    assert shown == [
        "0: ──H──S──T──X ···",
        "1: ──H──S──T──X ···",
        "",
        "0: ··· ──Y─╭●─┤ ···",
        "1: ··· ──Y─╰X─┤ ···",
        "",
        "0: ···   Probs",
        "1: ···",
    ]


def test_labels_that_are_longer_than_a_line_are_shortened():
    layers = qg.StronglyEntanglingLayers(np.ones((1, 2, 3)), ["a wire with a long name", "b"])

    assert drawn(layers, max_length=40, show_matrices=False) == [
        "a wire with …: ─╭StronglyEntang…─┤",
        "            b: ─╰StronglyEntang…─┤",
    ]


def test_wires_may_have_any_labels():
    wires = [0, "b", ("t", 1), "量", -3.5]

    shown = tape_text(qg.tape.QuantumScript([qg.QFT(wires)], [])).split("\n")

    assert [line.split(":")[0].strip() for line in shown] == ["0", "b", "('t', 1)", "量", "-3.5"]
    assert len(set(map(columns, shown))) == 1


def test_line_breaks_in_labels_do_not_break_lines():
    assert drawn(qg.X("a\nb"), qg.RX(0.1, "a\nb", id="x\ty")) == ['ab: ──X──RX("xy")─┤']


def test_unused_wires_are_drawn_on_request():
    assert drawn(qg.X(1), wire_order=[0, 1]) == ["1: ──X─┤"]
    assert drawn(qg.X(1), wire_order=[0, 1], show_all_wires=True) == ["0: ────┤", "1: ──X─┤"]
    assert drawn(qg.X(1), show_wire_labels=False) == ["──X─┤"]
    assert drawn() == [""]


def test_a_tape_draws_itself():
    tape = qg.tape.QuantumScript([qg.RX(0.1, 0)], [qg.probs(wires=0)])

    assert tape.draw(decimals=1) == "0: ──RX(0.1)─┤  Probs"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"decimals": -1}, InvalidDrawing),
        ({"decimals": "two"}, InvalidDrawing),
        ({"max_length": 0}, InvalidDrawing),
        ({"max_length": 1.5}, InvalidDrawing),
        ({"wire_order": [0, 0]}, DuplicateWires),
    ],
)
def test_wrong_options_are_refused(options, error):
    with pytest.raises(error):
        tape_text(qg.tape.QuantumScript([qg.X(0)], []), **options)


def test_the_ends_of_the_wires_are_within_the_width():
    operations = [qg.H(0), qg.H(0), qg.H(0)]

    for width in range(16, 24):
        lines = drawn(*operations, measurements=[qg.expval(qg.Z(0))], max_length=width)
        assert max(map(len, lines)) <= width
        assert len(drawn(*operations, max_length=width)) == 1


def test_only_tapes_are_drawn_and_switches_are_true_or_false():
    with pytest.raises(InvalidDrawing, match=r"Give a qg\.tape\.QuantumScript"):
        tape_text(3)
    for switch in ("show_all_wires", "show_matrices", "show_wire_labels"):
        with pytest.raises(InvalidParameters, match=switch):
            drawn(qg.X(0), **{switch: np.ones(2)})


GATES = st.sampled_from(
    [
        lambda wires: qg.RX(0.1, wires[0]),
        lambda wires: qg.CNOT(wires[:2]),
        lambda wires: qg.CSWAP(wires[:3]),
        lambda wires: qg.ctrl(qg.Rot(0.1, 0.2, 0.3, wires[0]), wires[1:3], [0, 1]),
        lambda wires: qg.QFT(wires),
        lambda wires: qg.Barrier(),
        lambda wires: qg.evolve(qg.X(wires[2]) @ qg.Z(wires[0]), 0.3),
    ]
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(GATES, st.permutations(range(4))), max_size=8), st.integers(26, 90))
def test_a_drawing_keeps_its_width_and_every_wire_its_gates_in_order(steps, width):
    operations = [make(wires) for make, wires in steps]
    tape = qg.tape.QuantumScript(operations, [qg.probs(wires=range(4))])

    text = tape_text(tape, decimals=2, max_length=width, wire_order=range(4))
    blocks = [block.split("\n") for block in text.split("\n\n")]

    for block in blocks:
        assert len(block) == 4
        assert len(set(map(columns, block))) == 1
        assert columns(block[0]) <= width
    for wire in range(4):
        line = "".join(block[wire] for block in blocks)
        count = sum(
            wire in operation.control_wires for operation in operations if operation.control_wires
        )
        assert line.count("●") + line.count("○") == count
