"""The run and the plan that are open now; loads nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import RLock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from qgate.execution.planning import Collector, Guard
    from qgate.execution.runs import Run

T = TypeVar("T")


class Current(Generic[T]):
    """What is open: on this thread, else, as frameworks run circuits on their own, on any.

    Parameters
    ----------
    name : str
    """

    def __init__(self, name: str) -> None:
        self._here: ContextVar[T | None] = ContextVar(name, default=None)
        self._open: list[T] = []
        self._lock = RLock()

    def get(self) -> T | None:
        """Return the innermost; None: nothing is open."""
        if not self._open:
            return None
        found = self._here.get()
        if found is not None:
            return found
        with self._lock:
            return self._open[-1] if self._open else None

    @contextmanager
    def opened(self, value: T) -> Iterator[None]:
        """Open something for as long as a block runs."""
        token = self._here.set(value)
        with self._lock:
            self._open.append(value)
        try:
            yield
        finally:
            with self._lock:
                self._open.remove(value)
            self._here.reset(token)


RUN: Current[Run] = Current("qgate_run")
PLAN: Current[Collector | Guard] = Current("qgate_plan")
DEVICE: Current[Any] = Current("qgate_planned_device")
"""The device that stands in for every other while a plan is made or run."""
