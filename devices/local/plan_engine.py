"""Engine that compiles a structure to a plan once, and runs the plan in C or in numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from qgate.caches import MIB, sized_cache
from qgate.devices.job import SweepResult
from qgate.devices.local.adjoint import values_and_bras
from qgate.devices.local.engine import Engine, GateByGateEngine, read_of
from qgate.devices.local.exact import measure
from qgate.devices.local.gate_action import has_step
from qgate.devices.local.libraries import Library
from qgate.devices.local.native import NativeObservable, NativePlan, NativeSimulation
from qgate.devices.local.plan import PLANNED, Plan, PlannedSweep, plan_of
from qgate.devices.local.repeated import RepeatedSimulation
from qgate.measurements import MeasurementKind
from qgate.operations.pauli import PauliSum
from qgate.short_repr import summary
from qgate.structure import ArraySlot, Structure, slots_in
from qgate.sweep import Sweep
from qgate.transforms.decomposition import freeze, needs_values
from qgate.typing import ComplexArray, FloatArray, IntArray, Namespace, NumericArray, Tensor
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.devices.local.numpy_plans import NumpySimulation

AMPLITUDES_AT_ONCE = 2**24
"""Maximum number of amplitudes of numpy's bras that are propagated back together."""


@dataclass(frozen=True)
class Settings:
    """Settings of an engine.

    Parameters
    ----------
    threads : int
    single : bool
        Whether to compute in single precision.
    """

    threads: int = 1
    single: bool = False


class PlanEngine(Engine):
    """Engine that runs plans, and runs gate by gate if a structure has no plan.

    Parameters
    ----------
    library : Library or None
        Compiled library; None: plans are run in numpy.
    settings : Settings
    """

    def __init__(self, library: Library | None, settings: Settings = Settings()) -> None:
        self.library, self.settings = library, settings
        self.name = "numpy" if library is None else library.name
        self._gatewise = GateByGateEngine()

    def __repr__(self) -> str:
        return summary(self, "name", "settings")

    def states(
        self,
        structure: Structure,
        rows: Tensor,
        arrays: Sequence[Tensor],
        *,
        order: Wires,
        xp: Namespace = np,
    ) -> Tensor:
        planned = self._planned(Sweep(structure, rows, tuple(arrays)), order) if xp is np else None
        if planned is None:
            return self._gatewise.states(structure, rows, arrays, order=order, xp=xp)
        return self._states(planned)

    def room(self, structure: Structure, num_bras: int, rows: int) -> float:
        if not is_planned(structure):
            return self._gatewise.room(structure, num_bras, rows)
        if self.library is None:  # includes copies; the few MiB of stored kets are neglected
            return 3.25 + 2.0 * num_bras + (2.0 if num_bras else 0.0)
        return (1.0 + num_bras) * (0.5 if self.settings.single else 1.0)

    def computes_sums(self, structure: Structure) -> bool:
        return self.library is not None and is_planned(structure)

    def results(self, sweep: Sweep, order: Wires) -> SweepResult:
        planned = self._planned(sweep, order)
        if planned is None:
            return self._gatewise.results(sweep, order)
        sums = _sums(sweep.structure, order, self.library)
        if not sums.places:
            return self._measured(sweep, self._states(planned), order)
        native = self._native(planned)
        values = native.observe(sums.words, sums.coefficients(sweep.arrays))
        if len(sums.places) == len(sweep.structure.measurements):
            native()
            return tuple(values.T)
        measured = list(self._measured(sweep, native.states(), order))
        for column, place in enumerate(sums.places):
            measured[place] = values[:, column]
        return tuple(measured)

    def repeated(
        self, sweep: Sweep, order: Wires, slots: Sequence[int] | None
    ) -> RepeatedSimulation | None:
        """Return the simulation of a structure for single rows; see ``LocalDevice.repeated``."""
        planned, sums = self._planned(sweep, order), _sums(sweep.structure, order, self.library)
        if planned is None or len(sums.places) < len(sweep.structure.measurements):
            return None
        if planned.initial is not None:  # which may depend on the row
            return None

        def make() -> tuple[NativeSimulation, FloatArray, FloatArray | None]:
            own = replace(planned, rows=np.array(sweep.rows[:1], dtype=float))
            native = self._native(own)
            values = native.observe(sums.words, sums.coefficients(sweep.arrays))
            slopes = None if slots is None else native.differentiate(len(sums.places), slots)
            return native, values, slopes

        return RepeatedSimulation(make)

    def probabilities(self, sweep: Sweep, order: Wires) -> FloatArray:
        planned = self._planned(sweep, order)
        if planned is None or self.library is None:
            return super().probabilities(sweep, order)
        return self._native(planned).probabilities()

    def advance(
        self, sweep: Sweep, order: Wires, initial: ComplexArray | None, read: object
    ) -> NumericArray:
        planned = self._planned(sweep, order)
        if planned is None:
            return super().advance(sweep, order, initial, read)
        if initial is not None:
            planned = replace(planned, initial=initial)
        if read is None or self.library is None:
            return read_of(self._states(planned), order, read)
        native = self._native(planned)
        if not isinstance(read, PauliSum):
            return native.probabilities()
        x, z = read.x_masks(order), read.z_masks(order)
        means = native.words(
            _native_words(_Masks(x.tobytes(), z.tobytes(), len(order)), self.library)
        )
        native()
        return means

    def count(self, weights: FloatArray, places: FloatArray) -> tuple[IntArray, IntArray]:
        if self.library is None:
            return super().count(weights, places)
        return self.library.count(np.ascontiguousarray(weights), places)

    @staticmethod
    def _measured(sweep: Sweep, states: ComplexArray, order: Wires) -> SweepResult:
        return tuple(
            measure(measurement, states, order)
            for measurement in sweep.structure.bind_measurements(sweep.arrays)
        )

    def jacobian(
        self, sweep: Sweep, slots: Sequence[int], order: Wires
    ) -> tuple[FloatArray, FloatArray]:
        planned = self._planned(sweep, order)
        if planned is None:
            return self._gatewise.jacobian(sweep, slots, order)
        sums = _sums(sweep.structure, order, self.library)
        if len(sums.places) < len(sweep.structure.measurements):
            return self._jacobian_of_bras(sweep, planned, slots, order)
        native = self._native(planned)
        values = native.observe(sums.words, sums.coefficients(sweep.arrays))
        slopes = native.differentiate(len(sums.places), slots)
        native()
        return values, np.moveaxis(2.0 * slopes, 2, 0)[list(slots)]

    def _jacobian_of_bras(
        self, sweep: Sweep, planned: PlannedSweep, slots: Sequence[int], order: Wires
    ) -> tuple[FloatArray, FloatArray]:
        """Compute O|psi> in numpy, and propagate some of these vectors back at a time."""
        simulation = self._numpy(planned, returns=True) if self.library is None else None
        kets = self._states(planned) if simulation is None else simulation.kets
        values, slopes = [], []
        most = max(1, AMPLITUDES_AT_ONCE // kets.size)
        for measurement in sweep.structure.bind_measurements(sweep.arrays):
            for part, bras in values_and_bras(measurement, kets, order, most):
                values.append(part)
                slopes.append(self._slopes(planned, slots, bras, simulation))
        return np.concatenate(values, axis=-1), 2.0 * np.moveaxis(
            np.concatenate(slopes, axis=1), 2, 0
        )

    def state_vjp(
        self, sweep: Sweep, slots: Sequence[int], cotangents: ComplexArray, order: Wires
    ) -> FloatArray:
        planned = self._planned(sweep, order)
        if planned is None:
            return self._gatewise.state_vjp(sweep, slots, cotangents, order)
        simulation = self._numpy(planned, returns=True) if self.library is None else None
        return np.swapaxes(self._slopes(planned, slots, cotangents, simulation), 0, 1)

    # Plans ---------------------------------------------------------------------------------

    def _planned(self, sweep: Sweep, order: Wires) -> PlannedSweep | None:
        structure = sweep.structure
        by_value = needs_values(structure, PLANNED)
        if by_value:
            structure = freeze(sweep, by_value).structure
        plan = plan_of(structure, order)
        if plan is None:
            return None
        numbers, phase, initial = plan.numbers, plan.phase, None
        if plan.given:
            numbers, phase = plan.numbers_for(sweep.arrays)
        if plan.preparations:
            prepared = structure.with_operations(plan.preparations)
            moves = any(slots_in(s) for item in plan.preparations for s in item.parameters)
            count = len(sweep) if moves else 1
            initial = self._gatewise.states(prepared, sweep.rows[:count], sweep.arrays, order=order)
        return PlannedSweep(plan, sweep.rows, numbers, phase, initial)

    def _native(self, planned: PlannedSweep) -> NativeSimulation:
        assert self.library is not None
        return NativeSimulation(
            native_plan(planned.plan, self.library),
            planned,
            threads=self.settings.threads,
            single=self.settings.single,
        )

    @staticmethod
    def _numpy(planned: PlannedSweep, *, returns: bool = False) -> NumpySimulation:
        from qgate.devices.local.numpy_plans import NumpySimulation

        return NumpySimulation(planned, returns=returns)

    def _states(self, planned: PlannedSweep) -> ComplexArray:
        return self._numpy(planned).kets if self.library is None else self._native(planned).states()

    def _slopes(
        self,
        planned: PlannedSweep,
        slots: Sequence[int],
        bras: ComplexArray,
        simulation: NumpySimulation | None,
    ) -> FloatArray:
        """Return the derivatives of Re <bra|psi> by some slots, shape (K, V, n)."""
        if simulation is not None:
            return simulation.slopes(bras)[..., list(slots)]
        native = self._native(planned)
        slopes = native.differentiate(len(bras), slots, bras)
        native()
        return slopes[..., list(slots)]


@lru_cache(maxsize=1024)
def is_planned(structure: Structure) -> bool:
    """Return whether a plan can hold every operation."""
    return all(map(has_step, structure.operations))


@sized_cache(256 * MIB)
def native_plan(plan: Plan, library: Library) -> NativePlan:
    """Return a plan in the memory of a library."""
    return NativePlan(plan, library)


@dataclass(frozen=True, slots=True)
class _Masks:
    """Masks of Pauli words, as keys of a cache."""

    x: bytes
    z: bytes
    num_bits: int


@sized_cache(64 * MIB)
def _native_words(masks: _Masks, library: Library) -> NativeObservable:
    x, z = (np.frombuffer(content, dtype=np.int64) for content in (masks.x, masks.z))
    return NativeObservable(x, z, masks.num_bits, library)


@dataclass(frozen=True, eq=False)
class CompiledSums:
    """Measured sums of Pauli words that a library computes.

    Parameters
    ----------
    places : tuple of int
        Positions among the measurements.
    words : tuple of NativeObservable
    weights : tuple
        Coefficients of the words, or their ``ArraySlot``.
    """

    places: tuple[int, ...]
    words: tuple[NativeObservable, ...]
    weights: SweepResult

    def coefficients(self, arrays: Sequence[Tensor]) -> list[FloatArray]:
        """Return the coefficients of each sum, with arrays in place of slots."""
        return [
            np.real(arrays[symbol.index] if isinstance(symbol, ArraySlot) else symbol)
            for symbol in self.weights
        ]


@sized_cache(128 * MIB)
def _sums(structure: Structure, order: Wires, library: Library | None) -> CompiledSums:
    """Return the measurements that a library can compute."""
    if library is None:
        return CompiledSums((), (), ())
    found = {
        place: item.observable
        for place, item in enumerate(structure.measurements)
        if item.kind is MeasurementKind.EXPVAL and isinstance(item.observable, PauliSum)
    }
    words = tuple(
        NativeObservable(item.x_masks(order), item.z_masks(order), len(order), library)
        for item in found.values()
    )
    return CompiledSums(tuple(found), words, tuple(item.parameters[0] for item in found.values()))
