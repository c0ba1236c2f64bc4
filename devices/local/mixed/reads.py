"""Measurements as linear functions of the expectation values of Pauli words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from qgate.caches import MIB, sized_cache
from qgate.devices.local.mixed.vectors import walsh_hadamard
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.pauli import PauliSum
from qgate.structure import Structure
from qgate.typing import FloatArray, IntArray
from qgate.wires import Wires


@dataclass(frozen=True, eq=False)
class Reads:
    """Words whose expectation values are read, in the order of the measurements.

    Parameters
    ----------
    indices : array of int, shape (R,)
        Indices of the words in the vector.
    parts : tuple of slice
        Those of each measurement.
    """

    indices: IntArray
    parts: tuple[slice, ...]

    def results(
        self, measurements: Sequence[Measurement], means: FloatArray
    ) -> tuple[FloatArray, ...]:
        """Return the result of each measurement, with numbers in place of slots, (K, ...)."""
        return tuple(
            RESULTS[item.kind](item, means[:, part])
            for item, part in zip(measurements, self.parts, strict=True)
        )

    def weights(self, measurements: Sequence[Measurement]) -> FloatArray:
        """Return all M values as sums of the expectation values, shape (M, R)."""
        blocks = []
        for item, part in zip(measurements, self.parts, strict=True):
            own = np.eye(part.stop - part.start)
            columns = RESULTS[item.kind](item, own).reshape(len(own), -1)
            whole = np.zeros((columns.shape[1], len(self.indices)))
            whole[:, part] = columns.T
            blocks.append(whole)
        return np.concatenate(blocks)


def _expval(measurement: Measurement, means: FloatArray) -> FloatArray:
    return np.asarray(means @ np.real(measurement.observable.parameters[0]))


def _terms(measurement: Measurement, means: FloatArray) -> FloatArray:
    return means


def _probs(measurement: Measurement, means: FloatArray) -> FloatArray:
    return np.asarray(walsh_hadamard(means) / means.shape[-1])


RESULTS: dict[MeasurementKind, Callable[[Measurement, FloatArray], FloatArray]] = {
    MeasurementKind.EXPVAL: _expval,
    MeasurementKind.TERMS: _terms,
    MeasurementKind.PROBS: _probs,
}


@sized_cache(32 * MIB)
def reads_of(structure: Structure, order: Wires) -> Reads | None:
    """Return the words that the measurements of a structure read; None: one is no such function."""
    found = []
    for item in structure.measurements:
        if item.kind is MeasurementKind.PROBS and item.obs is None:
            found.append(z_words(item.wires or order, order))
        elif item.kind in RESULTS and isinstance(item.observable, PauliSum):
            found.append(_indices(item.observable, order))
        else:
            return None
    ends = np.cumsum([len(part) for part in found]).tolist()
    starts = [0, *ends][:-1]
    parts = tuple(slice(start, end) for start, end in zip(starts, ends, strict=True))
    return Reads(np.concatenate(found), parts)


def z_words(wires: Wires, order: Wires) -> IntArray:
    """Return the indices of all words of I and Z on some wires, the first most significant."""
    digits = [len(order) - 1 - axis for axis in order.indices(wires)]
    found = np.zeros(1, dtype=np.int64)
    for digit in digits:
        found = (found[:, None] + np.array([0, 1 << 2 * digit])).reshape(-1)
    return found


def _indices(observable: PauliSum, order: Wires) -> IntArray:
    """Return the index of each word: a base-4 digit of the bits x and z for each wire."""
    x = np.asarray(observable.x_masks(order), dtype=np.int64)
    z = np.asarray(observable.z_masks(order), dtype=np.int64)
    found = np.zeros_like(x)
    for bit in range(len(order)):
        found |= (2 * (x >> bit & 1) + (z >> bit & 1)) << 2 * bit
    return found
