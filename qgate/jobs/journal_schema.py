"""Tables of the journal, and their migration from older versions."""

from __future__ import annotations

import sqlite3

from qgate.exceptions import JournalUnreadable
from qgate.jobs.seals import seal_all

APPLICATION = 0x71676174
"""Application id that marks a SQLite file as a journal of qgate."""

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
    """
    CREATE TABLE identity (id TEXT NOT NULL);
    INSERT INTO identity VALUES (lower(hex(randomblob(16))));
    ALTER TABLE runs ADD COLUMN journal TEXT NOT NULL DEFAULT '';
    ALTER TABLE runs ADD COLUMN seal TEXT NOT NULL DEFAULT '';
    ALTER TABLE orders ADD COLUMN result_digest TEXT NOT NULL DEFAULT '';
    ALTER TABLE orders ADD COLUMN seal TEXT NOT NULL DEFAULT '';
    ALTER TABLE charges ADD COLUMN seal TEXT NOT NULL DEFAULT '';
    ALTER TABLE events ADD COLUMN seal TEXT NOT NULL DEFAULT '';
    CREATE TABLE totals (
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        orders INTEGER NOT NULL,
        submissions INTEGER NOT NULL,
        shots INTEGER NOT NULL,
        nano_usd INTEGER NOT NULL,
        seal TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (kind, name)
    );
    CREATE TABLE limits (
        name TEXT PRIMARY KEY,
        submissions INTEGER,
        shots INTEGER,
        usd REAL,
        seal TEXT NOT NULL DEFAULT ''
    );
    CREATE TABLE found (
        key TEXT PRIMARY KEY,
        run TEXT NOT NULL,
        job TEXT NOT NULL,
        seal TEXT NOT NULL DEFAULT ''
    );
    INSERT INTO totals (kind, name, orders, submissions, shots, nano_usd)
    SELECT 'run', run, COUNT(*), SUM(held_submissions), SUM(held_shots),
        SUM(CAST(ROUND(held_usd * 1000000000) AS INTEGER)) FROM orders GROUP BY run;
    INSERT INTO totals (kind, name, orders, submissions, shots, nano_usd)
    SELECT 'budget', purse, COUNT(*), SUM(held_submissions), SUM(held_shots),
        SUM(CAST(ROUND(held_usd * 1000000000) AS INTEGER))
        FROM charges JOIN orders USING (key) GROUP BY purse;
    INSERT INTO events (key, at, what, detail)
    SELECT key, created_at, 'attempt', 'perhaps, by version 1' FROM orders WHERE state = 'intended'
    """,
    """
    ALTER TABLE charges RENAME COLUMN purse TO account;
    DROP INDEX charges_to_a_purse;
    CREATE INDEX charges_to_an_account ON charges (account)
    """,
)
"""Statements that upgrade a file from each version to the next, beginning with an empty file.

Version 2 adds an id of the journal for the keys of new runs (runs of version 1 have none, and keep
their keys), seals of all rows, totals of orders, and the limits of named budgets. It also adds an
attempt to create each order that was not known to be sent, because version 1 did not record these.

Version 3 renames the column of the accounts that an order is charged to. Seals do not contain the
names of columns, so they stay as they are.
"""

SEALED_SINCE = 2
"""First version whose rows have seals. Rows of later ones are not sealed again: that would hide
damage.
"""


def migrate(connection: sqlite3.Connection, file: str) -> None:
    """Migrate the tables of a file to this version, completely or not at all.

    A file that is no journal, or one of a newer version, raises ``JournalUnreadable``.
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
        if first < SEALED_SINCE:
            seal_all(connection, file)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {newest}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite itself rolls back where the disk is full
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, file: str) -> int:
    """Return the version of a journal; 0: the file is empty."""
    version, newest = _number(connection, "user_version"), len(MIGRATIONS)
    tables = _scalar(connection, "SELECT COUNT(*) FROM sqlite_master")
    if tables and _number(connection, "application_id") != APPLICATION:
        raise JournalUnreadable(file=file, reason="it is a database of another program")
    if not 0 <= version <= newest:
        reason = f"it has version {version}, this qgate reads up to {newest}; upgrade qgate"
        raise JournalUnreadable(file=file, reason=reason)
    return version


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return _scalar(connection, f"PRAGMA {pragma}")


def _scalar(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])
