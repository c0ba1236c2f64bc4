r"""Steps of finite differences within a budget, from its shots and the curvature of the circuit.

A long step has a large bias (proportional to a higher derivative, the "curvature"), a short one
amplifies shot noise. The curvature is estimated from the coefficients of the observables and the
frequencies of the gates, and, where that pays, from a pilot measurement with a tenth of the shots.

A rule :math:`h^{-1} \sum_j c_j f(x + s_j h)` of order p has the bias :math:`E h^p f^{(p+1)}` plus
higher terms, :math:`E = \sum_j c_j s_j^{p+1} / (p+1)!`. Let direction l have the step :math:`h_l`,
curvature :math:`F_l = |f^{(p+1)}|` along it, and weight :math:`u_l` in the sum of squared errors.
With the best allocation of the B shots, the error is

.. math:: \frac1B \Big(\sum_l \frac{\sqrt{u_l} \sigma_l}{h_l}\Big)^2 + \sum_l u_l E^2 h_l^{2p} F_l^2

with :math:`\sigma_l = \sum_j |c_j| \sum_b \sqrt{V_{lb}}`. Its derivatives vanish at

.. math:: h_l^{2p+1} = \frac{S \sigma_l}{p B E^2 \sqrt{u_l} F_l^2},
    \quad S = \sum_k \frac{\sqrt{u_k} \sigma_k}{h_k},

for a central difference along one direction :math:`h^6 = 9 V / (N F^2)`, N = B/2 shots at each
point.
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
from qgate.shot_allocation.budget_limits import shots_and_rounds
from qgate.shot_allocation.estimation_request import (
    EstimationRequest,
    estimation_request,
    limits_of,
)
from qgate.shot_allocation.estimation_result import Cost, Differences, EstimationResult, spend
from qgate.sweep import Sweep
from qgate.transforms.decomposition import Decomposed
from qgate.typing import FloatArray

if TYPE_CHECKING:
    from qgate.devices.base import Device

PILOT_SHARE = 0.1
"""Share of a budget for a pilot measurement of the curvature, where that pays."""

PILOT_LONGEST = 1.2
"""Largest distance of the pilot's points, times the largest frequency."""

PILOT_NOISE = 0.5
"""Largest variance of a measured curvature, relative to its expected square, for a pilot to pay."""

ITERATIONS = 60
"""Fixed-point iterations for the steps; each divides the error by 2p + 1."""

LONGEST = math.pi / 2
"""Maximum step times the largest frequency: there the derivative is a third too small."""

PRIOR_DIRECTIONS = 1.0
"""Weight of the suggested curvature beside the measured ones, as a number of directions."""


@dataclass(frozen=True, eq=False)
class Rule:
    """Finite difference rule for a step of 1."""

    coefficients: FloatArray  # (points,)
    shifts: FloatArray  # (points,)
    order: int  # n, of the derivative
    approx_order: int  # p, of the error

    @property
    def size(self) -> float:
        """Sum of the absolute coefficients, the amplification of the noise of f."""
        return float(np.abs(self.coefficients).sum())

    @property
    def error(self) -> float:
        """E, the coefficient of the bias."""
        total = self.order + self.approx_order
        return float(self.coefficients @ self.shifts**total) / math.factorial(total)

    def bias(self, steps: FloatArray, curvatures: FloatArray) -> FloatArray:
        """Return the size of the leading term of the bias of each direction, shape (L,)."""
        return np.asarray(abs(self.error) * steps**self.approx_order * curvatures)


def chosen_steps(
    directions: DifferenceDirections,
    constant: Sweep,
    device: Device,
    budget: Budget,
    grouping: str,
    jacobian: FloatArray | None,
) -> tuple[Differences, Budget, Cost | None]:
    """Return the steps, the remaining budget, and the cost of the pilot measurement, if any.

    Steps that the user gave are kept. ``constant``, ``grouping`` and ``jacobian`` are as for
    ``estimation_request``; the squared errors of the requested derivatives are minimized.

    Cost: a tenth of the shots, in one call of the device, if the budget limits only shots, allows
    several rounds, and a tenth of it suffices for a useful pilot; else nothing.
    """
    rows, limits = len(constant), limits_of(device)
    coefficients, shifts = directions.rule
    rule = Rule(coefficients, shifts, 1, directions.approx_order)
    trial = _request(constant, directions.derivatives(np.ones(len(directions))), grouping)
    frequencies = directions.frequencies(constant.structure, trial.measurement_plan.depends)
    highest = frequencies.max(axis=1, initial=0.0)
    highest = np.where(highest > 0, highest, 1.0)
    shots, rounds = shots_and_rounds(budget, trial, device, limits)
    pilot = int(PILOT_SHARE * shots)
    widths = _pilot_steps(directions, highest, pilot / rows)
    curved = _request(constant, directions.curvatures(widths), grouping)
    suggested, spreads = _expected(directions, curved, frequencies)
    mixing = directions.mixing if jacobian is None else jacobian @ directions.mixing
    if directions.given is not None:
        return _differences(directions.given, suggested, "words", rule, mixing), budget, None
    curvatures, left, cost, source = suggested, budget, None, "words"
    noise = _noise_of_curvatures(directions, spreads, widths, pilot / rows)
    only_shots = budget.usd is None and budget.submissions is None
    if only_shots and rounds != 1 and _pays(suggested, noise, curved, pilot // limits.least):
        found = spend(Budget(pilot, rounds=1), curved, device)
        squares, variances = _squared_curvatures(found, rows, len(directions))
        curvatures = believed_curvatures(suggested, squares, variances)
        spreads = spreads * math.sqrt(variances.sum() / noise.sum())
        cost, source, shots = found.cost, "shots", shots - found.cost.shots
        left = Budget(shots, rounds=2 if rounds is None else rounds - 1, name=budget.name)
    weights, longest = (mixing**2).sum(axis=0), LONGEST / highest
    steps = balanced_steps(rule, spreads, curvatures, weights, longest, shots / rows)
    return _differences(steps, curvatures, source, rule, mixing), left, cost


def _differences(
    steps: FloatArray, curvatures: FloatArray, source: str, rule: Rule, mixing: FloatArray
) -> Differences:
    """Add the bias; those along different directions are taken to be independent."""
    along = rule.bias(steps, curvatures)
    return Differences(steps, curvatures, source, np.asarray(np.sqrt(mixing**2 @ along**2)))


def _request(constant: Sweep, stencil: Stencil, grouping: str) -> EstimationRequest:
    points = ShiftedSweep(Decomposed.unchanged(constant.structure), (stencil,))
    return estimation_request(constant, points, values=False, grouping=grouping, cached=False)


def _pilot_steps(
    directions: DifferenceDirections, frequencies: FloatArray, shots: float
) -> FloatArray:
    """Return the steps of the points that measure curvatures, shape (L,)."""
    points = max(1, len(directions.next_rule[0]) * len(directions))
    step = sensible_step(
        max(1, int(shots / points)),
        order=directions.approx_order + 1,
        approx_order=2,
        strategy="center",
    )
    return np.asarray(min(step, PILOT_LONGEST) / frequencies)


def _expected(
    directions: DifferenceDirections, curved: EstimationRequest, frequencies: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the expected curvatures, and standard deviations at a point, shape (L,) each.

    The function is a sum of Pauli words with coefficients c. If their signs are random, its size is
    sqrt(sum(c**2)). Each term oscillates with its frequency along the direction, which gives the
    size of its derivatives.
    """
    squares = (curved.measurement_plan.observed.coefficients**2).sum(axis=0)
    own = np.where(frequencies > 0, squares, 0.0)
    curvatures = np.sqrt((own * frequencies ** (2 * directions.approx_order + 2)).sum(axis=1))
    return curvatures, np.sqrt(own @ curved.bases.disjoint.T.astype(float)).sum(axis=1)


def _noise_of_curvatures(
    directions: DifferenceDirections, spreads: FloatArray, widths: FloatArray, shots: float
) -> FloatArray:
    """Return the variances of curvatures measured with ``shots`` shots, shape (L,)."""
    amplification = np.abs(directions.next_rule[0]).sum()
    own = amplification * spreads / widths ** (directions.approx_order + 1)
    return np.asarray(own * own.sum() / max(shots, 1))


def _pays(suggested: FloatArray, noise: FloatArray, curved: EstimationRequest, most: int) -> bool:
    """Return whether to measure curvatures; ``most``: largest number of circuits that can run."""
    turns = suggested > 0
    if not turns.any():
        return False
    homes = curved.bases.disjoint.T.astype(float)
    circuits = int((curved.problem.needed.astype(float) @ homes > 0).sum())
    return most >= circuits and float((noise[turns] / suggested[turns] ** 2).mean()) < PILOT_NOISE


def _squared_curvatures(
    found: EstimationResult, rows: int, count: int
) -> tuple[FloatArray, FloatArray]:
    """Return squared curvatures and their variances, as means over rows, shape (L,) each."""
    estimated = found.measured.estimated
    squares = (estimated.outputs**2).reshape(rows, -1, count).sum(axis=1)
    variances = np.diag(estimated.covariance).reshape(rows, -1, count).sum(axis=1)
    return squares.mean(axis=0), variances.mean(axis=0)


def balanced_steps(
    rule: Rule,
    spreads: FloatArray,
    curvatures: FloatArray,
    weights: FloatArray,
    longest: FloatArray,
    shots: float,
) -> FloatArray:
    """Return the steps of least error of a rule for a first derivative, shape (L,), in radians.

    For each direction (L,): ``spreads``, the sum over bases of the one-shot standard deviations at
    a point; ``curvatures`` F; ``weights`` u; ``longest``, the maximum steps, which are also the
    steps of directions with zero weight or curvature. ``shots``: B.
    """
    p = rule.approx_order
    matters = (weights > 0) & (spreads > 0) & (curvatures > 0)
    noise = np.sqrt(weights) * spreads * rule.size
    scale = np.full(len(spreads), np.inf)
    scale[matters] = noise[matters] / (
        p * shots * rule.error**2 * weights[matters] * curvatures[matters] ** 2
    )
    steps = longest
    for _ in range(ITERATIONS):
        steps = np.minimum((float((noise / steps).sum()) * scale) ** (1 / (2 * p + 1)), longest)
    return steps


def believed_curvatures(
    suggested: FloatArray, measured: FloatArray, noise: FloatArray
) -> FloatArray:
    r"""Return root mean squared curvatures, from suggested and measured ones (empirical Bayes).

    Before the measurement, a curvature has mean 0 and variance :math:`r F_0^2` with suggested
    :math:`F_0`, and the same factor r for all directions. Its square is ``measured`` with variance
    v (``noise``). The measured curvatures determine r (a prior of the weight of one direction keeps
    it near 1). The mean square of a curvature is then :math:`m^2 + w v` with :math:`w = rF_0^2 /
    (rF_0^2 + v)`, :math:`m = w \hat F`. The mean square minimises the expected error of the
    gradient: a measurement that is pure noise does not change the step.
    """
    prior = suggested**2
    known = prior > 0
    if not known.any():
        return suggested
    own, noise = prior[known], noise[known]  # a direction without frequencies has no curvature
    trust = (own / (own + noise)) ** 2
    excess = float((trust * (measured[known] - noise) / own).sum())
    ratio = (PRIOR_DIRECTIONS + excess) / (PRIOR_DIRECTIONS + float(trust.sum()))
    unseen = float((trust * noise / own).sum() / trust.sum()) / math.sqrt(2 * len(own))
    spread = max(ratio, min(unseen, 1.0)) * own
    kept = spread / np.maximum(spread + noise, 1e-300)
    found = np.zeros(len(suggested))
    found[known] = np.sqrt(kept**2 * measured[known] + kept * noise)
    return found
