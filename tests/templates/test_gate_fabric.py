"""The fabric of gates against its blocks."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters

STATE = [1, 1, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("include_pi", [False, True])
def test_it_is_layers_of_blocks_of_four_wires(include_pi):
    weights = np.random.default_rng(7).uniform(-3, 3, (2, 3, 2))
    expected = [qg.BasisState(STATE, wires=range(8))]
    for layer in weights:
        for (double, orbital), first in zip(layer, (0, 4, 2), strict=True):
            block = range(first, first + 4)
            expected += [qg.OrbitalRotation(np.pi, wires=block)] * include_pi
            expected += [qg.DoubleExcitation(double, block), qg.OrbitalRotation(orbital, block)]

    found = qg.GateFabric(weights, range(8), STATE, include_pi=include_pi)

    assert found.decomposition() == expected


def test_it_conserves_particles_and_spin():
    weights = np.random.default_rng(7).uniform(-3, 3, (1, 3, 2))

    @qg.qnode(qg.device("local", wires=8))
    def probabilities():
        qg.GateFabric(weights, range(8), STATE)
        return qg.probs()

    up = [(number & 0b10101010).bit_count() for number in range(256)]
    down = [(number & 0b01010101).bit_count() for number in range(256)]
    outside = [number for number in range(256) if (up[number], down[number]) != (1, 1)]
    np.testing.assert_allclose(probabilities()[outside], 0, atol=1e-12)


def test_shape_is_that_of_the_weights():
    assert qg.GateFabric.shape(n_layers=2, n_wires=6) == (2, 2, 2)


@pytest.mark.parametrize(
    ("shape", "n", "state"),
    [((1, 1, 2), 2, [1, 0]), ((1, 1, 2), 5, [1] * 5), ((1, 2, 2), 4, [1] * 4), ((1, 1, 2), 4, [1])],
)
def test_weights_wires_and_states_that_do_not_fit_are_refused(shape, n, state):
    with pytest.raises(InvalidParameters):
        qg.GateFabric(np.zeros(shape), range(n), state)
