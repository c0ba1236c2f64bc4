"""Gradient descent with momentum."""

from __future__ import annotations

from dataclasses import dataclass

from qgate.optimize.base import started
from qgate.optimize.gradient_descent import GradientOptimizer
from qgate.optimize.options import fraction, positive
from qgate.typing import FloatArray


@dataclass(frozen=True, eq=False)
class Accumulated:
    """Accumulated gradients of the steps so far.

    Parameters
    ----------
    accumulation : array, shape (n,), or None
        None: no step has been taken.
    """

    accumulation: FloatArray | None = None


class MomentumOptimizer(GradientOptimizer[Accumulated]):
    r"""Gradient descent with momentum.

    .. math:: a \leftarrow m a + \eta \nabla f(x), \qquad x \leftarrow x - a

    Parameters
    ----------
    stepsize : float
        :math:`\eta`.
    momentum : float
        :math:`m`, at least 0 and below 1.

    Raises
    ------
    InvalidOptimizerOption

    Notes
    -----
    Cost: one submission for a QNode, which includes the value. Reference: Polyak, USSR Comput.
    Math. Math. Phys. 4, 1 (1964).
    """

    def __init__(self, stepsize: float = 0.01, momentum: float = 0.9) -> None:
        positive(self.name, stepsize=stepsize)
        fraction(self.name, momentum=momentum)
        self.stepsize, self.momentum = stepsize, momentum
        super().__init__()

    def first(self) -> Accumulated:
        return Accumulated()

    def update(
        self, state: Accumulated, point: FloatArray, gradient: FloatArray
    ) -> tuple[Accumulated, FloatArray]:
        before = started(state.accumulation, len(point), optimizer=self.name)
        accumulation = self.momentum * before + self.stepsize * gradient
        return Accumulated(accumulation), point - accumulation
