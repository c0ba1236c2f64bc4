"""What a device reads from its wires, and every number that is computed from it.

All providers' results are turned into ``Outcomes``; expectation values, variances,
probabilities and counts are computed here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qgate.sizes import check_size
from qgate.typing import FloatArray

MOST_DENSE = 2**28
"""Most outcomes whose probabilities are listed one by one, 2 GiB of them."""

PACKED_WIRES = 62
"""Up to this many wires an outcome is a 64-bit integer, beyond it a Python one."""


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Readings of some wires in the computational basis.

    Parameters
    ----------
    num_wires : int
        How many wires were read. The first is the most significant bit.
    values : array of int, shape (m,)
        The distinct outcomes, ascending.
    weights : array, shape (m,)
        How often each was read; or its probability, where ``shots`` is None.
    shots : int or None
        The sum of the weights; None: exact probabilities.
    readings : array of int, shape (shots,), optional
        The outcome of each shot in the order of the shots, where that was asked for.
    """

    num_wires: int
    values: NDArray[Any]
    weights: NDArray[Any]
    shots: int | None
    readings: NDArray[Any] | None = None

    @classmethod
    def from_readings(cls, readings: NDArray[Any], num_wires: int) -> Outcomes:
        """Count the outcomes of single shots."""
        values, weights = np.unique(readings, return_counts=True)
        return cls(num_wires, values, weights, len(readings), readings)

    @classmethod
    def from_bits(cls, bits: NDArray[Any], *, ordered: bool = True) -> Outcomes:
        """Count the rows of a (shots, wires) array of zeros and ones."""
        outcomes = cls.from_readings(pack_bits(bits), bits.shape[1])
        return outcomes if ordered else outcomes.without_order()

    @classmethod
    def from_counts(cls, counts: dict[str, int], num_wires: int) -> Outcomes:
        """Read a dictionary of bitstrings, the first character the first wire."""
        dtype = np.int64 if num_wires <= PACKED_WIRES else object
        totals: dict[int, int] = {}
        for bits, count in counts.items():
            outcome = int(bits, 2) if bits else 0
            totals[outcome] = totals.get(outcome, 0) + int(count)
        values = np.array(sorted(totals), dtype=dtype)
        weights = np.array([totals[int(value)] for value in values], dtype=np.int64)
        return cls(num_wires, values, weights, int(weights.sum()))

    @classmethod
    def from_probabilities(cls, probabilities: FloatArray) -> Outcomes:
        """Take exact probabilities, shape (2**num_wires,)."""
        num_wires = len(probabilities).bit_length() - 1
        return cls(num_wires, np.arange(len(probabilities)), probabilities, None)

    @classmethod
    def joined(cls, parts: Sequence[Outcomes]) -> Outcomes:
        """Add the counts of several samples of the same wires, one after the other."""
        values = np.concatenate([part.values for part in parts])
        weights = np.concatenate([part.weights for part in parts])
        distinct, index = np.unique(values, return_inverse=True)
        totals = np.bincount(index.ravel(), weights=weights, minlength=len(distinct))
        ordered = [part.readings for part in parts if part.readings is not None]
        readings = np.concatenate(ordered) if len(ordered) == len(parts) else None
        shots = int(totals.sum())
        return cls(parts[0].num_wires, distinct, totals.astype(np.int64), shots, readings)

    def without_order(self) -> Outcomes:
        """Return the same without the order of the shots."""
        return Outcomes(self.num_wires, self.values, self.weights, self.shots)

    def with_any_order(self, *, seed: str) -> Outcomes:
        """Return the same with an order of the shots that means nothing.

        For devices that count outcomes and keep no order. Shots are independent, so that any
        order is as likely as any other.

        Parameters
        ----------
        seed : str
            The same seed gives the same order.
        """
        readings = np.repeat(self.values, self.weights)
        order = np.random.default_rng(list(seed.encode())).permutation(len(readings))
        return Outcomes(self.num_wires, self.values, self.weights, self.shots, readings[order])

    def thinned(self, shots: int | None, *, seed: str) -> Outcomes:
        """Return so many of the shots: the first, or where their order was not kept, any.

        Parameters
        ----------
        shots : int or None
            At most as many as there are; None: exact, nothing is taken out.
        seed : str
            The same seed takes out the same.
        """
        if shots is None or shots == self.shots:
            return self
        if self.readings is not None:
            return Outcomes.from_readings(self.readings[:shots], self.num_wires)
        draw = np.random.default_rng(list(seed.encode()))
        left = draw.multivariate_hypergeometric(self.weights, shots, method="marginals")
        kept = left > 0
        return Outcomes(self.num_wires, self.values[kept], left[kept], shots)

    @cached_property
    def frequencies(self) -> FloatArray:
        """The weight of each outcome, normalised to a sum of 1."""
        return np.asarray(self.weights / self.weights.sum(), dtype=float)

    def marginal(self, positions: Sequence[int]) -> Outcomes:
        """Return the readings of some of the wires, in the given order."""
        if list(positions) == list(range(self.num_wires)):
            return self
        taken = _take_bits(self.values, positions, self.num_wires)
        readings = self.readings
        if readings is not None:
            readings = _take_bits(readings, positions, self.num_wires)
        values, index = np.unique(taken, return_inverse=True)
        weights = np.bincount(index.ravel(), weights=self.weights, minlength=len(values))
        if self.shots is not None:
            weights = weights.astype(np.int64)
        return Outcomes(len(positions), values, weights, self.shots, readings)

    def probabilities(self) -> FloatArray:
        """Return the frequency of every outcome, shape (2**num_wires,).

        Raises
        ------
        TooLarge
            There are more outcomes than ``MOST_DENSE``.
        """
        remedy = "Read fewer wires, or ask for counts, which list what was read."
        outcomes = 2**self.num_wires
        check_size("Probabilities", outcomes, MOST_DENSE, unit="outcomes", remedy=remedy)
        dense = np.zeros(2**self.num_wires)
        dense[self.values.astype(np.int64)] = self.frequencies
        return dense

    def signs(self, positions: Sequence[int]) -> FloatArray:
        """Return (-1)**(number of ones on some of the wires) of each outcome, shape (m,)."""
        mask = sum(1 << (self.num_wires - 1 - position) for position in positions)
        return 1.0 - 2.0 * _parity(self.values & mask)

    def parts(self, positions: Sequence[int]) -> NDArray[np.int64]:
        """Return what each outcome is on a few of the wires, in the given order, shape (m,)."""
        return np.asarray(_take_bits(self.values, positions, self.num_wires), dtype=np.int64)

    def of_each_shot(self, values: FloatArray) -> FloatArray:
        """Return the value that belongs to each shot, from those of the outcomes, shape (shots,).

        Raises
        ------
        ValueError
            The order of the shots was not kept.
        """
        return np.asarray(values[np.searchsorted(self.values, self._ordered())])

    def parities(self, supports: Iterable[Sequence[int]]) -> FloatArray:
        """Return the mean of (-1)**(number of ones on the support), for each support."""
        return np.array([self.signs(positions) @ self.frequencies for positions in supports])

    def mean(self, values: FloatArray) -> float:
        """Return the mean of values that belong to the outcomes, shape (m,)."""
        return float(values @ self.frequencies)

    def variance(self, values: FloatArray) -> float:
        """Return the variance of values that belong to the outcomes, shape (m,)."""
        return self.mean((values - self.mean(values)) ** 2)

    def bitstrings(self) -> list[str]:
        """Return the outcomes as strings, the first wire first."""
        if not self.num_wires or self.values.dtype == object:
            width = self.num_wires
            return [
                format(int(value), f"0{width}b")[-width:] * bool(width) for value in self.values
            ]
        octets = self.values.astype(">u8").view(np.uint8).reshape(-1, 8)
        digits = np.unpackbits(octets, axis=1)[:, -self.num_wires :] + np.uint8(ord("0"))
        text, width = digits.tobytes().decode("ascii"), self.num_wires
        return [text[start : start + width] for start in range(0, len(text), width)]

    def counts(self) -> dict[str, int]:
        """Return how often each bitstring was read."""
        return dict(zip(self.bitstrings(), self.weights.tolist(), strict=True))

    def bits(self) -> NDArray[np.int64]:
        """Return each shot's zeros and ones in the order of the shots, shape (shots, num_wires)."""
        readings = self._ordered()
        places = range(self.num_wires - 1, -1, -1)
        columns = [(readings >> place) & 1 for place in places]
        return np.stack(columns, axis=-1).astype(np.int64)

    def _ordered(self) -> NDArray[Any]:
        if self.readings is None:
            raise ValueError("The order of the shots was not kept.")
        return self.readings


def pack_bits(bits: NDArray[Any]) -> NDArray[Any]:
    """Turn the rows of a (..., wires) array of zeros and ones into integers."""
    num_wires = bits.shape[-1]
    dtype = np.int64 if num_wires <= PACKED_WIRES else object
    packed = np.zeros(bits.shape[:-1], dtype=dtype)
    for position in range(num_wires):
        packed = (packed << 1) | bits[..., position].astype(dtype)
    return packed


def _take_bits(values: NDArray[Any], positions: Sequence[int], num_wires: int) -> NDArray[Any]:
    taken = values & 0
    for position in positions:
        taken = (taken << 1) | ((values >> (num_wires - 1 - position)) & 1)
    return taken.astype(np.int64) if len(positions) <= PACKED_WIRES else taken


def _parity(values: NDArray[Any]) -> FloatArray:
    if values.dtype == object:
        return np.array([int(value).bit_count() & 1 for value in values], dtype=float)
    return np.asarray(np.bitwise_count(values) & 1, dtype=float)
