"""Attributes by which programs ask what an operator has."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

import qgate as qg
from qgate.exceptions import WireError
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
