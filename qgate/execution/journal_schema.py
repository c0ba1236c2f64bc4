"""The tables of the journal, and how those of older versions become those of this one."""

from __future__ import annotations

import sqlite3

from qgate.exceptions import JournalUnreadable

APPLICATION = 0x71676174
"""Marks a SQLite file as a journal of qgate."""

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE runs (
        name TEXT PRIMARY KEY,
        created_at REAL NOT NULL,
        qgate TEXT NOT NULL
    );
    CREATE TABLE orders (
        key TEXT PRIMARY KEY,
        run TEXT NOT NULL REFERENCES runs (name),
        step INTEGER NOT NULL,
        part INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        device TEXT NOT NULL,
        provider TEXT NOT NULL,
        digest TEXT NOT NULL,
        record BLOB NOT NULL,
        rows INTEGER NOT NULL,
        shots INTEGER NOT NULL,
        low_usd REAL,
        high_usd REAL,
        state TEXT NOT NULL,
        job TEXT,
        vendor_status TEXT NOT NULL DEFAULT '',
        reason TEXT NOT NULL DEFAULT '',
        result BLOB,
        held_submissions INTEGER NOT NULL,
        held_shots INTEGER NOT NULL,
        held_usd REAL NOT NULL,
        settled INTEGER NOT NULL DEFAULT 0,
        created_at REAL NOT NULL,
        sent_at REAL,
        finished_at REAL
    );
    CREATE INDEX orders_of_a_run ON orders (run, step, part, attempt);
    CREATE INDEX orders_by_state ON orders (state);
    CREATE TABLE charges (
        key TEXT NOT NULL REFERENCES orders (key),
        purse TEXT NOT NULL,
        PRIMARY KEY (key, purse)
    );
    CREATE INDEX charges_to_a_purse ON charges (purse);
    CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL REFERENCES orders (key),
        at REAL NOT NULL,
        what TEXT NOT NULL,
        detail TEXT NOT NULL
    );
    CREATE INDEX events_of_an_order ON events (key);
    """,
)
"""What makes version 1 of an empty file, version 2 of version 1, and so on."""


def migrate(connection: sqlite3.Connection, file: str) -> None:
    """Bring the tables of a file to this version, all of the way or not at all.

    Raises
    ------
    JournalUnreadable
        It is no journal, or was written by a newer version of qgate.
    """
    newest = len(MIGRATIONS)
    if _version(connection, file) == newest:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        first = _version(connection, file)  # another process may have been faster
        for number in range(first, newest):
            for statement in MIGRATIONS[number].split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {newest}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, file: str) -> int:
    """Return the version of a journal; 0: the file is empty."""
    version, newest = _number(connection, "user_version"), len(MIGRATIONS)
    tables = _scalar(connection, "SELECT COUNT(*) FROM sqlite_master")
    if tables and _number(connection, "application_id") != APPLICATION:
        raise JournalUnreadable(file=file, reason="it is a database of another program")
    if version > newest:
        reason = f"it has version {version}, this qgate reads up to {newest}; upgrade qgate"
        raise JournalUnreadable(file=file, reason=reason)
    return version


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return _scalar(connection, f"PRAGMA {pragma}")


def _scalar(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])
