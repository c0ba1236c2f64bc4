"""Facts and capabilities of a Braket device, read from the properties that it reports."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from braket.device_schema import DeviceActionType

from qgate.devices.braket.facts import DeviceFacts, SetLimits
from qgate.devices.capabilities import Capabilities

PROGRAM = DeviceActionType.OPENQASM
PROGRAM_SET = DeviceActionType.OPENQASM_PROGRAM_SET


def read_facts(properties: Any) -> DeviceFacts:
    """Return the facts from a device's reported properties.

    Parameters
    ----------
    properties : braket.device_schema.DeviceCapabilities
        Properties with the action for OpenQASM programs, and with that for program sets if the
        device supports them.
    """
    programs = properties.action[PROGRAM]
    service = properties.service
    return DeviceFacts(
        wires=properties.paradigm.qubitCount,
        gates=_lower(programs.supportedOperations),
        native=_lower(getattr(properties.paradigm, "nativeGateSet", None)),
        shots=service.shotsRange,
        reservation_shots=service.reservationShotsRange,
        sets=_set_limits(properties.action.get(PROGRAM_SET)),
        exact=any(
            kind.name == "Probability" and not kind.minShots
            for kind in programs.supportedResultTypes or ()
        ),
        reads_all=bool(programs.requiresAllQubitsMeasurement),
    )


def _lower(names: Collection[str] | None) -> frozenset[str]:
    """Return names in lower case, because devices spell the same gates differently."""
    return frozenset(map(str.lower, names or ()))


def _set_limits(sets: Any) -> SetLimits | None:
    if sets is None:
        return None
    return SetLimits(
        executables=sets.maximumExecutables,
        shots=sets.maximumTotalShots,
        min_shots=getattr(sets, "minimumTotalShots", None) or 1,
    )


def read_capabilities(properties: Any, **more: Any) -> Capabilities:
    """Return capabilities from a device's properties; arguments as ``DeviceFacts.capabilities``."""
    return read_facts(properties).capabilities(**more)
