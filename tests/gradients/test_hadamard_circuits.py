"""Composition of the circuits of each mode."""

import pytest

import qgate as qg
from qgate.gradients.circuits import AvailableWires
from qgate.gradients.hadamard import hadamard_test
from qgate.tape import Tape
from qgate.wires import Wires


def circuits(operations, *measurements, available=None, **options):
    structure = Tape(operations, measurements or [qg.expval(qg.Z(0))]).structure
    slots = tuple(range(structure.num_slots))
    return hadamard_test(structure, slots, available=available or AvailableWires(), options=options)


def names(structure):
    return [gate.name for gate in structure.operations]


def test_standard_controls_the_word_after_the_gate():
    found = circuits([qg.RX(0.1, 0), qg.RY(0.2, 0)])

    assert [names(each) for each in found.structures] == [
        ["RX", "Hadamard", "CNOT", "RY", "RX"],
        ["RX", "RY", "Hadamard", "CY", "RX"],
    ]
    assert [part.weight for part in found.contributions] == [1.0, 1.0]


def test_direct_turns_by_a_quarter_both_ways():
    found = circuits([qg.RX(0.1, 0)], mode="direct")

    assert [names(each) for each in found.structures] == [["RX", "PauliRot"]] * 2
    assert [part.weight for part in found.contributions] == [0.5, -0.5]


def test_reversed_undoes_what_follows_the_gate():
    found = circuits([qg.RX(0.1, 0), qg.RY(0.2, 0)], mode="reversed")

    assert [names(each) for each in found.structures] == [
        ["RX", "RY", "Hadamard", "CZ", "RX"],
        ["RX", "RY", "Hadamard", "CZ", "RY", "RX"],
    ]


@pytest.mark.parametrize(
    ("operations", "layers"),
    [
        ([qg.RX(0.1, 0), qg.RX(0.2, 1), qg.RX(0.3, 2)], 1),
        ([qg.RX(0.1, 0), qg.RX(0.2, 1), qg.CNOT([0, 1])], 1),
        ([qg.RX(0.1, 0), qg.CNOT([0, 1]), qg.RX(0.2, 1)], 2),
        ([qg.RX(0.1, 0), qg.RX(0.2, 0)], 2),
    ],
)
def test_reversed_measures_a_layer_at_once(operations, layers):
    assert len(circuits(operations, mode="reversed").structures) == layers


def test_a_slot_that_feeds_several_gates_gets_something_from_each():
    found = circuits([qg.U3(0.1, 0.2, 0.3, 0)])

    assert {part.target for part in found.contributions} == {0, 1, 2}


def test_the_auxiliary_wire_is_one_of_the_available_ones():
    found = circuits(
        [qg.RX(0.1, "a")], qg.expval(qg.Z("a")), available=AvailableWires(Wires(["a", "b"]))
    )

    assert set(found.structures[0].wires) == {"a", "b"}


def test_equal_structures_share_their_circuits():
    assert circuits([qg.RX(0.1, 0)]) is circuits([qg.RX(0.2, 0)])
