"""Particle-conserving circuits against the closed form of their two-wire gates."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from qgate.exceptions import InvalidParameters
from qgate.templates.particle_conserving import (
    ParticleConservingU1,
    ParticleConservingU2,
    brick_pairs,
)


def middle(block):
    return scipy.linalg.block_diag([[1]], block, [[1]])


def exchange_u1(phase, turn):
    across = np.exp(1j * phase) * np.sin(turn)
    return middle(np.array([[np.cos(turn), across.conj()], [across, -np.cos(turn)]]))


def exchange_u2(turn):
    return middle(
        np.array([[np.cos(turn), -1j * np.sin(turn)], [-1j * np.sin(turn), np.cos(turn)]])
    )


def test_u1_is_layers_of_exchanges(dense):
    weights = np.random.default_rng(5).uniform(-3, 3, (2, 3, 2))
    expected = dense(4).apply("X", 0).apply("X", 2)

    for layer in weights:
        for (phase, turn), pair in zip(layer, [(0, 1), (2, 3), (1, 2)], strict=True):
            expected.apply(exchange_u1(phase, turn), *pair)

    found = ParticleConservingU1(weights, wires=range(4), init_state=[1, 0, 1, 0]).matrix()
    np.testing.assert_allclose(found, expected.matrix, atol=1e-12)


def test_u2_is_layers_of_rotations_and_exchanges(dense):
    weights = np.random.default_rng(6).uniform(-3, 3, (2, 7))
    expected = dense(4).apply("X", 1)

    for layer in weights:
        for wire in range(4):
            expected.rotate("Z", layer[wire], wire)
        for turn, pair in zip(layer[4:], [(0, 1), (2, 3), (1, 2)], strict=True):
            expected.apply(exchange_u2(turn), *pair)

    found = ParticleConservingU2(weights, wires=range(4), init_state=[0, 1, 0, 0]).matrix()
    np.testing.assert_allclose(found, expected.matrix, atol=1e-12)


@pytest.mark.parametrize("template", [ParticleConservingU1, ParticleConservingU2])
@given(n=st.integers(2, 4), layers=st.integers(1, 2), basis=st.integers(0, 15))
@settings(deadline=None, max_examples=15)
def test_the_number_of_particles_is_kept(template, n, layers, basis):
    bits = [basis >> wire & 1 for wire in range(n)]
    weights = np.random.default_rng(basis).uniform(-3, 3, template.shape(layers, n))

    state = template(weights, wires=range(n), init_state=bits).matrix()[:, 0]

    occupied = {bin(index).count("1") for index in np.flatnonzero(np.abs(state) > 1e-12)}
    assert occupied == {sum(bits)}


@pytest.mark.parametrize("template", [ParticleConservingU1, ParticleConservingU2])
def test_the_state_zero_is_the_default(template):
    weights = np.ones(template.shape(1, 2))

    one, two = (template(weights, range(2), bits).matrix() for bits in (None, [0, 0]))

    np.testing.assert_array_equal(one, two)


def test_every_weight_is_used_linearly(angles_of):
    angles = angles_of(ParticleConservingU1(np.ones((1, 2, 2)), wires=range(3)))

    slots = {slot for angle in angles if hasattr(angle, "terms") for slot, _ in angle.terms}
    assert slots == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("template", "shape", "wanted"),
    [
        (ParticleConservingU1, (1, 3, 2), r"\(n_layers, 2, 2\)"),
        (ParticleConservingU2, (1, 4), r"\(n_layers, 5\)"),
    ],
)
def test_weights_of_another_shape_are_refused(template, shape, wanted):
    with pytest.raises(InvalidParameters, match=wanted):
        template(np.ones(shape), wires=range(3))


@pytest.mark.parametrize("template", [ParticleConservingU1, ParticleConservingU2])
def test_one_wire_is_refused(template):
    with pytest.raises(InvalidParameters, match="at least two"):
        template(np.ones((1, 1)), wires=[0])
    with pytest.raises(InvalidParameters, match="at least two"):
        template.shape(1, 1)


def test_pairs_are_laid_like_bricks():
    assert brick_pairs(5) == [(0, 1), (2, 3), (1, 2), (3, 4)]
