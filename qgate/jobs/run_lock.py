"""Lock that lets only one process of a machine open a run."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path
from typing import IO

from qgate.exceptions import JournalNotWritten, RunInUse
from qgate.forks import ForkSafeLock, at_fork
from qgate.jobs.journal_file import MEMORY, OWNER_ONLY

SUFFIX = "-lock"
"""Suffix of the lock file's name after that of the journal; the file stays empty."""

PLACES = 2**40
"""Number of lock positions. A run locks the byte of the file at a hash of its name."""

_files: dict[str, IO[bytes]] = {}
_held: set[tuple[str, str]] = set()
_guard = ForkSafeLock()


class RunLock:
    """Lock of an open run, which the operating system releases when the process ends in any way."""

    def __init__(self, journal: str, run: str) -> None:
        self.file = journal if journal == MEMORY else str(Path(journal).expanduser().resolve())
        self.run = run

    def acquire(self) -> None:
        """Acquire the lock.

        Raise ``RunInUse`` if another run object or process holds it, and ``JournalNotWritten`` if
        there can be no lock at this place.
        """
        with _guard:
            if (self.file, self.run) in _held or not self._lock_place():
                raise RunInUse(run=self.run, file=self.file)
            _held.add((self.file, self.run))

    def release(self) -> None:
        """Release the lock; do nothing in a forked child, whose parent holds it."""
        with _guard:
            if (self.file, self.run) not in _held:
                return
            _held.discard((self.file, self.run))
            if self.file == MEMORY:
                return
            _unlock(_files[self._name], self._place)
            if not any(file == self.file for file, _ in _held):
                _files.pop(self._name).close()

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()

    @property
    def _name(self) -> str:
        return f"{self.file}{SUFFIX}"

    @property
    def _place(self) -> int:
        return int(hashlib.sha256(self.run.encode()).hexdigest(), 16) % PLACES

    def _lock_place(self) -> bool:
        if self.file == MEMORY:
            return True
        try:
            if self._name not in _files:  # kept open: closing one file releases all its locks
                _files[self._name] = open(self._name, "a+b", opener=_owned)  # noqa: SIM115
            return _lock(_files[self._name], self._place)
        except OSError as error:
            raise JournalNotWritten(file=self.file, reason=str(error)) from error


def _owned(name: str, flags: int) -> int:
    return os.open(name, flags | getattr(os, "O_NOFOLLOW", 0), OWNER_ONLY)


HELD = frozenset({errno.EACCES, errno.EAGAIN, errno.EDEADLK})
"""Error numbers by which an operating system reports that another process holds a lock."""


def _forget_all() -> None:
    """Forget the parent's locks in a forked child, which does not inherit them."""
    _held.clear()
    _files.clear()


at_fork(in_child=_forget_all)

if os.name == "nt":  # pragma: no cover
    import msvcrt

    def _lock(file: IO[bytes], place: int) -> bool:
        file.seek(place)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError as error:
            if error.errno not in HELD:
                raise
            return False
        return True

    def _unlock(file: IO[bytes], place: int) -> None:
        file.seek(place)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]

else:
    import fcntl

    def _lock(file: IO[bytes], place: int) -> bool:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except OSError as error:
            if error.errno not in HELD:
                raise
            return False
        return True

    def _unlock(file: IO[bytes], place: int) -> None:
        fcntl.lockf(file, fcntl.LOCK_UN, 1, place)
