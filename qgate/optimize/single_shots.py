"""Gradients from single shots, with their one-shot variances.

An observable is measured group by group, or term by term if terms are drawn at random. Each shot
gives one number; means and variances are computed from these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from qgate.autodiff.trainable_sweep import seed_of
from qgate.execution.execute import execute_sweeps
from qgate.gradients.classical_jacobian import ClassicalPart
from qgate.gradients.parameter_shift import parameter_shift
from qgate.measurements import sample
from qgate.observables import normal_form
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_groups import qubit_wise_groups
from qgate.optimize.randomness import Seed
from qgate.optimize.requests import jacobian_of
from qgate.recording import paused
from qgate.sweep import Sweep
from qgate.tape import Tape
from qgate.typing import FloatArray, IntArray

if TYPE_CHECKING:
    from qgate.devices.base import Device


@dataclass(frozen=True, eq=False)
class Terms:
    """An observable as a constant and parts that are each measured in one basis."""

    constant: float  # coefficient of the identity
    words: tuple[Operator, ...]  # each term without its coefficient
    coefficients: FloatArray  # (T,)
    groups: tuple[Operator, ...]  # sums of terms that one circuit measures
    lipschitz: float  # constant of the gradient: the sum of the absolute coefficients

    @classmethod
    def of(cls, observable: Operator) -> Terms:
        """Split an observable into terms and groups."""
        form = normal_form(observable)
        if not isinstance(form, PauliSum):
            bound = float(np.abs(np.asarray(observable.eigvals())).max())
            return cls(0.0, (observable,), np.ones(1), (observable,), bound)
        weights, acts = np.real(form.coefficients), (form.x | form.z).any(axis=1)
        constant = float(weights[~acts].sum())
        form = form.select(np.flatnonzero(acts))
        members = qubit_wise_groups(form.x, form.z)
        groups = tuple(form.select(group) for group in members)
        kept = weights[acts]
        return cls(constant, tuple(form.sums), kept, groups, float(np.abs(kept).sum()))


@dataclass(frozen=True, eq=False)
class Points:
    """Points at which a circuit is evaluated for its gradient, and for its value."""

    tapes: Sequence[Tape]  # the circuit at each shifted point, and last the unshifted one
    weights: FloatArray  # (M, n), of each shifted point in each derivative by an angle
    jacobian: FloatArray  # (n, p), derivatives of the angles by the trainable numbers

    @classmethod
    def of(cls, tape: Tape, classical: ClassicalPart) -> Points:
        """Return the points of the parameter-shift rule."""
        tape = classical.marked(tape)
        slots = tuple(tape.trainable_slots.tolist())
        base = tape.with_shots(None).sweep()
        shifted = parameter_shift(base.structure, slots)
        native, stencil = shifted.decomposed.sweep(base), shifted.stencil
        weights = np.zeros((len(stencil.offsets), len(slots)))
        np.add.at(weights, (stencil.points, stencil.targets), stencil.weights)
        structure = native.structure
        with paused():
            tapes = [
                Tape(structure.bind(row, native.arrays), tape.measurements)
                for row in (*stencil.at(native.rows[0]), native.rows[0])
            ]
        return cls(tapes, weights, jacobian_of(classical))

    def shots(self, wanted: IntArray | FloatArray) -> IntArray:
        """Return the shots of each point, shape (M,), from the requested ones of each number."""
        by_angle = ((self.jacobian != 0) * wanted).max(axis=1, initial=0)
        return np.asarray(((self.weights != 0) * by_angle).max(axis=1, initial=0))

    @property
    def numbers(self) -> IntArray:
        """Number of points for the derivative by each number, shape (p,)."""
        reads = (self.weights != 0).astype(float) @ (self.jacobian != 0)
        return np.asarray((reads > 0).sum(axis=0), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Sampled:
    """Measured derivatives of one step by p numbers, with their variances."""

    gradient: FloatArray  # (p,)
    variance: FloatArray  # (p,), one-shot variances
    value: float  # NaN if it was not requested
    shots: int  # over all circuits
    grouped: FloatArray | None = None
    """With a budget: the variance as ``sampled_by_groups`` would have it, (p,)."""
    circuits: FloatArray | None = None
    """With a budget: one-shot variances of circuits for the next step, (S, B)."""
    error: float | None = None
    """With a budget: the squared error of all derivatives, times their shots."""


def sampled_by_groups(
    points: Points, terms: Terms, shots: IntArray, device: Device, seed: Seed
) -> Sampled:
    """Measure every group of terms at every point with its shots (M + 1,), in one submission."""
    table = [shots] * len(terms.groups)
    samples = _samples(points, terms.groups, table, device, seed)
    each = [
        [(shot_values.mean(), _variance(shot_values)) for shot_values in point] for point in samples
    ]
    means = np.array([sum((mean for mean, _ in parts), 0.0) for parts in each])
    variances = np.array([sum((spread for _, spread in parts), 0.0) for parts in each])
    return _combined(points, terms, shots, means, variances, len(terms.groups) * int(shots.sum()))


def sampled_by_terms(
    points: Points,
    terms: Terms,
    shots: IntArray,
    device: Device,
    seed: Seed,
    *,
    probabilities: FloatArray,
    random: np.random.Generator,
) -> Sampled:
    """Measure a term with every shot (M + 1,), drawn with probabilities (T,), in one submission."""
    table = random.multinomial(shots, probabilities).T
    samples = _samples(points, terms.words, list(table), device, seed)
    factors = terms.coefficients / probabilities
    means, variances = np.zeros(len(shots)), np.zeros(len(shots))
    for at, point in enumerate(samples):
        used = np.flatnonzero(table[:, at])
        parts = [factors[term] * values for term, values in zip(used, point, strict=True)]
        if parts:
            joined = np.concatenate(parts)
            means[at], variances[at] = joined.mean(), _variance(joined)
    return _combined(points, terms, shots, means, variances, int(shots.sum()))


def _samples(
    points: Points, parts: Sequence[Operator], table: Sequence[IntArray], device: Device, seed: Seed
) -> list[list[FloatArray]]:
    """Return for each point the samples of each part that has shots there."""
    sweeps, places = [], []
    rows = np.concatenate([tape.sweep().rows for tape in points.tapes])
    for part, shots in zip(parts, table, strict=True):
        used = np.flatnonzero(shots)
        if not len(used):
            continue
        with paused():
            sampled = points.tapes[0].with_measurements([sample(part)])
        base: Sweep = sampled.sweep()
        sweep = base.with_rows(rows[used], np.asarray(shots[used], dtype=np.int64))
        sweeps.append(sweep if seed is None else replace(sweep, seed=seed_of(np.asarray(seed))))
        places.append(used)
    found: list[list[FloatArray]] = [[] for _ in points.tapes]
    for used, (entry,) in zip(places, execute_sweeps(sweeps, device), strict=True):
        for at, values in zip(used, entry, strict=True):
            found[at].append(np.asarray(values, dtype=float))
    return found


def _combined(
    points: Points,
    terms: Terms,
    shots: IntArray,
    means: FloatArray,
    variances: FloatArray,
    spent: int,
) -> Sampled:
    count = len(points.weights)
    slopes = points.weights.T @ means[:count]
    spreads = (points.weights**2).T @ variances[:count]
    value = float(means[count] + terms.constant) if shots[count] else float("nan")
    gradient, variance = slopes @ points.jacobian, spreads @ points.jacobian**2
    return Sampled(gradient, variance, value, spent)


def _variance(values: FloatArray) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0
