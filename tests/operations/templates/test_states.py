"""Embeddings in states."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qgate.exceptions import InvalidParameters
from qgate.operations.matrices import circuit_matrix
from qgate.operations.state_preparation import BasisState, StatePrep
from qgate.operations.templates.states import (
    AmplitudeEmbedding,
    BasisEmbedding,
    MottonenStatePreparation,
)


def prepared(template):
    """Return the state that the gates prepare from the state zero."""
    return circuit_matrix(template.decomposition(), template.wires)[:, 0]


def state_of(n, seed):
    parts = np.random.default_rng(seed).normal(size=(2, 2**n))
    vector = parts[0] + 1j * parts[1]
    return vector / np.linalg.norm(vector)


@given(st.integers(1, 4).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, 2**n - 1))))
@settings(deadline=None, max_examples=20)
def test_a_number_and_its_bits_are_the_same_basis_state(pair):
    n, number = pair
    bits = [int(bit) for bit in f"{number:0{n}b}"]

    one, two = BasisEmbedding(number, wires=range(n)), BasisEmbedding(bits, wires=range(n))

    assert one == two
    np.testing.assert_array_equal(prepared(one), np.eye(2**n)[number])


@pytest.mark.parametrize("features", [8, -1, [1, 0], [0, 2, 1], [0.5, 0, 1]])
def test_features_that_are_no_bits_of_the_wires_are_refused(features):
    with pytest.raises(InvalidParameters, match="3 bits"):
        BasisEmbedding(features, wires=range(3))


def test_devices_know_the_embeddings_as_state_preparations():
    assert BasisEmbedding([1], wires=0).name == BasisState([1], wires=0).name
    assert AmplitudeEmbedding([1, 0], wires=0).name == StatePrep([1, 0], wires=0).name


def test_missing_amplitudes_are_filled_before_the_norm_is_taken():
    padded = np.array([1.0, 2.0, 0.0, 0.3])

    template = AmplitudeEmbedding([1, 2, 0], wires=range(2), pad_with=0.3, normalize=True)

    expected = padded / np.linalg.norm(padded)
    np.testing.assert_allclose(template.state_vector(), expected)
    np.testing.assert_allclose(prepared(template), expected, atol=1e-12)


def test_amplitudes_that_do_not_fit_are_refused():
    with pytest.raises(InvalidParameters, match=r"\(3,\).*\(4,\)"):
        AmplitudeEmbedding([1, 0, 0], wires=range(2))
    with pytest.raises(InvalidParameters, match=r"norm 1\.41421"):
        AmplitudeEmbedding([1, 0, 0, 1], wires=range(2))


@pytest.mark.parametrize("n", [1, 2, 3])
def test_mottonen_gates_prepare_the_state_with_its_phase(n):
    state = state_of(n, seed=n)

    template = MottonenStatePreparation(state, wires=range(n))

    np.testing.assert_allclose(prepared(template), state, atol=1e-12)
    assert template.name == "MottonenStatePreparation"


def test_a_batch_of_states_is_prepared_at_once():
    states = np.stack([state_of(2, seed) for seed in (1, 2)])

    template = MottonenStatePreparation(states, wires=range(2))

    matrix = circuit_matrix(template.decomposition(), template.wires)
    np.testing.assert_allclose(matrix[:, :, 0], states, atol=1e-12)
    assert template.batch_size == 2
