"""Provider of Braket's devices."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, ClassVar

from qgate.devices.base import Device
from qgate.devices.braket.cards import ARNS, BraketCard, card_of, is_device_arn
from qgate.devices.braket.options import LOCAL, BraketOptions
from qgate.devices.options import Options
from qgate.devices.provider import Provider, Requirement
from qgate.exceptions import InvalidOption, QGateError
from qgate.shots import Shots
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.devices.cloud.remote import TaggedJob
    from qgate.devices.emulation.native_circuit import Noise
    from qgate.interchange.imported import ImportedCircuit

TARGETS = {
    "local": "braket_sv",
    "local/braket_dm": "braket_dm",
    "local/braket_sv": "braket_sv",
    "local/default": "braket_sv",
}
"""Name in the SDK of the local simulator of each target."""


class BraketProvider(Provider):
    """``braket:local`` and other simulators on this machine; ``braket:iqm/garnet`` in the cloud.

    A device in the cloud has a short name, see ``cards.py``, or is named by its ARN,
    ``braket:arn:aws:braket:...``.
    """

    name = "braket"
    default_target = "local"
    options: ClassVar[type[Options]] = BraketOptions
    sdks = frozenset({"braket"})
    credentials = (
        "AWS_ACCESS_KEY_ID",
        "AWS_PROFILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "~/.aws/credentials",
        "~/.aws/config",
    )

    def circuit(self, candidate: object) -> ImportedCircuit | None:
        from braket.circuits import Circuit  # the candidate's class has loaded it

        from qgate.devices.braket.incoming import from_braket

        return from_braket(candidate) if isinstance(candidate, Circuit) else None

    def noise_of(self, candidate: object) -> Noise | None:
        """Return the noise in a device's description, a document or an object of the SDK."""
        from qgate.devices.braket.calibration import noise_of

        return noise_of(candidate)

    def targets(self) -> Collection[str]:
        return (*TARGETS, *ARNS)

    def accepts(self, target: str) -> bool:
        return target in self.targets() or is_device_arn(target)

    def jobs_of(self, run: str) -> Sequence[TaggedJob]:
        from qgate.devices.braket.connect import jobs_of

        return jobs_of(run)

    def requirements(self, target: str) -> Collection[Requirement]:
        return (Requirement("braket", "amazon-braket-sdk", "braket"),)

    def make(
        self, target: str, options: Options, *, wires: Wires | None, shots: Shots | str
    ) -> Device:
        if target in TARGETS:
            return _local(target, options, wires=wires, shots=shots)
        from qgate.devices.braket.connect import connect

        given = BraketOptions.model_validate(options.model_dump(exclude_unset=True))
        return connect(target, given, wires=wires, shots=shots)

    def card(self, target: str) -> BraketCard | None:
        return card_of(target)

    def make_from_card(
        self,
        target: str,
        options: Options,
        refusal: QGateError,
        *,
        wires: Wires | None,
        shots: Shots | str,
    ) -> Device | None:
        from qgate.devices.braket.connect import from_card

        given = BraketOptions.model_validate(options.model_dump(exclude_unset=True))
        return from_card(target, given, refusal, wires=wires, shots=shots)


def _local(target: str, options: Options, *, wires: Wires | None, shots: Shots | str) -> Device:
    name = f"braket:{target}"
    for option in sorted(options.model_fields_set - LOCAL):
        reason = "it is for devices in the cloud; a simulator on this machine does not take it"
        value = getattr(options, option)
        raise InvalidOption(text=name, option=option, value=value, reason=reason)
    from braket.devices import LocalSimulator

    from qgate.devices.braket.device import BraketDevice
    from qgate.devices.braket.simulator import SIMULATORS

    simulator = SIMULATORS[TARGETS[target]](options.seed)
    runner, restart = LocalSimulator(simulator), simulator.restart_random
    return BraketDevice(runner, name=name, wires=wires, shots=shots, restart=restart)


provider = BraketProvider()
