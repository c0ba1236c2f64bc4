"""Submissions of a step of each optimizer: tasks that the service created, from its ledger.

The vendor's SDK sends program sets over loopback; the cost in the docstring of an optimizer has to
equal the charge.
"""

from __future__ import annotations

from dataclasses import replace

import numpy
import pytest
from clouds.braket.double import BraketDouble

import qgate as qg
from qgate import numpy as np

DEVICE = "braket:iqm/garnet?shots=20&s3_bucket=amazon-braket-results"

ONE = "Cost: one submission"
NATURAL = "Cost: one submission of the value, the gradient and the metric tensor"

CASES = [
    # optimizer, sentence of its docstring, tasks of a step and of one with the value
    (qg.GradientDescentOptimizer(0.1), ONE, 1, 1),
    (qg.MomentumOptimizer(0.1), ONE, 1, 1),
    (qg.NesterovMomentumOptimizer(0.1), ONE, 1, 1),
    (qg.AdagradOptimizer(0.1), ONE, 1, 1),
    (qg.RMSPropOptimizer(0.1), ONE, 1, 1),
    (qg.AdamOptimizer(0.1), ONE, 1, 1),
    (qg.QNGOptimizer(0.1, lam=0.1), NATURAL, 1, 1),
    (qg.QNGOptimizer(0.1, lam=0.1, approx=None), NATURAL, 1, 1),
    (qg.MomentumQNGOptimizer(0.1, lam=0.1), "as ``QNGOptimizer``", 1, 1),
    (qg.SPSAOptimizer(maxiter=10, seed=1), ONE, 1, 1),
    (qg.QNSPSAOptimizer(0.1, seed=1), "with ``blocking`` one more", 2, 2),
    (qg.QNSPSAOptimizer(0.1, blocking=False, resamplings=3, seed=1), ONE, 1, 1),
    (qg.ShotAdaptiveOptimizer(10, stepsize=0.1, allocation="groups"), ONE, 1, 1),
    (qg.ShotAdaptiveOptimizer(10, stepsize=0.1, rule="gcans", allocation="groups"), ONE, 1, 1),
    (qg.ShotAdaptiveOptimizer(10, stepsize=0.1, allocation="budget"), ONE, 1, 1),
    (qg.RotosolveOptimizer(), "for each trainable number one submission", 2, 2),
]


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    double = BraketDouble(tmp_path_factory.mktemp("braket"))
    yield double
    double.stop()


@pytest.fixture
def double(started, monkeypatch):
    started.reset()
    for name, value in started.environment().items():
        monkeypatch.setenv(name, value)
    return started


def bought(double, step, *args, **options):
    """Return the number of tasks created by a step, and its result."""
    before = double.ledger()["tasks_created"]
    found = step(*args, **options)
    return double.ledger()["tasks_created"] - before, found


def energy(x, y):
    qg.RX(x, wires=0)
    qg.RY(y, wires=1)
    qg.CNOT(wires=[0, 1])
    return qg.expval(qg.Z(0) @ qg.Z(1) + 0.5 * qg.X(0))


@pytest.mark.parametrize(("optimizer", "said", "alone", "valued"), CASES)
def test_a_step_buys_what_the_docstring_says(double, optimizer, said, alone, valued):
    circuit = qg.QNode(energy, DEVICE, diff_method="parameter-shift")
    optimizer.reset()
    args = [np.array(0.4), np.array(-0.7)]
    options = {}
    if isinstance(optimizer, qg.RotosolveOptimizer):
        options = {"nums_frequency": {"x": {(): 1}, "y": {(): 1}}}
    counts = []

    for _ in range(2):
        tasks, args = bought(double, optimizer.step, circuit, *args, **options)
        valued_tasks, (args, _) = bought(double, optimizer.step_and_cost, circuit, *args, **options)
        counts.append((tasks, valued_tasks))

    assert said in " ".join(type(optimizer).__doc__.split())
    assert counts == [(alone, valued)] * 2


@pytest.mark.parametrize("sampling", [None, "weighted"])
def test_adaptive_shots_buy_one_task_for_each_number_of_shots(double, sampling):
    optimizer = qg.ShotAdaptiveOptimizer(
        10, sampling, stepsize=0.1, allocation="auto" if sampling else "groups", seed=1
    )
    circuit, args = qg.QNode(energy, DEVICE), [np.array(0.4), np.array(-0.7)]
    args = optimizer.step(circuit, *args)
    optimizer.state = replace(optimizer.state, shots=numpy.array([13, 21]))

    tasks, _ = bought(double, optimizer.step_and_cost, circuit, *args)

    sent = double.ledger()["tasks"][-tasks:]
    numbers = [task["shots"] / task["executables"] for task in sent]
    assert "there is one submission for each number" in " ".join(type(optimizer).__doc__.split())
    assert len(set(numbers)) == tasks > 1
    assert sum(task["shots"] for task in sent) == optimizer.shots_used


def test_a_budget_of_adaptive_shots_is_one_task_whatever_is_wanted(double):
    optimizer = qg.ShotAdaptiveOptimizer(10, stepsize=0.1, allocation="budget")
    circuit, args = qg.QNode(energy, DEVICE), [np.array(0.4), np.array(-0.7)]
    args = optimizer.step(circuit, *args)
    optimizer.state = replace(optimizer.state, shots=numpy.array([130, 310]))

    tasks, _ = bought(double, optimizer.step_and_cost, circuit, *args)

    assert tasks == 1
    assert double.ledger()["tasks"][-1]["shots"] == optimizer.shots_used > 400


def test_rotoselect_buys_one_task_for_each_gate(double):
    @qg.qnode(DEVICE)
    def circuit(x, generators=None):
        for wire, generator in enumerate(generators):
            generator(x[wire], wires=wire)
        return qg.expval(qg.Z(0) @ qg.Z(1))

    tasks, _ = bought(
        double,
        qg.RotoselectOptimizer().step_and_cost,
        circuit,
        np.array([0.1, 0.2]),
        [qg.RX, qg.RY],
    )

    assert "for each gate one submission" in " ".join(qg.RotoselectOptimizer.__doc__.split())
    assert tasks == 2


def test_the_riemannian_gradient_is_one_task_with_the_value(double):
    @qg.qnode(DEVICE)
    def circuit():
        qg.RY(0.5, wires=0)
        return qg.expval(1.0 * qg.X(0))

    optimizer = qg.RiemannianGradientOptimizer(circuit)

    assert "one submission of 2T circuits" in qg.RiemannianGradientOptimizer.__doc__
    assert bought(double, optimizer.step_and_cost)[0] == 1


@pytest.mark.parametrize(("angle", "more"), [(0.0, 0), (0.3, 1)])
def test_a_circuit_grows_by_as_many_tasks_as_it_is_said(double, angle, more):
    @qg.qnode(DEVICE)
    def circuit():
        return qg.expval(qg.X(0))

    pool = [qg.RY(angle, wires=0), qg.RZ(angle, wires=0)]
    optimizer = qg.AdaptiveOptimizer(param_steps=3)

    tasks, _ = bought(double, optimizer.step_and_cost, circuit, pool)

    assert "one submission for the derivatives of the whole pool" in qg.AdaptiveOptimizer.__doc__
    assert tasks == 1 + more + 3
