"""Estimates with mitigation: errors, usage, repetition, wrong input."""

from dataclasses import replace

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as pnp
from qgate.exceptions import InvalidMitigation, UnsupportedEstimate

X = pnp.array([0.3, -0.2], requires_grad=True)


def chain(x):
    qg.RY(x[0], wires=0)
    qg.CNOT(wires=[0, 1])
    qg.RY(x[1], wires=1)
    qg.CNOT(wires=[1, 2])
    return qg.expval(qg.Z(0) @ qg.Z(2) + 0.5 * qg.X(1))


@pytest.fixture
def noisy():
    channel = qg.noise.partial_wires(qg.DepolarizingChannel, 0.05)
    model = qg.NoiseModel({qg.noise.op_eq("CNOT"): channel})
    return qg.device("local", noise=model, seed=11)


@pytest.fixture
def exact():
    return qg.QNode(chain, "local")


@pytest.mark.parametrize("method", ["zne", "learned"])
def test_values_and_gradients_come_nearer_to_those_without_noise(noisy, exact, method):
    node = qg.QNode(chain, noisy, shots=qg.Budget(shots=2_000_000), diff_method="parameter-shift")
    better = node.update(mitigation=method)
    right, slopes = exact(X), np.asarray(qg.grad(exact)(X))
    assert abs(better(X) - right) < 0.5 * abs(node(X) - right)
    off, raw = (np.linalg.norm(qg.grad(each)(X) - slopes) for each in (better, node))
    assert off < 0.6 * raw


@pytest.mark.parametrize("method", ["zne", "learned"])
def test_the_budget_is_kept_in_one_submission(noisy, method):
    node = qg.QNode(chain, noisy, shots=qg.Budget(shots=5_000), mitigation=method)
    found = qg.gradient_estimate(node)(X)
    assert found.shots <= 5_000
    assert found.submissions == 1
    assert found.systematic_error.shape == found.standard_error.shape == (2,)
    assert found.mitigation is not None


def test_an_unknown_method_is_refused(noisy):
    with pytest.raises(InvalidMitigation, match="Did you mean 'zne'"):
        qg.QNode(chain, noisy, shots=10, mitigation="zen")
    with pytest.raises(InvalidMitigation, match="neither a name nor a method"):
        qg.QNode(chain, noisy, shots=10, mitigation=3)


def test_mitigation_without_shots_is_refused(noisy):
    with pytest.raises(UnsupportedEstimate, match="'zne' without shots"):
        qg.QNode(chain, noisy, shots=None, mitigation="zne")
    with pytest.raises(UnsupportedEstimate, match="'zne' with a shot vector"):
        qg.QNode(chain, noisy, shots=(10, 20), mitigation="zne")


def test_a_training_stops_at_the_floor_and_shows_both_errors(noisy):
    node = qg.QNode(chain, noisy, shots=qg.Budget(shots=200_000), mitigation="zne")
    gradient = qg.gradient_estimate(node)

    def rough(x):
        found = gradient(x)
        errors = np.full_like(found.mitigation.systematic_error, 10.0)
        return replace(found, mitigation=replace(found.mitigation, systematic_error=errors))

    found = qg.minimize(node, X, estimate=rough, steps=5)
    assert found.reason == "floor"
    assert "(shots) ± 10.000000 (noise) after 2 steps (floor: " in str(found)
    assert "more shots do not help" in str(found)
    assert found.history.systematic_errors == pytest.approx([10.0, 10.0])
    assert [text.get_text() for text in found.plot().get_legend().get_texts()] == ["shots", "total"]
    estimate = rough(X)
    assert "(shots) ± 10.000000 (noise)" in str(estimate)
    assert "(noise)" in estimate._repr_html_()
    assert len(estimate.plot().axes[0].get_legend().get_texts()) == 2


def test_a_value_has_both_errors(noisy):
    found = qg.estimate(qg.QNode(chain, noisy, shots=qg.Budget(shots=20_000), mitigation="zne"))(X)
    assert found.total_error == pytest.approx(
        np.hypot(found.standard_error, found.systematic_error)
    )
    assert "(shots) ±" in str(found)


@pytest.mark.parametrize("method", ["readout", "zne", "learned", "auto"])
def test_a_plan_has_the_shots_and_submissions_of_the_run(noisy, method):
    node = qg.QNode(chain, noisy, shots=qg.Budget(shots=4_000), mitigation=method)
    for each in (qg.estimate(node), qg.gradient_estimate(node)):
        plan = qg.plan(each)(X)
        found = each(X)
        assert sum(entry.shots for entry in plan.entries) == found.shots
        assert len(plan.entries) == found.submissions
    assert qg.plan(qg.grad(node))(X).shots <= 4_000


@pytest.mark.parametrize("method", ["zne", "learned", "auto"])
def test_a_training_that_ended_early_resumes_to_the_same_bits_and_buys_nothing_twice(
    noisy, method, tmp_path
):
    node = qg.QNode(chain, noisy, shots=qg.Budget(shots=20_000), mitigation=method)

    def train(steps):
        with qg.Tracker(noisy) as tracker, qg.run("training", tmp_path / "runs.db"):
            found = [qg.gradient_estimate(node)(X + 0.1 * step) for step in range(steps)]
        bits = [each.flat.tobytes() + np.asarray(each.total_error).tobytes() for each in found]
        return bits, tracker.totals["submissions"]

    first, bought = train(1)
    whole, rest = train(2)
    assert (bought, rest) == (1, 1)
    assert whole[:1] == first
    assert train(2) == (whole, 0)


def test_a_batch_has_both_errors_for_each_row(noisy):
    node = qg.QNode(chain, noisy, shots=qg.Budget(shots=20_000), mitigation="zne")
    batch = pnp.array([[0.1, 0.2, 0.3], [0.2, 0.3, 0.4]], requires_grad=True)
    assert node(batch).shape == qg.estimate(node)(batch).total_error.shape == (3,)
    assert qg.jacobian(node)(batch).shape == (3, 2, 3)
