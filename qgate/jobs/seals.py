"""Seals of the rows of a journal.

A seal is a digest of the name of the table and of all values of the row, including its key. It
detects values that were damaged or exchanged between rows. The large result of an order is not part
of the seal itself, only its digest is, so that orders can be listed without their results.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence

from qgate.exceptions import JournalUnreadable
from qgate.jobs.digest import key_of

SEALED: Mapping[str, tuple[str, ...]] = {
    "runs": ("name", "created_at", "qgate", "journal"),
    "orders": (
        *("key", "run", "step", "part", "attempt", "device", "provider", "digest", "record"),
        *("rows", "shots", "low_usd", "high_usd", "state", "job", "vendor_status", "reason"),
        *("held_submissions", "held_shots", "held_usd", "settled"),
        *("created_at", "sent_at", "finished_at", "result_digest"),
    ),
    "charges": ("key", "account"),
    "events": ("key", "at", "what", "detail"),
    "totals": ("kind", "name", "orders", "submissions", "shots", "nano_usd"),
    "limits": ("name", "submissions", "shots", "usd"),
    "found": ("key", "run", "job"),
}
"""Columns of each table that its seal covers."""


REALS = frozenset(
    {"low_usd", "high_usd", "held_usd", "usd", "at", "created_at", "sent_at", "finished_at"}
)
WHOLE = frozenset(
    {
        *("step", "part", "attempt", "rows", "shots", "held_submissions", "held_shots", "settled"),
        *("orders", "submissions", "nano_usd"),
    }
)
BYTES = frozenset({"record"})
"""Columns of floats, of whole numbers and of bytes; all others are texts."""

MAY_BE_NONE = frozenset(
    {"low_usd", "high_usd", "job", "sent_at", "finished_at", "submissions", "shots", "usd"}
)


def seal_of(table: str, values: Sequence[object]) -> str:
    """Return the seal of a row, from the values of its sealed columns in their order."""
    # repr distinguishes types and writes every bit of a float; one call for a whole row is fast
    return hashlib.sha256(repr((table, *values)).encode()).hexdigest()[:32]


def digest_of_result(key: str, result: bytes | None) -> str:
    """Return a digest that binds a result to the key of its order; empty: there is no result."""
    return "" if result is None else key_of("result", key, result)


def seal_all(connection: sqlite3.Connection, file: str) -> None:
    """Seal all existing rows of a journal that an older version wrote without such seals.

    A value of another type than its column shows damage, and raises ``JournalUnreadable``.
    """
    connection.create_function("digest_of_result", 2, digest_of_result)
    connection.execute("UPDATE orders SET result_digest = digest_of_result(key, result)")
    for table, columns in SEALED.items():
        rows = connection.execute(f"SELECT {', '.join(columns)}, rowid FROM {table}").fetchall()
        for *values, _ in rows:
            if not all(map(_fits, columns, values)):
                raise JournalUnreadable(file=file, reason=f"a row of its table {table} is damaged")
        connection.executemany(
            f"UPDATE {table} SET seal = ? WHERE rowid = ?",
            [(seal_of(table, values), row) for *values, row in rows],
        )


def _fits(column: str, value: object) -> bool:
    """True if a value has the type of its column; SQLite stores any type in any column."""
    if value is None:
        return column in MAY_BE_NONE
    if column in REALS:
        return isinstance(value, float)
    if column in WHOLE:
        return isinstance(value, int)
    return isinstance(value, bytes if column in BYTES else str)
