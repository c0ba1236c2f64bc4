"""A cloud in a file: a device whose jobs outlive the process that submitted them.

It implements the contract of remote devices without a vendor's package, so that the code above it
can be tested quickly, and killed at any point. The file is the provider: a created job persists,
and is charged, whether its client received the response or not.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

from qgate.devices.capabilities import Capabilities
from qgate.devices.cloud.remote import Record, RemoteDevice, RemoteJob, Report
from qgate.devices.cloud.retries import ErrorClass
from qgate.devices.job import JobStatus, RowFailure, SweepResult
from qgate.devices.local.device import LocalDevice
from qgate.exceptions import (
    DeviceOffline,
    JobFailed,
    QGateError,
    ResultMissing,
    SubmissionRefused,
    WrongResult,
)
from qgate.jobs.codec import decode, encode
from qgate.prices import Price, Rate
from qgate.sweep import Sweep

GATES = frozenset({"RX", "RY", "RZ", "CNOT", "Hadamard", "GlobalPhase"})

RATE = Rate(per_task_usd=0.3, per_shot_usd=0.001, source="the shop's own", date="2026-11-01")


class Busy(Exception):
    """The shop is busy; the request was not processed."""


class Lost(Exception):
    """The response was lost."""


class Shop:
    """The provider: a table of jobs in a file."""

    def __init__(self, file: str) -> None:
        self.lock = Lock()
        self.connection = sqlite3.connect(
            file, timeout=60, isolation_level=None, check_same_thread=False
        )
        self.connection.execute(
            "CREATE TABLE IF NOT EXISTS jobs "
            "(id INTEGER PRIMARY KEY, token TEXT, rows INTEGER, shots INTEGER, result BLOB, "
            "status TEXT DEFAULT 'DONE', usd REAL)"
        )

    def create(self, token: str, rows: int, shots: int, result: bytes, *, unique: bool) -> str:
        """Create a job and charge for it; a known token returns the existing job."""
        with self.lock:
            self.connection.execute("BEGIN IMMEDIATE")
            known = self.find(token) if unique else None
            if known is None:
                cursor = self.connection.execute(
                    "INSERT INTO jobs (token, rows, shots, result, usd) VALUES (?, ?, ?, ?, ?)",
                    (token, rows, shots, result, RATE.price(shots=shots).high_usd),
                )
                known = str(cursor.lastrowid)
            self.connection.execute("COMMIT")
            return known

    def find(self, token: str) -> str | None:
        """Return the id of the job with a token."""
        row = self.connection.execute("SELECT id FROM jobs WHERE token = ?", (token,)).fetchone()
        return None if row is None else str(row[0])

    def job(self, id: str) -> tuple[bytes, str]:
        """Return the result and the status of a job."""
        found: tuple[bytes, str] = self.connection.execute(
            "SELECT result, status FROM jobs WHERE id = ?", (id,)
        ).fetchone()
        return found

    def set_status(self, id: str, status: str) -> None:
        """Set the status of a job."""
        self.connection.execute("UPDATE jobs SET status = ? WHERE id = ?", (status, id))

    def __del__(self) -> None:
        self.connection.close()

    @property
    def jobs(self) -> int:
        """Number of jobs that were charged."""
        query = "SELECT COUNT(*) FROM jobs WHERE status != 'FAILED'"
        return int(self.connection.execute(query).fetchone()[0])

    @property
    def shots(self) -> int:
        """Number of shots that were charged."""
        query = "SELECT COALESCE(SUM(shots), 0) FROM jobs WHERE status != 'FAILED'"
        return int(self.connection.execute(query).fetchone()[0])

    @property
    def tokens(self) -> list[str]:
        """The tokens of all jobs."""
        return [token for (token,) in self.connection.execute("SELECT token FROM jobs")]


class ShopDevice(RemoteDevice):
    """A device of the shop.

    Parameters
    ----------
    file : str
    unique : bool
        Whether the shop supports idempotency tokens.
    interfere : callable, optional
        Called with the device, the name of an operation, and its count; may raise, kill the
        process, or change the shop.
    """

    provider = "shop"
    requests_per_s = 100_000.0
    patience_s = 2.0
    settles_s = 0.03

    def __init__(
        self,
        file: str,
        *,
        unique: bool = True,
        interfere: Callable[[ShopDevice, str, int], None] | None = None,
        name: str = "shop:one",
        shots: Any = 100,
        budget_usd: float | None = None,
        canary: bool = False,
        price: Price | Rate | None = RATE,
        **limits: Any,
    ) -> None:
        limits = {"max_rows": 100, "equal_shots": True, "paid": True, **limits}
        self.capabilities = Capabilities(gates=GATES, default_shots=100, **limits)
        super().__init__(shots=shots)
        self.name, self.account = name, f"shop {file}"
        self.shop, self.unique, self.interfere = Shop(file), unique, interfere
        self.budget_usd, self.canary, self._price = budget_usd, canary, price
        self.counts: dict[str, int] = {}
        self.spoil: Callable[[list[SweepResult]], list[SweepResult]] = list

    @property
    def idempotent(self) -> bool:
        return self.unique

    def happens(self, what: str) -> None:
        """Count an operation, and let the test interfere."""
        self.counts[what] = self.counts.get(what, 0) + 1
        if self.interfere is not None:
            self.interfere(self, what, self.counts[what])

    def send(self, sweeps: Sequence[Sweep], *, token: str) -> RemoteJob:
        self.happens("before send")
        results = LocalDevice(seed=int(token[:12], 16)).submit(sweeps).result()
        rows = sum(map(len, sweeps))
        shots = sum(int(sweep.shots.sum()) for sweep in sweeps if sweep.shots is not None)
        data = encode(self.spoil(list(results)))
        id = self.shop.create(token, rows, shots, data, unique=self.unique)
        self.happens("after send")
        return ShopJob(id, self)

    def find(self, token: str, *, since: float) -> str | None:
        assert since <= time.time()
        self.happens("find")
        return self.shop.find(token)

    def record(self, sweeps: Sequence[Sweep]) -> Record:
        return {"rows": [len(sweep) for sweep in sweeps]}

    def reopen(self, id: str, record: Record) -> RemoteJob:
        assert record["rows"]
        self.happens("reopen")
        return ShopJob(id, self)

    def price(self, sweeps: Sequence[Sweep]) -> Price | None:
        shots = sum(int(sweep.shots.sum()) for sweep in sweeps if sweep.shots is not None)
        return self._price.price(shots=shots) if isinstance(self._price, Rate) else self._price

    def fault(self, error: BaseException) -> ErrorClass:
        if isinstance(error, Busy):
            return ErrorClass.TRANSIENT
        return ErrorClass.AMBIGUOUS if isinstance(error, Lost) else ErrorClass.PERMANENT

    def translated(self, error: BaseException) -> QGateError:
        if "offline" in str(error):
            return DeviceOffline(device=self.name, reason=str(error), remedy="Try again later.")
        return SubmissionRefused(device=self.name, code=type(error).__name__, reason=str(error))


STATUSES = {
    "QUEUED": JobStatus.QUEUED,
    "DONE": JobStatus.DONE,
    "FAILED": JobStatus.FAILED,
    "CANCELLED": JobStatus.CANCELLED,
}


class ShopJob(RemoteJob):
    """A job of the shop."""

    device: ShopDevice

    def poll(self) -> Report:
        self.device.happens("poll")
        _, status = self.device.shop.job(self.id)
        known = STATUSES.get(status, JobStatus.UNKNOWN)
        return Report(known, status, reason=f"it is {status}", queue_position="3")

    def fetch(self) -> tuple[SweepResult, ...]:
        self.device.happens("fetch")
        data, status = self.device.shop.job(self.id)
        if status == "FAILED":
            raise JobFailed(device=self.device.name, job=self.id, reason="the qubits were cold")
        return tuple(decode(data))

    def cost(self) -> Price | None:
        _, status = self.device.shop.job(self.id)
        return Price() if status in ("FAILED", "CANCELLED") else None

    def stop(self) -> None:
        self.device.happens("stop")
        self.device.shop.set_status(self.id, "CANCELLED")


__all__ = ["Busy", "Lost", "ResultMissing", "RowFailure", "Shop", "ShopDevice", "WrongResult"]
