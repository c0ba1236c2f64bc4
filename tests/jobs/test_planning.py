"""A plan reports the submissions, sends nothing, and binds the run to it."""

from __future__ import annotations

import pytest
from shop import ShopDevice
from shop_circuits import ANGLES
from shop_circuits import two_angles_on as circuit_on

import qgate as qg
from qgate import numpy as np
from qgate.exceptions import BudgetExceeded, PlanExceeded, UnknownPrice


@pytest.fixture
def device(tmp_path):
    return ShopDevice(str(tmp_path / "shop.db"))


def test_a_plan_sends_nothing_and_says_what_would_be_sent(device):
    plan = qg.plan(qg.grad(circuit_on(device)))(ANGLES)

    assert (plan.submissions, plan.rows, plan.shots) == (1, 10, 1000)
    assert plan.price.low_usd == plan.price.high_usd == pytest.approx(1.3)
    assert device.counts == {}


def test_what_is_planned_is_what_is_bought(device, tmp_path):
    plan = qg.plan(qg.grad(circuit_on(device)))(ANGLES)

    with qg.run("planned", tmp_path / "runs.db") as run:
        gradient = plan.run()

    assert gradient.shape == (2,)
    assert (run.submissions, run.shots) == (plan.submissions, plan.shots)
    assert run.cost == pytest.approx(plan.price.high_usd)


def test_another_device_can_be_planned_for_and_then_runs(device):
    plan = qg.plan(qg.grad(circuit_on("local")), device)(ANGLES)

    assert plan.entries[0].device == "shop:one"
    plan.run()
    assert device.shop.shots == 1000


def test_a_plan_prints_as_a_table(device):
    text = str(qg.plan(qg.grad(circuit_on(device)), budget=qg.Budget(usd=5))(ANGLES))

    lines = text.splitlines()
    assert lines[0].split() == [
        "request", "device", "submissions", "circuits", "rows", "shots", "price",
    ]  # fmt: skip
    assert lines[2].split() == ["1", "shop:one", "1", "2", "10", "1000", "1.30", "USD"]
    assert lines[3].startswith("in all")
    # two Pauli words at 100 shots, with coefficients 1 and 0.5
    errors = f"values {np.sqrt(1.25 / 100):.2g}, derivatives {np.sqrt(1.25 / 200):.2g}"
    assert lines[4] == f"expected standard errors before any measurement: {errors}"
    assert lines[5] == "allowed: Budget(usd=5.0)"


def independent(angles):
    """At zero every Pauli word that is measured for the gradient is a fair coin."""
    qg.RX(angles[0], wires=0)
    qg.RX(angles[1], wires=1)
    qg.Hadamard(2)
    return qg.expval(0.7 * qg.Z(0) + 0.2 * qg.Z(1) + 0.4 * qg.Z(2))


def test_expected_errors_are_those_of_fair_coins():
    node = qg.QNode(independent, "local?seed=5", diff_method="parameter-shift")
    budget = qg.Budget(shots=20_000, rounds=1)
    angles = np.array([0.0, 0.0], requires_grad=True)

    planned = qg.plan(qg.gradient_estimate(node, budget=budget))(angles)
    found = qg.gradient_estimate(node, budget=budget)(angles)

    (errors,) = planned.prior_errors
    assert np.allclose(errors.derivatives, found.standard_error, rtol=0.05)


def test_expected_errors_of_a_value_follow_from_its_coefficients():
    node = qg.QNode(independent, "local?seed=5")

    planned = qg.plan(qg.estimate(node, budget=1000))(np.array([0.3, 0.2]))

    (errors,) = planned.prior_errors
    assert errors.values == pytest.approx([np.sqrt((0.7**2 + 0.2**2 + 0.4**2) / 1000)])
    assert errors.derivatives == ()
    last = "expected standard errors before any measurement: values 0.026"
    assert str(planned).splitlines()[-1] == last


def test_expected_errors_of_a_call_that_shares_a_budget_are_told(device):
    circuit = circuit_on(device).update(shots=qg.Budget(2000))

    planned = qg.plan(qg.grad(circuit))(ANGLES)

    (errors,) = planned.prior_errors
    assert (len(errors.values), len(errors.derivatives)) == (1, 2)


def test_a_plain_number_of_shots_has_expected_errors_too():
    node = qg.QNode(independent, "local?seed=5&shots=1000", diff_method="parameter-shift")
    angles = np.array([0.0, 0.3], requires_grad=True)

    (errors,) = qg.plan(qg.grad(node))(angles).prior_errors
    (alone,) = qg.plan(node)(np.array([0.0, 0.3], requires_grad=False)).prior_errors

    variance = 0.7**2 + 0.2**2 + 0.4**2
    assert errors.values == alone.values == pytest.approx([np.sqrt(variance / 1000)])
    assert errors.derivatives == pytest.approx([np.sqrt(variance / 2000)] * 2)
    assert alone.derivatives == ()


def test_expected_errors_of_a_row_follow_from_its_shots_and_of_probabilities_from_their_number():
    @qg.qnode("local?seed=5", diff_method="parameter-shift")
    def circuit(angles):
        qg.RX(angles, wires=0)
        return qg.probs(wires=[0, 1])

    angles = np.array([0.1, 0.2, 0.3], requires_grad=False)
    (errors,) = qg.plan(qg.set_shots(circuit, 400))(angles).prior_errors

    assert errors.values == pytest.approx([np.sqrt(0.25 * 0.75 / 400)] * 12)


def test_errors_of_a_variance_are_not_expected_from_coefficients():
    @qg.qnode("local?seed=5&shots=100")
    def circuit(angle):
        qg.RX(angle, wires=0)
        return qg.var(qg.Z(0))

    assert qg.plan(circuit)(0.3).prior_errors == ()


def test_exact_values_have_no_expected_errors():
    assert qg.plan(qg.QNode(independent, "local"))(np.zeros(2)).prior_errors == ()


def test_a_long_plan_is_cut(device):
    circuit = circuit_on(device)

    text = str(qg.plan(lambda: [circuit(ANGLES) for _ in range(50)])())

    assert "and 30 more" in text
    assert len(text.splitlines()) == 25


def test_what_is_not_in_the_plan_is_refused(device, tmp_path):
    circuit = circuit_on(device)
    asked = []

    def changing(angles):
        asked.append(angles)
        return circuit(angles + 0.1 * len(asked))

    plan = qg.plan(changing)(ANGLES)

    with pytest.raises(PlanExceeded, match=r"shop:one \(2 rows, 200 shots\) is not in the plan"):
        plan.run()
    assert device.counts == {}


def test_a_plan_above_its_budget_is_refused(device):
    planned = qg.plan(qg.grad(circuit_on(device)), budget=qg.Budget(usd=1))

    with pytest.raises(BudgetExceeded, match=r"The plan would take 1\.30 USD .* allows 1\.00 USD"):
        planned(ANGLES)


def test_a_plan_with_an_unknown_price_cannot_be_held_to_dollars(tmp_path):
    device = ShopDevice(str(tmp_path / "shop.db"), price=None)
    circuit = circuit_on(device)

    assert qg.plan(circuit)(ANGLES).price is None
    assert "unknown" in str(qg.plan(circuit)(ANGLES))
    with pytest.raises(UnknownPrice):
        qg.plan(circuit, budget=qg.Budget(usd=1))(ANGLES)


@pytest.mark.parametrize("name", ["local?shots=70", "qiskit:aer?shots=70", "braket:local?shots=70"])
def test_local_devices_can_be_planned_for(name):
    plan = qg.plan(circuit_on(name))(ANGLES)

    assert plan.shots == 140
    assert plan.price.high_usd == 0


def test_exact_values_are_computed_while_planning():
    plan = qg.plan(qg.grad(circuit_on("local")))(ANGLES)

    assert plan.shots == 0


def test_samples_and_counts_can_be_planned(device):
    @qg.qnode(device)
    def circuit():
        return qg.sample(wires=[0, 1]), qg.counts(wires=0), qg.probs(wires=1)

    assert qg.plan(circuit)().shots == 100
