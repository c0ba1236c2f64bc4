"""Runs: a name, a journal and a budget for all submissions of a program."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Never

from qgate.arguments import truth
from qgate.budget import OF_A_RUN, Budget, BudgetAccount, budget_of
from qgate.context import entered
from qgate.devices.cloud.remote import JOURNAL as JOURNAL_LABEL
from qgate.devices.cloud.remote import RUN as RUN_LABEL
from qgate.exceptions import (
    InvalidRun,
    JournalNotWritten,
    JournalUnreadable,
    NotPicklable,
    QGateError,
    RunDiverged,
    described,
)
from qgate.forks import ForkSafeLock
from qgate.jobs.background_calls import BackgroundCalls
from qgate.jobs.call_budget import call_accounts
from qgate.jobs.journal import Journal
from qgate.jobs.journals import JOURNAL_VARIABLE, default_journal, user_journal
from qgate.jobs.order_keys import OrderKeys
from qgate.jobs.orders import ASKED_AGAIN, UNUSABLE, Order
from qgate.jobs.progress import Progress
from qgate.jobs.resumable import when_call_raises
from qgate.jobs.run_lock import RunLock
from qgate.usage import Usage

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from qgate.devices.base import Device


class Run:
    """A named run, whose submissions are recorded in a journal and paid for once.

    Returned by ``qg.run``; used as a context manager. While it is open, all requests to devices, on
    any thread, belong to it. Results that the journal holds are replayed, jobs in progress are
    waited for, and only what was never submitted is submitted.

    Parameters
    ----------
    name : str
    journal : Journal
    budget : Budget, optional
    progress : Progress, optional
    ordered : bool
        Whether a repetition makes the same requests in the same order.

    Attributes
    ----------
    name : str
    journal : Journal
    replayed : int
        Submissions that were replayed from the journal since the run was opened.
    asked : Usage
        Usage of all requests since then, replayed or new.
    """

    def __init__(
        self,
        name: str,
        journal: Journal,
        *,
        budget: Budget | int | None = None,
        progress: Progress | None = None,
        ordered: bool = True,
    ) -> None:
        self.name, self.journal, self.budget = checked_name(name), journal, budget_of(budget)
        self.progress = progress or Progress.silent()
        self.ordered = ordered
        self.replayed = 0
        self.asked = Usage()
        self.background = BackgroundCalls()
        self._keys = OrderKeys(name)
        self._lock = ForkSafeLock()
        self._step = 0
        self._left: set[str] = set()
        self._recorded: frozenset[str] = frozenset()
        self._identity = ""
        self._run_lock = RunLock(journal.file, name)
        self._opened = ExitStack()

    # Records ---------------------------------------------------------------------------

    @property
    def records(self) -> list[Order]:
        """All orders of the run, including those of earlier times, in order, without results."""
        return self.journal.orders(self.name)

    @property
    def spent(self) -> Usage:
        """Usage of the run: submissions, shots and dollars, paid or reserved."""
        return self.journal.spent_by(self.name)

    @property
    def cost(self) -> float:
        """US dollars, paid or reserved."""
        return self.spent.counted_usd

    @property
    def shots(self) -> int:
        """Shots, executed or reserved."""
        return self.spent.shots

    @property
    def submissions(self) -> int:
        """Requests to providers that were, or may be, paid for."""
        return self.spent.submissions

    def plot(self) -> Figure:
        """Draw shots and dollars against time; requires matplotlib."""
        from qgate.jobs.run_plot import plot

        return plot(self.name, self.records)

    # For submissions -------------------------------------------------------------------

    def next_step(self) -> int:
        """Return the number of the next request; raise ``Interrupted`` if the run has ended."""
        self.background.check()
        with self._lock:
            self._step += 1
            return self._step

    def key(
        self,
        device: str,
        digest: str,
        attempt: int,
        *,
        journal: bool = False,
        owner: int | None = None,
    ) -> str:
        """Return the key of the next order of these circuits; repetitions are numbered.

        An order that an earlier call of this process left unfinished is resumed: by any device of
        this name, or only by that with the id ``owner``. Keys for providers contain the id of the
        ``journal``: an order must not get the job of the same order in another journal. Keys for
        devices on this machine do not, because these derive their random numbers from the key, and
        the same program with the same seed draws the same shots with any journal.
        """
        identity = self._identity if journal else ""
        return self._keys.next(device, digest, attempt, journal=identity, owner=owner)

    def identity_of(self, device: Device) -> str:
        """Return the text for a device in the keys of this run.

        A run that is older than the ids of journals keeps its keys, in which a device without a
        configuration string is represented by its name only.
        """
        if device.config is None and not self._identity:
            return device.name
        return device.identity

    @property
    def labels(self) -> dict[str, str]:
        """The run and its journal, as tags of its jobs."""
        return {RUN_LABEL: self.name, JOURNAL_LABEL: self._identity}

    def find(self, key: str) -> Order | None:
        """Return the order of a key with its result; None: it was never placed.

        An order that was there when the run was opened, and cannot be found by its key, raises
        ``JournalUnreadable``.
        """
        found = self.journal.find(key)
        if found is None and key in self._recorded:
            reason = f"the order {key} is in a table, and not in its index"
            raise JournalUnreadable(file=self.journal.file, reason=reason)
        return found

    def leave(
        self, device: str, digest: str, attempt: int, *, key: str, owner: int | None = None
    ) -> None:
        """Note that a call raised, so that no caller received the results of its orders.

        The next identical call resumes the order instead of placing a second one.
        """
        order = self.journal.find(key, result=False)
        if order is not None and order.state not in UNUSABLE:
            self._keys.leave(device, digest, attempt, key, owner)

    def random_key(self, purpose: str, digest: str) -> str:
        """Return a key for random numbers of a call, the same for a call that is repeated."""
        key = self.key(purpose, digest, 0)
        when_call_raises(partial(self._keys.leave, purpose, digest, 0, key, None))
        return key

    def count(self, order: Order) -> None:
        """Add the usage of an order to that of all requests."""
        with self._lock:
            self.asked += order.usage
        self.progress.step(self, order.step)

    def replays(self, key: str) -> None:
        """Note that an order of an earlier time was requested again."""
        with self._lock:
            self._left.discard(key)

    def check_order(self, step: int) -> None:
        """Raise ``RunDiverged`` for new orders while recorded ones were not requested again yet."""
        with self._lock:
            if self.ordered and self._left:
                raise RunDiverged(run=self.name, step=step, left=len(self._left))

    def budget_accounts(self, device: Device) -> list[BudgetAccount]:
        """Return the accounts that are charged for a submission to this device."""
        found = []
        if self.budget is not None:
            name = f"{OF_A_RUN}{self.name}" if self.budget.name is None else self.budget.name
            found.append(BudgetAccount(name, self.budget))
        limit = getattr(device, "budget_usd", None)
        if limit is not None:
            found.append(
                BudgetAccount(f"{OF_A_RUN}{self.name} on {device.name}", Budget(usd=limit))
            )
        return found + call_accounts(self)

    # Opening and closing ---------------------------------------------------------------

    def __enter__(self) -> Run:
        self._run_lock.acquire()
        self.background.restart()
        try:
            self._begin()
            self._opened.enter_context(entered(run=self))
        except BaseException:
            self._run_lock.release()
            raise
        return self

    def _begin(self) -> None:
        self.begin()
        self.journal.agree(self.budget)
        self._step, self.replayed, self.asked = 0, 0, Usage()
        self._keys.restart()
        orders = self.journal.checked_orders(self.name)
        self._recorded = frozenset(order.key for order in orders)
        self._left = {
            order.key for order in orders if order.attempt == 0 and order.state not in ASKED_AGAIN
        }

    def begin(self) -> None:
        """Record the run in the journal."""
        self._identity = self.journal.begin(self.name)

    def __exit__(self, *error: object) -> None:
        try:
            if error[0] is None:
                self.background.wait()
            else:
                self.background.interrupt()
        finally:
            try:
                self._opened.close()
            finally:
                self._run_lock.release()
        self.progress.end(self)

    def __reduce_ex__(self, protocol: object) -> Never:
        raise NotPicklable(
            what=f"The run {self.name!r}",
            remedy="Keep its name, and open it with qg.run(name) where its results are needed",
        )

    def __repr__(self) -> str:
        try:
            spent = str(self.spent)
        except QGateError:  # a journal that is gone or damaged, which other methods report
            spent = "journal not readable"
        limit = f" of {self.budget!r}" if self.budget is not None else ""
        return f"<qgate run {self.name!r} in {self.journal.file}: {spent}{limit}>"


def run(
    name: str,
    journal: str | Path | Journal | None = None,
    *,
    budget: Budget | int | None = None,
    progress: bool | Callable[[str], None] = False,
    ordered: bool = True,
) -> Run:
    """Open a named run, which records its submissions, keeps a budget, and resumes after a crash.

    If the program runs again under the same name, after it ended in any way, results that were paid
    for are taken from the journal, bit for bit. Jobs in progress are waited for. Only what was
    never submitted is submitted.

    Parameters
    ----------
    name : str
        Unique in its journal.
    journal : str, path or Journal, optional
        A file, created if it does not exist. Default: the value of ``QGATE_JOURNAL``, else
        ``qgate.db`` in the working directory.
    budget : Budget or int, optional
        A number limits shots. It is shared by all calls inside, over all repetitions of the run,
        and by other runs of this journal whose budget has the same ``name``.
    progress : bool or callable
        Report the status of jobs, and from time to time the step that the run has reached, on the
        standard error stream, or call this with each line of text.
    ordered : bool
        Whether a repetition makes the same requests in the same order. A repetition that does not
        is refused before it submits anything; pass False if threads run in no fixed order.

    Returns
    -------
    Run
        A context manager.

    Raises
    ------
    InvalidRun
        The name is no text, or the journal no path.
    InvalidBudget
        The budget is neither a ``Budget`` nor a positive whole number.
    JournalUnreadable
        The file is not a journal, or is damaged.
    JournalFolderMissing, JournalNotWritten
        There can be no file at this place, or the disk is full.
    RunInUse
        On entering: the run is open elsewhere.
    BudgetChanged
        On entering: the journal has the budget of this name with another limit.

    Notes
    -----
    Cost: two writes through to the disk for each submission, some milliseconds.

    Examples
    --------
    >>> import qgate as qg
    >>> @qg.qnode("local?shots=100&seed=1")
    ... def circuit(angle):
    ...     qg.RX(angle, wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> with qg.run("readme", journal=":memory:", budget=qg.Budget(shots=500)) as run:
    ...     value = circuit(0.4)
    >>> run.shots
    100
    """
    checked_name(name)
    budget_of(budget)
    reporter, in_order = Progress.of(progress), truth("run", "ordered", ordered)
    # all arguments are checked before a file is made
    return Run(name, _journal(journal), budget=budget, progress=reporter, ordered=in_order)


def checked_name(name: object) -> str:
    """Return the name of a run; raise ``InvalidRun`` if it is not a printable text."""
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        raise InvalidRun(reason=f"its name is {described(name)}, which is not a line of text")
    return name


def _journal(journal: object) -> Journal:
    if isinstance(journal, Journal):
        return journal
    if journal is not None and not isinstance(journal, str | os.PathLike):
        raise InvalidRun(
            reason=f"its journal is {described(journal)}, which is not the path of a file"
        )
    return Journal(os.fsdecode(journal) if journal else default_journal())


def implicit_run() -> Run:
    """Return the run for submissions outside of any run; one for each process."""
    with _lock:
        pid = os.getpid()
        if pid not in _implicit:
            moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
            name = f"unnamed {moment} {pid} {secrets.token_hex(4)}"  # containers share pids
            journal = Journal(os.environ.get(JOURNAL_VARIABLE) or _user_journal())
            _implicit[pid] = Run(name, journal, ordered=False)
            _implicit[pid].begin()
        return _implicit[pid]


def _user_journal() -> Path:
    """Return the journal of the user, in a folder that is made if there is none."""
    file = user_journal()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JournalNotWritten(file=str(file), reason=str(error)) from error
    return file


_implicit: dict[int, Run] = {}
_lock = ForkSafeLock()

__all__ = ["Run", "implicit_run", "run"]
