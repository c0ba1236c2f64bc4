"""Fetch the results of jobs after their program has ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from qgate.devices.cloud.polling import poller_of
from qgate.devices.cloud.remote import RemoteDevice
from qgate.exceptions import JobFailed, JobTimeout, NotReopenable, QGateError
from qgate.jobs.accounting import fail, keep, reopened
from qgate.jobs.creation import searched
from qgate.jobs.creation_attempts import perhaps_sent
from qgate.jobs.orders import OPEN, Order
from qgate.jobs.run_lock import RunLock

if TYPE_CHECKING:
    from qgate.devices.cloud.remote import RemoteJob
    from qgate.jobs.journal import Journal

MakeDevice = Callable[[str], object]


def resume(
    journal: Journal, make: MakeDevice, *, run: str | None = None, timeout_s: float | None = None
) -> Iterator[tuple[Order, str]]:
    """Fetch the results of jobs in progress into the journal; nothing is submitted.

    Yield each order, and a report on it. ``make`` returns the device of a configuration string.
    ``RunInUse`` is raised if another process has opened a run, and fetches its results itself.
    """
    names = journal.runs() if run is None else [run]
    for name in names:
        waiting = [order for order in journal.orders(name) if order.state in OPEN]
        if not waiting:
            continue
        with RunLock(journal.file, name):
            for order in waiting:
                yield order, _resumed(journal, make, order, timeout_s)


def _resumed(journal: Journal, make: MakeDevice, order: Order, timeout_s: float | None) -> str:
    try:
        if order.is_local and order.job is None:
            return _runs_in_program(order)
        device = make(order.device)
        if not isinstance(device, RemoteDevice):
            return _runs_in_program(order)
        device.check_access()
        if order.job is None and not perhaps_sent(journal, order.key):
            return _released(journal, order, "was never sent")
        job = _job(journal, device, order)
        if job is None:
            return _released(journal, order, "was not created: the provider has no such job")
        return _fetched(journal, order, job, timeout_s)
    except QGateError as error:
        return str(error)


def _runs_in_program(order: Order) -> str:
    return (
        "runs within the program, and there is no job to fetch. Run the program again under the "
        f"name {order.run!r}."
    )


def _released(journal: Journal, order: Order, reason: str) -> str:
    """Refund what is reserved for an order that certainly has no job."""
    journal.release(order.key, reason)
    return f"{reason}; what was reserved for it is refunded"


def _job(journal: Journal, device: RemoteDevice, order: Order) -> RemoteJob | None:
    """Return the job of an order from the journal or the provider; None: it has none."""
    if order.job is None:
        return searched(journal, device, order)
    if not order.record:
        raise NotReopenable(device=device.name, job=order.job)
    return reopened(device, order, order.job)


def _fetched(journal: Journal, order: Order, job: RemoteJob, timeout_s: float | None) -> str:
    poller = poller_of(job.device.account)
    try:
        results = poller.wait(job, timeout_s)
    except JobTimeout:
        poller.forget(job)
        position = job.report.queue_position
        return f"is {job.report.status.value}" + (
            f", queue position {position}" if position else ""
        )
    except JobFailed as error:
        fail(journal, order, job, error)
        return f"failed: {error.reason}"
    _, good = keep(journal, order, job, results)
    return "done" if good else "done, and quarantined: its canary circuits have wrong results"
