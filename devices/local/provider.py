"""The local simulator as a provider."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from pydantic import PositiveFloat, PositiveInt

from qgate.devices.capabilities import Capabilities
from qgate.devices.local.device import LOCAL, LocalDevice
from qgate.devices.provider import Options, Provider
from qgate.shots import Shots
from qgate.wires import Wires


class LocalOptions(Options):
    """Options of the local device.

    Parameters
    ----------
    wires, shots, seed
        As for every device.
    precision : {"double", "single"}
        Of the amplitudes.
    threads : int, optional
        How many processors a simulation may use; default: all.
    memory_gib : float, optional
        How much memory a simulation may take; default: nine tenths of what is free.
    """

    precision: Literal["double", "single"] = "double"
    threads: PositiveInt | None = None
    memory_gib: PositiveFloat | None = None


class LocalProvider(Provider):
    """``local``, in full ``local:statevector``."""

    name = "local"
    default_target = "statevector"
    options = LocalOptions

    def targets(self) -> Collection[str]:
        return ("statevector",)

    def capabilities(self, target: str) -> Capabilities:
        return LOCAL

    def make(
        self, target: str, options: LocalOptions, *, wires: Wires | None, shots: Shots | str
    ) -> LocalDevice:
        return LocalDevice(
            wires=wires,
            shots=shots,
            seed=options.seed,
            precision=options.precision,
            threads=options.threads,
            memory_gib=options.memory_gib,
        )


provider = LocalProvider()
