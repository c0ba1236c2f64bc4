"""Engine of circuits with channels that runs plans on vectors of Pauli expectation values.

A circuit is compiled to a plan once (``pauli_plan``), whose coefficients are computed for all rows
together. The plan runs in C, or in numpy. Measurements that are no sums of Pauli words are computed
from the density matrix; so are circuits that have no plan, gate by gate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from qgate.devices.job import SweepResult
from qgate.devices.local.engine import Engine
from qgate.devices.local.footprint import footprint
from qgate.devices.local.libraries import Library
from qgate.devices.local.mixed.density import DensityEngine, measured
from qgate.devices.local.mixed.native import NativeRuns, PauliRun
from qgate.devices.local.mixed.numpy_runs import NumpyRuns
from qgate.devices.local.mixed.pauli_plan import PLANNED, PauliPlan, pauli_plan_of
from qgate.devices.local.mixed.reads import Reads, reads_of, z_words
from qgate.devices.local.mixed.vectors import (
    from_density_matrices,
    to_density_matrices,
    walsh_hadamard,
)
from qgate.devices.local.native import THREADED_BITS
from qgate.devices.local.plan_engine import Settings
from qgate.short_repr import summary
from qgate.structure import Structure, slots_of
from qgate.sweep import Sweep
from qgate.transforms.decomposition import freeze, needs_values
from qgate.typing import ComplexArray, FloatArray, IntArray, Namespace, Tensor
from qgate.wires import Wires

KEPT_BYTES = 2**30
"""Memory of the vectors that a derivative keeps, where fewer suffice and take more time."""

BRA_BYTES = 2**28
"""Memory of the bras that are propagated back together."""


DEFAULT = Settings()


class PauliEngine(Engine):
    """Engine whose states are density matrices, computed as Pauli vectors.

    Parameters
    ----------
    library : Library or None
        Compiled library; None: plans are run in numpy.
    settings : Settings
    """

    def __init__(self, library: Library | None, settings: Settings = DEFAULT) -> None:
        self.library, self.settings = library, settings
        self.name = "numpy" if library is None else library.name
        self._gatewise = DensityEngine()
        self._runs: NativeRuns | NumpyRuns = NumpyRuns()
        if library is not None:
            self._runs = NativeRuns(library, settings)

    def __repr__(self) -> str:
        return summary(self, "name", "settings")

    def room(self, structure: Structure, num_bras: int, rows: int) -> float:
        """Return the number of density matrices held at a time, of complex numbers in double."""
        if pauli_plan_of(structure, structure.wires) is None:
            return self._gatewise.room(structure, num_bras, rows)
        if reads_of(structure, structure.wires) is None:
            return rows * (4.0 + 2.0 * num_bras)
        vectors = 1.0 + 2.0 * (self.library is None)
        if num_bras:
            values = footprint(structure, len(structure.wires)).values
            vectors += 1.0 + self._bras_at_once(values, len(structure.wires))
            vectors += self._num_kept(len(structure.operations), len(structure.wires))
        if self.library is None:
            return vectors / 2 * rows
        return vectors / (4 if self.settings.single else 2) * min(rows, self.settings.threads)

    def states(
        self,
        structure: Structure,
        rows: Tensor,
        arrays: Sequence[Tensor],
        *,
        order: Wires,
        xp: Namespace = np,
    ) -> Tensor:
        run = self._run(Sweep(structure, rows, tuple(arrays)), order) if xp is np else None
        if run is None:
            return self._gatewise.states(structure, rows, arrays, order=order, xp=xp)
        return self._densities(run)

    def results(self, sweep: Sweep, order: Wires) -> SweepResult:
        run = self._run(sweep, order)
        if run is None:
            return self._gatewise.results(sweep, order)
        reads = reads_of(sweep.structure, order)
        measurements = sweep.structure.bind_measurements(sweep.arrays)
        if reads is None:
            return measured(measurements, self._densities(run), order, np)
        return reads.results(measurements, self._runs.means(run, reads.indices))

    def probabilities(self, sweep: Sweep, order: Wires) -> FloatArray:
        run = self._run(sweep, order)
        if run is None:
            return self._gatewise.probabilities(sweep, order)
        means = self._runs.means(run, z_words(order, order))
        found: FloatArray = np.clip(walsh_hadamard(means) / means.shape[1], 0.0, None)
        return found

    def count(self, weights: FloatArray, places: FloatArray) -> tuple[IntArray, IntArray]:
        if self.library is None:
            return super().count(weights, places)
        return self.library.count(np.ascontiguousarray(weights), places)

    def jacobian(
        self, sweep: Sweep, slots: Sequence[int], order: Wires
    ) -> tuple[FloatArray, FloatArray]:
        run, reads = self._run(sweep, order), reads_of(sweep.structure, order)
        if run is None or reads is None:
            return self._gatewise.jacobian(sweep, slots, order)
        return self._jacobian(sweep, run, reads, slots)

    def _jacobian(
        self, sweep: Sweep, run: PauliRun, reads: Reads, slots: Sequence[int]
    ) -> tuple[FloatArray, FloatArray]:
        plan = run.plan
        weights = reads.weights(sweep.structure.bind_measurements(sweep.arrays))
        moved = np.isin(plan.angles.slots, np.array(slots, dtype=np.int64))
        wanted = frozenset(plan.angles.columns[moved].tolist())
        needed = plan.coefficients.needed(wanted)
        kept = self._num_kept(len(plan.steps), plan.num_wires)
        step = self._bras_at_once(len(weights), plan.num_wires)
        means, found = np.empty((len(sweep), 0)), []
        for start in range(0, len(weights), step):
            means, slopes = self._runs.differentiate(
                run, reads.indices, weights[start : start + step], needed, kept
            )
            found.append(slopes)
        slopes = np.concatenate(found, axis=1)
        by_angle = plan.coefficients.pull_back(
            slopes, run.coefficients, plan.angles(sweep.rows), wanted
        )
        by_slot = plan.angles.pull_back(by_angle)[list(slots)]
        return means @ weights.T, by_slot

    # Plans ---------------------------------------------------------------------------------

    def _run(self, sweep: Sweep, order: Wires) -> PauliRun | None:
        by_value = needs_values(sweep.structure, PLANNED)
        frozen = freeze(sweep, by_value) if by_value else sweep
        plan = pauli_plan_of(frozen.structure, order)
        if plan is None:
            return None
        values = plan.coefficients.values(plan.angles(sweep.rows))
        common = plan.coefficients.common(sweep.arrays)
        return PauliRun(plan, values, common, self._initial(plan, frozen, order))

    def _initial(self, plan: PauliPlan, sweep: Sweep, order: Wires) -> FloatArray | None:
        """Return the vectors of the prepared states; None: the state 0."""
        if not plan.preparations:
            return None
        prepared = sweep.structure.with_operations(plan.preparations)
        count = len(sweep) if any(map(slots_of, plan.preparations)) else 1
        rho = self._gatewise.states(prepared, sweep.rows[:count], sweep.arrays, order=order)
        return from_density_matrices(rho, len(order))

    def _num_kept(self, num_steps: int, num_wires: int) -> int:
        """Return the number of vectors that a derivative keeps."""
        if self.library is None:
            return num_steps
        most = KEPT_BYTES // (_vector_bytes(num_wires) * self._runs_at_once(num_wires))
        fewest = math.ceil(math.log2(max(num_steps, 1))) + 1  # ranges of steps are halved
        return max(0, min(num_steps - 1, max(most, fewest)))

    def _bras_at_once(self, num_sums: int, num_wires: int) -> int:
        """Return how many sums of expectation values are differentiated together."""
        size = _vector_bytes(num_wires) * self._runs_at_once(num_wires)
        return max(1, min(num_sums, BRA_BYTES // size))

    def _runs_at_once(self, num_wires: int) -> int:
        """Return how many rows are simulated at the same time, each by a thread."""
        return 1 if 2 * num_wires >= THREADED_BITS else self.settings.threads

    def _densities(self, run: PauliRun) -> ComplexArray:
        return to_density_matrices(self._runs.vectors(run), run.plan.num_wires)


def _vector_bytes(num_wires: int) -> int:
    return 8 << 2 * num_wires
