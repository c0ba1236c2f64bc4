"""Random generators as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from qgate.exceptions import InvalidOptimizerOption
from qgate.typing import FloatArray

Randomness = Mapping[str, Any]
"""Where a generator stands: what numpy calls the state of its bit generator."""


def seeded(seed: Any, *, optimizer: str) -> Randomness:
    """Return a generator's first state; without a seed, one that the system draws.

    Raises
    ------
    InvalidOptimizerOption
        The seed is neither None nor made of whole numbers from 0 on.
    """
    try:
        return state_of(np.random.default_rng(seed))
    except (TypeError, ValueError):
        raise InvalidOptimizerOption(
            optimizer=optimizer,
            option="seed",
            value=seed,
            needed="a whole number from 0 on, or None",
        ) from None


def generator(state: Randomness) -> np.random.Generator:
    """Return a generator that goes on from a state."""
    random = np.random.default_rng()
    random.bit_generator.state = dict(state)
    return random


def state_of(random: np.random.Generator) -> Randomness:
    """Return where a generator stands."""
    return dict(random.bit_generator.state)


def signs(random: np.random.Generator, size: int) -> FloatArray:
    """Draw a vector of ones and minus ones, each as likely."""
    return np.asarray(random.choice([-1.0, 1.0], size=size))
