r"""Combine outcomes to estimates of the outputs, with their covariance.

An output is a sum over circuits of weighted expectation values. Several circuits may measure the
same Pauli word; its weight is shared among those that run for certain. Generalised least squares
gives the shares of least variance. A circuit that runs with probability p < 1 has a fixed weight,
divided by p if it runs (Horvitz and Thompson, J. Am. Stat. Assoc. 47, 663, 1952). For weights that
do not depend on the outcomes, the estimate is unbiased.

Shapes: S rows, B bases, T Pauli words, F terms of the problem, k Pauli words of a basis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qgate.shot_allocation.design import Design
from qgate.shot_allocation.grouping import Bases
from qgate.shot_allocation.linear_estimand import LinearEstimand
from qgate.shot_allocation.samples import BasisSamples, Samples
from qgate.typing import BoolArray, FloatArray

STRENGTH = 4.0
"""Weight, in shots, of the pooled variance of a basis beside a circuit's own variance."""

PRIOR_SHOTS = 30.0
"""Number of shots that the prior covariance of Pauli words, the identity, counts for."""

RIDGE = 3e-3
"""Added to the variance of each Pauli word, so that no value is taken as certain."""

SOLVER_STEPS = 50
"""Maximum number of steps of conjugate gradients for the best weights."""

MAX_ELIMINATION = 5e9
"""Maximum number of operations for solving the equations of the best weights by elimination."""

SOLVED_WITHIN = 1e-3
"""Relative residual of the best weights; the rest is shared in proportion to shots."""

SHARING_ROUNDS = 3
"""Number of alternating improvements of weights and shares between two rounds."""

Weights = Sequence[FloatArray]
"""For each basis the weights of its Pauli words in each term, (F, k)."""


@dataclass(frozen=True, eq=False)
class Estimated:
    """O outputs with their covariance."""

    outputs: FloatArray  # (O,)
    covariance: FloatArray  # (O, O)
    variances: FloatArray
    """One-shot variances of the circuits, weighted by the importance of the outputs, (S, B)."""


def estimated(
    problem: LinearEstimand, design: Design, samples: Samples, *, many: bool
) -> Estimated:
    """Return the outputs from samples; ``many``: with weights from measured covariances."""
    known = covariances(samples)
    weights = _weights(problem, design, samples.shots, known, many=many)
    size = len(problem.rows)
    total, spread = np.zeros(size), np.zeros((size, size))
    variances = np.zeros((problem.num_rows, len(samples.bases)))
    for basis, measured in enumerate(samples.bases):
        one_shot, means = _variances(measured, weights[basis], known[basis], problem)
        np.add.at(variances[:, basis], problem.rows, problem.term_weights * one_shot)
        shots = measured.shots[problem.rows]
        chance = np.where(shots > 0, design.chances[problem.rows, basis], 1.0)
        total += np.where(shots > 0, means / chance, 0.0)
        noise = one_shot / np.maximum(shots, 1) / chance
        noise += means**2 * (1 - chance) / chance**2
        spread[np.diag_indices(size)] += np.where(shots > 0, noise, 0.0)
        _add_shared(spread, problem, measured, weights[basis], means)
    outputs = problem.constants + problem.mixing @ total
    return Estimated(outputs, problem.mixing @ spread @ problem.mixing.T, variances)


def _add_shared(
    spread: FloatArray,
    problem: LinearEstimand,
    measured: BasisSamples,
    weights: FloatArray,
    means: FloatArray,
) -> None:
    """Add the covariances of terms that are measured with the same shots."""
    for row, terms in problem.shared_rows:
        shots = float(measured.shots[row])
        if shots > 1 and len(measured.outcomes):
            own = weights if len(weights) == 1 else weights[terms]
            products = measured.products(own, row, means[terms])
            np.fill_diagonal(products, 0.0)
            spread[np.ix_(terms, terms)] += products / (shots - 1) / shots


def next_variances(
    problem: LinearEstimand, design: Design, samples: Samples, *, many: bool
) -> FloatArray:
    """Return the one-shot variances of the circuits for the next round, shape (S, B)."""
    known = covariances(samples)
    shares = np.where(design.certain, np.maximum(design.planned, samples.shots), 0.0)
    variances = np.zeros_like(shares)
    for _ in range(SHARING_ROUNDS):
        weights = _weights(problem, design, shares, known, many=many)
        variances = problem.by_row(_one_shot_variances(problem, weights, samples, known))
        variances = np.where(design.certain, variances, 0.0)
        shares = np.sqrt(variances) * (shares.sum() / max(np.sqrt(variances).sum(), 1e-300))
    return variances


def home_variances(problem: LinearEstimand, bases: Bases, samples: Samples) -> FloatArray:
    """Return one-shot variances (F, B) if each Pauli word is measured only in its home basis."""
    weights = [
        problem.vectors[:, basis.readable] * bases.disjoint[index, basis.readable]
        for index, basis in enumerate(bases.members)
    ]
    return _one_shot_variances(problem, weights, samples, covariances(samples))


def equal_shots_error(problem: LinearEstimand, bases: Bases, samples: Samples) -> float:
    r"""Return the error times the number of shots, if all K circuits had equal shots.

    It is :math:`K \sum V` with the measured one-shot variances V, for all rows in all home bases.
    """
    total = float(problem.term_weights @ home_variances(problem, bases, samples).sum(axis=1))
    return total * len(np.unique(problem.rows)) * int(bases.disjoint.any(axis=1).sum())


def prior_errors(problem: LinearEstimand, design: Design) -> FloatArray:
    r"""Return the expected standard errors of the outputs before any measurement, shape (O,).

    Every Pauli word is assumed to have variance 1, the largest possible, and the Pauli words of a
    commuting group to be independent. With :math:`n_{st}` shots that measure Pauli word t at row s,
    the variance of an output :math:`\sum_{st} c_{st} \langle P_t \rangle_s` is
    :math:`\sum_{st} c_{st}^2 / n_{st}`. This is not a bound: Pauli words that are measured with the
    same shots may be positively correlated.
    """
    shots = design.planned @ design.readable
    shares = np.divide(1.0, shots, out=np.zeros_like(shots), where=shots > 0)
    variances = np.zeros(len(problem.constants))
    for row in np.unique(problem.rows).tolist():
        terms = problem.rows == row
        weights = problem.mixing[:, terms] @ problem.vectors[terms]
        variances += weights**2 @ shares[row]
    return np.asarray(np.sqrt(variances))


def covariances(samples: Samples) -> list[FloatArray]:
    """Return the covariances of the Pauli words of each basis, pooled over rows, (k, k) each."""
    pooled = []
    for measured in samples.bases:
        prior = np.eye(int(measured.basis.readable.sum()))
        if len(measured.outcomes):
            scatter, freedom = measured.scatter
            own = (PRIOR_SHOTS * prior + scatter) / (PRIOR_SHOTS + freedom)
            pooled.append(own + RIDGE * prior)
        else:
            pooled.append(prior)
    return pooled


def _one_shot_variances(
    problem: LinearEstimand, weights: Weights, samples: Samples, known: Sequence[FloatArray]
) -> FloatArray:
    """Return the one-shot variance of each term in each basis, shape (F, B)."""
    columns = [
        _variances(measured, own, matrix, problem)[0]
        for measured, own, matrix in zip(samples.bases, weights, known, strict=True)
    ]
    return np.column_stack([np.zeros((len(problem.rows), 0)), *columns])


def _variances(
    measured: BasisSamples, weights: FloatArray, known: FloatArray, problem: LinearEstimand
) -> tuple[FloatArray, FloatArray]:
    """Return one-shot variances and means of the terms in one basis, shape (F,) each.

    A circuit's own variance is shrunk towards that of its basis over all rows.
    """
    pooled = ((weights @ known) * weights).sum(axis=1)
    if not len(measured.outcomes):
        return pooled, np.zeros(len(pooled))
    means, squares = measured.moments(weights, problem.rows)
    freedom = np.maximum(measured.shots[problem.rows] - 1, 0)
    return (STRENGTH * pooled + squares) / (STRENGTH + freedom), means


def _weights(
    problem: LinearEstimand,
    design: Design,
    shots: FloatArray,
    known: Sequence[FloatArray],
    *,
    many: bool,
) -> Weights:
    r"""Return the weights of each basis; ``shots`` (S, B) of the certain circuits, up to a factor.

    With few shots, every shot of a Pauli word at a row counts the same. With many, weights are
    those of least variance for the known covariances :math:`C_b` of the Pauli words of basis b:
    with :math:`n_b` shots they are :math:`w_b = n_b C_b^{-1} \lambda`, where :math:`\lambda` solves
    :math:`\sum_b n_b C_b^{-1} \lambda = v` (generalised least squares). The residual of v is shared
    in proportion to shots, so that the estimate is unbiased at any accuracy of the solution.
    """
    fixed, rest = _fixed(problem, design)
    own, readable = np.where(design.certain, shots, 0.0)[problem.rows], design.readable
    if not many:
        return [each + _shared(rest, own, readable, index) for index, each in enumerate(fixed)]
    inverses = [np.asarray(np.linalg.inv(matrix), dtype=float) for matrix in known]
    solution = _solved(rest, own, readable, inverses)
    measured_at_all = np.asarray(own @ readable > 0)
    best, total = [], np.zeros_like(rest)
    for basis, inverse in enumerate(inverses):
        words = readable[basis]
        part = own[:, basis, None] * (solution[:, words] @ inverse)
        part *= measured_at_all[:, words]
        total[:, words] += part
        best.append(part)
    left = rest - total
    return [
        fixed[basis] + part + _shared(left, own, readable, basis) for basis, part in enumerate(best)
    ]


def _shared(vectors: FloatArray, shots: FloatArray, readable: BoolArray, basis: int) -> FloatArray:
    """Return weights (F, k) of the Pauli words of one basis, by its share of the shots (F, B)."""
    own = readable[basis]
    total = shots @ readable[:, own]
    return np.asarray(vectors[:, own] * shots[:, basis, None] / np.where(total > 0, total, 1.0))


def _fixed(problem: LinearEstimand, design: Design) -> tuple[Weights, FloatArray]:
    """Return the weights of circuits that may not run, and the rest for the others, (F, T)."""
    planned = design.planned[problem.rows]
    drawn = np.where(design.certain[problem.rows], 0.0, planned)
    if not drawn.any():
        return [np.zeros((1, int(words.sum()))) for words in design.readable], problem.vectors
    total = planned @ design.readable
    fixed, rest = [], problem.vectors.copy()
    for basis, words in enumerate(design.readable):
        share = drawn[:, basis, None] / np.where(total > 0, total, 1.0)[:, words]
        fixed.append(problem.vectors[:, words] * share)
        rest[:, words] -= fixed[-1]
    return fixed, rest


def _solved(
    rest: FloatArray, own: FloatArray, readable: BoolArray, inverses: Sequence[FloatArray]
) -> FloatArray:
    """Solve for lambda, shape (F, T): by elimination, or by conjugate gradients if it is large."""
    terms, words = rest.shape
    if terms * words**3 > MAX_ELIMINATION:
        return _by_conjugate_gradients(rest, own, readable, inverses)
    places = [np.flatnonzero(row) for row in readable]
    solution = np.zeros_like(rest)
    for term in range(terms):
        information = np.zeros((words, words))
        for basis in np.flatnonzero(own[term]).tolist():
            where = places[basis]
            information[where[:, None], where] += own[term, basis] * inverses[basis]
        used = np.flatnonzero(np.diag(information))
        solution[term, used] = np.linalg.solve(information[used[:, None], used], rest[term, used])
    return solution


def _by_conjugate_gradients(
    rest: FloatArray, own: FloatArray, readable: BoolArray, inverses: Sequence[FloatArray]
) -> FloatArray:
    """Solve for all terms together, preconditioned by the diagonal; O(F sum k^2) in each step."""
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
