"""Calls of several requests, of which a repetition uses what the failed call has received.

A call that raises hands nothing to its caller, although earlier requests of it were answered and
paid for. The next identical call of the process must not submit these again: it asks for the same
requests, and finds their orders under the same keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_open: ContextVar[list[Callable[[], None]] | None] = ContextVar("qgate_resumable", default=None)


@contextmanager
def resumable_call() -> Iterator[None]:
    """Let the next identical call take up what was received inside, if the block raises.

    Blocks inside belong to the outermost.
    """
    if _open.get() is not None:
        yield
        return
    received: list[Callable[[], None]] = []
    token = _open.set(received)
    try:
        yield
    except BaseException:
        for leave in received:
            leave()
        raise
    finally:
        _open.reset(token)


def when_call_raises(leave: Callable[[], None]) -> None:
    """Have a function called if the call that is under way raises later."""
    received = _open.get()
    if received is not None:
        received.append(leave)
