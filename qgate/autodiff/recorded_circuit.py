"""Circuits that were recorded once: a call fills their rows and runs them.

What depends on the circuit alone is found at the first call: its layout, its gradient method, the
slots to differentiate by, the layout of its results. What a call does is the rest: it computes the
rows from its arguments, and submits them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.arrays import order, unwrap
from qgate.autodiff.evaluate import linear_numbers
from qgate.autodiff.method import Method
from qgate.autodiff.recorded_rows import RecordedRows
from qgate.autodiff.returns import arrange
from qgate.autodiff.simulations import repeated
from qgate.context import active_trackers
from qgate.devices.statevector import Repeated
from qgate.execution.execute import MeasurementResult, UnbatchedResult, execute_sweeps
from qgate.periods import LARGEST_KEPT
from qgate.sweep import Sweep
from qgate.tape import Tape
from qgate.typing import FloatArray, Postprocess, Tensor

if TYPE_CHECKING:
    from qgate.bridge import Interface
    from qgate.devices.base import Device


@dataclass(eq=False)
class RecordedCircuit(ABC):
    """A circuit, and its angles as functions of the arguments.

    Required: ``derived``.

    Parameters
    ----------
    device : Device
    method : Method or None
    max_diff : int or None
    tape : Tape
        The circuit with the numbers of the first call.
    returned : Measurement, or nested containers of them
        What the quantum function returned.
    rows : RecordedRows
    """

    device: Device
    method: Method | None
    max_diff: int | None
    tape: Tape
    returned: Any
    rows: RecordedRows

    def call(
        self, arrays: Sequence[Tensor], interface: Interface | None, seed: Tensor
    ) -> tuple[Any] | None:
        """Return the results for these arguments; None: they have to be computed without this."""
        traces = order([*arrays, seed]) != 0
        if not traces:
            found = self._values(arrays, seed)
        elif interface is None:
            return None
        else:
            found = self.derived(arrays, interface, seed)
        if found is None:
            return None
        return (arrange(self.tape, found, self.returned, interface=interface, like=arrays),)

    @abstractmethod
    def derived(
        self, arrays: Sequence[Tensor], interface: Interface, seed: Tensor
    ) -> Sequence[MeasurementResult] | None:
        """Return results that a framework can differentiate; None: as above."""

    # Values ---------------------------------------------------------------------------------------

    @cached_property
    def _repeated(self) -> Repeated | None:
        sweep, recombine = self._linear
        return None if recombine is not tuple else repeated(sweep, self.device, None)

    @cached_property
    def _linear(self) -> tuple[Sweep, Postprocess]:
        tape, recombine = linear_numbers(self.tape, self.device)
        return tape.sweep(), recombine

    def _values(self, arrays: Sequence[Tensor], seed: Tensor) -> Sequence[MeasurementResult] | None:
        rows = self.rows.numbers([unwrap(array) for array in arrays])
        if self._repeated is not None and is_small(rows) and not active_trackers():
            return list(map(UnbatchedResult, self._repeated(rows[0])[0]))
        if not np.isfinite(rows).all():
            return None
        sweep, recombine = self._linear
        sweep = filled(sweep, rows)
        if seed is not None and sweep.shots is not None:
            from qgate.autodiff.trainable_sweep import seed_of

            sweep = replace(sweep, seed=seed_of(unwrap(seed)))
        return list(recombine(execute_sweeps([sweep], self.device)[0]))


def is_small(rows: FloatArray) -> bool:
    """Return whether all angles are finite, and none is reduced to a period of its gate."""
    return bool(np.maximum.reduce(np.abs(rows), axis=None, initial=0.0) <= LARGEST_KEPT)


def filled(sweep: Sweep, rows: FloatArray) -> Sweep:
    """Return a sweep with other rows, each repeated for every part of the shots."""
    copies = len(sweep) // len(rows)
    return sweep.with_rows(rows if copies == 1 else np.repeat(rows, copies, axis=0), sweep.shots)
