"""Job of IBM Quantum."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from pydantic import ValidationError
from qiskit_ibm_runtime import RuntimeJobV2
from qiskit_ibm_runtime.api.exceptions import RequestsApiError
from qiskit_ibm_runtime.exceptions import (
    IBMRuntimeError,
    RuntimeInvalidStateError,
    RuntimeJobFailureError,
    RuntimeJobMaxTimeoutError,
)

from qgate.devices.cloud.remote import Record, RemoteJob, Report
from qgate.devices.job import JobStatus, SweepResult
from qgate.devices.qiskit.ibm.faults import status_of, transport_error
from qgate.devices.qiskit.ibm.pubs import read
from qgate.exceptions import JobCancelled, JobFailed, QGateError, ResultMissing, WrongResult
from qgate.masking import masked_error
from qgate.prices import Price
from qgate.sealed import Sealed

if TYPE_CHECKING:
    from qgate.devices.qiskit.ibm.device import IbmDevice

STATUSES = {
    "INITIALIZING": JobStatus.QUEUED,
    "QUEUED": JobStatus.QUEUED,
    "RUNNING": JobStatus.RUNNING,
    "DONE": JobStatus.DONE,
    "ERROR": JobStatus.FAILED,
    "CANCELLED": JobStatus.CANCELLED,
}
"""Job status by the client's status; the client passes on further statuses of the service."""


POSITION_S = 10.0
"""Minimum time in seconds between two requests for the queue position."""


class IbmJob(RemoteJob):
    """Job of IBM Quantum, whose result is read with the record of its order.

    Parameters
    ----------
    id : str
    device : IbmDevice
    record : mapping
    vendor : RuntimeJobV2, optional
        The client's job object; default: looked up by its id.
    """

    device: IbmDevice

    def __init__(
        self, id: str, device: IbmDevice, record: Record, vendor: RuntimeJobV2 | None = None
    ) -> None:
        super().__init__(id, device)
        self.record, self._vendor = record, Sealed(vendor)
        self._known_position, self._next_position = "", 0.0

    @property
    def vendor(self) -> RuntimeJobV2:
        """The client's job object."""
        if self._vendor.value is None:
            found = self.device.service.job(self.id)
            if found.job_id() != self.id or (self.token and self.token not in (found.tags or ())):
                reason = f"the service answered about another job than {self.id}"
                raise WrongResult(device=self.device.name, reason=reason)
            self._vendor = Sealed(found)
        return self._vendor.value

    def poll(self) -> Report:
        word = self._word()
        status = STATUSES.get(word, JobStatus.UNKNOWN)
        ended = status in (JobStatus.FAILED, JobStatus.CANCELLED)
        return Report(
            status,
            word,
            reason=self._reason() if ended else "",
            queue_position=self._position() if status is JobStatus.QUEUED else "",
        )

    def _position(self) -> str:
        """Return the queue position, requested every ``POSITION_S`` seconds; empty: unknown."""
        now = time.monotonic()
        if now >= self._next_position:
            self._next_position = now + POSITION_S
            with suppress(IBMRuntimeError):  # only informative
                told = self.vendor.metrics().get("position_in_queue")
                self._known_position = "" if told is None else str(told)
        return self._known_position

    def _word(self) -> str:
        """Return the client's status; for a failed job it requests a result that may be missing."""
        try:
            return str(self.vendor.status())
        except RequestsApiError as error:
            if status_of(error) != 404:
                raise
            return str(self.vendor.status())

    def _reason(self) -> str:
        """Return why a job ended: part of the status, without public access in the client."""
        return str(getattr(self.vendor, "_reason", None) or "")

    def fetch(self) -> tuple[SweepResult, ...]:
        named = {"device": self.device.name, "job": self.id}
        try:
            result = self.vendor.result()
        except (RuntimeJobFailureError, RuntimeJobMaxTimeoutError) as error:
            reason = self.report.reason or error.message
            raise JobFailed(**named, reason=reason) from masked_error(error)
        except RuntimeInvalidStateError as error:
            raise JobCancelled(**named, reason=error.message) from masked_error(error)
        except Exception as error:
            meaning = self._unread(error)
            if meaning is None:
                raise
            raise meaning from masked_error(error)
        return read(result, self.record, device=self.device.name)

    def _unread(self, error: Exception) -> QGateError | None:
        """Return the error for a failed download or decoding; None: the request failed."""
        if status_of(error) == 404:
            reason = "the service has no result of it"
            return ResultMissing(device=self.device.name, job=self.id, reason=reason)
        if transport_error(error) is None and isinstance(error, DAMAGED):
            reason = f"it cannot be read ({type(error).__name__})"
            return WrongResult(device=self.device.name, reason=reason)
        return None

    def cost(self) -> Price | None:
        usage = self.vendor.metrics().get("usage", {})
        seconds, rate = usage.get("qpu_charge_time_seconds"), self.device.rate
        if rate is None or usage.get("status", "pending") == "pending":
            return None
        if not isinstance(seconds, int | float) or not 0 <= seconds < math.inf:
            return None
        return rate.price(seconds=(seconds, seconds))

    def stop(self) -> None:
        try:
            self.vendor.cancel()
        except RuntimeInvalidStateError:
            return  # the job has ended


DAMAGED = (ValidationError, ValueError, KeyError, TypeError, IndexError, AttributeError)
"""Exceptions raised by decoding a damaged result."""
