"""Fermionic operators: their arithmetic, texts, and mappings to qubits."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate.exceptions import InvalidOperand, InvalidParameters
from qgate.fermi import FermiSentence, FermiWord, from_string

ORBITALS = 3
LADDERS = st.lists(st.tuples(st.integers(0, ORBITALS - 1), st.sampled_from("+-")), max_size=4)
WORDS = LADDERS.map(FermiWord.of)
SENTENCES = st.dictionaries(WORDS, st.sampled_from([1.0, -0.5, 2j]), max_size=3).map(FermiSentence)

LOWER = np.array([[0, 1], [0, 0]])


def annihilation(orbital, orbitals=ORBITALS):
    """Return the matrix of an annihilation operator: signs of the occupied orbitals before it."""
    factors = [np.diag([1, -1])] * orbital + [LOWER] + [np.eye(2)] * (orbitals - orbital - 1)
    matrix = np.eye(1)
    for factor in factors:
        matrix = np.kron(matrix, factor)
    return matrix


def dense(operator, orbitals=ORBITALS):
    """Return the matrix of a word or sum in the basis of occupation numbers."""
    if isinstance(operator, FermiWord):
        matrix = np.eye(2**orbitals, dtype=complex)
        for orbital, sign in operator.ladder:
            lower = annihilation(orbital, orbitals)
            matrix = matrix @ (lower.T if sign == "+" else lower)
        return matrix
    zero = np.zeros((2**orbitals, 2**orbitals), dtype=complex)
    return sum((weight * dense(word, orbitals) for word, weight in operator.items()), zero)


def encoded_basis(kind, orbitals):
    """Return the permutation from occupation numbers to the bits of an encoding."""
    matrix = np.zeros((2**orbitals, 2**orbitals))
    for number in range(2**orbitals):
        bits = [number >> (orbitals - 1 - k) & 1 for k in range(orbitals)]
        starts = [0 if kind == "parity" else k & (k + 1) for k in range(orbitals)]
        qubits = [sum(bits[start : k + 1]) % 2 for k, start in enumerate(starts)]
        matrix[int("".join(map(str, qubits)), 2), number] = 1
    return matrix


@given(SENTENCES, SENTENCES, WORDS, WORDS)
@settings(deadline=None, max_examples=25)
def test_arithmetic_is_that_of_the_matrices(one, two, word, other):
    for left in (one, word):
        for right in (two, other):
            np.testing.assert_allclose(dense(left + right), dense(left) + dense(right))
            np.testing.assert_allclose(dense(left - right), dense(left) - dense(right))
            np.testing.assert_allclose(dense(left * right), dense(left) @ dense(right))
        np.testing.assert_allclose(dense(2 - left * 3), 2 * np.eye(8) - 3 * dense(left))
        np.testing.assert_allclose(dense(left**2), dense(left) @ dense(left))
        np.testing.assert_allclose(dense(left.adjoint()), dense(left).conj().T)
        np.testing.assert_allclose(left.to_mat(n_orbitals=ORBITALS), dense(left), atol=1e-12)
        np.testing.assert_allclose(
            left.to_mat(ORBITALS, format="csr").toarray(), dense(left), atol=1e-12
        )


@given(LADDERS.filter(len), st.data())
@settings(deadline=None, max_examples=25)
def test_shifting_a_factor_keeps_the_operator(ladder, data):
    word = FermiWord.of(ladder)
    places = st.integers(0, len(word) - 1)

    shifted = word.shift_operator(data.draw(places), data.draw(places))

    np.testing.assert_allclose(dense(shifted), dense(word), atol=1e-12)


@pytest.mark.parametrize("kind", ["parity", "bravyi_kitaev"])
@given(SENTENCES)
@settings(deadline=None, max_examples=10)
def test_mappings_are_jordan_wigner_in_other_encodings(kind, operator):
    orbitals = 4
    mapping = qg.parity_transform if kind == "parity" else qg.bravyi_kitaev
    change = encoded_basis(kind, orbitals)

    mapped = mapping(operator, n=orbitals, ps=True).to_mat(range(orbitals))

    np.testing.assert_allclose(mapped, change @ dense(operator, orbitals) @ change.T, atol=1e-12)


def test_texts_are_products_and_sums():
    word = from_string("0+ 1- 2^ 3")

    assert str(word) == word.to_string() == "a⁺(0) a(1) a⁺(2) a(3)"
    assert word == qg.FermiC(0) * qg.FermiA(1) * qg.FermiC(2) * qg.FermiA(3)
    assert repr(qg.FermiC(1)) == "FermiWord({(0, 1): '+'})"
    assert str(1.2 * qg.FermiC(0) + 3) == "1.2 * a⁺(0)\n+ 3.0 * I"
    assert str(FermiSentence({})) == "0 * I"
    assert from_string(" ") == FermiWord({})


def test_words_are_hashable_and_do_not_change():
    word = FermiWord({(1, 0): "-", (0, 2): "+"})

    assert word == FermiWord({(0, 2): "+", (1, 0): "-"})
    assert copy.deepcopy(word) == copy.copy(word) == pickle.loads(pickle.dumps(word)) == word
    assert {word: 1.0}[qg.FermiC(2) * qg.FermiA(0)] == 1.0
    assert word.wires == {0, 2}
    with pytest.raises(TypeError, match="cannot be changed"):
        word[(0, 0)] = "+"
    with pytest.raises(TypeError, match="cannot be changed"):
        word.update({})


def test_small_weights_are_dropped():
    sentence = FermiSentence({qg.FermiC(0): 1e-9, qg.FermiA(0): 1.0})

    sentence.simplify()

    assert sentence == {qg.FermiA(0): 1.0}


def test_qubit_operators_are_observables_on_named_wires():
    number = qg.jordan_wigner(qg.FermiC(0) * qg.FermiA(0), wire_map={0: "a"})

    @qg.qnode(qg.device("local", wires=["a"]))
    def circuit(angle):
        qg.RX(angle, wires="a")
        return qg.expval(number)

    np.testing.assert_allclose(circuit(0.4), np.sin(0.2) ** 2)


def test_identities_and_zeros_have_a_wire():
    assert qg.jordan_wigner(FermiWord({})) == qg.Identity(0)
    np.testing.assert_allclose(qg.matrix(qg.jordan_wigner(FermiSentence({}), ps=False)), 0)


def test_small_imaginary_parts_are_dropped_below_the_tolerance():
    number = qg.FermiC(0) * qg.FermiA(0)

    kept = qg.jordan_wigner(number, ps=True)
    dropped = qg.jordan_wigner(number, ps=True, tol=1e-8)

    assert all(isinstance(weight, complex) for weight in kept.values())
    assert all(isinstance(weight, float) for weight in dropped.values())


def test_weights_are_differentiable():
    @qg.qnode(qg.device("local", wires=1))
    def energy(weight):
        qg.RX(0.4, wires=0)
        return qg.expval(qg.jordan_wigner(weight * (qg.FermiC(0) * qg.FermiA(0))))

    slope = qg.grad(energy)(qg.numpy.array(2.0, requires_grad=True))

    np.testing.assert_allclose(slope, np.sin(0.2) ** 2)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (lambda: qg.FermiC(-1), "orbital -1"),
        (lambda: qg.FermiA("a"), "orbital 'a'"),
        (lambda: FermiWord({(1, 0): "+"}), "positions in the product"),
        (lambda: FermiWord({(0, 0): "x"}), "'x'"),
        (lambda: from_string("0+ a"), "'a' in"),
        (lambda: qg.FermiC(0) * np.array([1.0, 2.0]), "Give one number"),
        (lambda: qg.FermiC(0) ** -1, "power -1"),
        (lambda: qg.FermiC(0).shift_operator(0, 5), "position 5"),
        (lambda: qg.FermiC(3).to_mat(n_orbitals=2), "at least 4"),
        (lambda: qg.parity_transform(qg.FermiC(3), 2), "n=2"),
        (lambda: qg.jordan_wigner(3), "was given 3"),
    ],
)
def test_wrong_input_is_explained(wrong, text):
    with pytest.raises(InvalidParameters, match=text):
        wrong()


def test_other_operands_are_refused():
    with pytest.raises(InvalidOperand, match="number or a fermionic operator"):
        qg.FermiC(0) + "a"
