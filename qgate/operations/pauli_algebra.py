"""Weighted Pauli words as arrays, and the products of such sums.

In this module wires are columns without labels. All functions are differentiable in the weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from qgate.arrays import is_traced, namespace, unwrap
from qgate.operations import pauli_words as pw
from qgate.operations.parameters import as_array, in_floats, require_numbers
from qgate.typing import BoolArray, IntArray, NumericArray, Tensor


class Terms(NamedTuple):
    """Sum of Pauli words on n wires."""

    weights: Tensor
    """Real or complex, shape (T,)."""

    x: BoolArray
    """Whether the letters flip a bit, shape (T, n)."""

    z: BoolArray
    """Whether the letters change a sign, shape (T, n)."""


def merged(terms: Terms, first: IntArray, index: IntArray) -> Terms:
    """Return the sum with distinct words; ``first`` and ``index`` from ``pauli_words.distinct``."""
    weights = pw.gather_sum(terms.weights, index, len(first))
    return Terms(weights, terms.x[first], terms.z[first])


def joined(sums: Sequence[Terms], columns: Sequence[Sequence[int]], width: int) -> Terms:
    """Return the terms of sums concatenated, on ``width`` wires.

    Each sum is given with the columns that are its wires.
    """
    count = sum(len(terms.x) for terms in sums)
    x, z = (np.zeros((count, width), dtype=bool) for _ in range(2))
    start = 0
    for terms, on in zip(sums, columns, strict=True):
        rows = slice(start, start := start + len(terms.x))
        x[rows, on], z[rows, on] = terms.x, terms.z
    weights = one_kind([terms.weights for terms in sums])
    return Terms(namespace(weights).concatenate(weights) if sums[1:] else weights[0], x, z)


def product(left: Terms, right: Terms) -> Terms:
    """Return the product with distinct words: T * S products of Pauli words, and a sort of them."""
    exponents = pw.product_phases(left[1:], right[1:])
    weights = left.weights[:, None] * right.weights[None, :] * _phases(exponents)
    rows = np.repeat(np.arange(len(left.x)), len(right.x))
    columns = np.tile(np.arange(len(right.x)), len(left.x))
    flat = namespace([weights]).reshape(weights, (-1,))
    return _sum_of_pairs(left, right, (rows, columns), flat)


def side_by_side(left: Terms, right: Terms) -> Terms:
    """Return the product of two single words on disjoint wires."""
    x, z = (np.concatenate(bits, axis=1) for bits in zip(left[1:], right[1:], strict=True))
    return Terms(tidy(left.weights * right.weights), x, z)


def commutator(left: Terms, right: Terms) -> Terms:
    """Return left right - right left: twice the products of words that anticommute."""
    exponents = pw.product_phases(left[1:], right[1:])
    pairs = (exponents & 1).nonzero()
    weights = pw.spread(left.weights, pairs[0]) * pw.spread(right.weights, pairs[1])
    return _sum_of_pairs(left, right, pairs, weights * (2 * pw.PHASES[exponents[pairs]]))


def square(terms: Terms) -> Terms:
    """Return the square; words that anticommute are dropped beforehand."""
    exponents = pw.product_phases(terms[1:], terms[1:])
    pairs = np.triu(exponents & 1 == 0).nonzero()
    factor = np.where(pairs[0] == pairs[1], 1.0, 2.0) * pw.PHASES[exponents[pairs]].real
    weights = pw.spread(terms.weights, pairs[0]) * pw.spread(terms.weights, pairs[1])
    return _sum_of_pairs(terms, terms, pairs, weights * factor)


def as_coefficients(values: Tensor) -> Tensor:
    """Return weights as one float or complex array, traced where the weights are."""
    given = as_array(one_kind(values) if isinstance(values, list | tuple) else values)
    require_numbers("A sum of operators", "coefficients", given, real=False)
    return in_floats(given)


def one_kind(values: Sequence[Tensor]) -> list[Tensor]:
    """Return values as complex ones if one is complex and one is traced.

    Concatenating real and complex values would give the real ones complex derivatives.
    """
    if namespace(values) is np or not any(np.iscomplexobj(unwrap(value)) for value in values):
        return list(values)
    return [value * (1.0 + 0.0j) for value in values]


def tidy(weights: Tensor) -> Tensor:
    """Return complex weights as real ones if their imaginary parts vanish.

    Traced weights stay complex: an imaginary part that is zero may have a derivative.
    """
    if is_traced(weights) or not np.iscomplexobj(weights) or weights.imag.any():
        return weights
    return weights.real


def _sum_of_pairs(left: Terms, right: Terms, pairs: tuple[IntArray, ...], weights: Tensor) -> Terms:
    """Return the weighted sum of the products of the words in ``pairs``."""
    rows, columns = pairs
    keys = pw.packed(left.x, left.z)[rows] ^ pw.packed(right.x, right.z)[columns]
    if len(keys) > 1:
        first, index = pw.distinct(keys)
        weights = pw.gather_sum(weights, index, len(first))
        rows, columns = rows[first], columns[first]
    return Terms(tidy(weights), left.x[rows] ^ right.x[columns], left.z[rows] ^ right.z[columns])


def _phases(exponents: IntArray) -> NumericArray:
    """Return powers of i, as real numbers if all of them are real."""
    phases = pw.PHASES[exponents]
    return phases if (exponents & 1).any() else phases.real
