"""Embeddings of angles against dense circuits; embeddings in states."""

from __future__ import annotations

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qgate.exceptions import InvalidParameters, WireError
from qgate.operations.matrices import circuit_matrix
from qgate.operations.rotations import RZ
from qgate.operations.state_preparation import BasisState, StatePrep
from qgate.templates.embeddings import (
    AmplitudeEmbedding,
    AngleEmbedding,
    BasisEmbedding,
    IQPEmbedding,
    QAOAEmbedding,
)

FEATURES = np.array([0.3, -0.8, 1.1])


# AngleEmbedding -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rotation", "letter"), [("X", "X"), ("Y", "Y"), ("Z", "Z"), (RZ, "Z"), ("RY", "Y")]
)
def test_features_turn_the_first_wires(dense, rotation, letter):
    expected = dense(3).rotate(letter, 0.3, 0).rotate(letter, -0.8, 1).matrix

    template = AngleEmbedding(FEATURES[:2], wires=range(3), rotation=rotation)

    assert list(template.wires) == [0, 1]
    np.testing.assert_allclose(template.matrix(range(3)), expected, atol=1e-12)


def test_rotation_x_is_the_default():
    assert AngleEmbedding([0.3], wires=0).decomposition()[0].name == "RX"


@given(batch=st.integers(1, 4), count=st.integers(1, 3))
@settings(deadline=None, max_examples=15)
def test_a_batch_of_features_is_a_batch_of_circuits(batch, count):
    features = np.random.default_rng(batch).uniform(-3, 3, (batch, count))

    template = AngleEmbedding(features, wires=range(3))

    assert template.batch_size == batch
    single = [AngleEmbedding(row, wires=range(3)).matrix() for row in features]
    np.testing.assert_allclose(template.matrix(), single, atol=1e-12)


@pytest.mark.parametrize("template", [AngleEmbedding, QAOAEmbedding])
def test_more_features_than_wires_are_refused(template):
    weights = [np.ones((1, 3))] if template is QAOAEmbedding else []

    with pytest.raises(InvalidParameters, match="3 features and 2 wires"):
        template(FEATURES, *weights, wires=range(2))


def test_an_unknown_rotation_is_refused():
    with pytest.raises(InvalidParameters, match="no gate 'W'"):
        AngleEmbedding(FEATURES, wires=range(3), rotation="W")


# IQPEmbedding ---------------------------------------------------------------------------


def iqp(dense, features, repeats, pairs):
    circuit = dense(3)
    for _ in range(repeats):
        for wire in range(3):
            circuit.apply("H", wire).rotate("Z", features[wire], wire)
        for i, j in pairs:
            circuit.rotate("ZZ", features[i] * features[j], i, j)
    return circuit.matrix


def test_iqp_embedding_turns_all_pairs_by_products_of_features(dense):
    expected = iqp(dense, FEATURES, 2, [(0, 1), (0, 2), (1, 2)])

    found = IQPEmbedding(FEATURES, wires=range(3), n_repeats=2).matrix()

    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_iqp_embedding_takes_a_pattern_of_wires(dense):
    expected = iqp(dense, FEATURES, 1, [(0, 2), (1, 0)])

    template = IQPEmbedding(FEATURES, wires=list("abc"), pattern=[["a", "c"], ["b", "a"]])

    np.testing.assert_allclose(template.matrix(), expected, atol=1e-12)
    renamed = template.map_wires({"a": 5})
    np.testing.assert_allclose(renamed.matrix([5, "b", "c"]), expected, atol=1e-12)


def test_iqp_embedding_is_linear_in_features_and_products(angles_of):
    angles = angles_of(IQPEmbedding(FEATURES, wires=range(3), n_repeats=2))

    assert len(angles) == 12
    assert {angle.terms for angle in angles} == {((slot, 1.0),) for slot in range(6)}


def test_the_derivative_of_an_iqp_embedding_reaches_the_features():
    def overlap(features):
        return anp.real(IQPEmbedding(features, wires=range(3)).matrix()[1, 0])

    direction, step = np.array([0.2, -0.7, 0.4]), 1e-6
    expected = (overlap(FEATURES + step * direction) - overlap(FEATURES - step * direction)) / (
        2 * step
    )

    assert autograd.grad(overlap)(FEATURES) @ direction == pytest.approx(expected, abs=1e-8)


def test_a_batch_of_iqp_features_is_a_batch_of_circuits(dense):
    features = np.stack([FEATURES, 2 * FEATURES])

    template = IQPEmbedding(features, wires=range(3))

    expected = [iqp(dense, row, 1, [(0, 1), (0, 2), (1, 2)]) for row in features]
    assert template.batch_size == 2
    np.testing.assert_allclose(template.matrix(), expected, atol=1e-12)


def test_iqp_embedding_without_pairs_only_turns_single_wires(dense):
    expected = dense(1).apply("H", 0).rotate("Z", 0.3, 0).matrix

    np.testing.assert_allclose(IQPEmbedding([0.3], wires=0).matrix(), expected, atol=1e-12)


def test_iqp_embedding_refuses_other_features_and_unknown_wires():
    with pytest.raises(InvalidParameters, match=r"shape \(2,\).*\(3,\)"):
        IQPEmbedding(FEATURES[:2], wires=range(3))
    with pytest.raises(WireError, match="'z'"):
        IQPEmbedding(FEATURES, wires=range(3), pattern=[[0, "z"]])


# QAOAEmbedding --------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "pairs"), [(1, []), (2, [(0, 1)]), (3, [(0, 1), (1, 2), (2, 0)])])
@pytest.mark.parametrize("field", ["X", "Y", "Z"])
def test_qaoa_embedding_interleaves_features_and_weights(dense, n, pairs, field):
    weights = np.random.default_rng(n).uniform(-3, 3, QAOAEmbedding.shape(2, n))
    features, circuit = FEATURES[: min(n, 2)], dense(n)

    def encode():
        for wire in range(n):
            if wire < len(features):
                circuit.rotate("X", features[wire], wire)
            else:
                circuit.apply("H", wire)

    for layer in weights:
        encode()
        for angle, pair in zip(layer, pairs, strict=False):
            circuit.rotate("ZZ", angle, *pair)
        for wire in range(n):
            circuit.rotate(field, layer[len(pairs) + wire], wire)
    encode()

    found = QAOAEmbedding(features, weights, wires=range(n), local_field=field).matrix()
    np.testing.assert_allclose(found, circuit.matrix, atol=1e-12)


def test_qaoa_embedding_says_the_shape_of_its_weights():
    assert [QAOAEmbedding.shape(2, n) for n in (1, 2, 3, 4)] == [(2, 1), (2, 3), (2, 6), (2, 8)]
    assert QAOAEmbedding.shape(2, 3, n_broadcast=5) == (5, 2, 6)
    with pytest.raises(InvalidParameters, match=r"shape \(2, 4\).*\(n_layers, 3\)"):
        QAOAEmbedding(FEATURES[:2], np.ones((2, 4)), wires=range(2))


def test_a_batch_of_features_shares_weights():
    weights, features = np.ones((1, 3)), np.array([[0.1, 0.2], [0.3, 0.4]])

    template = QAOAEmbedding(features, weights, wires=range(2))

    single = [QAOAEmbedding(row, weights, wires=range(2)).matrix() for row in features]
    assert template.batch_size == 2
    np.testing.assert_allclose(template.matrix(), single, atol=1e-12)


def test_the_field_of_a_qaoa_embedding_is_y_unless_said_otherwise():
    gates = QAOAEmbedding([0.1], [[0.2]], wires=0).decomposition()

    assert [gate.name for gate in gates] == ["RX", "RY", "RX"]


# BasisEmbedding, AmplitudeEmbedding ----------------------------------------------------


def prepared(template):
    """Return the state that the gates prepare from the state zero."""
    return circuit_matrix(template.decomposition(), template.wires)[:, 0]


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
    np.testing.assert_allclose(template.state_vector().ravel(), expected)
    np.testing.assert_allclose(prepared(template), expected, atol=1e-12)


def test_amplitudes_that_do_not_fit_are_refused():
    with pytest.raises(InvalidParameters, match=r"\(3,\).*\(4,\)"):
        AmplitudeEmbedding([1, 0, 0], wires=range(2))
    with pytest.raises(InvalidParameters, match=r"norm 1\.41421"):
        AmplitudeEmbedding([1, 0, 0, 1], wires=range(2))


def test_older_name_of_the_padding_works_with_a_warning():
    with pytest.warns(DeprecationWarning, match="pad_with="):
        older = AmplitudeEmbedding([1.0], wires=[0], pad=0, normalize=True)

    assert older == AmplitudeEmbedding([1.0], wires=[0], pad_with=0, normalize=True)
