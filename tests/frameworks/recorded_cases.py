"""Recorded circuits in every framework: they give what the QNode gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import qgate as qg


def function(x: Any, y: Any, layers: int = 2) -> Any:
    for layer in range(layers):
        qg.RX(2 * x[layer] + y, wires=layer)
    qg.CNOT(wires=[0, 1])
    qg.RY(x[0] * y, wires=1)
    return qg.expval(qg.Z(0)), qg.probs(wires=1)


X, Y = [0.3, 0.7], 0.4
METHODS = ("best", "parameter-shift", "backprop")


def check(method: str, array: Callable[[Any], Any], gradient: Callable[..., Any]) -> None:
    """Compare a recorded circuit with its QNode, at two points.

    ``gradient`` takes a cost of x and y, and these; it returns both derivatives as numpy arrays.
    """
    node = qg.QNode(function, "local", diff_method=method)
    recorded = qg.qjit(node)

    def cost(run: Any) -> Any:
        def of(x: Any, y: Any) -> Any:
            first, second = run(x, y)
            return first**2 + 3.0 * second[0]

        return of

    for shift in (0.0, 0.9):
        point = array([value + shift for value in X]), array(Y)
        expected, found = gradient(cost(node), *point), gradient(cost(recorded), *point)
        for one, other in zip(expected, found, strict=True):
            within = 1e-12 if one.dtype == np.float64 else 1e-5
            np.testing.assert_allclose(other, one, atol=within)
