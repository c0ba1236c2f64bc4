"""Decomposition: the same states in fewer kinds of gates, once for each structure."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import qgate as qg
from qgate.devices.local.engine import GateByGateEngine
from qgate.exceptions import NotUnitary, UnsupportedOperation
from qgate.operations.operator import Operator
from qgate.operations.slots import Affine
from qgate.structure import ArraySlot, Structure, slots_in
from qgate.sweep import Sweep
from qgate.tape import Tape
from qgate.transforms.decomposition import (
    AffineMap,
    Decomposed,
    GateSet,
    decompose,
    decompose_structure,
    decomposes,
    decomposition,
    freeze,
    freeze_weights,
)
from qgate.wires import Wires

FEW = GateSet(frozenset({"RX", "RY", "RZ", "CNOT", "GlobalPhase", "StatePrep"}))
MATRICES = GateSet(frozenset(), matrix_wires=6)
WIRES = Wires([0, "b", 2, 3])
RANDOM = np.random.default_rng(0)
UNITARY = np.linalg.qr(RANDOM.normal(size=(4, 4)) + 1j * RANDOM.normal(size=(4, 4)))[0]
STATE = np.array([0.1, 0.5j, -0.7, 0.5])


def states(sweep):
    sweep = sweep if isinstance(sweep, Sweep) else Tape(sweep, []).sweep()
    return GateByGateEngine().states(sweep.structure, sweep.rows, sweep.arrays, order=WIRES)


def native(operations, accepts=FEW):
    return decompose(Tape(operations, []).sweep(), accepts, device="some chip")


def names(sweep):
    return [operation.name for operation in sweep.structure.operations]


MENU = {
    "CRX": (1, lambda a, w: qg.CRX(a[0], w[:2])),
    "Rot": (3, lambda a, w: qg.Rot(*a, wires=w[0])),
    "PSWAP": (1, lambda a, w: qg.PSWAP(a[0], wires=w[:2])),
    "DoubleExcitation": (1, lambda a, w: qg.DoubleExcitation(a[0], wires=w)),
    "PauliRot": (1, lambda a, w: qg.PauliRot(a[0], "XYZ", wires=w[:3])),
    "MultiControlledX": (0, lambda a, w: qg.MultiControlledX(w, control_values=[1, 0, 1])),
    "QubitUnitary": (0, lambda a, w: qg.QubitUnitary(UNITARY, wires=w[1:3])),
    "adjoint": (3, lambda a, w: qg.adjoint(qg.CRot(*a, wires=w[:2]))),
    "ctrl": (1, lambda a, w: qg.ctrl(qg.IsingXY(a[0], w[:2]), w[2:], control_values=[0, 1])),
    "pow": (1, lambda a, w: qg.pow(qg.RY(a[0], w[0]), 0.3)),
    "evolve": (1, lambda a, w: qg.evolve(qg.X(w[0]) @ qg.Z(w[1]) + qg.Z(w[2]) * 0.5, a[0])),
    "layers": (12, lambda a, w: qg.StronglyEntanglingLayers(np.reshape(a, (1, 4, 3)), w)),
    "QAOA": (12, lambda a, w: qg.QAOAEmbedding(np.array(a[:4]), np.reshape(a[4:], (1, 8)), w)),
    "QFT": (0, lambda a, w: qg.QFT(w)),
}


@st.composite
def circuits(draw):
    chosen = draw(st.lists(st.sampled_from(sorted(MENU)), min_size=1, max_size=3))
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    operations = [qg.StatePrep(STATE, wires=["b", 3])] if draw(st.booleans()) else []
    for name in chosen:
        count, make = MENU[name]
        operations.append(make(list(random.uniform(-3, 3, count)), draw(st.permutations(WIRES))))
    return operations


@settings(max_examples=80)
@given(circuits())
def test_decomposed_circuits_have_the_same_states(operations):
    decomposed = native(operations)

    assert set(names(decomposed)) <= FEW.names
    assert_allclose(states(decomposed), states(operations), atol=1e-8)


@settings(max_examples=30)
@given(circuits(), st.integers(0, 100))
def test_the_map_of_angles_holds_for_every_row(operations, seed):
    structure = Tape(operations, []).structure
    rows = np.random.default_rng(seed).uniform(-3, 3, size=(3, structure.num_slots))
    sweep = Tape(operations, []).sweep().with_rows(rows, None)

    decomposed = decompose(sweep, FEW, device="some chip")

    assert_allclose(states(decomposed), states(sweep), atol=1e-8)


@given(circuits())
def test_every_angle_of_a_decomposed_circuit_has_a_slot_of_its_own(operations):
    structure = native(operations).structure

    symbols = [symbol for op in structure.operations for symbol in op.parameters]
    slots = [slot for symbol in symbols for slot in slots_in(symbol)]
    assert slots == list(range(structure.num_slots))
    plain = [s for s in symbols if not isinstance(s, ArraySlot | np.ndarray)]
    assert all(isinstance(s, float | int) or s == Affine.slot(s.terms[0][0]) for s in plain)


# The map of angles ----------------------------------------------------------------------


def test_a_controlled_rotation_uses_half_of_its_angle_twice():
    decomposed = decompose_structure(Tape([qg.CRX(0.4, [0, 1])], []).structure, FEW)

    moving = decomposed.angles.matrix[0]
    assert sorted(moving[moving != 0].tolist()) == [-0.5, 0.5]


def test_weights_that_feed_two_gates_feed_two_angles():
    weight = Affine.slot(0)
    structure = Structure([qg.RX(weight, 0), qg.RY(2 * weight + 0.5, 0)], [], 1, 0)

    decomposed = decompose_structure(structure, FEW)

    assert decomposed.angles.matrix.tolist() == [[1.0, 2.0]]
    assert decomposed.angles.offset.tolist() == [0.0, 0.5]
    assert decomposed.angles(np.array([[3.0], [4.0]])).tolist() == [[3.0, 6.5], [4.0, 8.5]]


def test_constants_become_numbers():
    decomposed = native([qg.U2(0.1, 0.2, 0), qg.SX(0)])

    angles = [p for op in decomposed.structure.operations for p in op.parameters]
    assert sum(isinstance(angle, float) for angle in angles) >= 2
    assert decomposed.rows.shape == (1, sum(isinstance(angle, Affine) for angle in angles))


@st.composite
def affine_maps(draw):
    slots, angles = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    random = np.random.default_rng(draw(st.integers(0, 1000)))
    dense = random.normal(size=(slots, angles)) * (random.random((slots, angles)) < 0.4)
    columns, rows = np.nonzero(dense.T)
    return AffineMap(rows, columns, dense[rows, columns], random.normal(size=angles), slots), dense


@given(affine_maps(), st.integers(0, 100))
def test_maps_agree_with_their_matrix_forwards_and_backwards(made, seed):
    mapping, dense = made
    random = np.random.default_rng(seed)
    rows, derivative = random.normal(size=(2, len(dense))), random.normal(size=(dense.shape[1], 2))

    assert_allclose(mapping.matrix, dense)
    assert_allclose(mapping(rows), rows @ dense + mapping.offset, atol=1e-12)
    assert_allclose(mapping.pull_back(derivative), dense @ derivative, atol=1e-12)


def test_a_structure_that_is_left_as_it_is_keeps_its_rows():
    sweep = Tape([qg.RX(0.3, 0), qg.CRX(0.5, [0, 1])], []).sweep()

    same = Decomposed.unchanged(sweep.structure).sweep(sweep)

    assert same.structure is sweep.structure
    assert same.rows.tolist() == sweep.rows.tolist()


# Once for each structure ----------------------------------------------------------------


def test_a_structure_is_decomposed_once():
    def sweep(x):
        return Tape([qg.CRX(x, ["once", 1]), qg.QFT(["once", 1])], []).sweep()

    decompose(sweep(0.1), FEW, device="some chip")
    before = decompose_structure.cache_info()

    for x in (0.2, 0.3, np.array([0.4, 0.5])):
        decompose(sweep(x), FEW, device="some chip")

    after = decompose_structure.cache_info()
    assert (after.misses, after.hits) == (before.misses, before.hits + 3)


def test_another_gate_set_is_another_decomposition():
    tape = Tape([qg.CRX(0.1, [0, 1])], [])

    assert names(decompose(tape.sweep(), MATRICES, device="x")) == ["CRX"]
    assert "CRX" not in names(decompose(tape.sweep(), FEW, device="x"))


def test_nothing_is_recorded_while_decomposing():
    with qg.tape.QuantumTape() as tape:
        gate = qg.CRX(0.1, [0, 1])
        native([gate], GateSet(frozenset({"RX", "RY", "RZ", "CNOT"})))

    assert tape.operations == [gate]


# By value -------------------------------------------------------------------------------


def test_matrices_that_are_not_accepted_are_decomposed_by_value():
    operations = [qg.StatePrep(STATE, wires=["b", 3]), qg.QubitUnitary(UNITARY, wires=[3, 0])]
    rotations = GateSet(FEW.names - {"StatePrep"})

    decomposed = native(operations, rotations)

    assert set(names(decomposed)) <= rotations.names
    assert_allclose(states(decomposed), states(operations), atol=1e-8)


def test_matrices_that_are_accepted_stay_slots():
    kept = native([qg.QubitUnitary(UNITARY, wires=[0, 2])], MATRICES)

    assert kept.structure.operations[0].parameters == (ArraySlot(0),)
    assert kept.arrays[0] is not None


def test_another_matrix_gives_another_decomposition():
    one, other = (
        native([qg.QubitUnitary(UNITARY, [0, 2])]),
        native([qg.QubitUnitary(np.eye(4), [0, 2])]),
    )

    assert one.structure != other.structure


def test_freezing_makes_some_arrays_constants():
    sweep = Tape([qg.QubitUnitary(UNITARY, [0, 2]), qg.QubitUnitary(np.eye(2), 0)], []).sweep()

    frozen = freeze(sweep, frozenset({1}))

    first, second = (operation.parameters[0] for operation in frozen.structure.operations)
    assert first == ArraySlot(0)
    assert second.tolist() == np.eye(2).tolist()
    assert freeze(sweep, frozenset()) is sweep


def test_the_numbers_of_what_is_no_gate_can_be_made_constants():
    sweep = Tape([-1 * qg.RX(0.1, 0), qg.QubitUnitary(np.eye(2), 0)], []).sweep()

    multiple, matrix = freeze_weights(sweep).structure.operations

    assert multiple.parameters == (-1, Affine.slot(0))
    assert matrix.parameters == (ArraySlot(1),)


# Accepted gates -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "accepted"),
    [
        (qg.RX(0.1, 0), True),
        (qg.DoubleExcitation(0.1, wires=range(4)), True),
        (qg.MultiRZ(0.1, wires=range(6)), True),
        (qg.MultiRZ(0.1, wires=range(7)), False),
        (qg.QFT(range(3)), True),
        (qg.BasisState([1], wires=0), False),
        (qg.prod(qg.RX(0.1, 0), qg.S(1)), True),
        (qg.adjoint(qg.T(0)), True),
        (qg.Hermitian(np.eye(2), 0), False),
        (qg.Projector([1], 0), False),
        (0.5 * qg.X(0), False),
        (qg.X(0) @ qg.Z(1), False),
        (qg.RX(0.1, 0) + qg.RX(0.2, 0), False),
        (np.exp(1j) * qg.RX(0.1, 0), False),
        (qg.adjoint(qg.Projector([1], 0)), False),
        (qg.exp(qg.X(0), 0.3), False),
        (qg.exp(qg.X(0), 0.3j), True),
    ],
    ids=repr,
)
def test_matrices_of_gates_on_few_wires_are_accepted(operation, accepted):
    assert MATRICES(operation) is accepted


def test_names_are_accepted_on_any_number_of_wires():
    assert GateSet(frozenset({"MultiRZ"}))(qg.MultiRZ(0.1, wires=range(60)))


def test_a_controlled_matrix_is_accepted_by_name_with_few_controls():
    accepts = GateSet(frozenset({"ControlledQubitUnitary"}))

    assert accepts(qg.ctrl(qg.QubitUnitary(np.eye(128), range(7)), [7, 8, 9]))
    assert not accepts(qg.ctrl(qg.QubitUnitary(np.eye(2), 0), [1, 2, 3, 4]))


# Refusals -------------------------------------------------------------------------------


class Opaque(Operator):
    """An operator without a decomposition."""

    num_wires = 1
    has_matrix = False


@dataclass(frozen=True)
class Nothing:
    """Accepts no gate."""

    def __call__(self, operation):
        return False


def test_what_cannot_be_taken_apart_is_refused_and_named():
    sweep = Tape([qg.Hadamard(0), Opaque((), 0)], []).sweep()

    with pytest.raises(UnsupportedOperation, match=r"some chip cannot run Opaque.*CNOT, RX") as no:
        decompose(sweep, FEW, device="some chip", names=["CNOT", "RX"])

    assert no.value.operation == "Opaque"
    assert not decomposes(sweep.structure, FEW)


def test_decompositions_that_never_end_are_refused():
    class Endless(Operator):
        num_wires = 1

        def decomposition(self):
            return [Endless((), self.wires)]

    with pytest.raises(UnsupportedOperation, match="Endless"):
        native([Endless((), 0)], Nothing())


@pytest.mark.parametrize(
    ("operation", "spelled"),
    [
        (lambda: 0.5 * qg.X(0), r"0\.5 \* X\(0\) on the wires \[0\]"),
        (lambda: qg.X(0) + qg.Z("b"), r"X\(0\) \+ Z\('b'\) on the wires \[0, b\]"),
        (lambda: qg.Projector([1], 0), r"Projector\(\[1\], wires=\[0\]\) on the wires"),
        (lambda: 2 * qg.RX(0.1, 0), r"SProd on the wires \[0\]"),
        (lambda: qg.Hermitian(np.eye(4), [0, 2]), r"Hermitian on the wires \[0, 2\]"),
    ],
)
def test_what_is_no_gate_is_refused_and_named(operation, spelled):
    with pytest.raises(NotUnitary, match=spelled):
        native([operation()], MATRICES)


def test_the_sweep_comes_back_with_what_maps_it():
    sweep = Tape([qg.CRX(np.array([0.1, 0.2]), [0, 2])], []).sweep()

    frozen, decomposed = decomposition(sweep, FEW, device="some chip")

    assert frozen is sweep
    assert decomposes(sweep.structure, FEW)
    assert_allclose(states(decomposed.sweep(frozen)), states(sweep), atol=1e-10)


@pytest.mark.parametrize("matrix_wires", [0, 2])
def test_a_barrier_without_wires_is_no_small_matrix(matrix_wires):
    accepts = GateSet(frozenset({"RX"}), matrix_wires)
    structure = Tape([qg.Barrier(), qg.Barrier([0, 1])], []).structure

    assert not accepts(structure.operations[0])
