"""Steps of finite differences within a budget, from its shots and the curvature of the circuit.

A long step has a large bias (proportional to a higher derivative, the "curvature"), a short one
amplifies shot noise. The chosen steps balance both, see ``qgate/shot_allocation/steps.py``. The
curvature is estimated from the coefficients of the observables and the frequencies of the gates,
and, where that pays, from a pilot measurement with a tenth of the shots.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qgate.budget import Budget
from qgate.gradients.difference_rules import sensible_step
from qgate.gradients.directions import DifferenceDirections
from qgate.gradients.shifted_sweep import ShiftedSweep
from qgate.gradients.stencil import Stencil
from qgate.shot_allocation.budget_limits import limits_of, shots_and_rounds
from qgate.shot_allocation.estimation_request import EstimationRequest, estimation_request
from qgate.shot_allocation.spend_budget import Spent
from qgate.shot_allocation.steps import LONGEST, Rule, balanced_steps, believed_curvatures
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.transforms.decompose import Decomposed
from qgate.typing import FloatArray

if TYPE_CHECKING:
    from qgate.devices.base import Device

PILOT_SHARE = 0.1
"""Share of a budget for a pilot measurement of the curvature, where that pays."""

PILOT_LONGEST = 1.2
"""Largest distance of the pilot's points, times the largest frequency."""

PILOT_NOISE = 0.5
"""Largest variance of a measured curvature, relative to its expected square, for a pilot to pay."""


@dataclass(frozen=True, eq=False)
class DifferenceSteps:
    """Steps of differences along L directions, and the data that determined them.

    Parameters
    ----------
    lines : Lines
    steps : array, shape (L,)
        In radians.
    curvatures : array, shape (L,)
        Estimated size of the derivatives that cause the bias of the differences (the third ones for
        central differences), along the directions: root mean square over the measurements.
    source : str
        Source of the curvatures. ``"words"``: coefficients of the observables and frequencies of
        the gates. ``"shots"``: in addition, a part of the budget.
    """

    lines: DifferenceDirections
    steps: FloatArray
    curvatures: FloatArray
    source: str

    def shifted(self, structure: Structure) -> ShiftedSweep:
        """Return the shifted points around the rows of a structure."""
        return ShiftedSweep(Decomposed.unchanged(structure), (self.lines.derivatives(self.steps),))

    def bias(self, jacobian: FloatArray) -> FloatArray:
        """Return the estimated bias of each derivative, shape (G,); jacobian (G, n).

        The biases along different directions are taken to be independent.
        """
        along = _rule(self.lines).bias(self.steps, self.curvatures)
        return np.asarray(np.sqrt((jacobian @ self.lines.mixing) ** 2 @ along**2))


def chosen_steps(
    lines: DifferenceDirections,
    constant: Sweep,
    device: Device,
    budget: Budget,
    grouping: str,
    jacobian: FloatArray | None,
) -> tuple[DifferenceSteps, Budget, Spent | None]:
    """Return the steps, the remaining budget, and the usage of the pilot measurement, if any.

    Parameters
    ----------
    lines : DifferenceDirections
        Directions. Steps that the user gave are kept.
    constant : Sweep
        R rows, as for ``estimation_request``.
    device : Device
    budget : Budget
    grouping : str
    jacobian : array, shape (G, n), optional
        Maps derivatives by the slots to the G requested ones, whose squared errors are minimized.

    Notes
    -----
    Cost: a tenth of the shots, in one call of the device, if the budget limits only shots, allows
    several rounds, and a tenth of it suffices for a useful pilot; else nothing.
    """
    rows, ones = len(constant), np.ones(len(lines))
    trial = _asked(constant, lines.derivatives(ones), grouping)
    turning = lines.frequencies(constant.structure, trial.measurement_plan.depends)
    fastest = turning.max(axis=1, initial=0.0)
    frequencies = np.where(fastest > 0, fastest, 1.0)
    shots, rounds = _allowed(budget, trial, device)
    pilot = int(PILOT_SHARE * shots)
    widths = _widths(lines, frequencies, pilot / rows)
    curved = _asked(constant, lines.curvatures(widths), grouping)
    suggested, spreads = _from_words(lines, curved, turning)
    if lines.given is not None:
        return DifferenceSteps(lines, lines.given, suggested, "words"), budget, None
    curvatures, left, spent, source = suggested, budget, None, "words"
    noise = _noise_of_curvatures(lines, spreads, widths, pilot / rows)
    only_shots = budget.usd is None and budget.submissions is None
    least = limits_of(device).least
    if only_shots and rounds != 1 and _pays(suggested, noise, curved, pilot // least):
        spent = curved.spend(Budget(pilot, rounds=1), device)
        squares, variances = _read(spent, rows, len(lines))
        curvatures = believed_curvatures(suggested, squares, variances)
        spreads = spreads * math.sqrt(variances.sum() / noise.sum())
        shots, source = shots - spent.shots, "shots"
        left = Budget(shots, rounds=2 if rounds is None else rounds - 1, name=budget.name)
    mixing = lines.mixing if jacobian is None else jacobian @ lines.mixing
    weights = (mixing**2).sum(axis=0)
    longest = LONGEST / frequencies
    steps = balanced_steps(_rule(lines), spreads, curvatures, weights, longest, shots / rows)
    return DifferenceSteps(lines, steps, curvatures, source), left, spent


def _rule(lines: DifferenceDirections) -> Rule:
    coefficients, shifts = lines.rule
    return Rule(coefficients, shifts, 1, lines.approx_order)


def _asked(constant: Sweep, stencil: Stencil, grouping: str) -> EstimationRequest:
    points = ShiftedSweep(Decomposed.unchanged(constant.structure), (stencil,))
    return estimation_request(constant, points, values=False, grouping=grouping, cached=False)


def _allowed(budget: Budget, asked: EstimationRequest, device: Device) -> tuple[int, int | None]:
    """Return the number of shots and of rounds that a budget allows."""
    if budget.shots is not None and budget.usd is None and budget.submissions is None:
        return budget.shots, budget.rounds
    return shots_and_rounds(
        budget, asked.problem, asked.measurement_plan, device, limits_of(device)
    )


def _widths(lines: DifferenceDirections, frequencies: FloatArray, shots: float) -> FloatArray:
    """Return the steps of the points that measure curvatures, shape (L,)."""
    points = max(1, len(lines.next_rule[0]) * len(lines))
    width = sensible_step(
        max(1, int(shots / points)),
        order=lines.approx_order + 1,
        approx_order=2,
        strategy="center",
    )
    return np.asarray(min(width, PILOT_LONGEST) / frequencies)


def _from_words(
    lines: DifferenceDirections, curved: EstimationRequest, turning: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the expected curvatures, and standard deviations at a point, shape (L,) each.

    The function is a sum of Pauli words with coefficients c. If their signs are random, its size is
    sqrt(sum(c**2)). Each term oscillates with its frequency along the direction, which gives the
    size of its derivatives.
    """
    known = curved.measurement_plan
    squares = (known.observed.coefficients**2).sum(axis=0)
    own = np.where(turning > 0, squares, 0.0)
    curvatures = np.sqrt((own * turning ** (2 * lines.approx_order + 2)).sum(axis=1))
    return curvatures, np.sqrt(own @ known.bases.disjoint().T.astype(float)).sum(axis=1)


def _noise_of_curvatures(
    lines: DifferenceDirections, spreads: FloatArray, widths: FloatArray, shots: float
) -> FloatArray:
    """Return the variances of curvatures measured with ``shots`` shots, shape (L,)."""
    own = np.abs(lines.next_rule[0]).sum() * spreads / widths ** (lines.approx_order + 1)
    return np.asarray(own * own.sum() / max(shots, 1))


def _pays(suggested: FloatArray, noise: FloatArray, curved: EstimationRequest, most: int) -> bool:
    """Return whether to measure curvatures; ``most``: largest number of circuits that can run."""
    turns = suggested > 0
    if not turns.any():
        return False
    homes = curved.measurement_plan.bases.disjoint().T.astype(float)
    circuits = int((curved.problem.needed.astype(float) @ homes > 0).sum())
    return most >= circuits and float((noise[turns] / suggested[turns] ** 2).mean()) < PILOT_NOISE


def _read(spent: Spent, rows: int, count: int) -> tuple[FloatArray, FloatArray]:
    """Return squared curvatures and their variances, as means over rows, shape (L,) each."""
    found = spent.measured.estimated
    squares = (found.outputs**2).reshape(rows, -1, count).sum(axis=1)
    variances = np.diag(found.covariance).reshape(rows, -1, count).sum(axis=1)
    return squares.mean(axis=0), variances.mean(axis=0)
