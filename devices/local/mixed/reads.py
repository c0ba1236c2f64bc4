"""Measurements as linear functions of the expectation values of Pauli words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from qgate.caches import MIB, sized_cache
from qgate.devices.local.mixed.transfer import from_density
from qgate.devices.local.mixed.vectors import walsh_hadamard
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.combination import Factors, product_matrix
from qgate.operations.pauli import PauliSum
from qgate.structure import Structure
from qgate.typing import FloatArray, IntArray
from qgate.wires import Wires

MOST_WIRES = 6
"""Maximum number of wires of a product that is read as all words on its wires."""


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
    terms = _terms(measurement, means)
    return np.asarray(terms @ np.real(measurement.observable.parameters[0]))


def _terms(measurement: Measurement, means: FloatArray) -> FloatArray:
    observable = measurement.observable
    if isinstance(observable, PauliSum):
        return means
    weights = [_weights(factors) for factors in observable.terms]
    ends = np.cumsum([len(part) for part in weights])
    parts = np.split(means, ends[:-1], axis=1)
    return np.stack([p @ w for p, w in zip(parts, weights, strict=True)], axis=-1)


def _weights(factors: Factors) -> FloatArray:
    """Return the weight of each word in a product of observables, (4**k,)."""
    wires = Wires.all_wires(factor.wires for factor in factors)
    matrix = product_matrix(factors, wires) if factors else np.ones((1, 1))
    return from_density(np.asarray(matrix, dtype=complex)) / len(matrix)


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
    found = [_indices(item, order) for item in structure.measurements]
    known = [part for part in found if part is not None]
    if len(known) < len(found):
        return None
    ends = np.cumsum([len(part) for part in known]).tolist()
    starts = [0, *ends][:-1]
    parts = tuple(slice(start, end) for start, end in zip(starts, ends, strict=True))
    return Reads(np.concatenate(known), parts)


def _indices(measurement: Measurement, order: Wires) -> IntArray | None:
    """Return the indices of the words that a measurement reads; None: it is no sum of few words."""
    if measurement.kind is MeasurementKind.PROBS and measurement.obs is None:
        return z_words(measurement.wires or order, order)
    if measurement.kind not in (MeasurementKind.EXPVAL, MeasurementKind.TERMS):
        return None
    observable = measurement.observable
    if isinstance(observable, PauliSum):
        return _of_words(observable, order)
    supports = [Wires.all_wires(factor.wires for factor in term) for term in observable.terms]
    if any(len(wires) > MOST_WIRES for wires in supports):
        return None
    return np.concatenate([_all_words(wires, order) for wires in supports])


def z_words(wires: Wires, order: Wires) -> IntArray:
    """Return the indices of all words of I and Z on some wires, the first most significant."""
    return _combined(np.arange(2), wires, order)


def _all_words(wires: Wires, order: Wires) -> IntArray:
    """Return the indices of all words on some wires, the first most significant."""
    return _combined(np.arange(4), wires, order)


def _combined(digits: IntArray, wires: Wires, order: Wires) -> IntArray:
    found = np.zeros(1, dtype=np.int64)
    for axis in order.indices(wires):
        shift = 2 * (len(order) - 1 - axis)
        found = (found[:, None] + (digits << shift)).reshape(-1)
    return found


def _of_words(observable: PauliSum, order: Wires) -> IntArray:
    """Return the index of each word: a base-4 digit of the bits x and z for each wire."""
    x = np.asarray(observable.x_masks(order), dtype=np.int64)
    z = np.asarray(observable.z_masks(order), dtype=np.int64)
    found = np.zeros_like(x)
    for bit in range(len(order)):
        found |= (2 * (x >> bit & 1) + (z >> bit & 1)) << 2 * bit
    return found
