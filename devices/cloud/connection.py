"""Connections to an account of a provider: the objects they hold, and requests that open them."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, Self, TypeVar

from qgate.devices.cloud.retries import CONNECTING_S, repeatedly
from qgate.exceptions import QGateError, ServiceUnavailable
from qgate.forks import ForkSafeLock, at_fork
from qgate.masking import masked_error
from qgate.sealed import Sealed

T = TypeVar("T")


class Connection(ABC, Generic[T]):
    """Connected objects of a vendor's package, opened on first use.

    A copy in this process shares them. A forked child opens its own, since two processes that share
    a connection read each other's responses.

    Required: ``open``, and ``__reduce__`` with all that a pickle needs to open them again; a pickle
    holds no credentials.

    Parameters
    ----------
    opened : optional
        The objects, if they are open already.
    """

    def __init__(self, opened: T | None = None) -> None:
        self._opened = None if opened is None else Sealed(opened)
        self._lock = ForkSafeLock()
        at_fork(in_child=self.after_fork)

    @abstractmethod
    def open(self) -> T:
        """Open the connection."""

    @property
    def opened(self) -> T:
        """The connected objects of this process."""
        with self._lock:
            if self._opened is None:
                self._opened = Sealed(self.open())
            return self._opened.value

    def after_fork(self) -> None:
        """Forget, in a forked child, what its parent opened."""
        self._opened = None

    def __deepcopy__(self, memo: object) -> Self:
        return self


def connecting(
    device: str,
    call: Callable[[], T],
    *,
    passes: Callable[[Exception], bool],
    refusal: Callable[[Exception], QGateError],
    reason: Callable[[Exception], str] = str,
    patience_s: float,
    fewest: int = 1,
) -> T:
    """Send a request that is needed to create a device, with retries; it creates no job.

    Parameters
    ----------
    device : str
        Name of the device, for error messages.
    call : callable
        Function that makes one attempt.
    passes, refusal, reason : callable
        Whether an error of the vendor's package is transient; the error to raise for one that is
        not; the reason to report for one that is.
    patience_s, fewest : float, int
        Time in seconds for which it is retried, at most ``CONNECTING_S``; least number of attempts.

    Raises
    ------
    ServiceUnavailable
        It failed for ``patience_s`` seconds.
    QGateError
    """

    def is_transient(error: BaseException) -> bool:
        ours = isinstance(error, QGateError)
        return isinstance(error, Exception) and not ours and passes(error)

    started = time.monotonic()
    try:
        return repeatedly(
            call, passes=is_transient, patience_s=min(patience_s, CONNECTING_S), fewest=fewest
        )
    except QGateError:
        raise
    except Exception as error:
        if not passes(error):
            raise refusal(error) from masked_error(error)
        tried_s = round(time.monotonic() - started, 1)
        raise ServiceUnavailable(
            device=device, reason=reason(error), tried_s=tried_s
        ) from masked_error(error)
