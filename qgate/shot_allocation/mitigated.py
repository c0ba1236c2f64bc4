"""Estimation with mitigation: rows of a method beside the requested ones, read by the method.

The flat outputs of a request for K rows are K values, one after the other, then the derivatives of
each row. A method sees them by rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from qgate.budget import Budget
from qgate.devices.registry import device as device_of
from qgate.exceptions import UnsupportedEstimate
from qgate.execution.execute import prepare
from qgate.jobs.randomness import repeatable_generator
from qgate.measurements import Measurement, MeasurementKind
from qgate.mitigation.learned import MOST_SOLVED_WIRES
from qgate.mitigation.method import Added, Mitigated, Mitigation, Target
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_words import to_letters
from qgate.recording import paused
from qgate.shot_allocation.estimation_request import VALUE_SHARE, EstimationRequest
from qgate.shot_allocation.estimation_result import EstimationResult, spend
from qgate.shot_allocation.estimator import Estimated, estimated
from qgate.shot_allocation.linear_estimand import LinearEstimand
from qgate.shot_allocation.rounds import Measured
from qgate.shot_allocation.samples import BasisSamples
from qgate.shots import Shots
from qgate.typing import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from qgate.devices.base import Device
    from qgate.sweep import Sweep


@dataclass(frozen=True, eq=False)
class MitigatedRequest:
    """A request for R rows, and the same request for these and the rows of a method."""

    method: Mitigation
    target: EstimationRequest
    joint: EstimationRequest
    added: Added

    @property
    def num_targets(self) -> int:
        """R, the number of requested rows."""
        return len(self.target.sweep)

    @property
    def extends(self) -> bool:
        """Whether anything runs beside the requested rows."""
        return bool(len(self.added.rows) or self.added.calibration)

    def read(self, measured: Measured) -> tuple[Measured, Mitigated]:
        """Return what was measured with the mitigated outputs of the requested rows."""
        measured = measured.corrected(self.joint.problem)
        found = self.method.mitigated(MeasuredRows(self, measured))
        places = _places(self.target)
        outputs = np.zeros(places.size)
        covariance = np.zeros((places.size, places.size))
        for own, values, spread in zip(places, found.outputs, found.covariance, strict=True):
            outputs[own] = values
            covariance[np.ix_(own, own)] = spread
        estimate = Estimated(outputs, covariance, measured.estimated.variances)
        return replace(measured, estimated=estimate), found


@dataclass(frozen=True, eq=False)
class MeasuredRows:
    """Samples of all rows of a request, as a method reads them; see ``mitigation.Measured``."""

    request: MitigatedRequest
    measured: Measured

    @property
    def num_targets(self) -> int:
        """R, the number of requested rows."""
        return self.request.num_targets

    @property
    def num_values(self) -> int:
        """Number of values among the outputs of a row."""
        return self.request.target.num_values // self.num_targets

    @property
    def wires(self) -> int:
        """Number of wires of the circuit."""
        return len(self.request.target.sweep.structure.wires)

    @property
    def supports(self) -> BoolArray:
        """Whether each Pauli word acts on each measured wire, shape (T, n)."""
        observed = self.request.joint.measurement_plan.observed
        return observed.x | observed.z

    @cached_property
    def _places(self) -> IntArray:
        return _places(self.request.joint)

    @property
    def outputs(self) -> FloatArray:
        """Outputs as they were measured, shape (K, O)."""
        return np.asarray(self.measured.estimated.outputs[self._places])

    @property
    def covariance(self) -> FloatArray:
        """Covariance by shots, those of the calibration included, shape (K, O, O)."""
        whole, shared = self.measured.estimated.covariance, self.shared
        own = np.array([whole[np.ix_(own, own)] for own in self._places])
        return np.asarray(own + shared @ shared.swapaxes(1, 2))

    @cached_property
    def shared(self) -> FloatArray:
        """Errors by the calibration, which rows have in common, shape (K, O, D)."""
        whole = (self.num_targets + len(self.request.added.rows), *self.weights.shape)
        return self._shared(np.broadcast_to(self.weights, whole))

    def _shared(self, weights: FloatArray) -> FloatArray:
        """Return the errors by the calibration of outputs with weights (N, O, S, T), (N, O, D)."""
        readout = self.measured.readout
        if readout is None:
            return np.zeros((*weights.shape[:2], 0))
        errors = np.sqrt(readout.variances.T.ravel()).tolist()
        found = [
            error * np.einsum("kost,kst->ko", weights, slope[: len(weights)])
            for error, slope in zip(errors, self._slopes, strict=True)
        ]
        return np.stack(found, axis=2)

    @property
    def readout_errors(self) -> FloatArray | None:
        """Readout errors that a calibration found, shape (2, wires); None: none ran."""
        return None if self.measured.readout is None else self.measured.readout.errors

    @property
    def constants(self) -> FloatArray:
        """Part of each output that is not measured, shape (O,)."""
        return np.asarray(self.request.joint.problem.constants[self._places[0]])

    @cached_property
    def weights(self) -> FloatArray:
        """Weight of each Pauli word at each point in each output of a row, shape (O, S, T)."""
        problem, own = self.request.joint.problem, self._places[0]
        points = self.request.joint.measurement_plan.num_points
        mixing = problem.mixing[own]
        found = np.zeros((len(own), points, problem.vectors.shape[1]))
        for term in np.flatnonzero(problem.rows < points).tolist():
            found[:, problem.rows[term]] += mixing[:, term, None] * problem.vectors[term]
        return found

    @cached_property
    def contributions(self) -> FloatArray:
        """Parts of the outputs by Pauli word, shape (K, O, T)."""
        return np.asarray(np.einsum("ost,kst->kot", self.weights, self._means[0]))

    @cached_property
    def contribution_variances(self) -> FloatArray:
        """Variances of the contributions by shots, shape (K, O, T)."""
        measured = np.isfinite(self._means[1])
        finite = np.where(measured, self._means[1], 0.0)
        found = np.einsum("ost,kst->kot", self.weights**2, finite)
        parts = np.einsum("ost,kst->kot", self.weights != 0, measured)
        return np.where(parts == 0, np.inf, found)

    @cached_property
    def exact(self) -> FloatArray:
        """Contributions of the added rows without noise and shots, shape (N, O, T)."""
        means = exact_means(self.request.joint, self.num_targets)
        means = np.where(np.isfinite(self._means[1][self.num_targets :]), means, 0.0)
        return np.asarray(np.einsum("ost,kst->kot", self.weights, means))

    @cached_property
    def _means(self) -> tuple[FloatArray, FloatArray]:
        """Expectation values of all Pauli words and their variances, shape (K, S, T) each."""
        sums = self._sums(lambda basis: basis.counts @ basis.values)
        squares = self._sums(lambda basis: basis.counts @ basis.values**2)
        shots = self._shots
        # one shot more of each result, so that none is taken as certain
        spread = _quotients(squares, shots) - (sums / (shots + 2)) ** 2
        return _quotients(sums, shots), _quotients(spread, shots, missing=np.inf)

    @cached_property
    def _slopes(self) -> list[FloatArray]:
        """Derivatives of all expectation values by each readout error, shape (K, S, T) each."""
        readout = self.measured.readout
        assert readout is not None
        slopes = {
            basis: list(readout.slopes(basis.basis, basis.bits, basis.counts, basis.values))
            for basis in self.measured.samples.bases
            if len(basis.outcomes)
        }

        def slope(at: int) -> FloatArray:
            return _quotients(self._sums(lambda basis: slopes[basis][at]), self._shots)

        return [slope(at) for at in range(readout.errors.size)]

    @cached_property
    def _shots(self) -> FloatArray:
        """Number of shots that measure each Pauli word, shape (K, S, T)."""
        return self._sums(lambda basis: basis.shots[:, None])

    def _sums(self, of: Callable[[BasisSamples], FloatArray]) -> FloatArray:
        """Return sums over all bases of numbers (S, k) of the Pauli words, shape (K, S, T)."""
        samples = self.measured.samples
        found = np.zeros((samples.num_rows, self.weights.shape[2]))
        for basis in samples.bases:
            if len(basis.outcomes):
                found[:, basis.basis.readable] += of(basis)
        return found.reshape(-1, *self.weights.shape[1:])

    def weighted(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return outputs of the requested rows with weighted contributions, and their covariance.

        Returns
        -------
        outputs : array, shape (R, O)
        covariance : array, shape (R, O, O)
        """
        size, points, words = self.weights.shape
        factors = np.broadcast_to(weights, (self.num_targets, size, words))
        outputs = np.zeros((self.num_targets, size))
        covariance = np.zeros((self.num_targets, size, size))
        measured = self.measured
        many = measured.design.has_many(int(measured.samples.shots.sum()))
        for row, own in enumerate(factors):
            vectors = self.weights * own[:, None, :]
            owners, places = np.nonzero(vectors.any(axis=2))
            problem = LinearEstimand(
                self.request.joint.problem.num_rows,
                np.asarray(row * points + places, dtype=np.int64),
                vectors[owners, places],
                np.asarray(owners == np.arange(size)[:, None], dtype=float),
                self.constants,
                np.ones(size),
            )
            found = estimated(problem, measured.design, measured.samples, many=many)
            outputs[row], covariance[row] = found.outputs, found.covariance
        shared = self._shared(self.weights * factors[:, :, None, :])
        return outputs, covariance + shared @ shared.swapaxes(1, 2)


def _quotients(sums: FloatArray, shots: FloatArray, missing: float = 0.0) -> FloatArray:
    """Return sums over shots divided by their number; ``missing`` where there are none."""
    found = np.full_like(sums, missing)
    return np.asarray(np.divide(sums, shots, out=found, where=shots > 0))


def spend_mitigated(
    budget: Budget,
    request_of: Callable[[Sweep], EstimationRequest],
    constant: Sweep,
    slots: tuple[int, ...],
    device: Device,
    shots: Shots,
    *,
    prior: FloatArray | None = None,
) -> EstimationResult:
    """Estimate all outputs of a request, read by a method of mitigation if there is one.

    ``request_of`` makes the request for a sweep. ``slots``: the trained angles. ``shots`` have
    the method, and say whether the shots of ``budget`` are those of each circuit. ``prior`` as for
    ``spend``.

    Raises
    ------
    BudgetTooSmall, UnknownPrice, UnsupportedEstimate
    """
    target = request_of(constant)
    if shots.each:
        budget = Budget(shots=(budget.shots or 1) * max(target.num_circuits, 1))
    mitigation = shots.mitigation
    if mitigation is None:
        return spend(budget, target, device, prior=prior)
    random = repeatable_generator("mitigation", constant, device)
    whole = budget.shots or 0
    request = _mitigated_request(mitigation, target, request_of, slots, whole, random, device)
    if budget.rounds is None and request.extends:  # one submission, where the device allows
        usd, submissions, name = budget.usd, budget.submissions, budget.name
        budget = Budget(budget.shots, usd=usd, submissions=submissions, rounds=1, name=name)
    found = spend(budget, request.joint, device, prior=prior)
    measured, read = request.read(found.measured)
    return replace(found, request=target, measured=measured, mitigated=read)


def _mitigated_request(
    method: Mitigation,
    target: EstimationRequest,
    joint_of: Callable[[Sweep], EstimationRequest],
    slots: tuple[int, ...],
    shots: int,
    random: np.random.Generator,
    device: Device,
) -> MitigatedRequest:
    """Return a request with the rows that a method adds."""
    rows = target.sweep.rows
    trained = slots or tuple(range(rows.shape[1]))
    wires = len(target.sweep.structure.wires)
    circuits = target.num_circuits
    word, calibrates = _wires_of_words(target), device.chooses_qubits
    added = method.added(Target(rows, trained, shots, circuits, wires, word, calibrates), random)
    if added.calibration and not calibrates:
        raise UnsupportedEstimate(
            what=f"mitigation={method.name!r} on {device.name}, whose service chooses the qubits "
            "of each circuit,",
            remedy="Give the device disable_qubit_rewiring=true or verbatim=true, and its qubits "
            "as wires; or use mitigation='learned'.",
        )
    if (added.folds > 1).any() and not device.keeps_gates:
        raise UnsupportedEstimate(
            what=f"mitigation={method.name!r} on {device.name}, whose service would remove the "
            "repeated gates,",
            remedy="Give the device verbatim=true, and its qubits as wires; or use "
            "mitigation='learned'.",
        )
    if added.solved and wires > MOST_SOLVED_WIRES:
        raise UnsupportedEstimate(
            what=f"mitigation={method.name!r} of a circuit on {wires} wires",
            remedy=f"Its added rows are solved exactly, up to {MOST_SOLVED_WIRES} wires: use "
            "mitigation='readout' or 'zne'.",
        )
    every = np.concatenate([rows, added.rows])
    joint = joint_of(target.sweep.with_rows(every, None))
    folds = np.concatenate([np.ones(len(rows), dtype=np.int64), added.folds])
    joint = replace(joint, folds=tuple(folds.tolist()), calibration=added.calibration)
    return MitigatedRequest(method, target, joint.weighing(_importance(joint, added)), added)


def _wires_of_words(target: EstimationRequest) -> float:
    """Return the number of wires of the measured Pauli words, averaged by their weights."""
    supports = np.zeros((0, 1), dtype=bool)
    if len(target.bases):
        homes = [member.supports for member in target.bases.members]
        supports = np.array([homes[home][word] for word, home in enumerate(target.bases.home)])
    strengths = target.problem.strengths[: len(supports)]
    return float(strengths @ supports.sum(axis=1) / max(strengths.sum(), 1e-300))


def _importance(joint: EstimationRequest, added: Added) -> FloatArray:
    """Return weights of the outputs with which each row gets its share of the shots."""
    importance = joint.problem.importance.copy()
    places = _places(joint)
    own = (1 - added.shares.sum()) / (len(places) - len(added.rows))
    for row, share in zip(places[len(places) - len(added.rows) :], added.shares, strict=True):
        importance[row] *= (share / own) ** 2
        if added.value_share is not None and 0 < joint.num_values < len(importance):
            values = joint.num_values // len(places)
            importance[row[:values]] *= (added.value_share / VALUE_SHARE) ** 2
            importance[row[values:]] *= ((1 - added.value_share) / (1 - VALUE_SHARE)) ** 2
    return importance


def _places(request: EstimationRequest) -> IntArray:
    """Return the places of each row's outputs among the flat ones, shape (K, O)."""
    rows, values = len(request.sweep), request.num_values
    rest = np.arange(values, len(request.problem.constants)).reshape(rows, -1)
    return np.concatenate([np.arange(values).reshape(rows, -1), rest], axis=1)


def exact_means(request: EstimationRequest, first: int) -> FloatArray:
    """Return exact expectation values of all Pauli words at the rows from the ``first`` one on.

    Returns
    -------
    array, shape (N, S, T)
    """
    plan = request.measurement_plan
    points, observed, rows = plan.num_points, plan.observed, request.circuits.rows
    with paused():
        letters = to_letters(observed.x, observed.z)
        words = PauliSum.from_words(np.ones(len(letters)), letters, observed.wires)
        structure = plan.shifted.decomposed.structure.with_measurements(
            [Measurement(MeasurementKind.TERMS, words)]
        )
    sweep = replace(request.circuits, structure=structure, rows=rows[first * points :])
    local = device_of("local")
    parts, index, postprocess = prepare(sweep, local)
    # part of the reading of samples: no submission of a plan or a run, nothing that trackers count
    (values,) = postprocess(list(local.submit(parts).result()))
    means: FloatArray = np.asarray(values)
    means = means if index is None else means[index]
    return means.reshape(-1, points, len(letters))
