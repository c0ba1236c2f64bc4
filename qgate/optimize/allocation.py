"""Allocation of a step's shots to circuits, and the state for the next step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from qgate.optimize.randomness import Randomness
from qgate.optimize.single_shots import Points, Terms
from qgate.typing import FloatArray, IntArray

WORTH_IT = 1.05
"""Minimum ratio of shots, groups to budget, for the first step to use a budgeted allocation."""


class Allocations(StrEnum):
    """Strategies for allocating shots to circuits."""

    AUTO = "auto"
    GROUPS = "groups"
    BUDGET = "budget"
    TERMS = "terms"
    """Terms drawn at random; chosen by ``term_sampling``."""


@dataclass(frozen=True, eq=False)
class Allocation:
    """State of the optimizer: noise, derivatives, and the allocation of shots.

    Parameters
    ----------
    steps : int
        Number of steps so far.
    random : mapping
        State of the generator of terms.
    shots : array of int, shape (n,), or None
        Shots of each derivative in the next step; None: ``min_shots`` for each.
    mean, variance : array, shape (n,), or None
        Moving averages of the derivatives, and of their one-shot variances.
    latest, total : int
        Number of shots of the last step, and of all steps.
    used : str
        Strategy of the last step; empty before the first.
    reason : str
        Why this strategy was used.
    gain : float or None
        Number of shots with groups, relative to a budget, for the same error; None: not compared.
    grouped : array, shape (n,), or None
        With a budgeted allocation: moving average of the one-shot variances of each group.
    circuits : array, shape (S, B), or None
        With a budgeted allocation: one-shot variances of circuits in the last step.
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
    r"""Return the number of shots with groups, relative to a budget, for the same error.

    It is the ratio of shots times errors, which do not depend on the number of shots.

    Parameters
    ----------
    points : Points
    terms : Terms
    error : float
        With a budget: the squared error of all derivatives times the shots.
    shots, variance : array, shape (p,)
        With groups: shots of each derivative in each of its circuits, and its one-shot variance.
    """
    every = len(terms.groups) * float(points.shots(shots).sum())
    theirs = every * float((variance / shots).sum())
    return theirs / error if theirs > 0 and error > 0 else 1.0


def started_with(gain: float) -> tuple[Allocations, str]:
    """Return the first strategy, from the gain expected by coefficients, and the reason."""
    if gain > WORTH_IT:
        return (
            Allocations.BUDGET,
            f"by the coefficients of the Pauli words, groups take {told(gain)}",
        )
    return Allocations.GROUPS, f"by the coefficients, they take only {told(gain)}"


def told(gain: float) -> str:
    """Return the text of a gain."""
    return f"{gain:.3g} times the shots of a budget for the same error"


def averaged(mean: FloatArray, value: FloatArray | None, mu: float) -> FloatArray | None:
    """Return a moving average with one more value."""
    return None if value is None else np.asarray(mu * mean + (1 - mu) * value)
