"""Random number generator of a device."""

from __future__ import annotations

from typing import Any

import numpy as np

from qgate.arrays import load, opened
from qgate.exceptions import InvalidSeed, described
from qgate.forks import at_fork, fork_path
from qgate.typing import Tensor

MOST_SEED = 2**63 - 1
"""Largest seed; every provider's generator can store it."""


class Draws:
    """Source of a device's random numbers that no other process or copy repeats by accident.

    Without a seed, every process and every copy draws different numbers. With a seed:

    - the same seed and the same sequence of calls give the same numbers;
    - a forked child draws from a sequence that depends on the seed and the number of the fork:
      children do not repeat the numbers of the parent or of each other, and a program that
      forks in the same order draws the same numbers again;
    - a copy or a pickle starts the sequence anew, as a new device with this seed does.

    Parameters
    ----------
    seed : int, optional

    Raises
    ------
    InvalidSeed
        The seed is not an integer from 0 to ``MOST_SEED``.
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = checked_seed(seed)
        self._path: tuple[int, ...] = ()
        self._generator: np.random.Generator | None = None
        at_fork(in_child=self._begin_in_child)

    @property
    def generator(self) -> np.random.Generator:
        """The generator, created on first use."""
        if self._generator is None:
            made = np.random.SeedSequence(self.seed, spawn_key=self._path)
            self._generator = np.random.default_rng(made)
        return self._generator

    def restart(self, token: str) -> None:
        """Start a new sequence, derived from the seed and a token; do nothing without a seed."""
        if self.seed is not None:
            self._generator = np.random.default_rng([self.seed, *token.encode()])

    def _begin_in_child(self) -> None:
        self._path, self._generator = fork_path(), None

    def __reduce__(self) -> tuple[type[Draws], tuple[int | None]]:
        return type(self), (self.seed,)


class KeyedSeeds:
    """Seeds of successive calls, made of a key of ``jax.random`` and the number of the call.

    The key may be traced, so a device with a key can be made inside ``jax.jit``.

    Parameters
    ----------
    key : array
        An array of JAX: a key, or whole numbers.
    """

    def __init__(self, key: Tensor) -> None:
        self.key = key
        self._calls = 0

    def next(self) -> Tensor:
        """Return the seed of the next call, an array of whole numbers."""
        framework = load("jax")
        numbers, number = framework.seed(self.key), np.array([self._calls], dtype=np.uint32)
        self._calls += 1
        xp = framework.namespace
        return opened(xp.concatenate([xp.reshape(numbers, (-1,)), number]))


def checked_seed(seed: Any) -> int | None:
    """Validate a seed and return it as an integer.

    Raises
    ------
    InvalidSeed
        The seed is not an integer from 0 to ``MOST_SEED``.
    """
    if seed is None:
        return None
    whole = isinstance(seed, int | np.integer) and not isinstance(seed, bool)
    if not whole or not 0 <= seed <= MOST_SEED:
        raise InvalidSeed(seed=described(seed)[:40])
    return int(seed)
