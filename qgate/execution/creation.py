"""How an order gets its job: the one that was created before, else a new one, never two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from qgate.devices.patience import LostAnswer, Patience, patiently, pause
from qgate.exceptions import ServiceUnavailable
from qgate.execution.settling import reopened

if TYPE_CHECKING:
    from qgate.devices.remote import RemoteDevice, RemoteJob
    from qgate.execution.journal import Journal
    from qgate.execution.orders import Order
    from qgate.sweep import Sweep

SEARCHES = 3
"""So often is a provider asked for a job whose creation was not answered."""


def job_of(
    journal: Journal,
    device: RemoteDevice,
    order: Order,
    sweeps: Sequence[Sweep],
    *,
    new: bool,
) -> RemoteJob:
    """Return the job of an order, and write its id down.

    Parameters
    ----------
    journal : Journal
    device : RemoteDevice
    order : Order
    sweeps : sequence of Sweep
        What it asks for.
    new : bool
        Whether it was written down by this call; else it may have been sent before.

    Raises
    ------
    ServiceUnavailable
        The provider does not answer; the order may have been created.
    DeviceOffline, SubmissionRefused, AccessRefused
        It was not created.
    """
    if order.job is not None:
        return reopened(device, order, order.job)
    if not new:
        found = _found(journal, device, order)
        if found is None and not device.idempotent:
            found = _searched(journal, device, order)
        if found is not None:
            return reopened(device, order, found)
    job = _created(journal, device, order, sweeps)
    journal.sent(order.key, job.id)
    return job


def _created(
    journal: Journal, device: RemoteDevice, order: Order, sweeps: Sequence[Sweep]
) -> RemoteJob:
    """Buy; after an answer that was lost, only what is not there."""
    send = _noting(journal, device, order, lambda: device.send(sweeps, token=order.key))
    patience = Patience(device.patience_s)
    while True:
        try:
            return patiently(device, send, safe=device.idempotent)
        except LostAnswer as error:
            found = _searched(journal, device, order)
            if found is not None:
                return reopened(device, order, found)
            if patience.is_over():
                raise ServiceUnavailable(
                    device=device.name, reason=str(error), tried_s=device.patience_s
                ) from error


def _searched(journal: Journal, device: RemoteDevice, order: Order) -> str | None:
    """Look for a job until it would have been found if it was there."""
    for _ in range(SEARCHES):
        pause(device.settles_s / SEARCHES)
        found = _found(journal, device, order)
        if found is not None:
            return found
    return None


def _found(journal: Journal, device: RemoteDevice, order: Order) -> str | None:
    """Ask the provider for the job of an order that nobody answered for."""
    found = patiently(device, lambda: device.find(order.key, since=order.created_at))
    journal.note(order.key, "looked for", found or "not found")
    if found is not None:
        journal.sent(order.key, found)
    return found


def _noting(
    journal: Journal, device: RemoteDevice, order: Order, send: Callable[[], RemoteJob]
) -> Callable[[], RemoteJob]:
    """Write down every attempt that a provider did not take, in its own words."""

    def attempt() -> RemoteJob:
        try:
            return send()
        except Exception as error:
            told = f"{type(error).__name__}: {device.words(error)}"
            journal.note(order.key, "not taken", told)
            raise

    return attempt
