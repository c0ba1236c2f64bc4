"""Rows of the journal, each stored with a seal (digest) that is verified when the row is read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from qgate.exceptions import JournalUnreadable
from qgate.jobs.journal_file import JournalFile, failure
from qgate.jobs.seals import REALS, SEALED, seal_of

Value: TypeAlias = Any
"""Value of a column: None, int, float, str or bytes, by the column."""

Row: TypeAlias = dict[str, Value]

KEYS: Mapping[str, tuple[str, ...]] = {
    "runs": ("name",),
    "orders": ("key",),
    "totals": ("kind", "name"),
    "limits": ("name",),
    "found": ("key",),
}
"""Columns that identify a row to update."""


class SealedRows:
    """Tables of an open journal."""

    def __init__(self, file: JournalFile) -> None:
        self._opened, self.file = file, file.file

    def insert(self, table: str, rows: Iterable[Mapping[str, Value]]) -> None:
        """Add rows and their seals."""
        for row in rows:
            self._write("INSERT", table, _normal(row))

    def update(self, table: str, row: Mapping[str, Value], **values: Value) -> None:
        """Change values of a row that was read before, or add the row if there is none."""
        changed = _normal({**row, **values})
        place = " AND ".join(f"{column} = :{column}" for column in KEYS[table])
        columns = ", ".join(f"{column} = :{column}" for column in (*changed, "seal"))
        changed_rows = self._execute(
            f"UPDATE {table} SET {columns} WHERE {place}",
            {**changed, "seal": _seal(table, changed)},
        ).rowcount
        if not changed_rows:
            self._write("INSERT", table, changed)

    def select(
        self, table: str, where: str = "", *values: Value, also: Sequence[str] = ()
    ) -> list[Row]:
        """Return rows; raise ``JournalUnreadable`` if one does not match its seal."""
        columns = (*SEALED[table], *also)
        found = self.checked(table, where, *values, also=also)
        return [dict(zip(columns, row, strict=False)) for row in found]

    def checked(
        self, table: str, where: str = "", *values: Value, also: Sequence[str] = ()
    ) -> Iterator[tuple[Value, ...]]:
        """Yield rows as tuples of their sealed columns, those in ``also``, and the seal."""
        sealed = SEALED[table]
        columns = ", ".join((*sealed, *also, "seal"))
        for row in self._read(f"SELECT {columns} FROM {table} {where}", values):
            if row[-1] != seal_of(table, row[: len(sealed)]):
                named = ", ".join(map(str, row[:2]))
                reason = f"a row of its table {table} is damaged ({named[:100]})"
                raise JournalUnreadable(file=self.file, reason=reason)
            yield row

    def fetch(self, query: str, values: Value = ()) -> list[tuple[Value, ...]]:
        """Return the rows of a query, without verification."""
        return list(self._read(query, values))

    def _read(self, query: str, values: Value) -> Iterator[tuple[Value, ...]]:
        """Yield the rows of a query, without verification and without holding all in memory."""
        try:
            yield from self._execute(query, values)
        except sqlite3.Error as error:
            raise failure(error, self.file) from error

    def execute(self, statement: str) -> None:
        """Execute a statement that begins, commits or rolls back a transaction."""
        self._execute(statement, ())

    def _write(self, verb: str, table: str, row: Mapping[str, Value]) -> None:
        columns = (*row, "seal")
        self._execute(
            f"{verb} INTO {table} ({', '.join(columns)}) "
            f"VALUES ({', '.join(f':{column}' for column in columns)})",
            {**row, "seal": _seal(table, row)},
        )

    def _execute(self, statement: str, values: Value) -> sqlite3.Cursor:
        try:
            return self._opened.connection.execute(statement, values)
        except (sqlite3.Error, OverflowError) as error:
            raise failure(error, self.file) from error


def _seal(table: str, row: Mapping[str, Value]) -> str:
    return seal_of(table, [row[column] for column in SEALED[table]])


def _normal(row: Mapping[str, Value]) -> Row:
    """Return a row with the types that SQLite reads back."""
    return {column: _stored(column, value) for column, value in row.items()}


def _stored(column: str, value: Value) -> Value:
    if value is None or isinstance(value, bytes):
        return value
    if column in REALS:
        return float(value) + 0.0  # SQLite has no negative zero
    if isinstance(value, str):  # texts of providers may contain unpaired surrogates
        return str(value).encode("utf-8", "replace").decode()
    return value
