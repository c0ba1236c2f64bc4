"""States of random generators, stored as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from qgate.arguments import random_generator
from qgate.exceptions import InvalidOptimizerOption
from qgate.typing import FloatArray, Nested

Randomness = Mapping[str, Nested]
"""State of a generator, as NumPy returns it for the bit generator."""


Seed: TypeAlias = int | Sequence[int] | NDArray[np.int64] | None
"""Seed of a generator, as NumPy takes it; None: drawn by the operating system."""


def seeded(seed: Seed, *, optimizer: str) -> Randomness:
    """Return a generator's first state; without a seed, the operating system draws one.

    Raises
    ------
    InvalidOptimizerOption
        The seed is neither None nor made of whole numbers of at least 0.
    """
    random = random_generator(seed)
    if random is None:
        raise InvalidOptimizerOption(
            optimizer=optimizer,
            option="seed",
            value=seed,
            needed="a whole number from 0 on, or None",
        )
    return state_of(random)


def generator(state: Randomness) -> np.random.Generator:
    """Return a generator that continues from a state."""
    random = np.random.default_rng()
    random.bit_generator.state = dict(state)
    return random


def state_of(random: np.random.Generator) -> Randomness:
    """Return the state of a generator."""
    return dict(random.bit_generator.state)


def signs(random: np.random.Generator, size: int) -> FloatArray:
    """Draw a vector of ones and minus ones with equal probability."""
    return np.asarray(random.choice([-1.0, 1.0], size=size))
