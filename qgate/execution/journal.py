"""The file in which every submission is written down before it is made."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tenacity import retry, retry_if_exception, stop_after_delay, wait_random

from qgate.exceptions import BudgetExceeded, JournalUnreadable
from qgate.execution.journal_schema import migrate
from qgate.execution.orders import Order, OrderState, Purse, Spent
from qgate.forks import ForkSafeLock, at_fork, no_fork
from qgate.prices import Price

MEMORY = ":memory:"
"""In place of a file: nothing outlives the process."""

PATIENCE_S = 60.0
"""So long is another process waited for that is writing."""

COLUMNS = tuple(
    name
    for field in fields(Order)
    for name in (("low_usd", "high_usd") if field.name == "price" else (field.name,))
)

INSERT = (
    f"INSERT INTO orders ({', '.join(COLUMNS)}) "
    f"VALUES ({', '.join(f':{name}' for name in COLUMNS)})"
)


class Journal:
    """Orders, their results and what they cost, in a SQLite file that processes may share.

    Safe for threads and for processes; every change is one transaction.

    Parameters
    ----------
    file : str or path
        It is made where there is none.

    Raises
    ------
    JournalUnreadable
        The file cannot be opened, is no journal, or one of a newer version.
    """

    def __init__(self, file: str | Path = MEMORY) -> None:
        self.file = str(file)
        self._path = self.file if self.file == MEMORY else _absolute(self.file)
        self._lock = ForkSafeLock()
        self._handle: sqlite3.Connection | None = None
        self._closed = self._forking = False
        with no_fork():
            self._handle = self._opened()
            at_fork(before=self._leave, in_parent=self._go_on, in_child=self._go_on)

    def _opened(self) -> sqlite3.Connection:
        try:
            return _opened(self._path)
        except sqlite3.Error as error:
            raise JournalUnreadable(file=self.file, reason=str(error)) from error

    @property
    def _connection(self) -> sqlite3.Connection:
        """The open file, which is opened again after a fork."""
        if self._handle is None:
            if not Path(self._path).exists():
                raise JournalUnreadable(file=self.file, reason="it was removed meanwhile")
            self._handle = self._opened()
        return self._handle

    # SQLite counts the locks of a file in memory, and a forked child that inherits an open file
    # believes to hold locks that only its parent has (https://www.sqlite.org/howtocorrupt.html,
    # 2.6). So no file is open during a fork. A journal in memory is copied with the rest of it.

    def _leave(self) -> None:
        self._lock.acquire()
        self._forking = True
        if self._handle is None or self._closed or self._path == MEMORY:
            return
        if not self._handle.in_transaction:
            self._handle.close()
            self._handle = None

    def _go_on(self) -> None:
        if self._forking:
            self._forking = False
            self._lock.release()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
            self._closed = True

    def __del__(self) -> None:
        handle: sqlite3.Connection | None = getattr(self, "_handle", None)
        if handle is not None:
            handle.close()

    # Writing ---------------------------------------------------------------------------

    def begin(self, run: str) -> None:
        """Write down that there is a run of this name."""
        with self._transaction():
            self._connection.execute(
                "INSERT OR IGNORE INTO runs VALUES (?, ?, ?)", (run, time.time(), version("qgate"))
            )

    def place(self, orders: Sequence[Order], purses: Sequence[Purse], *, what: str) -> list[Order]:
        """Write down what is to be sent, all of it or nothing, and take it from the budgets.

        Parameters
        ----------
        orders : sequence of Order
        purses : sequence of Purse
            All of them have to allow all of it.
        what : str
            How to call the orders in an error.

        Raises
        ------
        BudgetExceeded
            Nothing was written.
        """
        now = time.time()
        placed = [replace(order, created_at=now) for order in orders]
        with self._transaction():
            for purse in purses:
                _check(self._spent(purse.name), placed, purse, what)
            self._connection.executemany(INSERT, [_row(order) for order in placed])
            self._connection.executemany(
                "INSERT INTO charges VALUES (?, ?)",
                [(order.key, purse.name) for order in placed for purse in purses],
            )
        return placed

    def sent(self, key: str, job: str) -> None:
        """Write down the provider's id of an order."""
        with self._transaction():
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
        taken: Spent | None = None,
    ) -> None:
        """Write down how an order ended, and what it took of the budgets in the end.

        Parameters
        ----------
        taken : Spent, optional
            Default: all that was held for it.
        """
        with self._transaction():
            self._set(
                key,
                state=state,
                result=result,
                vendor_status=vendor_status,
                reason=reason,
                finished_at=time.time(),
            )
            if taken is not None:
                self._set(
                    key,
                    held_submissions=taken.submissions,
                    held_shots=taken.shots,
                    held_usd=taken.usd,
                )
            self._set(key, settled=1)
            self._note(key, state.value, reason)

    def note(self, key: str, what: str, detail: str = "") -> None:
        """Add to the history of an order, for example a provider's error in its own words."""
        with self._transaction():
            self._note(key, what, detail)

    # Reading ---------------------------------------------------------------------------

    def find(self, key: str) -> Order | None:
        """Return an order; None: there is none of this key."""
        found = self._orders("WHERE key = ?", key)
        return found[0] if found else None

    def orders(self, run: str | None = None) -> list[Order]:
        """Return the orders of one run or of all, in the order in which they were placed."""
        if run is None:
            return self._orders("ORDER BY created_at, run, step, part, attempt")
        return self._orders("WHERE run = ? ORDER BY step, part, attempt, created_at", run)

    def runs(self) -> list[str]:
        """Return the names of all runs, oldest first."""
        with self._lock:
            rows = self._connection.execute("SELECT name FROM runs ORDER BY created_at")
            return [name for (name,) in rows]

    def history(self, key: str) -> list[tuple[float, str, str]]:
        """Return what happened to an order: Unix time in seconds, what, and details."""
        with self._lock:
            return self._connection.execute(
                "SELECT at, what, detail FROM events WHERE key = ? ORDER BY id", (key,)
            ).fetchall()

    def spent(self, purse: str) -> Spent:
        """Return what was taken from a budget."""
        with self._lock:
            return self._spent(purse)

    # Inside ----------------------------------------------------------------------------

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _set(self, key: str, **values: Any) -> None:
        columns = ", ".join(f"{name} = :{name}" for name in values)
        self._connection.execute(
            f"UPDATE orders SET {columns} WHERE key = :key", {**values, "key": key}
        )

    def _note(self, key: str, what: str, detail: str) -> None:
        self._connection.execute(
            "INSERT INTO events (key, at, what, detail) VALUES (?, ?, ?, ?)",
            (key, time.time(), what, detail),
        )

    def _orders(self, where: str, *values: Any) -> list[Order]:
        with self._lock:
            rows = self._connection.execute(
                f"SELECT {', '.join(COLUMNS)} FROM orders {where}", values
            ).fetchall()
        return [_order(dict(zip(COLUMNS, row, strict=True))) for row in rows]

    def _spent(self, purse: str) -> Spent:
        row = self._connection.execute(
            "SELECT COALESCE(SUM(held_submissions), 0), COALESCE(SUM(held_shots), 0), "
            "COALESCE(SUM(held_usd), 0) FROM charges JOIN orders USING (key) WHERE purse = ?",
            (purse,),
        ).fetchone()
        return Spent(*row)


def _is_in_use(error: BaseException) -> bool:
    """Say whether SQLite refused because of another process, for whatever reason of that."""
    if not isinstance(error, sqlite3.OperationalError):
        return False
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


# SQLite waits for other processes by itself, but not where one of them gives the same file its
# journal mode, mends it after a crash, or closes it as the last one (https://www.sqlite.org/wal.html).
@retry(
    retry=retry_if_exception(_is_in_use),
    wait=wait_random(0.001, 0.05),
    stop=stop_after_delay(PATIENCE_S),
    reraise=True,
)
def _opened(file: str) -> sqlite3.Connection:
    if file != MEMORY:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(
        file, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA synchronous = FULL")
        migrate(connection, file)  # first, because the next line writes to the file
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _absolute(file: str) -> str:
    return str(Path(file).expanduser().absolute())


def _row(order: Order) -> dict[str, Any]:
    values = {field.name: getattr(order, field.name) for field in fields(order)}
    price = values.pop("price")
    low, high = (None, None) if price is None else (price.low_usd, price.high_usd)
    return {**values, "low_usd": low, "high_usd": high, "settled": int(order.settled)}


def _order(values: dict[str, Any]) -> Order:
    low, high = values.pop("low_usd"), values.pop("high_usd")
    price = None if low is None else Price(low, high)
    state, settled = OrderState(values.pop("state")), bool(values.pop("settled"))
    return Order(**values, price=price, state=state, settled=settled)


LIMITS = (
    ("submissions", "held_submissions", "{:d} submissions"),
    ("shots", "held_shots", "{:d} shots"),
    ("usd", "held_usd", "{:.2f} USD"),
)
"""Each limit of a budget, what an order takes of it, and how an amount is written."""

ROUNDING_USD = 1e-9


def _check(spent: Spent, orders: Sequence[Order], purse: Purse, what: str) -> None:
    """Refuse orders that a budget has not enough left for."""
    for name, column, written in LIMITS:
        limit = getattr(purse.budget, name)
        if limit is None:
            continue
        asked = sum(getattr(order, column) for order in orders)
        already = getattr(spent, name)
        if already + asked > limit + (ROUNDING_USD if name == "usd" else 0):
            raise BudgetExceeded(
                what=what,
                asked=written.format(asked),
                spent=written.format(already),
                limit=written.format(limit),
                budget=repr(purse.name),
            )
