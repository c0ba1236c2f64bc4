"""Events of one schedule, drawn from its number."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

KILL, FORK, INTERRUPT, UNREACHABLE = "kill", "fork", "interrupt", "unreachable"

ONE_PROCESS = (INTERRUPT, UNREACHABLE)
KINDS = (KILL, KILL, FORK, *ONE_PROCESS)
"""Possible events of a program, one drawn of these."""

NAMED = 0.75
"""Probability that a program is a run with a name."""

CALLS = (1, 2, 2, 3)
"""Possible numbers of circuits of a program, one drawn of these."""

MOST_FAULTS = 4

FIRST_SHOTS = 50
"""First number of shots: every submission of a program has a different one, by which the
provider's ledger identifies the call of a job."""

FORKED_SHOTS = 400
"""First number of shots of a forked child's calls."""

EVENTS = 60
"""Latest event of a life, from 0, at which kills and interrupts strike."""


@dataclass(frozen=True)
class Call:
    """One circuit of a program.

    Parameters
    ----------
    bits : tuple of int
        Outcome of every shot, set by rotations by 0 or pi.
    shots : tuple of int
        Shots of each submission.
    """

    bits: tuple[int, ...]
    shots: tuple[int, ...]


@dataclass(frozen=True)
class Event:
    """Event of the program itself.

    Parameters
    ----------
    kind : str
        ``kill``, ``fork``, ``interrupt`` or ``unreachable``.
    life : int
        Number of the repetition of the program.
    at : int
        Number of the request or switch of threads in that life; for a fork, number of the next
        call.
    times : int
        Number of consecutive connections that are refused.
    """

    kind: str
    life: int
    at: int
    times: int = 1


@dataclass(frozen=True)
class Schedule:
    """One schedule.

    Parameters
    ----------
    seed : int
    cloud : str
        ``braket`` or ``ibm``.
    calls : tuple of Call
    faults : tuple of dict
        Faults in the format of the cloud's double.
    events : tuple of Event
    named : bool
        Whether the program is a run with a name, and repeats all of it after an error; else it
        belongs to no run, lives in one process, and repeats the calls that have not returned.
    """

    seed: int
    cloud: str
    calls: tuple[Call, ...]
    faults: tuple[Mapping[str, Any], ...]
    events: tuple[Event, ...]
    named: bool

    @property
    def lives(self) -> int:
        """Number of times that the program may be started while faults happen."""
        return 2 + max((event.life for event in self.events), default=0)

    @property
    def shots(self) -> int:
        """Total number of shots that the program requests."""
        return sum(sum(call.shots) for call in self.calls)

    def events_of(self, life: int) -> list[Event]:
        """Return the events of one life of the program."""
        return [event for event in self.events if event.life == life]


def drawn(seed: int, clouds: Mapping[str, Sequence[Mapping[str, Any]]]) -> Schedule:
    """Draw a schedule.

    Parameters
    ----------
    seed : int
    clouds : mapping
        For each cloud its faults, each a description with lists in place of values to choose from.
    """
    chance = random.Random(seed)
    cloud = chance.choice(sorted(clouds))
    calls, shots = [], FIRST_SHOTS
    for _ in range(chance.choice(CALLS)):
        submissions = chance.choice((1, 1, 2, 3))
        bits = tuple(chance.randrange(2) for _ in range(2))
        calls.append(Call(bits, tuple(range(shots, shots + submissions))))
        shots += submissions
    number = chance.randint(1, MOST_FAULTS)
    befalling = sum(chance.random() < 0.25 for _ in range(number))
    faults = [_fault(chance, clouds[cloud]) for _ in range(number - befalling)]
    named = chance.random() < NAMED
    kinds = KINDS if named else ONE_PROCESS
    events = [_event(chance, kinds, len(calls)) for _ in range(befalling)]
    return Schedule(seed, cloud, tuple(calls), tuple(faults), tuple(events), named)


def _fault(chance: random.Random, table: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    row = chance.choice(table)
    return {
        name: chance.choice(value) if isinstance(value, list) else value
        for name, value in row.items()
    }


def _event(chance: random.Random, kinds: Sequence[str], calls: int) -> Event:
    kind = chance.choice(kinds)
    life = chance.choice((0, 0, 0, 1))
    if kind == FORK:
        return Event(kind, life, chance.randrange(calls))
    return Event(kind, life, int(EVENTS * chance.random() ** 2), times=chance.choice((1, 3, 10)))
