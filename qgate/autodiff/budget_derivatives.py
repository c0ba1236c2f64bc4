"""Values and gradients that are estimated within a budget of shots, dollars or submissions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.autodiff.derivatives import REMEMBERED, TapeDerivatives
from qgate.autodiff.trainable_sweep import TrainableSweep
from qgate.budget import Budget
from qgate.exceptions import UnsupportedDiffMethod
from qgate.execution.execute import MeasurementResult
from qgate.gradients.method import GradientMethod
from qgate.shot_allocation.estimation_request import EstimationRequest
from qgate.shot_allocation.estimation_result import estimation_result
from qgate.sweep import Sweep
from qgate.typing import FloatArray

if TYPE_CHECKING:
    from qgate.devices.base import Device


class BudgetDerivatives(TapeDerivatives):
    """Values and first derivatives, estimated within a budget.

    A call that will be differentiated spends the budget on value and gradient together. A call for
    the value alone spends all of it on the value.

    Parameters
    ----------
    trained, device
        As for ``TapeDerivatives``.
    budget : Budget
    method : GradientMethod
    options : mapping

    Attributes
    ----------
    recorded : bool
        Whether a framework records derivatives, which are then estimated together with the value.
    """

    def __init__(
        self,
        trained: TrainableSweep,
        device: Device,
        budget: Budget,
        method: GradientMethod,
        options: Mapping[str, Any],
    ) -> None:
        super().__init__(trained, device)
        self.budget, self.method, self.options = budget, method, options
        self.recorded = False
        self._ahead: dict[bytes, FloatArray] = {}

    def entries(self, sweep: Sweep) -> Sequence[MeasurementResult]:
        return estimated_values(sweep, self.budget, self.device)

    def require(self, order: int) -> None:
        super().require(order)
        if order > 1:
            raise UnsupportedDiffMethod(
                method=self.limits.method,
                reason="a budget is spent on a value and a gradient, and a derivative of order "
                f"{order} is being taken",
                remedy="Give a plain number of shots for higher ones.",
            )

    def compute(
        self, order: int, highest: int, x: FloatArray, value: FloatArray | None = None
    ) -> dict[int, FloatArray]:
        content = x.tobytes() + self.marks
        if order == 1 and value is None and content in self._ahead:
            return {1: self._ahead[content]}
        sweep = self.trained.at(x)
        derivatives = highest > 0 or self.recorded
        found = estimation_result(
            replace(sweep, shots=None),
            self.trained.slots,
            self.device,
            self.budget,
            method=self.method if derivatives else None,
            options=self.options,
            values=value is None,
        )
        asked, outputs = found.estimation_request, found.outputs
        self._note_shapes(asked)
        count, size = asked.num_values, asked.measurement_plan.observed.size
        tensors: dict[int, FloatArray] = (
            {} if not count else {0: outputs[:count].reshape(len(x), size)}
        )
        if derivatives:
            tensors[1] = outputs[count:].reshape(len(x), size, len(self.trained.slots))
        if derivatives and highest == 0:
            self._keep(content, tensors[1])
        return tensors

    def _keep(self, content: bytes, tensor: FloatArray) -> None:
        """Keep derivatives that were estimated with a value until they are requested.

        Compiled graphs of PyTorch request value and derivatives separately, without naming the
        evaluation of the value to which the derivatives belong.
        """
        self._ahead.pop(content, None)
        while len(self._ahead) >= REMEMBERED:
            self._ahead.pop(next(iter(self._ahead)), None)
        self._ahead[content] = tensor

    def _note_shapes(self, asked: EstimationRequest) -> None:
        self.shapes = list(asked.measurement_plan.observed.shapes)
        self.complex = [False] * len(self.shapes)


def estimated_values(sweep: Sweep, budget: Budget, device: Device) -> list[FloatArray]:
    """Return the results of a sweep within a budget, an array (K, ...) for each measurement."""
    found = estimation_result(
        replace(sweep, shots=None), (), device, budget, method=None, values=True
    )
    asked, outputs = found.estimation_request, found.outputs
    flat, parts, start = outputs.reshape(len(sweep), -1), list[FloatArray](), 0
    for shape in asked.measurement_plan.observed.shapes:
        size = int(np.prod(shape))
        parts.append(flat[:, start : start + size].reshape(len(sweep), *shape))
        start += size
    return parts
