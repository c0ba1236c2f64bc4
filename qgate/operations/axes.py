"""Axes and Euler angles of gates on one wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import pi

from qgate.typing import Tensor

AXES: Mapping[str, str] = {
    **dict.fromkeys(("PauliX", "RX", "SX"), "X"),
    **dict.fromkeys(("PauliY", "RY"), "Y"),
    **dict.fromkeys(("PauliZ", "RZ", "S", "T", "PhaseShift", "U1"), "Z"),
}
"""Pauli matrix of which a gate on one wire is a function."""

ROT_ANGLES: Mapping[str, Callable[..., list[Tensor]]] = {
    "Hadamard": lambda: [pi, pi / 2, 0.0],
    "PauliX": lambda: [pi / 2, pi, -pi / 2],
    "PauliY": lambda: [0.0, pi, 0.0],
    "PauliZ": lambda: [pi, 0.0, 0.0],
    "S": lambda: [pi / 2, 0.0, 0.0],
    "T": lambda: [pi / 4, 0.0, 0.0],
    "SX": lambda: [pi / 2, pi / 2, -pi / 2],
    "RX": lambda phi: [pi / 2, phi, -pi / 2],
    "RY": lambda phi: [0.0, phi, 0.0],
    "RZ": lambda phi: [phi, 0.0, 0.0],
    "PhaseShift": lambda phi: [phi, 0.0, 0.0],
    "U1": lambda phi: [phi, 0.0, 0.0],
    "U2": lambda phi, delta: [delta, pi / 2, phi],
    "U3": lambda theta, phi, delta: [delta, theta, phi],
    "Rot": lambda phi, theta, omega: [phi, theta, omega],
}
"""Angles of the ``Rot`` that equals a gate up to a global phase, as functions of its angles."""
