"""Time a value and a gradient through the QNode, compared with PennyLane's simulators.

    python benchmarks/qnode.py --python .venv-peers/bin/python
    python benchmarks/qnode.py --python ... --only "W1 n=4" --rounds 3

Each library has a separate interpreter with one thread. A round runs the same calls on each device
in turn. The output has medians over rounds of processor time for one call, and in brackets the
ratio to qgate's: above 1 qgate is faster, below 1 the other. The results of all devices are
compared; exit status 1 if they do not agree.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from functools import cache
from typing import Any

import numpy
from peer import Peer, serve
from workloads import WORKLOADS, Calls

DEVICES = (
    ("qgate", "local"),
    ("qgate", "local qjit"),
    ("pennylane", "default.qubit"),
    ("pennylane", "lightning.qubit"),
)
LEAST_S = 0.1
"""A call is repeated until it has taken this long."""


@cache
def prepared(qml: Any, np: Any, workload: str, device: str) -> Calls:
    """Return the calls of a workload, made once in each interpreter."""
    return WORKLOADS[workload].prepare(qml, np, device)


def answer(qml: Any, np: Any, request: dict[str, Any]) -> Any:
    """Run a call ``repeats`` times; without a number, once for its result, then find one."""
    calls = prepared(qml, np, request["workload"], request["device"])
    call = calls.get(request["call"])
    if call is None:
        return None
    if "repeats" in request:
        return timed(call, request["repeats"])
    result = numpy.asarray(call(), dtype=float).reshape(-1).tolist()
    call()  # the second call may prepare what later ones use
    return {"result": result, "repeats": 1 + int(LEAST_S / timed(call, 1))}


def timed(call: Any, repeats: int) -> float:
    """Return the processor time of one call in seconds."""
    started = time.process_time()
    for _ in range(repeats):
        call()
    return (time.process_time() - started) / repeats


def measure(peers: dict[str, Peer], name: str, call: str, rounds: int) -> tuple[list[float], float]:
    """Return each device's median in seconds, and the largest difference of results."""
    asked = [
        (peers[library], {"workload": name, "device": device, "call": call})
        for library, device in DEVICES
    ]
    first = [peer.ask(**request) for peer, request in asked]
    if first[0] is None:
        return [], 0.0
    off = max(
        numpy.abs(numpy.subtract(other["result"], first[0]["result"])).max() for other in first[1:]
    )
    times = [
        [
            peer.ask(**request, repeats=found["repeats"])
            for (peer, request), found in zip(asked, first, strict=True)
        ]
        for _ in range(rounds)
    ]
    return [statistics.median(column) for column in zip(*times, strict=True)], float(off)


def line(title: str, medians: list[float], off: float) -> str:
    """Return a row of the table."""
    cells = [f"{1000 * median:10.2f} ({median / medians[0]:5.2f})" for median in medians[1:]]
    return f"{title:18} {1000 * medians[0]:10.2f} {' '.join(cells)} {off:9.0e}"


def run(python: str, only: str, rounds: int) -> int:
    """Measure, print, and return the exit status."""
    heads = [f"{device:>18}" for _, device in DEVICES[1:]]
    print(f"{'ms of processor':18} {'qgate':>10} {' '.join(heads)} {'differ':>9}")
    disagree = False
    with (
        Peer(sys.executable, __file__, "qgate") as ours,
        Peer(python, __file__, "pennylane") as theirs,
    ):
        peers = {"qgate": ours, "pennylane": theirs}
        for name in (name for name in WORKLOADS if only in name):
            for call in ("value", "gradient"):
                medians, off = measure(peers, name, call, rounds)
                if medians:
                    print(line(f"{name} {call}", medians, off), flush=True)
                disagree |= not off <= WORKLOADS[name].within
    return int(disagree)


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", help="the interpreter that has PennyLane")
    parser.add_argument("--only", default="", help="workloads whose name contains this")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.serve:
        serve(options.serve, answer)
        return 0
    if not options.python:
        parser.error("--python is needed; benchmarks/README.md says how to make its environment")
    return run(options.python, options.only, options.rounds)


if __name__ == "__main__":
    sys.exit(main())
