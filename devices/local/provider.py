"""The local simulator as a provider."""

from __future__ import annotations

from collections.abc import Collection

from qgate.devices.capabilities import Capabilities
from qgate.devices.local.device import LOCAL, LocalDevice
from qgate.devices.provider import Options, Provider
from qgate.shots import Shots
from qgate.wires import Wires


class LocalProvider(Provider):
    """``local``, in full ``local:statevector``."""

    name = "local"
    default_target = "statevector"

    def targets(self) -> Collection[str]:
        return ("statevector",)

    def capabilities(self, target: str) -> Capabilities:
        return LOCAL

    def make(
        self, target: str, options: Options, *, wires: Wires | None, shots: Shots | str
    ) -> LocalDevice:
        return LocalDevice(wires=wires, shots=shots, seed=options.seed)


provider = LocalProvider()
