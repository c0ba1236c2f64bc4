"""Drawings of QNodes and quantum functions."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

import qgate as qg
from qgate.devices.local.device import LocalDevice
from qgate.exceptions import DrawingNotPaid, InvalidDrawing, InvalidParameters, QuantumFunctionError


def stripped(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n")]


@qg.qnode(qg.device("local", wires=2))
def rotated(a, w):
    qg.Hadamard(0)
    qg.CRX(a, wires=[0, 1])
    qg.Rot(*w, wires=[1], id="arbitrary")
    qg.CRX(-a, wires=[0, 1])
    return qg.expval(qg.Z(0) @ qg.Z(1))


def test_a_qnode_is_drawn_for_its_arguments():
    assert stripped(qg.draw(rotated)(a=2.3, w=[1.2, 3.2, 0.7])) == [
        "0: ──H─╭●─────────────────────────────────────────╭●─────────┤ ╭<Z@Z>",
        '1: ────╰RX(2.30)──Rot(1.20,3.20,0.70,"arbitrary")─╰RX(-2.30)─┤ ╰<Z@Z>',
    ]
    assert qg.draw(rotated).__name__ == "rotated"


def test_decimals_and_order_of_wires_are_chosen():
    assert stripped(qg.draw(rotated, wire_order=[1, 0], decimals=None)(2.3, [1.2, 3.2, 0.7])) == [
        '1: ────╭RX──Rot("arbitrary")─╭RX─┤ ╭<Z@Z>',
        "0: ──H─╰●────────────────────╰●──┤ ╰<Z@Z>",
    ]


def test_a_quantum_function_needs_no_measurement():
    def part(x):
        qg.RX(x, wires=1)
        qg.CNOT([1, 0])

    assert stripped(qg.draw(part)(1.1)) == ["0: ───────────╭X─┤", "1: ──RX(1.10)─╰●─┤"]
    assert stripped(qg.draw(qg.RX)(1.1, wires=1)) == ["1: ──RX(1.10)─┤"]


def test_wires_come_from_the_device_else_sorted_where_possible():
    def mixed():
        qg.X("b")
        qg.X(0)

    def sortable():
        qg.X(2)
        qg.X(1)

    named = qg.QNode(lambda: qg.probs(wires="a"), qg.device("local", wires=["b", "a"]))

    assert [line[0] for line in qg.draw(mixed)().split("\n")] == ["b", "0"]
    assert [line[0] for line in qg.draw(sortable)().split("\n")] == ["1", "2"]
    assert stripped(qg.draw(named)()) == ["a: ───┤  Probs"]
    assert stripped(qg.draw(named, show_all_wires=True)()) == ["b: ───┤", "a: ───┤  Probs"]


def test_arrays_follow_all_circuits():
    @qg.qnode("local")
    def circuit(x):
        qg.AngleEmbedding(x, [0, 1])
        return qg.probs(wires=0)

    assert stripped(qg.draw(circuit)(np.array([0.5, 1.5]))) == [
        "0: ─╭AngleEmbedding(M0)─┤  Probs",
        "1: ─╰AngleEmbedding(M0)─┤",
        "",
        "M0 =",
        "[0.5 1.5]",
    ]
    assert "M0 =" not in qg.draw(circuit, show_matrices=False)(np.array([0.5, 1.5]))


@pytest.mark.parametrize("level", ["top", "user", "gradient", "device", 0, 2])
def test_a_drawing_runs_nothing(level):
    device = qg.device("local")

    with qg.Tracker(device) as tracker:
        qg.draw(qg.QNode(rotated.func, device), level=level)(0.1, [0.1, 0.2, 0.3])

    assert tracker.totals.get("executions", 0) == 0


def test_a_qnode_is_drawn_inside_a_run_that_pays_nothing(tmp_path):
    with qg.run("drawn", journal=tmp_path / "runs.db") as run:
        text = qg.draw(rotated)(0.1, [0.1, 0.2, 0.3])

    assert text.startswith("0: ──H─╭●")
    assert len(run.records) == 0


def test_traced_parameters_are_drawn_by_their_numbers():
    texts = []

    @qg.qnode("local")
    def circuit(x):
        qg.RX(2 * x, 0)
        return qg.expval(qg.Z(0))

    def cost(x):
        texts.append(qg.draw(circuit)(x))
        return circuit(x)

    qg.grad(cost)(qg.numpy.array(0.5, requires_grad=True))

    assert texts == ["0: ──RX(1.00)─┤  <Z>"]


def test_names_stand_for_angles():
    def circuit(w, kind="H"):
        qg.Rot(*w, 0)
        qg.RX(-2 * w[0] + 0.5, 0)
        getattr(qg, kind)(0)

    assert stripped(qg.draw(circuit)(["a", "b", "c"])) == ["0: ──Rot(a,b,c)──RX(-2*a+0.5)──H─┤"]
    assert stripped(qg.draw(circuit)([0.1, 0.2, 0.3], kind="X")) == [
        "0: ──Rot(0.10,0.20,0.30)──RX(0.30)──X─┤"
    ]
    with pytest.raises(InvalidParameters):
        qg.draw(circuit)([{}, 0.2, 0.3])


@pytest.mark.parametrize("x", [qg.numpy.array(0.5, requires_grad=True), 0.5])
def test_the_circuits_of_a_gradient_are_drawn_and_not_run(x):
    device = qg.device("local")

    @qg.gradients.hadamard_grad
    @qg.qnode(device)
    def derivative(x):
        qg.RX(x, 0)
        return qg.expval(qg.Z(0))

    with qg.Tracker(device) as tracker:
        text = qg.draw(derivative)(x)

    assert "1: ──H────────╰●──RX(1.57)─┤ ╰<Z@Z>" in text
    assert stripped(qg.draw(derivative, level="top")(x)) == ["0: ──RX(0.50)─┤  <Z>"]
    assert tracker.totals.get("executions", 0) == 0


def test_a_quantum_function_has_no_other_levels():
    with pytest.warns(UserWarning, match="level='device' is ignored for a quantum function"):
        draw = qg.draw(lambda: qg.S(0), level="device")

    assert stripped(draw()) == ["0: ──S─┤"]


class Paid(LocalDevice):
    """A simulator that says that it is paid for."""

    capabilities = replace(LocalDevice.capabilities, paid=True)


def test_a_function_that_would_pay_is_not_drawn():
    qnode = qg.QNode(lambda: qg.expval(qg.Z(0)), Paid())

    def cost():
        return 2 * qnode()

    with pytest.raises(DrawingNotPaid, match="cost cannot be drawn"):
        qg.draw(cost)()
    assert stripped(qg.draw(qnode)()) == ["0: ───┤  <Z>"]


def test_an_operator_may_have_a_name_in_drawings():
    def circuit():
        qg.drawer.label(qg.H(0), "first")
        qg.drawer.label(qg.CNOT([0, 1]), "second")
        qg.drawer.label(qg.adjoint(qg.S(1)), "third")

    assert stripped(qg.draw(circuit)()) == [
        '0: ──H("first")─╭●────────────────────────┤',
        '1: ─────────────╰X("second")──S†("third")─┤',
    ]
    with pytest.raises(InvalidDrawing):
        qg.drawer.label(qg.X(0), 3)


class Terminal:
    """A stream of a terminal with this width."""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        pass


def test_a_drawing_fits_a_narrow_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", "40")
    narrow = qg.draw(rotated)(2.3, [1.2, 3.2, 0.7])
    monkeypatch.setenv("COLUMNS", "500")
    wide = qg.draw(rotated)(2.3, [1.2, 3.2, 0.7])
    monkeypatch.undo()

    assert max(map(len, narrow.split("\n"))) <= 40
    assert len(wide.split("\n")) == 2


@pytest.mark.parametrize("thing", [3, qg.tape.QuantumScript([], [])])
def test_only_functions_are_drawn(thing):
    with pytest.raises(QuantumFunctionError, match="Give a QNode or a quantum function"):
        qg.draw(thing)
