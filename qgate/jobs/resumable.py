"""Resumable calls: a repetition of a failed call uses the results that it has received.

A call that raises returns nothing to its caller, although some of its requests may have results
that were paid for. The next identical call of the process must not submit these again: it makes the
same requests, and finds their orders under the same keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from qgate.context import HERE, entered


@contextmanager
def resumable_call() -> Iterator[None]:
    """Context manager that lets the next identical call reuse received results if the block raises.

    In nested blocks, only the outermost one counts.
    """
    if HERE.get().resumable is not None:
        yield
        return
    received: list[Callable[[], None]] = []
    try:
        with entered(resumable=received):
            yield
    except BaseException:
        for leave in received:
            leave()
        raise


def when_call_raises(leave: Callable[[], None]) -> None:
    """Register a function to be called if the current call raises later."""
    received = HERE.get().resumable
    if received is not None:
        received.append(leave)
