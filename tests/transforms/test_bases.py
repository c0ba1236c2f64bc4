"""Measurement bases of observables, and their eigenvalues there, against dense matrices."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import qgate as qg
from qgate.exceptions import QuantumFunctionError
from qgate.observables import normal_form
from qgate.operations.composites import dense_matrix
from qgate.outcomes import Outcomes
from qgate.recording import recording
from qgate.transforms.bases import Reading, eigenbasis_gates, spectrum_of, spectrum_of_product
from qgate.wires import Wires

A = np.array([[1, 2 - 1j], [2 + 1j, 0.5]])
B = np.kron(A, A) + np.diag([1, 2, 3, 4])
WIRES = Wires([0, 1, "c"])
OBSERVABLES = {
    "letter": lambda: qg.Y(0),
    "word": lambda: qg.X("c") @ qg.Y(0),
    "sum in one basis": lambda: qg.X(0) + 0.5 * qg.X(0) @ qg.Z("c") - 2 * qg.Z("c"),
    "matrix": lambda: qg.Hermitian(B, wires=["c", 0]),
    "projector": lambda: qg.Projector([1, 0], wires=[1, "c"]),
    "projector on a state": lambda: qg.Projector(np.array([0.6, 0.8j]), wires=[1]),
    "product": lambda: qg.Y(1) @ qg.Hermitian(A, wires=0) @ qg.Hadamard("c"),
    "identity": lambda: qg.I(1),
    "identity on some wires": lambda: qg.I(1) @ qg.Z("c"),
}
NO_COMMON_BASIS = [
    qg.X(0) + qg.Z(0),
    qg.Hadamard(0) + qg.X(1),
    qg.X(0) @ qg.X(1) + qg.Z(0) @ qg.Z(1),
]
EVERY = pytest.mark.parametrize("make", OBSERVABLES.values(), ids=OBSERVABLES)


def product(gates):
    matrix = np.eye(8, dtype=complex)
    for gate in gates:
        matrix = dense_matrix(gate, WIRES) @ matrix
    return matrix


def everything():
    """All outcomes on the wires, in the order of the wires."""
    return Outcomes.from_probabilities(np.full(8, 1 / 8)), Reading(dict.fromkeys(WIRES, "Z"))


@EVERY
def test_the_gates_turn_the_observable_to_its_eigenvalues(make):
    form = normal_form(make())

    turned = product(eigenbasis_gates(form))
    eigenvalues = form.coefficients @ spectrum_of(form).read(*everything())

    diagonal = turned @ dense_matrix(make(), WIRES) @ turned.conj().T
    assert_allclose(diagonal, np.diag(eigenvalues), atol=1e-9)


@EVERY
def test_eigenvalues_on_all_outcomes_are_those_of_the_matrix(make):
    form = normal_form(make())

    every = form.coefficients @ spectrum_of(form).every_outcome()

    expected = np.linalg.eigvalsh(dense_matrix(make()))
    assert_allclose(np.unique(np.round(every, 9)), np.unique(np.round(expected, 9)), atol=1e-8)


@EVERY
def test_turning_to_the_eigenbasis_records_nothing(make):
    form = normal_form(make())

    with recording() as recorder:
        eigenbasis_gates(form)

    assert recorder.items == ()


@pytest.mark.parametrize("observable", NO_COMMON_BASIS, ids=repr)
def test_terms_without_a_common_basis_are_refused(observable):
    with pytest.raises(QuantumFunctionError, match="no common product eigenbasis"):
        eigenbasis_gates(normal_form(observable))


def test_words_on_many_wires_cost_no_more_than_what_was_read():
    word = normal_form(qg.PauliSum.from_words([1.0], ["XYZ" * 40]))
    spectrum = spectrum_of(word)
    reading = Reading()
    reading.take(spectrum.basis)
    bits = np.random.default_rng(0).integers(0, 2, size=(20, 120))
    outcomes = Outcomes.from_bits(bits)

    (signs,) = spectrum.read(outcomes, reading)

    assert_allclose(outcomes.of_each_shot(signs), np.prod(1 - 2 * bits, axis=1))


# Measured circuits ----------------------------------------------------------------------


@given(st.permutations(["X", "Y", "Z"]))
def test_a_reading_takes_bases_that_agree_with_it(letters):
    reading = Reading()
    reading.take(dict(zip([0, 1], letters, strict=False)))

    assert reading.agrees({1: letters[1], "c": "X"})
    assert not reading.agrees({0: letters[2]})
    assert reading.agrees({})


def test_what_is_taken_twice_is_turned_once():
    reading = Reading()

    reading.take({0: "X", 1: "Z"})
    reading.take({1: "Z", 0: "X", 2: "Y"})

    assert reading.gates == [*qg.X(0).diagonalizing_gates(), *qg.Y(2).diagonalizing_gates()]
    assert reading.positions([2, 0]) == [2, 0]


def test_equal_matrices_on_the_same_wires_share_a_reading():
    reading = Reading()
    reading.take(spectrum_of_product((qg.Hermitian(B, [0, 1]),)).basis)

    assert reading.agrees(spectrum_of_product((qg.Hermitian(B.copy(), [0, 1]), qg.X(2))).basis)
    assert not reading.agrees(spectrum_of_product((qg.Hermitian(B, [1, 0]),)).basis)
    assert not reading.agrees(spectrum_of_product((qg.Hermitian(2 * B, [0, 1]),)).basis)
    assert not reading.agrees({0: "Z"})
