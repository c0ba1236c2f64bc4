"""Time circuits with the noise of a device: qgate, Qiskit Aer and PennyLane's default.mixed.

    python benchmarks/noisy.py --python .venv-peers/bin/python
    python benchmarks/noisy.py --python ... --only LiH --rounds 3
    python benchmarks/noisy.py --python ... --agree 1000

Every library runs the same native gates with the same channels after them, compiled for
``fake_torino`` and with the noise of its calibration. Each has a separate interpreter with one
thread; a round runs the same calls in each in turn. The output has medians of one call over the
rounds, by processor time, and their ratios to qgate's device. The results of all are compared; exit
status 1 if they do not agree. Gradients in Aer are central differences, two rows for each angle.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import lru_cache, partial
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from document import PAGE, filled, table
from engines.contenders import Contender, answered, version
from engines.measuring import Row, measure
from engines.page import number
from noise.circuits import NoisyCircuit
from peer import Peer, respond

OURS = {
    "qgate": Contender("qgate, device", "noise.local:prepare", "qgate"),
    "qgate QNode": Contender("qgate, QNode", "noise.qnodes:qgate", "qgate"),
}
PEERS = {
    "aer": Contender("Aer", "noise.aer:prepare", "qiskit-aer"),
    "mixed": Contender("default.mixed", "noise.qnodes:mixed", "pennylane"),
}
CONTENDERS: Mapping[str, Contender] = {**OURS, **PEERS}

CALLS: Mapping[str, Mapping[str, tuple[float, tuple[str, ...]]]] = {
    "LiH": {"value": (1e-9, (*OURS, *PEERS)), "gradient": (1e-6, (*OURS, *PEERS))},
    "layers n=10": {"value": (1e-9, (*OURS, "aer")), "gradient": (1e-6, (*OURS,))},
    "layers n=20": {"counts": (inf, ("qgate", "aer"))},
}
"""For each call of a workload the tolerance of its result, and the contenders that run it.

Calls that take minutes are left out. Results of trajectories are not compared: Aer runs only some.
"""

FEW = {"aer": 10}
"""Number of trajectories that a contender runs in place of all: its time is proportional to it."""

FOLDER = "NOISY_CIRCUITS"
"""Environment variable with the folder of the circuits."""

LEAST_S = 0.1
"""A call is repeated until it has taken this long."""


@lru_cache(maxsize=2)
def prepared(name: str, folder: str, workload: str) -> Any:
    """Return the calls of a workload, made once in each interpreter."""
    module, _, function = CONTENDERS[name].place.partition(":")
    circuit = NoisyCircuit.read(Path(folder, f"{workload}.json"))
    return getattr(importlib.import_module(module), function)(circuit)


def answer(name: str, folder: str, request: dict[str, Any]) -> Any:
    """Return the version of the library, or the result or the times of a call."""
    if not request:
        return version(CONTENDERS[name].needs)
    call = prepared(name, folder, request["workload"]).get(request["call"])
    return None if call is None else answered(call, request)


def run(
    python: str, only: str, rounds: int, peers: Sequence[str], trajectories: int = 1000
) -> list[Row]:
    """Measure, print a line for each call, and return the rows."""
    from noise.workloads import compiled  # of qgate's environment

    rows = []
    with TemporaryDirectory() as folder, ExitStack() as stack:
        asked = {
            name: stack.enter_context(
                Peer(python if name in PEERS else sys.executable, __file__, name, {FOLDER: folder})
            )
            for name in (*OURS, *peers)
        }
        versions = {CONTENDERS[name].needs: peer.ask() for name, peer in asked.items()}
        print(", ".join(f"{package} {found}" for package, found in versions.items()))
        print(f"{'ms of processor':22} {' '.join(f'{CONTENDERS[n].title:>20}' for n in asked)}")
        for name in (name for name in CALLS if only in name):
            circuit = compiled(name, trajectories)
            circuit.save(Path(folder, f"{name}.json"))
            for call, (within, allowed) in CALLS[name].items():
                taking = {who: asked[who] for who in asked if who in allowed}
                made = measure(taking, name, call, within=within, rounds=rounds, least_s=LEAST_S)
                made = _scaled(made, circuit.shots)
                print(line(made, list(asked)), flush=True)
                rows.append(made)
    return rows


def agree(python: str, count: int) -> int:
    """Compare values and gradients of random circuits with Aer's, and return the exit status."""
    from noise.random_circuits import random_circuit  # of qgate's environment, as above

    largest = {"value": 0.0, "gradient": 0.0}
    with TemporaryDirectory() as folder, ExitStack() as stack:
        places = {"qgate": sys.executable, "aer": python}
        peers = [
            stack.enter_context(Peer(place, __file__, name, {FOLDER: folder}))
            for name, place in places.items()
        ]
        for seed in range(count):
            circuit = random_circuit(seed)
            circuit.save(Path(folder, f"{circuit.title}.json"))
            for call in largest:
                ours, theirs = (
                    peer.ask(workload=circuit.title, call=call, least_s=0.0)["numbers"]
                    for peer in peers
                )
                off = float(abs(np.subtract(ours, theirs)).max())
                largest[call] = max(largest[call], off)
    print(f"{count} random circuits, largest differences from Aer: {largest}")
    return int(largest["value"] > 1e-10 or largest["gradient"] > 1e-6)


def _scaled(row: Row, shots: int | None) -> Row:
    """Return a row with the times of all trajectories where only some were run."""
    factors = {name: shots / FEW.get(name, shots) if shots else 1.0 for name in row.cpu}
    times = {
        clock: {name: value * factors[name] for name, value in getattr(row, clock).items()}
        for clock in ("cpu", "wall")
    }
    return replace(row, **times)


def line(row: Row, names: Sequence[str]) -> str:
    """Return a line with milliseconds, and in brackets the ratio to qgate's device."""
    cells = []
    for name in names:
        seconds = row.cpu.get(name)
        cell = "-" if seconds is None else f"{1000 * seconds:,.2f} ({_ratio(row, name)})"
        cells.append(f"{cell:>20}")
    verdict = "" if row.agrees else f"  RESULTS DIFFER by {row.off}"
    return f"{row.workload + ' ' + row.call:22} {' '.join(cells)}{verdict}"


def _ratio(row: Row, name: str) -> str:
    return f"{number(row.cpu[name] / row.cpu['qgate'])}x"


def markdown(rows: Sequence[Row]) -> str:
    """Return the table of the document."""
    heads = ["", "call", *(f"{item.title} / ms" for item in CONTENDERS.values())]
    cells = [
        [
            row.workload,
            row.call,
            *(
                f"{number(1000 * row.cpu[name])} ({_ratio(row, name)})" if name in row.cpu else "-"
                for name in CONTENDERS
            ),
        ]
        for row in rows
    ]
    return table(heads, cells)


def main(arguments: list[str] | None = None) -> int:
    """Serve, or measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", help="the interpreter that has the peers")
    parser.add_argument("--only", default="", help="workloads whose name contains this")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--trajectories", type=int, default=1000)
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--agree", type=int, help="only compare N random circuits with Aer")
    parser.add_argument("--write", action="store_true", help="write to docs/benchmarks.md")
    parser.add_argument("--serve", choices=CONTENDERS, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.serve:
        respond(partial(answer, options.serve, os.environ[FOLDER]))
        return 0
    if options.peers and not options.python:
        parser.error("--python is needed; benchmarks/README.md says how to make its environment")
    if options.agree:
        return agree(options.python, options.agree)
    rows = run(options.python, options.only, options.rounds, options.peers, options.trajectories)
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(filled(page, "noise", markdown(rows)), encoding="utf-8")
    return int(not all(row.agrees for row in rows))


if __name__ == "__main__":
    sys.exit(main())
