"""Properties of all gates of the table."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from numpy.testing import assert_allclose

import qgate as qg
from qgate.exceptions import DuplicateWires, InvalidCall, InvalidParameters
from qgate.operations.gate import GATES, ROWS
from qgate.recording import recording
from qgate.wires import Wires


@pytest.mark.parametrize(
    ("gate", "text"),
    [
        (qg.X(0), "X(0)"),
        (qg.PauliZ("a"), "Z('a')"),
        (qg.Hadamard(0), "H(0)"),
        (qg.I(), "I()"),
        (qg.I([0, 1]), "I(wires=[0, 1])"),
        (qg.S(0), "S(0)"),
        (qg.CNOT([0, "b"]), "CNOT(wires=[0, 'b'])"),
        (qg.RX(0.1, 0), "RX(0.1, wires=[0])"),
        (qg.RX(np.float64(0.1), 0), "RX(0.1, wires=[0])"),
        (qg.RX(np.array(0.1), 0), "RX(0.1, wires=[0])"),
        (qg.RX([0.1, 0.2], 0), "RX(array([0.1, 0.2]), wires=[0])"),
        (qg.Rot(0.1, 0.2, 0.3, 0), "Rot(0.1, 0.2, 0.3, wires=[0])"),
        (qg.PauliRot(0.1, "XY", [0, 1]), "PauliRot(0.1, XY, wires=[0, 1])"),
        (qg.GlobalPhase(0.1), "GlobalPhase(0.1, wires=[])"),
        (qg.Barrier([0, 1]), "Barrier(wires=[0, 1])"),
        (
            qg.MultiControlledX([0, 1, 2], [0, 1]),
            "MultiControlledX(wires=[0, 1, 2], control_values=[False, True])",
        ),
        (qg.adjoint(qg.S(0)), "Adjoint(S(0))"),
        (qg.ctrl(qg.S(0), 1), "Controlled(S(0), control_wires=[1])"),
        (qg.X(0) @ qg.H(1), "X(0) @ H(1)"),
        (qg.H(0) + 2 * qg.S(1), "H(0) + 2 * S(1)"),
        (qg.exp(qg.X(0), 0.3j), "Exp(0.3j X(0))"),
        (qg.evolve(qg.X(0) + qg.Z(1), 0.3), "Exp(-0.3j (X(0) + Z(1)))"),
        (
            qg.QubitUnitary(np.eye(2), 0),
            "QubitUnitary(array([[1., 0.],\n       [0., 1.]]), wires=[0])",
        ),
        (qg.BasisEmbedding([0, 1], [0, 1]), "BasisEmbedding([0, 1], wires=[0, 1])"),
    ],
)
def test_operators_print_as_they_are_written(gate, text):
    assert repr(gate) == text


@pytest.mark.parametrize(
    ("gate", "text"),
    [
        (qg.PauliX(0), "X"),
        (qg.Hadamard(0), "H"),
        (qg.CNOT([0, 1]), "X"),
        (qg.CSWAP([0, 1, 2]), "SWAP"),
        (qg.CRX(0.123, [0, 1]), "RX\n(0.12)"),
        (qg.PauliRot(0.123, "XY", [0, 1]), "RXY\n(0.12)"),
        (qg.IsingXX(0.123, [0, 1]), "IsingXX\n(0.12)"),
    ],
)
def test_a_box_holds_what_is_applied_where_the_controls_allow(gate, text):
    assert gate.label(decimals=2) == text


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.wires])
def test_matrices_can_be_had_without_a_gate(name):
    angles = [0.1 * (index + 1) for index, _ in enumerate(ROWS[name].angles)]
    wires = range(ROWS[name].wires)

    with recording() as recorder:
        matrix = GATES[name].compute_matrix(*angles)

    assert recorder.items == ()
    assert_allclose(matrix, GATES[name](*angles, wires).matrix())


def test_matrices_of_gates_on_any_number_of_wires_take_that_number():
    expected = qg.MultiRZ(0.1, range(3)).matrix()

    assert_allclose(qg.MultiRZ.compute_matrix(0.1, 3), expected)
    assert_allclose(qg.MultiRZ.compute_matrix(theta=0.1, num_wires=3), expected)
    with pytest.raises(InvalidCall, match=r"MultiRZ\.compute_matrix\(theta, num_wires\)"):
        qg.MultiRZ.compute_matrix(0.1)


def test_decompositions_can_be_had_without_a_gate():
    with recording() as recorder:
        parts = qg.CRY.compute_decomposition(0.1, wires=[0, 1])

    assert recorder.items == ()
    assert parts == qg.CRY(0.1, wires=[0, 1]).decomposition()


def test_what_a_gate_takes_is_known_of_its_class():
    assert (qg.Rot.num_params, qg.Rot.num_wires, qg.Rot.ndim_params) == (3, 1, (0, 0, 0))


def test_a_list_of_angles_is_a_batch():
    gate = qg.RX([0.1, 0.2], 0)

    assert gate.batch_size == 2
    assert gate.adjoint() == qg.RX(np.array([-0.1, -0.2]), 0)


def test_batches_of_different_length_are_refused():
    with pytest.raises(InvalidParameters, match="batches of 2 and 3 angles"):
        qg.Rot(0.1, [0.1, 0.2], [0.1, 0.2, 0.3], wires=0)


def test_lists_of_traced_angles_can_be_differentiated():
    def overlap(x):
        return anp.sum(anp.real(qg.RX([x, 2 * x], 0).matrix()[:, 0, 0]))

    assert autograd.grad(overlap)(0.3) == pytest.approx(-np.sin(0.15) / 2 - np.sin(0.3))


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: qg.CNOT([0, 0]), "CNOT"),
        (lambda: qg.ctrl(qg.S(0), 0), "ctrl of S"),
        (lambda: qg.Controlled(qg.S(0), 0), "ctrl of S"),
    ],
)
def test_a_wire_named_twice_is_refused_by_the_name_of_the_gate(call, name):
    with pytest.raises(DuplicateWires, match=f"^{name} names a wire twice"):
        call()


def test_rotations_have_no_rounding_where_there_is_nothing():
    matrix = qg.RX(0.3, 0).matrix()

    assert not matrix[0, 0].imag
    assert not matrix[0, 1].real


@pytest.mark.parametrize(
    ("name", "angles"), [("IsingXY", ("phi",)), ("Rot", ("phi", "theta", "omega")), ("CNOT", ())]
)
def test_the_angles_of_a_gate_are_the_arguments_of_its_decomposition_before_wires(name, angles):
    assert ROWS[name].angles == angles
    assert GATES[name].__name__ == name


@pytest.mark.parametrize("gate", [qg.CSWAP([0, 1, 2]), qg.ECR([0, 1]), qg.Hadamard(0)])
def test_a_gate_with_a_hermitian_matrix_is_its_own_adjoint(gate):
    assert gate.adjoint() == gate
    assert gate.is_hermitian


@pytest.mark.parametrize("gate", [qg.ISWAP([0, 1]), qg.S(0), qg.SX(0)])
def test_a_gate_with_another_matrix_is_not(gate):
    assert gate.adjoint() != gate
    assert not gate.is_hermitian


@pytest.mark.parametrize("labels", [[2, 3], (2, 3), Wires([2, 3]), np.array([2, 3]), range(2, 4)])
def test_two_wires_may_be_given_in_any_container(labels):
    for gate in (qg.CNOT(wires=labels), qg.CNOT(labels), qg.CRX(0.1, wires=labels)):
        assert gate.wires == Wires([2, 3])
        assert all(type(label) is int for label in gate.wires)


def test_a_label_that_is_a_tuple_stays_one_wire():
    (label,) = Wires([(2, 3)])

    assert list(qg.X(label).wires) == [(2, 3)]


def test_the_same_wire_twice_is_refused_where_the_gate_is_made():
    with pytest.raises(DuplicateWires, match="CNOT"):
        qg.CNOT(wires=[70, 70])
    with pytest.raises(InvalidParameters, match="acts on 1 wire"):
        qg.RX(0.1, wires=[70, 71])
