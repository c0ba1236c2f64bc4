"""Creation of an order's job: find the job of an earlier attempt, else create one; never two.

Protocol: every attempt is recorded in the journal before its request is sent. If the response to an
attempt is lost, the provider is searched for the order's key (sent as token or tag) before the
next attempt. A search is conclusive only after the provider's settling time, because new jobs do
not appear in its lists at once. Providers with idempotency tokens allow the attempt to be repeated
instead.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qgate.devices.cloud.retries import LostAnswer, Patience, pause, with_retries
from qgate.exceptions import QGateError, ServiceUnavailable
from qgate.jobs.accounting import as_written, reopened
from qgate.jobs.creation_attempts import (
    NOT_CREATED,
    alone,
    check_scope,
    perhaps_sent,
    recorded,
    settling_s,
)

if TYPE_CHECKING:
    from qgate.devices.cloud.remote import RemoteDevice, RemoteJob
    from qgate.jobs.journal import Journal
    from qgate.jobs.orders import Order
    from qgate.sweep import Sweep

SEARCHES = 3
"""Number of searches for a job while the provider settles, after a creation without response."""

SEARCH_S = 10.0
"""Time for which a search is retried where the creation can be repeated instead."""


def job_of(
    journal: Journal, device: RemoteDevice, order: Order, sweeps: Sequence[Sweep]
) -> RemoteJob:
    """Return the job of an order with these circuits, and record its id.

    A ``QGateError`` means that there is no job, or that none is known: see ``perhaps_sent``.
    """
    with alone(order.key):
        current = journal.find(order.key, result=False) or order
        if current.job is not None:
            return reopened(device, current, current.job)
        if perhaps_sent(journal, order.key):
            found = _of_earlier_attempt(journal, device, order)
            if found is not None:
                return found
        return _created(journal, device, order, sweeps)


def _created(
    journal: Journal, device: RemoteDevice, order: Order, sweeps: Sequence[Sweep]
) -> RemoteJob:
    """Create the job; after a lost response, only if the provider has none."""
    written = as_written(device, order)
    prepared = with_retries(
        device, lambda: written.prepare(sweeps, token=order.key), question=True, limited=False
    )
    create = recorded(journal, device, order.key, prepared)
    patience = Patience(device.patience_s)
    while True:
        try:
            job = with_retries(device, create, safe=device.idempotent)
        except LostAnswer as error:
            found = searched(journal, device, order)
            if found is not None:
                return found
            if patience.is_over():
                raise ServiceUnavailable(
                    device=device.name, reason=str(error), tried_s=device.patience_s
                ) from error
        except QGateError:
            found = _of_unanswered_attempt(journal, device, order)
            if found is None:
                raise
            return found
        else:
            journal.sent(order.key, job.id)
            return job


def _of_earlier_attempt(journal: Journal, device: RemoteDevice, order: Order) -> RemoteJob | None:
    """Return the job that an earlier process may have created; None: create it now.

    Where a repeated token creates nothing new, the search may fail, because the creation can be
    repeated. Only the same account recognizes the token.
    """
    if not device.idempotent:
        return searched(journal, device, order)
    check_scope(journal, device, order.key)
    try:
        return _found(journal, device, order, patience_s=SEARCH_S)
    except QGateError:
        return None


def _of_unanswered_attempt(
    journal: Journal, device: RemoteDevice, order: Order
) -> RemoteJob | None:
    """Return the job of an attempt before the refused one; None: none is known."""
    if not perhaps_sent(journal, order.key):
        return None
    try:
        if device.idempotent:
            return _found(journal, device, order, patience_s=SEARCH_S)
        return searched(journal, device, order)
    except QGateError:
        return None  # the refusal is what to report


def searched(journal: Journal, device: RemoteDevice, order: Order) -> RemoteJob | None:
    """Search until the provider has settled, when it is certain that no attempt made a job."""
    check_scope(journal, device, order.key)
    end = time.monotonic() + settling_s(journal, order.key, device.settles_s)
    while True:
        left_s = end - time.monotonic()
        found = _found(journal, device, order)
        if found is not None:
            return found
        if left_s <= 0:
            journal.note(order.key, NOT_CREATED)
            return None
        pause(min(left_s, device.settles_s / SEARCHES))


def _found(
    journal: Journal, device: RemoteDevice, order: Order, *, patience_s: float | None = None
) -> RemoteJob | None:
    """Search for the job of an order, and record its id."""
    limit = device.patience_s if patience_s is None else min(patience_s, device.patience_s)
    found = with_retries(
        device,
        lambda: device.find(order.key, since=order.created_at),
        question=True,
        patience_s=limit,
    )
    journal.note(order.key, "looked for", found or "not found")
    if found is None:
        return None
    journal.sent(order.key, found)
    return reopened(device, order, found)
