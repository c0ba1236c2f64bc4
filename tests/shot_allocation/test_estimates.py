"""Gradients and values from a budget: unbiased, with correct errors, never over it."""

import pickle
import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate import numpy as qnp
from qgate.devices.local.device import LOCAL, LocalDevice
from qgate.exceptions import (
    BudgetTooSmall,
    FewShotsWarning,
    UnknownGrouping,
    UnknownPrice,
    UnsupportedEstimate,
)
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


def estimates(shots, runs, **options):
    node = qg.QNode(circuit, qg.device("local", seed=11))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FewShotsWarning)
        return [qg.gradient_estimate(node, budget=shots, **options)(X) for _ in range(runs)]


@pytest.mark.parametrize(
    ("shots", "options"),
    [(20, {}), (300, {}), (4000, {}), (4000, {"grouping": "fc"}), (4000, {"rounds": 1})],
)
def test_estimates_are_right_on_average_and_within_their_errors(shots, options):
    budget = qg.Budget(shots=shots, rounds=options.get("rounds"))
    found = estimates(budget, 250, grouping=options.get("grouping", "qwc"))

    gradients = np.array([each.gradient for each in found])
    scores = (gradients - TRUTH) / [np.maximum(each.standard_error, 1e-9) for each in found]
    bias = (gradients.mean(axis=0) - TRUTH) / (gradients.std(axis=0) / len(found) ** 0.5)
    assert np.abs(bias).max() < 5
    assert all(each.shots <= shots for each in found)
    if shots >= 300:
        assert 0.9 < scores.std() < 1.1
        assert 0.92 < np.mean(np.abs(scores) < 1.96) < 0.98


@given(st.integers(1, 3000), st.sampled_from([None, 1, 2, 3]), st.integers(1, 7))
@settings(max_examples=40, deadline=None)
def test_a_budget_is_never_exceeded(shots, rounds, least):
    class Least(LocalDevice):
        capabilities = replace(LOCAL, min_shots=least)

    node = qg.QNode(circuit, Least(seed=3))
    budget = qg.Budget(shots=shots, rounds=rounds)

    with qg.Tracker() as tracker, warnings.catch_warnings():
        warnings.simplefilter("ignore", FewShotsWarning)
        if shots < least:
            with pytest.raises(BudgetTooSmall, match=rf"at least {least}.*|requires more"):
                qg.gradient_estimate(node, budget=budget)(X)
        else:
            qg.gradient_estimate(node, budget=budget)(X)

    assert tracker.totals["shots"] <= shots


def test_few_shots_are_told():
    node = qg.QNode(circuit, "local", shots=qg.Budget(shots=5))

    with pytest.warns(FewShotsWarning):
        found = qg.gradient_estimate(node)(X)

    assert found.drawn > 0


def test_a_gradient_of_a_qnode_with_a_budget_spends_it_once():
    node = qg.QNode(circuit, qg.device("local", seed=5), shots=qg.Budget(shots=20_000))

    with qg.Tracker() as tracker:
        gradient = qg.grad(node)(X)

    assert tracker.totals["shots"] <= 20_000
    assert tracker.totals["submissions"] == 3
    np.testing.assert_allclose(gradient, TRUTH, atol=0.15)


def test_values_and_variances_within_a_budget():
    def both(x):
        qg.RX(x, 0)
        return qg.expval(qg.Z(0)), qg.var(qg.Z(0)), qg.probs(0)

    node = qg.QNode(both, qg.device("local", seed=5), shots=qg.Budget(shots=40_000))
    exact = qg.QNode(both, "local")(0.6)

    plain = node(0.6)
    with_errors = qg.estimate(node)(0.6)

    for value, estimate, truth in zip(plain, with_errors, exact, strict=True):
        np.testing.assert_allclose(value, truth, atol=0.05)
        deviation = np.abs(estimate.value - truth)
        assert (deviation <= 5 * estimate.standard_error + 1e-9).all()


def test_dollars_are_a_limit_where_the_device_has_a_rate():
    class Priced(LocalDevice):
        capabilities = replace(LOCAL, max_rows=10, equal_shots=True)
        rate = Rate(per_task_usd=0.3, per_shot_usd=0.01, source="a list", date="2026-11-25")

    node = qg.QNode(circuit, Priced(seed=4))

    found = qg.gradient_estimate(node, budget=qg.Budget(usd=30))(X)

    assert found.usd is not None
    assert 15 < found.usd <= 30
    with pytest.raises(UnknownPrice):
        qg.gradient_estimate(qg.QNode(circuit, "local"), budget=qg.Budget(usd=30))(X)


@pytest.mark.parametrize("rounds", [1, 2, 3])
@pytest.mark.parametrize("fewest", [1, 20])
def test_a_budget_of_dollars_is_spent_and_not_exceeded(rounds, fewest):
    class Priced(LocalDevice):
        capabilities = replace(LOCAL, max_rows=10, equal_shots=True, min_total_shots=fewest)
        rate = Rate(per_task_usd=0.3, per_shot_usd=0.01, source="a list", date="2026-11-25")

    node = qg.QNode(circuit, Priced(seed=4))

    found = qg.gradient_estimate(node, budget=qg.Budget(usd=30, rounds=rounds))(X)

    assert 0.9 * 30 < found.usd <= 30
    assert found.rounds == rounds


@pytest.mark.parametrize("usd", [1.4, 1.7, 2.3, 3.1])
def test_few_shots_still_make_submissions_that_the_device_takes(usd):
    class Floored(LocalDevice):
        capabilities = replace(LOCAL, max_rows=10, equal_shots=True, min_total_shots=10)
        rate = Rate(per_task_usd=0.3, per_shot_usd=0.05, source="a list", date="2026-11-25")

    node = qg.QNode(circuit, Floored(seed=4))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FewShotsWarning)
        found = qg.gradient_estimate(node, budget=qg.Budget(usd=usd))(X)

    assert 0.5 * usd < found.usd <= usd


def test_an_earlier_estimate_is_where_the_next_begins():
    node = qg.QNode(circuit, qg.device("local", seed=4))
    first = qg.gradient_estimate(node, budget=5000)(X)

    second = qg.gradient_estimate(node, budget=5000, prior=first)(X + 0.05)

    assert second.shots <= 5000
    assert np.abs(second.gradient - TRUTH).max() < 0.5


def test_a_circuit_without_angles_has_a_value_too():
    @qg.qnode("local?seed=4", shots=qg.Budget(shots=2000))
    def circuit():
        qg.Hadamard(0)
        return qg.expval(0.5 * qg.X(0) + 0.3 * qg.Z(0))

    assert abs(float(circuit()) - 0.5) < 5 * 0.3 / np.sqrt(1000)


def test_an_estimate_is_an_array_and_says_what_it_is():
    (found,) = estimates(2000, 1)

    assert np.asarray(found).shape == (3,)
    assert "standard" not in str(found)
    assert "±" in found._repr_html_()
    np.testing.assert_allclose(pickle.loads(pickle.dumps(found)).gradient, found.gradient)
    assert found.gain > 1


def test_what_cannot_be_estimated_is_refused():
    node = qg.QNode(circuit, "local")

    with pytest.raises(UnsupportedEstimate):
        qg.gradient_estimate(node)(X)
    with pytest.raises(UnknownGrouping, match=r"no grouping='qwcc'\. Did you mean 'qwc'"):
        qg.gradient_estimate(node, budget=100, grouping="qwcc")(X)
    with pytest.raises(UnsupportedEstimate):
        qg.QNode(lambda: qg.counts(wires=0), "local", shots=qg.Budget(shots=10))()


@pytest.mark.parametrize("device", ["qiskit:aer?seed=3", "braket:local"])
def test_other_devices_serve_the_same_budget(device):
    node = qg.QNode(circuit, device)

    found = qg.gradient_estimate(node, budget=3000)(X)

    assert found.shots <= 3000
    assert (np.abs(found.gradient - TRUTH) < 5 * found.standard_error + 1e-6).all()


def test_a_constant_circuit_takes_no_shots():
    @qg.qnode("local", shots=qg.Budget(shots=1000))
    def circuit(x):
        qg.RX(x, wires=0)
        return qg.expval(qg.Z(1))

    x = qnp.array(0.3)

    value, gradient = qg.estimate(circuit)(x), qg.gradient_estimate(circuit)(x)

    assert (float(value.value), float(gradient.gradient), gradient.cost.shots) == (1.0, 0.0, 0)
    assert qg.grad(circuit)(x) == 0
