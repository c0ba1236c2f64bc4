"""Plans: gates, their order, and counts of operations."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import qgate as qg
from qgate.devices.local.gate_action import element_of, walsh
from qgate.devices.local.plan import plan_of
from qgate.devices.local.schedule import stages
from qgate.devices.local.steps import Dense, Layer, Moves, Pairs, Phases
from qgate.operations.slots import Affine
from qgate.tape import Tape
from qgate.wires import Wires

SLOT = Affine.slot(0)


def plan(operations, n):
    return plan_of(Tape(operations, [qg.expval(qg.Z(0))]).sweep().structure, Wires(range(n)))


def kinds(operations, n):
    return [type(step).__name__ for step in plan(operations, n).steps]


def gates_with_kinds():
    double = [0, 1, 2, 3]
    return [
        ("one", [qg.RX(SLOT, 0), qg.Hadamard(0), qg.X(0), qg.PhaseShift(SLOT, 0)]),
        ("phases", [qg.CZ([0, 1]), qg.IsingZZ(SLOT, [0, 1]), qg.CRZ(SLOT, [0, 1])]),
        ("phases", [qg.CCZ([0, 1, 2]), qg.ControlledPhaseShift(SLOT, [0, 1])]),
        ("parity", [qg.MultiRZ(SLOT, [0, 1, 2])]),
        ("phase", [qg.GlobalPhase(SLOT)]),
        ("moves", [qg.CNOT([0, 1]), qg.SWAP([0, 1])]),
        ("pairs", [qg.CRX(SLOT, [0, 1]), qg.SingleExcitation(SLOT, [0, 1]), qg.Toffoli([0, 1, 2])]),
        ("pairs", [qg.CSWAP([0, 1, 2]), qg.DoubleExcitation(SLOT, double), qg.ISWAP([0, 1])]),
        ("dense", [qg.IsingXX(SLOT, [0, 1]), qg.PauliRot(SLOT, "XYZ", [0, 1, 2])]),
        (
            "dense",
            [qg.QubitUnitary(np.kron([[1, 1], [1, -1]], [[3, 4j], [4j, 3]]) / 50**0.5, [0, 1])],
        ),
    ]


@pytest.mark.parametrize(
    ("kind", "operation"), [(kind, gate) for kind, gates in gates_with_kinds() for gate in gates]
)
def test_the_kind_of_a_gate_is_found_from_its_matrix(kind, operation):
    assert element_of(operation, Wires(range(4))).kind.name == kind


def test_bits_are_counted_from_the_last_wire():
    assert element_of(qg.CNOT([0, 2]), Wires(range(3))).bits == (2, 0)


@pytest.mark.parametrize(
    ("operation", "axes"),
    [
        (qg.CNOT([0, 1]), ("Z", "X")),
        (qg.CZ([0, 1]), ("Z", "Z")),
        (qg.CRY(SLOT, [0, 1]), ("Z", "")),
        (qg.IsingXX(SLOT, [0, 1]), ("X", "X")),
        (qg.Toffoli([0, 1, 2]), ("Z", "Z", "X")),
        (qg.SWAP([0, 1]), ("", "")),
        (qg.RX(SLOT, 0), ("X",)),
        (qg.Hadamard(0), ("",)),
    ],
    ids=repr,
)
def test_what_a_gate_commutes_with_on_each_wire(operation, axes):
    assert element_of(operation, Wires(range(3))).kind.axes == axes


@given(st.integers(0, 5), st.integers(0, 999))
def test_a_diagonal_is_the_sum_of_its_weighted_parities(k, seed):
    diagonal = np.random.default_rng(seed).normal(size=2**k)

    weights = walsh(diagonal)

    index = np.arange(2**k)
    signs = 1.0 - 2.0 * (np.bitwise_count(index[:, None] & index) & 1)
    assert_allclose(signs @ weights, diagonal, atol=1e-12)


# Order ---------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(data=st.data())
def test_the_order_of_the_stages_does_the_same(data, planned, dense):
    sweep, order = data.draw(planned.sweeps([1, 2, 3, 4, 5], most=14))
    native = planned.of(sweep, order).native
    gates = [item for item in native.structure.operations if not hasattr(item, "canonical_state")]
    gates = [item for item in gates if item.name not in ("Barrier", "Identity", "Snapshot")]
    elements = [element_of(gate, order) for gate in gates]

    staged = [element for _, members in stages(elements) for element in members]

    places = [elements.index(element) for element in staged]
    assert sorted(places) == list(range(len(gates)))
    bound = native.structure.with_operations(gates).bind(native.rows[0], native.arrays)
    one = [item for item in bound if item.batch_size is None]
    if len(one) == len(bound):
        expected = dense.state(bound, list(order))
        assert_allclose(dense.state([bound[p] for p in places], list(order)), expected, atol=1e-9)


def test_gates_on_one_bit_wait_until_another_gate_needs_them():
    operations = [qg.RX(SLOT, 0), qg.CNOT([0, 1]), qg.RX(SLOT, 2), qg.RX(SLOT, 1), qg.RY(SLOT, 2)]
    elements = [element_of(operation, Wires(range(3))) for operation in operations]

    found = [(kind, len(members)) for kind, members in stages(elements)]

    assert found == [("one", 1), ("moves", 1), ("one", 3)]


def test_a_layer_of_turns_and_a_ring_of_flips_is_two_steps():
    n = 5
    turns = [gate(0.1, w) for w in range(n) for gate in (qg.RX, qg.RY, qg.RZ)]
    ring = [qg.CNOT([w, (w + 1) % n]) for w in range(n)]

    found = plan([*turns, *ring, *turns, *ring], n)

    assert [type(step) for step in found.steps] == [Layer, Moves, Layer, Moves]
    assert [[len(item.factors) for item in step.fused] for step in found.steps[::2]] == [
        [3] * n
    ] * 2


def test_diagonal_gates_together_are_one_step_whose_equal_masks_are_one_term():
    gates = [qg.IsingZZ(0.1, [0, 1]), qg.CZ([0, 1]), qg.CZ([1, 2]), qg.IsingZZ(0.3, [2, 1])]

    (step,) = plan(gates, 3).steps

    assert isinstance(step, Phases)
    assert Counter(len(group.masks) for group in step.groups) == {1: 2, 5: 1}


def test_turns_about_one_axis_say_which():
    gates = [qg.RX(0.1, 0), qg.SX(0), qg.RY(0.1, 1), qg.RY(0.2, 1), qg.RX(0.1, 2), qg.RZ(0.1, 2)]

    (step,) = plan(gates, 3).steps

    assert [(item.bit, item.axis) for item in step.fused] == [(0, ""), (1, "Y"), (2, "X")]


@pytest.mark.parametrize(
    ("gates", "expected"),
    [
        ([qg.CNOT([0, 1]), qg.SWAP([1, 2]), qg.CNOT([2, 0])], ["Moves"]),
        ([qg.CRX(0.1, [0, 1]), qg.SingleExcitation(0.2, [1, 2])], ["Pairs", "Pairs"]),
        ([qg.IsingXX(0.1, [0, 1]), qg.CZ([0, 1])], ["Dense", "Phases"]),
        ([qg.Identity(0), qg.Barrier([0, 1]), qg.GlobalPhase(0.4)], []),
    ],
)
def test_steps_of_other_kinds(gates, expected):
    assert kinds(gates, 3) == expected


@pytest.mark.parametrize("columns", [[qg.CNOT([0, 1]), qg.CNOT([1, 2])], [qg.SWAP([0, 2])]])
def test_moves_say_from_where_each_index_takes_its_amplitude(columns, dense):
    (step,) = plan(columns, 3).steps

    sources = []
    for index in range(8):
        source = step.shift
        for bit in range(3):
            source ^= step.columns[bit] if index >> bit & 1 else 0
        sources.append(source)
    whole = np.eye(8)
    for gate in columns:
        whole = dense.matrix(gate, [0, 1, 2]) @ whole
    assert_allclose(np.eye(8)[sources], whole)


def test_the_phases_of_a_whole_state_are_apart():
    found = plan([qg.GlobalPhase(0.3), qg.PhaseShift(0.4, 0), qg.S(0)], 1)

    assert dict(found.phases) == {0: -1.0, 1: 0.5}
    assert found.phase == pytest.approx(np.pi / 4)


def test_matrices_come_with_the_arrays():
    matrix = np.array([[0.6, 0.8j], [0.8j, 0.6]])
    found = plan([qg.QubitUnitary(np.eye(2), 0), qg.QubitUnitary(np.eye(4), [0, 1])], 2)

    numbers, phase = found.numbers_for([1j * matrix, np.kron(matrix, matrix)])

    assert [type(step) for step in found.steps] == [Layer, Dense]
    one, two = found.given
    scaled = np.exp(1j * phase) * numbers[one.data : one.data + 8].view(complex)
    assert_allclose(scaled.reshape(2, 2), 1j * matrix)
    entries = numbers[two.data : two.data + 32].view(complex)
    assert_allclose(entries.reshape(4, 4), np.kron(matrix, matrix))


def test_pairs_name_their_two_basis_states():
    (step,) = plan([qg.CRX(0.3, [0, 2])], 3).steps

    assert isinstance(step, Pairs)
    assert (step.flip, step.select, step.pattern) == (0b001, 0b101, 0b100)


# Unsupported circuits ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "operation",
    [
        qg.QubitUnitary(np.eye(2**7), range(7)),
        qg.DiagonalQubitUnitary(np.ones(2**7), range(7)),
        qg.PCPhase(0.3, dim=5, wires=range(7)),
    ],
    ids=lambda operation: operation.name,
)
def test_matrices_on_many_wires_are_not_planned(operation):
    assert plan([qg.RX(0.1, 0), operation], 7) is None


def test_rotations_about_z_on_many_wires_are():
    wires = range(30)

    assert kinds([qg.MultiRZ(0.3, wires), qg.GlobalPhase(0.1, wires=wires)], 30) == ["Phases"]


def test_the_same_structure_has_one_plan():
    assert plan([qg.RX(0.1, 0)], 1) is plan([qg.RX(0.7, 0)], 1)
