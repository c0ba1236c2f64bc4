"""Observables that are given by a matrix or a state."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.sparse import csr_matrix

from qgate.exceptions import InvalidParameters, NotHermitian
from qgate.operations.hermitian import Hermitian, Projector, SparseHamiltonian
from qgate.operations.operator import ParameterKind
from qgate.operations.unitaries import QubitUnitary

A = np.array([[1.0, 2.0 - 1j], [2.0 + 1j, -0.5]])
STATE = np.array([0.6, 0.0, 0.0, 0.8j])


def random_hermitian(seed, n):
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(2**n, 2**n)) + 1j * rng.normal(size=(2**n, 2**n))
    return matrix + matrix.conj().T


@given(st.integers(1, 3), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=20)
def test_diagonalizing_gates_turn_the_eigenbasis_to_the_computational_one(n, seed):
    op = Hermitian(random_hermitian(seed, n), range(n))

    (turn,) = op.diagonalizing_gates()

    assert isinstance(turn, QubitUnitary)
    rotated = turn.matrix() @ op.matrix() @ turn.matrix().conj().T
    assert_allclose(rotated, np.diag(op.eigvals()), atol=1e-10)


def test_matrices_that_do_not_fit_are_refused():
    with pytest.raises(NotHermitian, match="not Hermitian"):
        Hermitian([[0, 1], [0, 0]], 0)
    with pytest.raises(InvalidParameters, match=r"has to be \(4, 4\)\."):
        Hermitian(A, [0, 1])


def test_a_hermitian_matrix_is_one_array_parameter():
    op = Hermitian(A, "a")

    assert op.parameter_kinds == (ParameterKind.ARRAY,)
    assert op.signature == Hermitian(np.eye(2), "a").signature
    assert op.is_hermitian


def test_matrices_and_states_may_be_traced():
    def value(x):
        matrix = Hermitian(A * x, 0).matrix()
        state = Projector(anp.array([anp.cos(x), anp.sin(x)]), 0).matrix()
        return anp.real(matrix[0, 0] + state[0, 0])

    assert_allclose(autograd.grad(value)(0.3), 1.0 - np.sin(0.6))


def test_projectors_on_basis_states_are_diagonal_and_have_no_parameters():
    op = Projector([1, 0], wires=["a", "b"])

    assert op.parameters == ()
    assert_allclose(op.matrix(), np.diag([0, 0, 1, 0]))
    assert_allclose(op.eigvals(), [0, 0, 1, 0])
    assert op.diagonalizing_gates() == []
    assert op.label() == "|10⟩⟨10|"
    assert op.signature != Projector([0, 1], wires=["a", "b"]).signature
    assert repr(op) == "Projector([1, 0], wires=['a', 'b'])"


def test_projectors_on_states_have_the_outer_product_as_matrix():
    op = Projector(STATE, [0, 1])

    assert op.parameter_kinds == (ParameterKind.ARRAY,)
    assert_allclose(op.matrix(), np.outer(STATE, STATE.conj()))
    assert_allclose(op.eigvals(), [0, 0, 0, 1], atol=1e-12)


@pytest.mark.parametrize("state", [[0, 2], [1, 0, 0], [0.0, 0.0, 0.0, 0.0], 1])
def test_what_is_neither_bits_nor_a_state_is_refused(state):
    with pytest.raises(InvalidParameters, match="Projector"):
        Projector(state, [0, 1])


def test_projectors_on_states_of_any_norm_square_with_it():
    half = Projector(STATE / 2, [0, 1])

    assert_allclose(half.matrix(), Projector(STATE, [0, 1]).matrix() / 4)
    assert_allclose(half.eigvals(), [0, 0, 0, 0.25], atol=1e-12)
    assert_allclose(half.squared().matrix(), half.matrix() @ half.matrix())
    assert_allclose(Projector(STATE, [0, 1]).squared().matrix(), Projector(STATE, [0, 1]).matrix())


def test_sparse_hamiltonians_agree_with_dense_ones_in_any_wire_order():
    matrix = random_hermitian(1, 2)
    op = SparseHamiltonian(csr_matrix(matrix), ["a", "b"])

    assert_allclose(op.matrix(), matrix)
    order = ["b", 0, "a"]
    assert_allclose(op.sparse_matrix(order).toarray(), Hermitian(matrix, ["a", "b"]).matrix(order))


def test_the_content_of_a_sparse_hamiltonian_is_part_of_what_it_is():
    one, two = (SparseHamiltonian(csr_matrix(factor * A), 0) for factor in (1, 2))

    assert one.parameters == ()
    assert one.signature == SparseHamiltonian(csr_matrix(A), 0).signature
    assert one.signature != two.signature


def test_what_is_not_a_hermitian_sparse_matrix_is_refused():
    with pytest.raises(InvalidParameters, match=r"qg\.Hermitian"):
        SparseHamiltonian(A, 0)
    with pytest.raises(InvalidParameters, match=r"has to be \(4, 4\)"):
        SparseHamiltonian(csr_matrix(A), [0, 1])
    with pytest.raises(NotHermitian):
        SparseHamiltonian(csr_matrix([[0.0, 1.0], [0.0, 0.0]]), 0)
