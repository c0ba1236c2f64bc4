"""Provider of the local simulator."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from qgate.devices.base import Device
from qgate.devices.capabilities import Capabilities
from qgate.devices.local.device import LOCAL, LocalDevice
from qgate.devices.provider import Provider
from qgate.shots import Shots
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.devices.local.options import LocalOptions


DENSITIES = "density_matrix"
"""Target whose states are density matrices."""


class LocalProvider(Provider):
    """Provider of ``local``, in full ``local:statevector``, and ``local:density_matrix``.

    They differ in what ``state`` returns of a circuit without noise.
    """

    name = "local"
    default_target = "statevector"

    @property
    def options(self) -> type[LocalOptions]:
        from qgate.devices.local.options import LocalOptions

        return LocalOptions

    def targets(self) -> Collection[str]:
        return ("statevector",)

    def accepts(self, target: str) -> bool:
        return target in (*self.targets(), DENSITIES)

    def capabilities(self, target: str) -> Capabilities:
        return LOCAL

    def make(
        self, target: str, options: LocalOptions, *, wires: Wires | None, shots: Shots | str
    ) -> Device:
        if options.noise is not None:
            return self._noisy(options, wires=wires, shots=shots)
        device = LocalDevice(
            wires=wires,
            shots=shots,
            seed=options.seed,
            precision=options.precision,
            threads=options.threads,
            memory_gib=options.memory_gib,
            trajectories=options.trajectories,
        )
        device.density_matrices = target == DENSITIES
        return device

    def _noisy(self, options: LocalOptions, *, wires: Wires | None, shots: Shots | str) -> Device:
        """Return the device with noise after every gate."""
        from qgate.devices.emulation.device import EmulatedDevice  # few devices have noise
        from qgate.devices.emulation.noise_sources import noise_from
        from qgate.devices.emulation.noisy_gates import NoisyGates

        noise = noise_from(options.noise)
        without = options.model_copy(update={"noise": None})
        simulator = self.make(self.default_target, without, wires=None, shots="default")
        gates = NoisyGates(noise, name=self.name, capabilities=LOCAL, wires=wires, shots=shots)
        return EmulatedDevice(
            gates, noise=noise, simulator=simulator, name=f"{self.name} with noise"
        )

    def make_without_options(
        self, target: str, *, wires: Wires | None, shots: Shots | str
    ) -> LocalDevice:
        device = LocalDevice(wires=wires, shots=shots)
        device.density_matrices = target == DENSITIES
        return device


provider = LocalProvider()
