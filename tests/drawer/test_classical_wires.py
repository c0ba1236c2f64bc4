"""Drawings of mid-circuit measurements, conditions and measurements of outcomes."""

from __future__ import annotations

import qgate as qg
from qgate.operations.recorded import Recorded, RecordedCondition
from qgate.wires import Wires


def drawn(function, **options) -> list[str]:
    return [line.rstrip() for line in qg.draw(function, **options)().split("\n")]


def conditions():
    first = qg.measure(0, reset=True)
    second = qg.measure(2, postselect=1)
    qg.cond(first & second, qg.RX)(0.3, wires=1)
    qg.H(0)
    qg.cond(first, qg.CNOT)([2, 0])
    return qg.counts(first), qg.probs(op=[first, second]), qg.probs(wires=[0, 1])


def test_outcomes_go_down_to_classical_wires_and_up_to_conditions():
    assert drawn(conditions) == [
        "0: ──┤↗│  │0⟩──H──────────────╭X─┤ ╭Probs",
        "1: ───║──────────────RX(0.30)─│──┤ ╰Probs",
        "2: ───║────────┤↗₁├──║────────╰●─┤",
        "      ╚═════════║════╬═════════╩═╡  Counts[MCM] ╭Probs[MCM]",
        "                ╚════╩═══════════╡              ╰Probs[MCM]",
    ]


def test_classical_wires_continue_below():
    assert drawn(conditions, max_length=30)[:11] == [
        "0: ──┤↗│  │0⟩──H─── ···",
        "1: ───║──────────── ···",
        "2: ───║────────┤↗₁├ ···",
        "      ╚═════════║══",
        "                ╚══",
        "",
        "0: ··· ───────────╭X─┤ ···",
        "1: ··· ──RX(0.30)─│──┤ ···",
        "2: ··· ──║────────╰●─┤ ···",
        "       ══╬═════════╩═╡",
        "       ══╩═══════════╡",
    ]


def test_a_classical_wire_is_used_again_after_its_outcome_was():
    def circuit():
        for _ in range(2):
            qg.cond(qg.measure(0), qg.S)(1)
            qg.H(0)
        qg.expval(qg.measure(1))

    assert drawn(circuit) == [
        "0: ──┤↗├──H──┤↗├──H──────┤",
        "1: ───║───S───║───S──┤↗├─┤",
        "      ╚═══╝   ╚═══╝   ╚══╡  <MCM>",
    ]


def test_outcomes_that_nothing_uses_need_no_classical_wire():
    def circuit():
        qg.measure(0)
        qg.measure(1, reset=True, postselect=0)
        qg.H(0)

    assert drawn(circuit) == ["0: ──┤↗├────────H─┤", "1: ──┤↗₀│  │0⟩────┤"]


def test_a_condition_on_one_of_several_outcomes_passes_the_others():
    def circuit():
        first, second, third = (qg.measure(wire) for wire in range(3))
        qg.cond(first + third > 1, qg.CRX)(0.1, [3, 1])
        qg.cond(second, qg.X)(0)
        return qg.var(second), qg.expval(first)

    assert drawn(circuit) == [
        "0: ──┤↗├──────────────────────X─┤",
        "1: ───║───┤↗├──────╭RX(0.10)──║─┤",
        "2: ───║────║───┤↗├─│──────────║─┤",
        "3: ───║────║────║──╰●─────────║─┤",
        "      ╚════║════║═══╬═════════║═╡  <MCM>",
        "           ╚════║═══║═════════╩═╡  Var[MCM]",
        "                ╚═══╝",
    ]


def test_records_of_a_device_are_classical_wires():
    operations = [
        Recorded("a", "record", reset=True),
        RecordedCondition(qg.RX(0.5, "b"), Wires("record"), (False, True)),
    ]
    tape = qg.tape.QuantumScript(operations, [qg.counts(wires=["b", "record"])])

    assert [line.rstrip() for line in tape.draw(decimals=1).split("\n")] == [
        "a: ──┤↗│  │0⟩──────────┤",
        "b: ───║────────RX(0.5)─┤  Counts",
        "      ╚════════╩═══════╡  Counts",
    ]


def test_outcomes_stay_outcomes_in_the_gates_that_are_shifted():
    @qg.qnode("local", diff_method="parameter-shift")
    def circuit(weights):
        outcome = qg.measure(0)
        qg.StronglyEntanglingLayers(weights, wires=[0, 1])
        qg.cond(outcome, qg.X)(1)
        return qg.probs(op=outcome)

    lines = qg.draw(circuit, decimals=None)([[[0.1, 0.2, 0.3]] * 2]).split("\n")

    assert [line.rstrip() for line in lines] == [
        "0: ──┤↗├──Rot─╭●─╭X────┤",
        "1: ───║───Rot─╰X─╰●──X─┤",
        "      ╚══════════════╩═╡  Probs[MCM]",
    ]


def test_an_outcome_of_another_circuit_has_no_classical_wire():
    with qg.QuantumTape():
        other = qg.measure(5)

    def circuit():
        qg.cond(other, qg.X)(0)
        return qg.expval(other), qg.probs(wires=0)

    assert drawn(circuit) == ["0: ──X─┤  Probs"]
