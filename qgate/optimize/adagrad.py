"""Adagrad: gradient descent whose steps shrink along directions with large past derivatives."""

from __future__ import annotations

import numpy as np

from qgate.optimize.base import started
from qgate.optimize.gradient_descent import GradientOptimizer
from qgate.optimize.momentum import Accumulated
from qgate.optimize.options import not_negative, positive
from qgate.typing import FloatArray


class AdagradOptimizer(GradientOptimizer[Accumulated]):
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

    def first(self) -> Accumulated:
        return Accumulated()

    def update(
        self, state: Accumulated, point: FloatArray, gradient: FloatArray
    ) -> tuple[Accumulated, FloatArray]:
        before = started(state.accumulation, len(point), optimizer=self.name)
        accumulation = before + gradient**2
        return Accumulated(accumulation), point - scaled(
            gradient, accumulation, stepsize=self.stepsize, eps=self.eps
        )


def scaled(gradient: FloatArray, squares: FloatArray, *, stepsize: float, eps: float) -> FloatArray:
    """Return the step along a gradient divided by the root of squares; no step where both are 0."""
    root = np.sqrt(squares + eps)
    return stepsize * np.divide(gradient, root, out=np.zeros_like(gradient), where=root > 0)
