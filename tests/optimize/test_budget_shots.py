"""Adaptive shots that are allocated like a budget."""

from __future__ import annotations

from dataclasses import replace

import numpy
import pytest

import qgate as qg
from qgate import numpy as np
from qgate.devices.local.device import LocalDevice
from qgate.exceptions import InvalidOptimizerOption, UnsupportedEstimate
from qgate.optimize.allocation import gcans

RULES = ["icans", "gcans"]


class Recording(LocalDevice):
    """Records the shots of every circuit of every submission."""

    def __init__(self, **options):
        super().__init__(**options)
        self.taken = []

    def submit(self, sweeps):
        rows = [sweep.shots for sweep in sweeps if sweep.shots is not None]
        if rows:
            self.taken.append(numpy.concatenate(rows))
        return super().submit(sweeps)


def budgeted(least=10, **options):
    return qg.ShotAdaptiveOptimizer(
        least, **{"stepsize": 0.3, "allocation": "budget", "seed": 1, **options}
    )


def steps(optimizer, node, args, count):
    """Return the gradients of each step at the same arguments."""
    found = []
    for _ in range(count):
        after = optimizer.step(node, *args)
        moved = [
            numpy.ravel(old - new) / optimizer.stepsize
            for old, new in zip(args, after, strict=True)
        ]
        found.append(numpy.concatenate(moved))
    return numpy.array(found)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("least", [2, 40])
def test_slopes_are_those_of_the_circuit_on_average(rule, least, h2, start):
    exact = numpy.concatenate([numpy.ravel(part) for part in qg.grad(h2.qnode())(*start)])
    optimizer = budgeted(least, rule=rule)

    found = steps(optimizer, h2.qnode("local?seed=6", shots=1), start, 150)

    error = found.std(axis=0, ddof=1) / numpy.sqrt(len(found))
    assert numpy.all(numpy.abs(found.mean(axis=0) - exact) < 5 * error)


def test_the_value_is_that_of_the_circuit(h2, start):
    optimizer, node = budgeted(200), h2.qnode("local?seed=6", shots=1)

    found = [optimizer.step_and_cost(node, *start)[1] for _ in range(100)]

    error = numpy.std(found, ddof=1) / 10
    assert numpy.mean(found) == pytest.approx(float(h2.qnode()(*start)), abs=5 * error)
    assert error < 0.01


def test_a_slope_scatters_as_its_shots_and_its_variance_say(h2, start):
    optimizer, shots = budgeted(2, mu=0.0), numpy.array([4000, 3000, 2000])
    node = h2.qnode("local?seed=6", shots=1)
    for _ in range(3):
        optimizer.state = replace(optimizer.state, shots=shots)
        optimizer.step(node, *start)
    state, found, variances = replace(optimizer.state, shots=shots), [], []

    for _ in range(150):
        optimizer.state = state
        found.append(steps(optimizer, node, start, 1)[0])
        variances.append(optimizer.state.variance)

    ratio = numpy.var(found, axis=0, ddof=1) * shots / numpy.mean(variances, axis=0)
    assert ratio == pytest.approx(numpy.ones(3), abs=5 * numpy.sqrt(2 / 150))


def test_gcans_asks_for_the_total_that_its_rule_gives_for_the_error_of_an_estimate(h2, start):
    eta, lipschitz = 0.3, 1.88505049285131  # the sum of the absolute coefficients
    estimate = qg.gradient_estimate(h2.qnode("local?seed=8", shots=1), 200_000, value=False)(*start)
    constant = numpy.trace(estimate.covariance) * estimate.shots
    squared = sum(float(numpy.sum(part**2)) for part in qg.grad(h2.qnode())(*start))
    optimizer = budgeted(2, rule="gcans", mu=0.0)
    node = h2.qnode("local?seed=6", shots=1)
    for _ in range(3):
        optimizer.state = replace(optimizer.state, shots=numpy.full(3, 60_000))
        optimizer.step(node, *start)

    variance = optimizer.state.variance
    wanted = gcans(
        numpy.array([numpy.sqrt(squared), 0, 0]),
        variance,
        lipschitz=lipschitz,
        stepsize=eta,
        bias=0.0,
    )

    rate = lipschitz * eta
    expected = 2 * rate / (2 - rate) * constant / squared
    assert wanted.sum() == pytest.approx(expected, rel=0.1, abs=3)  # each is rounded up


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("least", [2, 10])
def test_no_circuit_has_fewer_than_min_shots(rule, least, h2, start):
    device = Recording(wires=4, seed=3)
    optimizer, args = budgeted(least, rule=rule), start

    for _ in range(6):
        args, _ = optimizer.step_and_cost(h2.qnode(device, shots=1), *args)

    assert len(device.taken) == 6
    assert min(shots.min() for shots in device.taken) >= least
    assert numpy.all(device.taken[0] == least)
    assert sum(shots.sum() for shots in device.taken) == optimizer.total_shots_used
    assert device.taken[-1].sum() == optimizer.shots_used


def test_it_takes_a_fraction_of_the_shots_of_groups_for_the_same_error(h2, start):
    node, taken = h2.qnode("local?seed=6", shots=1), {}
    exact = numpy.concatenate([numpy.ravel(part) for part in qg.grad(h2.qnode())(*start)])

    for allocation in ("groups", "budget"):
        optimizer = budgeted(50, allocation=allocation)
        found = steps(optimizer, node, start, 100)
        errors = ((found - exact) ** 2).sum(axis=1)
        taken[allocation] = errors.mean() * optimizer.total_shots_used / 100

    gain = taken["groups"] / taken["budget"]
    assert gain > 2
    assert optimizer.allocation_gain == pytest.approx(gain, rel=0.5)


def test_auto_takes_the_budget_where_it_is_better_and_says_so(h2, start):
    optimizer = budgeted(10, allocation="auto")
    node = h2.qnode("local?seed=6", shots=1)

    args = optimizer.step(node, *start)
    first = optimizer.allocation_reason
    optimizer.step(node, *args)

    assert optimizer.allocation_used == "budget"
    assert first.startswith("by the coefficients of the Pauli words, groups take")
    assert optimizer.allocation_reason.startswith("by the measured variances, groups take")
    assert optimizer.allocation_gain > 1


def test_auto_takes_groups_for_one_word():
    @qg.qnode("local?seed=3", shots=100)
    def circuit(x):
        qg.RX(x, wires=0)
        return qg.expval(qg.Z(0))

    optimizer = qg.ShotAdaptiveOptimizer(10, stepsize=0.3)
    optimizer.step(circuit, np.array(0.4))

    assert optimizer.allocation_used == "groups"
    assert "only 1 times" in optimizer.allocation_reason
    assert optimizer.shots_used == 20


def wide(x):
    qg.RX(x, wires=0)
    return qg.expval(qg.Hermitian(numpy.diag(numpy.arange(128.0)), wires=range(7)))


def no_angle(x):
    qg.RZ(x, wires=0)
    return qg.expval(qg.Z(0))


@pytest.mark.parametrize(
    ("function", "text"), [(wide, "Hermitian on 7 wires"), (no_angle, "zero at all angles")]
)
def test_auto_takes_groups_where_a_budget_cannot_be_spent(function, text):
    node = qg.QNode(function, "local?seed=3", shots=10)
    optimizer = qg.ShotAdaptiveOptimizer(10, stepsize=0.01)

    optimizer.step_and_cost(node, np.array(0.4))

    assert optimizer.allocation_used == "groups"
    assert text in optimizer.allocation_reason
    with pytest.raises(UnsupportedEstimate, match=text):
        qg.ShotAdaptiveOptimizer(10, stepsize=0.01, allocation="budget").step(node, np.array(0.4))


def test_auto_goes_on_with_groups_when_these_turn_out_to_be_better(h2, start):
    optimizer = budgeted(10, allocation="auto")
    node = h2.qnode(Recording(wires=4, seed=6), shots=1)
    args = optimizer.step(node, *start)
    optimizer.state = replace(optimizer.state, gain=0.8)
    kept = 0.99 * optimizer.state.grouped

    args = optimizer.step(node, *args)

    assert optimizer.allocation_used == "groups"
    assert "0.8 times" in optimizer.allocation_reason
    assert len(node.device.taken[-1]) == 5 * 12
    assert numpy.all(optimizer.state.variance >= kept)
    assert optimizer.state.circuits is None
    optimizer.step(node, *args)
    assert optimizer.allocation_used == "groups"


def test_a_seeded_device_gives_the_same_steps_again(h2, start):
    found = []
    for _ in range(2):
        optimizer, args = budgeted(2, seed=None), start
        node = h2.qnode("local?seed=6", shots=1)
        for _ in range(4):
            args = optimizer.step(node, *args)
        found.append(numpy.concatenate([numpy.ravel(part) for part in args]))

    assert numpy.array_equal(found[0], found[1])


def test_a_state_that_is_read_back_takes_the_same_steps(h2, start, tmp_path):
    node, args = h2.qnode("local?seed=6", shots=1), start
    optimizer = budgeted(2)
    for _ in range(2):
        args, _ = optimizer.step_and_cost(node, *args)
    optimizer.save(tmp_path / "state.json")
    again = budgeted(2)
    again.load(tmp_path / "state.json")

    for call in range(3):
        one = optimizer.step_and_cost(node, *args, seed=call)
        other = again.step_and_cost(node, *args, seed=call)

        assert again.to_json() == optimizer.to_json()
        assert numpy.array_equal(one[0][1], other[0][1])
        assert one[1] == other[1]


def test_a_value_is_asked_for_in_some_steps_only(h2, start):
    optimizer, node = budgeted(2), h2.qnode("local?seed=6", shots=1)

    for valued in (True, False, False, True):
        step = optimizer.step_and_cost if valued else optimizer.step
        step(node, *start)

        row = optimizer.state.circuits[0]
        assert row.sum() > 0


@pytest.mark.parametrize("rule", RULES)
def test_numbers_that_share_an_angle_and_numbers_without_one(rule):
    @qg.qnode("local?seed=3", shots=10)
    def circuit(x, y):
        qg.RX(x[0] * y, wires=0)
        qg.RY(2 * y, wires=1)
        qg.CNOT(wires=[0, 1])
        return qg.expval(0.5 * qg.Z(0) - 0.8 * qg.Z(0) @ qg.Z(1) + 0.3 * qg.X(0) @ qg.X(1))

    args = [np.array([0.4, 1.0]), np.array(0.7)]
    optimizer = budgeted(2000, rule=rule, stepsize=0.1)
    exact = numpy.concatenate(
        [numpy.ravel(part) for part in qg.grad(circuit.update(shots=None))(*args)]
    )

    found = steps(optimizer, circuit, args, 30)

    errors = found.std(axis=0, ddof=1) / numpy.sqrt(30)
    assert numpy.all(numpy.abs(found.mean(axis=0) - exact) <= 5 * errors)
    assert numpy.all(found[:, 1] == 0)


def test_terms_that_are_drawn_are_no_budget():
    with pytest.raises(InvalidOptimizerOption, match="left out where terms are drawn"):
        qg.ShotAdaptiveOptimizer(10, "weighted", allocation="budget")
    with pytest.raises(InvalidOptimizerOption, match="'auto', 'groups', 'budget'"):
        qg.ShotAdaptiveOptimizer(10, allocation="best")
