"""Every optimizer on every problem that it supports, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import qgate as qg

from .problems import Problem

MOST_FLOWS = 8
"""Number of steps of optimizers that append to a circuit, each step of which is compiled anew."""

TrainableSweep = Iterator[float]
"""The exact value before the first step, and after each."""


def argument_steps(optimizer: Any, problem: Problem, device: Any, **options: Any) -> TrainableSweep:
    """Yield the exact value after each step of an optimizer that changes arguments."""
    objective, exact = problem.objective(device), problem.objective("local")
    x = problem.start
    while True:
        yield float(exact(x))
        x = optimizer.step(objective, x, **options)


def rotosolve_steps(problem: Problem, device: Any) -> TrainableSweep:
    """Yield the exact value after each step of Rotosolve."""
    named = {"x": {(at,): number for at, number in enumerate(problem.frequencies)}}
    return argument_steps(qg.RotosolveOptimizer(), problem, device, nums_frequency=named)


def natural_steps(optimizer: Any, problem: Problem, device: Any) -> TrainableSweep:
    """Yield the values of a natural gradient; of a classifier, with the metric at one point."""
    if problem.cost is None:
        return argument_steps(optimizer, problem, device)
    node = qg.QNode(lambda x: problem.circuit(x, data=[0.5, 0.25]), device)
    metric = qg.metric_tensor(node, approx=optimizer.approx)
    return argument_steps(optimizer, problem, device, metric_tensor_fn=metric)


def rotoselect_steps(problem: Problem, device: Any) -> TrainableSweep:
    """Yield the exact value after each step of Rotoselect."""
    circuit, x, generators = problem.chosen
    node, exact = qg.QNode(circuit, device), qg.QNode(circuit, "local")
    optimizer = qg.RotoselectOptimizer()
    while True:
        yield float(exact(x, generators))
        x, generators = optimizer.step(node, x, generators)


def riemannian_steps(problem: Problem, device: Any) -> TrainableSweep:
    """Yield the exact value after each step of the Riemannian gradient."""
    circuit, words = problem.grown
    wires = range(len(words[0]))
    restriction = qg.PauliSum.from_words([1.0] * len(words), words, wires)
    node = qg.QNode(circuit, device)
    optimizer = qg.RiemannianGradientOptimizer(node, problem.rates["flow"], restriction)
    for _ in range(MOST_FLOWS):
        yield exact_value(node)
        node = optimizer.step()


def adaptive_steps(problem: Problem, device: Any) -> TrainableSweep:
    """Yield the exact value after each step of the optimizer that grows a circuit."""
    circuit, words = problem.grown
    wires = range(len(words[0]))
    node = qg.QNode(circuit, device, diff_method="parameter-shift")
    optimizer = qg.AdaptiveOptimizer(param_steps=4, stepsize=problem.rates["flow"] * 2)
    for _ in range(MOST_FLOWS):
        yield exact_value(node)
        pool = [qg.PauliRot(0.0, word, wires=wires) for word in words]
        node = optimizer.step(node, pool)


def exact_value(node: qg.QNode) -> float:
    """Return the value of a circuit that has no arguments, without shots."""
    return float(node.update(device="local", shots=None)())


def by_rate(
    kind: str, make: Callable[[float], Any]
) -> Callable[[Problem, Any, int], TrainableSweep]:
    """Return the steps of an optimizer with the problem's stepsize for its kind."""
    return lambda problem, device, seed: argument_steps(make(problem.rates[kind]), problem, device)


def contenders(*, sampled: bool) -> Mapping[str, Callable[[Problem, Any, int], TrainableSweep]]:
    """Return for each optimizer a function of problem, device and seed that yields values."""
    width = 0.3 if sampled else 0.05

    def natural(make: Callable[[float], Any]) -> Callable[[Problem, Any, int], TrainableSweep]:
        return lambda problem, device, seed: natural_steps(
            make(problem.rates["natural"]), problem, device
        )

    return {
        "GradientDescent": by_rate("plain", qg.GradientDescentOptimizer),
        "Momentum": by_rate("momentum", lambda rate: qg.MomentumOptimizer(rate, 0.7)),
        "NesterovMomentum": by_rate(
            "momentum", lambda rate: qg.NesterovMomentumOptimizer(rate, 0.7)
        ),
        "Adagrad": by_rate("plain", lambda rate: qg.AdagradOptimizer(0.2)),
        "RMSProp": by_rate("plain", lambda rate: qg.RMSPropOptimizer(0.03)),
        "Adam": by_rate("plain", lambda rate: qg.AdamOptimizer(0.1)),
        "QNG": natural(lambda rate: qg.QNGOptimizer(rate, lam=0.02)),
        "MomentumQNG": natural(lambda rate: qg.MomentumQNGOptimizer(rate / 3, 0.6, lam=0.02)),
        "QNSPSA": lambda problem, device, seed: argument_steps(
            qg.QNSPSAOptimizer(
                problem.rates["natural"] / 2,
                regularization=0.2,
                finite_diff_step=width,
                seed=seed,
            ),
            problem,
            device,
        ),
        "Rotosolve": lambda problem, device, seed: rotosolve_steps(problem, device),
        "Rotoselect": lambda problem, device, seed: rotoselect_steps(problem, device),
        "RiemannianGradient": lambda problem, device, seed: riemannian_steps(problem, device),
        "Adaptive": lambda problem, device, seed: adaptive_steps(problem, device),
        "SPSA": lambda problem, device, seed: argument_steps(
            qg.SPSAOptimizer(A=10, a=problem.rates["random"], c=0.15, seed=seed), problem, device
        ),
        "ShotAdaptive": lambda problem, device, seed: argument_steps(
            qg.ShotAdaptiveOptimizer(
                20 if problem.rates["plain"] > 0.1 else 10,
                stepsize=problem.rates["plain"],
                seed=seed,
            ),
            problem,
            device,
        ),
    }


def takes(name: str, problem: Problem, *, sampled: bool) -> bool:
    """Return whether an optimizer supports a problem."""
    if name == "ShotAdaptive" and not sampled:
        return False
    if problem.cost is None:
        return True
    return name not in (
        "QNSPSA",
        "ShotAdaptive",
        "Rotoselect",
        "RiemannianGradient",
        "Adaptive",
    )
