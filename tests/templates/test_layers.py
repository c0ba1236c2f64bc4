"""Layers against dense circuits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qgate.exceptions import InvalidParameters
from qgate.operations.controlled import CZ
from qgate.operations.rotations import RY
from qgate.operations.slots import Affine
from qgate.templates.layers import (
    BasicEntanglerLayers,
    RandomLayers,
    SimplifiedTwoDesign,
    StronglyEntanglingLayers,
)


def weights_of(*shape, seed=7):
    return np.random.default_rng(seed).uniform(-3, 3, shape)


def rot(circuit, angles, wire):
    for letter, angle in zip("ZYZ", angles, strict=True):
        circuit.rotate(letter, angle, wire)


# StronglyEntanglingLayers ---------------------------------------------------------------


def test_strong_layers_of_three_wires_take_the_ranges_one_and_two_in_turn(dense):
    weights, expected = weights_of(3, 3, 3), dense(3)

    for layer, reach in enumerate([1, 2, 1]):
        for wire in range(3):
            rot(expected, weights[layer, wire], wire)
        for wire in range(3):
            expected.apply("CNOT", wire, (wire + reach) % 3)

    found = StronglyEntanglingLayers(weights, wires=range(3)).matrix()
    np.testing.assert_allclose(found, expected.matrix, atol=1e-12)


def test_strong_layers_take_given_ranges_and_entangler(dense):
    weights, expected = weights_of(1, 4, 3), dense(4)

    for wire in range(4):
        rot(expected, weights[0, wire], wire)
    for wire in range(4):
        expected.apply("CZ", wire, (wire + 3) % 4)

    for entangler in (CZ, "CZ"):
        found = StronglyEntanglingLayers(weights, list("abcd"), ranges=[3], imprimitive=entangler)
        np.testing.assert_allclose(found.matrix(), expected.matrix, atol=1e-12)


def test_strong_layers_on_one_wire_only_rotate(dense):
    weights, expected = weights_of(2, 1, 3), dense(1)

    for layer in range(2):
        rot(expected, weights[layer, 0], 0)

    found = StronglyEntanglingLayers(weights, wires="a").matrix()
    np.testing.assert_allclose(found, expected.matrix, atol=1e-12)


@given(layers=st.integers(0, 4), n=st.integers(1, 5))
@settings(deadline=None, max_examples=20)
def test_strong_layers_of_the_shape_they_ask_for_use_every_slot_once(layers, n):
    shape = StronglyEntanglingLayers.shape(n_layers=layers, n_wires=n)
    slots = np.array([Affine.slot(k) for k in range(int(np.prod(shape)))], dtype=object)

    template = StronglyEntanglingLayers(slots.reshape(shape), wires=range(n))

    used = [angle for gate in template.decomposition() for angle in gate.parameters]
    assert shape == (layers, n, 3)
    assert used == list(slots)


@pytest.mark.parametrize("shape", [(3, 3), (1, 4, 3), (1, 3, 2), (1, 1, 1, 3, 3)])
def test_strong_layers_say_which_shape_was_given_and_which_is_wanted(shape):
    with pytest.raises(InvalidParameters, match=r"shape \(") as error:
        StronglyEntanglingLayers(np.ones(shape), wires=range(3))

    assert str(shape) in str(error.value)
    assert "(n_layers, 3, 3)" in str(error.value)


@pytest.mark.parametrize("ranges", [[1], [0, 1], [3, 1], [1, 1, 1]])
def test_strong_layers_refuse_ranges_that_do_not_fit(ranges):
    with pytest.raises(InvalidParameters, match="one range for each layer"):
        StronglyEntanglingLayers(np.ones((2, 3, 3)), wires=range(3), ranges=ranges)


def test_an_unknown_entangler_is_refused_with_a_near_name():
    with pytest.raises(InvalidParameters, match="CNOT"):
        StronglyEntanglingLayers(np.ones((1, 2, 3)), wires=range(2), imprimitive="CNOTT")


# BasicEntanglerLayers -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "pairs"),
    [(1, []), (2, [(0, 1)]), (3, [(0, 1), (1, 2), (2, 0)])],
)
def test_basic_layers_entangle_on_a_ring_with_each_pair_once(dense, n, pairs):
    weights, expected = weights_of(2, n), dense(n)

    for layer in range(2):
        for wire in range(n):
            expected.rotate("X", weights[layer, wire], wire)
        for pair in pairs:
            expected.apply("CNOT", *pair)

    found = BasicEntanglerLayers(weights, wires=range(n)).matrix()
    np.testing.assert_allclose(found, expected.matrix, atol=1e-12)


@pytest.mark.parametrize("rotation", [RY, "RY", "Y"])
def test_basic_layers_take_another_rotation(dense, rotation):
    expected = dense(2).rotate("Y", 0.3, 0).rotate("Y", 0.4, 1).apply("CNOT", 0, 1)

    found = BasicEntanglerLayers([[0.3, 0.4]], wires=["a", "b"], rotation=rotation).matrix()

    np.testing.assert_allclose(found, expected.matrix, atol=1e-12)


def test_basic_layers_refuse_weights_of_another_shape():
    with pytest.raises(InvalidParameters, match=r"shape \(2, 4\).*\(n_layers, 3\)"):
        BasicEntanglerLayers(np.ones((2, 4)), wires=range(3))

    assert BasicEntanglerLayers.shape(n_layers=2, n_wires=3) == (2, 3)


# SimplifiedTwoDesign --------------------------------------------------------------------


def test_the_two_design_puts_even_pairs_before_odd_ones(dense):
    first, weights = weights_of(5), weights_of(2, 4, 2)
    expected = dense(5)

    for wire in range(5):
        expected.rotate("Y", first[wire], wire)
    for layer in range(2):
        for index, (i, j) in enumerate([(0, 1), (2, 3), (1, 2), (3, 4)]):
            expected.apply("CZ", i, j)
            expected.rotate("Y", weights[layer, index, 0], i)
            expected.rotate("Y", weights[layer, index, 1], j)

    found = SimplifiedTwoDesign(first, weights, wires=range(5)).matrix()
    np.testing.assert_allclose(found, expected.matrix, atol=1e-12)


def test_the_two_design_on_one_wire_is_one_rotation(dense):
    found = SimplifiedTwoDesign([0.4], [0.1, 0.2], wires=0)

    np.testing.assert_allclose(found.matrix(), dense(1).rotate("Y", 0.4, 0).matrix, atol=1e-12)
    assert SimplifiedTwoDesign.shape(n_layers=2, n_wires=1) == [(1,), (2,)]
    assert SimplifiedTwoDesign.shape(n_layers=2, n_wires=3) == [(3,), (2, 2, 2)]


def test_the_two_design_names_the_weights_of_the_wrong_shape():
    with pytest.raises(InvalidParameters, match=r"initial_layer_weights of shape \(2,\)"):
        SimplifiedTwoDesign(np.ones(2), np.ones((1, 2, 2)), wires=range(3))
    with pytest.raises(InvalidParameters, match=r"weights of shape \(1, 3, 2\).*2, 2\)"):
        SimplifiedTwoDesign(np.ones(3), np.ones((1, 3, 2)), wires=range(3))


# RandomLayers ---------------------------------------------------------------------------


@given(seed=st.integers(0, 100), n=st.integers(1, 4), ratio=st.floats(0, 0.9))
@settings(deadline=None, max_examples=30)
def test_random_layers_are_the_same_for_the_same_seed_and_use_every_weight_once(seed, n, ratio):
    weights = weights_of(*RandomLayers.shape(n_layers=2, n_rotations=3))

    one, two = (
        RandomLayers(weights, range(n), ratio_imprim=ratio, seed=seed).decomposition()
        for _ in range(2)
    )

    assert one == two
    assert [gate.parameters[0] for gate in one if gate.parameters] == weights.ravel().tolist()


def test_random_layers_entangle_about_as_often_as_asked():
    gates = RandomLayers(np.ones((1, 2000)), range(3), ratio_imprim=0.3, seed=5).decomposition()

    share = sum(gate.name == "CNOT" for gate in gates) / len(gates)

    assert abs(share - 0.3) < 5 * np.sqrt(0.3 * 0.7 / len(gates))


def test_random_layers_take_other_gates():
    gates = RandomLayers(
        np.ones((1, 40)), range(2), imprimitive="CZ", rotations=["RY"], seed=1
    ).decomposition()

    assert {gate.name for gate in gates} == {"CZ", "RY"}


def test_random_layers_without_a_seed_differ_but_keep_their_circuit():
    one, two = (RandomLayers(np.ones((1, 50)), range(3), seed=None) for _ in range(2))

    assert one.decomposition() == one.decomposition()
    assert one.signature != two.signature


@pytest.mark.parametrize("ratio", [-0.1, 1.0])
def test_random_layers_refuse_a_ratio_that_is_no_probability_below_one(ratio):
    with pytest.raises(InvalidParameters, match="probability"):
        RandomLayers(np.ones((1, 2)), range(2), ratio_imprim=ratio)
