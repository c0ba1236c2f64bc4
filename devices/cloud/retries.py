"""Rate limits, retries and backoff of requests to a provider.

Every error has an error class (``ErrorClass``). A transient error is retried after a random pause
below a bound that doubles up to ``LONGEST_PAUSE_S`` (exponential backoff with full jitter), until
requests have failed for ``patience_s`` seconds. An ambiguous error, after which the request may
have been carried out, is retried only if the request is idempotent. Time in which the machine
slept is not counted.
"""

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
)
from tenacity.stop import stop_base

from qgate.exceptions import QGateError, RequestRefused, ServiceUnavailable, SubmissionRefused
from qgate.forks import ForkSafeLock, at_fork
from qgate.jitter import RandomExponentialPause
from qgate.masking import masked_error

if TYPE_CHECKING:
    from qgate.devices.cloud.remote import RemoteDevice

T = TypeVar("T")

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 30.0
"""Upper bound of the random pauses between attempts; the bound starts at ``FIRST_PAUSE_S`` and
doubles.
"""

BURST = 20
"""Maximum number of requests that are sent without a pause after an idle time."""

PAUSES = 10
"""Number of first pauses that a short ``patience_s`` is divided into."""


CONNECTING_S = 60.0
"""Upper bound of ``patience_s`` for requests that are needed to create a device."""

LONGEST_REQUEST_S = 120.0
"""Longest duration of a request in seconds; a longer one was interrupted because the machine slept.
"""

LATE_S = 1.0
"""If a timeout ends later than this, the machine slept meanwhile."""

AFTER_SLEEP_S = 30.0
"""Time to wait for one more response after the machine slept."""


class ErrorClass(Enum):
    """Error class of a vendor's exception: the meaning of the error for the request."""

    TRANSIENT = "nothing was done; the same call may be made again after a pause"
    AMBIGUOUS = "the call may have been carried out, and its answer was lost"
    PERMANENT = "nothing was done, and the same call will not do better"
    UNKNOWN = "the error is in no table: the call may have been carried out; do not repeat it"

    @property
    def is_refusal(self) -> bool:
        """Whether the request was certainly not carried out."""
        return self in (ErrorClass.TRANSIENT, ErrorClass.PERMANENT)


class Interrupted(BaseException):
    """Raised in a thread that waits, because the program was interrupted or ends."""


_stop: ContextVar[Event | None] = ContextVar("qgate_stop", default=None)


@contextmanager
def interruptible(stop: Event) -> Iterator[None]:
    """Make waits on this thread raise ``Interrupted`` once an event is set."""
    token = _stop.set(stop)
    try:
        yield
    finally:
        _stop.reset(token)


def pause(seconds: float) -> None:
    """Wait for some seconds.

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
    """Rate limiter of requests, shared by all threads.

    Parameters
    ----------
    per_s : float
        Requests per second.
    burst : int
        Maximum number of requests without a pause after an idle time.
    """

    def __init__(self, per_s: float, burst: int = BURST) -> None:
        self.per_s, self.burst = per_s, burst
        self._lock = ForkSafeLock()
        self._free_at = time.monotonic() - burst / per_s
        """Time of the next request if there were no bursts."""

    def acquire(self) -> None:
        """Wait until a request may be made."""
        with self._lock:
            now = time.monotonic()
            self._free_at = max(self._free_at, now - self.burst / self.per_s) + 1 / self.per_s
            wait_s = self._free_at - now
        if wait_s > 0:
            pause(wait_s)

    def pause(self, seconds: float) -> None:
        """Block all requests for some seconds, as requested by the provider."""
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic() + seconds)


_limiters: dict[tuple[str, bool], Limiter] = {}
_lock = ForkSafeLock()
at_fork(in_child=_limiters.clear)


def limiter_of(device: RemoteDevice, *, creating: bool = False) -> Limiter:
    """Return the rate limiter that all devices of an account share in this process.

    Parameters
    ----------
    device : RemoteDevice
    creating : bool
        Whether it limits requests that create jobs, which some providers count separately.
    """
    creations = getattr(device, "creation_limit", None) if creating else None
    per_s, burst = creations or (device.requests_per_s, getattr(device, "request_burst", BURST))
    key = (device.account, creations is not None)
    with _lock:
        return _limiters.setdefault(key, Limiter(per_s, burst))


def with_retries(
    device: RemoteDevice,
    call: Callable[[], T],
    *,
    safe: bool = True,
    question: bool = False,
    limited: bool = True,
    patience_s: float | None = None,
) -> T:
    """Send a request, and retry it after transient errors.

    Parameters
    ----------
    device : RemoteDevice
        Device, with its error classes and its ``patience_s``.
    call : callable
        Function that makes one attempt.
    safe : bool
        Whether it may be repeated after it was perhaps carried out: a status request, or a creation
        with an idempotency token.
    question : bool
        Whether the request certainly creates no job; a refusal is then no ``SubmissionRefused``.
    limited : bool
        Whether it counts towards the account's rate limit; False for calls that rarely make a
        request or follow one that counted.
    patience_s : float, optional
        Time in seconds after which no retry follows; default: the device's.

    Raises
    ------
    ServiceUnavailable
        It failed for ``patience_s`` seconds.
    LostAnswer
        It may have been carried out and is not ``safe``.
    QGateError
        The translated error of the vendor, if a retry does not help.
    Interrupted
        The event of ``interruptible`` was set.
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
    """Call a function, and retry it with exponential backoff after transient errors.

    Parameters
    ----------
    call : callable
        Function that makes one attempt.
    passes : callable
        Function that returns whether an error is transient.
    patience_s : float
        Time in seconds after which the last error is raised; time in which the machine slept is not
        counted.
    fewest : int
        Minimum number of attempts, however long one takes.
    note : callable, optional
        Function called before each pause.
    """
    return Retrying(
        retry=retry_if_exception(passes),
        wait=RandomExponentialPause(
            multiplier=min(FIRST_PAUSE_S, patience_s / PAUSES), max=LONGEST_PAUSE_S
        ),
        sleep=pause,
        stop=_StopAfterAwake(patience_s) & stop_after_attempt(fewest),
        before_sleep=note,
        reraise=True,
    )(call)


def repeats(device: RemoteDevice, error: BaseException, *, safe: bool = True) -> bool:
    """Return whether a request is retried after an error."""
    if isinstance(error, QGateError) or not isinstance(error, Exception):
        return False
    fault = device.fault(error)
    return fault is ErrorClass.TRANSIENT or (safe and fault is ErrorClass.AMBIGUOUS)


def given_up(
    device: RemoteDevice,
    error: Exception,
    *,
    safe: bool = True,
    question: bool = False,
    tried_s: float | None = None,
) -> Exception:
    """Return the error to raise for a vendor's error that is not retried."""
    fault = device.fault(error)
    if fault is ErrorClass.AMBIGUOUS and not safe:
        return LostAnswer(device.words(error))
    if fault in (ErrorClass.PERMANENT, ErrorClass.UNKNOWN):
        refusal = device.translated(error)
        return as_question(refusal) if question else refusal
    tried_s = device.patience_s if tried_s is None else tried_s
    return ServiceUnavailable(device=device.name, reason=device.words(error), tried_s=tried_s)


def as_question(error: QGateError) -> QGateError:
    """Return the error of a refused status request, which is not a refused submission."""
    if not isinstance(error, SubmissionRefused):
        return error
    return RequestRefused(device=error.device, code=error.code, reason=error.reason)


class LostAnswer(Exception):
    """Error of a creation request that may have been carried out; only the provider knows."""


def overslept(begun: float, timeout_s: float | None) -> bool:
    """Return whether the machine slept during a timeout that began at a monotonic time."""
    return timeout_s is not None and time.monotonic() - begun > timeout_s + LATE_S


class Patience:
    """Timer of consecutive failures, not counting time in which the machine slept.

    A gap is taken for sleep only once: two long gaps in a row mean that the attempts are slow.

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
        """Count a failed attempt and return whether the time for retries is over.

        Parameters
        ----------
        pause_s : float
            Pause in seconds before the next attempt.
        """
        now = time.monotonic()
        step_s = now - self._since
        self._slept = not self._slept and step_s > self._pause_s + LONGEST_REQUEST_S
        if not self._slept:
            self._failing_s += step_s
        self._since, self._pause_s = now, pause_s
        return not self._slept and self._failing_s >= self.patience_s


class _StopAfterAwake(stop_base):
    """Stop condition of ``tenacity``: a time without that in which the machine slept."""

    def __init__(self, patience_s: float) -> None:
        self._patience = Patience(patience_s)

    def __call__(self, state: RetryCallState) -> bool:
        return self._patience.is_over(pause_s=state.upcoming_sleep)


def _error(state: RetryCallState) -> BaseException:
    failed = state.outcome.exception() if state.outcome is not None else None
    return failed if failed is not None else RuntimeError("no error")
