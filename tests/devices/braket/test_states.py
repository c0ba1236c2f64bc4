"""Expectation values of Pauli words in states, against dense matrices."""

from __future__ import annotations

import itertools
from functools import reduce

import numpy as np
import pytest
from numpy.testing import assert_allclose

from qgate.devices.braket.states import word_means

PAULIS = {
    "i": np.eye(2),
    "x": np.array([[0, 1], [1, 0]]),
    "y": np.array([[0, -1j], [1j, 0]]),
    "z": np.diag([1, -1]),
}
WORDS = ["".join(letters) for letters in itertools.product("ixyz", repeat=3)]


@pytest.fixture
def vectors():
    rng = np.random.default_rng(7)
    found = rng.normal(size=(2, 8)) + 1j * rng.normal(size=(2, 8))
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def sparse(letters):
    """Return a word without its identities."""
    kept = [(letter, qubit) for qubit, letter in enumerate(letters) if letter != "i"]
    return "".join(letter for letter, _ in kept), tuple(qubit for _, qubit in kept)


def dense(letters):
    return reduce(np.kron, [PAULIS[letter] for letter in letters])


def test_means_in_a_state_vector_are_those_of_the_matrices(vectors):
    state = vectors[0]

    expected = [(state.conj() @ dense(letters) @ state).real for letters in WORDS]

    assert_allclose(word_means([*map(sparse, WORDS)], state), expected, atol=1e-12)


def test_means_in_a_density_matrix_are_those_of_the_matrices(vectors):
    mixed = 0.3 * np.outer(vectors[0], vectors[0].conj())
    mixed += 0.7 * np.outer(vectors[1], vectors[1].conj())

    expected = [np.trace(dense(letters) @ mixed).real for letters in WORDS]

    assert_allclose(word_means([*map(sparse, WORDS)], mixed), expected, atol=1e-12)


def test_the_letters_of_a_word_may_stand_in_any_order(vectors):
    means = word_means([("xy", (0, 2)), ("yx", (2, 0))], vectors[0])

    assert means[0] == pytest.approx(means[1], abs=1e-12)
