"""Evaluate circuits with mid-circuit measurements."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from qgate.execution.execute import MeasurementResult
from qgate.tape import Tape
from qgate.transforms.deferral import Deferral, deferred
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.devices.base import Device

Evaluate = Callable[[Sequence[Tape], "Device"], list[list[MeasurementResult]]]
"""Evaluation of tapes without mid-circuit measurements on a device."""


def evaluate_mid_circuit(
    tapes: Sequence[Tape], device: Device, evaluate: Evaluate
) -> list[list[MeasurementResult]]:
    """Return the results of tapes of which some measure in their middle.

    Parameters
    ----------
    tapes : sequence of Tape
    device : Device
    evaluate : callable
        Evaluates the other tapes and the deferred ones, all together.

    Returns
    -------
    list of list
        For each tape one entry per measurement, as ``evaluate`` returns them.
    """
    plans = [_deferred(tape, device) for tape in tapes]
    written = [tape if plan is None else plan.tape for tape, plan in zip(tapes, plans, strict=True)]
    added = Wires.all_wires([plan.added for plan in plans if plan is not None])
    found = evaluate(written, _with_wires(device, added))
    return [
        entries if plan is None else plan.results(entries)
        for plan, entries in zip(plans, found, strict=True)
    ]


def _deferred(tape: Tape, device: Device) -> Deferral | None:
    if not tape.structure.has_outcomes:
        return None
    own = device.wires
    everything = tape.structure.wires if own is None else own
    return deferred(tape, everything=everything, spare=own or ())


def _with_wires(device: Device, added: Wires) -> Device:
    """Return a device with further wires for outcomes, if it has declared wires."""
    if device.wires is None or set(added) <= set(device.wires):
        return device
    wider = copy.copy(device)
    wider.wires = Wires.all_wires([device.wires, added])
    wider.original = device.original or device
    return wider
