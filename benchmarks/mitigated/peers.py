"""Peers' methods at equal shots: readout and linear extrapolation, and Clifford data regression.

They are written again here, as a user of the peers runs them on the circuits of a gradient by
parameter-shift: every circuit has the same number of shots, and groups of qubit-wise commuting
words are measured together. Readout is corrected qubit by qubit. The regression has ten training
circuits at the point, not ten for each shifted circuit, which no budget here would allow.

mitiq itself requires numpy below 2.3, and cannot share an environment with qgate or the other
peers. ``mitigation.py --mitiq PYTHON`` compares both fits with mitiq's on the same numbers.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

import qgate as qg
from qgate.execution.execute import execute_sweeps, prepare
from qgate.gradients.registry import METHODS
from qgate.measurements import Measurement, MeasurementKind
from qgate.mitigation.folding import folded
from qgate.recording import paused
from qgate.shot_allocation.estimation_request import (
    EstimationRequest,
    estimation_request,
    with_constants,
)
from qgate.sweep import Sweep

from .cases import Problem
from .drawn import DrawnDevice

CALIBRATION = 0.05
"""Share of the shots for the readout of all zeros and all ones."""

FACTORS = (1, 3)
TRAINING = 10
"""Number of training circuits, mitiq's default, each with half of its angles replaced."""


@dataclass(frozen=True)
class Circuits:
    """All circuits of a request, with their exact noisy probabilities by fold and basis."""

    request: EstimationRequest
    device: DrawnDevice
    folds: Sequence[int] = (1,)

    @cached_property
    def needed(self) -> np.ndarray:
        """Whether each circuit (S, B) runs."""
        problem, bases = self.request.problem, self.request.bases
        return np.asarray(problem.needed @ bases.disjoint.T > 0)

    @property
    def count(self) -> int:
        """Number of circuits with one fold."""
        return int(self.needed.sum())

    @cached_property
    def probabilities(self) -> list[list[np.ndarray]]:
        """Arrays (S, 2^n) by fold and basis; zeros for circuits that are not needed."""
        native, plan = self.request.circuits, self.request.measurement_plan
        found = []
        for fold in self.folds:
            structures = tuple(folded(circuit, fold) for circuit in plan.circuits)
            with paused():
                measured = Measurement(MeasurementKind.PROBS, wires=plan.observed.wires)
                sweeps = [
                    replace(
                        native.with_rows(native.rows[own], None),
                        structure=structure.with_measurements([measured]),
                    )
                    for structure, own in zip(structures, self.needed.T, strict=True)
                ]
            results = execute_sweeps(sweeps, self.device)
            found.append([np.asarray(result) for (result,) in results])
        return found

    @cached_property
    def confusion(self) -> np.ndarray:
        """Probabilities of a wrong outcome, (n, 2): 0 read as 1, and 1 read as 0."""
        native, structure = self.request.circuits, self.request.measurement_plan.circuits[0]
        with paused():
            exact = Measurement(MeasurementKind.PROBS, wires=self.wires)
            counted = Measurement(MeasurementKind.COUNTS, wires=self.wires)
        asked = native.with_structure(structure.with_measurements([exact]))
        ((native,), _, _) = prepare(asked, self.device)
        native = native.with_structure(native.structure.with_measurements([counted]))
        places = self.device.noisy.emulated.native_circuits([native])[0].places
        return np.array([self.device.noisy.noise.confusion(places[wire]) for wire in self.wires])

    @property
    def wires(self) -> Sequence[int]:
        """Measured wires."""
        return list(self.request.measurement_plan.observed.wires)

    def outputs(
        self, fold: int, shots: int, random: np.random.Generator, wrong: np.ndarray
    ) -> np.ndarray:
        """Return the outputs with as many shots for each circuit, and readout corrected.

        ``wrong`` (n, 2): measured probabilities of wrong outcomes; zeros: no correction.
        """
        problem, members = self.request.problem, self.request.bases.members
        sums, weights = (np.zeros(problem.needed.shape) for _ in range(2))
        for basis, own, probabilities in zip(
            members, self.needed.T, self.probabilities[fold], strict=True
        ):
            if own.any():
                counts = random.multinomial(shots, probabilities)
                values = corrected(basis.supports, basis.signs, wrong)[:, basis.readable]
                place = np.ix_(own, basis.readable)
                sums[place] += counts @ values
                weights[place] += shots
        means = np.divide(sums, weights, out=np.zeros_like(sums), where=weights > 0)
        terms = (problem.vectors * means[problem.rows]).sum(axis=1)
        return problem.constants + problem.mixing @ terms


def corrected(supports: np.ndarray, signs: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """Return values of words (2^n, T) whose expectation is that without readout errors."""
    wires = supports.shape[1]
    places = np.arange(wires - 1, -1, -1)
    bits = (np.arange(2**wires)[:, None] >> places) & 1
    slope = np.maximum(1 - wrong.sum(axis=1), 0.1)
    single = (1 - 2 * bits - (wrong[:, 1] - wrong[:, 0])) / slope
    return np.prod(np.where(supports, single[:, None, :], 1.0), axis=2) * signs


@dataclass(frozen=True)
class Training:
    """Training circuits of a regression, and their exact values."""

    circuits: Circuits

    @cached_property
    def solved(self) -> np.ndarray:
        """Exact values of the training circuits."""
        exact = replace(self.circuits, device=qg.device("local"))
        no_errors = np.zeros((len(exact.wires), 2))
        return exact.outputs(0, 10**12, np.random.default_rng(0), no_errors)


@dataclass(frozen=True)
class Peers:
    """Circuits of a gradient at a point, and of training circuits near it."""

    problem: Problem
    point: np.ndarray
    device: DrawnDevice
    derivatives: bool = True

    @cached_property
    def target(self) -> Circuits:
        """Circuits of the value, and of the gradient if it is requested."""
        request = self._request(self.point[None], derivatives=self.derivatives)
        return Circuits(request, self.device, FACTORS)

    @cached_property
    def near(self) -> Training:
        """Training circuits with half of their angles at 0, the closest Clifford ones."""
        return self._training(far=False)

    @cached_property
    def far(self) -> Training:
        """Training circuits with half of their angles at random multiples of pi / 2."""
        return self._training(far=True)

    def _training(self, *, far: bool) -> Training:
        random = np.random.default_rng(1)
        rows = np.tile(self.point, (TRAINING, 1))
        for row in rows:
            chosen = random.permutation(len(row))[: (len(row) + 1) // 2]
            row[chosen] = random.integers(-1, 3, len(chosen)) * np.pi / 2 if far else 0.0
        return Training(Circuits(self._request(rows, derivatives=False), self.device))

    def zne(self, shots: int, random: np.random.Generator) -> np.ndarray:
        """Return outputs with readout corrected, extrapolated along a line from 1 and 3."""
        calibration = max(int(CALIBRATION * shots), 2)
        each = max((shots - calibration) // (len(FACTORS) * self.target.count), 1)
        wrong = random.binomial(calibration // 2, self.target.confusion) / (calibration // 2)
        one, three = (self.target.outputs(fold, each, random, wrong) for fold in (0, 1))
        return extrapolated(one, three)

    def cdr(self, shots: int, random: np.random.Generator) -> np.ndarray:
        """Return outputs by a line from noisy to exact values, with the slope for derivatives.

        Angles of training circuits are replaced by the closest Clifford ones, mitiq's default.
        """
        return self._regression(self.near, shots, random)

    def cdr_far(self, shots: int, random: np.random.Generator) -> np.ndarray:
        """Return the same with random Clifford angles, whose values differ more."""
        return self._regression(self.far, shots, random)

    def _regression(
        self, training: Training, shots: int, random: np.random.Generator
    ) -> np.ndarray:
        no_errors = np.zeros((len(self.target.wires), 2))
        own = max(shots // (2 * self.target.count), 1)
        others = max(shots // (2 * training.circuits.count), 1)
        measured = self.target.outputs(0, own, random, no_errors)
        noisy = training.circuits.outputs(0, others, random, no_errors)
        slope, offset = line(noisy, training.solved)
        return np.concatenate([slope * measured[:1] + offset, slope * measured[1:]])

    def _request(self, rows: np.ndarray, *, derivatives: bool) -> EstimationRequest:
        tapes = [self._sweep(row) for row in rows]
        every = np.concatenate([each.rows for each in tapes])
        constant = with_constants(replace(tapes[0], rows=every, shots=None), self.device)
        slots = tuple(range(constant.rows.shape[1]))
        if not derivatives:
            return estimation_request(constant, None, values=True, derivatives=False)
        method = METHODS["parameter-shift"]
        shifted = method.shifts(constant.structure, slots, shots=1000, options={})
        slopes = np.array(
            [self._sweep(rows[0] + unit).rows[0] - every[0] for unit in np.eye(rows.shape[1])]
        )  # angles of gates are linear in those of the circuit
        return estimation_request(constant, shifted, values=True, jacobian=slopes)

    def _sweep(self, row: np.ndarray) -> Sweep:
        with qg.QuantumTape() as tape:
            self.problem.circuit(row)
        return tape.sweep()


def extrapolated(one: np.ndarray, three: np.ndarray) -> np.ndarray:
    """Return the value at 0 of the line through values at factors of 1 and 3."""
    return np.asarray(1.5 * one - 0.5 * three)


def difference_from_mitiq(python: str, count: int = 20) -> float:
    """Return the largest difference of both fits from those of mitiq, for random numbers."""
    random = np.random.default_rng(0)
    cases = []
    for _ in range(count):
        noisy = random.normal(size=TRAINING)
        exact = 1.4 * noisy + 0.1 + 0.05 * random.normal(size=TRAINING)
        cases.append([*random.normal(size=2).tolist(), noisy.tolist(), exact.tolist()])
    script = str(Path(__file__).parent / "mitiq_fits.py")
    done = subprocess.run(
        [python, script], input=json.dumps(cases), capture_output=True, text=True, check=True
    )
    ours = []
    for one, three, noisy, exact in cases:
        slope, offset = line(np.array(noisy), np.array(exact))
        ours.append((float(extrapolated(one, three)), slope * one + offset))
    return float(abs(np.subtract(ours, json.loads(done.stdout))).max())


def line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return slope and offset of the best line."""
    centred = x - x.mean()
    spread = float(centred @ centred)
    slope = float(centred @ (y - y.mean())) / spread if spread > 0 else 1.0
    return slope, float(y.mean() - slope * x.mean())
