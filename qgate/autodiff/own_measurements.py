"""Evaluate measurements of users' classes.

A method that computes from samples becomes part of the readout of a circuit, so that it is applied
to every shifted circuit. A method that computes from a state is applied to the state in the user's
framework, which differentiates it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.arrays import isbox, namespace
from qgate.exceptions import QuantumFunctionError, UnsupportedMeasurement
from qgate.execution.execute import MeasurementResult, UnbatchedResult
from qgate.measurements import Measurement, MeasurementKind
from qgate.recording import paused
from qgate.tape import Tape
from qgate.typing import Tensor
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.devices.base import Device


def evaluate_own(
    tapes: Sequence[Tape],
    device: Device,
    evaluate: Callable[[Sequence[Tape]], list[list[MeasurementResult]]],
) -> list[list[MeasurementResult]]:
    """Return the results of tapes of which some have measurements of users' classes.

    Parameters
    ----------
    tapes : sequence of Tape
    device : Device
    evaluate : callable
        Evaluates tapes of other measurements, all together.
    """
    orders = [tape.structure.wires if device.wires is None else device.wires for tape in tapes]
    with paused():
        lowered = [
            tape.with_measurements(
                [_measured(item, tape, order, device) for item in tape.measurements]
            ).with_trainable(tape.trainable_params)
            for tape, order in zip(tapes, orders, strict=True)
        ]
    return [
        [
            _processed(item, entry, tape, order)
            if item.is_own and not _samples(item, tape)
            else entry
            for item, entry in zip(tape.measurements, entries, strict=True)
        ]
        for tape, order, entries in zip(tapes, orders, evaluate(lowered), strict=True)
    ]


def _samples(item: Measurement, tape: Tape) -> bool:
    """Return whether a value is computed from samples; a class may have both methods."""
    methods: Sequence[str] = item.methods
    return bool(tape.shots) if len(methods) > 1 else "process_samples" in methods


def _measured(item: Measurement, tape: Tape, order: Wires, device: Device) -> Measurement:
    if not item.is_own:
        return item
    if _samples(item, tape):
        if not tape.shots:
            raise UnsupportedMeasurement(
                device=device.name,
                measurement=item.return_type,
                mode="without shots",
                supported=device.capabilities.exact,
                remedy="Give a number of shots, for example shots=1000.",
            )
        return Measurement(MeasurementKind.PROCESSED, wires=order, own=item)
    return Measurement(MeasurementKind.STATE, wires=order)


def _processed(
    item: Measurement, states: MeasurementResult, tape: Tape, order: Wires
) -> MeasurementResult:
    """Return the values of a measurement from the states of all rows."""
    process = _method(item, mixed=len(states[0].shape) > 1)
    if tape.batch_size is None and len(states) == 1:
        return UnbatchedResult(_as_array(process(states[0], order)))
    values = [_as_array(process(state, order)) for state in states]
    return namespace(values).stack(values)


def _method(item: Any, *, mixed: bool) -> Callable[[Tensor, Wires], Tensor]:
    """Return the method that computes a value from a state vector, or from a density matrix."""
    if mixed and type(item).process_density_matrix is Measurement.process_density_matrix:
        raise QuantumFunctionError(
            f"{item.return_type} computes its value from a state vector, and the state after noise "
            "is a density matrix. Define its method process_density_matrix(density_matrix, "
            "wire_order)."
        )
    found: Callable[[Tensor, Wires], Tensor] = (
        item.process_density_matrix if mixed else item.process_state
    )
    return found


def _as_array(value: Tensor) -> Tensor:
    return value if hasattr(value, "dtype") or isbox(value) else np.asarray(value)
