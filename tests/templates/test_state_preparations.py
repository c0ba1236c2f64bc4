"""Preparation of states by gates."""

from __future__ import annotations

import numpy as np
import pytest

from qgate.operations.matrices import circuit_matrix
from qgate.templates.state_preparations import (
    MottonenStatePreparation,
)


def prepared(template):
    """Return the state that the gates prepare from the state zero."""
    return circuit_matrix(template.decomposition(), template.wires)[:, 0]


def state_of(n, seed):
    parts = np.random.default_rng(seed).normal(size=(2, 2**n))
    vector = parts[0] + 1j * parts[1]
    return vector / np.linalg.norm(vector)


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
