"""Context variables for the active run, plan and device. This module imports nothing heavy."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from qgate.exceptions import OpenedInParent
from qgate.forks import ForkSafeLock

if TYPE_CHECKING:
    from qgate.jobs.planning import Collector, Guard
    from qgate.jobs.runs import Run

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Opened(Generic[T]):
    """A value, and the process in which it was opened."""

    value: T
    process: int = field(default_factory=os.getpid)


class ContextStack(Generic[T]):
    """Innermost active context of this thread, or else of any thread.

    It falls back to other threads because frameworks run callbacks on threads of their own.

    Parameters
    ----------
    name : str
    refusal : callable, optional
        Returns the error to raise in a forked child that uses its parent's context. By default, the
        child has no active context.
    """

    def __init__(self, name: str, refusal: Callable[[T], Exception] | None = None) -> None:
        self._here: ContextVar[Opened[T] | None] = ContextVar(name, default=None)
        self._refusal = refusal
        self._open: list[Opened[T]] = []
        self._lock = ForkSafeLock()

    def get(self) -> T | None:
        """Return the innermost value; None: no context is active.

        Raises
        ------
        OpenedInParent
            The parent of this forked child has opened it, and no child may use it.
        """
        if not self._open:
            return None
        found = self._here.get()
        if found is None:
            with self._lock:
                found = self._open[-1] if self._open else None
        if found is None or found.process == os.getpid():
            return None if found is None else found.value
        if self._refusal is not None:
            raise self._refusal(found.value)
        return None

    @contextmanager
    def opened(self, value: T) -> Iterator[None]:
        """Context manager that makes ``value`` the active one."""
        opened = Opened(value)
        token = self._here.set(opened)
        with self._lock:
            self._open.append(opened)
        try:
            yield
        finally:
            with self._lock:
                self._open.remove(opened)
            self._here.reset(token)


def _run_of_parent(run: Run) -> Exception:
    return OpenedInParent(
        what=f"The run {run.name!r} of {run.journal.file}",
        remedy=(
            "Open a separate run in each child, with a separate name (with "
            "qg.run(f'part {number}', ...):), or open none around the pool. Runs of one journal "
            "share a budget under one name: qg.Budget(..., name='ours')"
        ),
    )


def _plan_of_parent(watcher: Collector | Guard) -> Exception:
    remedy = "Plan and run what the function does without its pool of processes"
    return OpenedInParent(what="The plan", remedy=remedy)


RUN: ContextStack[Run] = ContextStack("qgate_run", _run_of_parent)
PLAN: ContextStack[Collector | Guard] = ContextStack("qgate_plan", _plan_of_parent)
DEVICE: ContextStack[Any] = ContextStack("qgate_planned_device")
"""The device that replaces every other one while a plan is made or its call is."""
