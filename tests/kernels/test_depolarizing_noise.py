"""Kernel matrices corrected for depolarizing noise."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters

IDEAL = np.array([[1.0, 0.3, 0.5], [0.3, 1.0, 0.2], [0.5, 0.2, 1.0]])
"""Kernel matrix of two wires without noise."""


def noisy(rates):
    """Return the matrix after depolarizing noise with a rate for each embedding."""
    kept = np.outer(1 - np.array(rates), 1 - np.array(rates))
    return kept * IDEAL + (1 - kept) / 4


@pytest.mark.parametrize("method", ["single", "average", "split_channel"])
def test_uniform_noise_is_removed(method):
    found = qg.kernels.mitigate_depolarizing_noise(noisy([0.1, 0.1, 0.1]), 2, method)

    np.testing.assert_allclose(found, IDEAL, atol=1e-12)


def test_noise_that_differs_between_embeddings_is_removed_by_split_channel():
    found = qg.kernels.mitigate_depolarizing_noise(noisy([0.1, 0.2, 0.05]), 2, "split_channel")

    np.testing.assert_allclose(found, IDEAL, atol=1e-12)


def test_the_entries_to_use_can_be_chosen():
    matrix = noisy([0.0, 0.2, 0.2])

    for method, entries in (("single", [1]), ("average", (1, 2))):
        found = qg.kernels.mitigate_depolarizing_noise(matrix, 2, method, use_entries=entries)
        assert found[1, 2] == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((IDEAL, 2, "averag"), "Did you mean 'average'"),
        ((IDEAL, 2, None), "single, average, split_channel"),
        ((IDEAL, 0, "average"), "num_wires=0"),
        ((IDEAL, 2, "average", [3]), r"use_entries=\[3\]"),
        ((IDEAL, 2, "single", []), r"use_entries=\[\]"),
        ((IDEAL / 5, 2, "single"), "0.2"),
        ((IDEAL / 5, 2, "average"), "0.2"),
        ((IDEAL / 5, 2, "split_channel"), "0.2"),
        (("text", 2, "average"), "square matrix"),
    ],
)
def test_wrong_use_is_refused(arguments, text):
    with pytest.raises(InvalidParameters, match=text):
        qg.kernels.mitigate_depolarizing_noise(*arguments)
