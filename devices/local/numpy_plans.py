"""Execution of plans in plain numpy, for machines without the compiled engine.

Each step of a plan has a runner with ``forward`` and ``back``. Derivatives use the adjoint method
step by step: kets and bras are propagated back together, and each step adds the derivatives by its
angles. For small states the kets are stored on the way forward instead.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qgate.caches import MIB, sized_cache
from qgate.devices.local.diagonals import PhasesRunner
from qgate.devices.local.matrices import MatrixRunner
from qgate.devices.local.permutations import MovesRunner
from qgate.devices.local.plan import Plan, PlannedSweep
from qgate.devices.local.step_runner import Backward, StepRunner
from qgate.devices.local.steps import Layer, Moves, Phases, Step
from qgate.devices.local.windows import LayerRunner
from qgate.typing import ComplexArray, FloatArray

TOGETHER_BITS = 15
"""Rows are processed together up to 2**15 amplitudes, which fit into the cache."""

KEPT_AMPLITUDES = 2**20
"""Maximum number of amplitudes of kets that are stored for the backward pass, not recomputed."""


class NumpySimulation:
    """Run of a plan: from the initial states to the final ones, and back with bras.

    Parameters
    ----------
    planned : PlannedSweep
    returns : bool
        Whether ``slopes`` will be called.

    Attributes
    ----------
    kets : array, shape (K, 2**n)
        Final states.
    """

    def __init__(self, planned: PlannedSweep, *, returns: bool = False) -> None:
        self.plan, self.rows = planned.plan, planned.rows
        self.numbers, self.phase = planned.numbers, planned.phase
        plan, rows, initial = self.plan, self.rows, planned.initial
        self._runners = _runners(plan)
        turning = sum(1 for runner in self._runners if runner.angles)
        few = len(rows) * turning << plan.num_bits <= KEPT_AMPLITUDES
        self._kept: dict[tuple[int, int], ComplexArray] | None = {} if returns and few else None
        found = [self._forward(part, initial) for part in _parts(len(rows), plan.num_bits)]
        nothing = np.empty((0, 1 << plan.num_bits), dtype=complex)
        self.kets = found[0] if len(found) == 1 else np.concatenate([nothing, *found])

    def _forward(self, part: slice, initial: ComplexArray | None) -> ComplexArray:
        """Return the final states of some rows, and store the kets that the backward pass needs."""
        angles = _angles(self.plan, self.rows[part])
        starting = self._runners[0] if self._runners and initial is None else None
        if initial is not None:
            first = initial[part] if len(initial) > 1 else initial
            vectors = np.array(np.broadcast_to(first, (len(angles), first.shape[1])), dtype=complex)
        elif isinstance(starting, LayerRunner):
            vectors = starting.start(self.numbers, angles)
        else:
            vectors = np.zeros((len(angles), 1 << self.plan.num_bits), dtype=complex)
            vectors[:, 0] = 1.0
        turned = self.phase + sum(weight * angles[:, angle] for angle, weight in self.plan.phases)
        vectors *= np.exp(1j * np.reshape(turned, (-1, 1)))
        for index, runner in enumerate(self._runners):
            if index > 0 or not isinstance(starting, LayerRunner):
                vectors = runner.forward(vectors, self.numbers, angles)
            if self._kept is not None and runner.angles:
                self._kept[part.start, index] = vectors.copy()
        return vectors

    def slopes(self, bras: ComplexArray) -> FloatArray:
        """Return the derivatives of Re <bra|psi> by the slots of the plan.

        Parameters
        ----------
        bras : array, shape (V, K, 2**n)

        Returns
        -------
        array, shape (K, V, P)
        """
        found = np.zeros((len(bras), len(self.rows), self.plan.one + 1))
        for part in _parts(len(self.rows), self.plan.num_bits):
            self._back(part, bras, found[:, part])
        by_angle = np.transpose(found[..., : self.plan.one], (2, 1, 0))
        return np.moveaxis(self.plan.angles.pull_back(by_angle), 0, -1)

    def _back(self, part: slice, bras: ComplexArray, slopes: FloatArray) -> None:
        """Add the derivatives by the angles of some rows, (V, R, A)."""
        angles = _angles(self.plan, self.rows[part])
        ket = self.kets[part] if self._kept is not None else self.kets[part].copy()
        vectors = [ket, *(np.array(bra[part], dtype=complex) for bra in bras)]
        for angle, weight in self.plan.phases:
            for bra, found in zip(vectors[1:], slopes, strict=True):
                found[:, angle] -= weight * np.vecdot(bra, ket).imag
        first = next((i for i, runner in enumerate(self._runners) if runner.angles), None)
        for index in reversed(range(0 if first is None else first, len(self._runners))):
            runner, undone = self._runners[index], slice(0 if self._kept is None else 1, None)
            if self._kept is not None and runner.angles:
                vectors[0] = self._kept[part.start, index]
            undone = slice(0) if index == first else undone
            runner.back(Backward(vectors, self.numbers, angles, slopes, undone))


def _parts(num_rows: int, num_bits: int) -> Iterator[slice]:
    """Split rows into parts that are processed together."""
    step = max(1, (1 << TOGETHER_BITS) >> num_bits)
    for start in range(0, num_rows, step):
        yield slice(start, start + step)


def _angles(plan: Plan, rows: FloatArray) -> FloatArray:
    """Return the angles of the steps and a last column of 1, shape (R, A)."""
    return np.concatenate([plan.angles(rows), np.ones((len(rows), 1))], axis=1)


@sized_cache(64 * MIB)
def _runners(plan: Plan) -> list[StepRunner]:
    return [_runner(step, plan) for step in plan.steps]


def _runner(step: Step, plan: Plan) -> StepRunner:
    if isinstance(step, Layer):
        return LayerRunner(step, plan.num_bits)
    if isinstance(step, Phases):
        return PhasesRunner(step, plan.num_bits, plan.one)
    if isinstance(step, Moves):
        return MovesRunner(step)
    return MatrixRunner(step, plan.num_bits)
