"""Job of several tasks on a local simulator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

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
"""Job status by the state of a Braket task."""

RUNNING = frozenset({JobStatus.QUEUED, JobStatus.RUNNING})


class BraketJob(Job):
    """Job of several tasks whose results are joined.

    Parameters
    ----------
    tasks : sequence of braket.tasks.QuantumTask
    read : callable
        Function that converts the results of the tasks to those of the sweeps.
    device : str
        Name of the device, for error messages.
    """

    def __init__(
        self,
        tasks: Sequence[Any],
        read: Callable[[list[Any]], tuple[SweepResult, ...]],
        *,
        device: str,
    ) -> None:
        self._tasks = tuple(tasks)
        self._read = read
        self._device = device
        self.id = " ".join(str(task.id) for task in tasks)
        self.submissions = len(self._tasks)

    @property
    def status(self) -> JobStatus:
        return status_of_all(STATES[task.state()] for task in self._tasks)

    def result(self, timeout_s: float | None = None) -> tuple[SweepResult, ...]:
        return self._read([self._result(task) for task in self._tasks])

    def cancel(self) -> None:
        for task in self._unfinished():
            task.cancel()

    def _unfinished(self) -> Iterable[Any]:
        return (task for task in self._tasks if STATES[task.state()] in RUNNING)

    def _result(self, task: Any) -> Any:
        result = task.result()
        if result is None:
            reason = f"the task is {task.state()} and has no result"
            raise JobFailed(device=self._device, job=str(task.id), reason=reason)
        return result
