"""Gradient descent with a learning rate for each parameter: Adagrad, RMSProp and Adam."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qgate.optimize.base import started
from qgate.optimize.gradient_descent import GradientOptimizer
from qgate.optimize.momentum import Accumulated, AccumulatingOptimizer
from qgate.optimize.options import fraction, not_negative, positive
from qgate.typing import FloatArray, Nested


class AdagradOptimizer(AccumulatingOptimizer):
    r"""Gradient descent with a learning rate for each parameter, by the squares of past gradients.

    .. math:: a \leftarrow a + g^2, \qquad x \leftarrow x - \eta g / \sqrt{a + \epsilon}

    Parameters
    ----------
    stepsize : float
        :math:`\eta`.
    eps : float
        :math:`\epsilon`, inside the root.

    Raises
    ------
    InvalidOptimizerOption

    Notes
    -----
    Cost: one submission for a QNode, which includes the value. Reference: Duchi, Hazan, Singer, J.
    Mach. Learn. Res. 12, 2121 (2011).
    """

    def __init__(self, stepsize: float = 0.01, eps: float = 1e-8) -> None:
        positive(self.name, stepsize=stepsize)
        not_negative(self.name, eps=eps)
        self.stepsize, self.eps = stepsize, eps
        super().__init__()

    def update(
        self, state: Accumulated, point: FloatArray, gradient: FloatArray
    ) -> tuple[Accumulated, FloatArray]:
        before = started(state.accumulation, len(point), optimizer=self.name)
        accumulation = before + gradient**2
        step = self.stepsize * _ratio(gradient, np.sqrt(accumulation + self.eps))
        return Accumulated(accumulation), point - step


class RMSPropOptimizer(AccumulatingOptimizer):
    r"""Gradient descent with a learning rate for each parameter, by squared recent gradients.

    .. math:: a \leftarrow \gamma a + (1 - \gamma) g^2, \qquad
        x \leftarrow x - \eta g / \sqrt{a + \epsilon}

    Parameters
    ----------
    stepsize : float
        :math:`\eta`.
    decay : float
        :math:`\gamma`, at least 0 and below 1.
    eps : float
        :math:`\epsilon`, inside the root.

    Raises
    ------
    InvalidOptimizerOption

    Notes
    -----
    Cost: one submission for a QNode, which includes the value. Reference: Tieleman, Hinton, Neural
    Networks for Machine Learning, lecture 6e (2012).
    """

    def __init__(self, stepsize: float = 0.01, decay: float = 0.9, eps: float = 1e-8) -> None:
        positive(self.name, stepsize=stepsize)
        fraction(self.name, decay=decay)
        not_negative(self.name, eps=eps)
        self.stepsize, self.decay, self.eps = stepsize, decay, eps
        super().__init__()

    def update(
        self, state: Accumulated, point: FloatArray, gradient: FloatArray
    ) -> tuple[Accumulated, FloatArray]:
        before = started(state.accumulation, len(point), optimizer=self.name)
        accumulation = self.decay * before + (1 - self.decay) * gradient**2
        step = self.stepsize * _ratio(gradient, np.sqrt(accumulation + self.eps))
        return Accumulated(accumulation), point - step


@dataclass(frozen=True, eq=False)
class Moments:
    """Moving averages of the gradient; None: no step has been taken."""

    steps: int = 0
    first: FloatArray | None = None  # (n,), of the gradients
    second: FloatArray | None = None  # (n,), of their squares


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

    state_class = Moments

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

    def update(
        self, state: Moments, point: FloatArray, gradient: FloatArray
    ) -> tuple[Moments, FloatArray]:
        steps = state.steps + 1
        mean = started(state.first, len(point), optimizer=self.name)
        square = started(state.second, len(point), optimizer=self.name)
        mean = self.beta1 * mean + (1 - self.beta1) * gradient
        square = self.beta2 * square + (1 - self.beta2) * gradient**2
        rate = self.stepsize * np.sqrt(1 - self.beta2**steps) / (1 - self.beta1**steps)
        step = rate * _ratio(mean, np.sqrt(square) + self.eps)
        return Moments(steps, mean, square), point - step

    @property
    def fm(self) -> list[Nested] | None:
        """Moving averages of the gradient in the shapes of the arguments; None: no step yet."""
        return self.by_argument(self.state.first)

    @property
    def sm(self) -> list[Nested] | None:
        """Moving averages of the squared gradient, as ``fm``."""
        return self.by_argument(self.state.second)

    @property
    def t(self) -> int | None:
        """Number of steps; None: no step was taken."""
        return self.state.steps or None

    @property
    def accumulation(self) -> dict[str, Nested] | None:
        """``fm``, ``sm`` and ``t`` by these names; None: no step was taken."""
        return {"fm": self.fm, "sm": self.sm, "t": self.t} if self.state.steps else None


def _ratio(step: FloatArray, scale: FloatArray) -> FloatArray:
    """Return a step over its scale; no step where both are 0."""
    return np.asarray(np.divide(step, scale, out=np.zeros_like(step), where=scale > 0))
