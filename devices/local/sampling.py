"""Readings drawn from probabilities."""

from __future__ import annotations

import numpy as np

from qgate.measurements import Measurement, MeasurementKind
from qgate.outcomes import Outcomes
from qgate.typing import FloatArray, IntArray

FEW_OUTCOMES = 2**12
"""Up to so many outcomes their counts are drawn one by one, from binomial distributions."""


def sample(
    measurement: Measurement,
    probabilities: FloatArray,
    shots: int,
    random: np.random.Generator,
) -> Outcomes:
    """Read wires so many times.

    Parameters
    ----------
    measurement : Measurement
        ``counts`` of some wires, or ``sample``, which keeps the order of the shots.
    probabilities : array, shape (2**k,)
        Of the outcomes of these wires; their sum is 1 up to rounding.
    shots : int
    random : Generator
    """
    num_wires = len(measurement.wires)
    if len(probabilities) <= FEW_OUTCOMES:
        normalised = probabilities / probabilities.sum()
        if measurement.kind is MeasurementKind.SAMPLE:
            readings = random.choice(len(normalised), size=shots, p=normalised)
            return Outcomes.from_readings(readings, num_wires)
        counts = random.multinomial(shots, normalised)
        values = np.flatnonzero(counts)
        return Outcomes(num_wires, values, counts[values], shots)
    ascending = _ascending(probabilities, shots, random)
    if measurement.kind is MeasurementKind.SAMPLE:
        return Outcomes.from_readings(random.permutation(ascending), num_wires)
    starts = np.flatnonzero(np.diff(ascending, prepend=-1))
    counts = np.diff(starts, append=shots)
    return Outcomes(num_wires, ascending[starts], counts, shots)


def _ascending(probabilities: FloatArray, shots: int, random: np.random.Generator) -> IntArray:
    """Draw outcomes in ascending order.

    Uniform numbers in order are sums of exponential gaps, so that nothing has to be sorted, and
    looking them up goes through the cumulative probabilities once.
    """
    gaps = random.standard_exponential(shots + 1)
    places = np.cumsum(gaps)
    cumulative = np.cumsum(probabilities)
    uniform = places[:-1] * (cumulative[-1] / places[-1])
    found = np.searchsorted(cumulative, uniform, side="right")
    last = np.flatnonzero(probabilities)[-1]  # rounding may put a number past the end
    return np.minimum(found, last).astype(np.int64)
