"""The device and the circuits that the calls of the fuzzer use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from fuzz.entry import UsersOwn

import qgate as qg
from qgate import numpy as qnp

FOUR = np.full(4, 0.5)
DEVICE = qg.device("local?seed=1&memory_gib=0.25")
ANGLES = qnp.array([0.1, 0.2], requires_grad=True)
OBSERVABLE = qg.X(0) + 0.5 * qg.Z(1)


def applied(x: Any) -> None:
    """Apply gates to two wires; what cannot be indexed is the user's own error."""
    try:
        first, second = x[0], x[1]
    except Exception as error:
        raise UsersOwn from error
    qg.RX(first, wires=0)
    qg.RY(second, wires=1)
    qg.CNOT(wires=[0, 1])


def circuit(x: Any = None, *others: Any) -> Any:
    """Return an expectation value of two angles."""
    applied(x)
    return qg.expval(qg.Z(0) @ qg.Z(1))


def state_circuit(x: Any = None, *others: Any) -> Any:
    """Return the state of two angles, for the metric tensor."""
    applied(x)
    return qg.state()


def node(**options: Any) -> Any:
    """Return the QNode of :func:`circuit`."""
    return qg.QNode(circuit, DEVICE, **options)


def in_circuit(make: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that runs what an operator's class makes."""

    def call(**given: Any) -> Any:
        @qg.qnode(DEVICE)
        def run() -> Any:
            make(**given)
            return qg.expval(qg.Z(0))

        return run()

    return call


def measured(measure: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that measures a circuit with what a function returns."""

    def call(**given: Any) -> Any:
        shots = given.pop("shots", None)

        @qg.qnode(DEVICE, shots=shots)
        def run() -> Any:
            qg.RX(0.3, wires=0)
            qg.CNOT(wires=[0, 1])
            return measure(**given)

        return run()

    return call


def derived(transform: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that differentiates :func:`circuit` by a transform."""

    def call(x: Any, shots: Any = None, **given: Any) -> Any:
        return transform(node(shots=shots, diff_method="parameter-shift"), **given)(x)

    return call
