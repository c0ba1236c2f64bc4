"""Run schedules of submissions on the doubles of Amazon Braket and IBM Quantum Platform.

``python tests/storm/main.py --schedules 10000`` runs that number of schedules, on two workers, and
prints how many broke a promise; ``--first N --schedules 1`` repeats the one with number N.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from clouds.braket.double import BraketDouble
from clouds.ibm.double import running

WORKER = Path(__file__).with_name("worker.py")

MEMORY = Path("/dev/shm")
"""Folder of journals, in memory where possible: thousands of them would wait for the disk."""

SHOWN = 20


def main(arguments: list[str] | None = None) -> int:
    """Run the storm; return 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args(arguments)
    began = time.monotonic()
    found = run(given.first, given.first + given.schedules, given.workers)
    kinds = Counter(wrong.partition(":")[0] for each in found for wrong in each["wrong"])
    for each in [each for each in found if each["wrong"]][:SHOWN]:
        print(f"schedule {each['schedule']['seed']}: {json.dumps(each)}")
    faults = sum(len(each["schedule"]["faults"]) for each in found)
    events = Counter(event["kind"] for each in found for event in each["schedule"]["events"])
    lives = sum(len(each["endings"]) for each in found)
    print(
        f"{len(found)} schedules, {faults} faults of services, "
        + ", ".join(f"{events[kind]} {kind}s" for kind in sorted(events))
        + f", {lives} repetitions, {time.monotonic() - began:.0f} s"
    )
    from storm.verdict import KINDS

    print(", ".join(f"{kinds[kind]} {kind}" for kind in KINDS))
    return 1 if len(found) < given.schedules or kinds else 0


def run(first: int, stop: int, workers: int) -> list[dict[str, Any]]:
    """Run the schedules with numbers from ``first`` to before ``stop``."""
    with ExitStack() as stack:
        place = MEMORY if MEMORY.is_dir() else None
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=place)))
        pool = stack.enter_context(ThreadPoolExecutor(workers))
        parts = pool.map(
            lambda number: _part(folder / str(number), range(first + number, stop, workers)),
            range(min(workers, stop - first)),
        )
        return sorted(chain.from_iterable(parts), key=lambda each: each["schedule"]["seed"])


def _part(folder: Path, seeds: range) -> list[dict[str, Any]]:
    """Run some schedules, with a new worker after each deadlock."""
    for name in ("braket", "ibm", "journals"):
        (folder / name).mkdir(parents=True)
    found: list[dict[str, Any]] = []
    with ExitStack() as stack:
        double = BraketDouble(folder / "braket")
        stack.callback(double.stop)
        ibm = stack.enter_context(running(folder / "ibm"))
        environment = {**os.environ, **double.environment(), **ibm.environment}
        environment |= {"OMP_NUM_THREADS": "1", "QGATE_JOURNAL": str(folder / "implicit.db")}
        environment["USAGE_DATA_OPT_OUT"] = "True"  # else each request inspects the stack
        while len(found) < len(seeds):
            left = seeds[len(found) :]
            arguments = [double.url, ibm.address, str(folder / "journals")]
            arguments += [str(left.start), str(left.stop), str(left.step)]
            worker = subprocess.run(
                [sys.executable, str(WORKER), *arguments],
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
                check=False,
            )
            found += [json.loads(line) for line in worker.stdout.splitlines()]
            if len(found) < len(seeds):
                found.append(_ended_early(seeds[len(found)], worker.returncode))
    return found


def _ended_early(seed: int, status: int) -> dict[str, Any]:
    """Return the report on a schedule in which the worker ended."""
    return {
        "schedule": {"seed": seed, "faults": [], "events": []},
        "endings": [],
        "wrong": [f"lost: the process ended with status {status}"],
    }


if __name__ == "__main__":
    sys.exit(main())
