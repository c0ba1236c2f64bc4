"""Conjugation of Pauli words by gates, and of rotations by Pauli words."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from qgate.devices.local.gate_action import DENSE_WIRES, ONE_WEIGHT
from qgate.devices.local.mixed.channel_mixtures import word_bits, word_matrices
from qgate.exceptions import GeneratorUndefinedError
from qgate.operations.operator import Operator
from qgate.typing import ComplexArray

TINY = 1e-12
"""Deviation up to which two matrices are equal."""


def odd_bits(operation: Operator) -> tuple[int, ...] | None:
    """Return the bits of words that anticommute with the generator; None: some do neither."""
    k = len(operation.wires)
    if operation.name in ONE_WEIGHT:
        return tuple(2 * place for place in range(k))
    if k > DENSE_WIRES:
        return None
    try:
        generator = np.asarray(operation.generator_matrix(), dtype=complex)
    except GeneratorUndefinedError:
        return None
    return _odd(generator.tobytes(), k)


@lru_cache(maxsize=256)
def _odd(content: bytes, k: int) -> tuple[int, ...] | None:
    generator = np.frombuffer(content, dtype=complex).reshape(2**k, 2**k)
    generator = generator - np.trace(generator) / 2**k * np.eye(2**k)
    odd = []
    for bit, word in enumerate(_single_bits(k)):
        turned = word @ generator @ word.conj().T
        if np.abs(turned + generator).max() < TINY:
            odd.append(bit)
        elif np.abs(turned - generator).max() > TINY:
            return None
    return tuple(odd)


@lru_cache(maxsize=256)
def clifford(content: bytes, k: int) -> tuple[tuple[int, tuple[int, ...]], ...] | None:
    """Return the bits of a word that a gate changes, as sums of the bits before it.

    None: it is no Clifford gate.
    """
    matrix = np.frombuffer(content, dtype=complex).reshape(2**k, 2**k)
    words, bits = word_matrices(k), word_bits(k)
    columns = []
    for word in _single_bits(k):
        turned = matrix @ word @ matrix.conj().T
        weights = np.abs(np.einsum("wij,ij->w", words.conj(), turned)) / 2**k
        if weights.max() < 1 - TINY:
            return None
        columns.append(bits[np.argmax(weights)])
    table = np.array(columns)  # row: bit before; column: bit after
    return tuple(
        (bit, tuple(np.flatnonzero(table[:, bit]).tolist()))
        for bit in range(2 * k)
        if not np.array_equal(np.flatnonzero(table[:, bit]), [bit])
    )


def _single_bits(k: int) -> list[ComplexArray]:
    """Return the matrices of the words with a single bit, in the order of the bits."""
    words, bits = word_matrices(k), word_bits(k)
    return [words[np.flatnonzero((bits == unit).all(axis=1))[0]] for unit in np.eye(2 * k)]
