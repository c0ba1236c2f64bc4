"""Tasks that were sent to Braket together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from qgate.devices.braket.packing import Place
from qgate.devices.job import Job, JobStatus, SweepResult, status_of_all
from qgate.exceptions import JobFailed

STATES = {
    "CREATED": JobStatus.QUEUED,
    "QUEUED": JobStatus.QUEUED,
    "RUNNING": JobStatus.RUNNING,
    "CANCELLING": JobStatus.RUNNING,
    "COMPLETED": JobStatus.DONE,
    "FAILED": JobStatus.FAILED,
    "CANCELLED": JobStatus.CANCELLED,
}
"""What the states of a Braket task mean."""


@dataclass(frozen=True, eq=False)
class Sent:
    """One task, and whose results it brings.

    Parameters
    ----------
    task : braket.tasks.QuantumTask
    places : tuple of Place
        The sweep and row of each of its executables.
    read : callable
        Turns the task's result into one reading for each executable.
    """

    task: Any
    places: tuple[Place, ...]
    read: Callable[[Any], Sequence[Any]]


class BraketJob(Job):
    """Several tasks whose results belong together.

    Parameters
    ----------
    sent : sequence of Sent
    collect : sequence of callable
        For each sweep, what makes its result of its readings, one per row.
    device : str
        Whom to name in an error.
    """

    def __init__(
        self,
        sent: Sequence[Sent],
        collect: Sequence[Callable[[list[Any]], SweepResult]],
        *,
        device: str,
    ) -> None:
        self._sent = tuple(sent)
        self._collect = tuple(collect)
        self._device = device
        self.id = " ".join(str(each.task.id) for each in sent)
        self.submissions = len(self._sent)

    @property
    def status(self) -> JobStatus:
        return status_of_all(STATES[each.task.state()] for each in self._sent)

    def result(self, timeout_s: float | None = None) -> tuple[SweepResult, ...]:
        readings: list[dict[int, Any]] = [{} for _ in self._collect]
        for each in self._sent:
            for (sweep, row), reading in zip(each.places, self._read(each), strict=True):
                readings[sweep][row] = reading
        return tuple(
            collect([rows[row] for row in sorted(rows)])
            for collect, rows in zip(self._collect, readings, strict=True)
        )

    def cancel(self) -> None:
        for each in self._unfinished():
            each.task.cancel()

    def _unfinished(self) -> Iterable[Sent]:
        running = {JobStatus.QUEUED, JobStatus.RUNNING}
        return (each for each in self._sent if STATES[each.task.state()] in running)

    def _read(self, sent: Sent) -> Sequence[Any]:
        result = sent.task.result()
        if result is None:
            reason = f"the task is {sent.task.state()} and has no result"
            raise JobFailed(device=self._device, job=str(sent.task.id), reason=reason)
        return sent.read(result)
