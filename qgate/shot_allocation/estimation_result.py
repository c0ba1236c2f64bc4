"""Estimate the outputs of a circuit within a budget: plan, run in rounds, combine.

The measurement plan lists the circuits (row times basis). Shots are distributed over them in
proportion to their contribution to the error of the outputs. Each round runs the circuits, and the
variances it measured decide the distribution of the next one. Where there are fewer shots than
circuits, the circuits to run are drawn at random with known probabilities, so that the estimate
stays unbiased.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from qgate.budget import Budget
from qgate.context import active_plan, active_run
from qgate.exceptions import FewShotsWarning
from qgate.execution.tracker import Tracker
from qgate.jobs.call_budget import call_budget
from qgate.jobs.randomness import repeatable_generator
from qgate.jobs.resumable import resumable_call
from qgate.mitigation.method import Mitigated
from qgate.short_repr import fields_summary
from qgate.shot_allocation.allocation import ShotLimits
from qgate.shot_allocation.budget_limits import RoundAllowance, shots_and_rounds
from qgate.shot_allocation.calibration import Calibration, calibration_shots
from qgate.shot_allocation.design import Design, plan, prior_plan
from qgate.shot_allocation.estimation_request import EstimationRequest, limits_of
from qgate.shot_allocation.estimator import equal_shots_error, prior_errors
from qgate.shot_allocation.rounds import Measured, measure_in_rounds
from qgate.typing import FloatArray

if TYPE_CHECKING:
    from qgate.devices.base import Device

MAX_DRAWN = 0.05
"""Largest share of circuits drawn at random for which variances of an earlier estimate are used."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Planned shots and actual usage.

    Parameters
    ----------
    planned_shots, shots : int
    submissions : int
    usd : float or None
        None: the price of the device is unknown.
    rounds : int
    circuits : int
        Number of different circuits that ran.
    job_ids : tuple of str
        Filled where a run keeps a journal.
    """

    planned_shots: int
    shots: int
    submissions: int
    usd: float | None
    rounds: int
    circuits: int
    job_ids: tuple[str, ...] = ()

    def after(self, first: Cost) -> Cost:
        """Return the same, with the usage of an earlier part of the same estimation added."""
        return Cost(
            first.shots + self.planned_shots,
            first.shots + self.shots,
            first.submissions + self.submissions,
            None if self.usd is None or first.usd is None else self.usd + first.usd,
            first.rounds + self.rounds,
            first.circuits + self.circuits,
            first.job_ids + self.job_ids,
        )

    __repr__ = fields_summary


@dataclass(frozen=True, eq=False)
class Differences:
    """Steps of finite differences, and the data that determined them.

    Parameters
    ----------
    steps : array, shape (L,)
        In radians, for each angle of a gate, or each direction of ``spsa``.
    curvatures : array, shape (L,)
        Estimated size of the derivatives that cause the bias of the differences: the third ones
        along each angle or direction for central differences.
    source : {"words", "shots"}
        Source of the curvatures. ``"words"``: coefficients of the observable and frequencies of the
        gates. ``"shots"``: in addition, a first round of shots.
    bias : array, shape (G,)
        Estimated bias of each derivative due to the steps.
    """

    steps: FloatArray
    curvatures: FloatArray
    source: str
    bias: FloatArray

    def __str__(self) -> str:
        steps, off = np.abs(self.steps), float(np.linalg.norm(self.bias))
        return (
            f"differences with steps of {steps.min():.2g} to {steps.max():.2g} radians, curvatures "
            f"from {self.source}, off by about {off:.2g} in all"
        )

    __repr__ = fields_summary


@dataclass(frozen=True, eq=False)
class EstimationResult:
    """Outputs of a request, estimated within a budget, with the usage."""

    request: EstimationRequest
    measured: Measured
    cost: Cost
    gain: float  # error with equal shots for all circuits, relative to the error that was reached
    differences: Differences | None = None  # None: no differences were taken
    mitigated: Mitigated | None = None  # None: without mitigation

    @property
    def outputs(self) -> FloatArray:
        """The requested numbers."""
        return self.measured.estimated.outputs

    __repr__ = fields_summary


def spend(
    budget: Budget, request: EstimationRequest, device: Device, *, prior: FloatArray | None = None
) -> EstimationResult:
    """Estimate all outputs of a request; each round is one call of the device.

    ``prior``, shape (S, B): one-shot variances of the circuits from an earlier estimate.

    Raises
    ------
    BudgetTooSmall
        The budget is too small for one circuit.
    UnknownPrice
        Dollars are limited, and the device has no rate.
    """
    limits = limits_of(device)
    planned, rounds = shots_and_rounds(budget, request, device, limits)
    if device.capabilities.equal_shots and device.capabilities.max_rows is None:
        limits = limits.in_units(planned, request.num_circuits)
    calibration = _calibration(request, planned, limits, prior)
    shots = planned - calibration.most
    design = designed(request, shots, limits, prior)
    if (design.chances < 1).sum() > design.certain.sum():
        warnings.warn(
            f"{shots} shots are fewer than the circuits there are, so the circuits that run are "
            "drawn at random. The estimate is unbiased, and its errors are large.",
            FewShotsWarning,
            stacklevel=2,
        )
    native = request.circuits
    with Tracker() as tracker, resumable_call(), call_budget(budget, [native]) as call:
        measured = measure_in_rounds(
            request.problem,
            request.bases,
            design,
            lambda counts: request.samples(counts, device, calibration, limits.unit),
            repeatable_generator("rounding", native, device),
            shots=shots,
            rounds=rounds,
            limits=limits,
            allows=RoundAllowance(budget, device, request, calibration, limits.unit),
        )
    used = measured.samples.shots
    spent, submissions = int(used.sum()) + calibration.shots, tracker.totals["submissions"]
    rate = device.rate
    usd = None if rate is None else rate.price(submissions=submissions, shots=spent).high_usd
    circuits = int((used > 0).sum()) + calibration.circuits
    job_ids = call.job_ids(active_run())
    cost = Cost(planned, spent, submissions, usd, measured.rounds, circuits, job_ids)
    active = active_plan()
    if active is not None:
        active.expects(prior_errors(request.problem, measured.design), request.num_values)
    gain = _gain(request, measured, spent)
    measured = replace(measured, readout=calibration.errors)
    return EstimationResult(request, measured, cost, gain)


def _calibration(
    request: EstimationRequest, shots: int, limits: ShotLimits, prior: FloatArray | None
) -> Calibration:
    """Return the calibration of the readout that a request has, of some of the shots."""
    share, wires = request.calibration, request.measurement_plan.observed.wires
    if not share or not len(request.bases):
        return Calibration(wires, 0, limits)
    design = designed(request, shots, limits, prior)
    return Calibration(wires, calibration_shots(share, shots, design, limits), limits)


def designed(
    request: EstimationRequest, shots: int, limits: ShotLimits, prior: FloatArray | None
) -> Design:
    """Return the design for a number of shots.

    Variances of an earlier estimate are ignored where they belong to other circuits. They are also
    ignored where shots are so few that circuits are drawn at random, since the drawing then adds
    more noise than the variances can save.
    """
    known = request.fitting(prior)
    if known is not None:
        design = plan(request.problem, request.bases, shots, limits, known)
        if (design.chances < 1).sum() <= MAX_DRAWN * (design.planned > 0).sum():
            return design
    return prior_plan(request.problem, request.bases, shots, limits)


def _gain(request: EstimationRequest, measured: Measured, spent: int) -> float:
    equal = equal_shots_error(request.problem, request.bases, measured.samples)
    variances = np.diag(measured.estimated.covariance)
    error = max(float(request.problem.importance @ variances), 1e-300)
    return equal / max(spent, 1) / error
