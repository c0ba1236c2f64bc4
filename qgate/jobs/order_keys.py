"""Keys of orders: the same for every repetition of a program, and for a repeated call."""

from __future__ import annotations

from collections import Counter, defaultdict

from qgate.forks import ForkSafeLock
from qgate.jobs.digest import key_of


class OrderKeys:
    """Keys of the orders of one run.

    A key is a digest of the journal's id, the run's name, the content, and the number of earlier
    requests of the same content. Orders that a failed call left are resumed under their keys.
    """

    def __init__(self, run: str) -> None:
        self._run = run
        self._lock = ForkSafeLock()
        self.restart()

    def restart(self) -> None:
        """Begin a repetition of the run."""
        self._repetitions: Counter[str] = Counter()
        self._unfinished: defaultdict[tuple[str, int | None], list[str]] = defaultdict(list)

    def next(
        self, device: str, digest: str, attempt: int, *, journal: str, owner: int | None
    ) -> str:
        """Return the key of an unfinished order of this content, or else a new key."""
        with self._lock:
            content = key_of(device, digest, attempt)
            unfinished = self._unfinished[content, owner]
            if unfinished:
                return unfinished.pop(0)
            repetition = self._repetitions[content]
            self._repetitions[content] += 1
            whose = (journal,) if journal else ()
            return key_of(*whose, self._run, device, digest, attempt, repetition)

    def leave(self, device: str, digest: str, attempt: int, key: str, owner: int | None) -> None:
        """Let the next request of this content resume an order."""
        with self._lock:
            unfinished = self._unfinished[key_of(device, digest, attempt), owner]
            if key not in unfinished:
                unfinished.append(key)
