"""Quantum natural gradient with momentum."""

from __future__ import annotations

from qgate.optimize.base import started
from qgate.optimize.options import fraction
from qgate.optimize.qng import Metric, QNGOptimizer, natural
from qgate.typing import FloatArray


class MomentumQNGOptimizer(QNGOptimizer):
    r"""Quantum natural gradient with momentum.

    .. math:: a \leftarrow m a + \eta (G + \lambda)^+ \nabla f(x), \qquad x \leftarrow x - a

    Parameters
    ----------
    stepsize : float
        :math:`\eta`.
    momentum : float
        :math:`m`, at least 0 and below 1.
    approx : {"block-diag", "diag", None}
        Entries of the metric tensor :math:`G` that are measured.
    lam : float
        :math:`\lambda`, added to the diagonal.

    Raises
    ------
    InvalidOptimizerOption

    Notes
    -----
    Cost: as ``QNGOptimizer``. Reference: Borysenko et al., arXiv:2409.01978.
    """

    def __init__(
        self,
        stepsize: float = 0.01,
        momentum: float = 0.9,
        approx: str | None = "block-diag",
        lam: float = 0,
    ) -> None:
        fraction(self.name, momentum=momentum)
        self.momentum = momentum
        super().__init__(stepsize, approx, lam)

    def update(
        self, state: Metric, point: FloatArray, gradient: FloatArray
    ) -> tuple[Metric, FloatArray]:
        before = started(state.accumulation, len(point), optimizer=self.name)
        step = self.stepsize * natural(state.tensors, gradient)
        accumulation = self.momentum * before + step
        return Metric(state.tensors, accumulation), point - accumulation
