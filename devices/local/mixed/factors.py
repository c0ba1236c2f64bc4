"""Factors of blocks: small matrices whose entries are linear in coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qgate.devices.local.mixed.transfer import TINY
from qgate.typing import FloatArray, IntArray

ONE = 0
"""Index of the coefficient that is always 1."""


@dataclass(frozen=True, eq=False)
class Factor:
    """Matrix of 4**k rows: at (rows, columns), the sum of coefficient times value.

    Parameters
    ----------
    digits : tuple of int
        Positions of the k wires in the vector, the most significant digit of a row first.
    rows, columns, coefficients : array of int, shape (E,)
    values : array, shape (E,)
    """

    digits: tuple[int, ...]
    rows: IntArray
    columns: IntArray
    coefficients: IntArray
    values: FloatArray

    @property
    def is_fixed(self) -> bool:
        """Whether no entry depends on a coefficient."""
        return not self.coefficients.any()

    def on(self, digits: tuple[int, ...]) -> Factor:
        """Return the same matrix on more wires, times the identity on the others."""
        if digits == self.digits:
            return self
        k, own = len(digits), len(self.digits)
        rest = [digit for digit in digits if digit not in self.digits]
        shifts = {digit: 2 * (k - 1 - place) for place, digit in enumerate(digits)}
        rows, columns = (
            _spread(places, [shifts[digit] for digit in self.digits])
            for places in (self.rows, self.columns)
        )
        other = _spread(np.arange(4 ** (k - own)), [shifts[digit] for digit in rest])
        return Factor(
            digits,
            (rows[:, None] + other).reshape(-1),
            (columns[:, None] + other).reshape(-1),
            np.repeat(self.coefficients, len(other)),
            np.repeat(self.values, len(other)),
        )

    def dense(self) -> FloatArray:
        """Return the matrix of a fixed factor."""
        size = 4 ** len(self.digits)
        matrix = np.zeros((size, size))
        np.add.at(matrix, (self.rows, self.columns), self.values)
        return matrix


def _spread(numbers: IntArray, shifts: Sequence[int]) -> IntArray:
    """Return base-4 numbers with each digit, the most significant first, moved to a bit."""
    found = np.zeros_like(numbers)
    for place, shift in enumerate(reversed(shifts)):
        found |= (numbers >> 2 * place & 3) << shift
    return found


def fixed(digits: tuple[int, ...], matrix: FloatArray) -> Factor:
    """Return a matrix of numbers as a factor."""
    return entries_of(digits, [(ONE, matrix)])


def entries_of(digits: tuple[int, ...], terms: Sequence[tuple[int, FloatArray]]) -> Factor:
    """Return the sum of coefficients times matrices as a factor."""
    places = [np.nonzero(np.abs(matrix) > TINY) for _, matrix in terms]
    counts = [len(rows) for rows, _ in places]
    return Factor(
        digits,
        np.concatenate([rows for rows, _ in places]),
        np.concatenate([columns for _, columns in places]),
        np.repeat([coefficient for coefficient, _ in terms], counts),
        np.concatenate([m[place] for (_, m), place in zip(terms, places, strict=True)]),
    )


def fused(factors: Sequence[Factor], digits: tuple[int, ...]) -> tuple[Factor, ...]:
    """Return factors on the same wires, with neighbouring fixed ones multiplied."""
    found: list[Factor] = []
    for factor in (item.on(digits) for item in factors):
        if found and factor.is_fixed and found[-1].is_fixed:
            found[-1] = fixed(digits, factor.dense() @ found[-1].dense())
        else:
            found.append(factor)
    return tuple(found)
