"""Gradient of a circuit with known outcome distributions: exact errors, and fast sampling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import minimize

import qgate as qg
from qgate import numpy as qnp
from qgate.execution.execute import execute_sweeps
from qgate.gradients.classical_jacobian import ClassicalPart
from qgate.gradients.parameter_shift import parameter_shift
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.pauli_gates import basis_gates
from qgate.operations.pauli_words import to_letters
from qgate.shot_allocation.allocation import ShotLimits
from qgate.shot_allocation.design import plan
from qgate.shot_allocation.estimation_request import (
    EstimationRequest,
    estimation_request,
    with_constants,
)
from qgate.shot_allocation.grouping import Basis
from qgate.shot_allocation.rounds import Measured, measure_in_rounds
from qgate.shot_allocation.samples import BasisSamples
from qgate.structure import Structure

from .circuits import Circuit, angles


@dataclass(frozen=True, eq=False)
class Known:
    """The gradient of a circuit at some angles.

    Parameters
    ----------
    circuit : Circuit
    grouping : str
    """

    circuit: Circuit
    grouping: str = "qwc"

    @cached_property
    def node(self) -> Any:
        """The circuit on the local device, exact."""
        return qg.QNode(self.circuit.function(qg), "local")

    @cached_property
    def x(self) -> Any:
        """Point at which the gradient is taken."""
        gradient = qg.grad(self.node)

        def downhill(start: Any) -> Any:
            def value(x: Any) -> float:
                return float(self.node(x))

            def slope(x: Any) -> Any:
                return np.asarray(gradient(qnp.array(x, requires_grad=True)))

            return minimize(value, start, jac=slope, method="BFGS", options={"maxiter": 60}).x

        return qnp.array(angles(self.circuit, downhill), requires_grad=True)

    @cached_property
    def truth(self) -> Any:
        """The gradient."""
        return np.asarray(qg.grad(self.node)(self.x))

    @cached_property
    def estimation_request(self) -> EstimationRequest:
        """The gradient as a request within a budget."""
        part = ClassicalPart.of(self.node, None, (self.x,), {})
        tape = self.node.construct((qnp.array(self.x, requires_grad=False),), {})
        constant = with_constants(tape.sweep(), self.node.device)
        slots = tuple(part.slots.tolist())
        shifted = parameter_shift(constant.structure, slots)
        return estimation_request(
            constant,
            shifted,
            values=False,
            grouping=self.grouping,
            jacobian=np.asarray(part.flat(0), dtype=float).T,
        )

    @cached_property
    def problem(self) -> Any:
        """The gradient without Pauli words whose expectation value is known to be zero."""
        return self.estimation_request.problem.without(
            self.estimation_request.measurement_plan.representatives.vanishing
        )

    @cached_property
    def used(self) -> Any:
        """The rows at which any circuit is measured."""
        return np.unique(self.problem.rows)

    @cached_property
    def native(self) -> Any:
        """All shifted rows."""
        measurement_plan = self.estimation_request.measurement_plan
        native = measurement_plan.shifted.decomposed.sweep(self.estimation_request.sweep)
        return native.with_rows(native.rows + measurement_plan.offsets, None)

    def distributions(self, gates: Sequence[Any]) -> Any:
        """Return the probabilities of all outcomes at all rows after some gates, (S, 2**n)."""
        wires = self.estimation_request.measurement_plan.observed.wires
        measured = Measurement(MeasurementKind.PROBS, wires=wires)
        native = self.native
        structure = Structure(
            (*native.structure.operations, *gates),
            (measured,),
            native.structure.num_slots,
            native.structure.num_arrays,
        )
        return execute_sweeps([replace(native, structure=structure)], self.node.device)[0][0]

    @cached_property
    def cumulative(self) -> list[Any]:
        """Cumulative distributions of each basis, concatenated, row s shifted by s."""
        found = []
        for basis in self.estimation_request.measurement_plan.bases.members:
            sums = np.cumsum(self.distributions(basis.gates), axis=1)
            sums /= sums[:, -1:]
            found.append((sums + np.arange(len(sums))[:, None]).ravel())
        return found

    def sampler(self, random: np.random.Generator) -> Callable[[Any], list[BasisSamples]]:
        """Return a function that runs circuits, from their known distributions."""
        bases = self.estimation_request.measurement_plan.bases.members

        def measure(counts: Any) -> list[BasisSamples]:
            pairs = zip(bases, self.cumulative, strict=True)
            return [
                self._read(basis, sums, counts[:, index], random)
                for index, (basis, sums) in enumerate(pairs)
            ]

        return measure

    def _read(
        self, basis: Basis, sums: Any, counts: Any, random: np.random.Generator
    ) -> BasisSamples:
        rows = np.repeat(np.arange(len(counts)), counts)
        places = np.searchsorted(sums, rows + random.random(len(rows)))
        size = len(sums) // len(counts)
        outcomes, index = np.unique(places % size, return_inverse=True)
        owner = np.minimum(places // size, len(counts) - 1)
        flat = np.bincount(owner * len(outcomes) + index, minlength=len(counts) * len(outcomes))
        return BasisSamples(basis, outcomes, flat.reshape(len(counts), len(outcomes)).astype(float))

    def draw(
        self, shots: int, random: np.random.Generator, *, rounds: int | None = None
    ) -> Measured:
        """Estimate the gradient once."""
        bases, limits = self.estimation_request.measurement_plan.bases, ShotLimits()
        design = plan(self.problem, bases, shots, limits)
        return measure_in_rounds(
            self.problem,
            bases,
            design,
            self.sampler(random),
            random,
            shots=shots,
            rounds=rounds,
            limits=limits,
        )

    # Exact errors -------------------------------------------------------------------------

    @cached_property
    def neyman(self) -> float:
        """Error times shots of the best allocation, for words measured in their own group only."""
        measurement_plan, total = self.estimation_request.measurement_plan, 0.0
        home = measurement_plan.bases.disjoint
        outcomes = _outcomes(len(measurement_plan.observed.wires))
        for index, basis in enumerate(measurement_plan.bases.members):
            weights = self.problem.vectors[:, basis.readable] * home[index, basis.readable]
            sums = weights @ basis.values(outcomes).T
            chances = self.distributions(basis.gates)[self.problem.rows]
            means = (chances * sums).sum(axis=1)
            variances = (chances * sums**2).sum(axis=1) - means**2
            by_row = self.problem.by_row(variances[:, None])
            total += float(np.sqrt(np.maximum(by_row, 0)).sum())
        return total**2

    def equal_shots(self, groups: Sequence[Sequence[str]]) -> float:
        """Return the error times the shots, for equal shots of all rows in given groups."""
        measurement_plan = self.estimation_request.measurement_plan
        observed, total = measurement_plan.observed, 0.0
        place = {letters: index for index, letters in enumerate(to_letters(observed.x, observed.z))}
        weights = np.zeros(self.problem.num_rows)
        np.add.at(weights, self.problem.rows, self.problem.term_weights)
        numbers = np.arange(2 ** len(observed.wires))
        for group in groups:
            letters = [
                "".join(sorted(set(column) - {"I"})) or "I" for column in zip(*group, strict=True)
            ]
            sums = np.zeros(len(numbers))
            for each in group:
                mask = int("".join("0" if letter == "I" else "1" for letter in each), 2)
                signs = 1.0 - 2.0 * (np.bitwise_count(numbers & mask) & 1)
                sums += observed.coefficients[0, place[each]] * signs
            chances = self.distributions(basis_gates("".join(letters), observed.wires))
            variances = chances @ sums**2 - (chances @ sums) ** 2
            total += float(weights @ variances)
        return total * len(self.used) * len(groups)


def _outcomes(num_wires: int) -> Any:
    return ((np.arange(2**num_wires)[:, None] >> np.arange(num_wires - 1, -1, -1)) & 1).astype(bool)
