"""First derivatives of the circuits of a QNode by autograd, kept from call to call.

What ``kept_simulations`` is for values: a call of a small circuit with one expectation value, whose
angles are plain numbers, entries of traced arrays, or sums of these. The device computes value and
derivatives together, so that the trace gets one node: its rule multiplies the derivatives by the
cotangent, and adds them up to the arrays from which the angles were taken.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.arrays import load
from qgate.autodiff.kept_simulations import (
    MOST_KEPT,
    PARAMETERS,
    as_returned,
    circuit_key,
    has_only_expvals,
    is_watched,
)
from qgate.autodiff.recorded_circuit import is_small
from qgate.autodiff.recorded_derivatives import DifferentiableCircuit, slopes_of
from qgate.autodiff.recorded_rows import RecordedRows
from qgate.devices.statevector import Repeated
from qgate.measurements import Measurement
from qgate.operations.gate import Gate
from qgate.operations.operator import Operator
from qgate.tape import Tape
from qgate.typing import Tensor

if TYPE_CHECKING:
    from qgate.autodiff.method import Method
    from qgate.bridge import TracedAngles
    from qgate.devices.base import Device
    from qgate.shots import Shots


class KeptDerivatives:
    """Simulations with derivatives of the circuits of a QNode on a device."""

    def __init__(self, device: Device, method: Method | None, max_diff: int | None) -> None:
        self.device, self._method, self._max_diff = device, method, max_diff
        self._known: dict[Hashable, tuple[Repeated, Any] | None] = {}
        self._traced_angles = load("autograd").traced_angles

    def results(
        self,
        operations: Sequence[Operator],
        measurements: Sequence[Measurement],
        shots: Shots,
        returned: Any,
    ) -> tuple[Any] | None:
        """Return the traced results of an exact circuit in a tuple; None: as ``values``."""
        found = self.values(operations, measurements)
        return None if found is None else as_returned(found, returned)

    def values(
        self, operations: Sequence[Operator], measurements: Sequence[Measurement]
    ) -> list[Tensor] | None:
        """Return the traced results of an exact circuit; None: it has to be evaluated."""
        if not has_only_expvals(measurements):
            return None
        circuit = circuit_key(operations, measurements)
        angles = self._traced_angles(list(chain.from_iterable(map(PARAMETERS, operations))))
        if circuit is None or angles is None or is_watched():
            return None
        key = circuit, angles.key
        try:
            found = self._known[key]
        except KeyError:
            found = self._keep(key, operations, measurements, angles)
        except TypeError:  # slices are not hashable
            return None
        row = np.array(angles.numbers)
        if found is None or not is_small(row):
            return None
        simulate, layout = found
        values, slopes = simulate(row)
        assert slopes is not None
        return [angles.result(values[0], slopes[:, angles.slots], layout)]

    def _keep(
        self,
        key: Hashable,
        operations: Sequence[Operator],
        measurements: Sequence[Measurement],
        angles: TracedAngles,
    ) -> tuple[Repeated, Any] | None:
        while len(self._known) >= MOST_KEPT:
            self._known.pop(next(iter(self._known)), None)
        simulate = None
        if all(isinstance(item, Gate) for item in operations):  # whose angles are those of the tape
            simulate = self._simulation(Tape(operations, measurements), angles)
        found = None if simulate is None else (simulate, angles.layout())
        self._known[key] = found
        return found

    def _simulation(self, tape: Tape, angles: TracedAngles) -> Repeated | None:
        """Return the simulation of a circuit with its derivatives; None: there is none."""
        plain = tape.bind_new_parameters(angles.numbers, range(len(angles.numbers)))
        rows = _in_two_parts(len(angles.numbers), angles.slots)
        circuit = DifferentiableCircuit(
            self.device, self._method, self._max_diff, plain, None, rows
        )
        slopes = slopes_of(circuit, (0,))
        return None if slopes is None else slopes.simulate


def _in_two_parts(length: int, slots: Sequence[int]) -> RecordedRows:
    """Return a row as a function of the angles at some slots, and of all others."""
    others = [slot for slot in range(length) if slot not in slots]
    index = np.argsort([*slots, *others]).reshape(-1, 1)
    shapes = ((len(slots),), (len(others),))
    return RecordedRows((1, length), shapes, index, np.ones((length, 1)), np.zeros(length))
