"""The local statevector device."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np

from qgate.devices.base import Device
from qgate.devices.capabilities import Capabilities
from qgate.devices.job import FinishedJob, Job, SweepResult
from qgate.devices.local import adjoint
from qgate.devices.local.engine import Engine, NumpyEngine
from qgate.devices.local.exact import MEASURES, marginal, measure
from qgate.measurements import Measurement, MeasurementKind
from qgate.outcomes import Outcomes
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.transforms.decompose import AffineMap, decomposes, decomposition
from qgate.typing import ComplexArray, FloatArray, Tensor, WiresLike
from qgate.wires import Wires

AMPLITUDES_AT_ONCE = 2**24
"""Rows are simulated together up to so many amplitudes (256 MiB of complex128)."""

ANY_SIZE = frozenset(
    {
        "StatePrep",
        "MottonenStatePreparation",
        "MultiRZ",
        "PCPhase",
        "GlobalPhase",
        "QubitUnitary",
        "Barrier",
    }
    | {"DiagonalQubitUnitary", "Identity"}
)
"""Operations that are run as they are on any number of wires."""

LOCAL = Capabilities(
    gates=ANY_SIZE,
    matrix_wires=6,
    exact=frozenset(kind.value for kind in MEASURES),
    max_wires=28,
    call_seeds=True,
    statevector=True,
)


class LocalDevice(Device):
    """Simulates state vectors on this machine, exactly or with shots.

    Parameters
    ----------
    wires : int or wires, optional
    shots : None, int or sequence
    seed : int, optional
        Seeds the sampling; the same seed and the same sequence of calls give the same bits.
    engine : Engine, optional
        Computes the states; default the one in plain numpy.
    """

    name = "local"
    provider = "local"
    capabilities = LOCAL

    def __init__(
        self,
        *,
        wires: WiresLike | int | None = None,
        shots: Any = "default",
        seed: int | None = None,
        engine: Engine | None = None,
    ) -> None:
        super().__init__(wires=wires, shots=shots)
        self.engine = engine or NumpyEngine()
        self._random = np.random.default_rng(seed)
        self._sampling = Lock()  # a generator is not to be drawn from by two threads at once

    def submit(self, sweeps: Sequence[Sweep]) -> Job:
        return FinishedJob([self._run(sweep, place) for place, sweep in enumerate(sweeps)])

    def _run(self, sweep: Sweep, place: int = 0) -> SweepResult:
        random = self._random
        if sweep.seed is not None:  # sweeps of one submission do not draw the same numbers
            random = np.random.default_rng([*sweep.seed, place])
        order = self.wires_of(sweep.structure.wires)
        step = max(1, AMPLITUDES_AT_ONCE >> len(order))
        parts = []
        for start in range(0, len(sweep), step):
            rows = sweep.rows[start : start + step]
            shots = None if sweep.shots is None else sweep.shots[start : start + step]
            parts.append(self._run_rows(sweep.with_rows(rows, shots), order, random))
        return tuple(_joined(entries) for entries in zip(*parts, strict=True))

    def _run_rows(self, sweep: Sweep, order: Wires, random: np.random.Generator) -> SweepResult:
        states = self.engine.states(sweep.structure, sweep.rows, sweep.arrays, order=order)
        measurements = sweep.structure.bind_measurements(sweep.arrays)
        if sweep.shots is None:
            return tuple(measure(measurement, states, order) for measurement in measurements)
        (measurement,) = measurements
        probabilities = marginal(np.abs(states) ** 2, measurement.wires, order)
        with self._sampling:
            return (
                [
                    self._sample(measurement, row, int(shots), random)
                    for row, shots in zip(probabilities, sweep.shots, strict=True)
                ],
            )

    @staticmethod
    def _sample(
        measurement: Measurement,
        probabilities: FloatArray,
        shots: int,
        random: np.random.Generator,
    ) -> Outcomes:
        num_wires = len(measurement.wires)
        normalised = probabilities / probabilities.sum()
        if measurement.kind is MeasurementKind.SAMPLE:
            readings = random.choice(len(normalised), size=shots, p=normalised)
            return Outcomes.from_readings(readings, num_wires)
        counts = random.multinomial(shots, normalised)
        values = np.flatnonzero(counts)
        return Outcomes(num_wires, values, counts[values], shots)

    def differentiates(self, structure: Structure) -> bool:
        return decomposes(structure, adjoint.OneAngleGates(self.capabilities.gate_set))

    def jacobian(self, sweep: Sweep, slots: Sequence[int]) -> tuple[FloatArray, FloatArray]:
        native, angles = self._one_angle_gates(sweep)
        every = range(native.structure.num_slots)
        order = self.wires_of(sweep.structure.wires)
        values, derivatives = adjoint.jacobian(self.engine, native, every, order)
        return values, angles.pull_back(derivatives)[list(slots)]

    def _one_angle_gates(self, sweep: Sweep) -> tuple[Sweep, AffineMap]:
        """Write a sweep in gates that the adjoint method takes back one by one."""
        accepts = adjoint.OneAngleGates(self.capabilities.gate_set)
        frozen, decomposed = decomposition(sweep, accepts, device=self.name)
        return decomposed.sweep(frozen), decomposed.angles

    def states(self, sweep: Sweep) -> ComplexArray:
        native, _ = self._one_angle_gates(sweep)
        order = self.wires_of(sweep.structure.wires)
        states: ComplexArray = self.engine.states(
            native.structure, native.rows, native.arrays, order=order
        )
        return states

    def state_vjp(self, sweep: Sweep, slots: Sequence[int], cotangents: ComplexArray) -> FloatArray:
        native, angles = self._one_angle_gates(sweep)
        every = range(native.structure.num_slots)
        order = self.wires_of(sweep.structure.wires)
        by_angle = adjoint.state_vjp(self.engine, native, every, cotangents, order)
        return np.swapaxes(angles.pull_back(by_angle)[list(slots)], 0, 2)

    def state_jvp(self, sweep: Sweep, slots: Sequence[int], tangents: FloatArray) -> ComplexArray:
        native, angles = self._one_angle_gates(sweep)
        by_slot = np.zeros((*tangents.shape[:-1], sweep.structure.num_slots))
        by_slot[..., list(slots)] = tangents
        order = self.wires_of(sweep.structure.wires)
        return adjoint.state_jvp(self.engine, native, angles.push_forward(by_slot), order)

    def measured(self, sweep: Sweep, states: Tensor, arrays: Sequence[Tensor], xp: Any) -> Any:
        order = self.wires_of(sweep.structure.wires)
        return tuple(
            measure(measurement, states, order, xp)
            for measurement in sweep.structure.bind_measurements(arrays)
        )

    def differentiable(self, sweep: Sweep, rows: Tensor, arrays: Sequence[Tensor], xp: Any) -> Any:
        order = self.wires_of(sweep.structure.wires)
        states = NumpyEngine().states(sweep.structure, rows, arrays, order=order, xp=xp)
        return self.measured(sweep, states, arrays, xp)


def _joined(entries: Sequence[Any]) -> Any:
    """Put the results of consecutive rows together: lists of outcomes, or arrays."""
    if isinstance(entries[0], list):
        return [outcomes for entry in entries for outcomes in entry]
    return np.concatenate(entries) if len(entries) > 1 else entries[0]
