"""Optimizers and the loop around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fuzz.circuits import ANGLES, DEVICE, circuit, node
from fuzz.entry import Entry, UsersOwn

import qgate as qg

OPTIONS: dict[str, dict[str, Any]] = {
    "GradientDescentOptimizer": {"stepsize": 0.1},
    "MomentumOptimizer": {"stepsize": 0.1, "momentum": 0.9},
    "NesterovMomentumOptimizer": {"stepsize": 0.1, "momentum": 0.9},
    "AdagradOptimizer": {"stepsize": 0.1, "eps": 1e-8},
    "RMSPropOptimizer": {"stepsize": 0.1, "decay": 0.9, "eps": 1e-8},
    "AdamOptimizer": {"stepsize": 0.1, "beta1": 0.9, "beta2": 0.99, "eps": 1e-8},
    "QNGOptimizer": {"stepsize": 0.1, "approx": "block-diag", "lam": 0.01},
    "MomentumQNGOptimizer": {"stepsize": 0.1, "momentum": 0.9, "approx": "diag", "lam": 0.01},
    "SPSAOptimizer": {"maxiter": 10, "alpha": 0.6, "gamma": 0.1, "c": 0.2, "A": None, "seed": 1},
    "QNSPSAOptimizer": {
        "stepsize": 0.1,
        "regularization": 1e-3,
        "finite_diff_step": 0.01,
        "resamplings": 1,
        "blocking": True,
        "history_length": 5,
        "seed": 1,
    },
}
"""Optimizers that step with a QNode and its arguments."""


def _stepped(optimizer: Any) -> Callable[..., Any]:
    def call(x: Any, shots: Any, **given: Any) -> Any:
        return optimizer(**given).step_and_cost(node(shots=shots), x)

    return call


def _rotosolve(x: Any, nums_frequency: Any, shifts: Any, **given: Any) -> Any:
    made = qg.RotosolveOptimizer(**given)
    return made.step_and_cost(node(), x, nums_frequency=nums_frequency, shifts=shifts)


def _rotoselect(x: Any, generators: Any, **given: Any) -> Any:
    def rotated(x: Any, generators: Any) -> Any:
        try:
            pairs = [(x[0], generators[0]), (x[1], generators[1])]
        except Exception as error:
            raise UsersOwn from error
        for wire, (angle, generator) in enumerate(pairs):
            generator(angle, wires=wire)
        return qg.expval(qg.Z(0) @ qg.Z(1))

    made = qg.RotoselectOptimizer(**given)
    return made.step_and_cost(qg.QNode(rotated, DEVICE), x, generators)


def _riemannian(**given: Any) -> Any:
    def fixed() -> Any:
        qg.RX(0.1, 0)
        return qg.expval(qg.Z(0))

    return qg.RiemannianGradientOptimizer(qg.QNode(fixed, DEVICE), **given).step_and_cost()


def _adaptive(operator_pool: Any, params_zero: Any, drain_pool: Any, **given: Any) -> Any:
    def empty() -> Any:
        return qg.expval(qg.X(0) + qg.Z(1))

    made = qg.AdaptiveOptimizer(**given)
    grown = made.step_and_cost(qg.QNode(empty, DEVICE), operator_pool, drain_pool, params_zero)
    return grown[0]()


def _shot_adaptive(x: Any, **given: Any) -> Any:
    return qg.ShotAdaptiveOptimizer(**given).step_and_cost(
        qg.QNode(circuit, "local?shots=10&seed=1&memory_gib=0.25"), x
    )


def _minimized(x: Any, **given: Any) -> Any:
    def cost(x: Any, *others: Any, **ignored: Any) -> Any:
        return circuit(x)

    return qg.minimize(qg.QNode(cost, DEVICE), x, **given)


def optimizers() -> list[Entry]:
    """Return entries of the optimizers and of the loop around them."""
    found = [
        Entry(name, _stepped(getattr(qg, name)), {"x": ANGLES, "shots": None, **given})
        for name, given in OPTIONS.items()
    ]
    rows: list[tuple[str, Callable[..., Any], dict[str, Any]]] = [
        (
            "RotosolveOptimizer",
            _rotosolve,
            {
                "x": ANGLES,
                "nums_frequency": {"x": {(0,): 1, (1,): 1}},
                "shifts": None,
                "substep_optimizer": "brute",
                "substep_kwargs": None,
            },
        ),
        (
            "RotoselectOptimizer",
            _rotoselect,
            {"x": ANGLES, "generators": [qg.RX, qg.RY], "possible_generators": [qg.RX, qg.RY]},
        ),
        (
            "RiemannianGradientOptimizer",
            _riemannian,
            {"stepsize": 0.1, "restriction": None, "exact": False, "trottersteps": 1},
        ),
        (
            "AdaptiveOptimizer",
            _adaptive,
            {
                "operator_pool": [qg.RX(0.1, 0), qg.RY(0.1, 1)],
                "params_zero": True,
                "drain_pool": False,
                "param_steps": 2,
                "stepsize": 0.5,
            },
        ),
        (
            "ShotAdaptiveOptimizer",
            _shot_adaptive,
            {"x": ANGLES, "min_shots": 10, "stepsize": 0.07, "rule": "icans", "mu": 0.9, "b": 1e-6},
        ),
        (
            "minimize",
            _minimized,
            {
                "x": ANGLES,
                "optimizer": qg.GradientDescentOptimizer(0.1),
                "steps": 2,
                "tol": 0.1,
                "budget": None,
                "callback": None,
                "checkpoint": None,
                "estimate": None,
                "seed": None,
                "options": None,
            },
        ),
    ]
    return [*found, *(Entry(name, function, given) for name, function, given in rows)]
