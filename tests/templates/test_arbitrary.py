"""Universal circuits: their Pauli words are sufficient and distinct."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import scipy.linalg

from qgate.exceptions import InvalidParameters
from qgate.templates.arbitrary import (
    ArbitraryStatePreparation,
    ArbitraryUnitary,
    gray_words,
    state_words,
)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_gray_words_are_all_words_and_differ_from_their_neighbours_in_one_letter(n):
    words = gray_words(n)

    everything = {"".join(letters) for letters in product("IXYZ", repeat=n)} - {"I" * n}
    assert set(words) == everything
    assert len(words) == len(everything)
    for before, after in zip(["I" * n, *words], words, strict=False):
        assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


def test_the_words_on_two_wires_are_in_the_documented_order():
    assert " ".join(gray_words(2)) == "XI YI ZI ZX IX XX YX YY ZY IY XY XZ YZ ZZ IZ"
    assert " ".join(state_words(2)) == "XI YI IX IY XX XY"


def test_arbitrary_unitary_rotates_about_each_word_in_turn(pauli_matrix):
    weights = np.random.default_rng(3).uniform(-3, 3, ArbitraryUnitary.shape(n_wires=2))
    expected = np.eye(4)

    for angle, word in zip(weights, gray_words(2), strict=True):
        expected = scipy.linalg.expm(-0.5j * angle * pauli_matrix(word)) @ expected

    found = ArbitraryUnitary(weights, wires=["a", "b"]).matrix()
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_state_preparation_reaches_every_direction_around_the_state_zero(n, pauli_matrix):
    weights = np.zeros(ArbitraryStatePreparation.shape(n_wires=n))
    tangents = [-0.5j * pauli_matrix(word)[:, 0] for word in state_words(n)]

    real = np.array([np.concatenate([vector.real, vector.imag]) for vector in tangents])

    assert len(weights) == 2 ** (n + 1) - 2
    assert np.linalg.matrix_rank(real) == len(weights)


def test_arbitrary_state_preparation_rotates_about_each_word_in_turn(pauli_matrix):
    weights = np.random.default_rng(4).uniform(-3, 3, 6)
    state = np.array([1, 0, 0, 0])

    for angle, word in zip(weights, state_words(2), strict=True):
        state = scipy.linalg.expm(-0.5j * angle * pauli_matrix(word)) @ state

    found = ArbitraryStatePreparation(weights, wires=[0, 1]).matrix()[:, 0]
    np.testing.assert_allclose(found, state, atol=1e-12)


@pytest.mark.parametrize("template", [ArbitraryUnitary, ArbitraryStatePreparation])
def test_the_wrong_number_of_weights_is_refused(template):
    with pytest.raises(InvalidParameters, match=rf"shape \(4,\).*\({template.shape(2)[0]},\)"):
        template(np.ones(4), wires=range(2))
