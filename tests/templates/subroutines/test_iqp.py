"""Instantaneous quantum polynomial circuits against exponentials."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

import qgate as qg
from qgate.exceptions import InvalidParameters

PATTERN = [[[0], [2]], [[0, 1]], [[0, 1, 2]]]
WORDS = [["XII", "IIX"], ["XXI"], ["XXX"]]
WEIGHTS = [0.3, -0.8, 1.1]


@pytest.mark.parametrize("symmetric", [False, True])
def test_it_is_the_exponential_of_its_words(pauli_matrix, symmetric):
    exponent = sum(
        weight * pauli_matrix(word)
        for weight, words in zip(WEIGHTS, WORDS, strict=True)
        for word in words
    )
    expected = scipy.linalg.expm(-1j * exponent)
    if symmetric:
        expected = expected @ scipy.linalg.expm(-1j * np.pi / 4 * pauli_matrix("YXX"))

    found = qg.IQP(WEIGHTS, num_wires=3, pattern=PATTERN, spin_sym=symmetric)

    np.testing.assert_allclose(found.matrix(), expected, atol=1e-12)


def test_its_weights_are_parameters():
    @qg.qnode(qg.device("local"), diff_method="parameter-shift")
    def value(weights):
        qg.IQP(weights, num_wires=2, pattern=[[[0]], [[0, 1]]])
        return qg.expval(qg.Z(0))

    found = qg.grad(value)(qg.numpy.array([0.2, 0.3]))
    assert found[0] == pytest.approx(-2 * np.sin(0.4) * np.cos(0.6))


@pytest.mark.parametrize(
    ("weights", "wires", "pattern"),
    [
        ([0.1], 2, PATTERN[:2]),
        ([0.1], 0, [[[0]]]),
        ([0.1], 2, [[[2]]]),
        ([0.1], 2, [[[0, 0]]]),
        ([0.1], 2, [[[]]]),
        ([0.1], 2, [[0]]),
        ([0.1], 2, 5),
    ],
)
def test_patterns_that_do_not_fit_are_refused(weights, wires, pattern):
    with pytest.raises(InvalidParameters):
        qg.IQP(weights, wires, pattern)
