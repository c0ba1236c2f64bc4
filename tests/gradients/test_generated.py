"""Circuits by the generators of their gates: layers, Pauli words and their dependences."""

import numpy as np
import pytest

import qgate as qg
from qgate.gradients.generated import Generated, distinct_words, light_cone
from qgate.operations.pauli import PauliSum


def generated(*operations):
    tape = qg.QuantumScript(operations, [qg.expval(qg.Z(0))])
    return Generated.of(tape, transform="test")


def layers_of(*operations):
    circuit = generated(*operations)
    every = np.ones(circuit.jacobian.shape[1], dtype=bool)
    return [[gate.position for gate in layer.gates] for layer in circuit.layers(every)]


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        ([qg.RX(0.1, 0), qg.RX(0.2, 1)], [[0, 1]]),
        ([qg.RX(0.1, 0), qg.RX(0.2, 0)], [[0], [1]]),
        ([qg.RX(0.1, 0), qg.CNOT([0, 1]), qg.RX(0.2, 1)], [[0], [2]]),
        ([qg.RX(0.1, 0), qg.CNOT([1, 2]), qg.RX(0.2, 2)], [[0, 2]]),
        ([qg.RX(0.1, 0), qg.CNOT([0, 1]), qg.CNOT([1, 2]), qg.RX(0.2, 2)], [[0], [3]]),
        ([qg.X(0), qg.RX(0.1, 0), qg.RX(0.2, 0), qg.RX(0.3, 1)], [[1], [2, 3]]),
        ([qg.GlobalPhase(0.1), qg.RX(0.2, 0)], [[1]]),
        ([qg.X(0)], []),
    ],
)
def test_a_layer_has_no_gate_that_depends_on_another(operations, expected):
    assert layers_of(*operations) == expected


def test_generators_are_words_apart_from_the_identity():
    (phase, turn) = generated(qg.PhaseShift(0.1, "a"), qg.CRX(0.2, ["a", "b"])).gates

    assert phase.identity == pytest.approx(0.5)
    assert phase.generator == -0.5 * qg.Z("a")
    assert turn.generator == -0.25 * qg.X("b") + 0.25 * (qg.Z("a") @ qg.X("b"))


def test_gates_of_several_angles_are_decomposed():
    circuit = generated(qg.Rot(0.1, 0.2, 0.3, 0))

    assert [gate.generator.words for gate in circuit.gates] == [["Z"], ["Y"], ["Z"]]
    np.testing.assert_array_equal(circuit.jacobian, np.eye(3))


def test_angles_that_enter_several_times_have_a_jacobian():
    circuit = generated(qg.U2(0.1, 0.2, 0), qg.U1(0.3, 0))

    np.testing.assert_array_equal(circuit.jacobian, [[0, 1, 0], [1, 0, 0], [0, 0, 1]])


def test_sums_by_their_distinct_words():
    sums = [
        PauliSum.from_words([0.5, 2.0, 1.0], ["XI", "IZ", "II"]),
        PauliSum.from_words([3.0], ["IZ"]),
    ]

    words, weights, constants = distinct_words(sums)

    assert words.words == ["XI", "IZ"]
    np.testing.assert_array_equal(weights, [[0.5, 2.0], [0.0, 3.0]])
    np.testing.assert_array_equal(constants, [1.0, 0.0])


OPERATIONS = (
    qg.RX(0.1, 0),
    qg.RX(0.2, 1),
    qg.CNOT([0, 2]),
    qg.RX(0.3, 2),
    qg.CNOT([2, 1]),
)


def test_the_light_cone_has_what_a_gate_depends_on():
    circuit = generated(*OPERATIONS)

    found = light_cone(circuit.operations, [circuit.gates[2]])

    assert found == [OPERATIONS[0], OPERATIONS[2]]


def test_what_is_inserted_stays_with_what_it_depends_on():
    circuit = generated(*OPERATIONS)

    found = light_cone(circuit.operations, [circuit.gates[2]], [qg.CZ(["extra", 1])], after=1)

    assert found == [OPERATIONS[0], OPERATIONS[1], qg.CZ(["extra", 1]), OPERATIONS[2]]
