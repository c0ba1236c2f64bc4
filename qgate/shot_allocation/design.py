"""Design of a measurement: which circuits run, with how many shots.

Circuits with fewer shots than the minimum are drawn at random with known probabilities, so that the
estimate stays unbiased with any number of shots.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qgate.exceptions import BudgetTooSmall
from qgate.shot_allocation.allocation import ShotLimits, filled_up, in_sets, prior_shares
from qgate.shot_allocation.grouping import Bases
from qgate.shot_allocation.linear_estimand import LinearEstimand
from qgate.typing import BoolArray, FloatArray

MANY = 8
"""Number of shots for each circuit from which later rounds and measured weights pay."""

PLENTY = 10**7
"""Number of shots with which all circuits run that could be useful."""


@dataclass(frozen=True, eq=False)
class Design:
    """Circuits, of S rows in B bases, that run, and their numbers of shots."""

    readable: BoolArray  # (B, T), whether each Pauli word can be measured
    planned: FloatArray  # (S, B), expected shots; zero for circuits that never run
    chances: FloatArray  # (S, B), probability that a circuit runs; 1 for those that certainly do

    @property
    def certain(self) -> BoolArray:
        """Whether each circuit runs for certain, shape (S, B)."""
        return (self.chances >= 1.0) & (self.planned > 0)

    def has_many(self, shots: int, least: int = 1) -> bool:
        """Return whether there are enough shots to rely on measured variances."""
        return shots >= MANY * least * int((self.planned > 0).sum())


def plan(
    problem: LinearEstimand,
    bases: Bases,
    shots: int,
    limits: ShotLimits,
    prior: FloatArray | None = None,
) -> Design:
    """Return the design for a number of shots of all circuits together.

    ``prior``, shape (S, B): one-shot variances of the circuits, from an earlier estimate of the
    same problem.

    Raises
    ------
    BudgetTooSmall
        There are not enough shots for one circuit.
    """
    if shots < limits.fewest(1):
        raise BudgetTooSmall(
            budget=f"A budget of {shots} shot(s)",
            reason=f"the device takes at least {limits.fewest(1)} shots of one circuit",
        )
    if prior is None:
        enough = shots / limits.smallest
        shares = prior_shares(problem.squares, bases.readable, bases.disjoint, enough)
    else:
        shares = np.sqrt(prior)
        shares = shares / shares.sum()
    return Design(bases.readable, *_certain_or_drawn(shots * shares, shots, limits))


prior_plan = lru_cache(maxsize=32)(plan)
"""The same without an earlier estimate, computed once for each problem."""


def plan_all(
    problem: LinearEstimand,
    bases: Bases,
    shots: int,
    limits: ShotLimits,
    prior: FloatArray | None = None,
) -> Design:
    """Return the design in which all useful circuits run, none drawn at random.

    The number of shots is that of all circuits together, up to rounding, or more if their minimum
    shots add up to more. ``prior`` as for ``plan``.
    """
    shares = plan(problem, bases, PLENTY * limits.smallest, limits, prior).planned
    least = np.where(shares > 0, float(limits.smallest), 0.0)
    planned = np.ceil(least + filled_up(shares, least, shots - float(least.sum())) - 1e-9)
    if limits.set_size is not None:
        planned = in_sets(planned, int(planned.sum()), limits).astype(float)
    return Design(bases.readable, planned, np.ones_like(planned))


def _certain_or_drawn(
    ideal: FloatArray, shots: int, limits: ShotLimits
) -> tuple[FloatArray, FloatArray]:
    """Separate circuits with fewer shots than the minimum, which are drawn at random."""
    least = limits.smallest
    drawn = np.zeros(ideal.shape, dtype=bool)
    planned = ideal
    while True:
        drawn |= (planned < least * (1 - 1e-9)) & (ideal > 0)
        chances = np.where(drawn, np.minimum(ideal / least, 1.0), 1.0)
        expected = math.ceil(chances[drawn].sum() - 1e-9)
        others = int(((ideal > 0) & ~drawn).sum())
        if not others or limits.fewest(others + expected) > shots:
            return _all_drawn(ideal, shots, limits)
        rest = np.where(drawn, 0.0, ideal)
        scaled = rest * max(shots - least * expected, 0) / rest.sum()
        planned = np.where(drawn, chances * least, scaled)
        if not ((planned < least * (1 - 1e-9)) & ~drawn & (ideal > 0)).any():
            return planned, chances


def _all_drawn(ideal: FloatArray, shots: int, limits: ShotLimits) -> tuple[FloatArray, FloatArray]:
    """Draw as many circuits as the shots allow, each with the minimum of shots."""
    least = limits.smallest
    units = max(1, shots // least)
    while units > 1 and limits.fewest(units) > shots:
        units -= 1
    chances = np.minimum(np.where(ideal > 0, ideal * (units / shots), 1.0), 1.0)
    return np.where(ideal > 0, chances * least, 0.0), chances
