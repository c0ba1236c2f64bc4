"""Measurements of trajectories: averages with standard errors, and shots.

A reader names what the engine returns at the end of a path, and combines it with the frames of the
path's trajectories. A frame flips outcomes, and signs of Pauli words. Measurements of other kinds
read states, for which frames became gates.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from qgate.devices.job import SweepResult
from qgate.devices.local.engine import PROBABILITIES, Engine
from qgate.devices.local.exact import apply_observable, marginal, measure, reduced
from qgate.devices.local.mixed.moments import Moments
from qgate.devices.local.sampling import sample, spread
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.pauli import PauliSum
from qgate.outcomes import PACKED_WIRES, Outcomes
from qgate.sweep import Sweep
from qgate.transforms.density import DERIVED, derived
from qgate.typing import BoolArray, IntArray, NumericArray, Wire
from qgate.wires import Wires

LINEAR = (MeasurementKind.EXPVAL, MeasurementKind.TERMS)
"""Kinds that are linear in the expectation values of Pauli words."""


class Reader(ABC):
    """Measurements of a sweep, row by row.

    Required: ``begin``, ``add`` and ``end``.

    Attributes
    ----------
    read : object
        What is read at the end of a path, see ``Engine.advance``.
    needs_states : bool
        Whether frames become gates at the end of the circuit.
    """

    read: Any = None
    needs_states = False

    def __init__(self) -> None:
        self.found: list[list[Any]] = []
        self.errors: list[list[Any]] = []

    @abstractmethod
    def begin(self, count: int, random: np.random.Generator) -> None:
        """Begin a row of ``count`` trajectories."""

    @abstractmethod
    def add(
        self, value: Any, frames: BoolArray, members: IntArray, outcomes: Mapping[Wire, int]
    ) -> None:
        """Add the trajectories of a path, whose frames have shape (M, 2n).

        ``outcomes`` are those of mid-circuit measurements.
        """

    @abstractmethod
    def end(self) -> None:
        """End a row."""

    def results(self) -> tuple[SweepResult, SweepResult]:
        """Return the results of all rows, and their standard errors."""
        found = tuple(np.array(entries) for entries in zip(*self.found, strict=True))
        return found, tuple(np.array(entries) for entries in zip(*self.errors, strict=True))


class AverageReader(Reader):
    """Exact measurements as averages.

    Required: ``values``, and ``sizes``, the number of averaged values of each measurement.
    """

    def __init__(self, measurements: Sequence[Measurement], order: Wires) -> None:
        super().__init__()
        self.measurements, self.order = measurements, order
        self.moments: list[Moments] = []

    @abstractmethod
    def size(self, measurement: Measurement) -> int:
        """Return the number of averaged values of a measurement."""

    @abstractmethod
    def values(
        self, measurement: Measurement, value: Any, frames: BoolArray
    ) -> tuple[NumericArray, NumericArray | None]:
        """Return values (M, V) of trajectories, and how many have them; None: one each."""

    def begin(self, count: int, random: np.random.Generator) -> None:
        self.moments = [
            Moments(self.size(item), crossed=item.kind is MeasurementKind.VAR)
            for item in self.measurements
        ]

    def add(
        self, value: Any, frames: BoolArray, members: IntArray, outcomes: Mapping[Wire, int]
    ) -> None:
        for item, moments in zip(self.measurements, self.moments, strict=True):
            moments.add(*self.values(item, value, frames))

    def end(self) -> None:
        pairs = [
            self.finished(item, moments)
            for item, moments in zip(self.measurements, self.moments, strict=True)
        ]
        self.found.append([value for value, _ in pairs])
        self.errors.append([error for _, error in pairs])

    def finished(self, measurement: Measurement, moments: Moments) -> tuple[Any, Any]:
        """Return the result of a row, and its standard error."""
        mean, errors = moments.mean, np.sqrt(moments.covariance)
        return (mean, errors) if measurement.kind in SEVERAL else (mean[0], errors[0])


SEVERAL = (MeasurementKind.TERMS, MeasurementKind.PROBS)
"""Kinds whose results are arrays of averages."""


class WordReader(AverageReader):
    """Expectation values of sums of Pauli words, whose signs a frame changes."""

    def __init__(self, measurements: Sequence[Measurement], order: Wires) -> None:
        super().__init__(measurements, order)
        sums = [item.observable for item in measurements]
        self.read = PauliSum.total(sums)
        ends = np.cumsum([0, *(item.num_terms for item in sums)])
        self.places = {id(item): slice(*ends[i : i + 2]) for i, item in enumerate(measurements)}
        shifts = len(order) - 1 - np.arange(len(order))
        x, z = self.read.x_masks(order)[:, None], self.read.z_masks(order)[:, None]
        odd = np.stack([z >> shifts & 1, x >> shifts & 1], axis=-1)  # x and z anticommute
        self.odd = odd.reshape(len(x), -1).T.astype(float)

    def size(self, measurement: Measurement) -> int:
        return measurement.observable.num_terms if measurement.kind is SEVERAL[0] else 1

    def add(
        self, value: Any, frames: BoolArray, members: IntArray, outcomes: Mapping[Wire, int]
    ) -> None:
        signs = 1.0 - 2.0 * ((frames @ self.odd) % 2)
        super().add(value, signs, members, outcomes)

    def values(
        self, measurement: Measurement, value: Any, frames: BoolArray
    ) -> tuple[NumericArray, NumericArray | None]:
        place = self.places[id(measurement)]
        terms = frames[:, place] * value[place]
        if measurement.kind is MeasurementKind.TERMS:
            return terms, None
        return (terms @ np.real(measurement.observable.parameters[0]))[:, None], None


class ProbabilityReader(AverageReader):
    """Probabilities, whose outcomes a frame flips."""

    read = PROBABILITIES

    def size(self, measurement: Measurement) -> int:
        return int(2 ** len(measurement.wires))

    def values(
        self, measurement: Measurement, value: Any, frames: BoolArray
    ) -> tuple[NumericArray, NumericArray | None]:
        chances = marginal(value[None], measurement.wires, self.order)[0]
        flips, counts = np.unique(
            flipped_bits(frames, measurement.wires, self.order), return_counts=True
        )
        return chances[np.arange(len(chances)) ^ flips[:, None]], counts


class StateReader(AverageReader):
    """Measurements of any kind, from states."""

    needs_states = True

    def size(self, measurement: Measurement) -> int:
        if measurement.kind in DERIVED:
            return int(4 ** len(measurement.wires or self.order))
        if measurement.kind is MeasurementKind.PROBS:
            return int(2 ** len(measurement.wires))
        if measurement.kind is MeasurementKind.TERMS:
            return int(measurement.observable.num_terms)
        return 2 if measurement.kind is MeasurementKind.VAR else 1

    def values(
        self, measurement: Measurement, value: Any, frames: BoolArray
    ) -> tuple[NumericArray, NumericArray | None]:
        state, weights = value[None], np.array([len(frames)])
        if measurement.kind in DERIVED:
            rho = reduced(state, measurement.wires or self.order, self.order)
            return rho.reshape(1, -1), weights
        if measurement.kind is MeasurementKind.VAR:
            changed = apply_observable(measurement.observable, state, self.order)
            means = [np.vdot(state, changed).real, np.vdot(changed, changed).real]
            return np.array([means]), weights
        return np.reshape(measure(measurement, state, self.order), (1, -1)), weights

    def finished(self, measurement: Measurement, moments: Moments) -> tuple[Any, Any]:
        if measurement.kind is MeasurementKind.VAR:
            mean, square = moments.mean
            slopes, spread = np.array([-2 * mean, 1.0]), moments.covariance
            # the square of an average is too large by its variance, and has a variance of its own
            error = np.sqrt(max(slopes @ spread @ slopes, 0.0) + 2 * spread[0, 0] ** 2)
            return square - mean**2 + spread[0, 0], error
        if measurement.kind not in DERIVED:
            return super().finished(measurement, moments)
        size = 2 ** len(measurement.wires or self.order)
        rho = moments.mean.reshape(size, size)
        if measurement.kind in MATRICES:
            return rho, np.sqrt(moments.covariance).reshape(size, size)
        return derived(measurement, rho, np), np.nan


MATRICES = (MeasurementKind.STATE, MeasurementKind.DENSITY_MATRIX)
"""Kinds whose result is the density matrix."""


class ShotReader(Reader):
    """Counts or samples: each trajectory is a shot."""

    read = PROBABILITIES

    def __init__(self, measurement: Measurement, order: Wires, engine: Engine) -> None:
        super().__init__()
        self.measurement, self.order, self.engine = measurement, order, engine
        self.wires = Wires([wire for wire in measurement.wires if wire in order])
        self.counted = Measurement(MeasurementKind.COUNTS, wires=self.wires, all_outcomes=False)
        last = len(measurement.wires) - 1
        self.shift = {wire: last - place for place, wire in enumerate(measurement.wires)}
        self.kind: type = np.int64 if last < PACKED_WIRES else object
        self.rows: list[Outcomes] = []

    def begin(self, count: int, random: np.random.Generator) -> None:
        self.shots: NumericArray = np.zeros(count, dtype=self.kind)
        self.random = random

    def add(
        self, value: Any, frames: BoolArray, members: IntArray, outcomes: Mapping[Wire, int]
    ) -> None:
        chances = marginal(value[None], self.wires, self.order)[0]
        drawn = sample(self.counted, chances, len(members), self.random, self.engine)
        every = np.repeat(drawn.values, drawn.weights)
        if len(every) > 1:
            every = self.random.permutation(every)
        every ^= flipped_bits(frames, self.wires, self.order)
        recorded = sum(
            bit << self.shift[wire] for wire, bit in outcomes.items() if wire in self.shift
        )
        found = spread(every, [self.shift[wire] for wire in self.wires], self.kind)
        self.shots[members] = found | recorded

    def end(self) -> None:
        found = Outcomes.from_readings(self.shots, len(self.measurement.wires))
        ordered = self.measurement.kind is MeasurementKind.SAMPLE
        self.rows.append(found if ordered else found.without_order())

    def results(self) -> tuple[SweepResult, SweepResult]:
        return (self.rows,), ()


def reader_of(sweep: Sweep, order: Wires, engine: Engine) -> Reader:
    """Return the reader of a sweep's measurements."""
    measurements = sweep.structure.bind_measurements(sweep.arrays)
    if sweep.shots is not None:
        return ShotReader(measurements[0], order, engine)
    if all(item.kind in LINEAR and isinstance(item.observable, PauliSum) for item in measurements):
        return WordReader(measurements, order)
    if all(item.kind is MeasurementKind.PROBS and item.obs is None for item in measurements):
        return ProbabilityReader(measurements, order)
    return StateReader(measurements, order)


def flipped_bits(frames: BoolArray, wires: Wires, order: Wires) -> IntArray:
    """Return the flips of outcomes of some wires by frames (M, 2n), the first most significant."""
    flips = frames[:, [2 * axis for axis in order.indices(wires)]]
    return np.asarray(flips @ (1 << np.arange(len(wires))[::-1]))
