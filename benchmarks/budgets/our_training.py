"""qgate's trainings from shots."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy

import qgate as qg
from qgate import numpy as np
from qgate.exceptions import FewShotsWarning

from .circuits import CIRCUITS
from .priced import Machine, Priced

Gradient = Callable[[Any], Any]
Spent = Callable[[], tuple[int, int]]
"""Shots and tasks so far."""


def budgeted(function: Any, shots: int, seed: int, machine: Machine) -> tuple[Any, Gradient, Spent]:
    """Return gradients from a number of shots each, given the variances of the last one."""
    device, latest = Priced(machine, seed), [None]
    node = qg.QNode(function, device, diff_method="parameter-shift")

    def gradient(x: Any) -> Any:
        estimate = qg.gradient_estimate(node, shots, value=False, prior=latest[0])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FewShotsWarning)
            found: Any = estimate(x)
        latest[0] = found
        device.forget()
        return found.gradient

    return node, gradient, lambda: (device.sampled, device.submissions)


def fixed(function: Any, shots: int, seed: int, machine: Machine) -> tuple[Any, Gradient, Spent]:
    """Return gradients from a number of shots of each circuit, batched by their number."""
    device = qg.device("local", seed=seed)
    node = qg.QNode(function, device, diff_method="parameter-shift", shots=shots)
    slopes, spent = qg.grad(node), numpy.zeros(2, dtype=int)

    def gradient(x: Any) -> Any:
        with qg.Tracker(device) as tracker:
            found = slopes(x)
        tasks = -(-tracker.totals["executions"] // machine.capabilities.max_rows)
        spent[:] += tracker.totals["shots"], tasks
        return found

    return node, gradient, lambda: (int(spent[0]), int(spent[1]))


WAYS: Mapping[str, Callable[..., tuple[Any, Gradient, Spent]]] = {
    "budget": budgeted,
    "fixed": fixed,
}


def train(request: Mapping[str, Any], machine: Machine) -> dict[str, Any]:
    """Train from zeros by gradient descent like PennyLane's ``train``, within device limits."""
    circuit = CIRCUITS[request["circuit"]]
    function = circuit.function(qg)
    exact, way = qg.QNode(function, "local"), WAYS[request["way"]]
    node, gradient, spent = way(function, request["setting"], request["seed"], machine)
    optimizer = qg.GradientDescentOptimizer(request["rate"])
    x = np.array(numpy.zeros(circuit.size(circuit.record)), requires_grad=True)
    energies, shots, tasks, started = [], [0], [0], time.process_time()
    while True:
        energies.append(float(exact(x)))
        if energies[-1] <= request["until"] or len(shots) > request["steps"]:
            break
        if shots[-1] >= request["shots"] or time.process_time() - started > request["seconds"]:
            break
        x = optimizer.step(node, x, grad_fn=gradient)
        for history, now in zip((shots, tasks), spent(), strict=True):
            history.append(now)
    return {"energies": energies, "shots": shots, "tasks": tasks}
