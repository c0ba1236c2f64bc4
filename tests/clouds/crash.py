"""A training that is killed at one point after the other, and repeated until it ends.

Run as a program, in a process without threads, because it forks: each training runs in a child,
which is ended by SIGKILL when a certain number of things have happened, and is then repeated in
further children until one comes to its end. Prints a line of JSON for each point.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import qgate as qg
from qgate import numpy as np
from qgate.execution.journal import Journal

STEPS = 20

REPEATED = 5
"""Every so many points the training that came to its end is repeated once more."""


class Countdown:
    """Kills this process when it was told of so many happenings.

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


class DangerousJournal(Journal):
    """A journal whose transactions are happenings, before they are committed and after."""

    def __init__(self, file: str, countdown: Countdown) -> None:
        self.countdown = countdown
        super().__init__(file)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with super()._transaction():
            yield
            self.countdown()
        self.countdown()


def train(device: Any, journal: Journal) -> list[float]:
    """Return the angles after some steps of gradient descent."""

    @qg.qnode(device, diff_method="parameter-shift")
    def circuit(angles: Any) -> Any:
        qg.RX(angles[0], wires=0)
        qg.RY(angles[1], wires=0)
        return qg.expval(qg.Z(0))

    angles = np.array([0.3, 0.8], requires_grad=True)
    with qg.run("training", journal=journal, budget=qg.Budget(submissions=STEPS)) as run:
        for _ in range(STEPS):
            angles = angles - 0.1 * qg.grad(circuit)(angles)
        assert run.submissions == STEPS
    return [float(angle) for angle in angles]


def in_child(work: Callable[[], Any], answer: Path) -> bool:
    """Run something in a child that writes what it returns; False: it was killed.

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
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return False
    if os.WEXITSTATUS(status) != 0:
        raise RuntimeError("the training ended in an error; see above")
    return True


def attempt(
    folder: Path, make: Callable[[Path, Countdown], Any], kill_at: int | None
) -> tuple[list[float], int] | None:
    """Train in a child; None: it was killed. Returns the angles, and how much happened."""
    answer = folder / "answer.json"

    def work() -> Any:
        countdown = Countdown(kill_at)
        journal = DangerousJournal(str(folder / "runs.db"), countdown)
        angles = train(make(folder, countdown), journal)
        return angles, countdown.happened

    if not in_child(work, answer):
        return None
    angles, happened = json.loads(answer.read_text())
    return angles, happened


def survive(folder: Path, make: Callable[[Path, Countdown], Any], kills: list[int]) -> list[float]:
    """Return the angles of a training that was killed at some points, one after the other."""
    folder.mkdir()
    for kill_at in kills:
        found = attempt(folder, make, kill_at)
        if found is not None:
            return found[0]
    found = attempt(folder, make, None)
    assert found is not None
    return found[0]


def main(
    make: Callable[[Path, Countdown], Any],
    charged: Callable[[Path], int],
    *,
    prepare: Callable[[int | None], None] = lambda number: None,
) -> None:
    """Print what became of each point; the arguments are a folder and a number of points.

    Parameters
    ----------
    make : callable
        From a folder, and what counts happenings, to a device.
    charged : callable
        From a folder to the number of submissions that were paid for.
    prepare : callable
        Called before each training with the number of its point; None: before the whole one.
    """
    root, points = Path(sys.argv[1]), int(sys.argv[2])
    prepare(None)
    (root / "whole").mkdir()
    whole = attempt(root / "whole", make, None)
    assert whole is not None
    angles, happened = whole
    print(json.dumps({"happened": happened, "charged": charged(root / "whole")}), flush=True)
    chance = random.Random(7)
    for number in range(points):
        place = number * happened // points
        kills = [place] + [chance.randrange(happened) for _ in range(number % 3)]
        folder = root / f"point{number}"
        prepare(number)
        found = survive(folder, make, kills)
        again = attempt(folder, make, None) if number % REPEATED == 0 else (found, 0)
        told = {
            "kills": kills,
            "same": found == angles,
            "stable": again is not None and found == again[0],
            "charged": charged(folder),
        }
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    from shop import Shop, ShopDevice

    def make_shop(folder: Path, countdown: Countdown) -> ShopDevice:
        """Return a device of a shop with or without tokens."""
        device = ShopDevice(
            str(folder / "shop.db"), unique=sys.argv[3] == "tokens", interfere=countdown
        )
        device.patience_s = 60.0
        return device

    main(make_shop, lambda folder: Shop(str(folder / "shop.db")).jobs)
