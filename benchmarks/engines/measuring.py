"""Interleaved rounds of contenders on the same work, with a comparison of their results."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

SLOW_S = 2.0
FEW = 3
"""Maximum number of rounds if a call takes longer than ``SLOW_S``."""


class Answering(Protocol):
    """Protocol of an interpreter that responds to requests."""

    def ask(self, **request: Any) -> Any: ...


@dataclass(frozen=True)
class Row:
    """Medians of one call for all contenders that have it.

    Parameters
    ----------
    workload, call : str
    cpu, wall : dict
        Seconds by contender.
    peak : dict
        Peak memory so far in bytes, by contender.
    off : dict
        Deviation of each result from the first one's.
    agrees : bool
    """

    workload: str
    call: str
    cpu: dict[str, float]
    wall: dict[str, float]
    peak: dict[str, float]
    off: dict[str, float]
    agrees: bool


def measure(
    peers: Mapping[str, Answering],
    workload: str,
    call: str,
    *,
    within: float,
    rounds: int,
    least_s: float,
) -> Row:
    """Run all contenders in turn in every round, and return medians.

    Parameters
    ----------
    peers : mapping
        Contenders; the first is the reference for the others' results.
    workload, call : str
    within : float
        Tolerance of results, relative to the largest if that is above 1.
    rounds : int
    least_s : float
        A call is repeated until it has taken this long.
    """
    asked = {"workload": workload, "call": call}
    first = {name: peer.ask(**asked, least_s=least_s) for name, peer in peers.items()}
    first = {name: found for name, found in first.items() if found is not None}
    if max(found["seconds"] for found in first.values()) > SLOW_S:
        rounds = min(rounds, FEW)
    times: dict[str, list[dict[str, float]]] = {name: [] for name in first}
    for _ in range(rounds):
        for name, found in first.items():
            times[name].append(peers[name].ask(**asked, repeats=found["repeats"]))
    medians = {
        key: {name: statistics.median(time[key] for time in found) for name, found in times.items()}
        for key in ("cpu", "wall", "peak")
    }
    off = distances({name: found["numbers"] for name, found in first.items()})
    agrees = all(distance <= within for distance in off.values())
    return Row(workload, call, **medians, off=off, agrees=agrees)


def distances(numbers: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return the deviation of each result from the first one's; infinite for another length.

    Relative to the largest number if that is above 1.
    """
    reference, *_ = numbers.values()
    scale = max(1.0, float(np.abs(reference).max()))
    return {
        name: float(np.abs(np.subtract(each, reference)).max()) / scale
        if len(each) == len(reference)
        else float("inf")
        for name, each in numbers.items()
    }
