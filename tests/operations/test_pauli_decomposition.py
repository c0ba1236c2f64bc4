"""Matrices written as sums of Pauli words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from qgate.exceptions import InvalidParameters
from qgate.operations.pauli_decomposition import pauli_decompose

PROJECTOR = np.diag([0.0, 1.0])


@given(st.integers(0, 4), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=30)
def test_the_sum_has_the_matrix_it_was_made_from(n, seed):
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(2**n, 2**n)) + 1j * rng.normal(size=(2**n, 2**n))

    assert_allclose(pauli_decompose(matrix).matrix(range(n)), matrix, atol=1e-12)


def test_a_hermitian_matrix_has_real_weights_and_no_words_of_weight_zero():
    words = pauli_decompose(np.kron(PROJECTOR, [[0, -1j], [1j, 0]]), wire_order=["a", "b"])

    assert dict(zip(words.words, words.coefficients, strict=True)) == {"IY": 0.5, "ZY": -0.5}
    assert words.coefficients.dtype == float
    assert tuple(words.wires) == ("a", "b")


@pytest.mark.parametrize(("shape", "wires"), [((3, 3), None), ((2, 2), [0, 1]), ((2, 4), None)])
def test_a_matrix_that_does_not_fit_the_wires_is_refused(shape, wires):
    with pytest.raises(InvalidParameters, match="2\\*\\*n"):
        pauli_decompose(np.ones(shape), wire_order=wires)


def test_a_matrix_that_has_to_be_hermitian_is_checked():
    matrix = np.array([[0, 1], [0, 0]])

    assert pauli_decompose(matrix).num_terms == 2
    with pytest.raises(InvalidParameters, match="check_hermitian"):
        pauli_decompose(matrix, check_hermitian=True)
