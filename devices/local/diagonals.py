"""Diagonal gates in numpy: phases of all amplitudes, from sums of parities of their indices.

A diagonal gate is exp(i x D), where D is a weighted sum of (-1)**parity(mask & index). If few
distinct values of D occur (small multiples of one weight, as in the cost layers of QAOA), the class
of every index is stored in a table and only one phase per class is computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from qgate.caches import MIB, sized_cache
from qgate.devices.local.gate_action import TINY
from qgate.devices.local.parities import Block, Parities, blocks
from qgate.devices.local.step_runner import Backward
from qgate.devices.local.steps import TABLE_BITS, Phases
from qgate.typing import ComplexArray, FloatArray

MOST_CLASSES = 256

POINTS = 2048
"""Number of tabulated points per turn; the phase between them is a short series."""

FAST_ANGLE = 1e5
"""Largest angle that is reduced here; larger ones are reduced exactly by the C library."""

STEP = float(np.float32(2 * np.pi / POINTS))
STEP_REST = (2 * np.pi / POINTS - STEP) + 2.4492935982947064e-16 / POINTS
"""Remainder of one turn over ``POINTS``, which is split in two parts: products with ``STEP``, which
has 24 bits, are exact; the remainder includes the part of 2 pi that a double lacks.
"""


class PhasesRunner:
    """Runner of a diagonal on states (R, 2**n), forward and back."""

    def __init__(self, step: Phases, num_bits: int, one: int) -> None:
        terms = [
            (group.angle, mask, weight)
            for group in step.groups
            for mask, weight in zip(group.masks, group.weights, strict=True)
        ]
        self.num_bits = num_bits
        self.parities = Parities([mask for _, mask, _ in terms], num_bits)
        self.angle = np.array([angle for angle, _, _ in terms])
        self.weights = np.array([weight for _, _, weight in terms])
        self.angles = frozenset(angle for angle, _, _ in terms if angle != one)
        self.table = _table(step.total(), num_bits)

    def forward(
        self, states: ComplexArray, numbers: FloatArray, angles: FloatArray
    ) -> ComplexArray:
        for block, phases in self._phases(angles):
            part = block.of(states)
            part *= phases
        return states

    def back(self, at: Backward) -> None:
        for block in blocks(self.num_bits) if self.angles else ():
            ket, *bras = map(block.of, at.vectors)
            for bra, found in zip(bras, at.slopes, strict=True):
                overlaps = bra.real * ket.imag - bra.imag * ket.real
                sums = self.weights * self.parities.sums(overlaps, block)
                np.subtract.at(found.T, self.angle, sums.T)
        if not (taken := at.vectors[at.undone]):
            return
        for block, phases in self._phases(-at.angles):
            for vector in taken:
                part = block.of(vector)
                part *= phases

    def _phases(self, angles: FloatArray) -> Iterator[tuple[Block, ComplexArray]]:
        """Yield blocks of indices, and their phases, shape (R, indices)."""
        taken = angles[:, self.angle]
        if self.table is not None and (taken == taken[:, :1]).all():
            classes, values = self.table
            found = np.exp(1j * taken[:, :1] * values)
            for block in blocks(self.num_bits):
                yield block, found.take(block.of(classes), axis=1)
            return
        weights = self.parities.weights(self.weights * taken)
        for block in blocks(self.num_bits):
            yield block, unit_phases(self.parities.diagonal(weights, block))


def unit_phases(values: FloatArray) -> ComplexArray:
    """Return exp(i x), exact to about 1e-16 and the rounding of x."""
    if not np.abs(values).max(initial=0.0) <= FAST_ANGLE:
        exact: ComplexArray = np.exp(1j * values)
        return exact
    nearest = np.rint(values * (POINTS / (2 * np.pi)))
    rest = values - nearest * STEP
    rest -= nearest * STEP_REST
    square = rest * rest
    found = np.empty(values.shape, dtype=complex)
    found.real = 1 + square * (square / 24 - 0.5)
    found.imag = rest * (1 - square / 6)
    found *= _points().take(nearest.astype(np.int64) & (POINTS - 1))
    return found


@cache
def _points() -> ComplexArray:
    return np.exp(2j * np.pi / POINTS * np.arange(POINTS, dtype=complex))


@sized_cache(32 * MIB)
def _table(
    terms: tuple[tuple[int, float], ...], num_bits: int
) -> tuple[NDArray[np.uint8], FloatArray] | None:
    """Return the class of every index, and the value of the diagonal for every class.

    There are few classes if all weights are small multiples of one of them.
    """
    weights = np.array([weight for _, weight in terms])
    unit = np.abs(weights).min()
    multiples = (weights / unit).round() if unit else weights
    most = np.abs(multiples).sum()
    off = np.abs(multiples * unit - weights).max()
    if num_bits > TABLE_BITS or not 0 < most < MOST_CLASSES or off > TINY:
        return None
    parities = Parities([mask for mask, _ in terms], num_bits)
    laid, classes = parities.weights(multiples[None]), np.empty(1 << num_bits, dtype=np.uint8)
    for block in blocks(num_bits):
        block.of(classes)[:] = ((parities.diagonal(laid, block)[0] + most) / 2).round()
    return classes, (2 * np.arange(most + 1) - most) * unit
