"""What a Braket device says of itself, as capabilities."""

from __future__ import annotations

from typing import Any

from braket.device_schema import DeviceActionType

from qgate.devices.braket.gates import UNREAD, accepted, forms
from qgate.devices.capabilities import Capabilities

PROGRAM = DeviceActionType.OPENQASM
PROGRAM_SET = DeviceActionType.OPENQASM_PROGRAM_SET


def read_capabilities(
    properties: Any,
    *,
    verbatim: bool = False,
    reserved: bool = False,
    noisy: bool = False,
    **facts: Any,
) -> Capabilities:
    """Read from a device's own record what it can do.

    Parameters
    ----------
    properties : braket.device_schema.DeviceCapabilities
        With the action OpenQASM program; with that of program sets, if it takes these.
    verbatim : bool
        Whether circuits are run as they are, in the device's native gates.
    reserved : bool
        Whether tasks go to a reservation, which may take other numbers of shots.
    noisy : bool
        Whether its gates have errors, so that identities are gates like others.
    **facts
        Capabilities that the record does not tell.

    Notes
    -----
    ``minimumTotalShots`` of program sets is the floor of a task, which came with program sets of
    IonQ: https://github.com/amazon-braket/amazon-braket-schemas-python/pull/223. Where a record
    has it, a circuit of a set may have any number of shots; else each has those of ``shotsRange``.
    """
    programs = properties.action[PROGRAM]
    service = properties.service
    exact = any(
        kind.name == "Probability" and not kind.minShots
        for kind in programs.supportedResultTypes or ()
    )
    fewest, most = (reserved and service.reservationShotsRange) or service.shotsRange
    limits = _limits(properties, most)
    if limits.get("min_total_shots", 1) > 1:  # a floor of the task, in place of each circuit's
        fewest = 1
    gates = accepted(programs.supportedOperations, noisy=noisy)
    if verbatim:
        gates = UNREAD | forms(properties.paradigm.nativeGateSet).keys()
    return Capabilities(
        gates=gates,
        exact=frozenset({"probs"} if exact else ()),
        max_wires=properties.paradigm.qubitCount,
        min_shots=max(1, fewest),
        **limits,
        **facts,
    )


def _limits(properties: Any, most_shots: int) -> dict[str, Any]:
    """What one submission may hold: a program set, or one circuit with one row."""
    sets = properties.action.get(PROGRAM_SET)
    if sets is None:
        return {"max_rows": 1, "max_shots": most_shots}
    return {
        "equal_shots": True,
        "max_rows": sets.maximumExecutables,
        "max_shots": min(most_shots, sets.maximumTotalShots),
        "max_total_shots": sets.maximumTotalShots,
        "min_total_shots": getattr(sets, "minimumTotalShots", None) or 1,
    }
