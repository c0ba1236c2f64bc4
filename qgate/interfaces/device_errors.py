"""Errors of circuits that run inside of what a framework has compiled.

JAX and TensorFlow raise an error of their own from a compiled function, of which only the text
says what happened. So that text is given a mark, under which the error itself is kept.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from types import TracebackType

from qgate.arrays import ORIGINS
from qgate.forks import ForkSafeLock

MARK = re.compile(r"\[qgate error (\d+)\.(\d+)\]")
"""The process in which an error was raised, as there may be several, and its number there."""


class InCompiledFunction(RuntimeError):
    """What a framework is told of an error, for it to put into the text of its own."""


@dataclass(frozen=True)
class Kept:
    """An error, and where and from what it was raised before frameworks had to do with it."""

    error: BaseException
    cause: BaseException | None
    trace: TracebackType | None


class KeptErrors:
    """The latest errors of circuits in compiled functions, by number.

    Parameters
    ----------
    most : int
        How many are kept; an older one is only told by the framework's text.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.latest = 0
        self._numbers = count(1)
        self._kept: OrderedDict[int, Kept] = OrderedDict()
        self._lock = ForkSafeLock()

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, error: BaseException) -> int:
        """Keep an error and return its number."""
        # The frames of a traceback would hold on to whatever numbers were at hand.
        traceback.clear_frames(error.__traceback__)
        with self._lock:
            self.latest = next(self._numbers)
            self._kept[self.latest] = Kept(error, error.__cause__, error.__traceback__)
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
            return self.latest

    def behind(self, error: BaseException, *, after: int = 0) -> Kept | None:
        """Return what is kept of the error behind a framework's; None: it is not one of these.

        Parameters
        ----------
        error : BaseException
        after : int
            Leave out the errors up to this number.
        """
        package = type(error).__module__.partition(".")[0]
        if package not in ORIGINS and not isinstance(error, InCompiledFunction):
            return None
        with self._lock:
            for process, number in MARK.findall(str(error)):
                if int(process) == os.getpid() and int(number) > after:
                    return self._kept.get(int(number))
        return None


ERRORS = KeptErrors(most=32)


@contextmanager
def marking() -> Iterator[None]:
    """Keep what is raised inside, and raise what bears its mark instead; for callbacks."""
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
    """Raise the errors of circuits in place of those that a framework made of them."""
    try:
        yield
    except Exception as error:
        kept = ERRORS.behind(error)
        if kept is None:
            raise
        original = kept.error.with_traceback(kept.trace)
        if isinstance(error, InCompiledFunction):  # from a callback that was called as it is
            raise original from kept.cause
        error.__cause__ = kept.cause  # what the provider's package raised stays in the chain
        raise original from error


@contextmanager
def device_errors() -> Iterator[None]:
    """Raise errors of devices as they are, also from functions that a framework has compiled.

    From inside of ``jax.jit`` and ``tf.function``, and of the ``fit`` of a Keras model, which
    compiles, an error reaches the caller as one of the framework's (``JaxRuntimeError``,
    ``UnknownError``), of which only the text tells what happened. In this context, or in a function
    that it decorates, the error is raised itself, with its class and all that it knows (jobs,
    what was spent); its ``__cause__`` is the framework's.

    JAX returns before its numbers are there. So what it is still computing when the context ends
    is waited for, and an error of that is raised too.

    Raises
    ------
    QGateError
        Or whatever else was raised where the circuit ran.

    Notes
    -----
    The latest 32 errors are kept. The context belongs around the compiled function: inside of one
    it does nothing. Where nothing is compiled errors are raised as they are, and it is not needed.
    What other threads have JAX compute meanwhile is waited for too, and their errors count here.

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
        for name in sorted(set(ORIGINS.values())):
            if name in sys.modules:
                for error in sys.modules[name].FRAMEWORK.late_errors():
                    if ERRORS.behind(error, after=before) is not None:
                        raise error
