"""Coupled cluster of generalized excitations against products of its factors."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters

RUNS = {
    0: [[0, 1, 2], [1, 2, 3], [2, 1, 0], [3, 2, 1]],
    1: [[1, 0], [1, 2], [3, 2, 1, 0], [3, 2]],
    -1: [[0, 1], [0, 1, 2, 3], [2, 1], [2, 3]],
}
"""Single excitations on four wires by the change of spin."""


@pytest.mark.parametrize("change", [0, 1, -1])
def test_each_product_has_doubles_then_singles(change):
    weights = np.random.default_rng(8).uniform(-1, 1, (2, 6))
    expected = [qg.BasisState([1, 1, 0, 0], wires=range(4))]
    for row in weights:
        expected += [
            qg.FermionicDoubleExcitation(row[4], wires1=[0, 1], wires2=[2, 3]),
            qg.FermionicDoubleExcitation(row[5], wires1=[2, 3], wires2=[0, 1]),
            *(qg.FermionicSingleExcitation(row[j], run) for j, run in enumerate(RUNS[change])),
        ]

    found = qg.kUpCCGSD(weights, range(4), k=2, delta_sz=change, init_state=[1, 1, 0, 0])

    assert found.decomposition() == expected


def test_excitations_conserve_particles():
    weights = np.random.default_rng(9).uniform(-1, 1, qg.kUpCCGSD.shape(1, 6, 0))
    device = qg.device("local", wires=6)

    @qg.qnode(device)
    def probabilities():
        qg.kUpCCGSD(weights, range(6), init_state=[1, 1, 0, 0, 0, 0])
        return qg.probs()

    outside = [number for number in range(64) if number.bit_count() != 2]
    np.testing.assert_allclose(probabilities()[outside], 0, atol=1e-12)


@pytest.mark.parametrize(
    ("k", "n", "change", "shape"), [(1, 4, 0, (1, 6)), (2, 6, 1, (2, 15)), (3, 6, -1, (3, 15))]
)
def test_shape_counts_the_excitations(k, n, change, shape):
    assert qg.kUpCCGSD.shape(k, n, change) == shape


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"k": 0}, "at least 1"),
        ({"k": 2}, "shape"),
        ({"delta_sz": 2}, "-1, 0 or 1"),
        ({"init_state": None}, "occupation"),
        ({"init_state": [1, 1]}, "state"),
        ({"wires": range(3)}, "even number"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(given, text):
    whole = {"weights": np.zeros((1, 6)), "wires": range(4), "init_state": [1, 1, 0, 0], **given}

    with pytest.raises(InvalidParameters, match=text):
        qg.kUpCCGSD(**whole)
