"""Derivatives by gradient methods that run other circuits than the one to be differentiated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qgate.autodiff.derivatives import (
    RequestedDerivatives,
    Requests,
    Results,
    derivatives_last,
)
from qgate.execution.execute import MeasurementResult
from qgate.gradients.circuits import AvailableWires, CircuitMethod, Circuits
from qgate.gradients.method import Options
from qgate.gradients.parameter_shift import parameter_shift
from qgate.gradients.shifted_sweep import ShiftedSweep
from qgate.gradients.stencil import Stencil
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.transforms.decomposition import Decomposed
from qgate.transforms.readouts import freeze_observables
from qgate.typing import FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class CircuitDerivatives(RequestedDerivatives):
    """Derivatives from circuits that a gradient method generates, for example the Hadamard test.

    First derivatives are linear combinations of the results of these circuits. For derivatives of
    order k, the parameter-shift rule differentiates the results k - 1 more times. The circuits of
    all expected orders, and the value, are one submission.
    """

    method: CircuitMethod
    options: Options

    def requests(
        self, order: int, highest: int, x: FloatArray, value: FloatArray | None = None
    ) -> Requests:
        sweep = freeze_observables(self.trained.at(x))
        orders = range(max(order, 1), highest + 1)
        circuits = self._circuits(sweep.structure) if orders else Circuits((), ())
        shifted = [self._shifted(each, sweep, orders) for each in circuits.structures]
        points = [
            each.at(sweep.with_structure(structure))
            for each, structure in zip(shifted, circuits.structures, strict=True)
        ]
        unknown = [sweep] if order == 0 else []

        def read(results: Results) -> dict[int, FloatArray]:
            found = {0: self.layout.flat(results[0])} if unknown else {}
            others = results[len(unknown) :]
            return found | self._derivatives(circuits, shifted, others, sweep, orders)

        return [*unknown, *points], read

    def _circuits(self, structure: Structure) -> Circuits:
        available = AvailableWires(self.device.wires, self.device.capabilities.max_wires)
        return self.method(structure, self.trained.slots, available=available, options=self.options)

    def _shifted(self, structure: Structure, sweep: Sweep, orders: Sequence[int]) -> ShiftedSweep:
        """Return a circuit at the points that its derivatives of these orders less one require."""
        slots, shots = self.trained.slots, None if sweep.shots is None else int(sweep.shots.min())
        higher = [
            parameter_shift(structure, slots, order=order - 1, shots=shots)
            for order in orders
            if order > 1
        ]
        decomposed = higher[-1].decomposed if higher else Decomposed.unchanged(structure)
        value = Stencil.value(decomposed.structure.num_slots, len(slots))
        values = [value] if orders[0] == 1 else []
        return ShiftedSweep.of(decomposed, *values, *(each.stencil for each in higher))

    def _derivatives(
        self,
        circuits: Circuits,
        shifted: Sequence[ShiftedSweep],
        results: Sequence[Sequence[MeasurementResult]],
        sweep: Sweep,
        orders: Sequence[int],
    ) -> dict[int, FloatArray]:
        """Sum up the tensors (B, M) + (n,) * k of all orders k."""
        shapes = [(len(self.trained.slots),) * order for order in orders]
        totals = [np.zeros((*shape, len(sweep), self.size)) for shape in shapes]
        for part in circuits.contributions:
            entries = [np.asarray(entry) for entry in results[part.circuit]]
            folded = self.layout.flat(part.fold(entries, sweep.arrays))
            values = folded.reshape(-1, len(sweep), self.size)
            derivatives = shifted[part.circuit].derivatives(values)
            for total, derivative in zip(totals, derivatives, strict=True):
                total[part.target] += part.weight * derivative
        return dict(zip(orders, map(derivatives_last, totals, orders), strict=True))
