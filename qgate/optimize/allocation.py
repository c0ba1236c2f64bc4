"""How the shots of a step are spread over circuits, and what is known for the next one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from qgate.optimize.randomness import Randomness
from qgate.optimize.single_shots import Points, Terms
from qgate.typing import FloatArray, IntArray

WORTH_IT = 1.05
"""By how much groups have to take more shots before the budgeted allocation is begun with."""


class Allocations(StrEnum):
    """Ways to spread shots over circuits."""

    AUTO = "auto"
    GROUPS = "groups"
    BUDGET = "budget"
    TERMS = "terms"
    """Terms drawn at random; chosen by ``term_sampling``."""


@dataclass(frozen=True, eq=False)
class Allocation:
    """What the steps so far say about noise and slopes.

    Parameters
    ----------
    steps : int
        How many were taken.
    random : mapping
        Where the generator of terms stands.
    shots : array of int, shape (n,), or None
        For the next step, of each slope; None: ``min_shots`` for each.
    mean, variance : array, shape (n,), or None
        Moving averages of the slopes, and of the variances of one shot.
    latest, total : int
        How many shots the last step ran, and all steps together.
    used : str
        How they were spread; empty before the first step.
    reason : str
        Why so.
    gain : float or None
        How many times the shots groups take, for the same error; None: not compared.
    grouped : array, shape (n,), or None
        Moving average of the variances of one shot of each group, where a budget is spread.
    circuits : array, shape (S, B), or None
        One-shot variances of circuits in the last step, where a budget is spread.
    """

    steps: int
    random: Randomness
    shots: IntArray | None = None
    mean: FloatArray | None = None
    variance: FloatArray | None = None
    latest: int = 0
    total: int = 0
    used: str = ""
    reason: str = ""
    gain: float | None = None
    grouped: FloatArray | None = None
    circuits: FloatArray | None = None


def gain_over_groups(
    points: Points, terms: Terms, error: float, *, shots: FloatArray, variance: FloatArray
) -> float:
    r"""Return how many times the shots groups take that a budget takes for the same error.

    It is the ratio of shots times errors, which do not depend on how many shots there are.

    Parameters
    ----------
    points : Points
    terms : Terms
    error : float
        With a budget: the squared error of all slopes times the shots.
    shots, variance : array, shape (p,)
        With groups: of each slope in each of its circuits, and of one of these shots.
    """
    every = len(terms.groups) * float(points.shots(shots).sum())
    theirs = every * float((variance / shots).sum())
    return theirs / error if theirs > 0 and error > 0 else 1.0


def started_with(gain: float) -> tuple[Allocations, str]:
    """Return how to begin, from the gain that the weights of the words let expect, and why."""
    if gain > WORTH_IT:
        return Allocations.BUDGET, f"by the weights of the words groups take {told(gain)}"
    return Allocations.GROUPS, f"by the weights of the words they take only {told(gain)}"


def told(gain: float) -> str:
    """Say what a gain is."""
    return f"{gain:.3g} times the shots of a budget for the same error"


def averaged(mean: FloatArray, value: FloatArray | None, mu: float) -> FloatArray | None:
    """Return a moving average with one more value."""
    return None if value is None else np.asarray(mu * mean + (1 - mu) * value)
