"""Recording of operators under conditions, and of mid-circuit measurements."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import (
    ConditionalTransformError,
    InvalidParameters,
    InvalidTape,
    MidMeasureLeft,
    OutcomeOfOtherCircuit,
    QuantumFunctionError,
)
from qgate.operations import Conditional, MidMeasure


def recorded(function) -> list:
    """Return the operations that a function applies."""
    with qg.QuantumTape() as tape:
        function()
    return tape.operations


def true_for(operation: Conditional) -> set[tuple[int, ...]]:
    """Return the outcomes for which an operation is applied."""
    return {bits for bits, value in operation.meas_val.items() if value}


def test_branches_are_recorded_with_exclusive_conditions():
    def circuit():
        first, second = qg.measure("a"), qg.measure("b")
        qg.cond(first, qg.RX, qg.RY, [(second, qg.RZ)])(0.5, wires="c")

    operations = recorded(circuit)

    assert [item.base for item in operations[2:]] == [
        qg.RX(0.5, "c"),
        qg.RZ(0.5, "c"),
        qg.RY(0.5, "c"),
    ]
    assert [true_for(item) for item in operations[2:]] == [{(1,)}, {(0, 1)}, {(0, 0)}]


def test_decorators_add_branches():
    def circuit():
        first, second = qg.measure(0), qg.measure(1)

        @qg.cond(first)
        def correct(wire):
            qg.X(wire)
            qg.H(wire)

        @correct.else_if(second)
        def _(wire):
            qg.Y(wire)

        @correct.otherwise
        def _(wire):
            qg.Z(wire)

        correct(2)

    names = [item.base.name for item in recorded(circuit)[2:]]

    assert names == ["PauliX", "Hadamard", "PauliY", "PauliZ"]


@pytest.mark.parametrize(("x", "expected"), [(0.5, 2.25), (-3, -2), (-0.5, -0.5)])
def test_plain_conditions_choose_a_branch_now(x, expected):
    chosen = qg.cond(x > 0, lambda y: y**2, lambda y: -y, elifs=(x < -2, lambda y: y))

    assert chosen(x + 1) == expected


def test_nested_conditions_are_joined_and_arguments_absorbed():
    def circuit():
        first, second = qg.measure(0), qg.measure(1)
        inner = qg.cond(second, qg.adjoint)
        qg.cond(first, inner)(qg.S(2))

    (operation,) = recorded(circuit)[2:]

    assert operation.base == qg.adjoint(qg.S(2))
    assert true_for(operation) == {(1, 1)}


@pytest.mark.parametrize("change", [qg.adjoint, lambda fn: qg.ctrl(fn, "control")])
def test_adjoint_and_control_act_on_the_conditional_operator(change):
    def circuit():
        outcome = qg.measure(0)
        change(qg.cond(outcome, qg.RX))(0.5, wires=1)

    operation = recorded(circuit)[1]

    assert isinstance(operation, Conditional)
    assert operation.base == change(qg.RX(0.5, wires=1))


def test_equal_circuits_share_a_structure():
    def tape(x, on=0):
        with qg.QuantumTape() as made:
            outcome = qg.measure(on, reset=True)
            qg.cond(outcome == 1, qg.RX)(x, wires=1)
            qg.expval(2 * outcome)
        return made

    assert tape(0.1).structure is tape(0.2).structure
    assert tape(0.1).structure != tape(0.1, on=2).structure


def test_outcomes_of_other_circuits_are_refused():
    other = qg.measure(0)
    with qg.QuantumTape() as tape:
        qg.measure(0)
        qg.expval(other)

    with pytest.raises(OutcomeOfOtherCircuit, match="expval"):
        tape.structure.has_outcomes  # noqa: B018

    with qg.QuantumTape() as tape:
        qg.cond(other, qg.X)(0)
        qg.expval(qg.Z(0))
    with pytest.raises(OutcomeOfOtherCircuit, match=r"Conditional\(PauliX\)"):
        tape.structure.has_outcomes  # noqa: B018


def test_one_measurement_twice_in_a_circuit_is_refused():
    measured = MidMeasure(0)
    tape = qg.QuantumScript([measured, measured], [qg.expval(qg.Z(0))])

    with pytest.raises(InvalidTape, match="twice"):
        tape.structure.has_outcomes  # noqa: B018


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: qg.measure([0, 1]), "single qubit"),
        (lambda: qg.measure(0, postselect=2), "postselect=2"),
        (lambda: qg.expval([qg.measure(0), qg.measure(1)]), "sequence of outcomes"),
        (lambda: qg.probs(op=qg.measure(0) + qg.measure(1)), "list of outcomes"),
        (lambda: qg.sample([qg.measure(0) + 1]), "unprocessed"),
        (lambda: qg.expval("a"), "operator"),
    ],
)
def test_wrong_measurements_say_what_to_give(call, text):
    with pytest.raises(QuantumFunctionError, match=text):
        call()


@pytest.mark.parametrize("branch", [qg.X(0), 3, lambda: qg.measure(0), lambda: qg.probs(wires=0)])
def test_branches_are_functions_without_measurements(branch):
    with pytest.raises(ConditionalTransformError, match="no measurements"):
        qg.cond(qg.measure(1), branch)()


@pytest.mark.parametrize(
    "change", [qg.adjoint, lambda fn: qg.ctrl(fn, 1), lambda fn: qg.pow(fn, 2)]
)
def test_a_measurement_has_no_adjoint_control_or_power(change):
    with pytest.raises(MidMeasureLeft, match="MidMeasure"):
        change(lambda: qg.measure(0))()


@pytest.mark.parametrize("elifs", [3, "text", [3], [(True, qg.X, qg.Y)], np.zeros(2), {1, 2}])
def test_further_branches_are_pairs(elifs):
    with pytest.raises(ConditionalTransformError, match="pairs of a condition and"):
        qg.cond(qg.measure(1), qg.X, elifs=elifs)


def test_a_condition_is_an_outcome_or_true_or_false():
    with pytest.raises(InvalidParameters, match="condition"):
        qg.cond(np.zeros(2), qg.X)(0)
