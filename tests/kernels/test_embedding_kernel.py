"""Kernel of an embedding circuit."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import InvalidParameters

POINTS = np.random.default_rng(5).uniform(-1, 1, (4, 2))
WEIGHTS = qnp.array([0.4, -0.7], requires_grad=True)


def embed(x, weights=(0.0, 0.0)):
    qg.AngleEmbedding(x, wires=["a", "b"])
    qg.AngleEmbedding(weights, wires=["a", "b"], rotation="Y")
    qg.CNOT(["a", "b"])
    qg.AngleEmbedding(x, wires=["a", "b"], rotation="Z")


def states(X, weights):
    @qg.qnode(qg.device("local", wires=["a", "b"]))
    def circuit(x):
        embed(x, weights)
        return qg.state()

    return np.array([circuit(x) for x in X])


def test_values_are_squared_overlaps_of_the_embedded_states():
    kernel = qg.kernels.EmbeddingKernel(embed, "local")
    embedded = states(POINTS, WEIGHTS)
    wanted = abs(embedded.conj() @ embedded.T) ** 2

    np.testing.assert_allclose(kernel(POINTS[0], POINTS[1], WEIGHTS), wanted[0, 1], atol=1e-12)
    np.testing.assert_allclose(kernel.square_kernel_matrix(POINTS, WEIGHTS), wanted, atol=1e-12)
    np.testing.assert_allclose(
        kernel.kernel_matrix(POINTS[:3], POINTS, WEIGHTS), wanted[:3], atol=1e-12
    )
    labels = [1, 1, -1, -1]
    assert kernel.polarity(POINTS, labels, WEIGHTS) == pytest.approx(
        qg.kernels.polarity(POINTS, labels, lambda x, y: kernel(x, y, WEIGHTS))
    )


@pytest.mark.parametrize(("options", "circuits"), [({}, 4), ({"diff_method": "spsa"}, 6)])
def test_exact_matrices_need_one_circuit_for_each_point(options, circuits):
    device = qg.device("local")

    with qg.Tracker(device) as tracker:
        qg.kernels.EmbeddingKernel(embed, device, **options).square_kernel_matrix(POINTS)

    assert tracker.totals["executions"] == circuits


def test_circuits_whose_wires_depend_on_the_data_are_compared_pair_by_pair():
    def ansatz(x):
        for wire in ("a", "b") if x > 0 else ("b", "a"):
            qg.RX(x if wire == "a" else 2 * x, wires=wire)

    kernel = qg.kernels.EmbeddingKernel(ansatz, "local")
    points = np.array([-0.3, 0.4])

    difference = np.cos(0.35) ** 2 * np.cos(0.7) ** 2
    np.testing.assert_allclose(
        kernel.square_kernel_matrix(points), [[1, difference], [difference, 1]]
    )


@pytest.mark.parametrize("method", ["best", "parameter-shift"])
def test_the_alignment_is_differentiated_in_one_submission(method):
    device = qg.device("local")
    kernel = qg.kernels.EmbeddingKernel(embed, device, diff_method=method)

    def align(weights):
        return kernel.target_alignment(POINTS, [1, 1, -1, -1], weights)

    direction, h = np.array([0.6, 0.8]), 1e-5
    with qg.Tracker(device) as tracker:
        gradient = qg.grad(align)(WEIGHTS)

    difference = (align(WEIGHTS + h * direction) - align(WEIGHTS - h * direction)) / (2 * h)
    assert gradient @ direction == pytest.approx(difference, abs=1e-8)
    assert tracker.totals["submissions"] == 1


def test_options_are_those_of_the_qnode():
    kernel = qg.kernels.EmbeddingKernel(embed, "local?seed=2", shots=100, diff_method="spsa")

    assert kernel.qnode.shots.total_shots == 100
    assert "spsa" in repr(kernel)
    assert (100 * kernel(POINTS[0], POINTS[1])) % 1 == pytest.approx(0)


def test_an_ansatz_has_to_be_a_function():
    with pytest.raises(InvalidParameters, match="ansatz=3"):
        qg.kernels.EmbeddingKernel(3, "local")


def test_a_point_with_rows_has_a_matrix_for_each():
    rows = np.array([[0.1, 0.2], [0.3, 0.4]])

    found = qg.kernels.EmbeddingKernel(lambda x: qg.RX(x[0], 0), "local").kernel_matrix(
        [rows], [rows + 0.2]
    )

    np.testing.assert_allclose(found, np.full((2, 1, 1), np.cos(0.1) ** 2))


def test_several_numbers_of_shots_are_refused():
    kernel = qg.kernels.EmbeddingKernel(embed, "local", shots=[10, 20])

    with pytest.raises(InvalidParameters, match="Give one number of shots"):
        kernel.kernel_matrix(POINTS, POINTS)
