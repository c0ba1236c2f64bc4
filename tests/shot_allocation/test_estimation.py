"""Finite differences within a budget: their steps, points and costs."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.devices.local.device import LOCAL, LocalDevice
from qgate.exceptions import FewShotsWarning, InvalidDifferenceRule
from qgate.gradients.difference_rules import sensible_step
from qgate.prices import Rate

X = qnp.array([0.4, -0.7, 1.1], requires_grad=True)
OBSERVABLE = qg.Hamiltonian(
    [0.5, -0.8, 0.3, 0.6, 0.2],
    [qg.Z(0), qg.Z(0) @ qg.Z(1), qg.X(0) @ qg.X(1), qg.Y(1), qg.X(1) @ qg.Z(2)],
)


def circuit(x):
    qg.RY(x[0], 0)
    qg.CNOT([0, 1])
    qg.RX(2 * x[1], 1)
    qg.SingleExcitation(x[2], wires=[1, 2])
    return qg.expval(OBSERVABLE)


TRUTH = np.asarray(qg.grad(qg.QNode(circuit, "local"))(X))


def node(method="finite-diff", device=None, **options):
    chosen = qg.device("local", seed=3) if device is None else device
    return qg.QNode(circuit, chosen, diff_method=method, gradient_kwargs=options)


def found(budget, method="finite-diff", **options):
    return qg.gradient_estimate(node(method, **options), budget=budget)(X)


def mean_squared_error(shots, runs, **options):
    of = node(**options)
    gradients = [qg.gradient_estimate(of, budget=shots)(X).gradient for _ in range(runs)]
    return np.mean(np.sum((np.array(gradients) - TRUTH) ** 2, axis=1))


@pytest.mark.parametrize("method", ["finite-diff", "spsa"])
@pytest.mark.parametrize("shots", [1, 7, 60, 900, 20_000])
def test_the_budget_covers_what_finds_the_steps(method, shots):
    with qg.Tracker() as tracker, warnings.catch_warnings():
        warnings.simplefilter("ignore", FewShotsWarning)
        estimate = found(shots, method)

    assert tracker.totals["shots"] == estimate.shots <= shots
    assert tracker.totals["submissions"] == estimate.submissions <= 3
    assert estimate.rounds <= 3
    assert estimate.biased
    assert "radians" in str(estimate)


def test_a_gradient_is_taken_within_the_same_budget():
    of = node().update(shots=qg.Budget(shots=20_000))

    with qg.Tracker() as tracker:
        gradient = qg.grad(of)(X)

    assert 15_000 < tracker.totals["shots"] <= 20_000
    assert tracker.totals["submissions"] == 3
    np.testing.assert_allclose(gradient, TRUTH, atol=0.3)


@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_no_more_rounds_are_taken_than_are_allowed(rounds):
    estimate = found(qg.Budget(shots=20_000, rounds=rounds))

    assert estimate.rounds == estimate.submissions == rounds
    assert estimate.differences.source == ("words" if rounds == 1 else "shots")


def test_more_shots_allow_smaller_steps():
    steps = [found(shots).differences.steps for shots in (200, 4000, 100_000)]

    assert (steps[0] > steps[1]).all()
    assert (steps[1] > steps[2]).all()


def test_the_curvature_is_read_from_shots():
    """Of a rotation it is the derivative, and 2 x is a rotation of frequency 1 in its angle."""
    of = node()

    seen = [qg.gradient_estimate(of, budget=10**6)(X).differences.curvatures for _ in range(20)]

    means, errors = np.mean(seen, axis=0), np.std(seen, axis=0) / 20**0.5
    slope = abs(TRUTH[1]) / 2
    assert 0.8 * slope - 4 * errors[1] < means[1] < slope + 4 * errors[1]
    assert means[0] < 0.3  # the weights of the Pauli words suggest 1


def test_the_bias_that_is_told_is_about_the_one_there_is():
    of = node()
    estimates = [qg.gradient_estimate(of, budget=50_000)(X) for _ in range(100)]

    off = np.mean([each.gradient for each in estimates], axis=0) - TRUTH
    told = np.mean([(each.differences.bias**2).sum() for each in estimates])
    assert (off**2).sum() / 3 < told < 3 * (off**2).sum()


@pytest.mark.parametrize("shots", [400, 4000, 40_000])
def test_the_error_is_smaller_than_with_steps_from_shots_alone(shots):
    alone = sensible_step(shots // 6)

    chosen = mean_squared_error(shots, 60)

    assert chosen < mean_squared_error(shots, 60, h=alone, strategy="forward", approx_order=1) / 2


def test_the_error_is_near_that_of_the_best_step():
    shots = 4000
    errors = [
        mean_squared_error(shots, 50, h=step, strategy="center", approx_order=2)
        for step in (0.4, 0.6, 0.9)
    ]

    assert mean_squared_error(shots, 50) < 1.5 * min(errors)


def test_steps_that_are_given_are_used():
    for given in (0.25, [0.1, 0.2, 0.3]):
        estimate = found(3000, h=given, strategy="center", approx_order=2)

        np.testing.assert_array_equal(estimate.differences.steps, np.broadcast_to(given, 3))
        assert estimate.differences.source == "words"
        assert estimate.biased
    with pytest.raises(InvalidDifferenceRule, match="no step for 3 trained angles"):
        found(3000, h=[0.1, 0.2])


def test_dollars_buy_the_shots_that_steps_are_for():
    class Priced(LocalDevice):
        capabilities = replace(LOCAL, max_rows=10, equal_shots=True)
        rate = Rate(per_task_usd=0.3, per_shot_usd=0.01, source="a list", date="2026-11-25")

    few, many = (
        qg.gradient_estimate(node(device=Priced(seed=4)), budget=qg.Budget(usd=usd))(X)
        for usd in (5, 200)
    )

    assert few.usd <= 5 < many.usd <= 200
    assert (few.differences.steps > many.differences.steps).all()


def test_equal_seeds_give_equal_directions():
    signs = [np.sign(found(50_000, "spsa", sampler_rng=1).gradient) for _ in range(5)]

    np.testing.assert_array_equal(signs, signs[:1] * 5)


def test_directions_are_right_on_average():
    of = node("spsa", sampler_rng=np.random.default_rng(2))
    estimates = [qg.gradient_estimate(of, budget=20_000)(X) for _ in range(200)]

    gradients = np.array([each.gradient for each in estimates])
    errors = gradients.std(axis=0) / len(gradients) ** 0.5
    bias = np.mean([each.differences.bias for each in estimates], axis=0)
    assert (np.abs(gradients.mean(axis=0) - TRUTH) < 4 * errors + bias).all()


def test_shift_rules_take_no_differences():
    estimate = found(2000, "parameter-shift")

    assert estimate.differences is None
    assert not estimate.biased


@pytest.mark.parametrize("factor", [2, 4])
def test_steps_are_inversely_proportional_to_the_frequency(factor):
    def steps(frequency):
        def circuit(x):
            qg.evolve(frequency / 2 * qg.X(0), x)
            return qg.expval(qg.Z(0))

        node = qg.QNode(circuit, "local?seed=1", diff_method="finite-diff")
        budget = qg.Budget(shots=10_000, rounds=1)
        found = qg.gradient_estimate(node, budget=budget)(qnp.array(0.3, requires_grad=True))
        return found.differences.steps

    assert steps(factor) == pytest.approx(steps(1) / factor)
