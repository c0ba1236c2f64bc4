"""First derivatives of the circuits of a QNode by autograd, kept from call to call.

What ``kept_simulations`` is for values: a call of a small circuit with one expectation value, whose
angles are plain numbers, entries of traced arrays, or sums of these. The device computes value and
derivatives together, so that the trace gets one node: its rule multiplies the derivatives by the
cotangent, and adds them up to the arrays from which the angles were taken.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from autograd.core import VJPNode
from autograd.tracer import Box, new_box

from qgate.autodiff.kept_simulations import (
    MOST_KEPT,
    PARAMETERS,
    circuit_key,
    is_double,
    is_watched,
)
from qgate.autodiff.recorded_circuit import is_small
from qgate.autodiff.recorded_derivatives import DifferentiableCircuit, slopes_of
from qgate.autodiff.recorded_rows import RecordedRows
from qgate.devices.statevector import Repeated
from qgate.interfaces.autograd_rows import (
    Argument,
    Member,
    Places,
    parts_of_row,
    places_of,
    terms_of,
)
from qgate.measurements import Measurement
from qgate.operations.gate import Gate
from qgate.operations.operator import Operator
from qgate.tape import Tape
from qgate.typing import FloatArray, Tensor

if TYPE_CHECKING:
    from qgate.autodiff.method import Method
    from qgate.devices.base import Device


class SlopesRule:
    """Gradient rule of a circuit, in the form that autograd stores with a node."""

    __slots__ = ("places", "row")

    def __init__(self, row: FloatArray, places: Places) -> None:
        self.row, self.places = row, places

    def __call__(self, cotangent: Tensor) -> tuple[Tensor, ...]:
        scaled = cotangent * self.row
        return tuple([parts_of_row(scaled, place) for place in self.places.alone])


class TracedAngles(NamedTuple):
    """Angles of a circuit, and the traced arrays from which they come.

    Parameters
    ----------
    numbers : list of float
        All angles.
    slots : tuple of int
        Positions of the traced ones.
    origins : list of Box
        The arrays.
    members : tuple
        For each traced angle the entries of which it is the sum.
    """

    numbers: list[float]
    slots: tuple[int, ...]
    origins: list[Box]
    members: tuple[tuple[Member, ...], ...]

    @classmethod
    def of(cls, angles: Sequence[Tensor]) -> TracedAngles | None:
        """Return the angles; None: some are other functions of traced arrays."""
        known, slots, members = list[float](), list[int](), list[tuple[Member, ...]]()
        origins, order = list[Box](), dict[int, int]()
        for slot, value in enumerate(angles):
            if type(value) is not Argument:
                if not is_double(value):
                    return None
                known.append(float(value))
                continue
            terms = []
            for array, indices, factor in terms_of(value):
                number = order.setdefault(id(array), len(origins))
                if number == len(origins):
                    origins.append(array)
                terms.append((number, indices, factor))
            known.append(value._value)
            slots.append(slot)
            members.append(tuple(terms))
        if not slots or not _are_plain(origins):
            return None
        return cls(known, tuple(slots), origins, tuple(members))


def _are_plain(arrays: Sequence[Box]) -> bool:
    """Return whether arrays are traced once, all by the same derivative, in double precision."""
    traces = {array._trace for array in arrays}
    return len(traces) == 1 and all(is_double(array._value, many=True) for array in arrays)


class KeptDerivatives:
    """Simulations with derivatives of the circuits of a QNode on a device."""

    def __init__(self, device: Device, method: Method | None, max_diff: int | None) -> None:
        self.device, self._method, self._max_diff = device, method, max_diff
        self._known: dict[Hashable, tuple[Repeated, Places] | None] = {}

    def values(
        self, operations: Sequence[Operator], measurements: Sequence[Measurement]
    ) -> list[Tensor] | None:
        """Return the traced results of an exact circuit; None: it has to be evaluated."""
        circuit = circuit_key(operations, measurements)
        angles = TracedAngles.of(list(chain.from_iterable(map(PARAMETERS, operations))))
        if circuit is None or angles is None or is_watched():
            return None
        shapes = tuple([np.shape(array._value) for array in angles.origins])
        key = (circuit, angles.slots, angles.members, shapes)
        try:
            found = self._known[key]
        except KeyError:
            found = self._keep(key, Tape(operations, measurements), angles)
        except TypeError:  # slices are not hashable
            return None
        row = np.array(angles.numbers)
        if found is None or not is_small(row):
            return None
        simulate, places = found
        values, slopes = simulate(row)
        assert slopes is not None
        node = VJPNode.__new__(VJPNode)
        node.parents = tuple([array._node for array in angles.origins])
        node.vjp = SlopesRule(slopes[:, angles.slots], places)
        return [new_box(values[0], angles.origins[0]._trace, node)]

    def _keep(
        self, key: Hashable, tape: Tape, angles: TracedAngles
    ) -> tuple[Repeated, Places] | None:
        while len(self._known) >= MOST_KEPT:
            self._known.pop(next(iter(self._known)), None)
        simulate, found = self._simulation(tape, angles), None
        if simulate is not None:
            shapes = tuple([np.shape(array._value) for array in angles.origins])
            found = simulate, places_of(shapes, angles.members)
        self._known[key] = found
        return found

    def _simulation(self, tape: Tape, angles: TracedAngles) -> Repeated | None:
        """Return the simulation of a circuit with its derivatives; None: there is none."""
        if not all(isinstance(item, Gate) for item in tape.operations):
            return None
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
