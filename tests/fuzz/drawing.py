"""Calls of entry points, each determined by a seed and its number.

Hypothesis draws the values once, for all entry points together; Python's generator assigns them to
calls. Hypothesis takes about 3 ms to draw the arguments of a single call, which is longer than most
calls take.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

import numpy as np
from fuzz.entry import Entry
from fuzz.values import KINDS, distinct

COMPOUND = 0.2
"""Share of values that are combined from others."""

COMPOUNDS: tuple[Callable[[list[Any]], Any], ...] = (
    list,
    tuple,
    lambda values: [values],
    lambda values: dict(enumerate(values)),
    lambda values: {str(value)[:8]: value for value in values if isinstance(value, str | int)},
    lambda values: np.array(values, dtype=object) if _is_flat(values) else values,
)


def _is_flat(values: list[Any]) -> bool:
    return all(isinstance(value, str | int | float | complex) for value in values)


class Pools:
    """The values of each kind, drawn at the first request of the kind.

    Parameters
    ----------
    draws : int
        Number of values drawn of each kind; equal ones are kept once.
    seed : int
    """

    def __init__(self, draws: int, seed: int) -> None:
        self.draws, self.seed = draws, seed
        self._found: dict[str, tuple[Any, ...]] = {}

    def __getitem__(self, kind: str) -> tuple[Any, ...]:
        if kind not in self._found:
            values = list(distinct(KINDS[kind](), self.draws, self.seed))
            Random(self.seed).shuffle(values)
            self._found[kind] = tuple(values)
        return self._found[kind]

    def draw_all(self, kinds: Iterable[str]) -> None:
        """Draw the values of these kinds and of "anything", which children then inherit."""
        for kind in {"anything", *kinds}:
            self[kind]


def arguments_of(entry: Entry, number: int, pools: Pools) -> dict[str, Any]:
    """Return the arguments of one call, one or two of which are replaced.

    Parameters
    ----------
    entry : Entry
    number : int
        Calls are counted from 0.
    pools : Pools
    """
    random = Random(f"{pools.seed} {entry.name} {number}")
    names = list(entry.arguments)
    replaced = random.sample(names, min(random.choice((1, 1, 2)), len(names)))
    values = {name: _drawn(entry, name, random, pools) for name in replaced}
    return {**entry.arguments, **values}


def _drawn(entry: Entry, name: str, random: Random, pools: Pools) -> Any:
    kind = entry.kinds.get(name, "anything")
    values = pools[kind]
    if kind == "anything" and random.random() < COMPOUND:
        members = [random.choice(values) for _ in range(random.choice((1, 2, 2, 3)))]
        return random.choice(COMPOUNDS)(members)
    return random.choice(values)
