r"""Readout errors of each wire, from preparations of known bits, and outcomes corrected for them.

A wire in state z = +1 or -1 is read as x = +1 or -1. With e0 the probability to read 1 where it is
0, and e1 that to read 0 where it is 1,

    E[x] = a z + b,    a = 1 - e0 - e1,    b = e1 - e0.

So (x - b) / a has the expectation value z, and the value of a Pauli word for an outcome is the
product of these over its wires (Bravyi et al., Phys. Rev. A 103, 042605, 2021). Errors of different
wires are taken to be independent; random preparations average over the states of the neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from qgate.typing import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from qgate.shot_allocation.grouping import Basis

PRIOR_ERROR, PRIOR_SHOTS = 0.02, 10.0
"""Readout error that is assumed before any calibration, and the shots that it counts for."""

LEAST_SCALE = 0.1
"""Smallest a by which outcomes are divided."""


@dataclass(frozen=True, eq=False)
class ReadoutErrors:
    """Readout errors of n wires.

    Parameters
    ----------
    errors : array, shape (2, n)
        Probabilities to read 1 where a wire is 0, and to read 0 where it is 1.
    variances : array, shape (2, n)
        Of these, by the shots of the calibration.
    """

    errors: FloatArray
    variances: FloatArray

    @classmethod
    def from_counts(cls, prepared: BoolArray, ones: FloatArray, shots: IntArray) -> ReadoutErrors:
        """Estimate errors from m preparations.

        Parameters
        ----------
        prepared : array, shape (m, n)
            Whether each wire is prepared as 1.
        ones : array, shape (m, n)
            Number of shots in which each wire was read as 1.
        shots : array, shape (m,)
        """
        wrong = np.where(prepared, shots[:, None] - ones, ones)
        of_ones = np.stack([~prepared, prepared])
        total = PRIOR_SHOTS + (of_ones * shots[:, None]).sum(axis=1)
        errors = (PRIOR_SHOTS * PRIOR_ERROR + (of_ones * wrong).sum(axis=1)) / total
        return cls(errors, errors * (1 - errors) / (total + 1))

    @cached_property
    def shift(self) -> FloatArray:
        """The b of each wire, shape (n,)."""
        return np.asarray(self.errors[1] - self.errors[0])

    @cached_property
    def scale(self) -> FloatArray:
        """The a of each wire, shape (n,)."""
        return np.asarray(np.maximum(1 - self.errors.sum(axis=0), LEAST_SCALE))

    def values(self, basis: Basis, bits: BoolArray) -> FloatArray:
        """Return corrected values of readable Pauli words, from outcomes (U, n) to (U, k)."""
        single, chosen = self._single(bits), basis.supports[basis.readable]
        found = np.repeat(basis.signs[basis.readable][None], len(bits), axis=0)
        for wire in np.flatnonzero(chosen.any(axis=0)).tolist():
            found[:, chosen[:, wire]] *= single[:, wire, None]
        return found

    def _single(self, bits: BoolArray) -> FloatArray:
        """Return the corrected value of Z of each wire, shape (U, n)."""
        return np.asarray((1.0 - 2.0 * bits - self.shift) / self.scale)

    def slopes(
        self, basis: Basis, bits: BoolArray, counts: FloatArray, values: FloatArray
    ) -> Iterator[FloatArray]:
        """Yield derivatives of sums of corrected values over shots by each error, (S, k) each.

        Those by the two errors of the first wire come first. ``counts`` has shape (S, U),
        ``values`` are the corrected ones, shape (U, k).
        """
        single, chosen = self._single(bits), basis.supports[basis.readable]
        sums = counts @ values
        for wire, scale in enumerate(self.scale.tolist()):
            own = chosen[:, wire] / scale
            by_scale = sums * own
            by_shift = (counts / single[:, wire]) @ values * own
            yield by_scale + by_shift
            yield by_scale - by_shift
