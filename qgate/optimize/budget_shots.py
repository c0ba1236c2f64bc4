"""Derivatives from shots with a budgeted allocation: pruned, in shared bases, by noise.

The value and the derivatives are one linear problem, as for ``qg.gradient_estimate``. Pauli words
that cannot depend on an angle are left out, Pauli words are measured in several bases, and shots
are proportional to the measured standard deviations. The weights of the derivatives' errors are
chosen so that each derivative gets the number of shots that the optimizer's rule requires.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from qgate.autodiff.trainable_sweep import seed_of
from qgate.exceptions import UnsupportedEstimate
from qgate.gradients.classical_jacobian import ClassicalPart
from qgate.gradients.parameter_shift import parameter_shift
from qgate.optimize.randomness import Seed
from qgate.optimize.requests import jacobian_of
from qgate.optimize.single_shots import Sampled
from qgate.shot_allocation.budget_limits import refuse_canary_circuits
from qgate.shot_allocation.design import plan_all
from qgate.shot_allocation.estimation_request import (
    VALUE_SHARE,
    EstimationRequest,
    estimation_request,
    limits_of,
    with_constants,
)
from qgate.shot_allocation.estimator import home_variances
from qgate.shot_allocation.linear_estimand import LinearEstimand
from qgate.shot_allocation.measurement_plan import MeasurementPlan
from qgate.shot_allocation.samples import Samples
from qgate.tape import Tape
from qgate.transforms.placeholders import placeholders
from qgate.typing import FloatArray, IntArray

if TYPE_CHECKING:
    from qgate.devices.base import Device

LEAST_WEIGHT = 1e-6
"""Minimum weight of a derivative's error relative to the largest; 0 would mean no shots."""


MANY_SHOTS = 10**9
"""Number of shots at which rounding and minimum shots make no difference."""


@dataclass(frozen=True, eq=False)
class BudgetShots:
    """Value and derivatives of a circuit, to be estimated with a number of shots."""

    request: EstimationRequest  # first the value, then p derivatives
    jacobian: FloatArray  # (p, n), maps the derivatives by angles to the requested ones
    device: Device

    @classmethod
    def of(cls, tape: Tape, classical: ClassicalPart, device: Device, seed: Seed) -> BudgetShots:
        """Find the light cones of the angles and the measurement bases of a circuit.

        Raises
        ------
        UnsupportedEstimate
            The observable is not a sum of Pauli words, is trainable or depends on no angle, or the
            device runs canary circuits.
        """
        refuse_canary_circuits(device)
        if classical.in_observable:
            raise UnsupportedEstimate(
                what="The derivative by a coefficient of an observable",
                remedy="Mark coefficients as not trainable.",
            )
        tape = classical.marked(tape)
        sweep = replace(placeholders(tape).sweep(), shots=None)
        jacobian = np.ascontiguousarray(jacobian_of(classical).T, dtype=float)
        if seed is not None:
            sweep = replace(sweep, seed=seed_of(np.asarray(seed)))
        constant = with_constants(sweep, device)
        slots = tuple(classical.slots.tolist())
        shifted = parameter_shift(constant.structure, slots)
        request = estimation_request(constant, shifted, values=True, jacobian=jacobian)
        if not request.problem.needed[1:].any():
            raise UnsupportedEstimate(
                what="A derivative that is zero at all angles",
                remedy="No word that is measured depends on an angle; train another circuit.",
            )
        return cls(request, jacobian, device)

    def expected_error(self) -> float:
        """Return the error of all derivatives times the shots, for Pauli words of variance 1."""
        problem = self._weighing(np.ones(len(self.jacobian)), valued=False).problem
        bases, limits = self.request.bases, limits_of(self.device)
        design = plan_all(problem, bases, MANY_SHOTS * limits.least, replace(limits, set_size=None))
        own = design.planned / design.planned.sum()
        shots = own[problem.rows] @ design.readable
        errors = problem.vectors**2 / np.where(shots > 0, shots, np.inf)
        return float((problem.mixing[1:] ** 2 @ errors.sum(axis=1)).sum())

    def expected_group_variance(self) -> FloatArray:
        """Return the variance of each derivative with a shot of each group then, shape (p,)."""
        problem = self._unpruned
        return np.asarray(problem.mixing**2 @ (problem.vectors**2).sum(axis=1))

    def sampled(
        self,
        shots: IntArray | None,
        variance: FloatArray | None = None,
        *,
        least: int,
        valued: bool,
        circuits: FloatArray | None = None,
    ) -> Sampled:
        r"""Spend shots in one call of the device.

        Errors of derivatives have the weights :math:`w_i = s_i^2/\xi_i`, for which the best
        allocation gives the circuits of derivative i the shots :math:`s_i`.

        ``shots`` (p,): of each derivative over all its circuits; None: every circuit has the
        minimum ``least``. ``variance`` (p,): one-shot variances, as far as they are known; without
        them all derivatives have equal weights. ``valued``: whether to spend a twentieth more on
        the value. ``circuits`` (S, B): one-shot variances of circuits from an earlier call.
        """
        weights = np.ones(len(self.jacobian))
        if shots is not None and variance is not None:
            weights = _weights(shots, variance)
        request = self._weighing(weights, valued=valued)
        ratios = self._ratios(request.problem)
        size = (len(ratios), len(self.request.bases))
        before = None if circuits is None or circuits.shape != size else circuits
        measured = request.measure(
            _total(shots, valued=valued),
            self.device,
            least=least,
            prior=None if before is None else before * ratios,
        )
        found, used = measured.estimated, measured.samples.shots
        known = np.divide(
            found.variances, ratios, out=np.zeros_like(found.variances), where=ratios > 0
        )
        if before is not None and not valued:
            known[0] = before[0]
        return Sampled(
            found.outputs[1:],
            self._best_variance(known),
            float(found.outputs[0]) if valued else float("nan"),
            int(used.sum()),
            self._group_variance(measured.samples),
            known,
            float(np.trace(found.covariance[1:, 1:]) * used[1:].sum()),
        )

    def _weighing(self, weights: FloatArray, *, valued: bool) -> EstimationRequest:
        """Return the request with weights of the derivatives, and the value's share or nothing."""
        plain = self.request.problem
        slopes = plain.weighing(np.concatenate([[0.0], weights]))
        spread = float(np.sqrt(plain.squares[1:].sum(axis=1)).sum())  # without the value's row
        scale = slopes.total_spread / max(spread, 1e-300)
        value = plain.importance[0] * scale**2 if valued else 0.0
        return self.request.weighing(np.concatenate([[value], weights]))

    def _ratios(self, problem: LinearEstimand) -> FloatArray:
        """Return each row's weight in a problem relative to its plain weight, shape (S, 1)."""
        own, plain = problem.squares.sum(axis=1), self.request.problem.squares.sum(axis=1)
        ratios: FloatArray = np.divide(own, plain, out=np.zeros_like(own), where=plain > 0)
        return ratios[:, None]

    def _best_variance(self, circuits: FloatArray) -> FloatArray:
        r"""Return the one-shot variance of each derivative with the best allocation, shape (p,).

        It is :math:`\xi_i = (\sum\sqrt V)^2` over the circuits of the derivative (Neyman).
        """
        problem = self.request.problem
        own = np.zeros((len(self.jacobian), problem.num_rows))
        sizes = problem.mixing[1:] ** 2 * (problem.vectors**2).sum(axis=1)
        np.add.at(own.T, problem.rows, sizes.T)
        shares = own / np.maximum(own.sum(axis=0), 1e-300)
        roots: FloatArray = np.sqrt(shares) @ np.sqrt(circuits).sum(axis=1)
        return np.asarray(roots**2)

    @property
    def _unpruned(self) -> LinearEstimand:
        return _unpruned(self.request.measurement_plan, self.jacobian.tobytes())

    def _group_variance(self, samples: Samples) -> FloatArray:
        """Return the variance of derivatives with one shot of each basis, in home bases, (p,)."""
        problem = self._unpruned
        variances = home_variances(problem, self.request.bases, samples)
        return np.asarray(problem.mixing**2 @ variances.sum(axis=1))


@lru_cache(maxsize=32)
def _unpruned(measurement_plan: MeasurementPlan, jacobian: bytes) -> LinearEstimand:
    """Return the problem of the derivatives if no Pauli word is left out."""
    every = replace(measurement_plan, kept=np.ones_like(measurement_plan.kept))
    return every.derivatives(np.frombuffer(jacobian).reshape(-1, measurement_plan.stencil.size))


def _total(shots: IntArray | None, *, valued: bool) -> int:
    """Return the shots of all derivatives, and of the value if it is requested."""
    if shots is None:
        return 0
    return math.ceil(shots.sum() / (1 - VALUE_SHARE)) if valued else int(shots.sum())


def _weights(shots: IntArray, variance: FloatArray) -> FloatArray:
    """Return the weights of the derivatives' errors, the largest 1, from shots and variances."""
    if not (variance > 0).any():
        return np.ones(len(shots))
    wanted = shots / np.sqrt(np.where(variance > 0, variance, np.inf))
    wanted = np.where(variance > 0, wanted, wanted.max())
    counted: FloatArray = np.maximum((wanted / wanted.max()) ** 2, LEAST_WEIGHT)
    return counted
