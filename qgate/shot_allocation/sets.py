r"""Shots of circuits that run in sets, each with one number of shots for all its circuits.

Circuits are sorted by their ideal shots and cut into sets. Shots that rounding leaves over go where
they lower the error most.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qgate.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class ShotLimits:
    """Limits of a device on shots.

    Parameters
    ----------
    least : int
        Minimum shots of one circuit.
    most : int or None
        Maximum shots of one circuit in one round.
    set_size : int or None
        Maximum number of circuits that run together with one number of shots; None: each circuit
        has its own number.
    least_set : int
        Minimum shots of one set.

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
        """Minimum shots of a circuit among many."""
        return self.least if self.set_size is None else self.level(self.set_size)

    def level(self, count: int) -> int:
        """Return the minimum shots of each circuit in a set of ``count`` circuits."""
        return max(self.least, -(-self.least_set // count))

    def fewest(self, count: int) -> int:
        """Return the minimum shots of ``count`` circuits together."""
        if self.set_size is None:
            return count * self.least
        full, rest = divmod(count, self.set_size)
        return full * self.set_size * self.smallest + (rest * self.level(rest) if rest else 0)


UNLIMITED = ShotLimits()
"""Limits of a device that accepts any number of shots."""


def in_sets(
    wanted: FloatArray, total: int, limits: ShotLimits, most: int | None = None
) -> IntArray:
    """Allocate equal shots within sets, for devices that run a set with one number of shots.

    Parameters
    ----------
    wanted : array
        Proportional to the ideal shots of circuits; zero for circuits that do not run.
    total : int
        Shots to spend, if the minimum shots of circuits and sets allow it.
    limits : ShotLimits
        With a ``set_size``.
    most : int, optional
        Upper limit of the sum; default ``total``.

    Returns
    -------
    array of int
        Of the same shape. Their sum exceeds ``most`` only if ``limits.fewest`` does.
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
    """Remove shots where that increases the error least, until at most ``most`` are left."""
    while levels @ lengths > most and (levels > floors).any():
        harm = means**2 / (levels * np.maximum(levels - 1, 0.5))
        levels[np.argmin(np.where(levels > floors, harm, np.inf))] -= 1


def _raise(levels: IntArray, lengths: IntArray, means: FloatArray, total: int) -> None:
    """Add the remaining shots where the error falls most for each shot, at most one to each set."""
    while True:
        fits = (lengths <= total - levels @ lengths) & (levels < means)
        if not fits.any():
            return
        gain = means**2 / (levels * (levels + 1))
        levels[np.argmax(np.where(fits, gain, -1.0))] += 1
