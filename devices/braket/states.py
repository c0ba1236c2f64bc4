"""Expectation values of Pauli words in a state vector or density matrix from a local simulator.

A Pauli word maps the basis state k to k ^ x, where x has the bits of its X and Y, with the factor
i**(number of Y) (-1)**(number of ones in k & z), where z has the bits of its Y and Z. Its
expectation value is the sum over k of that factor times rho[k, k ^ x].
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qgate.devices.braket.translate import Word
from qgate.operations.pauli_matrices import parity
from qgate.typing import ComplexArray, FloatArray, IntArray


def word_means(words: Sequence[Word], state: ComplexArray) -> FloatArray:
    """Return the expectation value of each Pauli word, shape (T,).

    Parameters
    ----------
    words : sequence of Word
        Pauli words on the qubits 0 to n - 1.
    state : array, shape (2**n,) or (2**n, 2**n)
        A state vector or a density matrix, qubit 0 the most significant.
    """
    index = np.arange(len(state))
    places = int(np.log2(len(state))) - 1
    entries: dict[int, ComplexArray] = {}
    means = np.empty(len(words))
    for term, (letters, qubits) in enumerate(words):
        bits = [1 << (places - qubit) for qubit in qubits]
        flip = sum(bit for bit, letter in zip(bits, letters, strict=True) if letter in "xy")
        signed = sum(bit for bit, letter in zip(bits, letters, strict=True) if letter in "yz")
        if flip not in entries:
            entries[flip] = _entries(state, index, flip)
        signs = 1 - 2 * parity(index & signed)
        means[term] = (1j ** letters.count("y") * (signs @ entries[flip])).real
    return means


def _entries(state: ComplexArray, index: IntArray, flip: int) -> ComplexArray:
    """Return rho[k, k ^ flip] for each k."""
    if state.ndim == 2:
        return np.asarray(state[index, index ^ flip])
    return np.asarray(state * state[index ^ flip].conj())
