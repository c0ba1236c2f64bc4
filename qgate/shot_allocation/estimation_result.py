"""Spend a budget on values and derivatives; finite differences get steps that suit the budget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qgate.budget import Budget
from qgate.gradients.directions import DifferenceDirections
from qgate.gradients.method import NO_OPTIONS, GradientMethod, Options
from qgate.jobs.resumable import resumable_call
from qgate.shot_allocation.difference_steps import DifferenceSteps, chosen_steps
from qgate.shot_allocation.estimation_request import (
    EstimationRequest,
    estimation_request,
    with_constants,
)
from qgate.shot_allocation.spend_budget import Spent
from qgate.sweep import Sweep
from qgate.typing import FloatArray

if TYPE_CHECKING:
    from qgate.devices.base import Device


@dataclass(frozen=True, eq=False)
class EstimationResult:
    """Result of a budgeted estimation.

    Parameters
    ----------
    estimation_request : EstimationRequest
    spent : Spent
    steps : DifferenceSteps or None
        None: no differences were taken.
    """

    estimation_request: EstimationRequest
    spent: Spent
    steps: DifferenceSteps | None = None

    @property
    def outputs(self) -> FloatArray:
        """The requested numbers."""
        return self.spent.measured.estimated.outputs


@resumable_call()
def estimation_result(
    sweep: Sweep,
    slots: tuple[int, ...],
    device: Device,
    budget: Budget,
    *,
    method: GradientMethod | None,
    options: Options = NO_OPTIONS,
    values: bool,
    grouping: str = "qwc",
    jacobian: FloatArray | None = None,
    prior: FloatArray | None = None,
) -> EstimationResult:
    """Estimate the measurement results of a sweep, its derivatives, or both.

    Parameters
    ----------
    sweep : Sweep
        Without shots.
    slots : tuple of int
        The n slots to differentiate by.
    device : Device
    budget : Budget
    method : GradientMethod, optional
        Gradient method, which gives the points at which the circuit runs; None: no derivatives.
    options : mapping, optional
        Options of the method.
    values : bool
        Whether to estimate the values.
    grouping : {"qwc", "fc", "symmetry"}
    jacobian : array, shape (G, n), optional
        Maps derivatives by the slots to the requested ones.
    prior : array, shape (S, B), optional
        One-shot variances of the circuits from an earlier estimate.

    Raises
    ------
    UnsupportedEstimate, UnknownGrouping, BudgetTooSmall, UnknownPrice
    """
    constant = with_constants(sweep, device)
    if method is None or method.shifts is None or not slots:
        asked = estimation_request(
            constant, None, values=values, derivatives=method is not None, grouping=grouping
        )
        return EstimationResult(asked, asked.spend(budget, device))
    lines = method.lines and method.lines(constant.structure, slots, options)
    if lines is not None:
        return _along(lines, constant, device, budget, values, grouping, jacobian, prior)
    shots = _shots_of_a_point(budget, slots)
    shifted = method.shifts(constant.structure, slots, shots=shots, options=options)
    asked = estimation_request(
        constant, shifted, values=values, grouping=grouping, jacobian=jacobian
    )
    return EstimationResult(asked, asked.spend(budget, device, prior=prior))


def _along(
    lines: DifferenceDirections,
    constant: Sweep,
    device: Device,
    budget: Budget,
    values: bool,
    grouping: str,
    jacobian: FloatArray | None,
    prior: FloatArray | None,
) -> EstimationResult:
    """Estimate differences along directions, with the budget left after choosing the steps."""
    steps, left, before = chosen_steps(lines, constant, device, budget, grouping, jacobian)
    asked = estimation_request(
        constant,
        steps.shifted(constant.structure),
        values=values,
        grouping=grouping,
        jacobian=jacobian,
        cached=False,
    )
    spent = asked.spend(left, device, prior=prior)
    return EstimationResult(asked, spent if before is None else spent.after(before), steps)


def _shots_of_a_point(budget: Budget, slots: tuple[int, ...]) -> int:
    """Return the approximate number of shots of each point of a central difference."""
    return max(1, (budget.shots or 10_000) // (2 * max(len(slots), 1)))
