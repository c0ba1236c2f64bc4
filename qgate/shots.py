"""Number of shots of a circuit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.budget import Budget
from qgate.exceptions import InvalidShots, TooManyShots, UnsupportedEstimate
from qgate.short_repr import shortened

if TYPE_CHECKING:
    from qgate.mitigation.method import Mitigation

MOST_SHOTS = 2**53
"""Maximum total number of shots: double precision counts exactly up to this number."""

MOST_PARTS = 100_000
"""Maximum number of parts of a shot vector, each a result of its own; checked before allocation."""

INTEGER = frozenset({int})
"""Type of the entries of ``parts``."""


@dataclass(frozen=True, slots=True)
class Shots:
    """Number of shots of a circuit; no parts stand for exact values.

    Parameters
    ----------
    parts : tuple of int
        Shots of each part of a shot vector; one part for a plain number. Anything but a tuple of
        int is converted by ``of``.
    partitioned : bool
        Whether each part is a separate result (a shot vector).
    budget : Budget or None
        Budget of all circuits of a call. There is then one part: the shots of the budget, or 1 if
        it does not limit shots.
    mitigation : Mitigation or None
        Method against errors of the device, with which values and derivatives are estimated.
    each : bool
        Whether the shots of the budget are those of each circuit.
    """

    parts: tuple[int, ...] = ()
    partitioned: bool = False
    budget: Budget | None = field(default=None, repr=False)
    mitigation: Mitigation | None = field(default=None, repr=False)
    each: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        whole = type(self.parts) is tuple and INTEGER.issuperset(map(type, self.parts))
        if not whole:  # PennyLane's calls, Shots(100) and Shots(((10, 2),))
            given = Shots.of(self.parts)
            for name in ("parts", "partitioned", "budget", "mitigation", "each"):
                object.__setattr__(self, name, getattr(given, name))

    @classmethod
    def of(cls, shots: Any) -> Shots:
        """Convert None, a budget, a positive integer, or a sequence of integers or (shots, copies).

        Raises
        ------
        InvalidShots
            The argument is none of these, or exceeds ``MOST_SHOTS`` or ``MOST_PARTS``.
        """
        if isinstance(shots, Shots):
            return shots
        if shots is None:
            return cls()
        if isinstance(shots, Budget):
            return cls(tuple(_parts([shots.shots or 1], shots)), budget=shots)
        if _is_count(shots):
            return cls(tuple(_parts([shots], shots)))
        if isinstance(shots, Sequence) and not isinstance(shots, str | bytes) and shots:
            parts = tuple(_parts(shots, shots))
            return cls(parts, partitioned=len(parts) > 1)
        raise InvalidShots(shots=shots)

    def mitigated(self, method: Mitigation | None) -> Shots:
        """Return the same shots with a method of mitigation; None: with none.

        A number of shots is that of each circuit that runs without the method, and becomes a budget
        for all of them together.

        Raises
        ------
        UnsupportedEstimate
            There are no shots, or several parts.
        """
        plain = None if self.each else self.budget
        if method is None:
            return replace(self, budget=plain, mitigation=None, each=False)
        if len(self.parts) != 1:
            raise UnsupportedEstimate(
                what=f"mitigation={method.name!r} "
                + ("with a shot vector" if self.parts else "without shots"),
                remedy="Give a number of shots, those of each circuit, or a budget.",
            )
        budget = Budget(shots=self.parts[0]) if plain is None else plain
        return replace(self, budget=budget, mitigation=method, each=plain is None)

    @property
    def total_shots(self) -> int | None:
        """The sum over the parts; None: exact."""
        return sum(self.parts) or None

    @property
    def shot_vector(self) -> tuple[tuple[int, int], ...]:
        """The parts as (shots, copies) pairs, equal neighbours merged."""
        pairs: list[tuple[int, int]] = []
        for part in self.parts:
            if pairs and pairs[-1][0] == part:
                pairs[-1] = (part, pairs[-1][1] + 1)
            else:
                pairs.append((part, 1))
        return tuple(pairs)

    @property
    def has_partitioned_shots(self) -> bool:
        """Whether this is a shot vector."""
        return self.partitioned

    def __repr__(self) -> str:
        vector = f", shot_vector={shortened(self.shot_vector)}" if self.partitioned else ""
        budget = f", budget={self.budget!r}" if self.budget is not None else ""
        return f"Shots(total={self.total_shots}{vector}{budget})"

    def __bool__(self) -> bool:
        return bool(self.parts)

    def __iter__(self) -> Iterator[int]:
        return iter(self.parts)


def _is_count(value: Any) -> bool:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return whole and bool(value > 0)


def _parts(shots: Sequence[Any], whole: Any) -> Iterator[int]:
    """Yield the shots of each part, after validation of their numbers."""
    pairs = [_pair(entry, whole) for entry in shots]
    parts = sum(copies for _, copies in pairs)
    total = sum(count * copies for count, copies in pairs)
    if parts > MOST_PARTS or total > MOST_SHOTS:
        raise TooManyShots(shots=total, parts=parts, most_shots=MOST_SHOTS, most_parts=MOST_PARTS)
    for count, copies in pairs:
        yield from repeat(count, copies)


def _pair(entry: Any, whole: Any) -> tuple[int, int]:
    """Convert an entry of a shot vector to (shots, copies)."""
    if _is_count(entry):
        return int(entry), 1
    if isinstance(entry, Sequence) and len(entry) == 2 and all(map(_is_count, entry)):
        return int(entry[0]), int(entry[1])
    raise InvalidShots(shots=whole)
