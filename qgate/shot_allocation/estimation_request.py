"""Estimation requests: values, derivatives, or both, of a circuit within a budget."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from qgate.budget import Budget
from qgate.context import active_plan
from qgate.execution.execute import checked
from qgate.gradients.shifted_sweep import ShiftedSweep
from qgate.shot_allocation.budget_limits import limits_of
from qgate.shot_allocation.linear_estimand import LinearEstimand, joined, repeated, value_problem
from qgate.shot_allocation.measurement_plan import MeasurementPlan, measurement_plan
from qgate.shot_allocation.prior_errors import prior_errors
from qgate.shot_allocation.rounds import Measured, measure_once, plan_all
from qgate.shot_allocation.spend_budget import VALUE_SHARE, Spent, fitting, read, spend
from qgate.sweep import Sweep
from qgate.transforms.readouts import freeze_observables
from qgate.typing import FloatArray

if TYPE_CHECKING:
    from qgate.devices.base import Device


@dataclass(frozen=True, eq=False)
class EstimationRequest:
    """Estimation request for values of a circuit, their derivatives, or both, as a linear problem.

    Parameters
    ----------
    sweep : Sweep
        R rows, with the coefficients of observables as constants.
    measurement_plan : MeasurementPlan
        Measurement plan of its structure, for M values.
    problem : LinearEstimand
        First R * M values if there are any. Then, for each row and value, the derivatives by all
        parameters side by side.
    num_values : int
        R * M, or 0.
    """

    sweep: Sweep
    measurement_plan: MeasurementPlan
    problem: LinearEstimand
    num_values: int

    def spend(self, budget: Budget, device: Device, *, prior: FloatArray | None = None) -> Spent:
        """Estimate all outputs; errors as for ``execution.budgeted.spend``."""
        spent = spend(
            budget, self.problem, self.measurement_plan, self.circuits, device, prior=prior
        )
        plan = active_plan()
        if plan is not None:
            plan.expects(prior_errors(self.problem, spent.measured.design), self.num_values)
        return spent

    def measure(
        self, shots: int, device: Device, *, least: int, prior: FloatArray | None = None
    ) -> Measured:
        """Estimate all outputs in one call of the device, from circuits that all run.

        Parameters
        ----------
        shots : int
            Of all circuits; more where ``least`` requires them.
        device : Device
        least : int
            Minimum number of shots of each circuit.
        prior : array, shape (S, B), optional
            As for ``execution.budgeted.spend``.
        """
        limits = limits_of(device)
        limits = replace(limits, least=max(limits.least, least))
        bases = self.measurement_plan.bases
        known = fitting(prior, self.problem, self.measurement_plan)
        return measure_once(
            self.problem,
            bases,
            plan_all(self.problem, bases, shots, limits, known),
            lambda counts: read(counts, self.measurement_plan, self.circuits, device),
        )

    def weighing(self, importance: FloatArray) -> EstimationRequest:
        """Return the same with other weights of the outputs' errors, shape (O,); zero: ignored."""
        return replace(self, problem=self.problem.weighing(importance))

    @property
    def circuits(self) -> Sweep:
        """All rows on which a budget may be spent, in the device's gates."""
        native = self.measurement_plan.shifted.decomposed.sweep(self.sweep)
        points, rows = self.measurement_plan.offsets, native.rows
        every = rows[:, None, :] + points[None, :, :]
        return native.with_rows(every.reshape(len(rows) * len(points), rows.shape[1]), None)


def estimation_request(
    constant: Sweep,
    shifted: ShiftedSweep | None,
    *,
    values: bool,
    derivatives: bool = True,
    grouping: str = "qwc",
    jacobian: FloatArray | None = None,
    cached: bool = True,
) -> EstimationRequest:
    """Return an estimation request.

    Parameters
    ----------
    constant : Sweep
        From ``with_constants``.
    shifted : ShiftedSweep, optional
        Points of its derivatives; None: there are no derivatives.
    values, derivatives : bool
        Whether each is requested.
    grouping : {"qwc", "fc", "symmetry"}
    jacobian : array, shape (G, n), optional
        Maps the n derivatives of the points to the requested ones.
    cached : bool
        Whether to cache the measurement plan, for repeated requests at the same points.

    Raises
    ------
    UnsupportedEstimate, UnknownGrouping
    """
    structure = constant.structure
    points = _unshifted(structure) if shifted is None else shifted
    known = measurement_plan(structure, points, structure.wires, grouping, cached=cached)
    size = points.stencil.size
    wanted = np.eye(size) if jacobian is None else np.ascontiguousarray(jacobian, dtype=float)
    problem = _problem(
        known, wanted.tobytes() if derivatives else None, size, len(constant), values=values
    )
    num_values = len(constant) * known.observed.size if values else 0
    return EstimationRequest(constant, known, problem, num_values)


def with_constants(sweep: Sweep, device: Device) -> Sweep:
    """Return a sweep as a device runs it, with numbers as coefficients of its measurements.

    Raises
    ------
    DeviceError
        The device does not have the wires, or a number is not finite.
    """
    frozen = freeze_observables(checked(sweep, device))
    measured = frozen.structure.bind_measurements(frozen.arrays)
    return frozen.with_structure(frozen.structure.with_measurements(measured))


_unshifted = lru_cache(maxsize=64)(ShiftedSweep.nothing)


@lru_cache(maxsize=32)
def _problem(
    known: MeasurementPlan, jacobian: bytes | None, size: int, copies: int, *, values: bool
) -> LinearEstimand:
    """Return the problem of a request; cached, because each step of a training has the same one.

    ``jacobian``: the content of an array (G, size); None: derivatives are not requested.
    """
    parts = []
    if values:
        observed = known.observed
        parts.append(value_problem(observed.coefficients, observed.constants))
    if jacobian is not None:
        parts.append(known.derivatives(np.frombuffer(jacobian).reshape(-1, size)))
    if len(parts) > 1:
        parts[0] = parts[0].weighing(_importance(parts[0], parts[1]))
    problems = [repeated(part, len(known.offsets), copies) for part in parts]
    problem = problems[0] if len(problems) == 1 else joined(*problems)
    if not known.representatives.vanishing.any():
        return problem
    return problem.without(known.representatives.vanishing)


def _importance(values: LinearEstimand, derivatives: LinearEstimand) -> FloatArray:
    """Return weights of the values' errors that give the values their share of the shots."""
    own = float(np.sqrt(values.squares.sum(axis=1)).sum())
    others = float(np.sqrt(derivatives.squares.sum(axis=1)).sum())
    if not own or not others:
        return values.importance
    share = VALUE_SHARE / (1 - VALUE_SHARE) * others / own
    return values.importance * share**2
