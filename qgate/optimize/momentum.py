"""Gradient descent with momentum, and with Nesterov momentum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qgate.optimize.arguments import Arguments
from qgate.optimize.base import started
from qgate.optimize.gradient_descent import GradientOptimizer
from qgate.optimize.objective import Objective
from qgate.optimize.options import fraction, positive
from qgate.optimize.requests import gradient_request, send, value_request
from qgate.typing import FloatArray, Function, Nested


@dataclass(frozen=True, eq=False)
class Accumulated:
    """Accumulated gradients of the steps so far."""

    accumulation: FloatArray | None = None  # (n,); None: no step has been taken


class AccumulatingOptimizer(GradientOptimizer[Accumulated]):
    """Optimizer whose state is one accumulated number for each trainable one."""

    state_class = Accumulated

    @property
    def accumulation(self) -> list[Nested] | None:
        """Accumulated gradients in the shapes of the arguments; None: no step was taken."""
        return self.by_argument(self.state.accumulation)


class MomentumOptimizer(AccumulatingOptimizer):
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

    def update(
        self, state: Accumulated, point: FloatArray, gradient: FloatArray
    ) -> tuple[Accumulated, FloatArray]:
        before = started(state.accumulation, len(point), optimizer=self.name)
        accumulation = self.momentum * before + self.stepsize * gradient
        return Accumulated(accumulation), point - accumulation


class NesterovMomentumOptimizer(MomentumOptimizer):
    r"""Gradient descent with momentum, whose gradient is taken at the point reached by momentum.

    .. math:: a \leftarrow m a + \eta \nabla f(x - m a), \qquad x \leftarrow x - a

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
    Cost: one submission. ``step_and_cost`` returns the value at :math:`x`. It is in the same
    submission if the gradient of a QNode is computed from circuits. Otherwise, as with ``adjoint``
    on a simulator, it is one more submission from the second step on. Reference: Nesterov, Soviet
    Math. Dokl. 27, 372 (1983).
    """

    def _slope(
        self, objective: Objective, arguments: Arguments, grad_fn: Function | None, *, valued: bool
    ) -> tuple[np.float64 | None, FloatArray]:
        if self.state.accumulation is None or len(self.state.accumulation) != arguments.size:
            return objective.value_and_gradient(arguments, grad_fn)
        ahead = arguments.vector - self.momentum * np.asarray(self.state.accumulation)
        shifted = Arguments.of(arguments.at(ahead), optimizer=self.name)
        request = gradient_request(objective, shifted) if valued and grad_fn is None else None
        if request is not None:
            value, gradient = send(objective, value_request(objective, arguments), request)
            return value, gradient
        return None, objective.value_and_gradient(shifted, grad_fn)[1]
