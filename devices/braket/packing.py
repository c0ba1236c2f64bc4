"""How the rows of many sweeps are distributed over program sets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

Place = tuple[int, int]
"""A sweep, and a row of it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one program set may hold.

    Parameters
    ----------
    executables : int
        Pairs of a circuit and one row.
    shots : int
        Over all executables together.
    """

    executables: int
    shots: int

    def executables_of(self, shots: int) -> int:
        """Return how many executables with so many shots each fit into one set."""
        return min(self.executables, self.shots // shots)


@dataclass(frozen=True, slots=True)
class Entry:
    """One circuit of a program set: a sweep, and the rows it is run with."""

    sweep: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """The content of one program set.

    Parameters
    ----------
    shots : int
        Of each executable.
    entries : tuple of Entry
        In the order of the program set.
    """

    shots: int
    entries: tuple[Entry, ...]

    @property
    def places(self) -> Iterator[Place]:
        """Sweep and row of each executable, in the order of the results."""
        return ((entry.sweep, row) for entry in self.entries for row in entry.rows)


def pack(shots: Iterable[Sequence[int]], limits: Limits) -> tuple[Pack, ...]:
    """Distribute rows over as few program sets as the limits allow.

    All executables of a set have the same number of shots, so rows are first sorted by their
    shots (in the order in which each number first occurs) and then cut into full sets. Rows of a
    sweep stay together and in order.

    Parameters
    ----------
    shots : iterable of sequence of int
        For each sweep the shots of its rows, none above ``limits.shots``.
    limits : Limits

    Returns
    -------
    tuple of Pack

    Examples
    --------
    >>> for each in pack([[10, 10], [10, 50]], Limits(executables=2, shots=100)):
    ...     print(each.shots, list(each.places))
    10 [(0, 0), (0, 1)]
    10 [(1, 0)]
    50 [(1, 1)]
    """
    places: dict[int, list[Place]] = {}
    for sweep, rows in enumerate(shots):
        for row, count in enumerate(rows):
            places.setdefault(int(count), []).append((sweep, row))
    return tuple(
        Pack(count, _entries(members[start : start + size]))
        for count, members in places.items()
        for size in [limits.executables_of(count)]
        for start in range(0, len(members), size)
    )


def _entries(places: Sequence[Place]) -> tuple[Entry, ...]:
    """Put neighbouring rows of one sweep into one entry."""
    return tuple(
        Entry(sweep, tuple(row for _, row in group))
        for sweep, group in groupby(places, key=itemgetter(0))
    )
