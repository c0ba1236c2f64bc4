"""Metric tensors from numerical derivatives of exact states, as reference values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import qgate as qg

STEP = 1e-3
WEIGHTS = {-2: 1 / 12, -1: -2 / 3, 1: 2 / 3, 2: -1 / 12}
"""A central difference with an error of the order of the fourth power of the step."""


def _state_of(function: Callable[..., Any], args: Sequence[Any]) -> Any:
    """Return the state that a quantum function prepares."""

    def prepared(*inner: Any) -> Any:
        function(*inner)
        return qg.state()

    return np.asarray(qg.QNode(prepared, "local")(*args))


@pytest.fixture(name="numerical_metric")
def _numerical_metric() -> Callable[..., Any]:
    """Return a function that computes the metric of a quantum function by one of its arguments."""
    return _metric


def _metric(function: Callable[..., Any], args: Sequence[Any], position: int = 0) -> Any:
    """Return Re(<d_i psi|d_j psi> - <d_i psi|psi><psi|d_j psi>) by one argument."""
    plain = [np.array(arg, dtype=float) for arg in args]
    shape, size = plain[position].shape, plain[position].size
    psi, slopes = _state_of(function, plain), []
    for index in range(size):
        step = STEP * np.eye(size)[index].reshape(shape)
        moved = [
            weight * _state_of(function, _moved(plain, position, count * step))
            for count, weight in WEIGHTS.items()
        ]
        slopes.append(np.sum(moved, axis=0) / STEP)
    along = np.conj(slopes) @ psi
    gram = np.conj(slopes) @ np.transpose(slopes)
    return (gram - np.outer(along, along.conj())).real.reshape(shape + shape)


def _moved(args: Sequence[Any], position: int, step: Any) -> list[Any]:
    return [arg + step if at == position else arg for at, arg in enumerate(args)]
