"""Linear functions of expectation values of Pauli words at rows of a circuit, to be estimated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from qgate.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class LinearEstimand:
    """Outputs that are sums of parts, each a weighted sum of expectation values at one row.

    Output o is ``constants[o] + sum_f mixing[o, f] * (vectors[f] @ means at row rows[f])``.

    Parameters
    ----------
    num_rows : int
        S, the number of rows of the circuit.
    rows : array of int, shape (F,)
        Of each part.
    vectors : array, shape (F, T)
        Weights of the Pauli words.
    mixing : array, shape (O, F)
    constants : array, shape (O,)
    importance : array, shape (O,)
        Weights of the outputs in the total mean squared error.
    """

    num_rows: int
    rows: IntArray
    vectors: FloatArray
    mixing: FloatArray
    constants: FloatArray
    importance: FloatArray

    @cached_property
    def part_weights(self) -> FloatArray:
        """Weight of each part's squared error, shape (F,)."""
        return np.asarray(self.importance @ self.mixing**2)

    @cached_property
    def squares(self) -> FloatArray:
        """Squared weight of each Pauli word at each row, over all parts, shape (S, T)."""
        total = np.zeros((self.num_rows, self.vectors.shape[1]))
        np.add.at(total, self.rows, self.part_weights[:, None] * self.vectors**2)
        return total

    @property
    def needed(self) -> BoolArray:
        """Whether each Pauli word has to be measured at each row, shape (S, T)."""
        return self.squares > 0

    @property
    def strengths(self) -> FloatArray:
        """Total weight of each Pauli word over all rows, shape (T,)."""
        return np.asarray(np.sqrt(self.squares.sum(axis=0)))

    @cached_property
    def shared_rows(self) -> list[tuple[int, list[int]]]:
        """Rows with several parts, and these parts."""
        members: dict[int, list[int]] = {}
        for part, row in enumerate(self.rows.tolist()):
            members.setdefault(row, []).append(part)
        return [(row, parts) for row, parts in members.items() if len(parts) > 1]

    def without(self, words: BoolArray) -> LinearEstimand:
        """Return the same without Pauli words of expectation value zero; mask of shape (T,)."""
        return replace(self, vectors=np.where(words, 0.0, self.vectors))

    def weighing(self, importance: FloatArray) -> LinearEstimand:
        """Return the same with other weights of the outputs, shape (O,)."""
        return replace(self, importance=importance)


def derivative_problem(
    stencil: Sequence[tuple[int, int, float]],
    kept: BoolArray,
    coefficients: FloatArray,
    *,
    num_rows: int,
    jacobian: FloatArray,
) -> LinearEstimand:
    """Return the derivatives of measured values as a problem.

    Parameters
    ----------
    stencil : sequence of (target, row, weight)
        Derivative ``target`` is the sum of weights times values at rows.
    kept : array of bool, shape (E, T)
        Whether each entry of the stencil requires each Pauli word.
    coefficients : array, shape (M, T)
        Of the measured values.
    num_rows : int
    jacobian : array, shape (G, n)
        Maps the n derivatives of the stencil to the G requested ones.

    Returns
    -------
    Problem
        With G * M outputs, the derivatives of the first value first.
    """
    places: dict[tuple[int, int, bytes], int] = {}
    rows, vectors = list[int](), list[FloatArray]()
    entries: list[tuple[int, int, int, float]] = []
    for (target, row, weight), mask in zip(stencil, kept, strict=True):
        for number, own in enumerate(coefficients):
            key = (row, number, mask.tobytes())
            if key not in places:
                places[key] = len(rows)
                rows.append(row)
                vectors.append(np.where(mask, own, 0.0))
            entries.append((number, target, places[key], weight))
    count, size = len(coefficients), len(jacobian)
    by_slot = np.zeros((count, jacobian.shape[1], len(rows)))
    for number, target, part, weight in entries:
        by_slot[number, target, part] += weight
    by_output = np.einsum("gn,mnf->mgf", jacobian, by_slot)
    mixing: FloatArray = np.array(by_output, dtype=np.float64).reshape(count * size, len(rows))
    return LinearEstimand(
        num_rows,
        np.array(rows, dtype=np.int64),
        np.array(vectors).reshape(len(rows), coefficients.shape[1]),
        mixing,
        np.zeros(count * size),
        np.ones(count * size),
    )


def value_problem(
    coefficients: FloatArray, constants: FloatArray, *, row: int = 0
) -> LinearEstimand:
    """Return measured values at one row as a problem; coefficients (M, T), constants (M,)."""
    count = len(constants)
    rows = np.full(count, row, dtype=np.int64)
    return LinearEstimand(row + 1, rows, coefficients, np.eye(count), constants, np.ones(count))


def joined(first: LinearEstimand, second: LinearEstimand) -> LinearEstimand:
    """Return the outputs of two problems of the same rows, one after the other."""
    size, parts = len(first.constants), len(first.rows)
    mixing = np.zeros((size + len(second.constants), parts + len(second.rows)))
    mixing[:size, :parts], mixing[size:, parts:] = first.mixing, second.mixing
    return LinearEstimand(
        max(first.num_rows, second.num_rows),
        np.concatenate([first.rows, second.rows]),
        np.concatenate([first.vectors, second.vectors]),
        mixing,
        np.concatenate([first.constants, second.constants]),
        np.concatenate([first.importance, second.importance]),
    )


def repeated(problem: LinearEstimand, num_rows: int, copies: int) -> LinearEstimand:
    """Return the same outputs at several circuits.

    Parameters
    ----------
    problem : LinearEstimand
    num_rows : int
        S, the number of rows of each circuit.
    copies : int
        R, the number of circuits.

    Returns
    -------
    Problem
        With R * S rows, those of the first circuit first; the outputs likewise.
    """
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
