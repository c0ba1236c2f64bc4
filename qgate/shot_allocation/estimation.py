"""Estimate values and derivatives of a sweep; finite differences get steps that suit the budget."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from qgate.budget import Budget
from qgate.gradients.method import NO_OPTIONS, Options
from qgate.gradients.registry import GradientMethod
from qgate.gradients.shifted_sweep import ShiftedSweep
from qgate.jobs.resumable import resumable_call
from qgate.shot_allocation.difference_steps import chosen_steps
from qgate.shot_allocation.estimation_request import estimation_request, with_constants
from qgate.shot_allocation.estimation_result import EstimationResult
from qgate.shot_allocation.mitigated import spend_mitigated
from qgate.shots import Shots
from qgate.sweep import Sweep
from qgate.transforms.decomposition import Decomposed
from qgate.typing import FloatArray

if TYPE_CHECKING:
    from qgate.devices.base import Device


@resumable_call()
def estimation_result(
    sweep: Sweep,
    slots: tuple[int, ...],
    device: Device,
    shots: Shots,
    *,
    method: GradientMethod | None,
    options: Options = NO_OPTIONS,
    values: bool,
    grouping: str = "qwc",
    jacobian: FloatArray | None = None,
    prior: FloatArray | None = None,
) -> EstimationResult:
    """Estimate the measurement results of a sweep, its derivatives, or both.

    The shots of the sweep are ignored. ``shots`` have a budget, or are those of each circuit, with
    mitigation. The method gives the points at which the circuit runs, for
    the derivatives by n slots; None: there are no derivatives. ``values``: whether to estimate the
    values. ``grouping``: "qwc", "fc" or "symmetry". ``jacobian`` (G, n) maps derivatives by the
    slots to the requested ones. ``prior`` (S, B): one-shot variances of the circuits from an
    earlier estimate.

    Raises
    ------
    UnsupportedEstimate, UnknownGrouping, BudgetTooSmall, UnknownPrice
    """
    budget = shots.budget or Budget(shots=shots.total_shots)
    constant = with_constants(replace(sweep, shots=None), device)
    if method is None or method.shifts is None or not slots:
        request_of = partial(
            estimation_request,
            shifted=None,
            values=values,
            derivatives=method is not None,
            grouping=grouping,
        )
        return spend_mitigated(budget, request_of, constant, (), device, shots)
    directions = method.lines and method.lines(constant.structure, slots, options)
    differences, before = None, None
    if directions is None:
        each = max(1, (budget.shots or 10_000) // (2 * len(slots)))  # of a central difference
        shifted = method.shifts(constant.structure, slots, shots=each, options=options)
    else:
        differences, budget, before = chosen_steps(
            directions, constant, device, budget, grouping, jacobian
        )
        stencil = directions.derivatives(differences.steps)
        shifted = ShiftedSweep(Decomposed.unchanged(constant.structure), (stencil,))
    request_of = partial(
        estimation_request,
        shifted=shifted,
        values=values,
        grouping=grouping,
        jacobian=jacobian,
        cached=directions is None,
    )
    found = spend_mitigated(budget, request_of, constant, slots, device, shots, prior=prior)
    cost = found.cost if before is None else found.cost.after(before)
    return replace(found, cost=cost, differences=differences)
