"""All optimizers find the ground state of H2; the stochastic ones also from shots."""

from __future__ import annotations

import functools

import numpy
import pytest

import qgate as qg
from qgate import numpy as np

TWO = {"pair": {(): 2}, "singles": {(0,): 2, (1,): 2}}


def descended(optimizer, steps, h2, start):
    """Take steps from the start, and return the error of the last point, in hartree."""
    circuit, args = h2.qnode(), start
    for _ in range(steps):
        args = optimizer.step(circuit, *args)
    return h2.error(*args)


@pytest.mark.parametrize(
    ("optimizer", "steps"),
    [
        (qg.GradientDescentOptimizer(0.5), 40),
        (qg.MomentumOptimizer(0.1, 0.7), 40),
        (qg.NesterovMomentumOptimizer(0.1, 0.7), 40),
        (qg.AdagradOptimizer(0.3), 40),
        (qg.RMSPropOptimizer(0.02), 60),
        (qg.AdamOptimizer(0.1), 80),
        (qg.QNGOptimizer(0.3, lam=1e-3), 30),
        (qg.MomentumQNGOptimizer(0.05, 0.7, lam=1e-3), 40),
        (qg.SPSAOptimizer(maxiter=150, c=0.1, a=2.0, seed=3), 150),
        (qg.QNSPSAOptimizer(0.1, regularization=0.1, seed=3), 100),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_an_optimizer_reaches_a_millihartree(optimizer, steps, h2, start):
    optimizer.reset()

    assert descended(optimizer, steps, h2, start) < 1e-3


def test_rotosolve_reaches_a_millihartree_in_two_steps(h2, start):
    circuit, args = h2.qnode(), start

    for _ in range(2):
        args = qg.RotosolveOptimizer().step(circuit, *args, nums_frequency=TWO)

    assert h2.error(*args) < 1e-3


def test_rotoselect_reaches_a_millihartree(h2):
    @qg.qnode(qg.device("local", wires=4))
    def circuit(x, generators=None):
        generators[0](x[0], wires=0)
        qg.CNOT(wires=[0, 1])
        for wire in (2, 3):  # from |1> on wire 0 to |1100>, from |0> to |0011>
            qg.CNOT(wires=[0, wire])
            qg.X(wire)
        return qg.expval(h2.hamiltonian)

    x, generators = np.array([0.4]), [qg.RX]
    for _ in range(2):
        x, generators = qg.RotoselectOptimizer().step(circuit, x, generators)

    assert float(circuit(x, generators)) - h2.exact < 1e-3


def test_the_riemannian_gradient_reaches_a_millihartree(h2):
    @qg.qnode(qg.device("local", wires=4))
    def hartree_fock():
        qg.BasisState([1, 1, 0, 0], wires=range(4))
        return qg.expval(h2.hamiltonian)

    pairs = qg.PauliSum.from_words([1.0, 1.0], ["XXXY", "YXXX"])
    optimizer = qg.RiemannianGradientOptimizer(hartree_fock, stepsize=0.1, restriction=pairs)

    for _ in range(12):
        circuit = optimizer.step()

    assert float(circuit()) - h2.exact < 1e-3


def test_a_grown_circuit_reaches_a_millihartree(h2):
    @qg.qnode(qg.device("local", wires=4))
    def hartree_fock():
        qg.BasisState([1, 1, 0, 0], wires=range(4))
        return qg.expval(h2.hamiltonian)

    pool = [
        qg.SingleExcitation(0.0, wires=[0, 2]),
        qg.SingleExcitation(0.0, wires=[1, 3]),
        qg.DoubleExcitation(0.0, wires=[0, 1, 2, 3]),
    ]

    circuit, _, slope = qg.AdaptiveOptimizer(param_steps=15).step_and_cost(hartree_fock, pool)

    assert float(circuit()) - h2.exact < 1e-3
    assert slope > 0.1


@pytest.mark.parametrize("rule", ["icans", "gcans"])
@pytest.mark.parametrize("sampling", [None, "weighted", "uniform"])
def test_adaptive_shots_reach_a_millihartree(rule, sampling, h2, start):
    optimizer = qg.ShotAdaptiveOptimizer(20, sampling, stepsize=0.5, rule=rule, seed=1)
    circuit, args = h2.qnode("local?seed=5", shots=20), start

    for _ in range(20):
        args = optimizer.step(circuit, *args)

    assert h2.error(*args) < 1e-3


SAMPLED = {
    "SPSA": (functools.partial(qg.SPSAOptimizer, A=4, a=2.0, c=0.2, seed=1), 40),
    "QNSPSA": (
        functools.partial(
            qg.QNSPSAOptimizer, 0.15, regularization=0.2, finite_diff_step=0.3, seed=1
        ),
        40,
    ),
    "ShotAdaptive": (functools.partial(qg.ShotAdaptiveOptimizer, 50, stepsize=0.5, seed=1), 12),
}


@pytest.mark.parametrize("device", ["local", "qiskit:aer", "braket:local"])
@pytest.mark.parametrize("name", SAMPLED)
def test_from_shots_it_reaches_five_millihartree(name, device, h2):
    make, steps = SAMPLED[name]
    optimizer, singles = make(), np.zeros(2, requires_grad=False)
    circuit = h2.qnode(f"{device}?seed=11&shots=1000")
    pair = np.array(0.9, requires_grad=True)

    for _ in range(steps):
        pair, _ = optimizer.step(circuit, pair, singles)

    assert numpy.isfinite(float(pair))
    assert h2.error(pair, singles) < 5e-3
