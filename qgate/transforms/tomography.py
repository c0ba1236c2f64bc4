"""State tomography: density matrices from expectation values of Pauli words.

rho = 2**-k times the sum over all 4**k words P on k wires of <P> P. The expectation values are
linear in the state, can be measured in 3**k bases, and have shift rules like any other.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from qgate.caches import MIB, sized_cache
from qgate.exceptions import TooManyMeasuredWires
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.pauli import PauliSum
from qgate.recording import paused
from qgate.transforms.density import derived
from qgate.typing import Namespace, Tensor
from qgate.wires import Wires

MOST_WIRES = 6
"""Maximum number of wires, with 3**6 = 729 bases; each more wire takes three times as many."""

ENTRIES = np.array([[1, 0, 0, 1], [0, 1, 1, 0], [0, -1j, 1j, 0], [1, 0, 0, -1]]) / 2
"""Half the matrices of I, X, Y and Z, each flattened to a row."""


def words_of(measurement: Measurement, wires: Wires) -> Measurement:
    """Return the measurement of the expectation values of all 4**k Pauli words on some wires.

    An error for too many wires names ``measurement``.
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


def density_matrix(means: Tensor, xp: Namespace = np) -> Tensor:
    """Return density matrices, (..., 2**k, 2**k), from expectation values, (..., 4**k)."""
    lead, count = tuple(means.shape[:-1]), means.shape[-1]
    k = (count.bit_length() - 1) // 2
    tensor = means + 0j
    for _ in range(k):  # replace the first wire's letters by matrix entries, moved to the last axis
        front = xp.reshape(tensor, (*lead, 4, count // 4))
        turned = xp.matmul(xp.swapaxes(front, -1, -2), ENTRIES)
        tensor = xp.reshape(turned, (*lead, count))
    pairs = xp.reshape(tensor, (*lead, *(2,) * (2 * k)))
    at = len(lead)
    rows, columns = range(at, at + 2 * k, 2), range(at + 1, at + 2 * k, 2)
    return xp.reshape(xp.transpose(pairs, (*range(at), *rows, *columns)), (*lead, 2**k, 2**k))


def from_means(measurement: Measurement, means: Tensor, xp: Namespace = np) -> Tensor:
    """Return the value of a measurement from the expectation values of all words on its wires."""
    return derived(measurement, density_matrix(means, xp), xp)
