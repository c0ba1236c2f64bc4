"""Matrices of Pauli words, from integers whose bits are the letters."""

from __future__ import annotations

import numpy as np

from qgate.exceptions import InvalidParameters
from qgate.operations.pauli_words import PHASES, gather_sum
from qgate.sizes import check_matrix, check_size
from qgate.typing import BoolArray, ComplexArray, IntArray, Namespace, SparseMatrix, Tensor

MOST_ENTRIES = 2**28
"""Maximum number of matrix entries of all Pauli words together; an entry takes 24 bytes."""


def entries(x: BoolArray, z: BoolArray) -> tuple[IntArray, ComplexArray]:
    """Return positions and values of the nonzero entries of the Pauli words' matrices.

    A word P acts on basis states as P|i> = i^{|x & z|} (-1)^{|z & i|} |i ^ x>, where x and z
    are its bits as integers and |m| counts the bits set in m.

    Parameters
    ----------
    x, z : array of bool, shape (T, n)

    Returns
    -------
    rows : array of int, shape (T, 2**n)
        The row i ^ x of the entry in each column i.
    values : array, shape (T, 2**n)
    """
    size = len(x) * 2.0 ** min(x.shape[1], 1000)
    remedy = "Use fewer wires or words."
    check_size("Matrices of Pauli words", size, MOST_ENTRIES, unit="entries", remedy=remedy)
    columns = np.arange(2 ** x.shape[1], dtype=np.int64)
    factor = PHASES[(x & z).sum(axis=1) & 3]
    values = factor[:, None] * (1 - 2 * parity(masks(z)[:, None] & columns))
    return columns ^ masks(x)[:, None], values


def dense(weights: Tensor, x: BoolArray, z: BoolArray, *, xp: Namespace = np) -> Tensor:
    """Return the matrix of a sum of words, shape (2**n, 2**n); differentiable in the weights."""
    check_matrix(x.shape[1])
    rows, values = entries(x, z)
    size = rows.shape[1]
    flat = xp.reshape(weights[:, None] * values, (-1,))
    places = (rows * size + np.arange(size)).ravel()
    return xp.reshape(gather_sum(flat, places, size * size), (size, size))


def sparse(weights: ComplexArray, x: BoolArray, z: BoolArray) -> SparseMatrix:
    """Return the matrix of a sum of words as a ``scipy.sparse.csr_matrix``."""
    from scipy.sparse import csr_matrix  # scipy loads when it is needed

    rows, values = entries(x, z)
    size = rows.shape[1]
    columns = np.broadcast_to(np.arange(size), rows.shape)
    flat = (weights[:, None] * values).ravel()
    return csr_matrix((flat, (rows.ravel(), columns.ravel())), shape=(size, size))


def parity(masks: IntArray) -> IntArray:
    """Return the parity of the number of set bits of each integer: 1 odd, 0 even."""
    folded = masks.copy()
    for shift in (32, 16, 8, 4, 2, 1):
        folded ^= folded >> shift
    return folded & 1


def masks(bits: BoolArray) -> IntArray:
    """Return rows of up to 62 bits as integers, the first column most significant."""
    width = bits.shape[1]
    if width > 62:
        raise InvalidParameters(
            f"{width} wires do not fit into the 62 bits of a mask. "
            "Ask for the masks of at most 62 wires."
        )
    weights = np.left_shift(np.int64(1), np.arange(width - 1, -1, -1, dtype=np.int64))
    return np.asarray(bits @ weights, dtype=np.int64)
