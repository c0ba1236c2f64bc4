"""Final accounting of orders: record their results or failures in the journal, and their usage."""

from __future__ import annotations

import json
import warnings
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NotRequired, TypeAlias, TypedDict

from qgate.budget import ROUNDING_USD
from qgate.devices.cloud.retries import with_retries
from qgate.devices.job import RowFailure, SweepResult
from qgate.exceptions import (
    JobCancelled,
    JobFailed,
    JournalUnreadable,
    OrderDamaged,
    QGateError,
    ReservationExceededWarning,
)
from qgate.jobs.canary import misread
from qgate.jobs.codec import decode, encode
from qgate.jobs.orders import Order, OrderState
from qgate.usage import Usage

if TYPE_CHECKING:
    from qgate.devices.cloud.remote import Record, RemoteDevice, RemoteJob
    from qgate.jobs.journal import Journal
    from qgate.prices import Price
    from qgate.sweep import Sweep
    from qgate.typing import Wire

Results: TypeAlias = Sequence[SweepResult]
"""Results of one submission, for each of its sweeps."""


class RequestRecord(TypedDict):
    """Settings of an order, as its row in the journal has them."""

    sweeps: Record
    canary: list[str]
    settings: NotRequired[Mapping[str, object]]
    labels: NotRequired[Mapping[str, str]]


EXCEEDED = "above reservation"
"""Event in the history of an order: it cost more than was reserved for it."""

COST_S = 60.0
"""Maximum time in seconds for requesting the price of a job that has ended."""


def record_of(
    device: RemoteDevice,
    sweeps: Sequence[Sweep],
    canary: Iterable[Wire],
    labels: Mapping[str, str],
) -> bytes:
    """Return what sending an order again and reading its result requires, for the journal.

    ``canary`` has the wires of the canary circuits in the last sweep, and is empty without them.
    """
    content = {
        "sweeps": device.record(sweeps),
        "canary": [str(wire) for wire in canary],
        "settings": device.request_settings(),
        "labels": labels,
    }
    return zlib.compress(json.dumps(content, sort_keys=True).encode())


def reopened(device: RemoteDevice, order: Order, job: str) -> RemoteJob:
    """Return the job of an order."""
    found = device.reopen(job, _record(order)["sweeps"])
    found.token = order.key
    return found


def as_written(device: RemoteDevice, order: Order) -> RemoteDevice:
    """Return a device whose creation requests have the settings that an order was recorded with."""
    record = _record(order)
    if "settings" not in record:  # written by a version that did not keep them
        return device
    return device.with_request(record["settings"], record["labels"])


def keep(journal: Journal, order: Order, job: RemoteJob, results: Results) -> tuple[bytes, bool]:
    """Record the results of an order.

    Return them as they are in the journal, and whether the canary circuits were right.
    """
    wires = misread(results[-1][0], _record(order)["canary"]) if _has_canary(order) else []
    encoded, taken = encode(results), _taken(order, job, results)
    journal.finish(
        order.key,
        OrderState.QUARANTINED if wires else OrderState.DONE,
        result=encoded,
        vendor_status=job.report.vendor_status,
        reason=", ".join(map(str, wires)),
        taken=taken,
        durable=False,
    )
    _warn_of_excess(journal, order, taken)
    return encoded, not wires


def fail(journal: Journal, order: Order, job: RemoteJob, error: JobFailed) -> None:
    """Record that a job ended without results."""
    cancelled, taken = isinstance(error, JobCancelled), _taken(order, job, ())
    journal.finish(
        order.key,
        OrderState.CANCELLED if cancelled else OrderState.FAILED,
        vendor_status=job.report.vendor_status,
        reason=error.reason,
        taken=taken,
        durable=False,
    )
    _warn_of_excess(journal, order, taken)


def failures(results: Results) -> list[str]:
    """Return the reasons of all failed rows."""
    return [
        row.reason
        for result in results
        for entry in result
        if isinstance(entry, list)
        for row in entry
        if isinstance(row, RowFailure)
    ]


def replayed(journal: Journal, order: Order) -> Results:
    """Return the results of a finished order from the journal, or raise ``OrderDamaged``."""
    try:
        return decode(order.result or b"")
    except Exception as error:  # damaged bytes make zipfile, json and numpy raise many classes
        raise OrderDamaged(key=order.key, what="result", file=journal.file) from error


def _record(order: Order) -> RequestRecord:
    try:
        found: RequestRecord = json.loads(zlib.decompress(order.record))
        return {**found, "sweeps": found["sweeps"], "canary": found["canary"]}
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        file, reason = f"of the run {order.run!r}", f"its order {order.key} is damaged"
        raise JournalUnreadable(file=file, reason=reason) from error


def _has_canary(order: Order) -> bool:
    return bool(_record(order)["canary"])


def _taken(order: Order, job: RemoteJob, results: Results) -> Usage | None:
    """Return the final usage of an order; None: all that was reserved."""
    cost = _cost(job)
    if results:
        usd = order.held_usd if cost is None else cost.high_usd
        return Usage(order.held_submissions, order.held_shots - _lost_shots(order, results), usd)
    if cost is None:
        return None
    if not cost.high_usd:
        return Usage()
    return Usage(order.held_submissions, order.held_shots, cost.high_usd)


def _warn_of_excess(journal: Journal, order: Order, taken: Usage | None) -> None:
    """Warn that an order cost more than was reserved; the journal has the whole amount already.

    A device that is billed by time may take longer than estimated. The budget is then exceeded by
    the amount that was not reserved, and further orders are refused.
    """
    if taken is None or order.price is None or taken.counted_usd <= order.held_usd + ROUNDING_USD:
        return
    excess = f"it cost {taken.usd:.4f} USD, and {order.held_usd:.4f} USD were reserved"
    journal.note(order.key, EXCEEDED, excess)
    warnings.warn(
        f"The order {order.key[:16]} of the run {order.run!r} on {order.device} is billed by what "
        f"it took: {excess}. The whole amount is counted, and its budgets allow less from here on.",
        ReservationExceededWarning,
        stacklevel=2,
    )


def _cost(job: RemoteJob) -> Price | None:
    """Return the cost of a job; None: the provider does not report it, or not in time."""
    patience_s = min(job.device.patience_s, COST_S)
    with suppress(QGateError):  # the highest possible cost stays reserved
        return with_retries(
            job.device, job.cost, question=True, limited=False, patience_s=patience_s
        )
    return None


def _lost_shots(order: Order, results: Results) -> int:
    """Return the number of an order's shots that belong to failed rows."""
    if not failures(results):
        return 0
    read = sum(
        row.shots or 0
        for result in results
        for entry in result
        for row in entry
        if not isinstance(row, RowFailure)
    )
    return max(order.shots - read, 0)
