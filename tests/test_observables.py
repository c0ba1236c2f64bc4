"""The normal form of observables, against dense matrices."""

from functools import reduce

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.sparse import csr_matrix

from qgate.exceptions import InvalidParameters, NotHermitian, OperatorError
from qgate.observables import (
    Combination,
    Hamiltonian,
    Hermitian,
    LinearCombination,
    Projector,
    SparseHamiltonian,
    is_observable,
    normal_form,
    square,
)
from qgate.operations.composites import dense_matrix
from qgate.operations.fixed import SWAP, Hadamard, I, S, T, X, Y, Z
from qgate.operations.operator import ParameterKind
from qgate.operations.pauli import PauliSum
from qgate.operations.rotations import RX
from qgate.recording import recording

A = np.array([[1.0, 2.0 - 1j], [2.0 + 1j, -0.5]])
B = np.kron(A, np.diag([1.0, 3.0])) + 0.3 * np.eye(4)[::-1]
ORDER = range(3)


def leaves():
    return [
        X(0),
        Y(1),
        Z(2),
        I(0),
        0.5 * (X(0) @ Z(1)) + Y(2),
        Hadamard(1),
        SWAP([2, 0]),
        Hermitian(A, 1),
        Hermitian(B, [2, 1]),
        Projector([1, 0], [0, 2]),
        Projector(np.array([0.6, 0.8j]), 2),
        SparseHamiltonian(csr_matrix(A), 0),
    ]


@st.composite
def observables(draw, depth=2):
    """A Hermitian operator: a leaf, a real combination, or a symmetric product."""
    kind = draw(st.sampled_from(["leaf", "sum", "product"])) if depth else "leaf"
    if kind == "leaf":
        return draw(st.sampled_from(leaves()))
    left, right = draw(observables(depth=depth - 1)), draw(observables(depth=depth - 1))
    if kind == "sum":
        return draw(st.floats(-2, 2)) * left - right * draw(st.floats(-2, 2))
    return left @ right + right @ left


def on(op, order=ORDER):
    return dense_matrix(op, order)


@given(observables())
@settings(deadline=None, max_examples=60)
def test_the_normal_form_has_the_matrix_of_the_observable(observable):
    form = normal_form(observable)

    assert isinstance(form, PauliSum | Combination)
    assert_allclose(on(form), on(observable), atol=1e-9)
    assert np.isrealobj(form.coefficients)


@given(observables())
@settings(deadline=None, max_examples=60)
def test_the_square_has_the_squared_matrix(observable):
    form = normal_form(observable)

    squared = square(form)

    assert isinstance(squared, type(form))
    assert_allclose(on(squared), on(observable) @ on(observable), atol=1e-8)


@given(observables())
@settings(deadline=None, max_examples=60)
def test_factors_are_on_disjoint_wires_and_know_their_eigenbasis(observable):
    form = normal_form(observable)
    if isinstance(form, PauliSum):
        return

    for factor in (factor for term in form.terms for factor in term):
        turn = reduce(
            lambda done, gate: on(gate, gate.wires if done is None else factor.wires) @ done,
            factor.diagonalizing_gates(),
            np.eye(2 ** len(factor.wires)),
        )
        rotated = turn @ dense_matrix(factor) @ turn.conj().T
        assert_allclose(rotated, np.diag(factor.eigvals()), atol=1e-9)
    for term in form.terms:
        wires = [wire for factor in term for wire in factor.wires]
        assert len(wires) == len(set(wires))


@given(observables())
@settings(deadline=None, max_examples=60)
def test_parameters_can_be_taken_out_and_put_back(observable):
    form = normal_form(observable)
    doubled = form.with_parameters([2 * form.parameters[0], *form.parameters[1:]])

    assert len(form.parameters) == len(form.parameter_kinds) == len(form.ndim_params)
    assert doubled.signature == form.signature
    assert_allclose(on(doubled), 2 * on(form), atol=1e-9)


def test_pauli_observables_become_one_pauli_sum_with_each_word_once():
    form = normal_form(X(0) @ Z(1) + 2 * Z(1) @ X(0) + 1j * (Y(0) @ X(0)))

    assert isinstance(form, PauliSum)
    assert form == PauliSum.from_words([3.0, 1.0], ["XZ", "ZI"])
    assert len(form) == 2


def test_terms_of_mixed_kinds_hold_one_word_and_the_other_factors():
    form = normal_form(0.5 * X(0) @ Hermitian(A, 1) @ Z(2) + 2 * Projector([1], 0) + 3)

    assert form.coefficients.tolist() == [0.5, 2.0, 3.0]
    assert [[factor.name for factor in term] for term in form.terms] == [
        ["PauliSum", "Hermitian"],
        ["Projector"],
        [],
    ]
    assert form.terms[0][0] == PauliSum.word({0: "X", 2: "Z"})
    kinds = (ParameterKind.COEFFICIENTS, ParameterKind.ARRAY)
    assert form.parameter_kinds == kinds


def test_equal_terms_without_numbers_of_their_own_are_joined():
    form = normal_form(Hadamard(0) @ X(1) + 2 * X(1) @ Hadamard(0) + Z(0) - 0.5 * Z(0))

    assert form.coefficients.tolist() == [3.0, 0.5]


def test_factors_that_share_wires_become_one_matrix_and_the_rest_stays_apart():
    product = Hermitian(A, 0) @ Hermitian(A, 0) @ Z(1)

    (term,) = normal_form(product).terms

    assert [factor.name for factor in term] == ["PauliSum", "Hermitian"]
    assert_allclose(term[1].matrix(), A @ A)


def test_the_form_depends_on_what_the_observable_is_made_of_and_not_on_numbers():
    def form(weight, matrix):
        return normal_form(weight * X(0) @ Hermitian(matrix, 1) + Hermitian(matrix, 0))

    assert form(0.5, A).signature == form(0.0, np.eye(2)).signature


def test_what_is_hermitian_only_as_a_whole_becomes_one_matrix():
    form = normal_form(RX(0.3, 0) + RX(-0.3, 0))

    assert_allclose(form.terms[0][0].matrix(), 2 * np.cos(0.15) * np.eye(2), atol=1e-12)


def test_wires_of_combinations_can_be_mapped():
    form = normal_form(X(0) @ Hermitian(A, 1)).map_wires({0: "a"})

    assert list(form.wires) == ["a", 1]
    assert_allclose(form.matrix(), on(X(0) @ Hermitian(A, 1), [0, 1]))


def test_making_a_normal_form_records_nothing():
    with recording() as recorder:
        observable = X(0) @ Hermitian(A, 0) + Hermitian(A, 0) @ X(0) + Hadamard(1)
        square(normal_form(observable))

    assert recorder.items == (observable,)


@pytest.mark.parametrize(
    "op",
    [
        S(0),
        T(0),
        1j * X(0),
        X(0) @ Y(0),
        RX(0.1, 0),
        1j * Hadamard(0),
        Hermitian(A, 0) @ X(0),
        Hadamard(0) @ S(1),
        X(0) + S(1),
    ],
    ids=repr,
)
def test_what_is_not_hermitian_is_no_observable(op):
    assert not is_observable(op)
    with pytest.raises(NotHermitian, match="not Hermitian"):
        normal_form(op)


@pytest.mark.parametrize("op", leaves(), ids=repr)
def test_hermitian_operators_are_observables(op):
    assert is_observable(op)


def test_the_square_of_a_pauli_sum_leaves_out_words_that_anticommute():
    squared = square(PauliSum.from_words([1.0, 2.0, 3.0], ["XI", "ZI", "IZ"]))

    assert squared.words == ["II", "XZ", "ZZ"]
    assert squared.coefficients.tolist() == [14.0, 6.0, 12.0]


def test_a_square_that_would_need_a_huge_matrix_is_refused():
    eye = csr_matrix(np.eye(64))
    form = normal_form(SparseHamiltonian(eye, range(6)) + SparseHamiltonian(eye, range(5, 11)))

    with pytest.raises(OperatorError, match="11 wires"):
        square(form)


# Hamiltonian --------------------------------------------------------------------------


def test_a_hamiltonian_of_pauli_words_is_a_pauli_sum():
    h = Hamiltonian([0.5, 2], [X(0) @ Z(1), Y(0)])

    assert repr(h) == "0.5 * (X(0) @ Z(1)) + 2.0 * Y(0)"
    assert h.terms() == ([0.5, 2.0], [PauliSum.from_words([1.0], ["XZ"]), PauliSum.word({0: "Y"})])
    assert LinearCombination([0.5, 2], [X(0) @ Z(1), Y(0)]) == h


def test_a_hamiltonian_of_other_observables_has_the_matrix_of_the_sum():
    h = Hamiltonian([0.5, 2.0], [Hermitian(A, 0), X(1)])

    assert_allclose(on(h, [0, 1]), 0.5 * np.kron(A, np.eye(2)) + 2 * on(X(1), [0, 1]))


def test_a_hamiltonian_without_terms_is_zero_and_can_be_added_to():
    none = Hamiltonian([], [])

    assert repr(none) == "0.0 * I()"
    assert repr(none + 2.0 * X(1)) == "2.0 * X(1)"


def test_a_hamiltonian_needs_a_coefficient_for_each_observable():
    with pytest.raises(InvalidParameters, match=r"2 coefficient\(s\)"):
        Hamiltonian([1.0, 2.0], [X(0)])


@pytest.mark.parametrize(
    "make",
    [
        lambda c: Hamiltonian(c, [X(0), Z(1)]),
        lambda c: Hamiltonian(c, [X(0), Hadamard(0)]),
        lambda c: Hermitian(A, 1) * c[0] + X(0) @ Hermitian(A * c[1], 1),
        lambda c: X(0) * c[0] @ (Y(0) * c[1] * 1j),
        lambda c: RX(c[0], 0) + RX(-c[0], 0) + X(1) * c[1],
        lambda c: Hermitian(A * c[0], 0) @ Hermitian(A * c[1], 0),
    ],
)
@pytest.mark.parametrize("form", [normal_form, lambda op: square(normal_form(op))])
def test_forms_are_differentiable_in_coefficients_and_matrices(make, form):
    def function(c):
        matrix = on(form(make(c)), [0, 1])
        return anp.real(anp.sum(matrix * np.arange(16).reshape(4, 4) * (1 - 2j)))

    point, direction, step = np.array([0.4, -0.7]), np.array([0.6, 0.8]), 1e-6
    difference = function(point + step * direction) - function(point - step * direction)

    derivative = autograd.grad(function)(point) @ direction
    assert_allclose(derivative, difference / (2 * step), rtol=1e-6, atol=1e-6)
