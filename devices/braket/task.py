"""Quantum task of Amazon Braket."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from botocore.exceptions import ClientError

from qgate.devices.braket.answers import answered, field
from qgate.devices.braket.errors import Response
from qgate.devices.braket.job import STATES
from qgate.devices.braket.layout import Layout
from qgate.devices.braket.objects import Folder, measured, read_programs, read_single
from qgate.devices.braket.results import Measured, Value, read_exact, read_sampled, read_set
from qgate.devices.cloud.remote import Record, RemoteJob, Report
from qgate.devices.job import FINAL, JobStatus, SweepResult
from qgate.exceptions import JobFailed, ResultMissing, WrongResult
from qgate.prices import Price

if TYPE_CHECKING:
    from qgate.devices.braket.cloud import BraketCloudDevice

TOKEN_TAG = "qgate-token"
"""Name of the tag that holds the token of a task."""

FOUND_LATE_S = 60.0
"""Time in seconds after its creation during which the service may not find a task yet."""


class BraketTask(RemoteJob):
    """Quantum task with a program set, or with one circuit and one row.

    Parameters
    ----------
    id : str
        ARN of the task.
    device : BraketCloudDevice
    record : mapping
        Record as returned by ``BraketCloudDevice.record``.
    created : bool
        Whether this process has just created the task.
    """

    device: BraketCloudDevice

    def __init__(
        self,
        id: str,
        device: BraketCloudDevice,
        record: Record,
        *,
        created: bool = False,
    ) -> None:
        super().__init__(id, device)
        self._layouts = [Layout.from_written(each) for each in record["circuits"]]
        self._shots = int(record["shots"])
        self._in_set = bool(record["program_set"])
        self._late_until = time.monotonic() + FOUND_LATE_S if created else 0.0
        self._facts: Response = {}
        self._seen_running = self._has_readings = False

    def poll(self) -> Report:
        try:
            facts = self._ask()
        except ClientError as error:
            missing = error.response.get("Error", {}).get("Code") == "ResourceNotFoundException"
            if missing and time.monotonic() < self._late_until:
                return Report(JobStatus.QUEUED, "not known yet")
            raise
        status = str(facts["status"])
        self._seen_running = self._seen_running or status == "RUNNING"
        return Report(
            STATES.get(status, JobStatus.UNKNOWN),
            status,
            str(facts.get("failureReason", "")),
            str(facts.get("queueInfo", {}).get("position", "")),
        )

    def fetch(self) -> tuple[SweepResult, ...]:
        facts = self._facts or self._ask()
        folder = Folder(
            self.device.s3,
            facts["outputS3Bucket"],
            facts["outputS3Directory"],
            self.id,
            self.device.name,
        )
        if facts["status"] == "FAILED":
            return self._rest(folder, str(facts.get("failureReason", "it gave no reason")))
        return self._read(folder)

    def cost(self) -> Price | None:
        """Return the maximum cost of the task by the rate card; None: unknown, or not ended."""
        if self.device.rate is None or self.report.status not in FINAL:
            return None
        cancelled = self.report.status is JobStatus.CANCELLED
        ran = self._seen_running if cancelled else self._has_readings
        return self.device.charged(self._facts or self._ask(), in_set=self._in_set, ran=ran)

    def stop(self) -> None:
        try:
            answered(
                "CancelQuantumTask",
                lambda: self.device.client.cancel_quantum_task(quantumTaskArn=self.id),
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ConflictException":
                raise

    def _ask(self) -> Response:
        operation = "GetQuantumTask"
        facts: Response = answered(
            operation,
            lambda: self.device.client.get_quantum_task(
                quantumTaskArn=self.id, additionalAttributeNames=["QueueInfo"]
            ),
        )
        for name in ("status", "outputS3Bucket", "outputS3Directory"):
            field(facts, name, str, operation)
        field(facts, "shots", int, operation)
        self._check_task(facts)
        self._facts = facts
        return facts

    def _check_task(self, facts: Response) -> None:
        """Refuse a response about another task, or about one that belongs to another order."""
        tagged = (facts.get("tags") or {}).get(TOKEN_TAG, self.token)
        if facts.get("quantumTaskArn", self.id) != self.id or (self.token and tagged != self.token):
            reason = f"the service answered about another task than {self.id}"
            raise WrongResult(device=self.device.name, reason=reason)

    def _rest(self, folder: Folder, reason: str) -> tuple[SweepResult, ...]:
        """Return the partial results of a failed program set."""
        try:
            if self._in_set:
                return self._read(folder)
        except ResultMissing:
            pass
        raise JobFailed(device=self.device.name, job=self.id, reason=reason)

    def _read(self, folder: Folder) -> tuple[SweepResult, ...]:
        if self._in_set:
            found = read_programs(folder)
            self._has_readings = any(isinstance(each, Measured) for row in found for each in row)
            return read_set(found, self._layouts, self._shots, device=self.device.name)
        document, (layout,) = read_single(folder), self._layouts
        if self._shots:
            read = measured(document, self.device.name)
            return (([read_sampled(read, layout, self._shots, self.device.name)],),)
        exact = read_exact(self._values(document), layout, self.device.name)
        return (tuple(np.array([each]) for each in exact),)

    def _values(self, document: Response) -> list[Value]:
        try:
            return [Value.of(each["type"], each["value"]) for each in document["resultTypes"]]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            reason = "its exact values cannot be read"
            raise WrongResult(device=self.device.name, reason=reason) from error
