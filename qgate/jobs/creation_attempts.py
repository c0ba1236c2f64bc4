"""Creation attempts of an order, as recorded in the journal.

An attempt is recorded before its request is sent, and its outcome when that is known. An order
whose attempts were all refused has no job. An order with an attempt of unknown outcome (a lost
response, a server error, a killed process) may have a job, until a search at the provider shows
that it has none. A later error proves nothing about an earlier attempt.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from qgate.devices.cloud.retries import pause
from qgate.exceptions import CreationUnknown, QGateError, ServiceUnavailable
from qgate.forks import ForkSafeLock, at_fork

if TYPE_CHECKING:
    from qgate.devices.cloud.remote import RemoteDevice
    from qgate.jobs.journal import Journal

T = TypeVar("T")

LONGEST_CREATION_S = 900.0
"""Longest wait for the response to a creation: that of IBM's client. That of AWS is a minute."""

ATTEMPT = "attempt"
"""Event: a creation request is about to be sent."""

REFUSED = "not taken"
"""Event: the provider refused the last attempt and created nothing."""

UNANSWERED = "no answer"
"""Event: the outcome of the last attempt is unknown."""

NOT_CREATED = "not created"
"""Event: a search at the provider after its settling time found no job of the order."""


def perhaps_sent(journal: Journal, key: str) -> bool:
    """Return whether an order that has no job in the journal may have one at the provider."""
    unknown = 0
    for _, what, _ in journal.history(key):
        if what == ATTEMPT:
            unknown += 1
        elif what == REFUSED:
            unknown -= 1
        elif what == NOT_CREATED:
            unknown = 0
    return unknown > 0


def settling_s(journal: Journal, key: str, settles_s: float) -> float:
    """Return the seconds until a search proves that no attempt has created a job.

    They count from the outcome of the last attempt. An attempt without an outcome (its process was
    killed) may have been in flight for as long as a request can take.
    """
    outcomes = [
        (at, what) for at, what, _ in journal.history(key) if what in (ATTEMPT, REFUSED, UNANSWERED)
    ]
    at, last = outcomes[-1]
    if last == ATTEMPT:
        at += LONGEST_CREATION_S
    return min(max(at + settles_s - time.time(), 0.0), settles_s)


def check_scope(journal: Journal, device: RemoteDevice, key: str) -> None:
    """Raise ``CreationUnknown`` if an attempt went to an account or region that is not searched."""
    scopes = {scope for _, what, scope in journal.history(key) if what == ATTEMPT and scope}
    others = ", ".join(sorted(scopes - {device.scope}))
    if others:
        searched = device.scope or "an unknown account"
        reason = (
            f"it may be in {others}, and this device searches {searched} alone: run again with "
            "the credentials of the first attempt"
        )
        raise CreationUnknown(device=device.name, reason=reason, tried_s=0.0)


def recorded(
    journal: Journal, device: RemoteDevice, key: str, create: Callable[[], T]
) -> Callable[[], T]:
    """Return ``create``, recording every attempt and the provider's response in the journal."""

    def attempt() -> T:
        journal.note(key, ATTEMPT, device.scope)
        try:
            return create()
        except Exception as error:
            refused = _is_refusal(device, error)
            reason = f"{type(error).__name__}: {device.words(error)}"
            journal.note(key, REFUSED if refused else UNANSWERED, reason)
            raise

    return attempt


def _is_refusal(device: RemoteDevice, error: Exception) -> bool:
    if isinstance(error, QGateError):  # raised by the device itself, in place of a request
        return not isinstance(error, ServiceUnavailable)
    return device.fault(error).is_refusal


_under_way: set[str] = set()
_lock = ForkSafeLock()
at_fork(in_child=_under_way.clear)

PAUSE_S = 0.02


@contextmanager
def alone(key: str) -> Iterator[None]:
    """Wait until no other thread is creating the job of an order.

    Another thread can be at it in the same process: Ctrl-C leaves the thread of a request running.
    """
    while not _taken(key):
        pause(PAUSE_S)
    try:
        yield
    finally:
        with _lock:
            _under_way.discard(key)


def _taken(key: str) -> bool:
    with _lock:
        if key in _under_way:
            return False
        _under_way.add(key)
        return True
