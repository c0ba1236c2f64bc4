"""Device of Amazon Braket.

A submission is one quantum task. Devices that support program sets run many circuits and rows in
one task; others run one circuit with one row. CreateQuantumTask takes a client token, so repeating
a request with the same token creates no second task.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from botocore.client import BaseClient
from braket.aws import AwsDevice

from qgate.devices.base import ShotsLike
from qgate.devices.braket.answers import answered, field
from qgate.devices.braket.calibration import read_calibration
from qgate.devices.braket.cards import is_simulator
from qgate.devices.braket.compiled import compiled
from qgate.devices.braket.errors import (
    Response,
    Told,
    asked_pause_s,
    code_of,
    meaning,
    reason_of,
    translated,
)
from qgate.devices.braket.facts import DeviceFacts
from qgate.devices.braket.feed_forward import feeds_forward
from qgate.devices.braket.layout import Layout, program_set, single_programs
from qgate.devices.braket.native import NativeCompiler
from qgate.devices.braket.parameters import device_parameters
from qgate.devices.braket.session import Access, NoAccess
from qgate.devices.braket.snapshots import snapshot_of
from qgate.devices.braket.task import FOUND_LATE_S, TOKEN_TAG, BraketTask
from qgate.devices.braket.times import simulation_s
from qgate.devices.braket.translate import Placing, Style, Translation, translate
from qgate.devices.cloud.failures import may_not_pass
from qgate.devices.cloud.remote import (
    JOURNAL,
    LABEL_TAGS,
    RUN,
    Record,
    RemoteDevice,
    TaggedJob,
    label_of,
    label_tags,
)
from qgate.devices.cloud.retries import ErrorClass, with_retries
from qgate.devices.compiled import CompiledCircuit
from qgate.devices.emulation.calibration import Calibration
from qgate.devices.emulation.native_circuit import NativeCircuit
from qgate.devices.emulation.pulses import NO_PULSE
from qgate.exceptions import QGateError
from qgate.masking import masked
from qgate.prices import Price, Rate
from qgate.sealed import Sealed
from qgate.sweep import Sweep
from qgate.typing import WiresLike

QPU_SHOTS = 1000
"""Shots of circuits that set none, as in the SDK."""

EXACT_WIRES = 15
"""Maximum number of qubits of a probability on a cloud simulator; no device record states it."""

PREFIX = "qgate"
"""Prefix of results in a bucket."""

CLOCKS_DIFFER_S = 300.0
"""Largest expected difference in seconds between the service's clock and ours."""

RESERVATION = "RESERVATION_TIME_WINDOW_ARN"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudOptions:
    """Options for creating tasks.

    Parameters
    ----------
    s3_prefix : str
        Prefix of results in the bucket.
    placing : Placing
        Whether wires are the device's qubits, and circuits run without compilation.
    tags : mapping of str to str
        Tags of every task.
    reservation : str, optional
        ARN of the reservation in which tasks run.
    """

    s3_prefix: str = PREFIX
    placing: Placing = Placing.FREE
    tags: Mapping[str, str] | None = None
    reservation: str | None = None


@dataclass(frozen=True, slots=True)
class SpendingLimit:
    """Spending limit of an account for a device, as set by its administrator.

    Parameters
    ----------
    limit_usd, queued_usd, spent_usd : float
    until : datetime
    """

    limit_usd: float
    queued_usd: float
    spent_usd: float
    until: datetime


class BraketCloudDevice(RemoteDevice):
    """Device of Amazon Braket.

    A submission is one task. If the device supports program sets, it is a set with one parametrised
    circuit for each structure; otherwise it is one circuit with one row.

    Parameters
    ----------
    arn : str
    facts : DeviceFacts
        Capabilities of the device, from GetDevice or from a card.
    access : Access or NoAccess
        ``NoAccess``: only plans and prices are available, and submissions are refused.
    name : str
        Device string.
    rate : Rate, optional
        Prices; None: unknown.
    runner : braket.aws.AwsDevice, optional
        The SDK's device object; None if the service was not asked.
    options : CloudOptions
    wires : int or wires, optional
    shots : None, int or sequence
    """

    provider = "braket"
    settles_s = FOUND_LATE_S
    origin = "live"
    requests_per_s, request_burst = 140.0, 600
    creation_limit = (20.0, 40)
    """Amazon's quotas for an account in a region; requests above them are throttled and retried."""

    def __init__(
        self,
        arn: str,
        facts: DeviceFacts,
        access: Access | NoAccess,
        *,
        name: str,
        rate: Rate | None = None,
        runner: AwsDevice | None = None,
        options: CloudOptions | None = None,
        wires: WiresLike | int | None = None,
        shots: ShotsLike = "default",
    ) -> None:
        self.name, self.arn, self.rate = name, arn, rate
        self._runner = None if runner is None else Sealed(runner)
        self.status = "UNKNOWN" if runner is None else str(runner.status)
        """``ONLINE``, ``OFFLINE`` or ``RETIRED``: the status when the device object was created.

        ``UNKNOWN`` if the device was created from a card.
        """
        self.windows = "" if runner is None else _windows(runner)
        """Execution windows in UTC; empty if the device was created from a card."""
        self.options = options or CloudOptions()
        self._access = access
        self.account = access.account
        self.refusal = access.refusal
        placing = self.options.placing
        self.capabilities = facts.capabilities(
            verbatim=placing is Placing.VERBATIM,
            reserved=self.options.reservation is not None,
            noisy=not is_simulator(self.arn),
            paid=True,
            feed_forward=placing is Placing.VERBATIM and feeds_forward(arn, facts.native),
            max_exact_rows=1,
            max_exact_wires=EXACT_WIRES,
            default_shots=None if is_simulator(self.arn) else QPU_SHOTS,
        )
        self._native = facts.native
        native = facts.native if placing is Placing.VERBATIM else frozenset()
        self._style = Style(placing, native, reads_all=facts.reads_all)
        super().__init__(wires=wires, shots=shots)

    # Status --------------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, object]:
        """Return the state without connections; a copy connects when it needs one."""
        kept = {name: value for name, value in vars(self).items() if name != "_native_compiler"}
        return {**kept, "_runner": None}

    @property
    def runner(self) -> AwsDevice | None:
        """The SDK's device object; None if the device was created from a card."""
        if self._runner is None and self.refusal is None:
            self._runner = Sealed(AwsDevice(self.arn, aws_session=self._access.session))
        return None if self._runner is None else self._runner.value

    @property
    def is_available(self) -> bool:
        """Whether tasks are executed now: the device is online and within its execution windows."""
        return self.runner is not None and bool(self.runner.is_available)

    def spending_limits(self) -> tuple[SpendingLimit, ...]:
        """Return the spending limits of the account for the device; read-only request."""
        filters = [{"name": "deviceArn", "operator": "EQUAL", "values": [self.arn]}]
        found = with_retries(self, lambda: self._spending_limits(filters), question=True)
        return tuple(
            SpendingLimit(
                float(each["spendingLimit"]),
                float(each["queuedSpend"]),
                float(each["totalSpend"]),
                each["timePeriod"]["endAt"],
            )
            for each in found
        )

    def _spending_limits(self, filters: Sequence[Response]) -> list[Any]:
        operation = "SearchSpendingLimits"
        answer = answered(operation, lambda: self.client.search_spending_limits(filters=filters))
        return field(answer, "spendingLimits", list, operation)

    # The contract of remote devices --------------------------------------------------------

    @property
    def client(self) -> BaseClient:
        """The Braket client in the device's region."""
        return self._access.session.braket_client

    @property
    def s3(self) -> BaseClient:
        """The S3 client with the same credentials."""
        return self._access.s3

    @property
    def idempotent(self) -> bool:
        """True: Braket uses the token as client token, which creates a task only once."""
        return True

    @property
    def scope(self) -> str:
        """The account and region that tasks are created in, and that ``find`` searches."""
        return self._access.scope

    def send(self, sweeps: Sequence[Sweep], *, token: str) -> BraketTask:
        return self.prepare(sweeps, token=token)()

    def prepare(self, sweeps: Sequence[Sweep], *, token: str) -> Callable[[], BraketTask]:
        record, request = self.record(sweeps), self._request(sweeps, token)

        def create() -> BraketTask:
            operation = "CreateQuantumTask"
            answer = answered(operation, lambda: self.client.create_quantum_task(**request))
            arn = field(answer, "quantumTaskArn", str, operation)
            return BraketTask(arn, self, record, created=True)

        return create

    def compiled(self, sweeps: Sequence[Sweep]) -> list[CompiledCircuit]:
        return compiled(
            sweeps,
            self.wires_of,
            self._style,
            simulated=is_simulator(self.arn),
            calibration=self.calibration,
        )

    @property
    def calibration(self) -> Calibration | None:
        """Errors and durations from the device's description; None: it states none.

        A device that was created from a card has none.
        """
        return None if self.runner is None else read_calibration(self.runner.properties)

    @property
    def chooses_qubits(self) -> bool:
        """False where the service chooses among qubits that are not all coupled."""
        if self.options.placing is not Placing.FREE or is_simulator(self.arn):
            return True
        return self.noise_calibration is not None and not self.noise_calibration.pairs

    @property
    def keeps_gates(self) -> bool:
        """False where the service compiles what is sent."""
        return self.options.placing is Placing.VERBATIM or is_simulator(self.arn)

    def native_circuits(self, sweeps: Sequence[Sweep]) -> list[NativeCircuit]:
        return [self._native_compiler.circuit(sweep) for sweep in sweeps]

    @cached_property
    def _native_compiler(self) -> NativeCompiler:
        return NativeCompiler(
            self.name,
            self._native,
            self.noise_calibration,
            placing=self.options.placing,
            order=self.wires_of,
        )

    @cached_property
    def noise_calibration(self) -> Calibration | None:
        """The calibration of the device's description; else the one shipped in the package."""
        found = self.calibration or snapshot_of(self.arn)
        return None if found is None else replace(found, virtual=frozenset({NO_PULSE}))

    def request_settings(self) -> Record:
        options = self.options
        return {
            "bucket": self._access.named_bucket,
            "prefix": options.s3_prefix,
            "tags": dict(options.tags or {}),
        }

    def with_request(self, settings: Record, labels: Mapping[str, str]) -> BraketCloudDevice:
        made = copy(self)
        tags = {**settings["tags"], **label_tags(labels)}
        made.options = replace(self.options, s3_prefix=settings["prefix"], tags=tags)
        made._access = self._access.storing_in(settings["bucket"])
        return made

    def jobs_of(self, run: str) -> list[TaggedJob]:
        filters = [{"name": "deviceArn", "operator": "EQUAL", "values": [self.arn]}]
        return tasks_of(self.client, run, filters)

    def find(self, token: str, *, since: float) -> str | None:
        start = (
            f"{datetime.fromtimestamp(max(0.0, since - CLOCKS_DIFFER_S), UTC):%Y-%m-%dT%H:%M:%SZ}"
        )
        filters = [
            {"name": "deviceArn", "operator": "EQUAL", "values": [self.arn]},
            {"name": "createdAt", "operator": "GTE", "values": [start]},
        ]
        return answered("SearchQuantumTasks", lambda: self._task_with_tag(token, filters))

    def _task_with_tag(self, token: str, filters: Sequence[Response]) -> str | None:
        operation = "SearchQuantumTasks"
        pages = self.client.get_paginator("search_quantum_tasks").paginate(filters=filters)
        for page in pages:
            for task in field(page, "quantumTasks", list, operation):
                if task.get("tags", {}).get(TOKEN_TAG) == token:
                    return field(task, "quantumTaskArn", str, operation)
        return None

    def record(self, sweeps: Sequence[Sweep]) -> Record:
        circuits = self._circuits(sweeps)
        layouts = map(Layout.of, sweeps, circuits)
        return {
            "device": self.arn,
            "program_set": self._takes_sets(sweeps),
            "shots": _shots(sweeps),
            "circuits": [layout.written() for layout in layouts],
        }

    def reopen(self, id: str, record: Record) -> BraketTask:
        return BraketTask(id, self, record)

    def price(self, sweeps: Sequence[Sweep]) -> Price | None:
        if self.options.reservation is not None:
            return Price()  # a reservation is paid by the hour, whatever runs in it
        if self.rate is None:
            return None
        shots = sum(int(sweep.shots.sum()) for sweep in sweeps if sweep.shots is not None)
        return self.rate.price(
            shots=shots, seconds=simulation_s(sweeps, mixed=self.arn.endswith("/dm1"))
        )

    def fault(self, error: BaseException) -> ErrorClass:
        return meaning(error)

    def translated(self, error: BaseException) -> QGateError:
        if isinstance(error, QGateError):
            return error
        return translated(error, Told(self.name, code_of(error), self.words(error), self.windows))

    def words(self, error: BaseException) -> str:
        return masked(reason_of(error))

    def is_permanent(self, reason: str) -> bool:
        # a simulation is deterministic: only failures of the service itself can be transient
        return may_not_pass(reason) if is_simulator(self.arn) else super().is_permanent(reason)

    def retry_after_s(self, error: BaseException) -> float | None:
        return asked_pause_s(error)

    def charged(self, facts: Response, *, in_set: bool, ran: bool) -> Price | None:
        """Return the maximum cost of a task that has ended; None: the whole reserved amount.

        AWS does not report what it charges for a task. The SDK's own cost tracker counts tasks that
        failed or were cancelled as free. A program set may be charged in full although programs of
        it failed, so it is free only where the service states that no shot succeeded. Simulators
        are charged by time, however a task ends.

        Parameters
        ----------
        facts : mapping
            Response of GetQuantumTask.
        in_set : bool
            Whether the task ran a program set.
        ran : bool
            Whether it was observed running before it was cancelled, or has results although it
            failed.
        """
        if any(each.get("type") == RESERVATION for each in facts.get("associations") or ()):
            return Price()  # it ran in a reservation; otherwise it is charged
        if self.rate is None:
            return None
        if is_simulator(self.arn):
            return self._charged_time(facts)
        succeeded = facts.get("numSuccessfulShots", None if in_set else 0)
        free = {
            "CANCELLED": not ran or facts.get("numSuccessfulShots") == 0,
            "FAILED": not ran and succeeded == 0,
        }
        if free.get(facts["status"], False):
            return Price()
        return self.rate.price(shots=int(facts["shots"]))

    def _charged_time(self, facts: Response) -> Price | None:
        """Return the price of the time between creation and end.

        A task that was cancelled may have spent any part of that time in the queue.
        """
        assert self.rate is not None
        if facts["status"] == "CANCELLED" or "endedAt" not in facts:
            return None
        lasted_s = (facts["endedAt"] - facts["createdAt"]).total_seconds()
        return self.rate.price(seconds=(0.0, lasted_s))

    # Requests ------------------------------------------------------------------------------

    def _request(self, sweeps: Sequence[Sweep], token: str) -> Response:
        """Return the request that creates a task; equal for equal sweeps and token."""
        circuits = self._circuits(sweeps)
        in_set = self._takes_sets(sweeps)
        rows = sum(map(len, sweeps))
        if in_set:
            action = program_set(sweeps, circuits)
        else:
            (action,) = single_programs(sweeps[0], circuits[0])
        request = {
            "clientToken": token,
            "deviceArn": self.arn,
            "shots": _shots(sweeps) * (rows if in_set else 1),
            "action": action.json(),
            "outputS3Bucket": self._access.bucket(),
            "outputS3KeyPrefix": self.options.s3_prefix,
            "tags": {**(self.options.tags or {}), TOKEN_TAG: token},
        }
        if not in_set or self.options.placing is not Placing.FREE:
            request["deviceParameters"] = device_parameters(
                self.arn, circuits[0], fixed=self.options.placing is not Placing.FREE
            )
        if any(sweep.structure.records for sweep in sweeps):
            request["experimentalCapabilities"] = {"enabled": "ALL"}
        if self.options.reservation is not None:
            request["associations"] = [{"arn": self.options.reservation, "type": RESERVATION}]
        return request

    def _circuits(self, sweeps: Sequence[Sweep]) -> list[Translation]:
        return [
            translate(sweep, self.wires_of(sweep.structure.wires), self._style) for sweep in sweeps
        ]

    def _takes_sets(self, sweeps: Sequence[Sweep]) -> bool:
        return self.capabilities.equal_shots and sweeps[0].shots is not None


def tasks_of(client: BaseClient, run: str, filters: Sequence[Any] = ()) -> list[TaggedJob]:
    """Return the tasks of a region that have the tag of a run, oldest first.

    Parameters
    ----------
    client : botocore client
        Braket client. The service has no filter for tags, so all tasks are listed.
    run : str
    filters : sequence
        Filters of SearchQuantumTasks.
    """
    pages = client.get_paginator("search_quantum_tasks").paginate(filters=list(filters))
    found = [
        TaggedJob(
            str(task["quantumTaskArn"]),
            tags.get(TOKEN_TAG, ""),
            tags.get(LABEL_TAGS[JOURNAL], ""),
            str(task["status"]),
            f"{task['createdAt']:%Y-%m-%d %H:%M:%S} UTC",
        )
        for page in pages
        for task in page["quantumTasks"]
        if (tags := task.get("tags", {})).get(LABEL_TAGS[RUN]) == label_of(run)
    ]
    return sorted(found, key=lambda each: each.created)


def _shots(sweeps: Sequence[Sweep]) -> int:
    """Return the number of shots of each row, which is the same for all."""
    return 0 if sweeps[0].shots is None else int(sweeps[0].shots[0])


def _windows(runner: AwsDevice) -> str:
    return ", ".join(
        f"{_day(window.executionDay)} {window.windowStartHour:%H:%M} to "
        f"{window.windowEndHour:%H:%M} UTC"
        for window in runner.properties.service.executionWindows
    )


def _day(day: Any) -> str:
    return str(getattr(day, "value", day)).lower()
