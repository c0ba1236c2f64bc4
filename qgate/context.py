"""Context of a piece of work: who records it, plans it, pays for it and counts it.

One frozen value in one context variable; ``entered`` makes a changed copy current for a block.
Recorder, drawing, budget of a call, resumable call and combined call hold for the thread or task
that entered them. The others hold for all threads, because frameworks run callbacks on threads of
their own: a thread that entered none has the one that was entered last on any thread. Trackers
count on all threads.

This module imports nothing heavy.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypedDict, TypeVar, Unpack

from qgate.exceptions import OpenedInParent
from qgate.forks import ForkSafeLock

if TYPE_CHECKING:
    from qgate.autodiff.combined_calls import CombinedCall
    from qgate.autodiff.recordings import RecordingsOfQNodes
    from qgate.devices.base import Device
    from qgate.execution.tracker import Tracker
    from qgate.jobs.call_budget import CallBudget
    from qgate.jobs.call_jobs import CallJobs
    from qgate.jobs.planning import Collector, Guard
    from qgate.jobs.runs import Run
    from qgate.recording import Recorder

T = TypeVar("T")


class Changes(TypedDict, total=False):
    """Values that ``entered`` accepts."""

    recorder: Recorder | None
    drawing: str
    call_budget: CallBudget
    resumable: list[Callable[[], None]]
    combined: CombinedCall
    recordings: RecordingsOfQNodes
    run: Run
    plan: Collector | Guard
    device: Device
    call: CallJobs
    tracker: Tracker


@dataclass(frozen=True, eq=False, slots=True)
class Opened(Generic[T]):
    """A value, and the process in which it was entered."""

    value: T
    process: int = field(default_factory=os.getpid)


@dataclass(frozen=True, eq=False)
class Context:
    """Values that a thread or task entered; None: it entered none of that kind."""

    recorder: Recorder | None = None
    drawing: str | None = None
    """Name of the function that is being drawn."""
    call_budget: CallBudget | None = None
    resumable: list[Callable[[], None]] | None = None
    combined: CombinedCall | None = None
    recordings: RecordingsOfQNodes | None = None
    """Recordings of the QNodes that a function calls."""
    run: Opened[Run] | None = None
    plan: Opened[Collector | Guard] | None = None
    device: Opened[Device] | None = None
    call: Opened[CallJobs] | None = None
    tracker: Opened[Tracker] | None = None

    def changed(self, changes: dict[str, Any]) -> Context:
        """Return a copy with other values, faster than ``dataclasses.replace`` does."""
        other = object.__new__(Context)
        other.__dict__.update(self.__dict__ | changes)
        return other


SHARED = frozenset(("run", "plan", "device", "call", "tracker"))
"""Values that hold for all threads."""

NOTHING = Context()

HERE: ContextVar[Context] = ContextVar("qgate", default=NOTHING)
"""The context of this thread or task."""

_everywhere: list[Context] = []
"""Shared values of all threads, each in a context of its own, the latest last."""

WATCHED = bytearray(1)
"""Whether there are such values, as compiled code reads it."""

_lock = ForkSafeLock()


class entered:
    """Context manager that changes values of the current context, for example ``run=...``."""

    __slots__ = ("_before", "_changes", "_inside", "_shared")

    def __init__(self, **changes: Unpack[Changes]) -> None:
        self._changes: dict[str, Any] = {**changes}
        self._shared: Sequence[Context] = ()

    def __enter__(self) -> None:
        if not SHARED.isdisjoint(self._changes):
            self._share()
        self._before = HERE.get()
        self._inside = self._before.changed(self._changes)
        HERE.set(self._inside)

    def _share(self) -> None:
        """Enter values for all threads."""
        opened = {name: Opened(self._changes[name]) for name in SHARED.intersection(self._changes)}
        self._changes |= opened
        self._shared = [NOTHING.changed({name: value}) for name, value in opened.items()]
        with _lock:
            _everywhere.extend(self._shared)
            WATCHED[0] = 1

    def __exit__(self, *error: object) -> None:
        if self._shared:
            with _lock:
                for context in self._shared:
                    _everywhere.remove(context)
                WATCHED[0] = bool(_everywhere)
        here = HERE.get()
        if here is self._inside:
            HERE.set(self._before)
        else:  # a block that began inside of this one has not ended yet
            HERE.set(here.changed({name: getattr(self._before, name) for name in self._changes}))


def active_run() -> Run | None:
    """Return the run that records and pays for submissions.

    Raises
    ------
    OpenedInParent
        The parent of this forked process entered it.
    """
    return _innermost(lambda context: context.run, _run_of_parent) if _everywhere else None


def active_plan() -> Collector | Guard | None:
    """Return the plan that collects or checks submissions; errors as for ``active_run``."""
    return _innermost(lambda context: context.plan, _plan_of_parent) if _everywhere else None


def active_device() -> Device | None:
    """Return the device that replaces every other one while a plan is made or run."""
    return _innermost(lambda context: context.device) if _everywhere else None


def active_call() -> CallJobs | None:
    """Return the jobs of the call in the background."""
    return _innermost(lambda context: context.call) if _everywhere else None


def active_trackers() -> list[Tracker]:
    """Return the trackers of all threads."""
    if not _everywhere:
        return []
    with _lock:
        return [context.tracker.value for context in _everywhere if context.tracker is not None]


def _innermost(
    of: Callable[[Context], Opened[T] | None], refusal: Callable[[T], Exception] | None = None
) -> T | None:
    """Return a value of this thread, or else that which was entered last on any thread.

    A forked child has none of its parent's values, or is refused them.
    """
    with _lock:
        everywhere = [opened for opened in map(of, _everywhere) if opened is not None]
    if not everywhere:
        return None
    found = of(HERE.get()) or everywhere[-1]
    if found.process == os.getpid():
        return found.value
    if refusal is not None:
        raise refusal(found.value)
    return None


def _run_of_parent(run: Run) -> Exception:
    return OpenedInParent(
        what=f"The run {run.name!r} of {run.journal.file}",
        remedy=(
            "Open a separate run in each child, with a separate name (with "
            "qg.run(f'part {number}', ...):), or open none around the pool. Runs of one journal "
            "share a budget under one name: qg.Budget(..., name='ours')"
        ),
    )


def _plan_of_parent(plan: Collector | Guard) -> Exception:
    remedy = "Plan and run what the function does without its pool of processes"
    return OpenedInParent(what="The plan", remedy=remedy)
