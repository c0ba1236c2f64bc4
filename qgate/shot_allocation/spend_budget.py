"""Estimate the outputs of a circuit within a budget: plan, run in rounds, combine.

The measurement plan lists the circuits (row times basis). Shots are distributed over them in
proportion to their contribution to the error of the outputs. Each round runs the circuits, and the
variances it measured decide the distribution of the next one. Where there are fewer shots than
circuits, the circuits to run are drawn at random with known probabilities, so that the estimate
stays unbiased.
"""

from __future__ import annotations

import secrets
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from qgate.budget import Budget
from qgate.context import active_plan, active_run
from qgate.exceptions import FewShotsWarning
from qgate.execution.execute import run
from qgate.execution.tracker import Tracker
from qgate.jobs.call_budget import call_budget
from qgate.jobs.digest import digest_of
from qgate.jobs.resumable import resumable_call
from qgate.jobs.runs import implicit_run
from qgate.outcomes import Outcomes
from qgate.shot_allocation.budget_limits import (
    RoundAllowance,
    limits_of,
    prior_plan,
    shots_and_rounds,
)
from qgate.shot_allocation.equal_shots import equal_shots_error
from qgate.shot_allocation.estimator import Design
from qgate.shot_allocation.linear_estimand import LinearEstimand
from qgate.shot_allocation.measurement_plan import MeasurementPlan
from qgate.shot_allocation.readings import Table
from qgate.shot_allocation.rounds import Measured, measure_in_rounds, plan
from qgate.shot_allocation.sets import ShotLimits
from qgate.sweep import Sweep
from qgate.typing import FloatArray, IntArray

if TYPE_CHECKING:
    from qgate.devices.base import Device

VALUE_SHARE = 0.05
"""Share of a budget for a value and a gradient that goes to the value."""

MOST_DRAWN = 0.05
"""Largest share of circuits drawn at random for which variances of an earlier estimate are used."""


@dataclass(frozen=True, eq=False)
class Spent:
    """Outputs estimated within a budget, with the usage.

    Parameters
    ----------
    measured : Measured
        The outputs, their covariance, and the outcomes from which they are estimated.
    planned_shots, shots : int
    submissions : int
    usd : float or None
        None: the price of the device is unknown.
    circuits : int
        Number of rows times bases that were run.
    gain : float
        Error with equal shots for all circuits, relative to the error that was reached.
    job_ids : tuple of str
        Filled where a run keeps a journal.
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
        """Return the same, with the usage of an earlier part of the same estimation added."""
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
    problem: LinearEstimand,
    measurement_plan: MeasurementPlan,
    native: Sweep,
    device: Device,
    *,
    prior: FloatArray | None = None,
) -> Spent:
    """Estimate the outputs of a problem on a device.

    Parameters
    ----------
    budget : Budget
    problem : LinearEstimand
        Refers to the rows of ``native``.
    measurement_plan : MeasurementPlan
        Measurement plan of the structure of ``native``.
    native : Sweep
        All rows. Its shots are ignored, its seed is used.
    device : Device
    prior : array, shape (S, B), optional
        One-shot variances of the circuits from an earlier estimate.

    Raises
    ------
    BudgetTooSmall
        The budget is too small for one circuit.
    UnknownPrice
        Dollars are limited, and the device has no rate.

    Notes
    -----
    Cost: one call of the device in each round.
    """
    limits = limits_of(device)
    shots, rounds = shots_and_rounds(budget, problem, measurement_plan, device, limits)
    design = designed(problem, measurement_plan, shots, limits, prior)
    if (design.chances < 1).sum() > design.certain.sum():
        warnings.warn(
            f"{shots} shots are fewer than the circuits there are, so the circuits that run are "
            "drawn at random. The estimate is unbiased, and its errors are large.",
            FewShotsWarning,
            stacklevel=2,
        )
    with Tracker() as tracker, resumable_call(), call_budget(budget, [native]) as call:
        measured = measure_in_rounds(
            problem,
            measurement_plan.bases,
            design,
            lambda counts: read(counts, measurement_plan, native, device),
            _random(native, device),
            shots=shots,
            rounds=rounds,
            limits=limits,
            allows=RoundAllowance(
                budget, device, lambda counts: _sweeps(counts, measurement_plan, native)
            ).allows,
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
        equal_shots_error(problem, measurement_plan.bases, measured.readings)
        / max(spent, 1)
        / _error(problem, measured),
        call.job_ids(active_run()),
        measured.rounds,
    )


def designed(
    problem: LinearEstimand,
    measurement_plan: MeasurementPlan,
    shots: int,
    limits: ShotLimits,
    prior: FloatArray | None,
) -> Design:
    """Return a plan of the shots of each circuit.

    Variances of an earlier estimate are ignored where they belong to other circuits. They are also
    ignored where shots are so few that circuits are drawn at random, since the drawing then adds
    more noise than the variances can save.
    """
    known = fitting(prior, problem, measurement_plan)
    if known is not None:
        design = plan(problem, measurement_plan.bases, shots, limits, known)
        if (design.chances < 1).sum() <= MOST_DRAWN * (design.planned > 0).sum():
            return design
    return prior_plan(problem, measurement_plan.bases, shots, limits)


def _error(problem: LinearEstimand, measured: Measured) -> float:
    variances = np.diag(measured.estimated.covariance)
    return max(float(problem.importance @ variances), 1e-300)


def fitting(
    prior: FloatArray | None, problem: LinearEstimand, measurement_plan: MeasurementPlan
) -> FloatArray | None:
    """Return the variances of an earlier estimate if they belong to these circuits, else None."""
    shape = (problem.num_rows, len(measurement_plan.bases))
    if prior is None or prior.shape != shape:
        return None
    covered = (prior > 0) @ measurement_plan.bases.readable()
    return prior if (covered | ~problem.needed).all() else None


def read(
    counts: IntArray, measurement_plan: MeasurementPlan, native: Sweep, device: Device
) -> list[Table]:
    """Run each circuit with its number of shots, in one call of the device."""
    used = np.flatnonzero(counts.any(axis=0)).tolist()
    rows = {basis: np.flatnonzero(counts[:, basis]) for basis in used}
    results = run(_sweeps(counts, measurement_plan, native), device)
    nothing = np.zeros(0, dtype=np.int64)
    found = dict(zip(used, results, strict=True))
    num_wires = len(measurement_plan.observed.wires)
    return [
        Table.of(basis, len(counts), rows[index], _outcomes(found[index][0], num_wires))
        if index in found
        else Table.of(basis, len(counts), nothing, ())
        for index, basis in enumerate(measurement_plan.bases.members)
    ]


def _sweeps(counts: IntArray, measurement_plan: MeasurementPlan, native: Sweep) -> list[Sweep]:
    """Return one sweep for each basis that has shots: its rows with shots, and their numbers."""
    sweeps = []
    for basis in np.flatnonzero(counts.any(axis=0)).tolist():
        rows = np.flatnonzero(counts[:, basis])
        structure, shots = measurement_plan.circuits[basis], counts[rows, basis]
        sweeps.append(replace(native, structure=structure, rows=native.rows[rows], shots=shots))
    return sweeps


def _outcomes(found: Sequence[dict[str, int]], num_wires: int) -> list[Outcomes]:
    return [Outcomes.from_counts(counts, num_wires) for counts in found]


def _random(native: Sweep, device: Device) -> np.random.Generator:
    """Return the generator for rounding shots, seeded by the sweep or by a repeatable run."""
    if native.seed is not None:
        return np.random.default_rng([*native.seed, 1])
    current = active_run()
    if current is None and device.capabilities.paid and active_plan() is None:
        current = implicit_run()
    if current is None:
        return np.random.default_rng(secrets.randbits(128))
    key = current.random_key("rounding", digest_of([native]))
    return np.random.default_rng(int(key[:32], 16))
