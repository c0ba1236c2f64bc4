"""Rounds in which contenders take turns at the same work, and whether their results agree."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

SLOW_S = 2.0
FEW = 3
"""If a call takes someone longer than ``SLOW_S``, there are no more than ``FEW`` rounds."""


class Answering(Protocol):
    """What is measured: an interpreter that answers requests."""

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
        Bytes by contender, the most that was held so far.
    off : dict
        How far the results of each lie from the first one's.
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
    """Ask each in turn, in every round, and return medians.

    Parameters
    ----------
    peers : mapping
        Contenders; the first is the one that the others' results are compared with.
    workload, call : str
    within : float
        How far results may lie apart, relative to the largest where that is above 1.
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
    """Return how far each one's numbers lie from the first one's; infinite if they are not as many.

    Relative to the largest number, where that is above 1.
    """
    reference, *_ = numbers.values()
    scale = max(1.0, float(np.abs(reference).max()))
    return {
        name: float(np.abs(np.subtract(each, reference)).max()) / scale
        if len(each) == len(reference)
        else float("inf")
        for name, each in numbers.items()
    }
