"""Device of the local statevector simulator.

Sweeps are passed to an ``Engine``: by default ``PlanEngine`` with the compiled C library, which
runs a plan of the circuit on all rows in one call.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.devices.base import MOST_TRAJECTORIES, Device, ShotsLike
from qgate.devices.capabilities import Capabilities
from qgate.devices.compiled import CompiledCircuit
from qgate.devices.draws import MOST_SEED, Draws
from qgate.devices.job import FinishedJob, Job, SweepResult
from qgate.devices.local.adjoint import OneAngleGates
from qgate.devices.local.choice import choose_engine
from qgate.devices.local.engine import Engine, GateByGateEngine, one_angle_gates
from qgate.devices.local.exact import MEASURES, marginal, measure
from qgate.devices.local.footprint import RECORDED_STATES, derivative_bytes, footprint
from qgate.devices.local.gates import ANY_SIZE, MATRIX_WIRES
from qgate.devices.local.libraries import num_threads
from qgate.devices.local.memory import SMALL, checked_limit, needed_bytes, require, require_bytes
from qgate.devices.local.plan_engine import PlanEngine, Settings
from qgate.devices.local.row_parts import in_parts
from qgate.devices.statevector import Repeated
from qgate.exceptions import InvalidOption, TooMuchMemory, described
from qgate.forks import ForkSafeLock
from qgate.operations.channels import MIXED
from qgate.operations.recorded import MID_MEASURE, Recorded
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.transforms.decomposition import decompose, decomposes, is_elementary
from qgate.transforms.idle import busy_wires
from qgate.typing import ComplexArray, FloatArray, Namespace, Tensor, WiresLike
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.devices.local.mixed.trajectories import RandomRows
    from qgate.tape import Tape

AMPLITUDES_AT_ONCE = 2**24
"""Maximum number of amplitudes of rows that are simulated together (256 MiB of complex128)."""

TRAJECTORIES = (
    "Average over trajectories, for example qg.device('local?trajectories=1000'), for which "
    "qg.estimate gives standard errors, or give a number of shots."
)
"""Advice for circuits whose density matrix does not fit."""

MOST_MIXED_WIRES = 13
"""Maximum number of wires of density matrices: 4**13 numbers are 1 GiB."""

REPEATED_WIRES = 12
"""Maximum number of wires of circuits whose memory is kept between calls."""

LOCAL = Capabilities(
    gates=ANY_SIZE | MIXED | {MID_MEASURE},
    matrix_wires=MATRIX_WIRES,
    exact=frozenset(kind.value for kind in MEASURES),
    max_wires=32,
    call_seeds=True,
    idle_wires_free=True,
    statevector=True,
)


class LocalDevice(Device):
    """Statevector simulator on this machine, exact or with shots.

    Parameters
    ----------
    wires : int or wires, optional
    shots : None, int or sequence
    seed : int, optional
        Seed of the sampling; the same seed and the same sequence of calls give the same bits.
        Forked children draw other numbers; copies and pickles restart the sequence (``Draws``).
    precision : {"double", "single"}
        Precision of the amplitudes; complex64 takes half the memory.
    threads : int, optional
        Maximum number of threads of a simulation, 1 to 256; default ``QGATE_NUM_THREADS``, else
        ``OMP_NUM_THREADS``, else the number of processors.
    memory_gib : float, optional
        Maximum memory of a simulation in GiB; default: nine tenths of the free memory.
    trajectories : int, optional
        Number of trajectories, 2 to 10**9, whose average is an exact result of a circuit with noise
        channels. Default: density matrices; with shots, where these do not fit, a trajectory for
        each shot.
    engine : Engine, optional
        Engine that computes the states; default: the one selected by ``QGATE_ENGINE``, or the
        compiled one.

    Raises
    ------
    InvalidOption
        An option has another type, or is out of range.
    TooMuchMemory
        Raised by calls that would not fit in memory, before anything is computed.
    """

    name = "local"
    provider = "local"
    capabilities = LOCAL

    def __init__(
        self,
        *,
        wires: WiresLike | int | None = None,
        shots: ShotsLike = "default",
        seed: int | None = None,
        precision: str = "double",
        threads: int | None = None,
        memory_gib: float | None = None,
        trajectories: int | None = None,
        engine: Engine | None = None,
    ) -> None:
        super().__init__(wires=wires, shots=shots)
        settings = Settings(num_threads(threads), single=_is_single(precision))
        self.settings, self.memory_gib = settings, checked_limit(memory_gib)
        self.trajectories = _checked_trajectories(trajectories)
        self.engine = engine or choose_engine(settings)
        self._draws = Draws(seed)
        self._sampling = ForkSafeLock()  # generators are not thread-safe

    @property
    def c_dtype(self) -> type[np.complexfloating[Any, Any]]:
        """Type of the amplitudes."""
        return np.complex64 if self.settings.single else np.complex128

    def restart_random(self, token: str) -> None:
        self._draws.restart(token)

    def wires_of(self, sweep_wires: Wires) -> Wires:
        """Return the device's wires that a circuit has, in the device's order."""
        return sweep_wires if self.wires is None else _among(self.wires, sweep_wires)

    def compiled(self, sweeps: Sequence[Sweep]) -> list[CompiledCircuit]:
        """Return circuits in elementary gates; templates run as one matrix on a few wires."""
        return super().compiled(
            [decompose(sweep, is_elementary, device=self.name) for sweep in sweeps]
        )

    def submit(self, sweeps: Sequence[Sweep]) -> Job:
        return FinishedJob([self._run(sweep, place) for place, sweep in enumerate(sweeps)])

    def _run(self, sweep: Sweep, place: int = 0) -> SweepResult:
        if sweep.structure.is_mixed:
            return self._run_mixed(sweep, place)
        if sweep.structure.records:
            return self._in_branches(sweep, place)
        if sweep.shots is not None:
            order = self.wires_of(busy_wires(sweep.structure))
            self._require_for_samples(sweep, order)
            random = self._random_for(sweep.seed, place)
            run = partial(self._samples, engine=self.engine, random=random)
            return in_parts(run, sweep, order, step=_rows_at_once(len(order)))
        order = _simulated(sweep.structure, self.wires)
        needed = _exact_bytes(self.engine, sweep.structure, order, len(sweep))
        if needed >= SMALL or self.memory_gib is not None:
            require_bytes(needed, len(order), limit_gib=self.memory_gib)
        if len(sweep) <= _rows_at_once(len(order)):
            return self.engine.results(sweep, order)
        return in_parts(self.engine.results, sweep, order, step=_rows_at_once(len(order)))

    def _run_mixed(self, sweep: Sweep, place: int) -> SweepResult:
        """Run a circuit with channels."""
        engine, exact = self._mixed_engine(), sweep.shots is None
        whole = _simulated(sweep.structure, self.wires)
        order = whole if exact else self.wires_of(busy_wires(sweep.structure))
        if sweep.structure.records:
            order = simulated_wires(sweep.structure, self.wires)
        rows = min(len(sweep), _rows_at_once(2 * len(order)))
        if self._averages(engine, sweep, order, rows):
            from qgate.devices.local.mixed.trajectories import trajectory_results  # as below

            return trajectory_results(sweep, self._random_rows(sweep, order, place))
        if exact:
            return in_parts(engine.results, sweep, order, step=_rows_at_once(2 * len(order)))
        random = self._random_for(sweep.seed, place)
        run = partial(self._samples, engine=engine, random=random)
        return in_parts(run, sweep, order, step=_rows_at_once(2 * len(order)))

    def _averages(self, engine: Engine, sweep: Sweep, order: Wires, rows: int) -> bool:
        """Return whether a circuit with channels runs as trajectories; refuse what does not fit."""
        if self.trajectories is not None or sweep.structure.records:
            return True
        if len(order) > MOST_MIXED_WIRES:
            if sweep.shots is None:
                raise TooMuchMemory(
                    f"Exact results of noise channels on {len(order)} wires take a density matrix "
                    f"of 4**{len(order)} numbers, which local has up to {MOST_MIXED_WIRES} wires. "
                    f"{TRAJECTORIES}"
                )
            return True
        try:
            self._require_mixed(engine, sweep.structure, order, rows=rows)
        except TooMuchMemory as error:
            if sweep.shots is None:
                raise TooMuchMemory(f"{error} {TRAJECTORIES}") from None
            return True
        return False

    def _random_rows(self, sweep: Sweep, order: Wires, place: int, num_bras: int = 0) -> RandomRows:
        """Return how the rows of a sweep run as trajectories; refuse states that do not fit."""
        from qgate.devices.local.mixed.trajectories import RandomRows  # few circuits have noise

        together = max(1, _rows_at_once(len(order)) // (1 + num_bras))
        require(4.0 + (2.5 + num_bras) * together, len(order), limit_gib=self.memory_gib)
        random = self._random_for(sweep.seed, place)
        with self._sampling:
            seeds = random.integers(MOST_SEED, size=len(sweep))
        counts = np.full(len(sweep), self.trajectories) if sweep.shots is None else sweep.shots
        return RandomRows(order, self.engine, counts, seeds, together)

    def _mixed_engine(self) -> Engine:
        from qgate.devices.local.mixed.choice import mixed_engine  # few circuits have noise

        return mixed_engine(self.engine)

    def _require_mixed(
        self, engine: Engine, structure: Structure, order: Wires, *, rows: int, num_bras: int = 0
    ) -> None:
        """Refuse density matrices that would not fit in memory."""
        states = engine.room(structure, num_bras, rows)
        needed = needed_bytes(states, 2 * len(order))
        if needed >= SMALL or self.memory_gib is not None:
            require_bytes(needed, len(order), limit_gib=self.memory_gib)

    def _in_branches(self, sweep: Sweep, place: int) -> SweepResult:
        """Run a circuit that measures in its middle."""
        from qgate.devices.local.branches import branch_results

        order = simulated_wires(sweep.structure, self.wires)
        kept = sum(isinstance(item, Recorded) for item in sweep.structure.operations)
        rows = min(len(sweep), _rows_at_once(len(order)))
        require((kept + 3.0) * rows, len(order), limit_gib=self.memory_gib)
        random = None if sweep.shots is None else self._random_for(sweep.seed, place)
        with self._sampling:
            run = partial(branch_results, engine=self.engine, random=random)
            return in_parts(run, sweep, order, step=_rows_at_once(len(order)))

    def _random_for(self, seed: Sequence[int] | None, place: int) -> np.random.Generator:
        if seed is not None:  # sweeps of one submission must not draw the same numbers
            return np.random.default_rng([*seed, place])
        with self._sampling:
            return self._draws.generator

    def _require_for_samples(self, sweep: Sweep, order: Wires) -> None:
        """Refuse samples that would not fit in memory, for the rows computed together."""
        from qgate.devices.local.sampling import sampled_bytes

        rows = min(len(sweep), _rows_at_once(len(order)))
        read = sum(wire in order for wire in sweep.structure.measurements[0].wires)
        outside = rows * (1.0 if self.engine.computes_sums(sweep.structure) else 2.5)
        other = sampled_bytes(sweep, read)
        self._require(sweep, order, rows=rows, outside=outside, other=other)

    def _require(
        self,
        sweep: Sweep,
        order: Wires,
        *,
        num_bras: int = 0,
        rows: int | None = None,
        outside: float = 0.0,
        other: float = 0.0,
    ) -> None:
        """Refuse a simulation that would not fit in memory.

        ``outside`` is the number of state vectors in double precision in addition to those of the
        engine, ``other`` the number of further bytes.
        """
        together = len(sweep) if rows is None else rows
        states = self.engine.room(sweep.structure, num_bras, together) + outside
        require(states, len(order), limit_gib=self.memory_gib, other_bytes=other)

    def _samples(
        self, sweep: Sweep, order: Wires, engine: Engine, random: np.random.Generator
    ) -> SweepResult:
        from qgate.devices.local.sampling import sample, with_idle_wires

        (measurement,) = sweep.structure.bind_measurements(sweep.arrays)
        every = engine.probabilities(sweep, order)
        read = Wires([wire for wire in measurement.wires if wire in order])
        probabilities = marginal(every, read, order)
        simulated = measurement.with_wires(read)
        assert sweep.shots is not None
        with self._sampling:
            outcomes = [
                sample(simulated, row, int(shots), random, engine)
                for row, shots in zip(probabilities, sweep.shots, strict=True)
            ]
        return ([with_idle_wires(item, read, measurement.wires) for item in outcomes],)

    def derivative_refusal(self, method: str, tape: Tape) -> tuple[str, str] | None:
        if self.trajectories is None or not tape.structure.is_mixed:
            return None
        from qgate.devices.local.mixed.pathwise import pathwise_refusal  # few circuits have noise

        return pathwise_refusal(method, tape)

    def differentiates(self, structure: Structure) -> bool:
        return decomposes(structure, OneAngleGates(self.capabilities.gate_set))

    def jacobian(self, sweep: Sweep, slots: Sequence[int]) -> tuple[FloatArray, FloatArray]:
        order = _simulated(sweep.structure, self.wires)
        if sweep.structure.is_mixed and self.trajectories is not None:
            from qgate.devices.local.mixed.pathwise import trajectory_jacobian  # as below

            return trajectory_jacobian(sweep, slots, self._random_rows(sweep, order, 0, 1))
        if sweep.structure.is_mixed:
            engine = self._mixed_engine()
            self._require_mixed(
                engine, sweep.structure, order, rows=len(sweep), num_bras=len(slots)
            )
            return engine.jacobian(sweep, slots, order)
        compiled = self.engine.computes_sums(sweep.structure)
        sums = footprint(sweep.structure, len(order)).sums and compiled
        bras = len(sweep.structure.measurements) if sums else 1
        other = derivative_bytes(sweep, len(order), compiled=compiled)
        self._require(sweep, order, num_bras=bras, other=other)
        return self.engine.jacobian(sweep, slots, order)

    def repeated(self, sweep: Sweep, slots: Sequence[int] | None) -> Repeated | None:
        order, engine = _simulated(sweep.structure, self.wires), self.engine
        small = len(order) <= REPEATED_WIRES and self.memory_gib is None
        if not (small and isinstance(engine, PlanEngine)) or sweep.structure.records:
            return None
        return engine.repeated(sweep, order, slots)

    def states(self, sweep: Sweep) -> ComplexArray:
        order = _simulated(sweep.structure, self.wires)
        self._require(sweep, order, outside=len(sweep))
        native, _ = one_angle_gates(sweep)
        states: ComplexArray = self.engine.states(
            native.structure, native.rows, native.arrays, order=order
        )
        return states

    def state_vjp(self, sweep: Sweep, slots: Sequence[int], cotangents: ComplexArray) -> FloatArray:
        order = _simulated(sweep.structure, self.wires)
        self._require(sweep, order, num_bras=len(cotangents), outside=len(cotangents) * len(sweep))
        return self.engine.state_vjp(sweep, slots, cotangents, order)

    def state_jvp(self, sweep: Sweep, slots: Sequence[int], tangents: FloatArray) -> ComplexArray:
        order = _simulated(sweep.structure, self.wires)
        self._require(sweep, order, outside=(2 + 3 * len(tangents)) * len(sweep))
        return self.engine.state_jvp(sweep, slots, tangents, order)

    def measured(
        self, sweep: Sweep, states: Tensor, arrays: Sequence[Tensor], xp: Namespace
    ) -> Any:
        order = _simulated(sweep.structure, self.wires)
        return tuple(
            measure(measurement, states, order, xp)
            for measurement in sweep.structure.bind_measurements(arrays)
        )

    def differentiable(
        self, sweep: Sweep, rows: Tensor, arrays: Sequence[Tensor], xp: Namespace
    ) -> Any:
        order = _simulated(sweep.structure, self.wires)
        if sweep.structure.is_mixed:
            return self._differentiable_mixed(sweep, rows, arrays, order, xp)
        found, count = footprint(sweep.structure, len(order)), max(len(sweep), 1)
        kept = RECORDED_STATES * len(sweep.structure.operations)
        outside, other = count * (4.0 + found.states + kept), count * (found.work + found.kept)
        require(outside, len(order), limit_gib=self.memory_gib, other_bytes=other)
        states = GateByGateEngine().states(sweep.structure, rows, arrays, order=order, xp=xp)
        return self.measured(sweep, states, arrays, xp)

    def _differentiable_mixed(
        self, sweep: Sweep, rows: Tensor, arrays: Sequence[Tensor], order: Wires, xp: Namespace
    ) -> Any:
        from qgate.devices.local.mixed.density import DensityEngine, measured  # few have noise

        kept = RECORDED_STATES * len(sweep.structure.operations)
        needed = needed_bytes(max(len(sweep), 1) * (4.0 + kept), 2 * len(order))
        if needed >= SMALL or self.memory_gib is not None:
            require_bytes(needed, len(order), limit_gib=self.memory_gib)
        rho = DensityEngine().states(sweep.structure, rows, arrays, order=order, xp=xp)
        return measured(sweep.structure.bind_measurements(arrays), rho, order, xp)


def _among(own: Wires, used: Wires) -> Wires:
    if len(used) == len(own):
        return own
    return Wires([wire for wire in own if wire in used])


def simulated_wires(structure: Structure, own: Wires | None) -> Wires:
    """Return the wires on which gates act, without classical wires."""
    touched = {wire for item in structure.operations for wire in item.wires} - structure.records
    return Wires([wire for wire in (own or structure.wires) if wire in touched])


@lru_cache(maxsize=1024)
def _simulated(structure: Structure, own: Wires | None) -> Wires:
    """Return the simulated wires in order; all wires where a measurement names none."""
    if own is None:
        return structure.wires
    if any(item.obs is None and not item.wires for item in structure.measurements):
        return own
    return _among(own, structure.wires)


def _rows_at_once(bits: int) -> int:
    """Return the number of rows that are simulated together, for states of 2**bits numbers."""
    return max(1, AMPLITUDES_AT_ONCE >> bits)


@lru_cache(maxsize=1024)
def _exact_bytes(engine: Engine, structure: Structure, order: Wires, count: int) -> float:
    """Return the memory in bytes of exact results of a number of rows."""
    rows, found = min(count, _rows_at_once(len(order))), footprint(structure, len(order))
    free = found.sums and engine.computes_sums(structure)
    outside = rows * (found.states if free else max(found.states, 1.0))
    states = engine.room(structure, 0, rows) + outside
    return needed_bytes(states, len(order)) + rows * found.work + count * found.kept


def _checked_trajectories(count: int | None) -> int | None:
    whole = isinstance(count, int | np.integer) and not isinstance(count, bool)
    if count is not None and not (whole and 2 <= count <= MOST_TRAJECTORIES):
        raise InvalidOption(
            f"The local device was given trajectories={described(count)}. Give a whole number of "
            "at least 2, so that results have standard errors, and at most 10**9."
        )
    return count


def _is_single(precision: str) -> bool:
    if precision not in ("double", "single"):
        raise InvalidOption(
            f"The local device was given precision={described(precision)}. It is 'double' or "
            "'single'."
        )
    return precision == "single"
