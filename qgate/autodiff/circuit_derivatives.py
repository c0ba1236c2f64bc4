"""Derivatives by gradient methods that run other circuits than the one to be differentiated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qgate.autodiff.derivatives import TapeDerivatives
from qgate.execution.execute import MeasurementResult, run
from qgate.gradients.circuits import AvailableWires, CircuitMethod, Circuits
from qgate.gradients.method import Options
from qgate.gradients.parameter_shift import parameter_shift
from qgate.gradients.stencil import Stencil, at_points, union
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.transforms.decompose import Decomposed
from qgate.transforms.readouts import freeze_observables
from qgate.typing import FloatArray

Shifts = tuple[Sweep, list[Stencil]]
"""A circuit at all its points, and the stencil of each order on these points."""


@dataclass(frozen=True, eq=False, kw_only=True)
class CircuitDerivatives(TapeDerivatives):
    """Derivatives from circuits that a gradient method generates, for example the Hadamard test.

    First derivatives are linear combinations of the results of these circuits. For derivatives of
    order k, the parameter-shift rule differentiates the results k - 1 more times. The circuits of
    all expected orders, and the value, are one submission.
    """

    method: CircuitMethod
    options: Options

    def compute(
        self, order: int, highest: int, x: FloatArray, value: FloatArray | None = None
    ) -> dict[int, FloatArray]:
        sweep = freeze_observables(self.trained.at(x))
        orders = range(max(order, 1), highest + 1)
        circuits = self._circuits(sweep.structure) if orders else Circuits((), ())
        shifts = [self._shifts(each, sweep, orders) for each in circuits.structures]
        unknown = [sweep] if order == 0 else []
        results = run([*unknown, *(shifted for shifted, _ in shifts)], self.device)
        found: dict[int, FloatArray] = {}
        if unknown:
            found[0] = self.layout.flat(results[0])
        for place, wanted in enumerate(orders):
            stencils = [each[place] for _, each in shifts]
            found[wanted] = self._derivative(
                circuits, stencils, results[len(unknown) :], sweep, wanted
            )
        return found

    def _circuits(self, structure: Structure) -> Circuits:
        available = AvailableWires(self.device.wires, self.device.capabilities.max_wires)
        return self.method(structure, self.trained.slots, available=available, options=self.options)

    def _shifts(self, structure: Structure, sweep: Sweep, orders: Sequence[int]) -> Shifts:
        """Return a circuit at the points that its derivatives up to the highest order require."""
        slots = self.trained.slots
        decomposed, stencils = Decomposed.unchanged(structure), list[Stencil]()
        shots = None if sweep.shots is None else int(sweep.shots.min())
        for order in orders:
            if order == 1:
                continue
            shifted = parameter_shift(structure, slots, order=order - 1, shots=shots)
            decomposed = shifted.decomposed
            stencils.append(shifted.stencil)
        if orders[0] == 1:
            stencils.insert(0, Stencil.value(decomposed.structure.num_slots, len(slots)))
        offsets, together = union(stencils)
        native = decomposed.sweep(sweep.with_structure(structure))
        return at_points(native, offsets), together

    def _derivative(
        self,
        circuits: Circuits,
        stencils: Sequence[Stencil],
        results: Sequence[Sequence[MeasurementResult]],
        sweep: Sweep,
        order: int,
    ) -> FloatArray:
        """Sum up the tensor (B, M) + (n,) * order of one order."""
        total = np.zeros((*(len(self.trained.slots),) * order, len(sweep), self.size))
        for part in circuits.contributions:
            stencil = stencils[part.circuit]
            entries = [np.asarray(entry) for entry in results[part.circuit]]
            folded = self.layout.flat(part.fold(entries, sweep.arrays))
            values = folded.reshape(len(stencil.offsets), len(sweep), self.size)
            total[part.target] += part.weight * stencil.contract(values)
        return np.moveaxis(total, range(order), range(-order, 0))
