"""Circuits with shots of a QNode, kept from call to call.

What ``kept_simulations`` is for exact values: a call with the same gates and other plain numbers
fills the rows of a sweep that was made when the gates were first met, and submits it.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.autodiff.evaluate import linear_numbers
from qgate.autodiff.kept_simulations import (
    MOST_KEPT,
    PARAMETERS,
    circuit_key,
    is_watched,
    marks_of,
    row_of,
)
from qgate.autodiff.recorded_circuit import filled
from qgate.autodiff.returns import arrange
from qgate.devices.statevector import RepeatingDevice
from qgate.execution.execute import execute_sweeps
from qgate.measurements import Measurement
from qgate.operations.gate import Gate
from qgate.operations.operator import Operator
from qgate.shots import Shots
from qgate.sweep import Sweep
from qgate.tape import Tape
from qgate.typing import Postprocess

if TYPE_CHECKING:
    from qgate.devices.base import Device


class KeptSamples:
    """Sweeps with shots of the circuits of a QNode on a device that simulates them."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self._known: dict[Hashable, tuple[Tape, Sweep, Postprocess] | None] = {}

    def results(
        self,
        operations: Sequence[Operator],
        measurements: Sequence[Measurement],
        shots: Shots,
        returned: Any,
    ) -> tuple[Any] | None:
        """Return the results of a circuit in a tuple; None: it has to be evaluated."""
        circuit, row = circuit_key(operations, measurements), row_of(operations)
        if circuit is None or row is None or shots.budget is not None or is_watched():
            return None
        given = chain.from_iterable(map(PARAMETERS, (*operations, *measurements)))
        types = tuple([item.dtype for item in measurements])
        key = (circuit, shots, frozenset(marks_of(given)), types)
        if key not in self._known:
            while len(self._known) >= MOST_KEPT:
                self._known.pop(next(iter(self._known)), None)
            self._known[key] = self._sweep(operations, measurements, shots)
        found = self._known[key]
        if found is None or not np.isfinite(row).all():
            return None
        tape, sweep, recombine = found
        entries = recombine(execute_sweeps([filled(sweep, row.reshape(1, -1))], self.device)[0])
        return (arrange(tape, list(entries), returned),)

    def _sweep(
        self, operations: Sequence[Operator], measurements: Sequence[Measurement], shots: Shots
    ) -> tuple[Tape, Sweep, Postprocess] | None:
        """Return a circuit with the sweep that runs; None: it may be another one next time."""
        if not isinstance(self.device, RepeatingDevice):
            return None
        if not all(isinstance(item, Gate) for item in operations):
            return None
        tape = Tape(operations, measurements, shots)
        if tape.structure.is_rewritten or tape.structure.measures_state:
            return None
        linear, recombine = linear_numbers(tape, self.device)
        return tape, linear.sweep(), recombine
