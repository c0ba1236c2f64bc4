"""Density matrices from the means of Pauli words.

rho = 2**-k times the sum over all 4**k words P on k wires of <P> P. Their means are linear in
the state, can be read in 3**k bases, and can be shifted like any other.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from qgate.caches import MIB, sized_cache
from qgate.exceptions import TooManyMeasuredWires
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.pauli import PauliSum
from qgate.recording import paused
from qgate.transforms.density import derived
from qgate.typing import Tensor
from qgate.wires import Wires

MOST_WIRES = 6
"""So many wires are read in 3**6 = 729 bases; each more takes three times as many."""

ENTRIES = np.array([[1, 0, 0, 1], [0, 1, 1, 0], [0, -1j, 1j, 0], [1, 0, 0, -1]]) / 2
"""Half the matrices of I, X, Y and Z, each as a row."""


def words_of(measurement: Measurement, wires: Wires) -> Measurement:
    """Return the measurement of the means of all Pauli words on some wires.

    Parameters
    ----------
    measurement : Measurement
        Whom to name in an error.
    wires : Wires
        The k wires.

    Returns
    -------
    Measurement
        Of kind ``TERMS``, 4**k of them.

    Raises
    ------
    TooManyMeasuredWires
    """
    if len(wires) > MOST_WIRES:
        raise TooManyMeasuredWires(
            measurement=measurement.kind.value, wires=len(wires), most=MOST_WIRES
        )
    return _all_words(wires)


@sized_cache(64 * MIB)
def _all_words(wires: Wires) -> Measurement:
    words = ["".join(letters) for letters in product("IXYZ", repeat=len(wires))]
    with paused():
        every = PauliSum.from_words(np.ones(len(words)), words, wires)
        return Measurement(MeasurementKind.TERMS, every)


def density_matrix(means: Tensor, xp: Any = np) -> Tensor:
    """Return density matrices from the means of all words, (..., 4**k) to (..., 2**k, 2**k)."""
    lead, count = tuple(means.shape[:-1]), means.shape[-1]
    k = (count.bit_length() - 1) // 2
    tensor = means + 0j
    for _ in range(k):  # the first wire's letters become entries, and the last axis
        front = xp.reshape(tensor, (*lead, 4, count // 4))
        turned = xp.matmul(xp.swapaxes(front, -1, -2), ENTRIES)
        tensor = xp.reshape(turned, (*lead, count))
    pairs = xp.reshape(tensor, (*lead, *(2,) * (2 * k)))
    at = len(lead)
    rows, columns = range(at, at + 2 * k, 2), range(at + 1, at + 2 * k, 2)
    return xp.reshape(xp.transpose(pairs, (*range(at), *rows, *columns)), (*lead, 2**k, 2**k))


def from_means(measurement: Measurement, means: Tensor, xp: Any = np) -> Tensor:
    """Return what a measurement asks for, from the means of all words on its wires."""
    return derived(measurement, density_matrix(means, xp), xp)
