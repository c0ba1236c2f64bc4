"""Attributes by which programs ask what an operator has."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from numpy.testing import assert_allclose

import qgate as qg
from qgate.exceptions import InvalidParameters, WireError
from qgate.recording import recording

X = np.array([[0, 1], [1, 0]])


@pytest.mark.parametrize(
    ("operator", "answers"),  # diagonalizing gates, generator, sparse matrix, Hermitian
    [
        (qg.RX(0.1, 0), "-gs-"),
        (qg.X(0), "d-sh"),
        (qg.Rot(0.1, 0.2, 0.3, 0), "--s-"),
        (qg.CRX(0.1, [0, 1]), "-gs-"),
        (qg.adjoint(qg.RZ(0.1, 0)), "-gs-"),
        (qg.Hermitian(X, 0), "d-sh"),
        (qg.Projector([1], 0), "d-sh"),
        (qg.X(0) + qg.Z(1), "d-sh"),
        (qg.RX(0.1, 0) + qg.Z(0), "--s-"),
        (qg.StatePrep([1, 0], 0), "----"),
        (qg.QFT([0, 1]), "--s-"),
        (qg.QubitUnitary(X, 0), "--s-"),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_an_operator_says_what_it_has(operator, answers):
    names = ("diagonalizing_gates", "generator", "sparse_matrix")
    found = [getattr(operator, f"has_{name}") for name in names]

    assert operator.has_adjoint
    assert [*found, operator.is_verified_hermitian] == [letter != "-" for letter in answers]


def test_asking_records_nothing():
    with recording() as recorder:
        operator = qg.ctrl(qg.RX(0.1, 0), 1)
        assert operator.has_generator
        assert not operator.has_diagonalizing_gates

    assert recorder.items == (operator,)


def test_the_generator_is_a_sum_of_pauli_words():
    assert qg.IsingXX(0.1, [0, 1]).generator() == -0.5 * qg.X(0) @ qg.X(1)


@pytest.mark.parametrize("operator", [qg.RX(0.3, 1), qg.X(1) + qg.Z(0), qg.Hermitian(X, 1)])
def test_the_sparse_matrix_is_the_matrix_in_any_format(operator):
    sparse = operator.sparse_matrix(wire_order=[0, 1], format="coo")

    assert sparse.format == "coo"
    assert_allclose(sparse.toarray(), operator.matrix(wire_order=[0, 1]))


def test_eigenvalues_of_a_gate_need_no_wires():
    assert_allclose(sorted(qg.X.compute_eigvals()), [-1, 1])
    assert_allclose(qg.MultiRZ.compute_eigvals(0.0, 2), [1, 1, 1, 1])


def test_queue_records_an_operator_again():
    with recording() as recorder:
        first = qg.X(0)
        qg.Y(0)
        assert first.queue() is first

    assert recorder.items[-1] is first


def test_nesting_and_hash_have_their_pennylane_names():
    product = qg.prod(qg.RX(0.1, 0), qg.RY(0.2, 1))

    assert product.arithmetic_depth == product.nesting == 1
    assert product.hash == hash(product)


# State vectors --------------------------------------------------------------------------


def test_a_state_vector_has_an_axis_for_each_wire_of_the_order():
    state = qg.StatePrep([0.6, 0.8j], 1).state_vector(wire_order=[0, 1, 2])

    assert state.shape == (2, 2, 2)
    assert state[0, 0, 0] == 0.6
    assert state[0, 1, 0] == 0.8j
    assert np.count_nonzero(state) == 2


def test_the_axes_follow_the_order_of_the_wires():
    batch = np.array([[0, 1, 0, 0], [0, 0, 0.6, 0.8]])
    plain = batch.reshape(2, 2, 2)

    state = qg.StatePrep(batch, ["a", "b"]).state_vector(wire_order=["b", "a"])

    assert_allclose(state, plain.transpose(0, 2, 1))


def test_a_basis_state_has_one_amplitude():
    state = qg.BasisState([1], "b").state_vector(wire_order=["a", "b"])

    assert state.tolist() == [[0, 1], [0, 0]]


def test_an_order_without_a_wire_of_the_state_is_refused():
    with pytest.raises(WireError, match="is not among the wires"):
        qg.BasisState([1], 5).state_vector(wire_order=[0, 1])


# Of a class and arguments ---------------------------------------------------------------


def test_classes_compute_from_arguments_without_wires():
    turn = np.array([[0, 1j], [1j, 0]])

    assert_allclose(qg.QubitUnitary.compute_matrix(turn), turn)
    assert_allclose(qg.DiagonalQubitUnitary.compute_eigvals([1, -1, 1, 1]), [1, -1, 1, 1])
    assert_allclose(qg.Hermitian.compute_matrix(X), X)
    assert qg.SWAP.compute_sparse_matrix(format="coo").format == "coo"
    assert_allclose(qg.Identity.compute_matrix(), np.eye(2))
    assert_allclose(qg.GlobalPhase.compute_matrix(0.3, n_wires=2), np.exp(-0.3j) * np.eye(4))
    assert_allclose(qg.PauliRot.compute_matrix(np.pi, "XX"), -1j * np.kron(X, X), atol=1e-12)


def test_classes_compute_gates_from_arguments_with_wires():
    with recording() as recorder:
        prepared = qg.BasisState.compute_decomposition([1, 0], wires=[0, 1])
        turned = qg.X.compute_diagonalizing_gates(wires=[3])

    assert prepared == [qg.X(0)]
    assert turned[0].wires.tolist() == [3]
    assert recorder.items == ()


def test_the_number_of_wires_has_to_be_known():
    with pytest.raises(InvalidParameters, match="number of wires"):
        qg.GroverOperator.compute_matrix(3)


# Properties -----------------------------------------------------------------------------


def test_hermitian_and_unitary_are_read_from_the_matrix():
    assert qg.is_hermitian(qg.X(0))
    assert qg.is_hermitian(qg.prod(qg.RX(0.1, 0), qg.RX(-0.1, 0)))
    assert not qg.is_hermitian(qg.RX(0.1, 0))
    assert qg.is_unitary(qg.RX(0.1, 0))
    assert not qg.is_unitary(qg.X(0) + qg.Z(0))


def test_an_assertion_of_equality_names_both():
    qg.assert_equal(qg.X(0), qg.X(0))

    with pytest.raises(AssertionError, match=r"X\(0\) and X\(1\) are not equal"):
        qg.assert_equal(qg.X(0), qg.X(1))
    with pytest.raises(AssertionError, match="are not equal"):
        qg.assert_equal(functools.reduce(lambda x, _: [x], range(3000), 0), qg.X(1))


def test_an_unknown_sparse_format_is_refused():
    for operator in (qg.RX(0.1, 0), qg.X(0) + qg.Z(1)):
        with pytest.raises(InvalidParameters, match="'csr'"):
            operator.sparse_matrix(format="grid")
