"""Budget of the current call, which also limits its resubmissions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from qgate.budget import OF_A_RUN, Budget, BudgetAccount
from qgate.context import HERE, active_plan, active_run, entered
from qgate.jobs.digest import digest_of
from qgate.sweep import Sweep

if TYPE_CHECKING:
    from qgate.jobs.runs import Run


class CallBudget:
    """Limit on all submissions of one call; equal calls are distinguished by their order."""

    def __init__(self, budget: Budget, asked: Sequence[Sweep]) -> None:
        self.budget, self._asked = budget, asked
        self._budget_account: BudgetAccount | None = None

    def budget_account(self, run: Run) -> BudgetAccount:
        """Return the account under a deterministic name, so that a re-run finds the same one."""
        if self._budget_account is None:
            key = run.key("budget", digest_of(self._asked), 0)
            self._budget_account = BudgetAccount(
                f"{OF_A_RUN}{run.name}, call {key[:12]}", self.budget
            )
        return self._budget_account

    def job_ids(self, run: Run | None) -> tuple[str, ...]:
        """Return the ids of the jobs that were charged to the call; empty outside of a run."""
        if run is None or self._budget_account is None:
            return ()
        return run.journal.jobs_charged(self._budget_account.name)


@contextmanager
def call_budget(budget: Budget, asked: Sequence[Sweep]) -> Iterator[CallBudget]:
    """Context manager that charges all submissions of this thread to a budget."""
    call, run = CallBudget(budget, asked), active_run()
    if run is not None and active_plan() is None:
        call.budget_account(
            run
        )  # number the call now: a replay that submits nothing must count too
    with entered(call_budget=call):
        yield call


def call_accounts(run: Run) -> list[BudgetAccount]:
    """Return the account of the current call's budget, if it has one."""
    call = HERE.get().call_budget
    return [] if call is None else [call.budget_account(run)]
