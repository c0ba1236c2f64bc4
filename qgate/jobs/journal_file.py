"""SQLite file of a journal, readable for its owner only, and safe under forks."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from tenacity import retry, retry_if_exception, stop_after_delay

from qgate.exceptions import JournalFolderMissing, JournalNotWritten, JournalUnreadable
from qgate.forks import ForkSafeLock, at_fork, no_fork
from qgate.jitter import random_between
from qgate.jobs.journal_schema import migrate

MEMORY = ":memory:"
"""Name of a journal in memory, which ends with the process."""

PATIENCE_S = 60.0
"""Longest wait in seconds for another process that is writing."""

OWNER_ONLY = 0o600
"""File mode of a new journal; SQLite gives it to the files -wal and -shm as well."""

UNWRITABLE = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_TOOBIG,
    }
)
"""Primary SQLite codes for errors of the disk, not of a damaged file."""


class JournalFile:
    """Open file of a journal, which no forked child shares with its parent.

    Attributes
    ----------
    lock : ForkSafeLock
        Held while a thread uses the connection.

    Raises
    ------
    JournalUnreadable, JournalNotWritten
        It cannot be opened.
    """

    def __init__(self, file: str) -> None:
        self.file, self.path = file, absolute(file)
        self.lock = ForkSafeLock()
        self._handle: sqlite3.Connection | None = None
        self._closed = self._forking = False
        with no_fork():
            self._handle = self._opened()
            at_fork(before=self._leave, in_parent=self._go_on, in_child=self._go_on)

    def _opened(self) -> sqlite3.Connection:
        try:
            return opened(self.path, self.file)
        except (sqlite3.Error, ValueError) as error:
            raise failure(error, self.file) from error

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, which is opened again after a fork."""
        if self._handle is None:
            if not Path(self.path).exists():
                raise JournalUnreadable(file=self.file, reason="it was removed meanwhile")
            self._handle = self._opened()
        return self._handle

    # SQLite counts the locks of a file in memory. A forked child that inherits an open file would
    # therefore believe to hold locks that only its parent has, and could damage the file
    # (https://www.sqlite.org/howtocorrupt.html, section 2.6). So no file is open during a fork. A
    # journal in memory is copied by the fork.

    def _leave(self) -> None:
        self.lock.acquire()
        self._forking = True
        if self._handle is None or self._closed or self.path == MEMORY:
            return
        if not self._handle.in_transaction:
            self._handle.close()
            self._handle = None

    def _go_on(self) -> None:
        if self._forking:
            self._forking = False
            self.lock.release()

    def close(self) -> None:
        """Close the file."""
        with self.lock:
            if self._handle is not None:
                self._handle.close()
            self._closed = True

    def __del__(self) -> None:
        handle: sqlite3.Connection | None = getattr(self, "_handle", None)
        if handle is not None:
            handle.close()


def failure(error: Exception, file: str) -> JournalUnreadable | JournalNotWritten:
    """Return the qgate error for an error of SQLite."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in UNWRITABLE or isinstance(error, OverflowError):
        return JournalNotWritten(file=file, reason=str(error))
    return JournalUnreadable(file=file, reason=str(error))


def _is_in_use(error: BaseException) -> bool:
    """Return whether SQLite refused because another process uses the file."""
    if not isinstance(error, sqlite3.OperationalError):
        return False
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


# SQLite's own timeout for other processes does not apply while one of them sets the journal mode of
# the file, recovers it after a crash, or closes it as the last one
# (https://www.sqlite.org/wal.html).
@retry(
    retry=retry_if_exception(_is_in_use),
    wait=lambda _: random_between(0.001, 0.05),
    stop=stop_after_delay(PATIENCE_S),
    reraise=True,
)
def opened(place: str, file: str) -> sqlite3.Connection:
    """Return a connection to a journal, whose tables are migrated to this version.

    ``place`` is its absolute path, and errors name ``file``: ``JournalUnreadable``, or those of
    SQLite.
    """
    if place != MEMORY:
        _create(place, file)
    connection = sqlite3.connect(
        place, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False
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


def absolute(file: str) -> str:
    """Return the absolute path of a journal, which stays valid after a change of directory."""
    try:
        return file if file == MEMORY else str(Path(file).expanduser().absolute())
    except (OSError, RuntimeError) as error:
        raise JournalUnreadable(file=file, reason=str(error)) from error


def _create(place: str, file: str) -> None:
    """Create a file for its owner if there is none.

    An existing file is not opened here: closing it would release the locks that SQLite holds on it
    in this process.
    """
    try:
        path = Path(place).resolve()
        if not path.parent.exists():  # a mistyped path must not become a folder
            raise JournalFolderMissing(file=file, folder=str(path.parent))
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, OWNER_ONLY))
    except JournalFolderMissing:
        raise
    except (OSError, ValueError, RuntimeError) as error:
        raise JournalUnreadable(file=file, reason=str(error)) from error
