"""Estimate of measurement results, with standard errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import autograd
import autograd.numpy as anp
import numpy as np

from qgate.budget import Budget
from qgate.shot_allocation.estimation_request import estimation_request, with_constants
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
    """

    value: FloatArray
    standard_error: FloatArray
    covariance: FloatArray
    shots: int
    submissions: int
    usd: float | None

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> FloatArray:
        return np.array(self.value, dtype=dtype)

    def __float__(self) -> float:
        return float(self.value)

    def __str__(self) -> str:
        return f"{self.value} ± {self.standard_error}"


def estimates_of(
    tape: Tape, device: Device, budget: Budget, *, grouping: str, equal_shots: bool
) -> list[Estimate]:
    """Return an estimate for each measurement of a tape.

    A result that is nonlinear in expectation values (a variance) gets its errors by linear error
    propagation.

    Parameters
    ----------
    tape : Tape
        With plain numbers.
    device : Device
    budget : Budget
    grouping : str
    equal_shots : bool
        Whether each basis gets all shots of the budget, which is the meaning of a plain number of
        shots.
    """
    linear, recombine = linear_measurements(tape, variances=True, densities=False)
    sweep = linear.with_shots(None).sweep()
    constant = with_constants(replace(sweep, shots=None), device)
    asked = estimation_request(constant, None, values=True, derivatives=False, grouping=grouping)
    if equal_shots:
        bases = int(asked.measurement_plan.bases.disjoint().any(axis=1).sum()) or 1
        budget = Budget(shots=(budget.shots or 1) * bases * len(sweep))
    spent = asked.spend(budget, device)
    found = spent.measured.estimated
    shapes, rows = asked.measurement_plan.observed.shapes, len(sweep)

    def results(outputs: Any) -> list[Any]:
        flat, parts, start = anp.reshape(outputs, (rows, -1)), [], 0
        for shape in shapes:
            size = int(np.prod(shape))
            parts.append(anp.reshape(flat[:, start : start + size], (rows, *shape)))
            start += size
        return list(recombine(parts))

    return [
        _estimate(
            lambda outputs, index=index: results(outputs)[index],
            found.outputs,
            found.covariance,
            batched=tape.batch_size is not None,
            cost=(spent.shots, spent.submissions, spent.usd),
        )
        for index in range(len(tape.measurements))
    ]


def _estimate(
    function: Any,
    outputs: FloatArray,
    covariance: FloatArray,
    *,
    batched: bool,
    cost: Sequence[Any],
) -> Estimate:
    value = np.asarray(function(outputs))
    slopes = autograd.jacobian(lambda x: anp.reshape(function(x), (-1,)))(outputs)
    spread = slopes @ covariance @ slopes.T
    errors = np.sqrt(np.maximum(np.diag(spread), 0.0)).reshape(value.shape)
    if not batched:
        value, errors = value[0], errors[0]
    shots, submissions, usd = cost
    return Estimate(value, errors, spread, shots, submissions, usd)
