"""Estimate of measurement results, with standard errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import autograd
import autograd.numpy as anp
import numpy as np
from numpy.typing import DTypeLike

from qgate.budget import Budget
from qgate.short_repr import fields_summary
from qgate.shot_allocation.estimation_request import (
    estimation_request,
    split_results,
    with_constants,
)
from qgate.shot_allocation.estimation_result import Cost
from qgate.shot_allocation.mitigated import spend_mitigated
from qgate.shots import Shots
from qgate.tape import Tape
from qgate.transforms.linear import linear_measurements
from qgate.typing import FloatArray

if TYPE_CHECKING:
    from qgate.devices.base import Device


@dataclass(frozen=True, eq=False)
class Estimate:
    """Value with standard errors; converts to the value where an array is required.

    Parameters
    ----------
    value, standard_error : array
        In the shape of the measurement, with a leading axis for a batch.
    covariance : array, shape (N, N)
        Of all N numbers of the value, one after the other.
    shots, submissions : int
        Usage of all measurements of the circuit together.
    usd : float or None
        None: the price of the device is unknown.
    trajectories : int
        Number of trajectories over which exact results were averaged; 0: the errors are of shots.
    systematic_error : array or None
        Expected size of the errors that shots do not lower, in the shape of the value; None:
        without mitigation the errors of a device are unknown.
    """

    value: FloatArray
    standard_error: FloatArray
    covariance: FloatArray
    shots: int
    submissions: int
    usd: float | None
    trajectories: int = 0
    systematic_error: FloatArray | None = None

    @property
    def total_error(self) -> FloatArray | None:
        """Root of the sum of both squared errors, in the shape of the value; None: unknown."""
        if self.systematic_error is None:
            return None
        return np.asarray(np.hypot(self.standard_error, self.systematic_error))

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> FloatArray:
        return np.array(self.value, dtype=dtype)

    def __float__(self) -> float:
        return float(self.value)

    def __str__(self) -> str:
        text = f"{self.value} ± {self.standard_error}"
        floor = self.systematic_error
        return text if floor is None else f"{text} (shots) ± {floor} (noise)"

    __repr__ = fields_summary


def estimates_of(
    tape: Tape,
    device: Device,
    shots: Shots,
    *,
    grouping: str,
) -> list[Estimate]:
    """Return an estimate for each measurement of a tape with plain numbers.

    A result that is nonlinear in expectation values (a variance) gets its errors by linear error
    propagation. ``shots`` have a budget, or are those of each circuit.
    """
    linear, recombine = linear_measurements(tape, variances=True, densities=False)
    sweep = replace(linear.with_shots(None).sweep(), shots=None)
    constant, rows = with_constants(sweep, device), len(sweep)
    request_of = partial(
        estimation_request, shifted=None, values=True, derivatives=False, grouping=grouping
    )
    budget = shots.budget or Budget(shots=shots.total_shots)
    found = spend_mitigated(budget, request_of, constant, (), device, shots)
    observed, estimated = found.request.measurement_plan.observed, found.measured.estimated
    systematic = None if found.mitigated is None else found.mitigated.systematic_error.reshape(-1)

    def result(index: int, outputs: FloatArray) -> FloatArray:
        measured: FloatArray = recombine(split_results(outputs, rows, observed.shapes))[index]
        return measured

    return [
        _estimate(
            partial(result, index),
            estimated.outputs,
            estimated.covariance,
            batched=tape.batch_size is not None,
            cost=found.cost,
            systematic=systematic,
        )
        for index in range(len(tape.measurements))
    ]


def _estimate(
    function: Callable[[FloatArray], FloatArray],
    outputs: FloatArray,
    covariance: FloatArray,
    *,
    batched: bool,
    cost: Cost,
    systematic: FloatArray | None,
) -> Estimate:
    value = np.asarray(function(outputs))
    slopes = autograd.jacobian(lambda x: anp.reshape(function(x), (-1,)))(outputs)
    spread = slopes @ covariance @ slopes.T
    errors = np.sqrt(np.maximum(np.diag(spread), 0.0)).reshape(value.shape)
    floor = None
    if systematic is not None:
        floor = np.sqrt(slopes**2 @ systematic**2).reshape(value.shape)
        floor = floor if batched else floor[0]
    if not batched:
        value, errors = value[0], errors[0]
    return Estimate(
        value,
        errors,
        spread,
        cost.shots,
        cost.submissions,
        cost.usd,
        systematic_error=floor,
    )
