"""Journal of submissions: every order is recorded before it is sent.

The journal makes submissions exactly-once and budgets hard limits across threads, processes and
crashes. It is a write-ahead log in a SQLite file:

1. ``place`` records orders, checks them against every budget and charges their highest cost, all in
   one transaction. Two processes thus cannot pass a budget together.
2. ``note`` records each attempt to create a job before its request is sent (see
   ``creation_attempts.py``).
3. ``sent`` records the provider's job id, ``finish`` the result and the final cost.

An order's key is derived from run, device, content, repetition and attempt. A repeated program
computes the same keys, finds the orders, and continues each from its recorded state.

References: SQLite, "Atomic Commit In SQLite", https://www.sqlite.org/atomiccommit.html.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from importlib.metadata import version
from operator import itemgetter
from pathlib import Path

from qgate.budget import Budget, BudgetAccount
from qgate.exceptions import JournalUnreadable, OrderDamaged, RunExists
from qgate.jobs.journal_file import MEMORY, JournalFile
from qgate.jobs.orders import Order, OrderState, OrderSummary
from qgate.jobs.sealed_rows import Row, SealedRows, Value
from qgate.jobs.seals import SEALED, digest_of_result
from qgate.jobs.totals import BUDGET, RUN, Totals
from qgate.prices import Price
from qgate.short_repr import summary
from qgate.usage import Usage

__all__ = ["MEMORY", "Journal"]


class Journal:
    """Orders, their results and their usage, in a SQLite file that processes may share.

    Safe for threads and for processes; every change is one transaction. Records that must precede
    a request to a provider are on the disk when the method returns. A job's id and its results do
    not wait for the disk: they survive the end of the process at once, and a power cut after some
    seconds. After an earlier power cut they can be requested again under the key of the order.

    Parameters
    ----------
    file : str or path
        It is created if it does not exist, readable for its owner only.

    Raises
    ------
    JournalUnreadable
        The file cannot be opened, is no journal, or one of a newer version.
    JournalNotWritten
        The disk is full, or cannot be written.

    Notes
    -----
    Every row has a seal (see ``sealed_rows.py``). If a row was damaged or exchanged, the method
    that reads it raises ``JournalUnreadable``, or ``OrderDamaged`` for the result of an order.
    """

    def __init__(self, file: str | Path = MEMORY) -> None:
        self.file = str(file)
        self._file = JournalFile(self.file)
        self._rows = SealedRows(self._file)
        self._totals = Totals(self._rows)
        self._lock = self._file.lock

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    # Writing ---------------------------------------------------------------------------

    def begin(self, run: str) -> str:
        """Record the name of a run, and return the id of the journal for the keys of its orders.

        The same run of another journal thus has other keys. A run that is older than such ids has
        an empty one.
        """
        with self._transaction():
            found = self._rows.select("runs", "WHERE name = ?", run)
            if found:
                return str(found[0]["journal"])
            identity = str(self._rows.fetch("SELECT MAX(id) FROM identity")[0][0])
            self._rows.insert("runs", [_about(run, identity)])
            return identity

    def adopt(self, run: str, identity: str, jobs: Mapping[str, str]) -> None:
        """Take over the jobs of a run whose journal was lost.

        When its program runs again, it requests orders with the same keys and finds their jobs
        here. It waits for them, and sends only what was never sent.

        Parameters
        ----------
        identity : str
            Id of the journal that was lost.
        jobs : mapping of str to str
            The provider's id of a job for each key.

        Raises
        ------
        RunExists
        """
        with self._transaction():
            known = self._rows.select("runs", "WHERE name = ?", run)
            if known and known[0]["journal"] != identity:
                raise RunExists(run=run, file=self.file)
            if not known:
                self._rows.insert("runs", [_about(run, identity)])
            for key, job in jobs.items():
                self._rows.update("found", {"key": key, "run": run, "job": job})

    def agree(self, budget: Budget | None) -> None:
        """Store the limit of a named budget; raise ``BudgetChanged`` if another one is stored."""
        if budget is not None and budget.name is not None:
            with self._transaction():
                self._totals.agree(budget)

    def change_limits(self, name: str, limits: Mapping[str, float | None]) -> None:
        """Change limits of a named budget, or add the budget; its other limits stay.

        None removes a limit. ``InvalidBudget`` is raised if none is left, or one is not positive.
        """
        with self._transaction():
            stored = self._totals.limit(name)
            new = {**({} if stored is None else stored.limits), **limits}
            usd, shots, submissions = map(new.get, ("usd", "shots", "submissions"))
            budget = Budget(shots, usd=usd, submissions=submissions, name=name)
            self._totals.set_limit(budget)

    def place(
        self, orders: Sequence[Order], budget_accounts: Sequence[BudgetAccount], *, what: str
    ) -> list[Order]:
        """Record orders before they are sent, all or none, and charge them to the budgets.

        Every account must allow all orders. ``what`` is the name of the orders in an error.

        Raises
        ------
        BudgetExceeded, BudgetChanged
            Nothing was recorded.
        """
        now = time.time()
        with self._transaction():
            placed = [self._with_found_job(replace(order, created_at=now)) for order in orders]
            for budget_account in budget_accounts:
                if budget_account.budget.name is not None:
                    self._totals.agree(budget_account.budget)
                self._totals.check(placed, budget_account, what)
            self._rows.insert("orders", [_row(order) for order in placed])
            for budget_account in budget_accounts:
                self._totals.add(BUDGET, budget_account.name, placed)
                charges = [{"key": order.key, "account": budget_account.name} for order in placed]
                self._rows.insert("charges", charges)
            for run in {order.run for order in placed}:
                self._totals.add(RUN, run, [order for order in placed if order.run == run])
        return placed

    def sent(self, key: str, job: str) -> None:
        """Record the provider's id of an order."""
        with self._waiting(durable=False), self._transaction():
            self._set(key, state=OrderState.SENT, job=job, sent_at=time.time())
            self._note(key, "sent", job)

    def finish(
        self,
        key: str,
        state: OrderState,
        *,
        result: bytes | None = None,
        vendor_status: str = "",
        reason: str = "",
        taken: Usage | None = None,
        durable: bool = True,
    ) -> None:
        """Record the end of an order and its final usage, by default all that was reserved.

        Without ``durable`` it does not wait for the disk: the provider can be asked again.
        """
        held: Row = {}
        if taken is not None:
            held = {"held_submissions": taken.submissions, "held_shots": taken.shots}
            held["held_usd"] = taken.counted_usd
        with self._waiting(durable=durable), self._transaction():
            self._set(
                key,
                state=state,
                result=result,
                vendor_status=vendor_status,
                reason=reason,
                finished_at=time.time(),
                settled=True,
                **held,
            )
            self._note(key, state.value, reason)

    def release(self, key: str, reason: str) -> None:
        """Record that an order certainly has no job, and refund what was reserved for it."""
        self.finish(key, OrderState.REFUSED, reason=reason, taken=Usage())

    def note(self, key: str, what: str, detail: str = "") -> None:
        """Add an event to the history of an order, for example a provider's error message."""
        with self._transaction():
            self._note(key, what, detail)

    # Reading ---------------------------------------------------------------------------

    def find(self, key: str, *, result: bool = True) -> Order | None:
        """Return an order, with its result by default; None: no order has this key.

        ``OrderDamaged`` is raised if the result is damaged, or that of another order.
        """
        also = ("result",) if result else ()
        with self._lock:
            found = self._rows.select("orders", "WHERE key = ?", key, also=also)
        if not found:
            return None
        row = found[0]
        if result and digest_of_result(key, row["result"]) != row["result_digest"]:
            raise OrderDamaged(key=key, what="result", file=self.file)
        return self._order(row)

    def orders(self, run: str | None = None) -> list[Order]:
        """Return the orders of one run or of all, in the order in which they were placed.

        Results are not included; ``find`` reads them.
        """
        if run is None:
            return self._orders("ORDER BY created_at, run, step, part, attempt")
        return self._orders("WHERE run = ? ORDER BY step, part, attempt, created_at", run)

    def checked_orders(self, run: str) -> list[OrderSummary]:
        """Return summaries of the orders of a run, at about 15 microseconds each.

        ``JournalUnreadable`` is raised if the totals show that some are missing or damaged.
        """
        with self._transaction():
            found = [
                self._summary(row) for row in self._rows.checked("orders", "WHERE run = ?", run)
            ]
            self._totals.check_orders(run, found)
        return found

    def runs(self) -> list[str]:
        """Return the names of all runs, oldest first."""
        with self._lock:
            return [row["name"] for row in self._rows.select("runs", "ORDER BY created_at")]

    def history(self, key: str) -> list[tuple[float, str, str]]:
        """Return the events of an order: Unix time in seconds, kind, and details."""
        with self._lock:
            events = self._rows.select("events", "WHERE key = ? ORDER BY id", key)
        return [(event["at"], event["what"], event["detail"]) for event in events]

    def spent(self, budget_account: str) -> Usage:
        """Return the usage that was charged to a budget."""
        with self._lock:
            return self._totals.spent(BUDGET, budget_account)

    def spent_by(self, run: str) -> Usage:
        """Return the usage of a run, charged to any budget."""
        with self._lock:
            return self._totals.spent(RUN, run)

    def jobs_charged(self, budget_account: str) -> tuple[str, ...]:
        """Return the provider's ids of the orders that are charged to a budget, as placed."""
        with self._lock:
            charges = self._rows.select("charges", "WHERE account = ?", budget_account)
            orders = [self.find(charge["key"], result=False) for charge in charges]
        placed = sorted(filter(None, orders), key=lambda each: (each.created_at, each.part))
        return tuple(order.job for order in placed if order.job is not None)

    def limits(self) -> list[Budget]:
        """Return the stored limits of all named budgets."""
        with self._lock:
            return self._totals.limits()

    # Inside ----------------------------------------------------------------------------

    @contextmanager
    def _waiting(self, *, durable: bool) -> Iterator[None]:
        """Context manager that sets whether transactions wait for the disk.

        In WAL mode ``NORMAL`` does not wait, and is as safe as ``FULL`` when a process ends.
        """
        if durable:
            yield
            return
        with self._lock:
            self._rows.execute("PRAGMA synchronous = NORMAL")
            try:
                yield
            finally:
                self._rows.execute("PRAGMA synchronous = FULL")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._rows.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._rows.execute("COMMIT")
            except BaseException:
                if self._file.connection.in_transaction:  # SQLite may have rolled back by itself
                    self._rows.execute("ROLLBACK")
                raise

    def _set(self, key: str, **values: Value) -> None:
        """Change an order, and the totals that include it."""
        rows = self._rows.select("orders", "WHERE key = ?", key)
        if not rows:
            reason = f"it holds no order {key}"
            raise JournalUnreadable(file=self.file, reason=reason)
        before = self._order(rows[0])
        after = replace(before, **values)
        written = _row(after)
        if "result" not in values:
            written |= {"result_digest": rows[0]["result_digest"]}
            del written["result"]
        self._rows.update("orders", written)
        charges = self._rows.select("charges", "WHERE key = ?", key)
        self._totals.replace(before, after, [charge["account"] for charge in charges])

    def _with_found_job(self, order: Order) -> Order:
        """Return an order as sent if its job was found at the provider."""
        found = self._rows.select("found", "WHERE key = ?", order.key)
        if not found:
            return order
        return replace(order, state=OrderState.SENT, job=found[0]["job"], sent_at=order.created_at)

    def _note(self, key: str, what: str, detail: str) -> None:
        event = {"key": key, "at": time.time(), "what": what, "detail": detail}
        self._rows.insert("events", [event])

    def _order(self, row: Row) -> Order:
        try:
            return _order(row)
        except ValueError as error:
            raise self._damaged(row["key"], error) from error

    def _summary(self, row: tuple[Value, ...]) -> OrderSummary:
        try:
            key, attempt, state, *held = _values_of_summary(row)
            return OrderSummary(key, attempt, OrderState(state), *held)
        except ValueError as error:
            raise self._damaged(row[0], error) from error

    def _damaged(self, key: str, error: ValueError) -> JournalUnreadable:
        """Return the error for an order of a version without seals that was damaged then."""
        return JournalUnreadable(file=self.file, reason=f"its order {key} is damaged ({error})")

    def _orders(self, where: str, *values: Value) -> list[Order]:
        with self._lock:
            return [self._order(row) for row in self._rows.select("orders", where, *values)]

    def __repr__(self) -> str:
        return summary(self, "file")


_values_of_summary = itemgetter(*map(SEALED["orders"].index, OrderSummary._fields))
"""Returns the values of a summary from the tuple of a row."""


def _about(run: str, identity: str) -> Row:
    """Return the row of a new run."""
    about = {"created_at": time.time(), "qgate": version("qgate"), "journal": identity}
    return {"name": run, **about}


def _row(order: Order) -> Row:
    """Return the row that stores an order."""
    values = {field.name: getattr(order, field.name) for field in fields(order)}
    price = values.pop("price")
    low, high = (None, None) if price is None else (price.low_usd, price.high_usd)
    digest = digest_of_result(order.key, order.result)
    values |= {"low_usd": low, "high_usd": high, "result_digest": digest}
    return {**values, "settled": int(order.settled)}


def _order(row: Row) -> Order:
    """Return the order that a row stores."""
    values = dict(row)
    del values["result_digest"]
    low, high = values.pop("low_usd"), values.pop("high_usd")
    price = None if low is None or high is None else Price(low, high)
    state, settled = OrderState(values.pop("state")), bool(values.pop("settled"))
    return Order(**values, price=price, state=state, settled=settled)
