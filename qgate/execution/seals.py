"""Seals of the rows of a journal.

A seal is a digest of the name of the table and of all values of the row, its key included. It shows
values that were damaged or exchanged between rows. The large result of an order is not part of
the seal itself: its own digest is, so that orders can be listed without their results.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from qgate.execution.digest import key_of

SEALED: Mapping[str, tuple[str, ...]] = {
    "runs": ("name", "created_at", "qgate", "journal"),
    "orders": (
        *("key", "run", "step", "part", "attempt", "device", "provider", "digest", "record"),
        *("rows", "shots", "low_usd", "high_usd", "state", "job", "vendor_status", "reason"),
        *("held_submissions", "held_shots", "held_usd", "settled"),
        *("created_at", "sent_at", "finished_at", "result_digest"),
    ),
    "charges": ("key", "purse"),
    "events": ("key", "at", "what", "detail"),
    "totals": ("kind", "name", "orders", "submissions", "shots", "nano_usd"),
    "limits": ("name", "submissions", "shots", "usd"),
}
"""The columns of each table that its seal covers."""


def seal_of(table: str, row: Mapping[str, Any]) -> str:
    """Return the seal of a row."""
    return key_of("seal", table, *(row[column] for column in SEALED[table]))[:32]


def digest_of_result(key: str, result: bytes | None) -> str:
    """Return a digest that binds a result to the key of its order; empty: there is no result."""
    return "" if result is None else key_of("result", key, result)


def seal_all(connection: sqlite3.Connection) -> None:
    """Seal every row as it stands; the journal comes from a version that had no such seals."""
    connection.create_function("digest_of_result", 2, digest_of_result)
    connection.execute("UPDATE orders SET result_digest = digest_of_result(key, result)")
    for table, columns in SEALED.items():
        connection.create_function(
            f"seal_{table}",
            len(columns),
            lambda *values, table=table: seal_of(
                table, dict(zip(SEALED[table], values, strict=True))
            ),
        )
        connection.execute(f"UPDATE {table} SET seal = seal_{table}({', '.join(columns)})")
