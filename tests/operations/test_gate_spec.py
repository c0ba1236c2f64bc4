"""Signatures of gates."""

import inspect
import pickle

import pytest

import qgate as qg
from qgate.exceptions import InvalidCall, InvalidParameters
from qgate.operations.gate import GATES, ROWS


def refusal(call):
    with pytest.raises(InvalidCall) as error:
        call()
    return str(error.value)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: qg.RX(0.1), "wires is missing"),
        (lambda: qg.RX(), "phi is missing; wires is missing"),
        (lambda: qg.RX(wires=0), "phi is missing"),
        (lambda: qg.Rot(0.1, wires=0), "theta is missing; omega is missing"),
        (lambda: qg.PauliRot(0.1, wires=[0, 1]), "pauli_word is missing"),
        (lambda: qg.RX(0.1, wire=0), "no argument 'wire'; wires is missing"),
        (lambda: qg.RX(theta=0.1, wires=0), "no argument 'theta'; phi is missing"),
        (lambda: qg.RX(0.1, 0, wires=0), "wires was given twice"),
        (lambda: qg.RX(0.1, 0, 1), "it takes 2 and was given 3 arguments. "),
        (lambda: qg.CNOT(0, 1), "given 2 arguments (several wires are given as one list)"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(call, reason):
    assert reason in refusal(call)


def test_a_wrong_call_says_how_to_call():
    assert refusal(lambda: qg.RX(0.1)).endswith("Call it as RX(phi, wires).")
    assert refusal(lambda: qg.X()).endswith("Call it as X(wires).")


def test_a_wrong_call_is_a_type_error_as_of_any_function():
    error = InvalidCall(gate="RX", reason="wires is missing", call="RX(phi, wires)")

    assert isinstance(error, TypeError)
    assert isinstance(error, InvalidParameters)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_options_and_wires_have_their_defaults():
    assert qg.GlobalPhase(0.1) == qg.GlobalPhase(0.1, wires=())
    assert qg.Barrier(0) == qg.Barrier(wires=0, only_visual=False)
    assert qg.MultiControlledX([0, 1]).control_values == (True,)


def test_work_wires_are_accepted_and_change_nothing():
    gate = qg.MultiControlledX([0, 1, 2], [1, 0], work_wires=["w"])

    assert gate == qg.MultiControlledX([0, 1, 2], [1, 0])
    assert gate.signature == qg.MultiControlledX([0, 1, 2], [1, 0]).signature


def test_editors_see_the_arguments_of_a_gate():
    assert str(inspect.signature(qg.RX)) == "(phi, wires, *, id=None)"
    assert str(inspect.signature(qg.GlobalPhase)) == "(phi, wires=(), *, id=None)"
    assert list(inspect.signature(qg.PauliRot).parameters)[:3] == ["theta", "pauli_word", "wires"]


@pytest.mark.parametrize("name", ROWS)
def test_every_gate_documents_each_of_its_arguments(name):
    text = inspect.getdoc(GATES[name])

    summary, rest = text.split("\n", 1)
    documented = [line.split(" : ")[0] for line in rest.splitlines() if " : " in line]
    assert summary.endswith((".", ")"))
    assert documented == [*ROWS[name].call, "id"]
