"""Shots are allocated by their expected gain."""

from __future__ import annotations

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qgate as qg
from qgate import numpy as np
from qgate.exceptions import InvalidOptimizerOption, UnsuitableObjective
from qgate.optimize.allocation import gcans, icans
from qgate.optimize.single_shots import Sampled

H = 0.5 * qg.X(0) @ qg.X(1) + 1.0 * qg.Z(0) - 0.7 * qg.Z(1) + 0.25 * qg.Y(0) + 3.0 * qg.I(0)


def circuit(x, y):
    qg.RX(x[0], wires=0)
    qg.SingleExcitation(x[1], wires=[0, 1])
    qg.RY(2 * y, wires=1)
    qg.RX(y, wires=0)
    return qg.expval(H)


def start():
    return np.array([0.4, -0.7]), np.array(1.1)


@pytest.mark.parametrize("sampling", [None, "weighted", "uniform"])
def test_slopes_and_values_from_shots_are_those_of_the_circuit(sampling):
    shots, args = 40_000, start()
    optimizer = qg.ShotAdaptiveOptimizer(
        shots, sampling, stepsize=0.01, allocation="auto" if sampling else "groups", seed=2
    )
    slopes = qg.grad(qg.QNode(circuit, "local"))(*args)

    found, cost = optimizer.step_and_cost(qg.QNode(circuit, "local?seed=4", shots=1), *args)

    means = numpy.concatenate([numpy.ravel(part) for part in slopes])
    steps = numpy.concatenate(
        [numpy.ravel(new - old) for new, old in zip(found, args, strict=True)]
    )
    errors = numpy.sqrt(optimizer.state.variance / (1 - optimizer.mu) / shots)
    assert numpy.all(numpy.abs(-steps / 0.01 - means) < 5 * errors)
    assert abs(cost - float(qg.QNode(circuit, "local")(*args))) < 5 * 2.5 / numpy.sqrt(shots)
    assert numpy.all(errors < 0.05)


@pytest.mark.parametrize("sampling", [None, "weighted"])
def test_the_variance_is_what_repeated_slopes_scatter_by(sampling):
    shots, repeats, args = 50, 150, start()
    node = qg.QNode(circuit, "local?seed=9", shots=1)
    optimizer = qg.ShotAdaptiveOptimizer(
        shots, sampling, stepsize=0.01, mu=0.0, allocation="auto" if sampling else "groups", seed=3
    )
    slopes, variances = [], []

    for _ in range(repeats):
        optimizer.state = qg.ShotAdaptiveOptimizer(shots, seed=len(slopes)).state
        optimizer.step(node, *args)
        slopes.append(optimizer.state.mean)
        variances.append(optimizer.state.variance / shots)

    ratio = numpy.var(slopes, axis=0, ddof=1) / numpy.mean(variances, axis=0)
    assert ratio == pytest.approx(numpy.ones(3), abs=5 * numpy.sqrt(2 / repeats))


def transcribed(rule, samples, *, L, n, mu, b, least):
    """The rules as in the papers, over all slopes together."""
    chi, xi = numpy.zeros(3), numpy.zeros(3)
    for k, (g, v) in enumerate(samples):
        chi, xi = mu * chi + (1 - mu) * g, mu * xi + (1 - mu) * v
        c, x = chi / (1 - mu ** (k + 1)), xi / (1 - mu ** (k + 1))
        factor = 2 * L * n / (2 - L * n)
        if rule == "icans":
            s = numpy.ceil(factor * x / (c**2 + b * mu**k))
            gain = ((n - L * n**2 / 2) * c**2 - L * n**2 / (2 * s) * x) / s
            s = numpy.minimum(s, s[numpy.argmax(gain)])
        else:
            total = numpy.sum(numpy.sqrt(x))
            s = numpy.ceil(factor * numpy.sqrt(x) * total / (numpy.sum(c**2) + b * mu**k))
        yield numpy.maximum(s, least)


@pytest.mark.parametrize("rule", ["icans", "gcans"])
def test_shots_agree_with_the_formula_over_20_steps(rule):
    random = numpy.random.default_rng(5)
    samples = [(random.normal(size=3), random.gamma(2.0, size=3)) for _ in range(20)]
    optimizer = qg.ShotAdaptiveOptimizer(10, mu=0.9, b=1e-4, stepsize=0.2, rule=rule, seed=1)
    state, point = optimizer.state, numpy.zeros(3)

    expected = transcribed(rule, samples, L=2.0, n=0.2, mu=0.9, b=1e-4, least=10)
    for (slope, variance), shots in zip(samples, expected, strict=True):
        before = point
        sampled = Sampled(slope, variance, 0.0, 1)
        state, point = optimizer.update(state, point, sampled, lipschitz=2.0)

        assert state.shots == pytest.approx(shots)
        assert point == pytest.approx(before - 0.2 * slope)


@given(
    st.lists(st.tuples(st.floats(-3, 3), st.floats(0, 5)), min_size=1, max_size=5),
    st.sampled_from(["icans", "gcans"]),
    st.integers(1, 30),
)
def test_no_slope_gets_fewer_than_min_shots(samples, rule, least):
    optimizer = qg.ShotAdaptiveOptimizer(least, stepsize=0.2, rule=rule, seed=1)
    slopes, variances = map(numpy.array, zip(*samples, strict=True))

    state, _ = optimizer.update(
        optimizer.state,
        numpy.zeros(len(samples)),
        Sampled(slopes, variances, 0.0, 1),
        lipschitz=2.0,
    )

    assert state.shots.min() >= max(least, 2)


@pytest.mark.parametrize("rule", [icans, gcans])
def test_without_noise_one_shot_is_enough(rule):
    shots = rule(numpy.zeros(2), numpy.zeros(2), lipschitz=1.0, stepsize=0.1, bias=0.0)

    assert numpy.all(shots <= 1)


def test_a_fixed_slope_gets_shots_in_proportion_to_its_noise():
    wanted = icans(
        numpy.array([1.0, 1.0]), numpy.array([8.0, 80.0]), lipschitz=1.0, stepsize=1.0, bias=0.0
    )

    assert wanted.tolist() == [16.0, 16.0]  # the second gains less per shot, and is capped


def test_other_observables_are_read_whole():
    matrix = numpy.array([[1.0, 0.5], [0.5, -2.0]])

    @qg.qnode("local?seed=4", shots=10)
    def hermitian(x):
        qg.RX(x, wires=0)
        return qg.expval(qg.Hermitian(matrix, wires=0))

    x = np.array(0.4)
    optimizer = qg.ShotAdaptiveOptimizer(20_000, stepsize=0.01, allocation="groups")

    found, cost = optimizer.step_and_cost(hermitian, x)

    assert float(x - found) / 0.01 == pytest.approx(-1.5 * numpy.sin(0.4), abs=0.05)
    assert cost == pytest.approx(-0.5 + 1.5 * numpy.cos(0.4), abs=0.05)


def test_the_identity_does_not_count_for_the_stepsize():
    node = qg.QNode(circuit, "local", shots=10)

    qg.ShotAdaptiveOptimizer(2, stepsize=0.8).step(node, *start())  # 2 / 2.45 is 0.816

    with pytest.raises(InvalidOptimizerOption, match=r"below 2 / L = 0\.816327"):
        qg.ShotAdaptiveOptimizer(2, stepsize=0.82).step(node, *start())


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (qg.QNode(circuit, "local"), "it is exact"),
        (qg.QNode(lambda x, y: (circuit(x, y), qg.probs(wires=0)), "local", shots=5), "it returns"),
        (qg.QNode(lambda x, y: [circuit(x, y), qg.var(H)][1:], "local", shots=5), "it returns"),
    ],
)
def test_other_qnodes_are_refused(node, text):
    with pytest.raises(UnsuitableObjective, match=text):
        qg.ShotAdaptiveOptimizer(5).step(node, *start())
