r"""Shots where circuits run in sets, each with one number of shots for all its circuits.

Circuits are sorted by the shots they should have and cut into sets. What rounding leaves over goes
where the error falls most by it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qgate.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class ShotLimits:
    """What a device asks of shots.

    Parameters
    ----------
    least : int
        The fewest of one circuit.
    most : int or None
        The most of one circuit in one round.
    set_size : int or None
        So many circuits at most run together with one number of shots; None: each has its own.
    least_set : int
        The fewest shots of one set.

    Examples
    --------
    >>> limits = ShotLimits(set_size=100, least_set=100)
    >>> limits.fewest(100), limits.fewest(143)
    (100, 229)
    """

    least: int = 1
    most: int | None = None
    set_size: int | None = None
    least_set: int = 1

    @property
    def smallest(self) -> int:
        """The fewest shots of a circuit that is one of many."""
        return self.least if self.set_size is None else self.level(self.set_size)

    def level(self, count: int) -> int:
        """Return the fewest shots of each circuit in a set of so many."""
        return max(self.least, -(-self.least_set // count))

    def fewest(self, count: int) -> int:
        """Return the fewest shots of so many circuits together."""
        if self.set_size is None:
            return count * self.least
        full, rest = divmod(count, self.set_size)
        return full * self.set_size * self.smallest + (rest * self.level(rest) if rest else 0)


UNLIMITED = ShotLimits()
"""Those of a device that takes any."""


def in_sets(
    wanted: FloatArray, total: int, limits: ShotLimits, most: int | None = None
) -> IntArray:
    """Give circuits equal shots in sets, as devices ask for that run a set with one number.

    Parameters
    ----------
    wanted : array
        In proportion to the shots that circuits should have; zero for what does not run.
    total : int
        What is spent, if the fewest shots of circuits and sets allow it.
    limits : ShotLimits
        With a ``set_size``.
    most : int, optional
        What their sum must not exceed; default ``total``.

    Returns
    -------
    array of int
        Of the same shape. Their sum exceeds ``most`` only where ``limits.fewest`` does.
    """
    flat, size = wanted.ravel(), limits.set_size or 1
    running = np.flatnonzero(flat > 0)
    order = running[np.argsort(-flat[running], kind="stable")]
    sets = [order[start : start + size] for start in range(0, len(order), size)]
    counts = np.zeros(len(flat), dtype=np.int64)
    if not sets:
        return counts.reshape(wanted.shape)
    lengths = np.array(list(map(len, sets)))
    means = np.array([flat[chosen].mean() for chosen in sets])
    means *= total / (means @ lengths)
    floors = np.array([limits.level(length) for length in lengths.tolist()])
    levels = np.maximum(floors, np.floor(means + 1e-9).astype(np.int64))
    _lower(levels, floors, lengths, means, total if most is None else most)
    _raise(levels, lengths, means, total)
    for chosen, level in zip(sets, levels.tolist(), strict=True):
        counts[chosen] = level
    return counts.reshape(wanted.shape)


def _lower(
    levels: IntArray, floors: IntArray, lengths: IntArray, means: FloatArray, most: int
) -> None:
    """Take shots away where that costs least, until no more than ``most`` are left."""
    while levels @ lengths > most and (levels > floors).any():
        harm = means**2 / (levels * np.maximum(levels - 1, 0.5))
        levels[np.argmin(np.where(levels > floors, harm, np.inf))] -= 1


def _raise(levels: IntArray, lengths: IntArray, means: FloatArray, total: int) -> None:
    """Add what is left where the error falls most for each shot, one to each set at most."""
    while True:
        fits = (lengths <= total - levels @ lengths) & (levels < means)
        if not fits.any():
            return
        gain = means**2 / (levels * (levels + 1))
        levels[np.argmax(np.where(fits, gain, -1.0))] += 1
