"""Measurement outcomes of a device, and all statistics computed from them.

Results of all providers are converted to ``Outcomes``; expectation values, variances, probabilities
and counts are computed only here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from qgate.short_repr import fields_summary
from qgate.sizes import check_size
from qgate.typing import FloatArray, NumericArray

MOST_DENSE = 2**28
"""Maximum number of outcomes whose probabilities are listed densely: 2 GiB."""

PACKED_WIRES = 62
"""Up to this many wires an outcome is a 64-bit integer, above it a Python integer."""

LISTED_WIRES = 10
"""Up to this many wires the strings of all outcomes are kept, 64 KiB each time."""


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Measurement outcomes of some wires in the computational basis.

    Parameters
    ----------
    num_wires : int
        Number of measured wires. The first is the most significant bit.
    values : array of int, shape (m,)
        The distinct outcomes, ascending.
    weights : array, shape (m,)
        Count of each outcome, or its probability if ``shots`` is None.
    shots : int or None
        The sum of the weights; None: exact probabilities.
    readings : array of int, shape (shots,), optional
        The outcome of each shot in the order of the shots, if requested.
    """

    num_wires: int
    values: NumericArray
    weights: NumericArray
    shots: int | None
    readings: NumericArray | None = None

    @classmethod
    def from_readings(cls, readings: NumericArray, num_wires: int) -> Outcomes:
        """Return the counts of single shots."""
        values, weights = np.unique(readings, return_counts=True)
        return cls(num_wires, values, weights, len(readings), readings)

    @classmethod
    def from_bits(cls, bits: NumericArray, *, ordered: bool = True) -> Outcomes:
        """Return the counts of the rows of a (shots, wires) array of zeros and ones."""
        outcomes = cls.from_readings(pack_bits(bits), bits.shape[1])
        return outcomes if ordered else outcomes.without_order()

    @classmethod
    def from_counts(cls, counts: dict[str, int], num_wires: int) -> Outcomes:
        """Convert a dictionary of bitstrings, the first character the first wire."""
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
        """Convert exact probabilities, shape (2**num_wires,)."""
        num_wires = len(probabilities).bit_length() - 1
        return cls(num_wires, np.arange(len(probabilities)), probabilities, None)

    @classmethod
    def joined(cls, parts: Sequence[Outcomes]) -> Outcomes:
        """Merge the counts of several samples of the same wires."""
        values = np.concatenate([part.values for part in parts])
        weights = np.concatenate([part.weights for part in parts])
        distinct, index = np.unique(values, return_inverse=True)
        totals = np.bincount(index.ravel(), weights=weights, minlength=len(distinct))
        ordered = [part.readings for part in parts if part.readings is not None]
        readings = np.concatenate(ordered) if len(ordered) == len(parts) else None
        shots = int(totals.sum())
        return cls(parts[0].num_wires, distinct, totals.astype(np.int64), shots, readings)

    def without_order(self) -> Outcomes:
        """Return the outcomes without the order of the shots."""
        return Outcomes(self.num_wires, self.values, self.weights, self.shots)

    def with_any_order(self, *, seed: str) -> Outcomes:
        """Return the outcomes with the shots in a random order, which ``seed`` determines.

        For devices that return only counts. Shots are independent, so all orders are equally
        likely.
        """
        readings = np.repeat(self.values, self.weights)
        order = np.random.default_rng(list(seed.encode())).permutation(len(readings))
        return Outcomes(self.num_wires, self.values, self.weights, self.shots, readings[order])

    def thinned(self, shots: int | None, *, seed: str) -> Outcomes:
        """Return a subset of the shots: the first ones, or random ones if their order is not known.

        ``seed`` determines these. If ``shots`` is None the outcomes are exact, and returned
        unchanged.
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
        """Weight of each outcome, normalised to a sum of 1."""
        return np.asarray(self.weights / self.weights.sum(), dtype=float)

    def marginal(self, positions: Sequence[int]) -> Outcomes:
        """Return the outcomes of some of the wires, in the given order."""
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
        """Return the relative frequency of every outcome, shape (2**num_wires,)."""
        remedy = "Read fewer wires, or ask for counts, which list what was read."
        outcomes = 2**self.num_wires
        check_size("Probabilities", outcomes, MOST_DENSE, unit="outcomes", remedy=remedy)
        dense = np.zeros(2**self.num_wires)
        dense[self.values.astype(np.int64)] = self.frequencies
        return dense

    def signs(self, positions: Sequence[int]) -> FloatArray:
        """Return (-1)**(number of ones on some of the wires) for each outcome, shape (m,)."""
        mask = sum(1 << (self.num_wires - 1 - position) for position in positions)
        return 1.0 - 2.0 * _parity(self.values & mask)

    def parts(self, positions: Sequence[int]) -> NDArray[np.int64]:
        """Return each outcome restricted to some wires, in the given order, shape (m,)."""
        return np.asarray(_take_bits(self.values, positions, self.num_wires), dtype=np.int64)

    def of_each_shot(self, values: FloatArray) -> FloatArray:
        """Return the value of each shot from the values of the outcomes, shape (shots,)."""
        return np.asarray(values[np.searchsorted(self.values, self._ordered())])

    def parities(self, supports: Iterable[Sequence[int]]) -> FloatArray:
        """Return the mean of (-1)**(number of ones on the support), for each support."""
        return np.array([self.signs(positions) @ self.frequencies for positions in supports])

    def mean(self, values: FloatArray) -> float:
        """Return the mean of values assigned to the outcomes, shape (m,)."""
        return float(values @ self.frequencies)

    def variance(self, values: FloatArray) -> float:
        """Return the variance of values assigned to the outcomes, shape (m,)."""
        return self.mean((values - self.mean(values)) ** 2)

    def bitstrings(self) -> list[str]:
        """Return the outcomes as strings, the first wire first."""
        if self.num_wires <= LISTED_WIRES and len(self.values) > 1:
            return list(itemgetter(*self.values.tolist())(_all_bitstrings(self.num_wires)))
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
        """Return the count of each bitstring."""
        return dict(zip(self.bitstrings(), self.weights.tolist(), strict=True))

    def bits(self) -> NDArray[np.int64]:
        """Return the bits of each shot in the order of the shots, shape (shots, num_wires)."""
        readings = self._ordered()
        places = range(self.num_wires - 1, -1, -1)
        columns = [(readings >> place) & 1 for place in places]
        return np.stack(columns, axis=-1).astype(np.int64)

    def _ordered(self) -> NumericArray:
        if self.readings is None:
            raise ValueError("The order of the shots was not kept.")
        return self.readings

    __repr__ = fields_summary


@lru_cache(maxsize=LISTED_WIRES + 1)
def _all_bitstrings(num_wires: int) -> list[str]:
    """Return the strings of all outcomes; dictionaries find their hashes computed."""
    return [format(value, f"0{num_wires}b")[-num_wires:] for value in range(2**num_wires)]


def pack_bits(bits: NumericArray) -> NumericArray:
    """Convert the rows of a (..., wires) array of zeros and ones to integers."""
    num_wires = bits.shape[-1]
    dtype = np.int64 if num_wires <= PACKED_WIRES else object
    packed = np.zeros(bits.shape[:-1], dtype=dtype)
    for position in range(num_wires):
        packed = (packed << 1) | bits[..., position].astype(dtype)
    return packed


def _take_bits(values: NumericArray, positions: Sequence[int], num_wires: int) -> NumericArray:
    taken = values & 0
    for position in positions:
        taken = (taken << 1) | ((values >> (num_wires - 1 - position)) & 1)
    return taken.astype(np.int64) if len(positions) <= PACKED_WIRES else taken


def _parity(values: NumericArray) -> FloatArray:
    if values.dtype == object:
        return np.array([int(value).bit_count() & 1 for value in values], dtype=float)
    return np.asarray(np.bitwise_count(values) & 1, dtype=float)
