"""Provider of IBM Quantum's backends."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, NonNegativeFloat, NonNegativeInt, PositiveInt

from qgate.devices.base import Device
from qgate.devices.options import Emulate, Options
from qgate.devices.plugins import missing
from qgate.devices.provider import Provider, Requirement
from qgate.devices.qiskit.fakes import FAKES, fake_backend
from qgate.devices.qiskit.ibm.cards import PLAN, IbmCard, cards
from qgate.devices.qiskit.provider import (
    TranspilerSeed,
    check_layout,
    refused,
    split,
)
from qgate.exceptions import QGateError
from qgate.shots import Shots
from qgate.wires import Wires

if TYPE_CHECKING:
    from qiskit.providers import BackendV2
    from qiskit_ibm_runtime import QiskitRuntimeService

    from qgate.devices.cloud.remote import TaggedJob
    from qgate.devices.qiskit.ibm.connection import Address
    from qgate.devices.qiskit.ibm.device import IbmDevice


class IbmOptions(Options):
    """Options of IBM's backends.

    Parameters
    ----------
    wires, shots
        As for every device. A backend takes no ``seed``.
    optimization_level : int
        Level of the transpiler, 0 to 3.
    initial_layout : sequence of int, optional
        Qubit of each wire, ``0,5,6`` in a string; default: chosen by the transpiler.
    seed_transpiler : int
        Seed of the transpiler's searches; another seed may find another layout and other swaps.
    instance : str, optional
        Name or CRN of the instance that is charged; default: that of the account.
    account : str, optional
        Name of a saved account; default: as chosen by qiskit-ibm-runtime.
    channel : str, optional
    primitive : str
        ``executor``, the older ``sampler``, or ``auto``.
    mode : str
        ``batch``, ``job`` or ``session``; a session is charged for wall-clock time.
    max_time_s : int, optional
        Time in seconds after which the service closes a batch or session.
    max_execution_time_s : int, optional
        Time in seconds after which the service stops a job.
    twirling : bool
        Whether readouts are twirled; shots are then rounded up.
    use_fractional_gates : bool
        Whether the backend's ``rx`` and ``rzz`` with arbitrary angles are used, if it has them;
        default: False, as in qiskit-ibm-runtime.
    plan : str, optional
        ``open``, ``pay-as-you-go`` or ``flex``; default: as reported by the service.
    tags : sequence of str
        Tags of every job, separated by commas in a string.
    budget_usd : float, optional
        Maximum spending on the device in US dollars.
    unknown_price : str
        ``allow``: submit also if no price is known.
    patience_s : float
        Time in seconds for which failing requests are retried.
    canary : bool
        Whether canary circuits, whose results are known, are added to each submission.
    emulate : {"calibration", "gates"}, optional
        Simulate what the device would be sent on this machine, with the noise of its calibration;
        ``gates``: without the relaxation of waiting qubits. A seed may then be given.
    """

    optimization_level: Annotated[int, Field(ge=0, le=3)] = 2
    initial_layout: Annotated[
        tuple[NonNegativeInt, ...] | None, Field(min_length=1), BeforeValidator(split)
    ] = None
    seed_transpiler: TranspilerSeed = 0
    instance: str | None = None
    account: str | None = None
    channel: Literal["ibm_quantum_platform", "ibm_cloud"] | None = None
    primitive: Literal["auto", "executor", "sampler"] = "auto"
    mode: Literal["batch", "job", "session"] = "batch"
    max_time_s: PositiveInt | None = None
    max_execution_time_s: PositiveInt | None = None
    twirling: bool = False
    use_fractional_gates: bool = False
    plan: str | None = None
    tags: Annotated[tuple[str, ...], BeforeValidator(split)] = ()
    budget_usd: NonNegativeFloat | None = None
    unknown_price: Literal["refuse", "allow"] = "refuse"
    patience_s: NonNegativeFloat = 900.0
    canary: bool = False
    emulate: Emulate = None


CONNECTION = ("instance", "account", "channel")
"""Options that choose a service; not allowed with a backend object, which has one."""

PASSED_ON = (
    "optimization_level",
    "initial_layout",
    "seed_transpiler",
    "mode",
    "max_time_s",
    "max_execution_time_s",
    "twirling",
    "plan",
    "tags",
    "budget_usd",
    "unknown_price",
    "patience_s",
    "canary",
)
"""Options that are passed on to the device unchanged."""


class IbmProvider(Provider):
    """Provider of ``ibm:BACKEND`` and of backend objects of qiskit-ibm-runtime."""

    name = "ibm"
    options = IbmOptions
    sdks = frozenset({"qiskit_ibm_runtime"})
    credentials = ("QISKIT_IBM_TOKEN", "~/.qiskit/qiskit-ibm.json")

    def targets(self) -> Collection[str]:
        return cards().keys()

    def accepts(self, target: str) -> bool:
        return bool(target)  # only the account knows its backends

    def jobs_of(self, run: str) -> Sequence[TaggedJob] | None:
        if missing((FAKES,)) is not None:
            return None
        from qgate.devices.qiskit.ibm.connection import jobs_of

        return jobs_of(self.name, run)

    def requirements(self, target: str) -> Collection[Requirement]:
        return (FAKES,)

    def make(
        self, target: str, options: IbmOptions, *, wires: Wires | None, shots: Shots | str
    ) -> Device:
        from qgate.devices.qiskit.ibm.connection import Address, connect

        text = f"{self.name}:{target}"
        _check_seed(options, text)
        address = Address(
            text,
            target,
            instance=options.instance,
            channel=options.channel,
            account=options.account,
            fractional=options.use_fractional_gates,
            patience_s=options.patience_s,
        )
        service, backend = connect(address, options.plan)
        address = replace(address, instance=options.instance or service.active_instance())
        return _device(service, backend, text, options, wires=wires, shots=shots, address=address)

    def card(self, target: str) -> IbmCard | None:
        return cards().get(target)

    def make_from_card(
        self,
        target: str,
        options: IbmOptions,
        refusal: QGateError,
        *,
        wires: Wires | None,
        shots: Shots | str,
    ) -> Device | None:
        """Create a device from the fake backend of this name, priced by the most expensive plan."""
        card = self.card(target)
        if card is None:
            return None
        from qgate.devices.qiskit.ibm.unconnected import NoMode, NoService

        text = f"{self.name}:{target}"
        _check_seed(options, text)
        planned = options if options.plan else options.model_copy(update={"plan": PLAN})
        backend = fake_backend(card.fake)
        made = _device(NoService(refusal), backend, text, planned, wires=wires, shots=shots)
        made.mode, made.refusal, made.origin = NoMode(refusal), refusal, card.origin(refusal)
        if not options.plan:
            made.rate = card.rate
        return made

    def claims(self, candidate: object) -> bool:
        backends: Any = sys.modules.get("qiskit_ibm_runtime.ibm_backend")
        return backends is not None and isinstance(candidate, backends.IBMBackend)

    def make_from_object(
        self, candidate: BackendV2, options: IbmOptions, *, wires: Wires | None, shots: Shots | str
    ) -> Device:
        """Create a device from a backend object; make its service send every request once."""
        from qgate.devices.qiskit.ibm.connection import Address, leave_repeating_to_qgate

        text = f"{self.name}:{candidate.name}"
        _check_seed(options, text)
        for option in CONNECTION:
            if option in options.model_fields_set:
                reason = "the backend belongs to a service already"
                raise refused(text, option, getattr(options, option), reason)
        if "use_fractional_gates" in options.model_fields_set:
            reason = "the backend was made elsewhere; give it to service.backend(...)"
            value = options.use_fractional_gates
            raise refused(text, "use_fractional_gates", value, reason)
        leave_repeating_to_qgate(candidate.service)
        service = candidate.service
        address = Address(
            text,
            candidate.name,
            instance=service.active_instance(),
            channel=service.channel,
            fractional=bool(getattr(candidate.options, "use_fractional_gates", False)),
            patience_s=options.patience_s,
        )
        return _device(service, candidate, text, options, wires=wires, shots=shots, address=address)


def _check_seed(options: IbmOptions, text: str) -> None:
    if options.seed is not None:
        reason = "outcomes of a quantum device cannot be repeated"
        raise refused(text, "seed", options.seed, reason)


def _device(
    service: QiskitRuntimeService,
    backend: BackendV2,
    text: str,
    options: IbmOptions,
    *,
    wires: Wires | None,
    shots: Shots | str,
    address: Address | None = None,
) -> IbmDevice:
    from qgate.devices.qiskit.ibm.device import IbmDevice

    if options.initial_layout is not None:
        wires = Wires(range(len(options.initial_layout))) if wires is None else wires
        check_layout(options.initial_layout, wires, backend, text)
    passed: dict[str, Any] = {name: getattr(options, name) for name in PASSED_ON}
    return IbmDevice(
        service,
        backend,
        name=text,
        wires=wires,
        shots=shots,
        sampler=options.primitive,
        address=address,
        **passed,
    )


provider = IbmProvider()
