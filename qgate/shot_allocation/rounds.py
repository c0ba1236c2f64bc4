r"""Measure in rounds: a first one by prior variances, later ones by measured variances.

Before any measurement, every Pauli word has variance 1 and no covariances. After each round, the
variance of a circuit is the measured one, shrunk towards that of its basis over all rows, and
the next round fills up towards the best allocation for these variances. Finally all outcomes are
combined by generalised least squares with the measured covariances. With few shots for each circuit
there is only one round, by the prior variances.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from qgate.exceptions import BudgetTooSmall
from qgate.shot_allocation.allocation import UNLIMITED, ShotLimits, filled_up, in_sets, rounded
from qgate.shot_allocation.design import Design
from qgate.shot_allocation.estimator import Estimated, estimated, next_variances
from qgate.shot_allocation.grouping import Bases
from qgate.shot_allocation.linear_estimand import LinearEstimand
from qgate.shot_allocation.readout_errors import ReadoutErrors
from qgate.shot_allocation.samples import BasisSamples, Samples
from qgate.typing import FloatArray, IntArray

FIRST_SHOTS = 2
"""Number of shots of a circuit that runs for certain, in the first of several rounds."""

ROUND_SHARES: Mapping[int, tuple[float, ...]] = {1: (1.0,), 2: (0.25, 0.75), 3: (0.1, 0.3, 0.6)}
"""Share of all shots for each round, by the number of rounds."""

Measure = Callable[[IntArray], Sequence[BasisSamples]]
"""Function that runs circuits, from shots (S, B) to the samples of all bases."""


@dataclass(frozen=True, eq=False)
class Measured:
    """Estimated outputs, with the samples they are from."""

    estimated: Estimated
    design: Design
    samples: Samples
    rounds: int
    readout: ReadoutErrors | None = None  # of a calibration that ran with them

    def corrected(self, problem: LinearEstimand) -> Measured:
        """Return the outputs from outcomes that are corrected for the readout errors, if known."""
        if self.readout is None:
            return self
        samples = self.samples.corrected(self.readout)
        many = self.design.has_many(int(samples.shots.sum()))
        found = estimated(problem, self.design, samples, many=many)
        return replace(self, estimated=found, samples=samples)


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
    allows: Callable[[IntArray], bool] = lambda counts: True,
) -> Measured:
    """Spend at most ``shots`` shots on a problem, by the design of ``plan``; estimate its outputs.

    ``random`` rounds shots and draws circuits. ``rounds``: default 3 if there are many shots for
    each circuit, else 1. ``allows`` returns whether the budget allows a round with these shots
    (S, B); the first one that it does not allow ends the measurement.

    Raises
    ------
    BudgetTooSmall
        The budget does not allow the first round.
    """
    many = design.has_many(shots, limits.smallest)
    taken = (3 if many else 1) if rounds is None else rounds
    samples = Samples.none(bases, problem.num_rows)
    budget, spent = 0.0, 0
    for number, share in enumerate(ROUND_SHARES[taken]):
        budget += share * shots
        if number == 0:
            counts = _first(design, limits, random, shots=shots, share=share)
        else:
            spreads = np.sqrt(next_variances(problem, design, samples, many=many))
            total = shots - spent if number == taken - 1 else int(budget) - spent
            ideal = filled_up(np.where(design.certain, spreads, 0.0), samples.shots, total)
            counts = _whole(ideal, max(total, 0), limits, random)
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
            samples = samples.plus(measure(counts))
    return Measured(estimated(problem, design, samples, many=many), design, samples, taken)


def measure_once(
    problem: LinearEstimand, bases: Bases, design: Design, measure: Measure
) -> Measured:
    """Run circuits with the shots of ``plan_all``, and estimate the outputs of a problem."""
    counts = design.planned.astype(np.int64)
    samples = Samples.none(bases, problem.num_rows).plus(measure(counts))
    many = design.has_many(int(counts.sum()))
    return Measured(estimated(problem, design, samples, many=many), design, samples, 1)


def _first(
    design: Design, limits: ShotLimits, random: np.random.Generator, *, shots: int, share: float
) -> IntArray:
    """Return the shots of the first round: all of the drawn circuits, a share of the others."""
    certain, small = design.certain, limits.smallest
    chances = np.where(certain, 0.0, np.where(design.planned > 0, design.chances, 0.0))
    drawn = small * rounded(chances, shots // small, random)
    least = np.minimum(design.planned, FIRST_SHOTS * small)
    ideal = np.where(certain, np.maximum(share * design.planned, least), 0.0)
    left = shots - int(drawn.sum())
    total = left if share == 1.0 else min(left, math.ceil(ideal.sum() - 1e-9))
    if limits.set_size is None:
        return drawn + _whole(ideal, total, limits, random)
    counts = in_sets(ideal + drawn, total + shots - left, limits, shots)
    if counts.sum() > shots:
        raise BudgetTooSmall(
            budget=f"A budget of {shots} shot(s)",
            reason=f"{(counts > 0).sum()} circuits take at least {counts.sum()} shots here",
        )
    return counts


def _whole(
    ideal: FloatArray, total: int, limits: ShotLimits, random: np.random.Generator
) -> IntArray:
    """Round shots to numbers that the device accepts, with a sum of at most ``total``."""
    if limits.smallest > 1:
        ideal = np.where(ideal < limits.smallest * (1 - 1e-9), 0.0, ideal)
    if limits.set_size is None:
        unit = max(limits.unit, 1)
        return unit * rounded(ideal / unit, total // unit, random)
    counts = in_sets(ideal, total, limits)
    return counts if counts.sum() <= total else np.zeros_like(counts)
