"""Budget of the current call, which also limits its resubmissions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from qgate.budget import Budget
from qgate.execution.current import PLAN, RUN
from qgate.execution.digest import digest_of
from qgate.execution.orders import Purse
from qgate.sweep import Sweep

if TYPE_CHECKING:
    from qgate.execution.runs import Run

_open: ContextVar[CallBudget | None] = ContextVar("qgate_call_budget", default=None)


class CallBudget:
    """Limit on all submissions of one call.

    Parameters
    ----------
    budget : Budget
    asked : sequence of Sweep
        The circuits of the call. Calls with the same circuits are distinguished by their order.
    """

    def __init__(self, budget: Budget, asked: Sequence[Sweep]) -> None:
        self.budget, self._asked = budget, asked
        self._purse: Purse | None = None

    def purse(self, run: Run) -> Purse:
        """Return the account under a deterministic name, so that a re-run finds the same one."""
        if self._purse is None:
            key = run.key("budget", digest_of(self._asked), 0)
            self._purse = Purse(f"run {run.name}, call {key[:12]}", self.budget)
        return self._purse

    def job_ids(self, run: Run | None) -> tuple[str, ...]:
        """Return the ids of the jobs that were charged to the call; empty outside of a run."""
        if run is None or self._purse is None:
            return ()
        return run.journal.jobs_charged(self._purse.name)


@contextmanager
def call_budget(budget: Budget, asked: Sequence[Sweep]) -> Iterator[CallBudget]:
    """Context manager that charges all submissions of this thread to a budget."""
    call, run = CallBudget(budget, asked), RUN.get()
    if run is not None and PLAN.get() is None:
        call.purse(run)  # number the call now: a replay that submits nothing must count too
    token = _open.set(call)
    try:
        yield call
    finally:
        _open.reset(token)


def call_purses(run: Run) -> list[Purse]:
    """Return the account of the current call's budget, if it has one."""
    call = _open.get()
    return [] if call is None else [call.purse(run)]
