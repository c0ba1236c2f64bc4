"""The devices of the Braket SDK that a string can name."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from qgate.devices.provider import Options, Provider, Requirement
from qgate.shots import Shots
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.devices.braket.device import BraketDevice

TARGETS = {
    "local": "braket_sv",
    "local/braket_dm": "braket_dm",
    "local/braket_sv": "braket_sv",
    "local/default": "braket_sv",
}
"""The name in the SDK of the local simulator that each target means."""


class BraketProvider(Provider):
    """``braket:local``, in full ``braket:local/braket_sv``, and ``braket:local/braket_dm``."""

    name = "braket"
    default_target = "local"

    def targets(self) -> Collection[str]:
        return tuple(TARGETS)

    def requirements(self, target: str) -> Collection[Requirement]:
        return (Requirement("braket", "amazon-braket-sdk", "braket"),)

    def make(
        self, target: str, options: Options, *, wires: Wires | None, shots: Shots | str
    ) -> BraketDevice:
        from braket.devices import LocalSimulator

        from qgate.devices.braket.device import BraketDevice
        from qgate.devices.braket.simulator import SIMULATORS

        runner = LocalSimulator(SIMULATORS[TARGETS[target]](options.seed))
        return BraketDevice(runner, name=f"braket:{target}", wires=wires, shots=shots)


provider = BraketProvider()
