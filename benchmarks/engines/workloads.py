"""Workloads that every library runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, partial
from typing import Any

import numpy as np

from .circuits import Circuit, layers, lithium_hydride, qaoa, unstructured


class Kind(Enum):
    """Kinds of results of a workload."""

    TRAINED = "the energy, and its gradient by all angles"
    ROWS = "the energies of many rows of angles"
    COUNTS = "how often each bitstring is read, for each row of angles"


@dataclass(frozen=True)
class Workload:
    """A circuit and the requested result.

    Parameters
    ----------
    title : str
    build : callable
        Creates the circuit.
    kind : Kind
    num_rows : int
        Rows of angles.
    shots : int or None
        Shots of each row.
    peers : tuple of str or None
        Peers that support its gates; None: all.
    quick : bool
        Whether it takes only some seconds.
    """

    title: str
    build: Callable[[], Circuit]
    kind: Kind = Kind.TRAINED
    num_rows: int = 1
    shots: int | None = None
    peers: tuple[str, ...] | None = None
    quick: bool = False

    @cached_property
    def circuit(self) -> Circuit:
        return self.build()

    @property
    def calls(self) -> tuple[str, ...]:
        """Names of the timed calls."""
        if self.kind is Kind.TRAINED:
            return ("value", "gradient")
        return ("counts",) if self.kind is Kind.COUNTS else ("value",)

    @property
    def angles(self) -> Any:
        """The angles, the same in every library, shape (num_rows, P)."""
        shape = (self.num_rows, self.circuit.num_angles)
        return np.random.default_rng(7).uniform(-np.pi, np.pi, shape)

    @property
    def within(self) -> float:
        """Tolerance of results: rounding, or six standard errors of a difference."""
        return 1e-9 if self.shots is None else 6 * (2 * 0.25 / self.shots) ** 0.5


LAYERS: Mapping[int, int] = {4: 3, 8: 4, 12: 6, 16: 5, 20: 3, 22: 2}
"""Number of layers of W1 by the number of qubits."""

WORKLOADS: Mapping[str, Workload] = {
    "W3": Workload("4 qubits, 12 angles", partial(layers, 4, 1), quick=True),
    **{
        f"W1 n={n}": Workload(
            f"{n} qubits, {3 * n * count} angles", partial(layers, n, count), quick=n <= 12
        )
        for n, count in LAYERS.items()
    },
    "W2 n=16": Workload("QAOA, 16 qubits, 8 angles", partial(qaoa, 16, 4)),
    "W2 n=20": Workload("QAOA, 20 qubits, 8 angles", partial(qaoa, 20, 4)),
    "W4": Workload(
        "10 qubits, 256 rows of 90 angles",
        partial(layers, 10, 3),
        kind=Kind.ROWS,
        num_rows=256,
        quick=True,
    ),
    "W5 n=20": Workload(
        "20 qubits, 1,000,000 shots", partial(layers, 20, 3), kind=Kind.COUNTS, shots=1_000_000
    ),
    "W5 n=10": Workload(
        "10 qubits, 100 rows, 1000 shots each",
        partial(layers, 10, 3),
        kind=Kind.COUNTS,
        num_rows=100,
        shots=1000,
        quick=True,
    ),
    "W6 n=16": Workload("random order, 16 qubits, 240 angles", partial(unstructured, 16, 240, 80)),
    "LiH": Workload(
        "12 qubits, 92 excitations, 631 words", lithium_hydride, peers=("lightning",), quick=True
    ),
}

LARGE: Mapping[str, Workload] = {
    "W1 n=24": Workload("24 qubits, 72 angles", partial(layers, 24, 1)),
}
"""Workloads that only qgate runs, for time and memory."""

EVERY: Mapping[str, Workload] = {**WORKLOADS, **LARGE}


@dataclass(frozen=True)
class Call:
    """Timed calls, and functions that extract the numbers to be compared."""

    run: Callable[[], Any]
    read: Callable[[Any], Any] = np.ravel


Calls = dict[str, Call]


def chosen(workload: Workload, **calls: Call) -> Calls:
    """Return the calls that the workload requests."""
    return {name: calls[name] for name in workload.calls}


def frequencies(results: Any) -> Any:
    """Return how often each wire is 1, and how often neighbours differ, row after row.

    Parameters
    ----------
    results : dict or sequence of dict
        Counts by bitstring, the first character the first wire.
    """
    rows = [results] if isinstance(results, Mapping) else results
    return np.concatenate([_frequencies(row) for row in rows])


def _frequencies(counts: Mapping[str, int]) -> Any:
    letters = np.frombuffer("".join(counts).encode(), dtype=np.uint8)
    bits = letters.reshape(len(counts), -1) - ord("0")
    weights = np.fromiter(counts.values(), dtype=float)
    differ = bits[:, 1:] ^ bits[:, :-1]
    return weights @ np.concatenate([bits, differ], axis=1) / weights.sum()
