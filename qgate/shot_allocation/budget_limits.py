"""Number of shots and rounds that a budget of dollars, submissions or shots allows on a device.

The number of shots is found by bisection: a number fits if the submissions of its measurement plan,
and their price at the device's rate, are within the budget. The number of rounds is the one with
the smallest expected error, which falls with the number of shots.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.budget import Budget
from qgate.exceptions import BudgetTooSmall, InvalidShots, UnknownPrice, UnsupportedEstimate
from qgate.execution.execute import prepare
from qgate.shot_allocation.bases import Bases
from qgate.shot_allocation.estimator import Design
from qgate.shot_allocation.linear_estimand import LinearEstimand
from qgate.shot_allocation.measurement_plan import MeasurementPlan
from qgate.shot_allocation.rounds import are_many, plan
from qgate.shot_allocation.sets import ShotLimits
from qgate.sweep import Sweep
from qgate.typing import IntArray

if TYPE_CHECKING:
    from qgate.devices.base import Device

LATER_ROUNDS_GAIN, WITH_FEW_SHOTS = 0.85, 0.95
"""Expected error after several rounds relative to one round; decides the number of rounds."""

MOST_SHOTS = 10**7
"""Number of shots that a budget without a limit on shots is assumed to allow."""

ONE_SET = 10**9
"""Size of a set that holds all circuits."""


def limits_of(device: Device) -> ShotLimits:
    """Return the limits of a device on the shots of circuits and of sets of circuits."""
    capabilities = device.capabilities
    sets = capabilities.max_rows if capabilities.equal_shots else None
    if capabilities.equal_shots and sets is None:
        sets = ONE_SET
    return ShotLimits(
        least=capabilities.min_shots, set_size=sets, least_set=capabilities.min_total_shots
    )


def shots_and_rounds(
    budget: Budget,
    problem: LinearEstimand,
    measurement_plan: MeasurementPlan,
    device: Device,
    limits: ShotLimits,
) -> tuple[int, int | None]:
    """Return the number of shots to spend, and of rounds (None: as many as are worthwhile)."""
    refuse_known_answers(device)
    if budget.usd is None and budget.submissions is None:
        return int(budget.shots or 0), budget.rounds
    if budget.usd is not None and (device.rate is None or device.rate.per_second_usd):
        raise UnknownPrice(device=device.name)
    choices: list[tuple[float, int, int]] = []
    for rounds in (1, 2, 3) if budget.rounds is None else (budget.rounds,):
        shots = _affordable(budget, rounds, problem, measurement_plan, device, limits)
        if shots:
            design = prior_plan(problem, measurement_plan.bases, shots, limits)
            many = are_many(shots, design, limits.smallest)
            later = LATER_ROUNDS_GAIN if many else WITH_FEW_SHOTS
            choices.append(((1.0 if rounds == 1 else later) / shots, rounds, shots))
    if not choices:
        raise BudgetTooSmall(
            budget=repr(budget), reason=f"{device.name} requires more for a single round"
        )
    _, rounds, shots = min(choices)
    return shots, rounds


def refuse_known_answers(device: Device) -> None:
    """Refuse a device that runs canary circuits beside the requested ones.

    Raises
    ------
    UnsupportedEstimate
    """
    if getattr(device, "canary", False):
        raise UnsupportedEstimate(
            what=f"A circuit on {device.name} with canary=true",
            remedy="Canary circuits take additional shots, which the budget cannot limit: give "
            "canary=false, or a plain number of shots within a qg.run that has a budget.",
        )


def _affordable(
    budget: Budget,
    rounds: int,
    problem: LinearEstimand,
    measurement_plan: MeasurementPlan,
    device: Device,
    limits: ShotLimits,
) -> int:
    """Return the largest number of shots, to a thousandth, that ``rounds`` rounds can spend."""
    rate: Any = device.rate

    def fits(shots: int) -> bool:
        if shots < limits.fewest(1):
            return False
        design = prior_plan(problem, measurement_plan.bases, shots, limits)
        tasks = num_submissions(design, limits, device, rounds)
        if budget.submissions is not None and tasks > budget.submissions:
            return False
        if budget.usd is None:
            return True
        return bool(rate.price(submissions=tasks, shots=shots).high_usd <= budget.usd)

    high = MOST_SHOTS if budget.shots is None else budget.shots
    if budget.usd is not None and rate.per_shot_usd:
        high = min(high, int(budget.usd / rate.per_shot_usd))
    if fits(high):
        return high
    low = 0
    while high - low > max(1, high // 1000):
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


@lru_cache(maxsize=32)
def prior_plan(problem: LinearEstimand, bases: Bases, shots: int, limits: ShotLimits) -> Design:
    """Return a plan without an earlier estimate, computed once for each problem."""
    return plan(problem, bases, shots, limits)


def num_submissions(design: Design, limits: ShotLimits, device: Device, rounds: int = 1) -> int:
    """Return the maximum number of submissions of ``rounds`` rounds.

    Circuits that are drawn at random run in one round only.
    """
    again = replace(design, planned=np.where(design.certain, design.planned, 0.0))
    return _in_a_round(design, limits, device) + (rounds - 1) * _in_a_round(again, limits, device)


def _in_a_round(design: Design, limits: ShotLimits, device: Device) -> int:
    capabilities = device.capabilities
    running = design.planned > 0
    drawn = design.chances[running & (design.chances < 1)]
    chunks = np.ceil(design.planned[design.certain] / (capabilities.max_shots or MOST_SHOTS))
    circuits = int(chunks.sum() + math.ceil(drawn.sum() - 1e-9))
    if limits.set_size is not None:
        return -(-circuits // limits.set_size)
    sets = 1 if capabilities.max_rows is None else -(-circuits // capabilities.max_rows)
    if capabilities.max_total_shots is not None:
        sets += int(design.planned.sum()) // capabilities.max_total_shots
    return sets


class RoundAllowance:
    """Counter of submissions and shots, which allows only rounds that fit budget and device.

    Parameters
    ----------
    budget : Budget
    device : Device
    sweeps : callable
        From shots (S, B) to the sweeps that run them.
    """

    def __init__(
        self, budget: Budget, device: Device, sweeps: Callable[[IntArray], Sequence[Sweep]]
    ) -> None:
        self.budget, self.device, self.sweeps = budget, device, sweeps
        self.submissions = self.shots = 0

    def allows(self, counts: IntArray) -> bool:
        """Return whether circuits can be run with these shots; if so, count them as spent."""
        budget, rate = self.budget, self.device.rate
        of_any_size = self.device.capabilities.min_total_shots == 1
        if budget.submissions is None and budget.usd is None and of_any_size:
            return True
        own = submissions_of(self.sweeps(counts), self.device)
        if own is None:
            return False
        submissions, shots = self.submissions + own, self.shots + int(counts.sum())
        within = budget.submissions is None or submissions <= budget.submissions
        if within and budget.usd is not None and rate is not None:
            price = rate.price(submissions=submissions, shots=shots)
            within = price.high_usd <= budget.usd
        if within:
            self.submissions, self.shots = submissions, shots
        return within


def submissions_of(sweeps: Sequence[Sweep], device: Device) -> int | None:
    """Return the number of submissions for sweeps; None: one of them would have too few shots."""
    if not device.capabilities.limited:
        return 1
    from qgate.devices.batching import pack

    native = [part for sweep in sweeps for part in prepare(sweep, device)[0]]
    try:
        return len(pack(native, device.capabilities, device=device.name, weigh=device.weigh))
    except InvalidShots:
        return None
