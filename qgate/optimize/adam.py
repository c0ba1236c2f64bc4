"""Adam: gradient descent with adaptive moments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qgate.optimize.base import started
from qgate.optimize.gradient_descent import GradientOptimizer
from qgate.optimize.options import fraction, not_negative, positive
from qgate.typing import FloatArray


@dataclass(frozen=True, eq=False)
class Moments:
    """Moving averages of the gradient.

    Parameters
    ----------
    steps : int
        Number of steps so far.
    first, second : array, shape (n,), or None
        Of the gradients, and of their squares; None: no step has been taken.
    """

    steps: int = 0
    first: FloatArray | None = None
    second: FloatArray | None = None


class AdamOptimizer(GradientOptimizer[Moments]):
    r"""Gradient descent with momentum and a learning rate for each parameter.

    .. math:: m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad
        v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \quad
        x \leftarrow x - \eta \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t}
        \frac{m}{\sqrt{v} + \epsilon}

    Parameters
    ----------
    stepsize : float
        :math:`\eta`.
    beta1, beta2 : float
        At least 0 and below 1.
    eps : float
        :math:`\epsilon`, outside the root.

    Raises
    ------
    InvalidOptimizerOption

    Notes
    -----
    Cost: one submission for a QNode, which includes the value. Reference: Kingma, Ba,
    arXiv:1412.6980.
    """

    def __init__(
        self,
        stepsize: float = 0.01,
        beta1: float = 0.9,
        beta2: float = 0.99,
        eps: float = 1e-8,
    ) -> None:
        positive(self.name, stepsize=stepsize)
        fraction(self.name, beta1=beta1, beta2=beta2)
        not_negative(self.name, eps=eps)
        self.stepsize, self.beta1, self.beta2, self.eps = stepsize, beta1, beta2, eps
        super().__init__()

    def first(self) -> Moments:
        return Moments()

    def update(
        self, state: Moments, point: FloatArray, gradient: FloatArray
    ) -> tuple[Moments, FloatArray]:
        steps = state.steps + 1
        mean = started(state.first, len(point), optimizer=self.name)
        square = started(state.second, len(point), optimizer=self.name)
        mean = self.beta1 * mean + (1 - self.beta1) * gradient
        square = self.beta2 * square + (1 - self.beta2) * gradient**2
        rate = self.stepsize * np.sqrt(1 - self.beta2**steps) / (1 - self.beta1**steps)
        below = np.sqrt(square) + self.eps
        step = rate * np.divide(mean, below, out=np.zeros_like(mean), where=below > 0)
        return Moments(steps, mean, square), point - step
