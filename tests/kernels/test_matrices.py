"""Matrices of kernels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import BudgetExceeded, InvalidParameters

POINTS = np.random.default_rng(3).uniform(-1, 1, (4, 2))


def overlap_on(device, **options):
    """Return the kernel of products of two qubits turned about x, as a user writes it."""

    @qg.qnode(device, **options)
    def circuit(x, y):
        qg.AngleEmbedding(x, wires=range(2))
        qg.adjoint(qg.AngleEmbedding)(y, wires=range(2))
        return qg.probs(wires=range(2))

    return lambda x, y: circuit(x, y)[0]


def closed_form(X, Y):
    """Return the matrix of products of cos((x - y) / 2)**2."""
    return np.prod(np.cos((X[:, None] - Y[None]) / 2) ** 2, axis=-1)


@settings(max_examples=15)
@given(count=st.integers(1, 5), other=st.integers(1, 4), seed=st.integers(0, 99))
def test_matrices_have_the_closed_form(count, other, seed):
    rng = np.random.default_rng(seed)
    X, Y = rng.uniform(-2, 2, (count, 2)), rng.uniform(-2, 2, (other, 2))
    kernel = overlap_on("local")

    for normalized in (False, True):
        square = qg.kernels.square_kernel_matrix(X, kernel, normalized)
        np.testing.assert_allclose(square, closed_form(X, X), atol=1e-12)
    np.testing.assert_allclose(
        qg.kernels.kernel_matrix(X, Y, kernel), closed_form(X, Y), atol=1e-12
    )


@pytest.mark.parametrize("name", ["local", "qiskit:aer", "braket:local"])
def test_a_matrix_is_one_submission(name):
    device = qg.device(name, shots=400)
    kernel = overlap_on(device)

    with qg.Tracker(device) as tracker:
        square = qg.kernels.square_kernel_matrix(POINTS, kernel, assume_normalized_kernel=True)
    assert tracker.totals == {"submissions": 1, "batches": 1, "executions": 6, "shots": 2400}
    with qg.Tracker(device) as tracker:
        other = qg.kernels.kernel_matrix(POINTS[:2], POINTS, kernel)
    assert tracker.totals["submissions"] == 1

    for found, wanted in (
        (square, closed_form(POINTS, POINTS)),
        (other, closed_form(POINTS[:2], POINTS)),
    ):
        error = np.sqrt(wanted * (1 - wanted) / 400)
        assert np.all(abs(found - wanted) <= 5 * error + 1e-12)


def test_a_kernel_with_a_batch_of_weights_gives_a_matrix_for_each():
    @qg.qnode("local")
    def circuit(x, y):
        qg.RX(np.array([1.0, 2.0, 3.0]) * (x - y), wires=0)
        return qg.probs(wires=0)

    X = np.array([0.1, 0.5])
    found = qg.kernels.kernel_matrix(X, X, lambda x, y: circuit(x, y)[:, 0])
    square = qg.kernels.square_kernel_matrix(X, lambda x, y: circuit(x, y)[:, 0], True)

    wanted = np.cos(np.array([1, 2, 3])[:, None, None] * (X[:, None] - X) / 2) ** 2
    np.testing.assert_allclose(found, wanted)
    np.testing.assert_allclose(square, wanted)


def test_a_matrix_is_planned_submitted_in_the_background_and_kept_within_a_budget(tmp_path):
    device = qg.device("local", shots=100, seed=1)
    kernel = overlap_on(device)

    plan = qg.plan(qg.kernels.square_kernel_matrix)(POINTS, kernel)
    assert (plan.submissions, plan.rows, plan.shots) == (1, 10, 1000)
    matrix = qg.submit(qg.kernels.square_kernel_matrix)(POINTS, kernel).result(timeout_s=60)
    assert matrix.shape == (4, 4)
    with qg.run("kernels", journal=tmp_path / "runs.db", budget=qg.Budget(shots=1500)) as run:
        qg.kernels.square_kernel_matrix(POINTS, kernel)
        with pytest.raises(BudgetExceeded):
            qg.kernels.kernel_matrix(POINTS, POINTS, kernel)
    assert [record.shots for record in run.records] == [1000]


def test_a_gradient_is_one_submission():
    device = qg.device("local")

    @qg.qnode(device, diff_method="parameter-shift")
    def circuit(x, y, scale):
        qg.RX(scale * x, wires=0)
        qg.RX(-scale * y, wires=0)
        return qg.expval(qg.Z(0))

    def total(scale):
        return qnp.sum(
            qg.kernels.kernel_matrix([0.1, 0.4], [0.2, 0.5], lambda x, y: circuit(x, y, scale))
        )

    with qg.Tracker(device) as tracker:
        slope = qg.grad(total)(qnp.array(0.7, requires_grad=True))

    differences = np.array([-0.1, -0.4, 0.2, -0.1])
    assert slope == pytest.approx(-np.sum(differences * np.sin(0.7 * differences)))
    assert tracker.totals["submissions"] == 1


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: qg.kernels.square_kernel_matrix([], overlap_on("local")), "X="),
        (lambda: qg.kernels.square_kernel_matrix(3.0, overlap_on("local")), "X=3.0"),
        (lambda: qg.kernels.kernel_matrix(POINTS, None, overlap_on("local")), "X2=None"),
        (lambda: qg.kernels.square_kernel_matrix(POINTS, 3), "kernel=3"),
        (lambda: qg.kernels.kernel_matrix([1], [1], lambda x, y: np.eye(2)), r"\(2, 2\)"),
        (lambda: qg.kernels.kernel_matrix([1], [1], lambda x, y: (x, y)), r"returned \(1, 1\)"),
        (lambda: qg.kernels.square_kernel_matrix([1], lambda x, y: None), "returned None"),
        (lambda: qg.kernels.kernel_matrix([1], [1, 2], lambda x, y: np.ones(y)), r"\(1,\)"),
    ],
)
def test_wrong_use_is_refused(call, text):
    with pytest.raises(InvalidParameters, match=text):
        call()
