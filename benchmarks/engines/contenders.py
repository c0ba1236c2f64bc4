"""Timed libraries, and the responses of the interpreter of each."""

from __future__ import annotations

import importlib
import importlib.metadata
import resource
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from .workloads import EVERY, Call, Calls

MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Unit in bytes of the system's peak memory."""


@dataclass(frozen=True)
class Contender:
    """A library, or one way to use it.

    Parameters
    ----------
    title : str
        Head of its column.
    place : str
        The function that creates the calls of a workload, written "module:function".
    needs : str
        The required package, by the name under which it is installed.
    """

    title: str
    place: str
    needs: str


OURS: Mapping[str, Contender] = {
    "qgate": Contender("qgate, device", "engines.local:prepare", "qgate"),
    "qgate QNode": Contender("qgate, QNode", "engines.qnodes:qgate", "qgate"),
}
PEERS: Mapping[str, Contender] = {
    "lightning": Contender(
        "lightning.qubit, QNode", "engines.qnodes:lightning", "pennylane-lightning"
    ),
    "qulacs": Contender("qulacs", "engines.qulacs_circuits:prepare", "qulacs"),
    "aer": Contender("Aer", "engines.aer:prepare", "qiskit-aer"),
}
CONTENDERS: Mapping[str, Contender] = {**OURS, **PEERS}
ENGINE, NODE = OURS


def version(package: str) -> str | None:
    """Return the version of an installed package; None if it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


@lru_cache(maxsize=1)
def prepared(name: str, workload: str) -> Calls:
    """Return the calls of a workload; release those of the previous one."""
    module, _, function = CONTENDERS[name].place.partition(":")
    calls: Calls = getattr(importlib.import_module(module), function)(EVERY[workload])
    return calls


def answer(name: str, request: dict[str, Any]) -> Any:
    """Return the version of the library, run a call for its result, or time it.

    The first for an empty request, None if the library is not installed; the second for a
    ``workload`` and a ``call``, with the repeats that take ``least_s``; the third with ``repeats``.
    """
    if not request:
        return version(CONTENDERS[name].needs)
    call = prepared(name, request["workload"]).get(request["call"])
    return None if call is None else answered(call, request)


def answered(call: Call, request: dict[str, Any]) -> Any:
    """Run a call for its result, or time it if there are ``repeats`` in the request."""
    if "repeats" in request:
        return timed(call, request["repeats"])
    started = time.perf_counter()
    numbers = np.asarray(call.read(call.run()), dtype=float).reshape(-1)
    seconds = time.perf_counter() - started
    if seconds < request["least_s"]:  # compiled by the first call
        seconds = timed(call, 1)["wall"]
    repeats = max(1, round(request["least_s"] / seconds))
    return {"numbers": numbers.tolist(), "repeats": repeats, "seconds": seconds}


def timed(call: Call, repeats: int) -> dict[str, float]:
    """Return processor time and wall time of one call in seconds, and the peak of memory so far."""
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(repeats):
        call.run()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_UNIT
    return {"cpu": cpu / repeats, "wall": wall / repeats, "peak": peak}
