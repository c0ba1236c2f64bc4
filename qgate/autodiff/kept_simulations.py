"""Simulations of the circuits of a QNode, kept from call to call.

Optimizers and scans call a QNode with the same gates and other numbers. For a small circuit with
plain numbers whose results are expectation values, all but the numbers was found when its gates
were first met: which device runs it, that no check can fail, the plan and its memory. Such a call
looks its gates up and simulates a row of angles; it makes no ``Tape``. Others get None and take the
path of ``evaluate``.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from qgate.arrays import NUMBERS, is_double
from qgate.autodiff.evaluate import linear_numbers
from qgate.autodiff.recorded_circuit import is_small
from qgate.autodiff.returns import rebuilt
from qgate.autodiff.simulations import repeated
from qgate.context import active_plan, active_trackers
from qgate.devices.statevector import Repeated
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.gate import Gate
from qgate.operations.operator import Operator
from qgate.tape import Tape
from qgate.typing import FloatArray, Tensor

if TYPE_CHECKING:
    from qgate.devices.base import Device
    from qgate.shots import Shots

MOST_KEPT = 64
"""Maximum number of simulations of a QNode: 64 KiB each for 12 wires."""

MOST_ENTRIES = 1024
"""Maximum number of coefficients of an observable, which are part of the key."""

SIGNATURE, PARAMETERS = attrgetter("signature"), attrgetter("parameters")


class Kept(Protocol):
    """Circuits of a QNode that are kept from call to call."""

    @property
    def device(self) -> Device:
        """Device that runs them."""

    def results(
        self,
        operations: Sequence[Operator],
        measurements: Sequence[Measurement],
        shots: Shots,
        returned: Any,
    ) -> tuple[Any] | None:
        """Return the results of a circuit, as ``returned`` is nested, in a tuple; None: unknown."""


class KeptSimulations:
    """Simulations of the circuits of a QNode on a device, by their gates and measurements."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self._known: dict[Hashable, Repeated | None] = {}

    def results(
        self,
        operations: Sequence[Operator],
        measurements: Sequence[Measurement],
        shots: Shots,
        returned: Any,
    ) -> tuple[Any] | None:
        """Return the results of an exact circuit in a tuple; None: it has to be evaluated."""
        found = self.values(operations, measurements)
        return None if found is None else as_returned(found, returned)

    def values(
        self, operations: Sequence[Operator], measurements: Sequence[Measurement]
    ) -> list[Tensor] | None:
        """Return the results of an exact circuit; None: it has to be evaluated."""
        if not has_only_expvals(measurements):
            return None
        key, row = circuit_key(operations, measurements), row_of(operations)
        if key is None or row is None or is_watched():
            return None
        try:
            simulate = self._known[key]
        except KeyError:
            simulate = self._keep(key, operations, measurements)
        if simulate is None or not is_small(row):
            return None
        found = list(simulate(row)[0])
        given = chain.from_iterable(map(PARAMETERS, (*operations, *measurements)))
        marks = marks_of(given)
        if not marks:
            return found
        from qgate.numpy.tensors import marked  # marks come from this module

        return [marked(value, True in marks) for value in found]

    def _keep(
        self, key: Hashable, operations: Sequence[Operator], measurements: Sequence[Measurement]
    ) -> Repeated | None:
        while len(self._known) >= MOST_KEPT:
            self._known.pop(next(iter(self._known)), None)
        found = self._known[key] = _simulation(operations, measurements, self.device)
        return found


def circuit_key(
    operations: Sequence[Operator], measurements: Sequence[Measurement]
) -> Hashable | None:
    """Return all but the angles of a circuit; None: coefficients are not plain numbers."""
    weights = list(chain.from_iterable(map(PARAMETERS, measurements)))
    if not all(map(_is_small_array, weights)):
        return None
    return (
        tuple(map(SIGNATURE, operations)),
        tuple(map(SIGNATURE, measurements)),
        tuple([(weight.shape, weight.tobytes()) for weight in weights]),
    )


def as_returned(values: Sequence[Tensor], returned: Any) -> tuple[Any]:
    """Return values as a quantum function returned the measurements, in a tuple."""
    single = isinstance(returned, Measurement)
    return (values[0] if single else rebuilt(returned, iter(values)),)


def has_only_expvals(measurements: Sequence[Measurement]) -> bool:
    """Return whether only expectation values are measured."""
    return all(item.kind is MeasurementKind.EXPVAL for item in measurements)


def marks_of(values: Iterable[Tensor]) -> list[bool]:
    """Return the marks ``requires_grad`` of those values that have one."""
    return [
        value.requires_grad
        for value in values
        if isinstance(value, np.ndarray) and hasattr(value, "requires_grad")
    ]


def is_watched() -> bool:
    """Return whether a plan or a tracker has to see each circuit."""
    return active_plan() is not None or bool(active_trackers())


def _simulation(
    operations: Sequence[Operator], measurements: Sequence[Measurement], device: Device
) -> Repeated | None:
    """Return the simulation of a circuit for other angles; None: there is none."""
    if not all(isinstance(item, Gate) for item in operations):
        return None
    tape = Tape(operations, measurements)
    structure = tape.structure
    if structure.is_rewritten or (device.density_matrices and structure.measures_state):
        return None
    if linear_numbers(tape, device)[1] is not tuple:
        return None
    return repeated(tape.sweep(), device, None)


def row_of(operations: Sequence[Operator]) -> FloatArray | None:
    """Return the angles as a vector; None: some are not plain numbers in double precision."""
    angles = list(chain.from_iterable(map(PARAMETERS, operations)))
    if NUMBERS.issuperset(map(type, angles)) or all(map(is_double, angles)):
        return np.array(list(map(float, angles)))
    return None


def _is_small_array(value: Tensor) -> bool:
    return (
        isinstance(value, np.ndarray) and is_double(value, many=True) and value.size <= MOST_ENTRIES
    )
