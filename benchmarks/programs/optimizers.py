"""A few steps of every optimizer that is deterministic, or takes a seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from programs.register import Program, into

OPTIMIZERS: dict[str, Program] = {}
optimizer = into(OPTIMIZERS)

STEPS = 5

BY_GRADIENT: dict[str, Callable[[Any], Any]] = {
    "GradientDescent": lambda qml: qml.GradientDescentOptimizer(0.1),
    "Momentum": lambda qml: qml.MomentumOptimizer(0.1, 0.8),
    "NesterovMomentum": lambda qml: qml.NesterovMomentumOptimizer(0.1, 0.8),
    "Adagrad": lambda qml: qml.AdagradOptimizer(0.1, 1e-6),
    "RMSProp": lambda qml: qml.RMSPropOptimizer(0.1, 0.7, 1e-6),
    "Adam": lambda qml: qml.AdamOptimizer(0.1, 0.8, 0.95, 1e-6),
    "QNG": lambda qml: qml.QNGOptimizer(0.1, lam=0.1),
    "QNG, diagonal": lambda qml: qml.QNGOptimizer(0.1, approx="diag", lam=0.1),
    "MomentumQNG": lambda qml: qml.MomentumQNGOptimizer(0.1, 0.8, lam=0.1),
    "QNSPSA": lambda qml: qml.QNSPSAOptimizer(0.05, 0.1, 0.1, seed=7),
    "QNSPSA, resampled": lambda qml: qml.QNSPSAOptimizer(0.05, 0.1, 0.1, 2, False, seed=7),
}


def energy(qml: Any) -> Any:
    """Return a circuit of two arguments and a fixed one."""

    @qml.qnode(qml.device("default.qubit", wires=2))
    def circuit(x, fixed, y):
        qml.RX(x[0], wires=0)
        qml.RY(x[1], wires=1)
        qml.CNOT(wires=[0, 1])
        qml.RX(fixed, wires=1)
        qml.RY(y, wires=0)
        return qml.expval(qml.PauliZ(0) @ qml.PauliX(1) + 0.5 * qml.PauliZ(1))

    return circuit


def arguments(np: Any) -> list[Any]:
    """Return the start point."""
    return [
        np.array([0.4, -0.7], requires_grad=True),
        np.array(0.3, requires_grad=False),
        np.array(1.1, requires_grad=True),
    ]


def flat(args: Any) -> list[float]:
    """Return all numbers in arguments."""
    return [float(number) for arg in args for number in numpy.ravel(arg)]


for title, make in BY_GRADIENT.items():

    def steps(qml: Any, np: Any, make: Callable[[Any], Any] = make) -> Any:
        """Return the points of some steps; the values are in a separate program."""
        circuit, args, chosen, points = energy(qml), arguments(np), make(qml), []
        if "QNSPSA" in type(chosen).__name__:
            circuit, args = one(qml), [np.array([0.4, -0.7], requires_grad=True)]
        for _ in range(STEPS):
            found, _ = chosen.step_and_cost(circuit, *args)
            args = [found] if len(args) == 1 else found
            points.append(flat(args))
        return points

    OPTIMIZERS[title] = steps


def one(qml: Any) -> Any:
    """Return a circuit of one argument."""

    @qml.qnode(qml.device("default.qubit", wires=2))
    def circuit(x):
        qml.RX(x[0], wires=0)
        qml.RY(x[1], wires=1)
        qml.CNOT(wires=[0, 1])
        return qml.expval(qml.PauliZ(0) @ qml.PauliX(1) + 0.5 * qml.PauliZ(1))

    return circuit


@optimizer
def the_value_before_a_step(qml, np):
    found = []
    for name in ("GradientDescent", "Adam", "QNG"):
        _, cost = BY_GRADIENT[name](qml).step_and_cost(energy(qml), *arguments(np))
        found.append(float(cost))
    return found


@optimizer
def the_value_of_Nesterov(qml, np):
    chosen, args, costs = BY_GRADIENT["NesterovMomentum"](qml), arguments(np), []
    for _ in range(3):
        args, cost = chosen.step_and_cost(energy(qml), *args)
        costs.append(float(cost))
    return costs


@optimizer
def Rotosolve(qml, np):
    found, cost, least = qml.RotosolveOptimizer().step_and_cost(
        energy(qml),
        *arguments(np),
        nums_frequency={"x": {(0,): 1, (1,): 1}, "y": {(): 1}},
        full_output=True,
    )
    return flat(found), float(cost), [float(value) for value in least]


@optimizer
def Rotosolve_of_several_frequencies(qml, np):
    @qml.qnode(qml.device("default.qubit", wires=1))
    def circuit(x):
        qml.RX(x, wires=0)
        qml.RY(0.3, wires=0)
        qml.RX(2 * x, wires=0)
        return qml.expval(qml.PauliZ(0))

    x = np.array(0.4, requires_grad=True)
    found = qml.RotosolveOptimizer().step(circuit, x, nums_frequency={"x": {(): 3}})
    return round(float(circuit(found)), 6)


@optimizer
def Rotoselect(qml, np):
    @qml.qnode(qml.device("default.qubit", wires=2))
    def circuit(x, generators=None):
        generators[0](x[0], wires=0)
        generators[1](x[1], wires=1)
        qml.CNOT(wires=[0, 1])
        return qml.expval(0.7 * qml.PauliX(0) + 0.4 * qml.PauliZ(1) + 0.5 * qml.PauliY(0))

    x, generators = qml.RotoselectOptimizer().step(circuit, [0.3, 0.7], [qml.RX, qml.RY])
    return [round(float(angle), 6) for angle in x], [kind.__name__ for kind in generators]


@optimizer
def RiemannianGradient(qml, np):
    @qml.qnode(qml.device("default.qubit", wires=2))
    def circuit():
        qml.RX(0.1, wires=0)
        qml.RY(0.5, wires=1)
        qml.CNOT(wires=[0, 1])
        return qml.expval(qml.Hamiltonian([1.0, 0.5], [qml.PauliX(0), qml.PauliZ(1)]))

    chosen, costs = qml.RiemannianGradientOptimizer(circuit, stepsize=0.1, exact=True), []
    for _ in range(STEPS):
        _, cost = chosen.step_and_cost()
        costs.append(float(cost))
    return costs


@optimizer
def Adaptive(qml, np):
    @qml.qnode(qml.device("default.qubit", wires=2))
    def circuit():
        return qml.expval(qml.PauliX(0) + 2.0 * qml.PauliX(1) + qml.PauliZ(0))

    chosen, found = qml.AdaptiveOptimizer(param_steps=3, stepsize=0.2), []
    for _ in range(2):
        pool = [qml.RY(0.0, wires=0), qml.RY(0.0, wires=1)]
        circuit, cost, slope = chosen.step_and_cost(circuit, pool, drain_pool=True)
        found += [float(cost), float(slope)]
    return [*found, float(circuit())]
