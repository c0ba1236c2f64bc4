"""Library-independent circuits with noise: native gates, and the channels after each of them.

An angle is a sum of trained angles with factors, plus a number. Channels are those of PennyLane's
names; ``PairDepolarizing`` applies each of the 15 Pauli words on two qubits but the identity with
probability p / 15.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Angle:
    """The number ``offset`` plus the sum of angles with factors."""

    offset: float
    factors: Mapping[int, float] = field(default_factory=dict)

    def at(self, angles: Any) -> Any:
        """Return its value, or a formula, for angles of any kind."""
        total: Any = self.offset
        for index, factor in self.factors.items():
            total = total + factor * angles[index]
        return total


@dataclass(frozen=True)
class Gate:
    """A gate by PennyLane's name; ``angle`` if it has one."""

    name: str
    wires: tuple[int, ...]
    angle: Angle | None = None


@dataclass(frozen=True)
class Channel:
    """A channel by PennyLane's name."""

    name: str
    numbers: tuple[float, ...]
    wires: tuple[int, ...]


@dataclass(frozen=True)
class NoisyCircuit:
    """Gates, the channels after every gate on its wires, and what is measured.

    Parameters
    ----------
    title : str
    num_wires : int
    angles : list of float
    gates : list of Gate
    noise : mapping of str to list of Channel
        By the name and wires of a gate, as "CZ 0 1".
    words : list of (float, str)
        Coefficients and Pauli words of the observable.
    shots : int, optional
        Number of measured bitstrings, in place of the observable.
    """

    title: str
    num_wires: int
    angles: Sequence[float]
    gates: Sequence[Gate]
    noise: Mapping[str, Sequence[Channel]]
    words: Sequence[tuple[float, str]] = ()
    shots: int | None = None

    def channels(self, gate: Gate) -> Sequence[Channel]:
        """Return the channels after a gate."""
        return self.noise.get(place_of(gate.name, gate.wires), ())

    def save(self, path: Path) -> None:
        """Write it to a file."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> NoisyCircuit:
        """Return the circuit in a file."""
        data = json.loads(path.read_text(encoding="utf-8"))
        gates = [
            Gate(item["name"], tuple(item["wires"]), _angle(item["angle"]))
            for item in data.pop("gates")
        ]
        noise = {
            place: [
                Channel(item["name"], tuple(item["numbers"]), tuple(item["wires"]))
                for item in listed
            ]
            for place, listed in data.pop("noise").items()
        }
        words = tuple((float(number), str(letters)) for number, letters in data.pop("words"))
        return cls(**data, gates=gates, noise=noise, words=words)


def place_of(name: str, wires: Sequence[int]) -> str:
    """Return the key of a gate in the noise of a circuit."""
    return " ".join([name, *map(str, wires)])


def _angle(data: Mapping[str, Any] | None) -> Angle | None:
    if data is None:
        return None
    return Angle(data["offset"], {int(key): value for key, value in data["factors"].items()})


PAULIS = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}


@cache
def pair_depolarizing(p: float) -> list[np.ndarray]:
    """Return the 16 Kraus matrices of the depolarization of two qubits."""
    return [
        np.sqrt(1 - p if first + second == "II" else p / 15)
        * np.kron(PAULIS[first], PAULIS[second]).astype(complex)
        for first in PAULIS
        for second in PAULIS
    ]
