"""Device of a third-party backend with paid jobs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

from qiskit.circuit import CircuitError
from qiskit.providers import JobV1
from qiskit.transpiler import TranspilerError

from qgate.devices.base import ShotsLike
from qgate.devices.capabilities import Capabilities
from qgate.devices.cloud.error_classes import chain_of, class_of_status
from qgate.devices.cloud.remote import Record, RemoteDevice, RemoteJob, Report
from qgate.devices.cloud.retries import ErrorClass
from qgate.devices.compiled import CompiledCircuit
from qgate.devices.emulation.calibration import Calibration
from qgate.devices.emulation.native_circuit import NativeCircuit
from qgate.devices.job import JobStatus, SweepResult
from qgate.devices.qiskit.compile import Compiler
from qgate.devices.qiskit.compiled import compiled
from qgate.devices.qiskit.device import describe
from qgate.devices.qiskit.interface import interface_of
from qgate.devices.qiskit.job import STATUSES, check_success, finished, vendor_status
from qgate.devices.qiskit.native import backend_calibration, native_circuits
from qgate.devices.qiskit.passes import TRANSPILER_SEED
from qgate.devices.qiskit.results import entry_of, read_results
from qgate.devices.qiskit.runners import Runner, runner
from qgate.devices.qiskit.vendors.backends import Source
from qgate.devices.qiskit.vendors.card import VendorCard
from qgate.exceptions import (
    CreationUnknown,
    NotReopenable,
    QGateError,
    SubmissionRefused,
)
from qgate.prices import Price
from qgate.sealed import Sealed
from qgate.sweep import Sweep
from qgate.typing import WiresLike

LOCAL = (CircuitError, TranspilerError, NotImplementedError)
"""Errors that are raised before a package sends any request."""


class VendorDevice(RemoteDevice):
    """Device of a backend of a third-party package, used as described by its card.

    Arguments that are not listed here are those of ``QiskitOptions``.

    Parameters
    ----------
    source : Source
        Backend, and the function or provider that returned it.
    card : VendorCard
    name : str
        Name of the device.
    wires : int or wires, optional
    shots : int or sequence
        Shots of circuits that set none; default 1024.
    """

    provider = "qiskit"
    settles_s = 0.0
    searchable = False

    def __init__(
        self,
        source: Source,
        card: VendorCard,
        *,
        name: str,
        wires: WiresLike | int | None = None,
        shots: ShotsLike = "default",
        optimization_level: int = 1,
        initial_layout: Sequence[int] | None = None,
        seed_transpiler: int = TRANSPILER_SEED,
        budget_usd: float | None = None,
        unknown_price: str = "refuse",
        patience_s: float = 900.0,
    ) -> None:
        self.name, self._source, self.card = name, Sealed(source), card
        interface = interface_of(source.backend, name=name)
        self.capabilities = limited(describe(source.backend, interface), card)
        super().__init__(wires=wires, shots=shots)
        self.account = f"qiskit {card.package}"
        self.budget_usd, self.unknown_price = budget_usd, unknown_price
        self.patience_s = patience_s
        self._interface = replace(interface, max_circuits=self.capabilities.max_rows)
        self._level, self._layout = optimization_level, initial_layout
        self._seed_transpiler = seed_transpiler

    def __getstate__(self) -> dict[str, object]:
        """Return the state without the compiled programs, which hold the backend."""
        return {name: value for name, value in vars(self).items() if name != "_compiler"}

    @property
    def _runner(self) -> Runner:
        return runner(self.source.backend, self._interface)

    @cached_property
    def _compiler(self) -> Compiler:
        return Compiler(
            self.source.backend,
            device=self.name,
            order=self.wires_of,
            optimization_level=self._level,
            initial_layout=self._layout,
            seed_transpiler=self._seed_transpiler,
        )

    @property
    def source(self) -> Source:
        """Backend, and the function or provider that returned it."""
        return self._source.value

    def send(self, sweeps: Sequence[Sweep], *, token: str) -> RemoteJob:
        return self.prepare(sweeps, token=token)()

    def prepare(self, sweeps: Sequence[Sweep], *, token: str) -> Callable[[], RemoteJob]:
        fixed, programs = self._compiler.placed(sweeps)
        record = self.record(sweeps)

        def create() -> RemoteJob:
            job = self._runner.run(programs, fixed)
            return VendorJob(str(job.job_id()), self, record, job)

        return create

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
        """Errors and durations that the backend's target states."""
        return backend_calibration(self.source.backend)

    def find(self, token: str, *, since: float) -> str | None:
        reason = f"order {token}: jobs of {self.card.package} cannot be searched for"
        raise CreationUnknown(device=self.name, reason=reason, tried_s=0.0)

    def record(self, sweeps: Sequence[Sweep]) -> Record:
        return {"sweeps": [entry_of(sweep) for sweep in sweeps]}

    def reopen(self, id: str, record: Record) -> RemoteJob:
        if not self.card.reopen:
            raise NotReopenable(device=self.name, job=id)
        return VendorJob(id, self, record)

    def vendor_job(self, id: str) -> JobV1:
        """Return the vendor's job object, looked up as described by the card."""
        whose, _, method = self.card.reopen.partition(".")
        return getattr(getattr(self.source, whose), method)(id)

    def price(self, sweeps: Sequence[Sweep]) -> Price | None:
        if self.card.price is None:
            return None
        shots = sum(int(sweep.shots.sum()) for sweep in sweeps if sweep.shots is not None)
        circuits = sum(map(len, sweeps))
        most = self.card.price.price(submissions=circuits, shots=shots)
        least = self.card.price.price(submissions=1, shots=shots)
        by = {"circuit": most, "job": least}
        return by.get(self.card.charged_by, Price(least.low_usd, most.high_usd))

    def fault(self, error: BaseException) -> ErrorClass:
        """Return the error class: ambiguous, unless the error is a known refusal.

        A package that retries creations itself reports only the error of the last attempt, which
        proves nothing about the attempts before it.
        """
        if isinstance(error, LOCAL):
            return ErrorClass.PERMANENT
        status = _status(error)
        if status is None or self.card.repeats_creation:
            return ErrorClass.AMBIGUOUS
        return class_of_status(status)

    def translated(self, error: BaseException) -> QGateError:
        code = _status(error) or type(error).__name__
        return SubmissionRefused(device=self.name, code=str(code), reason=str(error))


class VendorJob(RemoteJob):
    """Job of a third-party package.

    Parameters
    ----------
    id : str
    device : VendorDevice
    record : mapping
    vendor : JobV1, optional
        The package's job object; default: looked up as described by the card.
    """

    device: VendorDevice

    def __init__(
        self, id: str, device: VendorDevice, record: Record, vendor: JobV1 | None = None
    ) -> None:
        super().__init__(id, device)
        self.record, self._vendor = record, Sealed(vendor)

    @property
    def vendor(self) -> JobV1:
        """The package's job object."""
        if self._vendor.value is None:
            self._vendor = Sealed(self.device.vendor_job(self.id))
        return self._vendor.value

    def poll(self) -> Report:
        word = vendor_status(self.vendor)
        return Report(STATUSES.get(word, JobStatus.UNKNOWN), word)

    def fetch(self) -> tuple[SweepResult, ...]:
        if self.report.status is JobStatus.DONE:
            result = self.vendor.result()  # its errors are those of the request, not of the job
            check_success(result, job=self.id, device=self.device.name)
        else:
            result = finished(self.vendor, device=self.device.name)
        return read_results(result, self.record["sweeps"], device=self.device.name)

    def stop(self) -> None:
        self.vendor.cancel()


def limited(capabilities: Capabilities, card: VendorCard) -> Capabilities:
    """Return the capabilities allowed by both a backend and the card of its package."""
    rows = _smaller(capabilities.max_rows, card.circuits_per_job)
    most = card.max_shots or capabilities.max_shots
    counts = (count for count in capabilities.shot_counts if most is None or count <= most)
    return replace(
        capabilities,
        min_shots=max(capabilities.min_shots, card.min_shots),
        max_shots=most,
        shot_counts=frozenset(counts),
        max_rows=rows,
        max_exact_rows=rows,
        paid=card.paid,
    )


def _smaller(*limits: int | None) -> int | None:
    return min((limit for limit in limits if limit is not None), default=None)


def _status(error: BaseException) -> int | None:
    """Return the HTTP status of the response that caused an error, if there is one."""
    holders = (
        holder for each in chain_of(error) for holder in (each, getattr(each, "response", None))
    )
    statuses = (getattr(holder, "status_code", None) for holder in holders)
    return next((status for status in statuses if isinstance(status, int)), None)
