"""Trainings on the double of Amazon Braket that are killed at one point after another.

The first argument is a folder, the second a number of points, the third the double's address and
the fourth the name of a set of faults in ``FAULTS``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import braket.aws  # import before any fork, because it takes a second
from clouds.crash import Bill, Countdown, count_requests, main
from clouds.double import Control

import qgate as qg

STORM = (
    ("*", "error", {"code": "ThrottlingException", "probability": 0.3, "seed": 1}),
    ("*", "error", {"code": "InternalServiceException", "probability": 0.03, "seed": 2}),
    ("CreateQuantumTask", "lost", {"probability": 0.1, "seed": 3}),
    ("GetObject", "cut", {"probability": 0.05, "seed": 59}),
    ("task", "late", {"probability": 0.1, "seed": 5, "reads": 2}),
)
"""Faults, with kind and frequency, that do not change the outcomes of a task."""

FAILING = (("task", "failed", {"probability": 0.2, "seed": 6, "reason": "the cryostat was warm"}),)
"""Faults after which a task is resubmitted, which changes the outcomes."""

FAULTS = {"calm": (), "storm": STORM, "failing": FAILING}

assert braket.aws


def make(folder: Path, countdown: Countdown) -> qg.devices.base.Device:
    """Return a device whose requests count as events."""
    count_requests(countdown)
    return qg.device("braket:iqm/garnet?shots=50&s3_bucket=amazon-braket-results")


if __name__ == "__main__":
    double = Control(sys.argv[3])

    def prepare(number: int | None) -> None:
        """Reset the ledger; faults occur from the first point on."""
        double.reset()
        if number is not None:
            for operation, kind, details in FAULTS[sys.argv[4]]:
                double.fault(operation, kind, times=0, **details)

    def bill(folder: Path) -> Bill:
        """Return the bill of this training alone."""
        tasks = double.ledger()["tasks"]
        return Bill(
            completed=sum(task["status"] == "COMPLETED" for task in tasks),
            charged=sum(task["charged_usd"] > 0 for task in tasks),
            tokens=len({task["token"] for task in tasks}),
            jobs=len(tasks),
        )

    main(make, bill, prepare=prepare)
