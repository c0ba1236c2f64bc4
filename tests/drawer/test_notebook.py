"""Displays of circuits in notebooks."""

from __future__ import annotations

from html import unescape
from xml.etree import ElementTree

import numpy as np

import qgate as qg


def shown(thing) -> str:
    """The text of the HTML, which has to be well-formed."""
    html = thing._repr_html_()
    root = ElementTree.fromstring(f"<div>{html}</div>")
    return unescape("\n".join(root.itertext()))


def test_a_tape_shows_its_drawing_and_arrays():
    tape = qg.tape.QuantumScript(
        [qg.RX(0.1, "<b>"), qg.QubitUnitary(np.eye(2), "<b>")], [qg.expval(qg.Z("<b>"))]
    )

    assert shown(tape).split("\n")[:2] == ["<b>: ──RX(0.10)──U(M0)─┤  <Z>", "M0 = "]
    assert "<b>" not in tape._repr_html_()


def test_a_sweep_shows_its_first_circuit_and_its_rows():
    tape = qg.tape.QuantumScript([qg.RX(np.array([0.1, 0.2]), 0)], [qg.probs(wires=0)], shots=10)
    text = shown(tape.sweep())

    assert text.startswith("2 row(s) of 1 angle(s), 20 shots in all. The first:")
    assert "0: ──RX(0.10)─┤  Probs" in text
    assert "[0.2]" in text


def test_a_qnode_shows_its_last_circuit_and_runs_nothing():
    device = qg.device("local", wires=[1, 0])

    @qg.qnode(device)
    def circuit(x, n=2):
        for _ in range(n):
            qg.RX(x, 0)
        return qg.expval(qg.Z(0) @ qg.Z(1))

    before = shown(circuit)
    circuit(0.25)
    with qg.Tracker(device) as tracker:
        after = shown(circuit)

    assert before.startswith("QNode circuit(x, n=2) on local, diff_method='best', shots=None.")
    assert "Not called yet" in before
    assert "1: ─────────────────────┤ ╭<Z@Z>\n0: ──RX(0.25)──RX(0.25)─┤ ╰<Z@Z>" in after
    assert tracker.totals.get("executions", 0) == 0


def test_an_empty_tape_and_many_rows_show_little():
    sweep = qg.tape.QuantumScript([qg.RX(np.linspace(0, 1, 5000), 0)], [qg.probs(wires=0)]).sweep()

    assert shown(qg.tape.QuantumScript([], [])).strip() == ""
    assert len(shown(sweep)) < 500
