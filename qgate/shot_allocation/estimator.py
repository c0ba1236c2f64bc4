r"""Combine outcomes to estimates of the outputs, with their covariance.

An output is a sum over circuits of weighted expectation values. Several circuits may measure the
same Pauli word; its weight is shared among those that run for certain. Generalised least squares
gives the shares of least variance. A circuit that runs with probability p < 1 has a fixed weight,
divided by p if it runs (Horvitz and Thompson, J. Am. Stat. Assoc. 47, 663, 1952). For weights that
do not depend on the outcomes, the estimate is unbiased.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qgate.shot_allocation.linear_estimand import LinearEstimand
from qgate.shot_allocation.readings import Readings, Table
from qgate.shot_allocation.weights import shared
from qgate.typing import BoolArray, FloatArray

STRENGTH = 4.0
"""Weight, in shots, of the pooled variance of a basis beside a circuit's own variance."""

PRIOR_SHOTS = 30.0
"""Number of shots that the prior covariance of Pauli words, the identity, counts for."""

RIDGE = 3e-3
"""Added to the variance of each Pauli word, so that no value is taken as certain."""

SOLVER_STEPS = 50
"""Maximum number of steps of conjugate gradients for the best weights."""

MOST_ELIMINATION = 5e9
"""Maximum number of operations for solving the equations of the best weights by elimination."""

SOLVED_WITHIN = 1e-3
"""Relative residual of the best weights; the rest is shared in proportion to shots."""

Weights = list[FloatArray]
"""For each basis the weights of its Pauli words in each part, (F, k)."""


@dataclass(frozen=True, eq=False)
class Design:
    """Design of a measurement: which circuits run, with how many shots.

    Parameters
    ----------
    readable : array of bool, shape (B, T)
    planned : array, shape (S, B)
        Expected shots; zero for circuits that never run.
    chances : array, shape (S, B)
        Probability that a circuit runs; 1 for those that run for certain.
    """

    readable: BoolArray
    planned: FloatArray
    chances: FloatArray

    @property
    def certain(self) -> BoolArray:
        """Whether each circuit runs for certain, shape (S, B)."""
        return (self.chances >= 1.0) & (self.planned > 0)


@dataclass(frozen=True, eq=False)
class Estimated:
    """Outputs with their covariance.

    Parameters
    ----------
    outputs : array, shape (O,)
    covariance : array, shape (O, O)
    variances : array, shape (S, B)
        One-shot variances of the circuits, weighted by the importance of the outputs.
    """

    outputs: FloatArray
    covariance: FloatArray
    variances: FloatArray


def covariances(readings: Readings) -> list[FloatArray]:
    """Return the covariances of the Pauli words of each basis, pooled over rows, (k, k) each."""
    found = []
    for table in readings.tables:
        size = int(table.basis.readable.sum())
        if not len(table.outcomes):
            found.append(np.eye(size))
            continue
        scatter, freedom = table.scatter
        pooled = (PRIOR_SHOTS * np.eye(size) + scatter) / (PRIOR_SHOTS + freedom)
        found.append(pooled + RIDGE * np.eye(size))
    return found


def pooled_weights(problem: LinearEstimand, design: Design, shots: FloatArray) -> Weights:
    """Return weights in proportion to shots: every shot of a Pauli word at a row counts the same.

    Parameters
    ----------
    problem : LinearEstimand
    design : Design
    shots : array, shape (S, B)
        Of the circuits that run for certain; up to a factor.
    """
    fixed, rest = _fixed(problem, design)
    own = np.where(design.certain, shots, 0.0)[problem.rows]
    count = len(design.readable)
    return [
        fixed[basis] + shared(rest, own, design.readable, basis=basis) for basis in range(count)
    ]


def best_weights(
    problem: LinearEstimand, design: Design, shots: FloatArray, known: Sequence[FloatArray]
) -> Weights:
    r"""Return the weights of least variance for known covariances of the Pauli words.

    For covariances :math:`C_b` of the Pauli words of basis b and shots :math:`n_b` they are
    :math:`w_b = n_b C_b^{-1} \lambda`, where :math:`\lambda` solves
    :math:`\sum_b n_b C_b^{-1} \lambda = v` (generalised least squares). Large systems are solved
    for all parts together by conjugate gradients. The residual of v is shared in proportion to
    shots, so that the estimate is unbiased at any accuracy of the solution.

    Notes
    -----
    Cost: O(F sum k^2) in each step.
    """
    fixed, rest = _fixed(problem, design)
    own = np.where(design.certain, shots, 0.0)[problem.rows]
    inverses = [np.asarray(np.linalg.inv(matrix), dtype=float) for matrix in known]
    solution = _solved(rest, own, design.readable, inverses)
    weights, total = [], np.zeros_like(rest)
    for basis, inverse in enumerate(inverses):
        words = design.readable[basis]
        part = own[:, basis, None] * (solution[:, words] @ inverse)
        part *= _read_at_all(rest, own, design.readable)[:, words]
        total[:, words] += part
        weights.append(part)
    left = rest - total
    return [
        fixed[basis] + part + shared(left, own, design.readable, basis=basis)
        for basis, part in enumerate(weights)
    ]


def _read_at_all(rest: FloatArray, own: FloatArray, readable: BoolArray) -> BoolArray:
    """Return whether each Pauli word of each part is measured at the part's row, (F, T)."""
    return np.asarray(own @ readable > 0)


def _solved(
    rest: FloatArray, own: FloatArray, readable: BoolArray, inverses: Sequence[FloatArray]
) -> FloatArray:
    """Solve for lambda, shape (F, T): by elimination, or by conjugate gradients if it is large."""
    parts, words = rest.shape
    if parts * words**3 > MOST_ELIMINATION:
        return _by_conjugate_gradients(rest, own, readable, inverses)
    places = [np.flatnonzero(row) for row in readable]
    solution = np.zeros_like(rest)
    for part in range(parts):
        information = np.zeros((words, words))
        for basis in np.flatnonzero(own[part]).tolist():
            where = places[basis]
            information[where[:, None], where] += own[part, basis] * inverses[basis]
        used = np.flatnonzero(np.diag(information))
        solution[part, used] = np.linalg.solve(information[used[:, None], used], rest[part, used])
    return solution


def _by_conjugate_gradients(
    rest: FloatArray, own: FloatArray, readable: BoolArray, inverses: Sequence[FloatArray]
) -> FloatArray:
    """Solve for all parts together, preconditioned by the diagonal."""
    diagonal = np.zeros_like(rest)
    for basis, inverse in enumerate(inverses):
        diagonal[:, readable[basis]] += own[:, basis, None] * np.diag(inverse)
    scale = np.divide(1.0, diagonal, out=np.zeros_like(diagonal), where=diagonal > 0)

    def applied(vectors: FloatArray) -> FloatArray:
        total = np.zeros_like(vectors)
        for basis, inverse in enumerate(inverses):
            words = readable[basis]
            total[:, words] += own[:, basis, None] * (vectors[:, words] @ inverse)
        return total

    residual = np.where(diagonal > 0, rest, 0.0)
    solution, size = np.zeros_like(rest), _dot(residual, scale * residual)
    step, target = scale * residual, SOLVED_WITHIN**2 * size
    for _ in range(SOLVER_STEPS):
        active = size > target
        if not active.any():
            break
        image = applied(step)
        length = np.where(active, size / np.where(active, _dot(step, image), 1.0), 0.0)
        solution = solution + length[:, None] * step
        residual = residual - length[:, None] * image
        new = _dot(residual, scale * residual)
        again = np.where(active, new / np.where(size > 0, size, 1.0), 0.0)
        step, size = scale * residual + again[:, None] * step, new
    return solution


def _dot(left: FloatArray, right: FloatArray) -> FloatArray:
    return np.asarray((left * right).sum(axis=1))


def _fixed(problem: LinearEstimand, design: Design) -> tuple[Weights, FloatArray]:
    """Return the weights of circuits that may not run, and the rest for the others, (F, T)."""
    planned = design.planned[problem.rows]
    certain = design.certain[problem.rows]
    drawn = np.where(certain, 0.0, planned)
    count = len(design.readable)
    if not drawn.any():
        return [np.zeros((1, int(words.sum()))) for words in design.readable], problem.vectors
    total = planned @ design.readable
    fixed, rest = [], problem.vectors.copy()
    for basis in range(count):
        words = design.readable[basis]
        share = drawn[:, basis, None] / np.where(total > 0, total, 1.0)[:, words]
        fixed.append(problem.vectors[:, words] * share)
        rest[:, words] -= fixed[-1]
    return fixed, rest


def one_shot_variances(
    problem: LinearEstimand, weights: Weights, readings: Readings, known: Sequence[FloatArray]
) -> FloatArray:
    """Return the one-shot variance of each part in each basis, shape (F, B).

    A circuit's own variance is shrunk towards that of its basis over all rows.
    """
    columns = [
        _variances(table, part, matrix, problem)[0]
        for table, part, matrix in zip(readings.tables, weights, known, strict=True)
    ]
    return np.stack(columns, axis=1)


def _variances(
    table: Table, weights: FloatArray, known: FloatArray, problem: LinearEstimand
) -> tuple[FloatArray, FloatArray]:
    """Return one-shot variances and means of the parts in one basis, shape (F,) each."""
    pooled = ((weights @ known) * weights).sum(axis=1)
    if not len(table.outcomes):
        return pooled, np.zeros(len(pooled))
    means, squares = table.moments(weights, problem.rows)
    freedom = np.maximum(table.shots[problem.rows] - 1, 0)
    return (STRENGTH * pooled + squares) / (STRENGTH + freedom), means


def estimate(
    problem: LinearEstimand,
    design: Design,
    readings: Readings,
    weights: Weights,
    known: Sequence[FloatArray],
) -> Estimated:
    """Return the estimated outputs with their covariance.

    Parameters
    ----------
    problem : LinearEstimand
    design : Design
    readings : Readings
    weights : list of array
    known : sequence of array
        Pooled covariances of the Pauli words of each basis.
    """
    size = len(problem.rows)
    found, spread = np.zeros(size), np.zeros((size, size))
    variances = np.zeros((problem.num_rows, len(readings.tables)))
    for basis, table in enumerate(readings.tables):
        one_shot, means = _variances(table, weights[basis], known[basis], problem)
        np.add.at(variances[:, basis], problem.rows, problem.part_weights * one_shot)
        shots = table.shots[problem.rows]
        chance = np.where(shots > 0, design.chances[problem.rows, basis], 1.0)
        found += np.where(shots > 0, means / chance, 0.0)
        noise = one_shot / np.maximum(shots, 1) / chance
        noise += means**2 * (1 - chance) / chance**2
        spread[np.diag_indices(size)] += np.where(shots > 0, noise, 0.0)
        _add_shared(spread, problem, table, weights[basis], means)
    return Estimated(
        problem.constants + problem.mixing @ found,
        problem.mixing @ spread @ problem.mixing.T,
        variances,
    )


def _add_shared(
    spread: FloatArray,
    problem: LinearEstimand,
    table: Table,
    weights: FloatArray,
    means: FloatArray,
) -> None:
    """Add the covariances of parts that are measured with the same shots."""
    for row, parts in problem.shared_rows:
        shots = float(table.shots[row])
        if shots > 1 and len(table.outcomes):
            own = weights if len(weights) == 1 else weights[parts]
            products = table.products(own, row, means[parts])
            np.fill_diagonal(products, 0.0)
            spread[np.ix_(parts, parts)] += products / (shots - 1) / shots
