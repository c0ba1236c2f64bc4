"""Number of shots and rounds that a budget of dollars, submissions or shots allows on a device.

The number of shots is found by bisection: a number fits if the submissions of its measurement plan,
and their price at the device's rate, are within the budget. The number of rounds is the one with
the smallest expected error, which falls with the number of shots.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from qgate.budget import Budget
from qgate.exceptions import BudgetTooSmall, InvalidShots, UnknownPrice, UnsupportedEstimate
from qgate.execution.execute import prepare
from qgate.shot_allocation.allocation import ShotLimits
from qgate.shot_allocation.calibration import MOST_PREPARATIONS, PREPARATIONS, Calibration
from qgate.shot_allocation.design import Design, prior_plan
from qgate.shot_allocation.estimation_request import EstimationRequest
from qgate.sweep import Sweep
from qgate.typing import IntArray

if TYPE_CHECKING:
    from qgate.devices.base import Device

LATER_ROUNDS_GAIN, WITH_FEW_SHOTS = 0.85, 0.95
"""Expected error after several rounds relative to one round; decides the number of rounds."""

MAX_SHOTS = 10**7
"""Number of shots that a budget without a limit on shots is assumed to allow."""


def shots_and_rounds(
    budget: Budget, request: EstimationRequest, device: Device, limits: ShotLimits
) -> tuple[int, int | None]:
    """Return the number of shots to spend, and of rounds (None: as many as are worthwhile)."""
    refuse_canary_circuits(device)
    if budget.usd is None and budget.submissions is None:
        return int(budget.shots or 0), budget.rounds
    if budget.usd is not None and (device.rate is None or device.rate.per_second_usd):
        raise UnknownPrice(device=device.name)
    choices: list[tuple[float, int, int]] = []
    for rounds in (1, 2, 3) if budget.rounds is None else (budget.rounds,):
        shots = _affordable(budget, rounds, request, device, limits)
        if shots:
            design = prior_plan(request.problem, request.bases, shots, limits)
            many = design.has_many(shots, limits.smallest)
            later = LATER_ROUNDS_GAIN if many else WITH_FEW_SHOTS
            choices.append(((1.0 if rounds == 1 else later) / shots, rounds, shots))
    if not choices:
        raise BudgetTooSmall(
            budget=repr(budget), reason=f"{device.name} requires more for a single round"
        )
    _, rounds, shots = min(choices)
    return shots, rounds


def refuse_canary_circuits(device: Device) -> None:
    """Refuse a device that runs canary circuits beside the requested ones.

    Raises
    ------
    UnsupportedEstimate
    """
    if device.canary:
        raise UnsupportedEstimate(
            what=f"A circuit on {device.name} with canary=true",
            remedy="Canary circuits take additional shots, which the budget cannot limit: give "
            "canary=false, or a plain number of shots within a qg.run that has a budget.",
        )


def _affordable(
    budget: Budget, rounds: int, request: EstimationRequest, device: Device, limits: ShotLimits
) -> int:
    """Return the largest number of shots, to a thousandth, that ``rounds`` rounds can spend."""

    def fits(shots: int) -> bool:
        if shots < limits.fewest(1):
            return False
        design = prior_plan(request.problem, request.bases, shots, limits)
        submissions = _num_submissions(design, limits, device, rounds, request.calibration)
        return _allows(budget, device, submissions, shots)

    high = MAX_SHOTS if budget.shots is None else budget.shots
    if budget.usd is not None and device.rate is not None and device.rate.per_shot_usd:
        high = min(high, int(budget.usd / device.rate.per_shot_usd))
    if fits(high):
        return high
    low = 0
    while high - low > max(1, high // 1000):
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _allows(budget: Budget, device: Device, submissions: int, shots: int) -> bool:
    """Return whether submissions and the price of them and of the shots are within a budget."""
    if budget.submissions is not None and submissions > budget.submissions:
        return False
    if budget.usd is None or device.rate is None:
        return True
    return bool(device.rate.price(submissions=submissions, shots=shots).high_usd <= budget.usd)


def _num_submissions(
    design: Design, limits: ShotLimits, device: Device, rounds: int, calibration: float
) -> int:
    """Return the maximum number of submissions.

    Circuits that are drawn, and preparations for a calibration, run in the first round only.
    """
    again = replace(design, planned=np.where(design.certain, design.planned, 0.0))
    most = PREPARATIONS if limits.set_size is None else MOST_PREPARATIONS
    first = _in_a_round(design, limits, device, most if calibration else 0)
    return first + (rounds - 1) * _in_a_round(again, limits, device)


def _in_a_round(design: Design, limits: ShotLimits, device: Device, more: int = 0) -> int:
    capabilities = device.capabilities
    drawn = design.chances[(design.planned > 0) & (design.chances < 1)]
    chunks = np.ceil(design.planned[design.certain] / (capabilities.max_shots or MAX_SHOTS))
    circuits = int(chunks.sum() + math.ceil(drawn.sum() - 1e-9)) + more
    if limits.set_size is not None:
        return -(-circuits // limits.set_size)
    sets = 1 if capabilities.max_rows is None else -(-circuits // capabilities.max_rows)
    if capabilities.max_total_shots is not None:
        sets += int(design.planned.sum()) // capabilities.max_total_shots
    return sets


class RoundAllowance:
    """Counter of submissions and shots, which allows only rounds that fit budget and device."""

    def __init__(
        self,
        budget: Budget,
        device: Device,
        request: EstimationRequest,
        calibration: Calibration,
        unit: int = 0,
    ) -> None:
        self.budget, self.device, self.request = budget, device, request
        self.calibration, self.unit = calibration, unit
        self.submissions = self.shots = 0

    def __call__(self, counts: IntArray) -> bool:
        """Return whether circuits can be run with these shots; if so, count them as spent."""
        budget, any_size = self.budget, self.device.capabilities.min_total_shots == 1
        if budget.submissions is None and budget.usd is None and any_size:
            return True
        sweeps = self.request.sweeps(counts, self.unit)
        known = self.calibration.sweeps(sweeps)
        own = _submissions_of([*sweeps, *known], self.device)
        if own is None:
            return False
        submissions, shots = self.submissions + own, self.shots + int(counts.sum())
        shots += sum(int(sweep.shots.sum()) for sweep in known if sweep.shots is not None)
        within = _allows(budget, self.device, submissions, shots)
        if within:
            self.submissions, self.shots = submissions, shots
        return within


def _submissions_of(sweeps: Sequence[Sweep], device: Device) -> int | None:
    """Return the number of submissions for sweeps; None: one of them would have too few shots."""
    if not device.capabilities.limited:
        return 1
    from qgate.devices.batching import pack  # import qgate does not load devices

    native = [part for sweep in sweeps for part in prepare(sweep, device)[0]]
    try:
        return len(pack(native, device.capabilities, device=device.name, weigh=device.weigh))
    except InvalidShots:
        return None
