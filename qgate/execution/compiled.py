"""Circuits that sweeps become on a device, without sending anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qgate.devices.compiled import CompiledCircuit
from qgate.execution.execute import prepare
from qgate.sweep import Sweep

if TYPE_CHECKING:
    from qgate.devices.base import Device


def compiled_circuits(sweeps: Sequence[Sweep], device: Device) -> list[list[CompiledCircuit]]:
    """Return the circuits that a device would be sent for sweeps.

    Parameters
    ----------
    sweeps : sequence of Sweep
        With any gates and measurements; ``Tape.sweep()`` returns one.
    device : Device

    Returns
    -------
    list of list of CompiledCircuit
        For each sweep one circuit for each measurement basis, with the angles of its first row.

    Raises
    ------
    DeviceError
        The device cannot run a circuit.

    Notes
    -----
    Cost: one compilation for each structure, which is cached; nothing is sent.
    """
    prepared = [prepare(sweep, device)[0] for sweep in sweeps]
    found = iter(device.compiled([part for parts in prepared for part in parts]))
    return [[next(found) for _ in parts] for parts in prepared]
