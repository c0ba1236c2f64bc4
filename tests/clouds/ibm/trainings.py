"""Trainings on the double of IBM Quantum Platform that are killed at one point after another.

The first argument is a folder, the second a number of points, the third the double's address, the
fourth a set of faults, a name in ``WEATHER``, and the fifth a number of steps.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import qiskit_ibm_runtime.executor_sampler  # import before any fork, because it takes seconds
from clouds.crash import Bill, Countdown, count_requests, main
from clouds.ibm.double import IbmDouble

import qgate as qg
from qgate.devices.qiskit.ibm import device as ibm_device

JOB_REQUESTS = (
    "POST /jobs",
    "GET /jobs",
    "GET /jobs/ID",
    "GET /jobs/ID/results",
    "GET /jobs/ID/metrics",
)


def storm(double: IbmDouble) -> None:
    """Inject many faults that do not change the outcomes of a job.

    30 % of the requests about jobs are throttled, but only 5 % of the others: a creation makes two
    and a connection seven of them, which all have to succeed. Responses with a token are never
    lost, because the client then waits for a minute.
    """
    for seed, at in enumerate(JOB_REQUESTS):
        double.goes_wrong(at, status=429, times=None, probability=0.3, seed=seed)
        double.goes_wrong(at, "lost", times=None, probability=0.05, seed=30 + seed)
    double.goes_wrong("*", status=429, times=None, probability=0.05, seed=10)
    double.goes_wrong("*", status=503, times=None, probability=0.03, seed=11)
    double.goes_wrong("POST /jobs", "lost", when="after", times=None, probability=0.1, seed=13)
    double.goes_wrong("POST /jobs", status=502, when="after", times=None, probability=0.1, seed=14)
    double.goes_wrong("GET /jobs/ID/results", "half", times=None, probability=0.05, seed=15)
    double.any_job(probability=0.1, seed=16, late=2)


def failing(double: IbmDouble) -> None:
    """Make jobs fail; resubmitted jobs have other outcomes."""
    double.any_job(probability=0.2, seed=20, status="Failed", reason="the cryostat was warm")


def calm(double: IbmDouble) -> None:
    """Inject no faults."""


WEATHER: Mapping[str, Callable[[IbmDouble], None]] = {
    "calm": calm,
    "storm": storm,
    "failing": failing,
}

assert qiskit_ibm_runtime
assert ibm_device


def make(folder: Path, countdown: Countdown) -> qg.devices.base.Device:
    """Return a device whose requests count as events."""
    count_requests(countdown)
    device = qg.device("ibm:ibm_manila?shots=50&optimization_level=0")
    device.settles_s = 0.2
    return device


if __name__ == "__main__":
    address, weather, steps = sys.argv[3], sys.argv[4], int(sys.argv[5])
    double = IbmDouble(int(address.rpartition(":")[2]))

    def prepare(number: int | None) -> None:
        """Reset the ledger; faults occur from the first point on."""
        double.reset()
        if number is not None:
            WEATHER[weather](double)

    def bill(folder: Path) -> Bill:
        """Return the bill of this training alone; failed jobs are charged as well."""
        jobs = double.jobs
        return Bill(
            completed=sum(job["status"] == "Completed" for job in jobs),
            charged=sum(job["seconds"] > 0 for job in jobs),
            tokens=len({tag for job in jobs for tag in job["tags"] if len(tag) == 64}),
            jobs=len(jobs),
        )

    main(make, bill, prepare=prepare, steps=steps, spare=2 * steps)
