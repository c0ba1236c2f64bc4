"""Estimates from averages over trajectories, on a device that simulates noise by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qgate.exceptions import UnsupportedEstimate
from qgate.execution.execute import execute_averages
from qgate.gradients.classical_jacobian import ClassicalPart
from qgate.gradients.method import Options
from qgate.gradients.registry import GradientMethod
from qgate.measurements import MeasurementKind
from qgate.shot_allocation.estimation_result import Cost
from qgate.shot_allocation.gradient_estimate import GradientEstimate
from qgate.shot_allocation.value_estimate import Estimate
from qgate.tape import Tape
from qgate.typing import FloatArray

if TYPE_CHECKING:
    from qgate.devices.base import Device

KINDS = (MeasurementKind.EXPVAL, MeasurementKind.VAR, MeasurementKind.PROBS)
"""Kinds of measurement that are estimated."""


def averaged_estimates(tape: Tape, device: Device) -> list[Estimate]:
    """Return an estimate for each exact measurement of a tape, from trajectories.

    Covariances between the numbers of an estimate are not computed: only the diagonal is set.
    """
    if any(item.kind not in KINDS for item in tape.measurements):
        raise UnsupportedEstimate(
            what=", ".join(item.return_type for item in tape.measurements),
            remedy="Return expectation values, variances or probabilities.",
        )
    values, errors, trajectories = execute_averages(tape.with_shots(None).sweep(), device)
    found = []
    for value, error in zip(values, errors, strict=True):
        if tape.batch_size is None:
            value, error = value[0], error[0]
        spread = np.diag(np.ravel(error) ** 2)
        found.append(Estimate(value, error, spread, 0, 1, 0.0, trajectories))
    return found


def averaged_gradient(
    tape: Tape,
    classical: ClassicalPart,
    device: Device,
    method: GradientMethod,
    options: Options,
    *,
    value: bool,
) -> GradientEstimate:
    """Return the gradient of an expectation value at shifted angles, from trajectories.

    The rows of a sweep draw their errors independently, so that the covariance of the derivatives
    is that of their weighted sums.
    """
    assert method.shifts is not None
    sweep = tape.with_shots(None).sweep()
    slots = tuple(classical.slots.tolist())
    shifted = method.shifts(sweep.structure, slots, shots=None, options=options)
    points = shifted.at(sweep)
    here = shifted.decomposed.sweep(sweep).rows
    rows = np.concatenate([points.rows, here]) if value else points.rows
    (values,), (errors,), trajectories = execute_averages(points.with_rows(rows, None), device)
    count = len(points)
    weights = shifted.stencil.contract(np.eye(count))
    jacobian = _flat_jacobian(classical)
    gradient = jacobian @ weights @ values[:count]
    spread = jacobian @ ((weights * errors[:count] ** 2) @ weights.T) @ jacobian.T
    return GradientEstimate(
        value=float(values[-1]) if value else None,
        value_error=float(errors[-1]) if value else None,
        flat=gradient,
        covariance=spread,
        shapes=tuple(classical.shape(index) for index in range(len(classical.jacobians))),
        bare=classical.bare,
        cost=Cost(0, 0, 1, 0.0, 1, len(rows)),
        budget=None,
        pruned=0.0,
        gain=1.0,
        drawn=0,
        biased=method.name != "parameter-shift",
        circuit_variances=errors[:, None] ** 2,
        trajectories=trajectories,
    )


def _flat_jacobian(classical: ClassicalPart) -> FloatArray:
    parts = [
        np.asarray(classical.flat(index), dtype=float).T
        for index in range(len(classical.jacobians))
    ]
    return np.concatenate(parts)
