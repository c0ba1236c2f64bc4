"""Pauli words as gates."""

from functools import reduce

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from qgate.operations.matrices import circuit_matrix
from qgate.operations.pauli_gates import basis_gates, letters_of, word_gates
from qgate.wires import Wires

LETTERS = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}
WIRES = Wires(["a", 0, "b"])
WORDS = st.text("IXYZ", min_size=3, max_size=3)


def dense(word):
    return reduce(np.kron, [LETTERS[letter] for letter in word])


@given(WORDS, st.floats(-3, 3))
@settings(deadline=None)
def test_a_word_and_a_phase_are_applied_exactly(word, phase):
    matrix = circuit_matrix(word_gates(word, WIRES, phase), WIRES)

    assert_allclose(matrix, np.exp(1j * phase) * dense(word), atol=1e-12)


@given(WORDS)
@settings(deadline=None)
def test_basis_gates_turn_every_letter_to_z(word):
    turn = circuit_matrix(basis_gates(word, WIRES), WIRES)

    only_z = word.replace("X", "Z").replace("Y", "Z")
    assert_allclose(turn @ dense(word) @ turn.conj().T, dense(only_z), atol=1e-12)


def test_identities_are_no_letters():
    assert letters_of("XIZ", WIRES) == [("X", "a"), ("Z", "b")]
