"""Polarity and target alignment."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import InvalidParameters

POINTS, LABELS = np.array([0.1, 0.9, 1.3, 2.0, 2.1]), np.array([1, -1, 1, -1, -1])


def gaussian(x, y):
    return np.exp(-((x - y) ** 2))


@pytest.mark.parametrize("rescale", [True, False])
@pytest.mark.parametrize("normalize", [True, False])
def test_polarity_is_the_sum_over_all_pairs(rescale, normalize):
    weights = LABELS / np.where(LABELS == 1, 2, 3) if rescale else LABELS
    matrix = gaussian(POINTS[:, None], POINTS)
    wanted = weights @ matrix @ weights
    if normalize:
        wanted /= np.linalg.norm(matrix) * np.linalg.norm(weights) ** 2

    found = qg.kernels.polarity(POINTS, LABELS, gaussian, True, rescale, normalize)

    assert found == pytest.approx(wanted)
    if normalize:
        assert qg.kernels.target_alignment(
            POINTS, list(LABELS), gaussian, rescale_class_labels=rescale
        ) == pytest.approx(wanted)


def test_the_matrix_of_the_labels_is_aligned_with_them():
    found = qg.kernels.target_alignment(
        [1.0, -1.0, 1.0], [1, -1, 1], lambda x, y: x * y, rescale_class_labels=False
    )

    assert found == pytest.approx(1.0)


def test_training_separates_the_classes():
    kernel = qg.kernels.EmbeddingKernel(lambda x, scale: qg.RX(scale * x, wires=0), "local")
    points, labels = [-0.5, -0.4, 0.5, 0.6], [-1, -1, 1, 1]
    optimizer, scale = qg.AdamOptimizer(0.5), qnp.array(1.0, requires_grad=True)

    for _ in range(15):
        scale = optimizer.step(lambda s: -kernel.target_alignment(points, labels, s), scale)

    # Kernel values are not negative, so the best matrix has blocks of ones and zeros.
    assert 0.66 < kernel.target_alignment(points, labels, scale) < np.sqrt(0.5)


@pytest.mark.parametrize(
    "labels", [[1, -1], 3, [1, -1, 1, "a", 1], None, np.array(1), [1, [1], 1, 1, 1]]
)
def test_labels_that_do_not_fit_are_refused(labels):
    with pytest.raises(InvalidParameters, match="labels of 5 data points"):
        qg.kernels.polarity(POINTS, labels, gaussian)


@pytest.mark.parametrize(
    ("X", "options", "text"),
    [
        (3, {}, "X=3"),
        (qg.expval(qg.Z(0)), {}, "X=expval"),
        ([0.1, 0.2], {"normalize": np.zeros(2)}, "normalize="),
        ([0.1, 0.2], {"rescale_class_labels": np.zeros(2)}, "rescale_class_labels="),
        ([0.1, 0.2], {"assume_normalized_kernel": np.zeros(2)}, "assume_normalized_kernel="),
    ],
)
def test_wrong_arguments_of_the_polarity_are_refused(X, options, text):
    with pytest.raises(InvalidParameters, match=text):
        qg.kernels.polarity(X, [1, -1], lambda x, y: x * y, **options)
