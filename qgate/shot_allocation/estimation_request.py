"""Estimation requests: values, derivatives, or both, of a circuit within a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from qgate.execution.execute import execute_sweeps, validate
from qgate.gradients.shifted_sweep import ShiftedSweep
from qgate.outcomes import Outcomes
from qgate.shot_allocation.allocation import ShotLimits
from qgate.shot_allocation.calibration import Calibration
from qgate.shot_allocation.design import plan_all
from qgate.shot_allocation.grouping import Bases
from qgate.shot_allocation.linear_estimand import (
    LinearEstimand,
    joined,
    repeated,
    values_estimand,
)
from qgate.shot_allocation.measurement_plan import MeasurementPlan, measurement_plan
from qgate.shot_allocation.rounds import Measured, measure_once
from qgate.shot_allocation.samples import BasisSamples
from qgate.sweep import Sweep
from qgate.transforms.readouts import freeze_observables
from qgate.typing import FloatArray, IntArray

if TYPE_CHECKING:
    from qgate.devices.base import Device

VALUE_SHARE = 0.05
"""Share of a budget for a value and a gradient that goes to the value."""

ONE_SET = 10**9
"""Size of a set that holds all circuits."""


@dataclass(frozen=True, eq=False)
class EstimationRequest:
    """Values of a circuit, their derivatives, or both, as a linear problem.

    The outputs of the problem are R * M values if they are requested. Then follow, for each row and
    value, the derivatives by all parameters side by side.
    """

    sweep: Sweep  # R rows, with the coefficients of observables as constants
    measurement_plan: MeasurementPlan  # of its structure, for M values
    problem: LinearEstimand
    num_values: int  # R * M, or 0
    folds: tuple[int, ...] | None = None  # of the gates of each row of the sweep; None: all 1
    calibration: float = 0.0  # share of the shots for a calibration of the readout; 0: none

    @property
    def bases(self) -> Bases:
        """Measurement bases of the circuit."""
        return self.measurement_plan.bases

    @property
    def num_circuits(self) -> int:
        """Number of rows in bases whose Pauli words are needed there."""
        return int((self.problem.needed @ self.bases.disjoint.T > 0).sum())

    @cached_property
    def circuits(self) -> Sweep:
        """All S rows on which a budget may be spent, in the device's gates."""
        native = self.measurement_plan.shifted.decomposed.sweep(self.sweep)
        every = self.measurement_plan.at(native.rows)
        count = every.shape[0] * every.shape[1]
        return native.with_rows(every.reshape(count, every.shape[-1]), None)

    def weighing(self, importance: FloatArray) -> EstimationRequest:
        """Return the same with other weights of the outputs' errors, shape (O,); zero: ignored."""
        return replace(self, problem=self.problem.weighing(importance))

    def fitting(self, prior: FloatArray | None) -> FloatArray | None:
        """Return variances of an earlier estimate if they belong to these circuits, else None."""
        if prior is None or prior.shape != (self.problem.num_rows, len(self.bases)):
            return None
        covered = (prior > 0) @ self.bases.readable
        return prior if (covered | ~self.problem.needed).all() else None

    def sweeps(self, counts: IntArray, unit: int = 0) -> list[Sweep]:
        """Return a sweep for each basis with shots: its rows with shots, from shots (S, B).

        ``unit``: shots of every circuit, of which those with more are repeated; 0: none are.
        """
        native, sweeps = self.circuits, []
        for basis, fold, rows in self._runs(counts, unit):
            structure = self.measurement_plan.circuits[basis]
            shots = np.full(len(rows), unit) if unit else counts[rows, basis]
            sweep = replace(native, structure=structure, rows=native.rows[rows], shots=shots)
            sweeps.append(replace(self._on_equal_qubits(sweep), folding=fold))
        return sweeps

    def _on_equal_qubits(self, sweep: Sweep) -> Sweep:
        """Place a sweep as the circuit in the first basis, if the readout is calibrated."""
        first = self.measurement_plan.circuits[0]
        if not self.calibration or sweep.shots is None:
            return sweep
        known = replace(sweep, structure=first, rows=sweep.rows[:1], shots=sweep.shots[:1])
        return replace(sweep, beside=known)

    def _runs(self, counts: IntArray, unit: int) -> list[tuple[int, int, IntArray]]:
        """Return basis, fold and rows of each circuit structure that runs."""
        folds = np.repeat(self.folds or (1,) * len(self.sweep), self.measurement_plan.num_points)
        runs = []
        for basis in np.flatnonzero(counts.any(axis=0)).tolist():
            for fold in np.unique(folds).tolist():
                rows = np.flatnonzero((counts[:, basis] > 0) & (folds == fold))
                if unit:
                    rows = np.repeat(rows, counts[rows, basis] // unit)
                if len(rows):
                    runs.append((basis, fold, rows))
        return runs

    def samples(
        self,
        counts: IntArray,
        device: Device,
        calibration: Calibration | None = None,
        unit: int = 0,
    ) -> list[BasisSamples]:
        """Run each circuit with its number of shots (S, B), in one call of the device.

        A ``calibration`` that did not run yet runs with them. ``unit`` as for ``sweeps``.
        """
        sweeps = self.sweeps(counts, unit)
        known = [] if calibration is None else calibration.sweeps(sweeps)
        results = execute_sweeps([*sweeps, *known], device)
        if calibration is not None and known:
            calibration.read(known[0], results.pop()[0])
        wires, members = len(self.measurement_plan.observed.wires), self.bases.members
        samples = [
            BasisSamples.of(each, len(counts), np.zeros(0, np.int64), ()) for each in members
        ]
        for (basis, _, rows), (found,) in zip(self._runs(counts, unit), results, strict=True):
            outcomes = [Outcomes.from_counts(each, wires) for each in found]
            new = BasisSamples.of(members[basis], len(counts), rows, outcomes)
            samples[basis] = samples[basis].plus(new)
        return samples

    def measure(
        self, shots: int, device: Device, *, least: int, prior: FloatArray | None = None
    ) -> Measured:
        """Estimate all outputs in one call of the device, from circuits that all run.

        ``shots`` of all circuits; more where ``least``, the minimum number of shots of each
        circuit, requires them. ``prior``, shape (S, B): one-shot variances of the circuits from an
        earlier estimate.
        """
        limits = limits_of(device)
        limits = replace(limits, least=max(limits.least, least))
        design = plan_all(self.problem, self.bases, shots, limits, self.fitting(prior))
        return measure_once(
            self.problem, self.bases, design, lambda counts: self.samples(counts, device)
        )


def limits_of(device: Device) -> ShotLimits:
    """Return the limits of a device on the shots of circuits and of sets of circuits."""
    capabilities = device.capabilities
    return ShotLimits(
        least=capabilities.min_shots,
        set_size=(capabilities.max_rows or ONE_SET) if capabilities.equal_shots else None,
        least_set=capabilities.min_total_shots,
    )


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
    """Return an estimation request for a sweep from ``with_constants``.

    ``shifted``: the points of n derivatives; None: there are none. ``values``, ``derivatives``:
    whether each is requested. ``grouping``: "qwc", "fc" or "symmetry". ``jacobian`` (G, n) maps the
    derivatives of the points to the requested ones. ``cached``: whether to cache the measurement
    plan, for repeated requests at the same points.

    Raises
    ------
    UnsupportedEstimate, UnknownGrouping
    """
    points = _unshifted(constant.structure) if shifted is None else shifted
    known = measurement_plan(constant.structure, points, grouping, cached=cached)
    size = points.stencil.size
    by = np.eye(size) if jacobian is None else np.ascontiguousarray(jacobian, dtype=float)
    problem = _problem(
        known, by.tobytes() if derivatives else None, size, len(constant), values=values
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
    frozen = freeze_observables(validate(sweep, device))
    measured = frozen.structure.bind_measurements(frozen.arrays)
    return frozen.with_structure(frozen.structure.with_measurements(measured))


def split_results(
    outputs: FloatArray, rows: int, shapes: Sequence[tuple[int, ...]]
) -> list[FloatArray]:
    """Return one array (R, ...) for each measurement, from R * M values."""
    flat, parts, start = outputs.reshape((rows, -1)), [], 0
    for shape in shapes:
        size = int(np.prod(shape))
        parts.append(flat[:, start : start + size].reshape((rows, *shape)))
        start += size
    return parts


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
        parts.append(values_estimand(known.observed.coefficients, known.observed.constants))
    if jacobian is not None:
        parts.append(known.derivatives(np.frombuffer(jacobian).reshape(-1, size)))
    if len(parts) > 1:
        parts[0] = parts[0].weighing(_importance(parts[0], parts[1]))
    problems = [repeated(part, known.num_points, copies) for part in parts]
    problem = problems[0] if len(problems) == 1 else joined(*problems)
    vanishing = known.representatives.vanishing
    return problem.without(vanishing) if vanishing.any() else problem


def _importance(values: LinearEstimand, derivatives: LinearEstimand) -> FloatArray:
    """Return weights of the values' errors that give the values their share of the shots."""
    own, others = values.total_spread, derivatives.total_spread
    if not own or not others:
        return values.importance
    share = VALUE_SHARE / (1 - VALUE_SHARE) * others / own
    return values.importance * share**2
