"""Errors of circuits that run inside functions that a framework has compiled.

JAX and TensorFlow raise their own error from a compiled function; only its text says what happened.
So the callback puts a mark into that text, and the original error is stored under the mark.
"""

from __future__ import annotations

import os
import re
import traceback
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from types import TracebackType

from qgate.arrays import LOADED, ORIGINS
from qgate.forks import ForkSafeLock

MARK = re.compile(r"\[qgate error (\d+)\.(\d+)\]")
"""Pattern of a mark: process id (there may be several processes) and number of the error there."""


class InCompiledFunction(RuntimeError):
    """Error raised to a framework; the framework copies its text, with the mark, into its own."""


@dataclass(frozen=True)
class Kept:
    """A stored error, with its cause and traceback before the framework handled it."""

    error: BaseException
    cause: BaseException | None
    trace: TracebackType | None


class KeptErrors:
    """The latest errors of circuits in compiled functions, ``most`` of them, by number."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.latest = 0
        self._numbers = count(1)
        self._kept: OrderedDict[int, Kept] = OrderedDict()
        self._lock = ForkSafeLock()

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, error: BaseException) -> int:
        """Store an error and return its number."""
        # The frames of a traceback would keep all their local arrays alive.
        traceback.clear_frames(error.__traceback__)
        with self._lock:
            self.latest = next(self._numbers)
            self._kept[self.latest] = Kept(error, error.__cause__, error.__traceback__)
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
            return self.latest

    def behind(self, error: BaseException, *, after: int = 0) -> Kept | None:
        """Return the stored error behind a framework's error, if its number is above ``after``."""
        package = type(error).__module__.partition(".")[0]
        if not (package in ORIGINS or isinstance(error, InCompiledFunction) or _of_status(error)):
            return None
        with self._lock:
            for process, number in MARK.findall(str(error)):
                if int(process) == os.getpid() and int(number) > after:
                    return self._kept.get(int(number))
        return None


def _of_status(error: BaseException) -> bool:
    """Return whether JAX made an error from a status, as it does where it has not to wait."""
    return type(error) is ValueError and str(error).startswith("INTERNAL: ")


ERRORS = KeptErrors(most=32)


@contextmanager
def marking() -> Iterator[None]:
    """Store errors raised in a callback, and raise one with a mark instead."""
    try:
        yield
    except BaseException as error:
        number = ERRORS.keep(error)
        raise InCompiledFunction(
            f"{type(error).__name__}: {error} [qgate error {os.getpid()}.{number}] To catch it as "
            "what it is, call the compiled function inside of qg.device_errors()."
        ) from error


@contextmanager
def unmarking() -> Iterator[None]:
    """Raise the original errors of circuits in place of the framework's."""
    try:
        yield
    except Exception as error:
        kept = ERRORS.behind(error)
        if kept is None:
            raise
        original = kept.error.with_traceback(kept.trace)
        if isinstance(error, InCompiledFunction):  # raised unchanged
            raise original from kept.cause
        error.__cause__ = kept.cause  # errors of the provider's package stay in the chain
        raise original from error


@contextmanager
def device_errors() -> Iterator[None]:
    """Raise errors of devices unchanged, also from functions that a framework has compiled.

    Inside ``jax.jit``, ``tf.function`` and ``fit`` of a compiled Keras model, an error reaches the
    caller as one of the framework's errors (``JaxRuntimeError``, ``UnknownError``); only its text
    says what happened. In this context, or in a function that it decorates, the original error is
    raised, with its class and fields (jobs, usage); its ``__cause__`` is the framework's error.

    JAX computes asynchronously. So the end of the context waits for pending computations and raises
    their errors, too.

    Raises
    ------
    QGateError
        Or any other error that was raised where the circuit ran.

    Notes
    -----
    The latest 32 errors are kept. Use the context around the call of a compiled function; inside of
    one it has no effect. Without compilation errors are raised unchanged, and the context is not
    needed. It also waits for JAX computations that other threads start meanwhile, and raises their
    errors.

    Examples
    --------
    >>> with device_errors():
    ...     pass  # loss(weights), with loss = jax.jit(...)
    >>> @device_errors()
    ... def step(weights):
    ...     return weights  # update(weights), with update = tf.function(...)
    """
    before = ERRORS.latest
    with unmarking():
        yield
        for interface in list(LOADED.values()):
            for error in interface.late_errors():
                if ERRORS.behind(error, after=before) is not None:
                    raise error
