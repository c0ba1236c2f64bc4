"""Values and gradients that are estimated within a budget of shots, dollars or submissions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qgate.autodiff.derivatives import TapeDerivatives, remember
from qgate.exceptions import UnsupportedDiffMethod
from qgate.execution.execute import MeasurementResult
from qgate.gradients.method import Options
from qgate.gradients.registry import GradientMethod
from qgate.shot_allocation.estimation import estimation_result
from qgate.shot_allocation.estimation_request import split_results
from qgate.shots import Shots
from qgate.sweep import Sweep
from qgate.typing import FloatArray

if TYPE_CHECKING:
    from qgate.devices.base import Device


@dataclass(frozen=True, eq=False, kw_only=True)
class BudgetDerivatives(TapeDerivatives):
    """Values and first derivatives, estimated within a budget.

    A call that will be differentiated spends the budget on value and gradient together. A call for
    the value alone spends all of it on the value.

    Parameters
    ----------
    shots : Shots
        A budget, or the shots of each circuit with mitigation.
    method : GradientMethod or None
        None: ``limits`` refuses derivatives.
    options : mapping
    keeps_gradient : bool
        Whether a framework records derivatives, which are then estimated together with the value.
    """

    shots: Shots
    method: GradientMethod | None
    options: Options
    keeps_gradient: bool = False
    _ahead: dict[bytes, FloatArray] = field(default_factory=dict, repr=False)
    """Derivatives that were estimated with a value, until they are requested.

    Compiled graphs of PyTorch request value and derivatives separately, without naming the
    evaluation of the value to which the derivatives belong.
    """

    def entries(self, sweep: Sweep) -> Sequence[MeasurementResult]:
        return estimated_values(sweep, self.shots, self.device)

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
        derivatives = self.method is not None and (highest > 0 or self.keeps_gradient)
        found = estimation_result(
            self.trained.at(x),
            self.trained.slots,
            self.device,
            self.shots,
            method=self.method if derivatives else None,
            options=self.options,
            values=value is None,
        )
        count, tensors = found.request.num_values, dict[int, FloatArray]()
        if count:
            tensors[0] = found.outputs[:count].reshape(len(x), self.size)
        if derivatives:
            shape = (len(x), self.size, len(self.trained.slots))
            tensors[1] = found.outputs[count:].reshape(shape)
        if derivatives and highest == 0:
            remember(self._ahead, content, tensors[1])
        return tensors


def estimated_values(sweep: Sweep, shots: Shots, device: Device) -> list[FloatArray]:
    """Return the results of a sweep within a budget, an array (K, ...) for each measurement."""
    found = estimation_result(sweep, (), device, shots, method=None, values=True)
    return split_results(found.outputs, len(sweep), found.request.measurement_plan.observed.shapes)
