"""RMSProp: gradient descent divided by the root mean square of recent gradients."""

from __future__ import annotations

from qgate.optimize.adagrad import scaled
from qgate.optimize.base import started
from qgate.optimize.gradient_descent import GradientOptimizer
from qgate.optimize.momentum import Accumulated
from qgate.optimize.options import fraction, not_negative, positive
from qgate.typing import FloatArray


class RMSPropOptimizer(GradientOptimizer[Accumulated]):
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

    def first(self) -> Accumulated:
        return Accumulated()

    def update(
        self, state: Accumulated, point: FloatArray, gradient: FloatArray
    ) -> tuple[Accumulated, FloatArray]:
        before = started(state.accumulation, len(point), optimizer=self.name)
        accumulation = self.decay * before + (1 - self.decay) * gradient**2
        return Accumulated(accumulation), point - scaled(
            gradient, accumulation, stepsize=self.stepsize, eps=self.eps
        )
