r"""Measure in rounds: a first one by prior variances, later ones by measured variances.

Before any measurement, every Pauli word has variance 1 and no covariances. After each round, the
variance of a circuit is the measured one, shrunk towards that of its basis over all rows, and
the next round fills up towards the best allocation for these variances. Finally all outcomes are
combined by generalised least squares with the measured covariances.

With fewer than ``MANY`` shots for each circuit, there is only one round, by the prior variances.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from qgate.exceptions import BudgetTooSmall
from qgate.shot_allocation.allocation import filled_up, rounded
from qgate.shot_allocation.bases import Bases
from qgate.shot_allocation.estimator import (
    Design,
    Estimated,
    best_weights,
    covariances,
    estimate,
    one_shot_variances,
    pooled_weights,
)
from qgate.shot_allocation.linear_estimand import LinearEstimand
from qgate.shot_allocation.readings import Readings, Table
from qgate.shot_allocation.sets import UNLIMITED, ShotLimits, in_sets
from qgate.shot_allocation.weights import prior_shares
from qgate.typing import FloatArray, IntArray

MANY = 8
"""Number of shots for each circuit from which later rounds and measured weights pay."""

FIRST_SHOTS = 2
"""Number of shots of a circuit that runs for certain, in the first of several rounds."""

PARTS: Mapping[int, tuple[float, ...]] = {1: (1.0,), 2: (0.25, 0.75), 3: (0.1, 0.3, 0.6)}
"""Share of all shots for each round, by the number of rounds."""

PLENTY = 10**7
"""Number of shots with which all circuits run that could be useful."""

SHARING_ROUNDS = 3
"""Number of alternating improvements of weights and shares between two rounds."""

Allows = Callable[[IntArray], bool]
"""Function that returns whether circuits can be run with these shots (S, B)."""

Measure = Callable[[IntArray], Sequence[Table]]
"""Function that runs circuits, from shots (S, B) to the tables of all bases."""


@dataclass(frozen=True, eq=False)
class Measured:
    """Estimated outputs, with the outcomes they are from.

    Parameters
    ----------
    estimated : Estimated
    design : Design
    readings : Readings
        Kept, so that another estimate needs no new shots.
    rounds : int
    """

    estimated: Estimated
    design: Design
    readings: Readings
    rounds: int

    @property
    def drawn(self) -> int:
        """Number of circuits that ran with a probability below 1."""
        return int((self.design.chances < 1).sum())


def plan(
    problem: LinearEstimand,
    bases: Bases,
    shots: int,
    limits: ShotLimits,
    prior: FloatArray | None = None,
) -> Design:
    """Return the design: which circuits run, with how many shots.

    Parameters
    ----------
    problem : Problem
    bases : Bases
    shots : int
        Of all circuits together.
    limits : ShotLimits
    prior : array, shape (S, B), optional
        One-shot variances of the circuits, from an earlier estimate of the same problem.

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
    readable = bases.readable()
    if prior is None:
        shares = prior_shares(problem.squares, readable, bases.disjoint(), shots / limits.smallest)
    else:
        shares = np.sqrt(prior)
        shares = shares / shares.sum()
    planned, chances = _certain_or_drawn(shots * shares, shots, limits)
    return Design(readable, planned, chances)


def plan_all(
    problem: LinearEstimand,
    bases: Bases,
    shots: int,
    limits: ShotLimits,
    prior: FloatArray | None = None,
) -> Design:
    """Return the design in which all useful circuits run, none drawn at random.

    Parameters
    ----------
    problem, bases, prior
        As for ``plan``.
    shots : int
        Of all circuits together, up to rounding; more if the minimum shots of ``limits`` for all of
        them add up to more.
    limits : ShotLimits
    """
    shares = plan(problem, bases, PLENTY * limits.smallest, limits, prior).planned
    least = np.where(shares > 0, float(limits.smallest), 0.0)
    planned = np.ceil(least + filled_up(shares, least, shots - float(least.sum())) - 1e-9)
    if limits.set_size is not None:
        planned = in_sets(planned, int(planned.sum()), limits).astype(float)
    return Design(bases.readable(), planned, np.ones_like(planned))


def _certain_or_drawn(
    wanted: FloatArray, shots: int, limits: ShotLimits
) -> tuple[FloatArray, FloatArray]:
    """Separate circuits with fewer shots than the minimum, which are drawn at random."""
    least = limits.smallest
    drawn = np.zeros(wanted.shape, dtype=bool)
    planned = wanted
    while True:
        drawn |= (planned < least * (1 - 1e-9)) & (wanted > 0)
        chances = np.where(drawn, np.minimum(wanted / least, 1.0), 1.0)
        expected = math.ceil(chances[drawn].sum() - 1e-9)
        others = int(((wanted > 0) & ~drawn).sum())
        if not others or limits.fewest(others + expected) > shots:
            return _all_drawn(wanted, shots, limits)
        rest = np.where(drawn, 0.0, wanted)
        scaled = rest * max(shots - least * expected, 0) / rest.sum()
        planned = np.where(drawn, chances * least, scaled)
        if not ((planned < least * (1 - 1e-9)) & ~drawn & (wanted > 0)).any():
            return planned, chances


def _all_drawn(wanted: FloatArray, shots: int, limits: ShotLimits) -> tuple[FloatArray, FloatArray]:
    """Draw as many circuits as the shots allow, each with the minimum of shots."""
    least = limits.smallest
    units = max(1, shots // least)
    while units > 1 and limits.fewest(units) > shots:
        units -= 1
    chances = np.where(wanted > 0, wanted * (units / shots), 1.0)
    return np.where(wanted > 0, np.minimum(chances, 1.0) * least, 0.0), np.minimum(chances, 1.0)


def measure_in_rounds(
    problem: LinearEstimand,
    bases: Bases,
    design: Design,
    measure: Measure,
    random: np.random.Generator,
    *,
    shots: int,
    rounds: int | None = None,
    limits: ShotLimits = UNLIMITED,
    allows: Allows = lambda counts: True,
) -> Measured:
    """Spend shots on a problem in rounds, and estimate its outputs.

    Parameters
    ----------
    problem : Problem
    bases : Bases
    design : Design
        From ``plan``.
    measure : callable
    random : Generator
        For rounding shots and drawing circuits.
    shots : int
        Maximum number of shots of all rounds.
    rounds : {1, 2, 3}, optional
        Default: 3 with at least ``MANY`` shots for each circuit, else 1.
    limits : ShotLimits
    allows : callable
        Whether the budget allows a round; the first one that it does not allow ends the
        measurement.

    Raises
    ------
    BudgetTooSmall
        The budget does not allow the first round.
    """
    certain = design.certain
    many = are_many(shots, design, limits.smallest)
    taken = (3 if many else 1) if rounds is None else rounds
    readings = Readings.none(bases, problem.num_rows)
    budget, spent = 0.0, 0
    for number, part in enumerate(PARTS[taken]):
        budget += part * shots
        if number == 0:
            counts = _first(design, limits, random, shots=shots, part=part)
        else:
            spreads = np.sqrt(_variances(problem, design, readings, many=many))
            total = shots - spent if number == taken - 1 else int(budget) - spent
            wanted = filled_up(np.where(certain, spreads, 0.0), readings.shots, total)
            counts = _whole(wanted, max(total, 0), limits, random)
        if counts.any() and not allows(counts):
            if number == 0:
                raise BudgetTooSmall(
                    budget="The budget",
                    reason="it does not pay the first round, or the device takes no submission of "
                    "so few shots",
                )
            taken = number
            break
        spent += int(counts.sum())
        if counts.any():
            readings = readings.plus(measure(counts))
    return Measured(estimated_from(problem, design, readings, many=many), design, readings, taken)


def measure_once(
    problem: LinearEstimand, bases: Bases, design: Design, measure: Measure
) -> Measured:
    """Run circuits with the shots of ``plan_all``, and estimate the outputs of a problem."""
    counts = design.planned.astype(np.int64)
    readings = Readings.none(bases, problem.num_rows).plus(measure(counts))
    many = are_many(int(counts.sum()), design, 1)
    return Measured(estimated_from(problem, design, readings, many=many), design, readings, 1)


def are_many(shots: int, design: Design, least: int) -> bool:
    """Return whether there are enough shots to rely on measured variances."""
    return shots >= MANY * least * int((design.planned > 0).sum())


def estimated_from(
    problem: LinearEstimand, design: Design, readings: Readings, *, many: bool
) -> Estimated:
    """Return the outputs from outcomes; ``many``: with weights from measured covariances."""
    known = covariances(readings)
    if many:
        weights = best_weights(problem, design, readings.shots, known)
    else:
        weights = pooled_weights(problem, design, readings.shots)
    return estimate(problem, design, readings, weights, known)


def _first(
    design: Design, limits: ShotLimits, random: np.random.Generator, *, shots: int, part: float
) -> IntArray:
    """Return the shots of the first round: all of the drawn circuits, a part of the others."""
    certain, small = design.certain, limits.smallest
    chances = np.where(certain, 0.0, np.where(design.planned > 0, design.chances, 0.0))
    drawn = small * rounded(chances, shots // small, random)
    least = np.minimum(design.planned, FIRST_SHOTS * small)
    wanted = np.where(certain, np.maximum(part * design.planned, least), 0.0)
    left = shots - int(drawn.sum())
    total = left if part == 1.0 else min(left, math.ceil(wanted.sum() - 1e-9))
    if limits.set_size is None:
        return drawn + _whole(wanted, total, limits, random)
    counts = in_sets(wanted + drawn, total + shots - left, limits, shots)
    if counts.sum() > shots:
        raise BudgetTooSmall(
            budget=f"A budget of {shots} shot(s)",
            reason=f"{(counts > 0).sum()} circuits take at least {counts.sum()} shots here",
        )
    return counts


def _whole(
    wanted: FloatArray, total: int, limits: ShotLimits, random: np.random.Generator
) -> IntArray:
    """Round shots to numbers that the device accepts, with a sum of at most ``total``."""
    if limits.most is not None:
        wanted = np.minimum(wanted, limits.most)
    if limits.smallest > 1:
        wanted = np.where(wanted < limits.smallest * (1 - 1e-9), 0.0, wanted)
    if limits.set_size is None:
        return rounded(wanted, total, random)
    counts = in_sets(wanted, total, limits)
    return counts if counts.sum() <= total else np.zeros_like(counts)


def _variances(
    problem: LinearEstimand, design: Design, readings: Readings, *, many: bool
) -> FloatArray:
    """Return the one-shot variances of the circuits for the next round, shape (S, B)."""
    known = covariances(readings)
    shares = np.where(design.certain, np.maximum(design.planned, readings.shots), 0.0)
    variances = np.zeros_like(shares)
    for _ in range(SHARING_ROUNDS):
        if many:
            weights = best_weights(problem, design, shares, known)
        else:
            weights = pooled_weights(problem, design, shares)
        parts = one_shot_variances(problem, weights, readings, known)
        variances = np.zeros_like(shares)
        np.add.at(variances, problem.rows, problem.part_weights[:, None] * parts)
        variances = np.where(design.certain, variances, 0.0)
        shares = np.sqrt(variances) * (shares.sum() / max(np.sqrt(variances).sum(), 1e-300))
    return variances


def with_problem(measured: Measured, problem: LinearEstimand) -> Measured:
    """Return the estimate of other outputs from the same outcomes."""
    many = are_many(int(measured.readings.shots.sum()), measured.design, 1)
    found = estimated_from(problem, measured.design, measured.readings, many=many)
    return replace(measured, estimated=found)
