"""Submissions of a step are those that the optimizer's docstring states."""

from __future__ import annotations

import pytest

import qgate as qg
from qgate import numpy as np

TWO = {"pair": {(): 2}, "singles": {(0,): 2, (1,): 2}}
EXACT, SAMPLED = "local", "local?shots=50&seed=3"

ONE = "Cost: one submission"
NATURAL = "Cost: one submission of the value, the gradient and the metric tensor"
BLOCKED = "with ``blocking`` one"
EACH = "Cost: for each trainable number one submission"

ARGUMENT_CASES = [
    # optimizer, device, sentence of its docstring, submissions of a step and of one with the value
    (qg.GradientDescentOptimizer(0.1), SAMPLED, ONE, 1, 1),
    (qg.GradientDescentOptimizer(0.1), EXACT, ONE, 1, 1),
    (qg.MomentumOptimizer(0.1), SAMPLED, ONE, 1, 1),
    (qg.NesterovMomentumOptimizer(0.1), SAMPLED, ONE, 1, 1),
    (
        qg.NesterovMomentumOptimizer(0.1),
        EXACT,
        "it is one more submission from the second step on",
        1,
        2,
    ),
    (qg.AdagradOptimizer(0.1), SAMPLED, ONE, 1, 1),
    (qg.RMSPropOptimizer(0.1), SAMPLED, ONE, 1, 1),
    (qg.AdamOptimizer(0.1), SAMPLED, ONE, 1, 1),
    (qg.QNGOptimizer(0.1, lam=0.1), SAMPLED, NATURAL, 1, 1),
    (qg.QNGOptimizer(0.1, lam=0.1, approx=None), SAMPLED, NATURAL, 1, 1),
    (qg.QNGOptimizer(0.1, lam=0.1), EXACT, "two if the simulator differentiates", 2, 2),
    (qg.MomentumQNGOptimizer(0.1, lam=0.1), SAMPLED, "as ``QNGOptimizer``", 1, 1),
    (qg.SPSAOptimizer(maxiter=10, seed=1), SAMPLED, ONE, 1, 1),
    (qg.QNSPSAOptimizer(0.1, seed=1), SAMPLED, BLOCKED, 2, 2),
    (qg.QNSPSAOptimizer(0.1, blocking=False, resamplings=3, seed=1), SAMPLED, ONE, 1, 1),
    (qg.ShotAdaptiveOptimizer(10, stepsize=0.1, seed=1), SAMPLED, ONE, 1, 1),
    (qg.ShotAdaptiveOptimizer(10, "weighted", stepsize=0.1, seed=1), SAMPLED, ONE, 1, 1),
]


@pytest.mark.parametrize(("optimizer", "device", "said", "alone", "valued"), ARGUMENT_CASES)
def test_a_step_sends_what_the_docstring_says(optimizer, device, said, alone, valued, h2, start):
    optimizer.reset()
    circuit = h2.qnode(device)
    args = optimizer.step(circuit, *start)

    with qg.Tracker(circuit.device) as one:
        optimizer.step(circuit, *args)
    with qg.Tracker(circuit.device) as other:
        optimizer.step_and_cost(circuit, *args)

    assert said in " ".join(type(optimizer).__doc__.split())
    assert (one.totals["submissions"], other.totals["submissions"]) == (alone, valued)


@pytest.mark.parametrize("device", [EXACT, SAMPLED])
def test_rotosolve_sends_one_submission_for_each_number(device, h2, start):
    circuit = h2.qnode(device)

    with qg.Tracker(circuit.device) as tracker:
        qg.RotosolveOptimizer().step_and_cost(circuit, *start, nums_frequency=TWO)

    assert EACH in " ".join(qg.RotosolveOptimizer.__doc__.split())
    assert tracker.totals["submissions"] == 3


def test_rotosolve_runs_2r_plus_1_circuits_for_each_number(h2, start):
    circuit = h2.qnode(EXACT)

    with qg.Tracker(circuit.device) as tracker:
        qg.RotosolveOptimizer().step_and_cost(circuit, *start, nums_frequency=TWO)

    assert tracker.totals["executions"] == 3 * 5


def test_rotoselect_sends_one_submission_of_2n_plus_1_circuits_for_each_gate():
    @qg.qnode("local?shots=10")
    def circuit(x, generators=None):
        for wire, generator in enumerate(generators):
            generator(x[wire], wires=wire)
        return qg.expval(qg.Z(0) @ qg.Z(1))

    with qg.Tracker(circuit.device) as tracker:
        qg.RotoselectOptimizer().step(circuit, np.array([0.1, 0.2]), [qg.RX, qg.RY])

    assert "for each gate one submission of 2n + 1" in qg.RotoselectOptimizer.__doc__
    assert (tracker.totals["submissions"], tracker.totals["executions"]) == (2, 14)


def test_the_riemannian_gradient_is_one_submission_with_the_value():
    @qg.qnode("local?shots=10")
    def circuit():
        qg.RY(0.5, wires=0)
        return qg.expval(1.0 * qg.X(0))

    optimizer = qg.RiemannianGradientOptimizer(circuit)

    with qg.Tracker(circuit.device) as tracker:
        optimizer.step_and_cost()

    assert "one submission of 2T circuits" in qg.RiemannianGradientOptimizer.__doc__
    assert (tracker.totals["submissions"], tracker.totals["executions"]) == (1, 9)


@pytest.mark.parametrize(("angle", "submissions"), [(0.0, 1 + 4), (0.3, 2 + 4)])
def test_a_circuit_grows_by_as_many_submissions_as_it_is_said(angle, submissions):
    @qg.qnode("local?shots=10")
    def circuit():
        return qg.expval(qg.X(0))

    pool = [qg.RY(angle, wires=0), qg.RZ(angle, wires=0)]

    with qg.Tracker(circuit.device) as tracker:
        qg.AdaptiveOptimizer(param_steps=4).step_and_cost(circuit, pool)

    assert "one submission for the derivatives of the whole pool" in qg.AdaptiveOptimizer.__doc__
    assert tracker.totals["submissions"] == submissions


@pytest.mark.parametrize(
    "options",
    [
        {"allocation": "groups"},
        {"allocation": "budget"},
        {"allocation": "budget", "rule": "gcans"},
        {"term_sampling": "weighted"},
        {"term_sampling": "uniform"},
    ],
)
def test_adaptive_shots_report_what_the_tracker_counts(options, h2, start):
    optimizer = qg.ShotAdaptiveOptimizer(10, stepsize=0.3, seed=1, **options)
    circuit, args = h2.qnode(SAMPLED), start

    with qg.Tracker(circuit.device) as tracker:
        for _ in range(3):
            args = optimizer.step(circuit, *args)
        args, _ = optimizer.step_and_cost(circuit, *args)

    assert optimizer.total_shots_used == tracker.totals["shots"]
    assert optimizer.shots_used == tracker.history["shots"][-1]
