from dataclasses import dataclass

import pytest

from qgate.devices.braket.job import STATES, BraketJob
from qgate.devices.job import JobStatus
from qgate.exceptions import JobFailed


@dataclass
class Task:
    """A task as the SDK shows it."""

    id: str
    status: str = "COMPLETED"
    answer: object = None
    cancelled: bool = False

    def state(self):
        return self.status

    def result(self):
        return self.answer

    def cancel(self):
        self.cancelled = True


def job(*tasks):
    return BraketJob(tasks, tuple, device="braket:test")


def test_results_of_all_tasks_are_read_together():
    assert job(Task("one", answer="ab"), Task("two", answer="c")).result() == ("ab", "c")


@pytest.mark.parametrize(
    ("states", "status"),
    [
        (["COMPLETED", "COMPLETED"], JobStatus.DONE),
        (["COMPLETED", "RUNNING"], JobStatus.RUNNING),
        (["RUNNING", "CREATED"], JobStatus.RUNNING),
        (["RUNNING", "CANCELLED"], JobStatus.CANCELLED),
        (["FAILED", "COMPLETED", "QUEUED"], JobStatus.FAILED),
        ([], JobStatus.DONE),
    ],
)
def test_status_is_that_of_the_task_that_is_worst_off(states, status):
    assert job(*(Task(str(n), state) for n, state in enumerate(states))).status == status


def test_every_state_of_the_service_has_a_meaning():
    assert set(STATES.values()) == set(JobStatus) - {JobStatus.UNKNOWN}


def test_the_id_names_every_task():
    assert job(Task("one"), Task("two")).describe() == {"id": "one two", "status": "done"}


def test_only_what_still_runs_is_cancelled():
    tasks = [Task("one", "COMPLETED"), Task("two", "QUEUED"), Task("three", "RUNNING")]

    job(*tasks).cancel()

    assert [task.cancelled for task in tasks] == [False, True, True]


def test_a_task_without_a_result_fails_with_its_state():
    with pytest.raises(JobFailed, match=r"Job one on braket:test failed: the task is FAILED"):
        job(Task("one", "FAILED")).result()
