"""Linear functions of expectation values of Pauli words at rows of a circuit, to be estimated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from qgate.gradients.stencil import Stencil
from qgate.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class LinearEstimand:
    """O outputs that are sums of F terms, each a weighted sum of expectation values at one row.

    Output o is ``constants[o] + sum_f mixing[o, f] * (vectors[f] @ means at row rows[f])``.
    """

    num_rows: int  # S, the number of rows of the circuit
    rows: IntArray  # (F,), of each term
    vectors: FloatArray  # (F, T), weights of the Pauli words
    mixing: FloatArray  # (O, F)
    constants: FloatArray  # (O,)
    importance: FloatArray  # (O,), weights of the outputs in the total mean squared error

    @cached_property
    def term_weights(self) -> FloatArray:
        """Weight of each term's squared error, shape (F,)."""
        return np.asarray(self.importance @ self.mixing**2)

    @cached_property
    def squares(self) -> FloatArray:
        """Squared weight of each Pauli word at each row, over all terms, shape (S, T)."""
        total = np.zeros((self.num_rows, self.vectors.shape[1]))
        np.add.at(total, self.rows, self.term_weights[:, None] * self.vectors**2)
        return total

    @property
    def needed(self) -> BoolArray:
        """Whether each Pauli word has to be measured at each row, shape (S, T)."""
        return self.squares > 0

    @property
    def strengths(self) -> FloatArray:
        """Total weight of each Pauli word over all rows, shape (T,)."""
        return np.asarray(np.sqrt(self.squares.sum(axis=0)))

    @property
    def total_spread(self) -> float:
        """Sum over rows of the root of the squared weights: its share of a budget's shots."""
        return float(np.sqrt(self.squares.sum(axis=1)).sum())

    @cached_property
    def shared_rows(self) -> list[tuple[int, list[int]]]:
        """Rows with several terms, and these terms."""
        members: dict[int, list[int]] = {}
        for term, row in enumerate(self.rows.tolist()):
            members.setdefault(row, []).append(term)
        return [(row, terms) for row, terms in members.items() if len(terms) > 1]

    def by_row(self, of_terms: FloatArray) -> FloatArray:
        """Return sums over the terms of each row, weighted by importance, from (F, B) to (S, B)."""
        total = np.zeros((self.num_rows, of_terms.shape[1]))
        np.add.at(total, self.rows, self.term_weights[:, None] * of_terms)
        return total

    def without(self, words: BoolArray) -> LinearEstimand:
        """Return the same without Pauli words of expectation value zero; mask of shape (T,)."""
        return replace(self, vectors=np.where(words, 0.0, self.vectors))

    def weighing(self, importance: FloatArray) -> LinearEstimand:
        """Return the same with other weights of the outputs, shape (O,)."""
        return replace(self, importance=importance)


def values_estimand(coefficients: FloatArray, constants: FloatArray) -> LinearEstimand:
    """Return measured values at the first row; coefficients (M, T), constants (M,)."""
    count = len(constants)
    rows = np.zeros(count, dtype=np.int64)
    return LinearEstimand(1, rows, coefficients, np.eye(count), constants, np.ones(count))


def derivatives_estimand(
    stencil: Stencil, kept: BoolArray, coefficients: FloatArray, jacobian: FloatArray
) -> LinearEstimand:
    """Return the derivatives of M measured values, G * M outputs, those of the first value first.

    The points of the stencil are the rows after the first one. ``kept``, shape (E, T): whether each
    entry of the stencil requires each Pauli word. ``coefficients``, shape (M, T): of the values.
    ``jacobian``, shape (G, n): maps the n derivatives of the stencil to the G requested ones.
    """
    count, size = len(coefficients), len(jacobian)
    places: dict[tuple[int, int, bytes], int] = {}
    rows, vectors = list[int](), list[FloatArray]()
    entries: list[tuple[int, int, int, float]] = []
    triples = (stencil.targets.tolist(), stencil.points.tolist(), stencil.weights.tolist())
    for target, point, weight, mask in zip(*triples, kept, strict=True):
        for number, own in enumerate(coefficients):
            key = (point, number, mask.tobytes())
            if key not in places:
                places[key] = len(rows)
                rows.append(point + 1)
                vectors.append(np.where(mask, own, 0.0))
            entries.append((number, target, places[key], weight))
    by_slot = np.zeros((count, jacobian.shape[1], len(rows)))
    for number, target, term, weight in entries:
        by_slot[number, target, term] += weight
    by_output = np.einsum("gn,mnf->mgf", jacobian, by_slot)
    return LinearEstimand(
        len(stencil.offsets) + 1,
        np.array(rows, dtype=np.int64),
        np.array(vectors).reshape(len(rows), coefficients.shape[1]),
        np.array(by_output, dtype=np.float64).reshape(count * size, len(rows)),
        np.zeros(count * size),
        np.ones(count * size),
    )


def joined(first: LinearEstimand, second: LinearEstimand) -> LinearEstimand:
    """Return the outputs of two estimands of the same rows, one after the other."""
    size, terms = len(first.constants), len(first.rows)
    mixing = np.zeros((size + len(second.constants), terms + len(second.rows)))
    mixing[:size, :terms], mixing[size:, terms:] = first.mixing, second.mixing
    return LinearEstimand(
        max(first.num_rows, second.num_rows),
        np.concatenate([first.rows, second.rows]),
        np.concatenate([first.vectors, second.vectors]),
        mixing,
        np.concatenate([first.constants, second.constants]),
        np.concatenate([first.importance, second.importance]),
    )


def repeated(problem: LinearEstimand, num_rows: int, copies: int) -> LinearEstimand:
    """Return the same outputs at R circuits of S rows each, those of the first circuit first."""
    if copies == 1:
        return replace(problem, num_rows=num_rows)
    shifts = np.repeat(np.arange(copies) * num_rows, len(problem.rows))
    return LinearEstimand(
        copies * num_rows,
        np.tile(problem.rows, copies) + shifts,
        np.tile(problem.vectors, (copies, 1)),
        np.asarray(np.kron(np.eye(copies), problem.mixing), dtype=np.float64),
        np.tile(problem.constants, copies),
        np.tile(problem.importance, copies),
    )
