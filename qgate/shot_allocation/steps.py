r"""Steps of finite differences within a budget of shots, from the curvature of a function.

A rule :math:`h^{-1} \sum_j c_j f(x + s_j h)` of order p has the bias :math:`E h^p f^{(p+1)}` plus
higher terms, :math:`E = \sum_j c_j s_j^{p+1} / (p+1)!`. Let direction l have the step :math:`h_l`,
curvature :math:`F_l = |f^{(p+1)}|` along it, and weight :math:`u_l` in the sum of squared errors.
With the best allocation of the B shots, the error is

.. math:: \frac1B \Big(\sum_l \frac{\sqrt{u_l} \sigma_l}{h_l}\Big)^2 + \sum_l u_l E^2 h_l^{2p} F_l^2

with :math:`\sigma_l = \sum_j |c_j| \sum_b \sqrt{V_{lb}}`. Its derivatives vanish at

.. math:: h_l^{2p+1} = \frac{S \sigma_l}{p B E^2 \sqrt{u_l} F_l^2},
    \quad S = \sum_k \frac{\sqrt{u_k} \sigma_k}{h_k},

for a central difference along one line :math:`h^6 = 9 V / (N F^2)`, N = B/2 shots at each point.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from qgate.typing import FloatArray

ITERATIONS = 60
"""Fixed-point iterations for the steps; each divides the error by 2p + 1."""

LONGEST = math.pi / 2
"""Maximum step times the largest frequency: there the derivative is a third too small."""

PRIOR_LINES = 1.0
"""Weight of the suggested curvature beside the measured ones, as a number of directions."""


@dataclass(frozen=True, eq=False)
class Rule:
    """Finite difference rule for a step of 1.

    Parameters
    ----------
    coefficients, shifts : array, shape (points,)
        For a step of 1.
    order, approx_order : int
        n, order of the derivative, and p, order of the error.
    """

    coefficients: FloatArray
    shifts: FloatArray
    order: int
    approx_order: int

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


def balanced_steps(
    rule: Rule,
    spreads: FloatArray,
    curvatures: FloatArray,
    weights: FloatArray,
    longest: FloatArray,
    shots: float,
) -> FloatArray:
    """Return the steps of least error.

    Parameters
    ----------
    rule : Rule
        Of a first derivative.
    spreads : array, shape (L,)
        Sum over bases of the one-shot standard deviations at a point of each direction.
    curvatures : array, shape (L,)
        F.
    weights : array, shape (L,)
        u.
    longest : array, shape (L,)
        Maximum steps, which are also the steps of directions with zero weight or curvature.
    shots : float
        B.

    Returns
    -------
    array, shape (L,)
        In radians.
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

    Before the measurement, a curvature has mean 0 and variance :math:`r F_0^2`, with the same
    factor r for all directions. It is measured with variance v. The measured curvatures determine r
    (a prior of the weight of one direction keeps it near 1). The mean square of a curvature is then
    :math:`m^2 + w v` with :math:`w = rF_0^2 / (rF_0^2 + v)`, :math:`m = w \hat F`. The mean square
    minimises the expected error of the gradient: a measurement that is pure noise does not change
    the step.

    Parameters
    ----------
    suggested : array, shape (L,)
        F_0.
    measured : array, shape (L,)
        Squares of the measured curvatures.
    noise : array, shape (L,)
        v.

    Returns
    -------
    array, shape (L,)
    """
    prior = suggested**2
    known = prior > 0
    if not known.any():
        return suggested
    own, noise = prior[known], noise[known]  # a direction without frequencies has no curvature
    trust = (own / (own + noise)) ** 2
    excess = float((trust * (measured[known] - noise) / own).sum())
    ratio = (PRIOR_LINES + excess) / (PRIOR_LINES + float(trust.sum()))
    unseen = float((trust * noise / own).sum() / trust.sum()) / math.sqrt(2 * len(own))
    spread = max(ratio, min(unseen, 1.0)) * own
    kept = spread / np.maximum(spread + noise, 1e-300)
    found = np.zeros(len(suggested))
    found[known] = np.sqrt(kept**2 * measured[known] + kept * noise)
    return found
