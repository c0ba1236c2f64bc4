"""The circuit of all cells in plain numpy, and measurements as functions of its state.

This module does not use qgate. Jacobians are central differences of eighth order, with errors of
1e-12.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

STEP = 0.02
WEIGHTS = {1: 4 / 5, 2: -1 / 5, 3: 4 / 105, 4: -1 / 280}
"""Weights of f(x + ks) - f(x - ks) in the derivative times s."""

IDENTITY, X, Y, Z = (
    np.array(rows, dtype=complex)
    for rows in ([[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])
)
ON, OFF = np.diag([0, 1]), np.diag([1, 0])
"""Projectors on a control that is 1, and 0."""


def rotation(angle: float, generator: Any) -> Any:
    """Return exp(-i angle/2 generator)."""
    return np.cos(angle / 2) * IDENTITY - 1j * np.sin(angle / 2) * generator


def controlled(matrix: Any) -> Any:
    """Return the gate on a target, controlled by the wire before it."""
    return np.kron(OFF, IDENTITY) + np.kron(ON, matrix)


def circuit_state(parameters: Any, *, mixed: bool) -> Any:
    """Return the state of two wires, or of four, the last two of which mix the first two."""
    first, second = parameters[0], parameters[1]
    gates: list[tuple[Any, tuple[int, ...]]] = [
        (rotation(first, X), (0,)),
        (rotation(second, Y), (1,)),
        (controlled(X), (0, 1)),
        (controlled(rotation(first * second, Y)), (1, 0)),
    ]
    if mixed:
        gates = [
            (rotation(1.1, Y), (2,)),
            (rotation(0.9, Y), (3,)),
            (controlled(X), (2, 0)),
            (controlled(X), (3, 1)),
            *gates,
        ]
    state = np.zeros((2,) * (4 if mixed else 2), dtype=complex)
    state.flat[0] = 1
    for matrix, wires in gates:
        state = applied(matrix, wires, state)
    return state.reshape(-1)


def applied(matrix: Any, wires: Sequence[int], state: Any) -> Any:
    """Apply a matrix to some axes of a state."""
    count = len(wires)
    tensor = np.reshape(matrix, (2,) * (2 * count))
    moved = np.tensordot(tensor, state, axes=(range(count, 2 * count), wires))
    return np.moveaxis(moved, range(count), wires)


def likeliest_positive(state: Any) -> Any:
    """Return a state with the phase in which its largest amplitude is positive."""
    largest = state[np.argmax(np.abs(state))]
    return state * np.conj(largest) / np.abs(largest)


def density(state: Any, wires: Sequence[int]) -> Any:
    """Return the density matrix of some wires."""
    tensor = np.moveaxis(
        np.reshape(state, (2,) * int(np.log2(len(state)))), wires, range(len(wires))
    )
    matrix = tensor.reshape(2 ** len(wires), -1)
    return matrix @ matrix.conj().T


def mean(state: Any, observable: Any) -> Any:
    """Return the expectation value of a matrix on all wires."""
    return np.real(np.vdot(state, observable @ state))


def entropy(state: Any, wires: Sequence[int]) -> Any:
    """Return the von Neumann entropy of some wires."""
    values = np.linalg.eigvalsh(density(state, wires))
    return -sum(value * np.log(value) for value in values if value > 1e-14)


def jacobian(function: Callable[[Any], Any], at: Any) -> Any:
    """Return the derivatives of an array by the entries of another; the latter's axis is last."""
    columns = []
    for unit in np.eye(len(at)):
        terms = (
            weight * (function(at + k * STEP * unit) - function(at - k * STEP * unit))
            for k, weight in WEIGHTS.items()
        )
        columns.append(sum(terms) / STEP)
    return np.stack(columns, axis=-1)
