"""Pauli transfer matrices: gates and channels on vectors of Pauli expectation values.

The entry (P, Q) of a map E is tr(P E(Q)) / 2**k; it is real. Words are base-4 numbers, a digit I,
Z, X or Y for each wire (the bits x, z), the first wire most significant.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from qgate.operations.matrices import kron
from qgate.typing import ComplexArray, FloatArray, IntArray

TINY = 1e-14
"""Entries of matrices below this are treated as zero."""

LETTERS = (np.eye(2), np.diag([1, -1]), np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]))
"""Pauli matrices in the order of the digits."""


@lru_cache(maxsize=8)
def pauli_basis(k: int) -> ComplexArray:
    """Return all Pauli words on k wires as rows, shape (4**k, 4**k), conjugated."""
    digits = (np.arange(4**k)[:, None] >> 2 * np.arange(k)[::-1]) & 3
    words = [kron([LETTERS[digit] for digit in word]) for word in digits]
    return np.array(words, dtype=complex).conj().reshape(4**k, 4**k)


def from_superoperator(matrix: ComplexArray) -> ComplexArray:
    """Return the transfer matrix of superoperators, shape (..., 4**k, 4**k).

    It is real where the map keeps matrices Hermitian.
    """
    k = _wires(matrix.shape[-1])
    words = pauli_basis(k)
    return np.asarray(words @ matrix @ words.conj().T / 2**k)


def from_matrix(matrix: ComplexArray) -> FloatArray:
    """Return the transfer matrix of gates, shape (..., 2**k, 2**k)."""
    size = matrix.shape[-1] ** 2
    product = matrix[..., :, None, :, None] * matrix.conj()[..., None, :, None, :]
    return from_superoperator(product.reshape(*matrix.shape[:-2], size, size)).real


def from_density(matrix: ComplexArray) -> FloatArray:
    """Return the expectation value of every word, (..., 2**k, 2**k) to (..., 4**k)."""
    size = matrix.shape[-1] ** 2
    words = pauli_basis(_wires(size))
    return np.asarray(matrix.reshape(*matrix.shape[:-2], size) @ words.T).real


def replacing(matrix: ComplexArray) -> FloatArray:
    """Return the transfer matrix that replaces the state by a density matrix."""
    values = from_density(matrix)
    found = np.zeros((*values.shape, values.shape[-1]))
    found[..., :, 0] = values
    return found


def rotation_terms(generator: ComplexArray) -> Iterator[tuple[float, FloatArray, FloatArray]]:
    """Yield (f, A, B), with exp(i x G) the sum of A cos(f x) + B sin(f x), frequencies f >= 0."""
    values, vectors = np.linalg.eigh(generator)
    distinct, index = np.unique(values.round(9), return_inverse=True)
    means = [values[index == place].mean() for place in range(len(distinct))]
    parts = [vectors[:, index == place] for place in range(len(distinct))]
    projectors = [part @ part.conj().T for part in parts]
    found: dict[float, ComplexArray] = {}
    for value, left in zip(means, projectors, strict=True):
        for other, right in zip(means, projectors, strict=True):
            if value < other - 1e-9:
                continue
            frequency = _near(value - other, found)
            # row-major vectors: left @ Q @ right is kron(left, right.T) @ vec(Q)
            found[frequency] = found.get(frequency, 0.0) + _kron(left, right.T)
    for frequency, superoperator in found.items():
        part = from_superoperator(superoperator)
        twice = 2.0 if frequency else 1.0
        yield frequency, twice * part.real, -twice * part.imag


def _kron(left: ComplexArray, right: ComplexArray) -> ComplexArray:
    return np.asarray(np.kron(left, right), dtype=complex)


def _near(value: float, known: dict[float, ComplexArray]) -> float:
    """Return the known frequency that a value equals but for rounding, or the value."""
    return next((found for found in known if abs(found - value) < 1e-9), max(value, 0.0))


def commuting_words(generator: ComplexArray) -> tuple[tuple[int, float], ...] | None:
    """Write a generator as a sum of commuting words, without the identity; None: it is none.

    Returns
    -------
    tuple of (int, float)
        Words as base-4 numbers, with their coefficients.
    """
    weights = from_density(generator) / len(generator)
    words = [int(word) for word in np.flatnonzero(np.abs(weights) > TINY) if word]
    if any(anticommute(word, other) for word in words for other in words):
        return None
    return tuple((word, float(weights[word])) for word in words)


def anticommute(word: int, other: int) -> bool:
    """Return whether two words, as base-4 numbers, anticommute."""
    z_bits = int("01" * 32, 2)
    crossed = word & (other >> 1) & z_bits, (word >> 1) & other & z_bits
    return sum(part.bit_count() for part in crossed) % 2 == 1


def _wires(size: int) -> int:
    """Return k from the number 4**k."""
    return (size.bit_length() - 1) // 2


def turn_signs(word: int, others: IntArray) -> FloatArray:
    """Return the signs of i P Q = +W or -W for words Q, with 0 where P and Q commute.

    W has the index of Q, exclusive or that of P. With P = i**(x & z) X**x Z**z, i P Q is a power
    of i times W.
    """
    z_bits = int("01" * 32, 2)
    ys = [np.bitwise_count(j & (j >> 1) & z_bits) for j in (np.int64(word), others, word ^ others)]
    crossed = np.bitwise_count(word & (others >> 1) & z_bits)
    power = 1 + ys[0].astype(int) + ys[1] - ys[2].astype(int) + 2 * crossed.astype(int)
    signs: FloatArray = np.array([1.0, 0.0, -1.0, 0.0])[power % 4]
    return signs
