"""A training that is killed at one point after another, and repeated until it ends.

``main`` is called by a program without threads, because it forks: each training runs in a child,
which is killed by SIGKILL after a number of events or after a time, and is then repeated in further
children until one finishes. The program prints a line of JSON for each point. ``outcomes`` runs
such a program, and reads these lines.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import qgate as qg
from qgate import numpy as np
from qgate.jobs.journal import Journal

STEPS = 20

REPEATED = 5
"""Interval of points at which the finished training is repeated once more."""

TIMED = 3
"""Interval of points at which the training is killed after a time, not at an event."""

LOOK_S = 0.002
"""Interval in seconds at which a child is polled that is to be killed after a time."""

Kill = int | float | None
"""Number of events, or seconds, after which a child is killed; None: never."""


@dataclass(frozen=True)
class Bill:
    """The provider's bill for the jobs of one training.

    Parameters
    ----------
    completed : int
        Jobs with results.
    charged : int
        Jobs that are charged.
    tokens : int
        Number of distinct orders among all jobs.
    jobs : int
    """

    completed: int
    charged: int
    tokens: int
    jobs: int


class Countdown:
    """Kills this process after a number of events.

    Parameters
    ----------
    left : int or None
        None: never.
    """

    def __init__(self, left: int | None) -> None:
        self.left = left
        self.happened = 0

    def __call__(self, *_: Any) -> None:
        self.happened += 1
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                os.kill(os.getpid(), signal.SIGKILL)


def count_requests(countdown: Countdown) -> None:
    """Count every HTTP request of this process as an event, before it is sent."""

    def happening(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "http.client.send":
            countdown()

    sys.addaudithook(happening)


class DangerousJournal(Journal):
    """Journal whose transactions count as events, before the commit and after it."""

    def __init__(self, file: str, countdown: Countdown) -> None:
        self.countdown = countdown
        super().__init__(file)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with super()._transaction():
            yield
            self.countdown()
        self.countdown()


def train(device: Any, journal: Journal, *, steps: int, spare: int) -> tuple[list[float], int]:
    """Return the angles after some steps of gradient descent, and the number of submissions."""

    @qg.qnode(device, diff_method="parameter-shift")
    def circuit(angles: Any) -> Any:
        qg.RX(angles[0], wires=0)
        qg.RY(angles[1], wires=0)
        return qg.expval(qg.Z(0))

    angles = np.array([0.3, 0.8], requires_grad=True)
    with qg.run("training", journal=journal, budget=qg.Budget(submissions=steps + spare)) as run:
        for _ in range(steps):
            angles = angles - 0.1 * qg.grad(circuit)(angles)
    return [float(angle) for angle in angles], run.submissions


def in_child(work: Callable[[], Any], answer: Path, seconds: float | None = None) -> bool:
    """Run a function in a child that writes its result to a file; False: it was killed.

    Parameters
    ----------
    work : callable
    answer : Path
    seconds : float, optional
        When to kill it.

    Raises
    ------
    RuntimeError
        It ended in an error.
    """
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            answer.write_text(json.dumps(work()))
            status = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(status)
    status = _ended(pid, seconds)
    if os.WIFSIGNALED(status):
        return False
    if os.WEXITSTATUS(status) != 0:
        raise RuntimeError("the training ended in an error; see above")
    return True


def _ended(pid: int, seconds: float | None) -> int:
    """Wait for a child, and kill it after the time limit."""
    if seconds is None:
        return os.waitpid(pid, 0)[1]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status
        time.sleep(LOOK_S)
    os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


@dataclass(frozen=True)
class Trainer:
    """Runs trainings in children.

    Parameters
    ----------
    make : callable
        Takes a folder and an event counter; returns a device.
    steps : int
    spare : int
        Number of submissions allowed beyond one for each step.
    """

    make: Callable[[Path, Countdown], Any]
    steps: int
    spare: int

    def attempt(self, folder: Path, kill: Kill) -> tuple[list[float], int, int] | None:
        """Return angles, number of submissions and number of events; None: it was killed."""
        answer = folder / "answer.json"

        def work() -> Any:
            countdown = Countdown(kill if isinstance(kill, int) else None)
            journal = DangerousJournal(str(folder / "runs.db"), countdown)
            device = self.make(folder, countdown)
            angles, bought = train(device, journal, steps=self.steps, spare=self.spare)
            return angles, bought, countdown.happened

        if not in_child(work, answer, kill if isinstance(kill, float) else None):
            return None
        angles, bought, happened = json.loads(answer.read_text())
        return angles, bought, happened

    def survive(self, folder: Path, kills: Sequence[Kill]) -> tuple[list[float], int, int]:
        """Return angles, number of submissions and number of kills."""
        begin(folder)
        for killed, kill in enumerate((*kills, None)):
            found = self.attempt(folder, kill)
            if found is not None:
                return found[0], found[1], killed
        raise AssertionError("the last is not killed")


def begin(folder: Path) -> None:
    """Create a folder with an empty journal.

    All are copies of one journal: its id is part of the keys of its orders, which seed the shots of
    the providers of these trainings.
    """
    folder.mkdir()
    empty = folder.parent / "empty.db"
    if not empty.exists():
        Journal(empty).close()
    shutil.copy(empty, folder / "runs.db")


def main(
    make: Callable[[Path, Countdown], Any],
    bill: Callable[[Path], Bill],
    *,
    prepare: Callable[[int | None], None] = lambda number: None,
    steps: int = STEPS,
    spare: int = 0,
) -> None:
    """Print the result of each point; the arguments are a folder and a number of points.

    Parameters
    ----------
    make : callable
        Takes a folder and an event counter; returns a device.
    bill : callable
        Takes a folder; returns the provider's bill.
    prepare : callable
        Called before each training with the number of its point; None: before the whole one.
    steps : int
    spare : int
        Number of submissions allowed beyond one for each step.
    """
    root, points = Path(sys.argv[1]), int(sys.argv[2])
    trainer = Trainer(make, steps, spare)
    prepare(None)
    begin(root / "whole")
    began = time.monotonic()
    whole = trainer.attempt(root / "whole", None)
    took_s = time.monotonic() - began
    assert whole is not None
    angles, bought, happened = whole
    told = {"happened": happened, "bought": bought, **asdict(bill(root / "whole"))}
    print(json.dumps(told), flush=True)
    chance = random.Random(7)
    for number in range(points):
        place: Kill = number * happened // points
        if number % TIMED == TIMED - 1:
            place = chance.uniform(0.0, took_s)
        kills = [place] + [chance.randrange(happened) for _ in range(number % 3)]
        folder = root / f"point{number}"
        prepare(number)
        found, bought, killed = trainer.survive(folder, kills)
        again = trainer.attempt(folder, None) if number % REPEATED == 0 else (found, 0, 0)
        told = {
            "kills": kills,
            "killed": killed,
            "same": found == angles,
            "stable": again is not None and found == again[0],
            "bought": bought,
            **asdict(bill(folder)),
        }
        print(json.dumps(told), flush=True)


def outcomes(
    program: Path, folder: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Run a program that calls ``main``; return its results for the whole training and each point.

    Parameters
    ----------
    program : Path
    folder : Path
        For its files.
    *arguments : str
        A number of points, and what else it takes.
    environment : mapping, optional
        Variables besides those of this process.
    """
    path = os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])
    found = subprocess.run(
        [sys.executable, str(program), str(folder), *arguments],
        env={**os.environ, **(environment or {}), "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    whole, *killed = [json.loads(line) for line in found.stdout.splitlines()]
    return whole, killed


def assert_paid_once(
    whole: dict[str, Any], killed: Sequence[dict[str, Any]], *, steps: int, same: bool = True
) -> None:
    """Check that nothing was submitted twice and nothing lost.

    Parameters
    ----------
    whole, killed
        As ``outcomes`` returns them.
    steps : int
    same : bool
        Whether the result must equal that of the training that was not killed: a resubmission after
        a failure has other outcomes.
    """
    assert (whole["completed"], whole["jobs"], whole["bought"]) == (steps, steps, steps)
    assert [each for each in killed if each["completed"] != steps] == []
    assert [each for each in killed if each["charged"] != each["bought"]] == []
    assert [each for each in killed if each["tokens"] != each["jobs"]] == []
    assert [each for each in killed if not each["stable"]] == []
    assert [each for each in killed if same and not each["same"]] == []
    assert sum(each["killed"] > 0 for each in killed) >= len(killed) // 2
