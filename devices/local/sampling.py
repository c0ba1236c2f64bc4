"""Sampling of outcomes from probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qgate.devices.local.engine import Engine
from qgate.measurements import Measurement, MeasurementKind
from qgate.outcomes import PACKED_WIRES, Outcomes
from qgate.sweep import Sweep
from qgate.typing import FloatArray, NumericArray
from qgate.wires import Wires

FEW_OUTCOMES = 2**8
"""Maximum number of outcomes that are always drawn one by one.

A binomial distribution takes 55 ns, a shot by ascending random numbers 10 ns.
"""

MORE_OUTCOMES = 2**12
"""Maximum number of outcomes whose counts are drawn one by one if there are many shots of each."""

MANY_SHOTS = 2**24
"""Number of shots above which counts are always drawn this way, to bound the memory."""


def sample(
    measurement: Measurement,
    probabilities: FloatArray,
    shots: int,
    random: np.random.Generator,
    engine: Engine,
) -> Outcomes:
    """Draw outcomes of the measured wires.

    Parameters
    ----------
    measurement : Measurement
        ``counts`` of some wires, or ``sample``, which keeps the order of the shots.
    probabilities : array, shape (2**k,)
        Probabilities of the outcomes of these wires; their sum is 1 up to rounding.
    shots : int
    random : Generator
    engine : Engine
        Engine that looks up the outcomes of ascending random numbers.
    """
    num_wires = len(measurement.wires)
    ordered = measurement.kind is MeasurementKind.SAMPLE
    if _is_drawn_by_outcome(len(probabilities), shots, ordered=ordered):
        normalised = probabilities / probabilities.sum()
        if ordered:
            readings = random.choice(len(normalised), size=shots, p=normalised)
            return Outcomes.from_readings(readings, num_wires)
        counts = random.multinomial(shots, normalised)
        values = np.flatnonzero(counts)
        return Outcomes(num_wires, values, counts[values], shots)
    values, counts = engine.count(probabilities, _ascending(probabilities, shots, random))
    shuffled = random.permutation(np.repeat(values, counts)) if ordered else None
    return Outcomes(num_wires, values, counts, shots, shuffled)


def _is_drawn_by_outcome(outcomes: float, shots: float, *, ordered: bool) -> bool:
    """Return whether the count of each outcome is drawn by itself, or each shot if ``ordered``."""
    if outcomes <= FEW_OUTCOMES or ordered:
        return outcomes <= FEW_OUTCOMES
    return shots > (5 * outcomes if outcomes <= MORE_OUTCOMES else MANY_SHOTS)


def sampled_bytes(sweep: Sweep, num_read: int) -> float:
    """Return the memory of the outcomes of all rows, and that needed while one row is drawn.

    Parameters
    ----------
    sweep : Sweep
        Sweep with shots that measures ``counts`` or ``sample``.
    num_read : int
        Number of measured wires that are simulated.
    """
    assert sweep.shots is not None
    (item,) = sweep.structure.measurements
    wires, most, total = len(item.wires), float(sweep.shots.max()), float(sweep.shots.sum())
    if item.kind is MeasurementKind.SAMPLE:
        return 8.0 * (2 * wires * total + 16 * most)
    outcomes = 2.0**num_read
    by_outcome = _is_drawn_by_outcome(outcomes, most, ordered=False)
    return 24.0 * (outcomes if by_outcome else most)


def with_idle_wires(outcomes: Outcomes, read: Wires, wires: Wires) -> Outcomes:
    """Return outcomes with additional wires that are in the state 0.

    Parameters
    ----------
    outcomes : Outcomes
        Outcomes of the wires ``read``.
    read, wires : Wires
        ``wires`` contains the wires of ``read`` in the same order, and additional ones.
    """
    if len(read) == len(wires):
        return outcomes
    shifts = [len(wires) - 1 - place for place in wires.indices(read)]
    kind = np.int64 if len(wires) <= PACKED_WIRES else object
    readings = None if outcomes.readings is None else spread(outcomes.readings, shifts, kind)
    values = spread(outcomes.values, shifts, kind)
    return Outcomes(len(wires), values, outcomes.weights, outcomes.shots, readings)


def spread(values: NumericArray, shifts: Sequence[int], kind: type) -> NumericArray:
    """Move the bits of outcomes, the most significant first, to the given positions."""
    found: NumericArray = np.zeros(values.shape, dtype=kind)
    for place, shift in enumerate(reversed(shifts)):
        found |= ((values >> place) & 1).astype(kind) << shift
    return found


def _ascending(probabilities: FloatArray, shots: int, random: np.random.Generator) -> FloatArray:
    """Draw numbers between 0 and the sum of the probabilities, in ascending order.

    They are cumulative sums of exponential gaps, so that no sorting is needed.
    """
    places = np.cumsum(random.standard_exponential(shots + 1))
    total = np.cumsum(probabilities)[-1]  # summed one by one, in the order of the lookup
    return np.asarray(places[:-1] * (total / places[-1]))
