"""How requests to a provider are spaced, and made again when they fail in passing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from threading import Event
from typing import TYPE_CHECKING, TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)
from tenacity.stop import stop_base

from qgate.exceptions import QGateError, RequestRefused, ServiceUnavailable, SubmissionRefused
from qgate.forks import ForkSafeLock, at_fork
from qgate.masking import masked_error

if TYPE_CHECKING:
    from qgate.devices.remote import RemoteDevice

T = TypeVar("T")

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 30.0
"""Pauses between attempts are drawn at random below a bound that doubles up to the longest."""

BURST = 20
"""So many requests may be made at once after a time without any."""

PAUSES = 10
"""Number of first pauses that a short ``patience_s`` is divided into."""


CONNECTING_S = 60.0
"""Requests without which there is no device are repeated no longer than this."""

LONGEST_REQUEST_S = 120.0
"""A request that takes longer than this was cut, because the machine slept meanwhile."""

LATE_S = 1.0
"""A time-out that ends later than this passed while the machine slept."""

AFTER_SLEEP_S = 30.0
"""So long is then waited for one more answer."""


class Fault(Enum):
    """What an error of a vendor's package means for the call that met it."""

    PASSING = "nothing was done; the same call may be made again after a pause"
    UNSURE = "the call may have been carried out, and its answer was lost"
    FINAL = "nothing was done, and the same call will not do better"
    UNKNOWN = "the error is in no table: the call may have been carried out; do not repeat it"

    @property
    def is_refusal(self) -> bool:
        """Whether the provider certainly did nothing."""
        return self in (Fault.PASSING, Fault.FINAL)


class Interrupted(BaseException):
    """The wait for a request was abandoned: the program was interrupted, or ends."""


_stop: ContextVar[Event | None] = ContextVar("qgate_stop", default=None)


@contextmanager
def interruptible(stop: Event) -> Iterator[None]:
    """Raise ``Interrupted`` instead of waiting on this thread once an event is set."""
    token = _stop.set(stop)
    try:
        yield
    finally:
        _stop.reset(token)


def pause(seconds: float) -> None:
    """Wait.

    Raises
    ------
    Interrupted
        At once when the event of ``interruptible`` is set.
    """
    stop = _stop.get()
    if stop is None:
        time.sleep(seconds)
    elif stop.wait(seconds):
        raise Interrupted


class Limiter:
    """Lets so many requests a second pass, for all threads together.

    Parameters
    ----------
    per_s : float
    burst : int
    """

    def __init__(self, per_s: float, burst: int = BURST) -> None:
        self.per_s, self.burst = per_s, burst
        self._lock = ForkSafeLock()
        self._free_at = time.monotonic() - burst / per_s
        """When the next request would pass if there were no bursts."""

    def acquire(self) -> None:
        """Wait until a request may be made."""
        with self._lock:
            now = time.monotonic()
            self._free_at = max(self._free_at, now - self.burst / self.per_s) + 1 / self.per_s
            wait_s = self._free_at - now
        if wait_s > 0:
            pause(wait_s)

    def pause(self, seconds: float) -> None:
        """Let nothing pass for a time, because the provider asked for that."""
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic() + seconds)


_limiters: dict[tuple[str, bool], Limiter] = {}
_lock = ForkSafeLock()
at_fork(in_child=_limiters.clear)


def limiter_of(device: RemoteDevice, *, creating: bool = False) -> Limiter:
    """Return the limiter that all devices of an account share in this process.

    Parameters
    ----------
    device : RemoteDevice
    creating : bool
        Whether it is for requests that create jobs, which some providers count on their own.
    """
    creations = getattr(device, "creation_limit", None) if creating else None
    per_s, burst = creations or (device.requests_per_s, getattr(device, "request_burst", BURST))
    key = (device.account, creations is not None)
    with _lock:
        return _limiters.setdefault(key, Limiter(per_s, burst))


def patiently(
    device: RemoteDevice,
    call: Callable[[], T],
    *,
    safe: bool = True,
    question: bool = False,
    limited: bool = True,
    patience_s: float | None = None,
) -> T:
    """Make a request, and make it again while it fails in passing.

    Parameters
    ----------
    device : RemoteDevice
        Says which errors pass, and how long to try.
    call : callable
        One attempt.
    safe : bool
        Whether it may be made again after it was perhaps carried out: a question, or a creation
        under an idempotency token.
    question : bool
        Whether the request certainly creates no job; a refusal is then no ``SubmissionRefused``.
    limited : bool
        Whether it counts as one of the account's requests; not where it mostly makes none, or
        follows one that counted.
    patience_s : float, optional
        Default: the device's.

    Raises
    ------
    ServiceUnavailable
        It went on failing for so long.
    LostAnswer
        It may have been carried out, and is not safe.
    QGateError
        The vendor's error in our words, where repeating does not help.
    Interrupted
        Inside of ``interruptible``, when its event is set.
    """
    limiter = limiter_of(device, creating=not question)

    def attempt() -> T:
        pause(0.0)
        if limited:
            limiter.acquire()
        return call()

    def note(state: RetryCallState) -> None:
        asked = device.retry_after_s(_error(state))
        if asked is not None:
            limiter.pause(min(asked, device.patience_s))

    try:
        return repeatedly(
            attempt,
            passes=lambda error: repeats(device, error, safe=safe),
            patience_s=device.patience_s if patience_s is None else patience_s,
            note=note,
        )
    except QGateError:
        raise
    except Exception as error:
        tried_s = device.patience_s if patience_s is None else patience_s
        refusal = given_up(device, error, safe=safe, question=question, tried_s=tried_s)
        raise refusal from masked_error(error)


def repeatedly(
    call: Callable[[], T],
    *,
    passes: Callable[[BaseException], bool],
    patience_s: float,
    fewest: int = 1,
    note: Callable[[RetryCallState], None] | None = None,
) -> T:
    """Make a call, and make it again after growing random pauses while it fails in passing.

    Parameters
    ----------
    call : callable
        One attempt.
    passes : callable
        Says whether an error does.
    patience_s : float
        After so long the last error is raised; a time in which the machine slept is left out.
    fewest : int
        At least so many attempts are made, however long one takes.
    note : callable, optional
        Called before each pause.
    """
    return Retrying(
        retry=retry_if_exception(passes),
        wait=wait_random_exponential(
            multiplier=min(FIRST_PAUSE_S, patience_s / PAUSES), max=LONGEST_PAUSE_S
        ),
        sleep=pause,
        stop=_StopAfterAwake(patience_s) & stop_after_attempt(fewest),
        before_sleep=note,
        reraise=True,
    )(call)


def repeats(device: RemoteDevice, error: BaseException, *, safe: bool = True) -> bool:
    """Say whether a request that met this error is made again."""
    if isinstance(error, QGateError) or not isinstance(error, Exception):
        return False
    fault = device.fault(error)
    return fault is Fault.PASSING or (safe and fault is Fault.UNSURE)


def given_up(
    device: RemoteDevice,
    error: Exception,
    *,
    safe: bool = True,
    question: bool = False,
    tried_s: float | None = None,
) -> Exception:
    """Return what to raise for a vendor's error after which no attempt follows."""
    fault = device.fault(error)
    if fault is Fault.UNSURE and not safe:
        return LostAnswer(device.words(error))
    if fault in (Fault.FINAL, Fault.UNKNOWN):
        refusal = device.translated(error)
        return as_question(refusal) if question else refusal
    tried_s = device.patience_s if tried_s is None else tried_s
    return ServiceUnavailable(device=device.name, reason=device.words(error), tried_s=tried_s)


def as_question(error: QGateError) -> QGateError:
    """Return the error for a refused status request, which is not a refused submission."""
    if not isinstance(error, SubmissionRefused):
        return error
    return RequestRefused(device=error.device, code=error.code, reason=error.reason)


class LostAnswer(Exception):
    """A creation may have been carried out; only the provider knows."""


def overslept(begun: float, timeout_s: float | None) -> bool:
    """Say whether a time-out, begun at a monotonic time, passed while the machine slept."""
    return timeout_s is not None and time.monotonic() - begun > timeout_s + LATE_S


class Patience:
    """Counts how long something has been failing, without a gap in which the machine slept.

    Two gaps in a row are none: then it is the attempts that take so long.

    Parameters
    ----------
    patience_s : float
    """

    def __init__(self, patience_s: float) -> None:
        self.patience_s = patience_s
        self._failing_s = self._pause_s = 0.0
        self._since = time.monotonic()
        self._slept = False

    def is_over(self, *, pause_s: float = 0.0) -> bool:
        """Count an attempt that has failed, and say whether no other is to follow.

        Parameters
        ----------
        pause_s : float
            How long will be paused before that.
        """
        now = time.monotonic()
        step_s = now - self._since
        self._slept = not self._slept and step_s > self._pause_s + LONGEST_REQUEST_S
        if not self._slept:
            self._failing_s += step_s
        self._since, self._pause_s = now, pause_s
        return not self._slept and self._failing_s >= self.patience_s


class _StopAfterAwake(stop_base):
    """Stops after a time, without a gap in which the machine slept."""

    def __init__(self, patience_s: float) -> None:
        self._patience = Patience(patience_s)

    def __call__(self, state: RetryCallState) -> bool:
        return self._patience.is_over(pause_s=state.upcoming_sleep)


def _error(state: RetryCallState) -> BaseException:
    failed = state.outcome.exception() if state.outcome is not None else None
    return failed if failed is not None else RuntimeError("no error")
