"""Gates written as exponentials of Pauli words."""

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import UndefinedError
from qgate.gradients.generators import generator_words, in_generators, turns
from qgate.tape import Tape

GATES = [
    qg.RX(0.3, 0),
    qg.PhaseShift(0.3, 0),
    qg.CRY(0.3, [0, 1]),
    qg.PauliRot(0.3, "XIY", ["a", "b", "c"]),
    qg.MultiRZ(0.3, [0, 1, 2]),
    qg.DoubleExcitation(0.3, [0, 1, 2, 3]),
    qg.PCPhase(0.3, dim=3, wires=[0, 1]),
    qg.exp(0.4 * qg.X(0) @ qg.Z(1) + 0.3 * qg.Y(1), 0.3j),
    qg.exp(qg.Hermitian([[1, 2j], [-2j, 0]], wires=0), 0.3j),
]


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_words_are_the_generator_without_its_identity(gate):
    matrix = generator_words(gate).matrix(gate.wires)

    generator = gate.generator_matrix()
    identity = np.trace(generator) / len(generator) * np.eye(len(generator))
    np.testing.assert_allclose(matrix, generator - identity, atol=1e-12)


@pytest.mark.parametrize("gate", [qg.Rot(0.1, 0.2, 0.3, 0), qg.Hadamard(0)])
def test_other_gates_have_no_words(gate):
    assert generator_words(gate) is None


def test_a_global_phase_has_no_words_left():
    assert len(generator_words(qg.GlobalPhase(0.3))) == 0


def test_a_long_rotation_is_never_written_as_a_matrix():
    words = generator_words(qg.MultiRZ(0.3, range(40)))

    assert (words.words, words.coefficients.tolist()) == (["Z" * 40], [-0.5])


def test_angles_stay_functions_of_the_slots_of_the_tape():
    structure = Tape([qg.Rot(0.1, 0.2, 0.3, 0)], [qg.expval(qg.Z(0))]).structure

    prepared = in_generators(structure)

    assert [gate.name for gate in prepared.operations] == ["RZ", "RY", "RZ"]
    assert [turn.slots for turn in turns(prepared, (0, 2))] == [((0, 1.0),), ((2, 1.0),)]


def test_a_wide_gate_is_decomposed():
    gate = qg.ctrl(qg.RY(0.3, 0), control=[1, 2, 3, 4])
    structure = Tape([gate], [qg.expval(qg.Z(0))]).structure

    assert all(len(each.wires) <= 4 for each in in_generators(structure).operations[-1:])
    assert sum(len(turn.words) for turn in turns(in_generators(structure), (0,))) < 16


def test_a_gate_without_a_generator_is_named():
    structure = Tape([qg.pow(qg.Rot(0.1, 0.2, 0.3, 0), 0.3)], [qg.expval(qg.Z(0))]).structure

    with pytest.raises(UndefinedError, match="Rot"):
        list(turns(in_generators(structure), (0,)))
