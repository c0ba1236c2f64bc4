"""A training that is killed resumes to the same bits."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from pathlib import Path

import numpy
import pytest

import qgate as qg
from qgate import numpy as np
from qgate.exceptions import InvalidOptimizerState

ROOT = Path(__file__).parents[2]
STEPS = 4

MAKERS = {
    "GradientDescent": functools.partial(qg.GradientDescentOptimizer, 0.1),
    "Momentum": functools.partial(qg.MomentumOptimizer, 0.1),
    "NesterovMomentum": functools.partial(qg.NesterovMomentumOptimizer, 0.1),
    "Adagrad": functools.partial(qg.AdagradOptimizer, 0.1),
    "RMSProp": functools.partial(qg.RMSPropOptimizer, 0.1),
    "Adam": functools.partial(qg.AdamOptimizer, 0.1),
    "QNG": functools.partial(qg.QNGOptimizer, 0.1, lam=0.1),
    "MomentumQNG": functools.partial(qg.MomentumQNGOptimizer, 0.1, lam=0.1),
    "SPSA": functools.partial(qg.SPSAOptimizer, maxiter=10),
    "QNSPSA": functools.partial(qg.QNSPSAOptimizer, 0.1, resamplings=2),
    "ShotAdaptive": functools.partial(qg.ShotAdaptiveOptimizer, 5, "weighted", stepsize=0.2),
    "ShotAdaptiveBudget": functools.partial(
        qg.ShotAdaptiveOptimizer, 2, stepsize=0.2, allocation="budget"
    ),
}
RANDOM = ("SPSA", "QNSPSA", "ShotAdaptive", "ShotAdaptiveBudget")


def made(name, seed):
    """Return an optimizer; stochastic ones have the seed."""
    return MAKERS[name](seed=seed) if name in RANDOM else MAKERS[name]()


def run(optimizer, circuit, args, steps):
    """Take steps, each with its own seed for the samples if there are shots."""
    costs = []
    for number in steps:
        options = {"seed": 100 + number} if circuit.shots else {}
        args, cost = optimizer.step_and_cost(circuit, *args, **options)
        costs.append(cost)
    return args, costs


@pytest.mark.parametrize("killed", range(STEPS))
@pytest.mark.parametrize("name", MAKERS)
def test_a_run_killed_at_any_step_goes_on_to_the_same_bits(name, killed, h2, start, tmp_path):
    device = "local?shots=20" if name in RANDOM else "local"
    straight, first, second = made(name, 7), made(name, 7), made(name, 8)
    expected, costs = run(straight, h2.qnode(device), start, range(STEPS))

    args, _ = run(first, h2.qnode(device), start, range(killed))
    first.save(tmp_path / "state.json")
    second.load(tmp_path / "state.json")
    args, rest = run(second, h2.qnode(device), args, range(killed, STEPS))

    assert all(map(numpy.array_equal, args, expected))
    assert rest == costs[killed:]
    assert second.to_json() == straight.to_json()


SECOND_PROCESS = """
import json, sys
import qgate as qg
from qgate import numpy as np

optimizer = qg.SPSAOptimizer(maxiter=10)
optimizer.load(sys.argv[1])
x = np.array(json.loads(sys.argv[2]))
for _ in range(3):
    x = optimizer.step(lambda x: np.sum(np.cos(x)), x)
print(json.dumps(x.tolist()))
"""


def test_another_process_goes_on_to_the_same_bits(tmp_path):
    optimizer, x = qg.SPSAOptimizer(maxiter=10, seed=5), np.array([0.1, 0.2])
    x = optimizer.step(lambda x: np.sum(np.cos(x)), x)
    optimizer.save(tmp_path / "state.json")
    arguments = [str(tmp_path / "state.json"), json.dumps(x.tolist())]
    for _ in range(3):
        x = optimizer.step(lambda x: np.sum(np.cos(x)), x)

    done = subprocess.run(
        [sys.executable, "-c", SECOND_PROCESS, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout) == x.tolist()


def test_the_flows_of_a_riemannian_gradient_are_taken_up():
    @qg.qnode("local")
    def circuit():
        qg.RY(0.5, wires=0)
        return qg.expval(1.0 * qg.X(0))

    first, second = (qg.RiemannianGradientOptimizer(circuit, 0.1) for _ in range(2))
    first.step()

    second.from_json(json.loads(json.dumps(first.to_json())))

    assert float(second.step()()) == float(first.step()())


def test_a_step_that_fails_leaves_the_state_as_it_was(h2, start):
    optimizer = qg.AdamOptimizer()
    optimizer.step(h2.qnode(), *start)
    before = optimizer.to_json()

    with pytest.raises(ZeroDivisionError):
        optimizer.step(lambda pair, singles: pair * (1 // 0), *start)

    assert optimizer.to_json() == before


def test_the_state_of_another_optimizer_is_refused():
    saved = qg.AdamOptimizer().to_json()

    with pytest.raises(InvalidOptimizerState, match="A state of AdamOptimizer cannot be continued"):
        qg.AdagradOptimizer().from_json(saved)


@pytest.mark.parametrize("text", ["", "{}", '{"format": 99}', "[1]"])
def test_a_file_of_something_else_is_refused(text, tmp_path):
    path = tmp_path / "state.json"
    path.write_text(text)

    with pytest.raises(InvalidOptimizerState, match=r"does not hold (a state|JSON)"):
        qg.AdamOptimizer().load(path)


def test_other_numbers_than_before_are_refused(h2, start):
    optimizer = qg.AdamOptimizer()
    optimizer.step(h2.qnode(), *start)

    with pytest.raises(InvalidOptimizerState, match=r"3 trainable numbers.*given 1"):
        optimizer.step(lambda x: x**2, np.array(0.3))


def test_a_reset_forgets_all_steps(h2, start):
    optimizer = qg.MomentumOptimizer(0.1)
    first = optimizer.step(h2.qnode(), *start)
    optimizer.step(h2.qnode(), *first)

    optimizer.reset()

    assert all(map(numpy.array_equal, optimizer.step(h2.qnode(), *start), first))
