"""Permutations of amplitudes in numpy, by lookup tables of sources."""

from __future__ import annotations

import numpy as np

from qgate.caches import MIB, sized_cache
from qgate.devices.local.bits import inverse, through
from qgate.devices.local.step_runner import Backward
from qgate.devices.local.steps import Moves
from qgate.typing import ComplexArray, FloatArray, IntArray

LOOKUP_BITS = 16
"""Number of index bits per lookup table of a permutation."""


class MovesRunner:
    """Runner of a permutation of the amplitudes."""

    angles = frozenset[int]()

    def __init__(self, step: Moves) -> None:
        self.sources = _Sources(step.columns, step.shift)
        back = inverse(step.columns)
        self.inverse = _Sources(back, through(back, step.shift))

    def forward(
        self, states: ComplexArray, numbers: FloatArray, angles: FloatArray
    ) -> ComplexArray:
        return self.sources.taken(states)

    def back(self, at: Backward) -> None:
        for vector in at.vectors[at.undone]:
            vector[:] = self.inverse.taken(vector)


class _Sources:
    """Sources of a permutation: for each index the exclusive or of the columns at its set bits."""

    def __init__(self, columns: tuple[int, ...], shift: int) -> None:
        self.lookup = _lookup(columns[:LOOKUP_BITS])
        self.bases: list[int] = (_lookup(columns[LOOKUP_BITS:]) ^ shift).tolist()

    def taken(self, vectors: ComplexArray) -> ComplexArray:
        """Return vectors (..., 2**n) with permuted entries."""
        size, found = vectors.shape[-1], np.empty_like(vectors)
        blocks = found.reshape(-1, len(self.bases), len(self.lookup)).swapaxes(0, 1)
        for base, block in zip(self.bases, blocks, strict=True):
            sources = self.lookup ^ base if base else self.lookup
            for vector, part in zip(vectors.reshape(-1, size), block, strict=True):
                np.take(vector, sources, out=part, mode="clip")
        return found


@sized_cache(16 * MIB)
def _lookup(columns: tuple[int, ...]) -> IntArray:
    """Return, for every index, the exclusive or of the columns at its set bits."""
    found = np.zeros(1, dtype=np.int64)
    for column in columns:
        found = np.concatenate([found, found ^ column])
    return found
