"""Plans of circuits with channels: what becomes one block."""

import numpy as np

import qgate as qg
from qgate.devices.local.mixed.pauli_plan import Block, Turn, pauli_plan_of
from qgate.wires import Wires


def plan_of(*operations, num_wires=4):
    with qg.QuantumTape() as tape:
        for operation in operations:
            qg.apply(operation)
        qg.expval(qg.Z(0))
    return pauli_plan_of(tape.structure, Wires(range(num_wires)))


def test_gates_and_channels_on_the_same_wires_become_one_block():
    plan = plan_of(
        qg.RX(0.1, 0),
        qg.DepolarizingChannel(0.1, 1),
        qg.CNOT([1, 0]),
        qg.PhaseDamping(0.1, 0),
        qg.RY(0.2, 1),
        qg.CRZ(0.3, [0, 1]),
    )

    (block,) = plan.steps
    assert isinstance(block, Block)
    assert block.digits == (3, 2)
    assert len(block.factors) == 6


def test_fixed_gates_are_multiplied_once():
    plan = plan_of(qg.H(0), qg.S(1), qg.CNOT([0, 1]), qg.RX(0.1, 0), qg.H(0), qg.CZ([0, 1]))

    (block,) = plan.steps
    assert len(block.factors) == 3


def test_gates_do_not_pass_gates_on_their_wires():
    plan = plan_of(qg.CNOT([0, 1]), qg.CNOT([1, 2]), qg.CNOT([0, 1]), qg.H(2))

    assert [step.digits for step in plan.steps] == [(3, 2), (2, 1), (3, 2)]


def test_excitations_become_turns_about_words():
    plan = plan_of(qg.DoubleExcitation(0.1, [0, 1, 2, 3]))

    assert len(plan.steps) == 8
    assert all(isinstance(step, Turn) for step in plan.steps)


def test_wide_gates_are_decomposed_and_wide_channels_have_no_plan():
    assert plan_of(qg.MultiControlledX([0, 1, 2, 3])) is not None
    assert plan_of(qg.PauliError("XYZX", 0.1, [0, 1, 2, 3])) is None


def test_preparations_are_no_steps():
    plan = plan_of(qg.StatePrep(np.array([0.6, 0.8]), 0), qg.RX(0.1, 0))

    assert len(plan.preparations) == 1
    assert len(plan.steps) == 1
