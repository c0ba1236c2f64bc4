"""Runs schedules, one after the other, and prints a line of JSON for each.

``python worker.py BRAKET_URL IBM_URL FOLDER FIRST STOP STEP``; the environment points clients at
the doubles.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from storm.scheduler import SCHEDULER, install

install()

import gc
import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from typing import Any

import braket.aws
import qiskit_ibm_runtime.executor_sampler
from botocore.loaders import JSONFileLoader
from ibm_cloud_sdk_core.token_managers import token_manager
from storm import on_braket, on_ibm
from storm.bill import Charge
from storm.life import FINISHED, Ending, live, live_in_child
from storm.schedule import FORKED_SHOTS, KILL, Schedule, drawn
from storm.verdict import after_a_life, at_the_end

import qgate as qg

assert braket.aws
assert qiskit_ibm_runtime

TABLES = {"braket": on_braket.FAULTS, "ibm": on_ibm.FAULTS}

SUBMISSION_USD = {"braket": 0.3 + 0.00145 * FORKED_SHOTS, "ibm": 60.0}
"""Upper bound of the cost of one submission."""

CALM_LIVES = 2
"""Repetitions after the storm; the first may be the one that detects a cancelled job."""


class WallClock:
    """Wall clock that advances with the scheduler's.

    IBM's sign-in waits for a minute after a failed request. All others read the real clock, by
    which the doubles date the creation of a job.
    """

    def __init__(self) -> None:
        self.began = SCHEDULER.now

    def time(self) -> float:
        """Return seconds of Unix time."""
        return time.time() + SCHEDULER.now - self.began

    def sleep(self, seconds: float) -> None:
        """Let others run for a time."""
        SCHEDULER.sleep(seconds)


WALL_CLOCK = WallClock()
token_manager.time = WALL_CLOCK

model_file = cache(JSONFileLoader().load_file)
JSONFileLoader.load_file = lambda _, path: model_file(path)  # each child creates its own clients


class Storm:
    """The clouds, a device of each, and a folder for journals."""

    def __init__(self, braket_url: str, ibm_url: str, folder: str) -> None:
        self.clouds = {"braket": on_braket.Braket(braket_url), "ibm": on_ibm.Ibm(ibm_url)}
        self.devices = {name: cloud.device() for name, cloud in self.clouds.items()}
        self.folder = folder

    def run(self, schedule: Schedule) -> dict[str, Any]:
        """Run one schedule; return it, and its broken promises."""
        cloud = self.clouds[schedule.cloud]
        SCHEDULER.seed(schedule.seed)
        WALL_CLOCK.began = SCHEDULER.now
        cloud.begin(schedule.faults)
        journal = tempfile.mktemp(dir=self.folder, suffix=".db")
        endings: list[Ending] = []
        wrong: list[str] = []
        self.charges: list[Charge] = []
        for life in range(schedule.lives):
            wrong += self._live(schedule, life, journal, endings)
            if endings[-1].how == FINISHED and life >= schedule.lives - 2:
                break
        cloud.calm()
        for _ in range(CALM_LIVES):
            wrong += self._live(schedule, None, journal, endings)
            if endings[-1].how == FINISHED:
                break
        wrong += at_the_end(schedule, endings[-1], self.charges)
        for file in Path(self.folder).glob(Path(journal).name + "*"):
            file.unlink()
        return {
            "schedule": asdict(schedule),
            "endings": [ending.how for ending in endings],
            "lasted_s": round(sum(ending.lasted_s for ending in endings)),
            "wrong": wrong,
        }

    def _live(
        self, schedule: Schedule, life: int | None, journal: str, endings: list[Ending]
    ) -> Iterator[str]:
        """Run the program once, record its end, and yield broken promises."""
        budget = self._budget(schedule)
        kinds = {event.kind for event in schedule.events_of(life)} if life is not None else set()
        run = live_in_child if KILL in kinds else live
        returned = [] if schedule.named or not endings else endings[-1].values
        device = self.devices[schedule.cloud]
        failed = {charge.key for charge in self.charges if charge.failed}
        endings.append(run(device, schedule, life, journal, budget, returned))
        self.charges = list(self.clouds[schedule.cloud].charges())
        yield from after_a_life(schedule, endings[-1], self.charges, budget.usd, failed)

    def _budget(self, schedule: Schedule) -> Any:
        """Allow the requested amount, and as much again as fails or a child requests."""
        submissions = sum(len(call.shots) for call in schedule.calls) + 8
        return qg.Budget(usd=SUBMISSION_USD[schedule.cloud] * submissions)


def main() -> None:
    storm = Storm(*sys.argv[1:4])
    gc.freeze()  # imported objects are neither garbage-collected again nor copied by forks
    first, stop, step = map(int, sys.argv[4:])
    for seed in range(first, stop, step):
        print(json.dumps(storm.run(drawn(seed, TABLES))), flush=True)
    sys.stdout.flush()
    os._exit(0)  # threads that wait for requests are abandoned


if __name__ == "__main__":
    main()
