"""Evaluate circuits with mid-circuit measurements.

They are deferred, or run as they are by a device that measures in the middle of a circuit. A
gradient method that uses the state of the simulation needs the deferred circuit, which has one.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from qgate.arrays import any_traced
from qgate.exceptions import UnsupportedMidMeasure
from qgate.execution.execute import MeasurementResult, check_known
from qgate.operations.conditions import Conditional
from qgate.operations.mid_measure import MidMeasure, Ways
from qgate.operations.outcome_values import MOST_TABULATED, uids_in
from qgate.operations.recorded import MID_MEASURE
from qgate.tape import Tape
from qgate.transforms.deferral import Deferral, deferred
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.autodiff.method import Method
    from qgate.devices.base import Device

Evaluate = Callable[[Sequence[Tape], "Device"], list[list[MeasurementResult]]]
"""Evaluation of tapes without mid-circuit measurements on a device."""

MOST_DEFERRED = 26
"""Number of wires up to which a simulator defers; with more, it goes through the branches.

Both take 2**(wires + measurements) amplitudes without shots. The deferred circuit runs in compiled
code, and needs memory for all of them: 1 GiB.
"""

MOST_SAMPLED = 20
"""The same with shots, for which no more branches are followed than there are shots."""

MOST_MIXED = 13
"""The same for circuits with noise channels, which else run as density matrices."""

MOST_SELECTED = 12
"""Number of selected outcomes whose joint probability a simulation by branches lists exactly."""

NOT_HERE = {
    "single-branch-statistics": "it belongs to compiled programs of Catalyst",
    "pad-invalid-samples": "results do not need a fixed number of samples here",
}
"""Options of PennyLane that are for other software."""


def evaluate_mid_circuit(
    tapes: Sequence[Tape], device: Device, method: Method | None, evaluate: Evaluate
) -> list[list[MeasurementResult]]:
    """Return the results of tapes of which some measure in their middle.

    Parameters
    ----------
    tapes : sequence of Tape
    device : Device
    method : Method or None
        The gradient method.
    evaluate : callable
        Evaluates the other tapes and the rewritten ones, all together.

    Returns
    -------
    list of list
        For each tape one entry per measurement, as ``evaluate`` returns them.

    Raises
    ------
    UnsupportedMidMeasure
        The device cannot run a circuit as it was asked to.
    """
    plans = [_plan(tape, device, method) for tape in tapes]
    written = [tape if plan is None else plan.tape for tape, plan in zip(tapes, plans, strict=True)]
    added = Wires.all_wires([plan.added for plan in plans if plan is not None])
    found = evaluate(written, _with_wires(device, added))
    return [
        entries if plan is None else plan.results(entries)
        for plan, entries in zip(plans, found, strict=True)
    ]


def rewritten(tape: Tape, device: Device, method: Method | None) -> tuple[Tape, Device]:
    """Return the tape that is evaluated, and the device with the wires for its outcomes."""
    plan = _plan(tape, device, method)
    return (tape, device) if plan is None else (plan.tape, _with_wires(device, plan.added))


def only_deferred(tape: Tape, device: Device) -> Tape:
    """Return the circuit without mid-circuit measurements whose results are those of a tape.

    Raises
    ------
    UnsupportedMidMeasure
        Outcomes are selected: a result is then a ratio of two results.
    """
    own = device.wires
    everything = tape.structure.wires if own is None else own
    plan = deferred(tape, everything=everything, spare=own or ())
    if _selects(tape):
        raise UnsupportedMidMeasure(
            device=device.name,
            reason="it selects outcomes, so that its results are ratios of expectation values",
            remedy="Call the QNode, or differentiate it with qg.grad or qg.jacobian.",
        )
    return plan.tape


def _plan(tape: Tape, device: Device, method: Method | None) -> Deferral | None:
    """Rewrite a tape that measures in its middle."""
    if not tape.structure.has_outcomes:
        return None
    check_known(tape.structure, device.wires, device.name)
    every = [item.ways for item in tape.operations if isinstance(item, MidMeasure)]
    ways = every[0] if every else (None, None)
    fill = _is_filled(tape, device, ways)
    own = device.wires
    everything = tape.structure.wires if own is None else own
    if fill or _is_native(tape, device, ways[0], method):
        return deferred(tape, everything=everything, native=True, fill=fill)
    return deferred(tape, everything=everything, spare=own or ())


def _is_filled(tape: Tape, device: Device, ways: Ways) -> bool:
    """Return whether every shot gets the selected outcomes."""
    for option in ways:
        if option in NOT_HERE:
            raise UnsupportedMidMeasure(
                device=device.name,
                reason=f"{option!r} is not available, because {NOT_HERE[option]}",
                remedy="Leave the option out.",
            )
    if ways[1] != "fill-shots" or not _selects(tape) or not tape.shots:
        return False
    if not device.capabilities.statevector:
        raise UnsupportedMidMeasure(
            device=device.name,
            reason="postselect_mode='fill-shots' is not possible on this device, where shots with "
            "other outcomes happen",
            remedy="Leave it out: shots with other outcomes are discarded.",
        )
    if tape.structure.is_mixed:
        raise UnsupportedMidMeasure(
            device=device.name,
            reason="the circuit has noise channels, and postselect_mode='fill-shots' follows pure "
            "states",
            remedy="Leave it out: shots with other outcomes are discarded.",
        )
    return True


def _selects(tape: Tape) -> bool:
    return any(
        isinstance(item, MidMeasure) and item.postselect is not None for item in tape.operations
    )


def _is_native(tape: Tape, device: Device, mcm_method: str | None, method: Method | None) -> bool:
    """Return whether a device runs the measurements of a tape in the middle of the circuit."""
    able = MID_MEASURE in device.capabilities.gates
    if able and device.capabilities.feed_forward:
        if mcm_method == "device":
            _refuse_returned(tape, device)
            return True
        able = False
    if tape.structure.is_mixed and device.capabilities.statevector and not tape.shots:
        return False  # a density matrix holds all outcomes
    if mcm_method == "one-shot" and not tape.shots:
        raise UnsupportedMidMeasure(
            device=device.name,
            reason="mcm_method='one-shot' samples, and no shots were given",
            remedy="Give a number of shots, or use mcm_method='tree-traversal' or 'deferred'.",
        )
    if mcm_method in ("one-shot", "tree-traversal") and not able:
        raise UnsupportedMidMeasure(
            device=device.name,
            reason=f"it does not measure in the middle of a circuit, as mcm_method={mcm_method!r} "
            "requires",
            remedy="Use mcm_method=None or 'deferred', which measure other wires at the end.",
        )
    if mcm_method == "deferred" or not able or _needs_state(tape, device, method):
        return False
    if not tape.shots and not device.capabilities.statevector:
        return False
    if mcm_method is None and device.capabilities.statevector:
        measured = [item for item in tape.operations if isinstance(item, MidMeasure)]
        selected = sum(item.postselect is not None for item in measured)
        most = MOST_SAMPLED if tape.shots else MOST_DEFERRED
        if tape.structure.is_mixed:
            most = MOST_MIXED
        wide = len(tape.wires) + len(measured) > most
        return (wide or _has_wide_condition(tape)) and (
            bool(tape.shots) or selected <= MOST_SELECTED
        )
    return True


def _refuse_returned(tape: Tape, device: Device) -> None:
    """Refuse a tape whose results depend on outcomes that a device does not return."""
    if any(item.nodes for item in tape.measurements) or _selects(tape):
        raise UnsupportedMidMeasure(
            device=device.name,
            reason="it applies gates under conditions, and does not return the outcomes, which are "
            "measured or selected here",
            remedy="Leave out mcm_method='device': outcomes are then measured at the end, on "
            "further wires.",
        )


def _has_wide_condition(tape: Tape) -> bool:
    """Return whether a condition depends on too many outcomes for a table of its values."""
    return any(
        isinstance(item, Conditional) and len(uids_in(item.node)) > MOST_TABULATED
        for item in tape.operations
    )


def _needs_state(tape: Tape, device: Device, method: Method | None) -> bool:
    """Return whether a tape may be differentiated through the state of a simulation."""
    if method is None or tape.shots or not device.capabilities.statevector:
        return False
    if not any_traced(tape.parameters) or method.transform is not None:
        return False
    return method.name == "best" or method.row.needs_state is not None


def _with_wires(device: Device, added: Wires) -> Device:
    """Return a device with further wires for outcomes, if it has declared wires."""
    if device.wires is None or set(added) <= set(device.wires):
        return device
    wider = copy.copy(device)
    wider.wires = Wires.all_wires([device.wires, added])
    wider.original = device.original or device
    return wider
