"""Backend of IBM Quantum as a device.

A submission is one job with one PUB per structure, whose parameter array has the rows. IBM has no
idempotency tokens: a job carries its token as a tag, by which it is found if the response to its
creation was lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Self

from qiskit.providers import BackendV2
from qiskit_ibm_runtime import QiskitRuntimeService, RuntimeJobV2
from qiskit_ibm_runtime.exceptions import IBMRuntimeError

from qgate.devices.base import ShotsLike
from qgate.devices.capabilities import Capabilities
from qgate.devices.cloud.remote import Record, RemoteDevice, RemoteJob, TaggedJob, label_tags
from qgate.devices.cloud.retries import ErrorClass
from qgate.devices.compiled import CompiledCircuit
from qgate.devices.emulation.calibration import Calibration
from qgate.devices.emulation.native_circuit import NativeCircuit
from qgate.devices.qiskit.compile import Compiler, Program
from qgate.devices.qiskit.compiled import compiled
from qgate.devices.qiskit.dynamic import accepted_by
from qgate.devices.qiskit.ibm.account import Account
from qgate.devices.qiskit.ibm.closing import CLOSE_S
from qgate.devices.qiskit.ibm.connection import Address, plan_of
from qgate.devices.qiskit.ibm.faults import fault_of, retry_after_s, translated
from qgate.devices.qiskit.ibm.job import IbmJob
from qgate.devices.qiskit.ibm.mode import Mode
from qgate.devices.qiskit.ibm.primitives import Settings, create, primitive
from qgate.devices.qiskit.ibm.pubs import Pub, pubs, record_of, weight
from qgate.devices.qiskit.ibm.rates import Load, estimate_s, rate_of
from qgate.devices.qiskit.ibm.tags import TAG, jobs_with_label, written
from qgate.devices.qiskit.ibm.transport import watched_creation
from qgate.devices.qiskit.ibm.unconnected import NoMode
from qgate.devices.qiskit.native import backend_calibration, native_circuits
from qgate.devices.qiskit.passes import TRANSPILER_SEED
from qgate.exceptions import QGateError, ServiceUnavailable
from qgate.prices import Price
from qgate.sweep import Sweep
from qgate.transforms.decomposition import freeze_matrices
from qgate.typing import WiresLike

DEFAULT_SHOTS = 1024
MOST_EXECUTIONS = 10_000_000
MOST_PUBS = 80
MOST_BYTES = 50_000_000
DEFAULT_REP_DELAY_S = 250e-6
RAN_TOO_LONG = re.compile(r"\b1305\b|ran too long|max(?:imum)? execution time", re.IGNORECASE)
"""Pattern of the reason of a job that the service stopped, by its code or in words."""

CLOCKS_APART = timedelta(hours=1)
"""Largest assumed difference between our clock and the service's."""


class IbmDevice(RemoteDevice):
    """Device of a backend of IBM Quantum.

    A structure is transpiled once for the backend. All rows of a submission are one job: one PUB
    for each structure, with the rows as its parameter array. Arguments that are not listed here are
    those of ``IbmOptions``.

    Parameters
    ----------
    service : QiskitRuntimeService
        Connected service that sends every request once (see ``connection``).
    backend : IBMBackend
    name : str
        Name of the device.
    wires : int or wires, optional
    shots : int or sequence
        Shots of circuits that set none; default 1024.
    sampler : str
        ``auto``, ``executor`` or ``sampler``.
    address : Address, optional
        Address from which copies and pickles of the device connect.
    """

    provider = "ibm"
    origin = "live"
    settles_s = 10.0

    def __init__(
        self,
        service: QiskitRuntimeService,
        backend: BackendV2,
        *,
        name: str,
        wires: WiresLike | int | None = None,
        shots: ShotsLike = "default",
        optimization_level: int = 2,
        initial_layout: Sequence[int] | None = None,
        seed_transpiler: int = TRANSPILER_SEED,
        sampler: str = "auto",
        mode: str = "batch",
        max_time_s: int | None = None,
        max_execution_time_s: int | None = None,
        twirling: bool = False,
        plan: str | None = None,
        tags: Sequence[str] = (),
        budget_usd: float | None = None,
        unknown_price: str = "refuse",
        patience_s: float = 900.0,
        canary: bool = False,
        address: Address | None = None,
    ) -> None:
        self.name, self._account = name, Account(address, service, backend)
        self.capabilities = describe(backend)
        super().__init__(wires=wires, shots=shots)
        self.account = f"ibm {service.channel} {service.active_instance()}"
        self.budget_usd, self.unknown_price = budget_usd, unknown_price
        self.patience_s, self.canary, self.tags = patience_s, canary, tuple(tags)
        self.settings = Settings(max_execution_time_s, twirling)
        self.plan = plan_of(service) if plan is None else plan
        self.rate = rate_of(self.plan)
        self._sampler, self._put_into = sampler, (mode, max_time_s)
        self._level, self._layout = optimization_level, initial_layout
        self._seed_transpiler = seed_transpiler
        self.mode, self._compiler  # noqa: B018  # created now, except in copies

    def __copy__(self) -> Self:
        self.mode, self._compiler  # noqa: B018  # one batch, and one compilation, for all copies
        return super().__copy__()

    def __getstate__(self) -> dict[str, object]:
        """Return the state without connections; a copy connects when it needs one."""
        left_out = () if self._account.address is None else ("mode", "_compiler")
        return {name: value for name, value in vars(self).items() if name not in left_out}

    @property
    def service(self) -> QiskitRuntimeService:
        """The service, ``QiskitRuntimeService``."""
        return self._account.service

    @property
    def backend(self) -> BackendV2:
        """The client's backend, ``IBMBackend``."""
        return self._account.backend

    @property
    def scope(self) -> str:
        """The instance that is charged, and in which ``find`` searches."""
        return self._instance or ""

    @property
    def _instance(self) -> str | None:
        """Instance of the backend; None: it is a fake backend, of a card."""
        found = getattr(self.backend, "_instance", None)
        return None if found is None else str(found)

    @cached_property
    def mode(self) -> Mode | NoMode:
        """Execution mode that jobs are submitted in."""
        return Mode(self.backend, *self._put_into)

    @cached_property
    def _compiler(self) -> Compiler:
        return Compiler(
            self.backend,
            device=self.name,
            order=self.wires_of,
            optimization_level=self._level,
            initial_layout=self._layout,
            seed_transpiler=self._seed_transpiler,
        )

    @property
    def transpilations(self) -> int:
        """Number of calls of the transpiler."""
        return self._compiler.calls

    def send(self, sweeps: Sequence[Sweep], *, token: str) -> RemoteJob:
        return self.prepare(sweeps, token=token)()

    def prepare(self, sweeps: Sequence[Sweep], *, token: str) -> Callable[[], RemoteJob]:
        fixed, programs = self._compiled(sweeps)
        parts = [
            part
            for program, sweep in zip(programs, fixed, strict=True)
            for part in pubs(program, sweep)
        ]
        assert fixed[0].shots is not None
        shots, record = int(fixed[0].shots[0]), self.record(sweeps)

        def create() -> RemoteJob:
            with watched_creation() as creation:
                try:
                    vendor = self._created(parts, shots, [token, TAG, *self.tags])
                except Exception:
                    if creation.job is None:
                        raise
                    return IbmJob(creation.job, self, record)  # failed after the creation
            return IbmJob(vendor.job_id(), self, record, vendor)

        return create

    def _created(self, parts: Sequence[Pub], shots: int, tags: Sequence[str]) -> RuntimeJobV2:
        """Create a job; if the service has closed the batch, in a new one."""

        def attempt() -> RuntimeJobV2:
            sampler = primitive(self._sampler, self.mode.of_next_job())
            return create(sampler, parts, shots=shots, tags=tags, settings=self.settings)

        try:
            return attempt()
        except IBMRuntimeError as error:
            if self.fault(error) is not ErrorClass.PERMANENT or not self.mode.has_ended():
                raise
        return attempt()

    @property
    def folds_compiled(self) -> bool:
        """Whether the inverses of the native gates on two qubits are native."""
        return self._compiler.folds_gates

    def compiled(self, sweeps: Sequence[Sweep]) -> list[CompiledCircuit]:
        return compiled(self._compiler, sweeps)

    def native_circuits(self, sweeps: Sequence[Sweep]) -> list[NativeCircuit]:
        return native_circuits(self._compiler, sweeps)

    @property
    def noise_calibration(self) -> Calibration | None:
        """Errors and durations of the backend, as it reports them now."""
        return backend_calibration(self.backend)

    def request_settings(self) -> Record:
        return {
            "tags": list(self.tags),
            "max_execution_time_s": self.settings.max_execution_time_s,
        }

    def with_request(self, settings: Record, labels: Mapping[str, str]) -> IbmDevice:
        made = copy(self)
        made.tags = (*settings["tags"], *written(label_tags(labels)))
        limit = settings["max_execution_time_s"]
        made.settings = replace(self.settings, max_execution_time_s=limit)
        return made

    def jobs_of(self, run: str) -> list[TaggedJob]:
        return jobs_with_label(
            self.service,
            run,
            backend_name=self.backend.name,
            instance=self._instance,
        )

    def find(self, token: str, *, since: float) -> str | None:
        after = datetime.fromtimestamp(since, UTC) - CLOCKS_APART
        found = self.service.jobs(
            job_tags=[token],
            created_after=after,
            descending=False,
            instance=self._instance,  # a job lookup may have changed the active instance
        )
        return str(found[0].job_id()) if found else None

    def record(self, sweeps: Sequence[Sweep]) -> Record:
        return record_of(sweeps, self.settings)

    def reopen(self, id: str, record: Record) -> RemoteJob:
        return IbmJob(id, self, record)

    def weigh(self, sweep: Sweep) -> tuple[int, int]:
        return weight(sweep, folded=self._compiler.folds)

    def price(self, sweeps: Sequence[Sweep]) -> Price | None:
        if self.rate is None:
            return None
        fixed, programs = self._compiled(sweeps)
        loads = [
            Load(self._executions(sweep), program.circuit.depth())
            for program, sweep in zip(programs, fixed, strict=True)
        ]
        return self.rate.price(seconds=estimate_s(loads, rep_delay_s=self._rep_delay_s))

    def remaining_s(self) -> float | None:
        """Return the remaining seconds of the instance; None: it has no limit."""
        left = self.service.usage().get("usage_remaining_seconds")
        return None if left is None else float(left)

    def close(self) -> None:
        """Close the batch or session; the next job opens a new one.

        Raises
        ------
        ServiceUnavailable
            A session may still be open, and the time until it is closed is charged.
        """
        if not self.mode.close() and self._put_into[0] == "session":
            reason = "the session may still be open, and is charged until the service closes it"
            raise ServiceUnavailable(device=self.name, reason=reason, tried_s=CLOSE_S)

    def fault(self, error: BaseException) -> ErrorClass:
        return fault_of(error)

    def translated(self, error: BaseException) -> QGateError:
        return translated(error, self.name)

    def is_permanent(self, reason: str) -> bool:
        # such a job is charged for its running time, at every attempt
        return RAN_TOO_LONG.search(reason) is not None or super().is_permanent(reason)

    def retry_after_s(self, error: BaseException) -> float | None:
        return retry_after_s(error)

    def _compiled(self, sweeps: Sequence[Sweep]) -> tuple[list[Sweep], list[Program]]:
        if not self.canary or len(sweeps) == 1:
            return self._compiler.placed(sweeps)
        # canary circuits come last, and must use the qubits of the others
        fixed, programs = self._compiler.placed(sweeps[:-1])
        known = freeze_matrices(sweeps[-1])
        others = [sweep.structure for sweep in fixed]
        return [*fixed, known], [*programs, self._compiler.program_beside(known.structure, others)]

    def _executions(self, sweep: Sweep) -> int:
        assert sweep.shots is not None
        return sum(self.settings.executed(shots) for shots in sweep.shots.tolist())

    @property
    def _rep_delay_s(self) -> float:
        delay = getattr(self.backend.configuration(), "default_rep_delay", None)
        return DEFAULT_REP_DELAY_S if delay is None else float(delay)


def describe(backend: BackendV2) -> Capabilities:
    """Return the capabilities of a backend from its description and the limits of the service."""
    return Capabilities(
        gates=accepted_by(backend),
        default_shots=DEFAULT_SHOTS,
        max_wires=backend.num_qubits,
        max_shots=getattr(backend.configuration(), "max_shots", None),
        max_total_shots=MOST_EXECUTIONS,
        max_sweeps=MOST_PUBS,
        max_bytes=MOST_BYTES,
        equal_shots=True,
        paid=True,
    )
