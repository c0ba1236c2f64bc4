"""Decomposition of matrices into sums of Pauli words."""

from __future__ import annotations

import numpy as np

from qgate.arguments import finite_number, truth
from qgate.exceptions import InvalidParameters, described
from qgate.operations.matrices import is_hermitian_matrix
from qgate.operations.parameters import as_array, require_finite, require_numbers
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_words import PHASES
from qgate.typing import ComplexArray, FloatArray, Tensor, WiresLike
from qgate.wires import Wires


def pauli_decompose(
    H: Tensor,
    hide_identity: bool = False,
    wire_order: WiresLike | None = None,
    pauli: bool = False,
    check_hermitian: bool = False,
    *,
    cutoff: float = 1e-12,
) -> PauliSum:
    """Decompose a matrix into a sum of Pauli words.

    The weight of a word P is tr(P A) / 2**n; all of them are found by one Walsh-Hadamard
    transform of the diagonals of A.

    Parameters
    ----------
    H : array, shape (2**n, 2**n)
        Any square matrix; the weights are real where it is Hermitian.
    hide_identity, pauli : bool
        Accepted for compatibility; words have no identities.
    wire_order : wires, optional
        Default ``range(n)``; the first is the most significant.
    check_hermitian : bool
        Whether a matrix that is not Hermitian is refused.
    cutoff : float
        Words whose weight is at most this are dropped.

    Raises
    ------
    InvalidParameters
        The size is not 2**n for the number of wires, the entries are not numbers, or the matrix is
        not Hermitian and that was required.

    Notes
    -----
    Cost: O(n 4**n) operations.
    """
    if finite_number(cutoff) is None:
        raise InvalidParameters(
            f"pauli_decompose was given cutoff={described(cutoff)}. Give a finite number."
        )
    wires, given = wire_order, as_array(H)
    require_numbers("pauli_decompose", "H", given, real=False)
    dense = np.asarray(given, dtype=complex)
    require_finite("pauli_decompose", [dense])
    rows = len(dense) if dense.ndim else 0
    count = max(0, rows.bit_length() - 1) if wires is None else len(Wires(wires))
    size = 2**count
    if dense.shape != (size, size):
        raise InvalidParameters(
            f"A matrix of shape {dense.shape} is not one on {count} wire(s). "
            f"Give a square matrix of 2**n rows and n wires; {count} wires need {size} rows."
        )
    hermitian = truth("pauli_decompose", "check_hermitian", check_hermitian)
    if hermitian and not is_hermitian_matrix(dense):
        raise InvalidParameters(
            "pauli_decompose was given a matrix that is not Hermitian, and check_hermitian=True. "
            "Leave check_hermitian out, or give (A + A.conj().T) / 2."
        )
    index = np.arange(size)
    diagonals = dense[index[None, :] ^ index[:, None], index[None, :]].reshape(size, *(2,) * count)
    for axis in range(1, count + 1):
        zero, one = np.take(diagonals, 0, axis), np.take(diagonals, 1, axis)
        diagonals = np.stack([zero + one, zero - one], axis)
    bits = (index[:, None] >> np.arange(count - 1, -1, -1)) & 1 > 0
    x, z = np.repeat(bits, size, axis=0), np.tile(bits, (size, 1))
    weights = diagonals.reshape(-1) * PHASES[-(x & z).sum(axis=1) & 3] / size
    total = PauliSum(
        _without_imaginary_noise(weights), x, z, range(count) if wires is None else wires
    )
    return total.simplify(cutoff)


def _without_imaginary_noise(weights: ComplexArray) -> ComplexArray | FloatArray:
    real = np.abs(weights.imag).max(initial=0.0) <= 1e-14 * max(
        1.0, np.abs(weights).max(initial=0.0)
    )
    return weights.real if real else weights
