"""Further attributes of tapes, named as in PennyLane."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidTape
from qgate.recording import recording

GATES = [qg.StatePrep([0, 1], "a"), qg.RX(0.1, "a"), qg.Rot(0.2, 0.3, 0.4, "b")]
MEASURED = [qg.expval(qg.X("a")), qg.expval(0.5 * qg.Z("b"))]


@pytest.fixture
def tape():
    return qg.QuantumScript(GATES, MEASURED, shots=10, trainable_params=[1, 2])


def test_a_tape_is_made_from_what_was_recorded():
    with recording() as recorder:
        qg.RX(0.1, 0)
        qg.expval(qg.Z(0))

    tape = qg.QuantumScript.from_queue(recorder, shots=5)

    assert tape.operations == [qg.RX(0.1, 0)]
    assert tape.measurements == [qg.expval(qg.Z(0))]
    assert tape.shots.total_shots == 5


def test_a_copy_is_equal_and_keeps_trainable_parameters(tape):
    copied = tape.copy()

    assert copied == tape
    assert copied.trainable_params == [1, 2]
    assert tape.copy(copy_operations=True) == tape
    assert tape.copy(shots=3).trainable_params == [1, 2]


def test_a_copy_replaces_parts(tape):
    copied = tape.copy(ops=GATES[:2], measurements=[qg.probs("a")], shots=None)

    assert copied.operations == GATES[:2]
    assert copied.measurements == [qg.probs("a")]
    assert not copied.shots
    assert copied.trainable_params == [0, 1]
    assert tape.copy(trainable_params=[0]).trainable_params == [0]


def test_a_copy_refuses_unknown_parts(tape):
    with pytest.raises(InvalidTape, match="Did you mean 'operations'"):
        tape.copy(operation=[])


def test_the_adjoint_reverses_gates_and_keeps_the_preparation(tape):
    found = tape.adjoint().operations

    assert found == [GATES[0], qg.adjoint(GATES[2], lazy=False), qg.RX(-0.1, "a")]


def test_standard_wires_count_in_order_of_appearance(tape):
    moved = tape.map_to_standard_wires()

    assert moved.wires.tolist() == [0, 1]
    assert moved.operations[2] == qg.Rot(0.2, 0.3, 0.4, 1)
    assert moved.trainable_params == [1, 2]


def test_each_parameter_has_an_operator(tape):
    found = [(info["op_idx"], info["p_idx"]) for info in tape.par_info]

    assert found == [(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (4, 0)]
    assert len(tape.data) == len(found)
    assert tape.get_operation(1) == (GATES[2], 2, 0)
    assert tape.par_info[-1]["op"] == 0.5 * qg.Z("b")


def test_what_a_tape_has(tape):
    assert tape.circuit == [*GATES, *MEASURED]
    assert tape[1] == GATES[1]
    assert tape[-2:] == MEASURED
    assert tape.op_wires.tolist() == ["a", "b"]
    assert tape.num_preps == 1
    assert not tape.samples_computational_basis
    assert tape.hash == hash(tape)
    assert np.allclose(tape.diagonalizing_gates[0].matrix(), qg.H(0).matrix())


def test_a_tape_counts_its_gates():
    tape = qg.tape.QuantumScript([qg.Hadamard(0), qg.CNOT([0, 1])], [qg.probs(wires=0)], shots=5)

    assert tape.specs["resources"].gate_types == {"Hadamard": 1, "CNOT": 1}
    assert tape.specs["resources"].depth == 2
    assert tape.specs["shots"].total_shots == 5


def test_wrong_positions_and_queues_are_refused(tape):
    with pytest.raises(InvalidTape, match="no position among its 2"):
        tape.get_operation(5)
    with pytest.raises(InvalidTape, match="no recorder"):
        qg.QuantumScript.from_queue(3)


def test_a_tape_expands_level_by_level():
    tape = qg.tape.QuantumScript([qg.RX(0.1, 0), qg.CZ([0, 1]), qg.QFT([0, 1])], [qg.probs()])

    once = tape.expand(stop_at=lambda operation: operation.name == "CZ")

    names = ["RX", "CZ", "Hadamard", "ControlledPhaseShift", "Hadamard", "SWAP"]
    assert [operation.name for operation in once.operations] == names
    assert once.measurements == tape.measurements
    assert tape.expand(0).operations == tape.operations
    assert {operation.name for operation in tape.expand(10).operations} <= set(qg.GATES)
    np.testing.assert_allclose(qg.matrix(tape.expand(10)), qg.matrix(tape), atol=1e-12)
    with pytest.raises(InvalidTape, match="depth"):
        tape.expand(-1)
