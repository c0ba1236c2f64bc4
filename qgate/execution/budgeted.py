"""Spend a budget on a circuit: plan, run in rounds, estimate."""

from __future__ import annotations

import math
import secrets
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.budget import Budget
from qgate.estimation.allocation import num_levels
from qgate.estimation.bases import Bases
from qgate.estimation.equal_shots import equal_shots_error
from qgate.estimation.estimator import Design
from qgate.estimation.problem import Problem
from qgate.estimation.readings import Table
from qgate.estimation.rounds import Measured, ShotLimits, measure_in_rounds, plan
from qgate.exceptions import BudgetTooSmall, FewShotsWarning, UnknownPrice, UnsupportedEstimate
from qgate.execution.current import RUN
from qgate.execution.digest import digest_of
from qgate.execution.run import run
from qgate.execution.survey import Survey
from qgate.execution.tracker import Tracker
from qgate.outcomes import Outcomes
from qgate.sweep import Sweep
from qgate.typing import FloatArray, IntArray

if TYPE_CHECKING:
    from qgate.devices.base import Device

VALUE_SHARE = 0.05
"""What part of a budget for a value and a gradient goes to the value."""

LATER_ROUNDS_GAIN = 0.85
"""The error after several rounds beside that after one, as it is taken to be when prices decide."""


@dataclass(frozen=True, eq=False)
class Spent:
    """What a budget was spent on.

    Parameters
    ----------
    measured : Measured
        The outputs, their covariance, and the readings they are from.
    planned_shots, shots : int
    submissions : int
    usd : float or None
        None: it is not known what the device costs.
    circuits : int
        Rows times bases that were run.
    gain : float
        The error with equal shots for all circuits, over the one that was reached.
    job_ids : tuple of str
        Where a run keeps a journal.
    rounds : int
    """

    measured: Measured
    planned_shots: int
    shots: int
    submissions: int
    usd: float | None
    circuits: int
    gain: float
    job_ids: tuple[str, ...]
    rounds: int

    def after(self, first: Spent) -> Spent:
        """Return the same with the costs of what was spent before, for the same end."""
        usd = None if self.usd is None or first.usd is None else self.usd + first.usd
        return replace(
            self,
            planned_shots=first.shots + self.planned_shots,
            shots=first.shots + self.shots,
            submissions=first.submissions + self.submissions,
            usd=usd,
            circuits=first.circuits + self.circuits,
            job_ids=first.job_ids + self.job_ids,
            rounds=first.rounds + self.rounds,
        )


def spend(
    budget: Budget,
    problem: Problem,
    survey: Survey,
    native: Sweep,
    device: Device,
    *,
    prior: FloatArray | None = None,
) -> Spent:
    """Estimate the outputs of a problem on a device.

    Parameters
    ----------
    budget : Budget
    problem : Problem
        About the rows of ``native``.
    survey : Survey
        Of its structure.
    native : Sweep
        All rows; shots are not looked at, a seed is.
    device : Device
    prior : array, shape (S, B), optional
        One-shot variances of the circuits from an earlier estimate.

    Raises
    ------
    BudgetTooSmall
        It does not pay for one circuit.
    UnknownPrice
        Dollars are limited, and the device has no rate.

    Notes
    -----
    Cost: one call of the device in each round.
    """
    limits, random = limits_of(device), _random(native)
    shots, rounds = shots_and_rounds(budget, problem, survey, device, limits)
    known = _fitting(prior, problem, survey)
    if known is None:
        design = _prior_plan(problem, survey.bases, shots, limits)
    else:
        design = plan(problem, survey.bases, shots, limits, known)
    if (design.chances < 1).sum() > design.certain.sum():
        warnings.warn(
            f"{shots} shots are fewer than the circuits there are, so the circuits that run are "
            "drawn at random. The estimate is unbiased, and its errors are large.",
            FewShotsWarning,
            stacklevel=2,
        )
    records = _num_records()
    with Tracker() as tracker:
        measured = measure_in_rounds(
            problem,
            survey.bases,
            design,
            lambda counts: _run(counts, survey, native, device),
            random,
            shots=shots,
            rounds=rounds,
            limits=limits,
            allows=_Purse(budget, device).allows,
        )
    spent = int(measured.readings.shots.sum())
    submissions = tracker.totals["submissions"]
    rate = device.rate
    usd = None if rate is None else rate.price(submissions=submissions, shots=spent).high_usd
    return Spent(
        measured,
        shots,
        spent,
        submissions,
        usd,
        int((measured.readings.shots > 0).sum()),
        equal_shots_error(problem, survey.bases, measured.readings)
        / max(spent, 1)
        / _error(problem, measured),
        _jobs_since(records),
        measured.rounds,
    )


@lru_cache(maxsize=32)
def _prior_plan(problem: Problem, bases: Bases, shots: int, limits: ShotLimits) -> Design:
    """Plan without an earlier estimate, once for each problem."""
    return plan(problem, bases, shots, limits)


def limits_of(device: Device) -> ShotLimits:
    """Return what a device asks of shots."""
    capabilities = device.capabilities
    sets = capabilities.max_rows if capabilities.equal_shots else None
    if capabilities.equal_shots and sets is None:
        sets = ONE_SET
    return ShotLimits(least=capabilities.min_shots, set_size=sets)


ONE_SET = 10**9
"""The size of a set that holds all circuits."""


def _error(problem: Problem, measured: Measured) -> float:
    variances = np.diag(measured.estimated.covariance)
    return max(float(problem.importance @ variances), 1e-300)


def _fitting(prior: FloatArray | None, problem: Problem, survey: Survey) -> FloatArray | None:
    """Return variances of an earlier estimate if they are of these circuits."""
    shape = (problem.num_rows, len(survey.bases))
    if prior is None or prior.shape != shape:
        return None
    covered = (prior > 0) @ survey.bases.readable()
    return prior if (covered | ~problem.needed).all() else None


def _run(counts: IntArray, survey: Survey, native: Sweep, device: Device) -> list[Table]:
    """Run each circuit as often as it is said, in one call of the device."""
    used = [basis for basis in range(counts.shape[1]) if counts[:, basis].any()]
    rows = {basis: np.flatnonzero(counts[:, basis]) for basis in used}
    sweeps = [
        replace(
            native,
            structure=survey.circuits[basis],
            rows=native.rows[rows[basis]],
            shots=counts[rows[basis], basis],
        )
        for basis in used
    ]
    results = run(sweeps, device)
    nothing = np.zeros(0, dtype=np.int64)
    found = dict(zip(used, results, strict=True))
    num_wires = len(survey.observed.wires)
    return [
        Table.of(basis, len(counts), rows[index], _outcomes(found[index][0], num_wires))
        if index in found
        else Table.of(basis, len(counts), nothing, ())
        for index, basis in enumerate(survey.bases.members)
    ]


def _outcomes(read: Sequence[dict[str, int]], num_wires: int) -> list[Outcomes]:
    return [Outcomes.from_counts(counts, num_wires) for counts in read]


def _random(native: Sweep) -> np.random.Generator:
    """Return what rounds shots: from the seed, or from the run if that is to be repeatable."""
    if native.seed is not None:
        return np.random.default_rng([*native.seed, 1])
    current = RUN.get()
    if current is None:
        return np.random.default_rng(secrets.randbits(128))
    return np.random.default_rng(int(current.key("rounding", digest_of([native]), 0)[:32], 16))


def _num_records() -> int:
    current = RUN.get()
    return 0 if current is None else len(current.records)


def _jobs_since(start: int) -> tuple[str, ...]:
    current = RUN.get()
    if current is None:
        return ()
    return tuple(str(order.job) for order in current.records[start:] if order.job)


class _Purse:
    """Counts what rounds take, so that none begins that cannot be paid."""

    def __init__(self, budget: Budget, device: Device) -> None:
        self.budget, self.device = budget, device
        self.submissions = self.shots = 0

    def allows(self, counts: IntArray) -> bool:
        """Say whether circuits can be run so often, and take it that they are then."""
        submissions = self.submissions + submissions_of(counts, self.device)
        shots = self.shots + int(counts.sum())
        budget, rate = self.budget, self.device.rate
        within = budget.submissions is None or submissions <= budget.submissions
        if within and budget.usd is not None and rate is not None:
            price = rate.price(submissions=submissions, shots=shots)
            within = price.high_usd <= budget.usd
        if within:
            self.submissions, self.shots = submissions, shots
        return within


def submissions_of(counts: IntArray, device: Device) -> int:
    """Return how many submissions circuits take, with these shots each."""
    capabilities = device.capabilities
    ran = counts[counts > 0]
    if not capabilities.limited:
        return int(len(ran) > 0)
    most = min(
        (limit for limit in (capabilities.max_shots, capabilities.max_total_shots) if limit),
        default=None,
    )
    total = 0
    levels = np.unique(ran).tolist() if capabilities.equal_shots else [int(ran.max(initial=0))]
    for shots in levels:
        own = ran[ran == shots] if capabilities.equal_shots else ran
        pieces = len(own) if most is None else int((-(-own // most)).sum())
        rows = pieces if capabilities.max_rows is None else capabilities.max_rows
        if capabilities.max_total_shots is not None:
            rows = min(rows, max(capabilities.max_total_shots // max(shots, 1), 1))
        total += -(-pieces // max(rows, 1))
    return total


# Shots from dollars -----------------------------------------------------------------------


def shots_and_rounds(
    budget: Budget, problem: Problem, survey: Survey, device: Device, limits: ShotLimits
) -> tuple[int, int | None]:
    """Return how many shots may be spent, and in how many rounds; None: as many as pay."""
    if getattr(device, "canary", False):
        raise UnsupportedEstimate(
            what=f"A circuit on {device.name} with canary=true",
            remedy="Known answers take shots of their own, on which the budget has no hold: give "
            "canary=false, or a plain number of shots within a qg.run that has a budget.",
        )
    if budget.usd is None and budget.submissions is None:
        return int(budget.shots or 0), budget.rounds
    if budget.usd is not None and (device.rate is None or device.rate.per_second_usd):
        raise UnknownPrice(device=device.name)
    choices: list[tuple[float, int, int]] = []
    for rounds in (1, 2, 3) if budget.rounds is None else (budget.rounds,):
        shots = _affordable(budget, rounds, problem, survey, device, limits)
        if shots:
            gain = 1.0 if rounds == 1 else LATER_ROUNDS_GAIN
            choices.append((gain / shots, rounds, shots))
    if not choices:
        raise BudgetTooSmall(
            budget=repr(budget), reason=f"{device.name} asks for more for a single round"
        )
    _, rounds, shots = min(choices)
    return shots, rounds


def _affordable(
    budget: Budget,
    rounds: int,
    problem: Problem,
    survey: Survey,
    device: Device,
    limits: ShotLimits,
) -> int:
    """Return the most shots that so many rounds leave within all limits."""
    most = MOST_SHOTS if budget.shots is None else budget.shots
    rate: Any = device.rate
    shots = most
    if budget.usd is not None and rate.per_shot_usd:
        shots = min(most, int(budget.usd / rate.per_shot_usd))
    for _ in range(ATTEMPTS):
        if shots < limits.least:
            return 0
        design = _prior_plan(problem, survey.bases, shots, limits)
        tasks = rounds * num_submissions(design, limits, device)
        if budget.submissions is not None and tasks > budget.submissions:
            return 0
        if budget.usd is None:
            return shots
        left = budget.usd - tasks * rate.per_task_usd
        allowed = most if not rate.per_shot_usd else math.floor(left / rate.per_shot_usd + 1e-9)
        if left >= 0 and shots <= allowed:
            return shots
        shots = min(shots - 1, allowed)
    return 0


MOST_SHOTS = 10**7
"""What a budget without a limit on shots is taken to allow."""

ATTEMPTS = 12
"""So often are circuits counted for fewer shots until they can be paid."""


def num_submissions(design: Design, limits: ShotLimits, device: Device) -> int:
    """Return how many submissions one round takes at most."""
    capabilities = device.capabilities
    circuits = int(design.certain.sum() + math.ceil(design.chances[design.chances < 1].sum()))
    sets = 1 if capabilities.max_rows is None else -(-circuits // capabilities.max_rows)
    if limits.set_size is not None:
        return num_levels(design.planned, design.chances, limits.set_size)
    if capabilities.max_total_shots is not None:
        sets += int(design.planned.sum()) // capabilities.max_total_shots
    return sets
