"""One loop polls all jobs of an account."""

import threading
import time
from itertools import count, pairwise

import pytest

from qgate.devices.capabilities import Capabilities
from qgate.devices.cloud.polling import MAX_DOWNLOADS, poller_of
from qgate.devices.cloud.remote import RemoteDevice, RemoteJob, Report
from qgate.devices.cloud.retries import ErrorClass
from qgate.devices.job import JobStatus
from qgate.exceptions import (
    DeviceError,
    JobCancelled,
    JobFailed,
    JobTimeout,
    ResultMissing,
    ServiceUnavailable,
    UnknownJobStatus,
    WrongResult,
)

ACCOUNTS = count()
DONE, QUEUED = Report(JobStatus.DONE), Report(JobStatus.QUEUED)
RESULT = (([1],),)
SOON_S = 240.0
"""Timeout in seconds of what should take milliseconds."""


class Passing(Exception):
    """Error: the request was not processed."""


class Asking(Passing):
    """Error: the provider asks to wait."""


class Final(Exception):
    """Error: a retry would not help."""


class Cloud(RemoteDevice):
    """Device whose jobs respond as scripted."""

    name = "cloud"
    capabilities = Capabilities()
    patience_s = 5.0
    shortest_wait_s = 0.001
    requests_per_s = 1e6

    def __init__(self, **facts):
        super().__init__(shots=10)
        self.account = f"test {next(ACCOUNTS)}"
        vars(self).update(facts)

    def fault(self, error):
        return ErrorClass.TRANSIENT if isinstance(error, Passing) else ErrorClass.PERMANENT

    def translated(self, error):
        return DeviceError(f"In our words: {error}")

    def retry_after_s(self, error):
        return 0.05 if isinstance(error, Asking) else None

    send = find = record = reopen = price = None


Cloud.__abstractmethods__ = frozenset()


class Scripted(RemoteJob):
    """Returns one response after another; the last one is repeated."""

    def __init__(self, device, *, polls=(DONE,), fetches=(RESULT,), id="job"):
        super().__init__(id, device)
        self.answers = {"poll": list(polls), "fetch": list(fetches)}
        self.asked = {"poll": 0, "fetch": 0}

    def poll(self):
        return self._next("poll")

    def fetch(self):
        return self._next("fetch")

    def _next(self, kind):
        self.asked[kind] += 1
        answers = self.answers[kind]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_a_job_is_asked_until_it_is_done():
    job = Scripted(Cloud(), polls=[QUEUED, Report(JobStatus.RUNNING), DONE])

    assert job.result(SOON_S) == RESULT
    assert job.asked == {"poll": 3, "fetch": 1}
    assert job.status is JobStatus.DONE


def test_a_storm_of_throttling_does_not_touch_the_job():
    job = Scripted(Cloud(), polls=[*[Passing("slow down")] * 15, DONE])

    assert job.result(SOON_S) == RESULT
    assert job.asked["poll"] == 16


def test_a_pause_that_is_asked_for_is_kept_by_all_jobs_of_the_account():
    cloud = Cloud()
    first = Scripted(cloud, polls=[Asking("wait"), DONE])
    begun = time.monotonic()

    assert first.result(SOON_S) == RESULT

    assert time.monotonic() - begun >= 0.05


def test_questions_that_fail_on_and_on_end_with_patience():
    job = Scripted(Cloud(patience_s=0.05), polls=[Passing("no route")])

    with pytest.raises(ServiceUnavailable, match="no route"):
        job.result(SOON_S)


def test_a_final_error_ends_the_wait_in_our_words():
    job = Scripted(Cloud(), polls=[QUEUED, Final("gone")])

    with pytest.raises(DeviceError, match="In our words: gone"):
        job.result(SOON_S)

    assert job.asked["poll"] == 2


def test_a_timeout_leaves_the_job_and_a_later_call_gets_its_result():
    job = Scripted(Cloud(), polls=[QUEUED])

    with pytest.raises(JobTimeout):
        job.result(0.01)

    job.answers["poll"] = [DONE]
    assert job.result(SOON_S) == RESULT


def test_a_timeout_of_nothing_is_a_question():
    with pytest.raises(JobTimeout):
        Scripted(Cloud(), polls=[QUEUED]).result(0)


def test_an_unknown_status_may_become_a_known_one():
    odd = Report(JobStatus.UNKNOWN, "PAUSED")

    assert Scripted(Cloud(), polls=[odd, odd, DONE]).result(SOON_S) == RESULT


def test_an_unknown_status_is_reported_after_a_while():
    job = Scripted(Cloud(patience_s=0.05), polls=[Report(JobStatus.UNKNOWN, "PAUSED")])

    with pytest.raises(UnknownJobStatus, match="'PAUSED'"):
        job.result(SOON_S)


def test_a_cancelled_job_has_no_results():
    report = Report(JobStatus.CANCELLED, "CANCELLED", "by its owner")

    with pytest.raises(JobCancelled, match="by its owner"):
        Scripted(Cloud(), polls=[report]).result(SOON_S)


def test_a_failed_job_is_read_because_parts_of_it_may_be_there():
    job = Scripted(Cloud(), polls=[Report(JobStatus.FAILED)])

    assert job.result(SOON_S) == RESULT


def test_a_failure_without_anything_to_read_is_raised():
    failed = JobFailed(device="cloud", job="job", reason="tired")
    job = Scripted(Cloud(), polls=[Report(JobStatus.FAILED)], fetches=[failed])

    with pytest.raises(JobFailed, match="tired"):
        job.result(SOON_S)

    assert job.asked["fetch"] == 1


def test_a_result_that_is_late_is_asked_for_again_and_the_job_is_not():
    late = ResultMissing(device="cloud", job="job", reason="nothing there")
    job = Scripted(Cloud(), fetches=[late, late, RESULT])

    assert job.result(SOON_S) == RESULT
    assert job.asked == {"poll": 1, "fetch": 3}


def test_a_result_that_never_comes_is_reported():
    late = ResultMissing(device="cloud", job="job", reason="nothing there")

    with pytest.raises(ResultMissing, match="nothing there"):
        Scripted(Cloud(patience_s=0.05), fetches=[late]).result(SOON_S)


def test_a_wrong_result_is_read_a_few_times():
    wrong = WrongResult(device="cloud", reason="half of it")
    job = Scripted(Cloud(), fetches=[wrong])

    with pytest.raises(WrongResult, match="half of it"):
        job.result(SOON_S)

    assert job.asked["fetch"] == MAX_DOWNLOADS


def test_a_download_that_was_cut_once_is_used():
    wrong = WrongResult(device="cloud", reason="half of it")

    assert Scripted(Cloud(), fetches=[wrong, RESULT]).result(SOON_S) == RESULT


def test_callers_that_wait_for_one_job_share_its_questions():
    job = Scripted(Cloud(), polls=[QUEUED, QUEUED, DONE])
    found = []
    waiting = [threading.Thread(target=lambda: found.append(job.result(SOON_S))) for _ in range(5)]

    futures = poller_of(job.device.account).follow(job)
    for thread in waiting:
        thread.start()
    for thread in waiting:
        thread.join(SOON_S)

    assert futures.result(SOON_S) == RESULT
    assert found == [RESULT] * 5


def test_many_jobs_wait_side_by_side_on_few_threads():
    cloud = Cloud()
    jobs = [Scripted(cloud, polls=[QUEUED] * 3 + [DONE], id=str(k)) for k in range(100)]
    before = threading.active_count()

    futures = [poller_of(cloud.account).follow(job) for job in jobs]

    assert threading.active_count() <= before + 10
    assert all(future.result(SOON_S) == RESULT for future in futures)


def test_a_job_that_is_forgotten_is_not_asked_again():
    cloud = Cloud()
    forgotten, other = Scripted(cloud, polls=[QUEUED]), Scripted(cloud, polls=[QUEUED] * 5 + [DONE])
    watch = poller_of(cloud.account)
    watch.follow(forgotten)
    watch.forget(forgotten)
    asked = forgotten.asked["poll"]

    assert other.result(SOON_S) == RESULT

    assert forgotten.asked["poll"] <= asked + 1


def test_a_job_that_was_forgotten_can_be_waited_for_again():
    cloud = Cloud()
    job = Scripted(cloud, polls=[QUEUED])
    watch = poller_of(cloud.account)
    watch.follow(job)
    watch.forget(job)

    job.answers["poll"] = [QUEUED, DONE]

    assert job.result(SOON_S) == RESULT
    assert job.asked["fetch"] == 1


def test_accounts_do_not_wait_for_each_other():
    assert poller_of("one account") is poller_of("one account")
    assert poller_of("one account") is not poller_of("another account")


def test_one_failing_job_does_not_stop_the_others():
    cloud = Cloud()
    bad = Scripted(cloud, polls=[Final("gone")])
    good = Scripted(cloud, polls=[QUEUED, DONE])
    watch = poller_of(cloud.account)
    futures = [watch.follow(job) for job in (bad, good)]

    assert futures[1].result(SOON_S) == RESULT
    with pytest.raises(DeviceError):
        futures[0].result(SOON_S)


# A machine that sleeps -----------------------------------------------------------------


class Shut(Scripted):
    """A job during which the laptop sleeps once: at, or for a time within, its n-th poll."""

    def __init__(self, device, fall_asleep, *, question, after_s=None, **answers):
        super().__init__(device, **answers)
        self.fall_asleep, self.question, self.after_s = fall_asleep, question, after_s
        self.asked_at = []

    def poll(self):
        self.asked_at.append(time.monotonic())
        if len(self.asked_at) == self.question and self.after_s is None:
            self.fall_asleep()
        elif len(self.asked_at) == self.question:
            threading.Timer(self.after_s, self.fall_asleep).start()
        return super().poll()


def pauses(job):
    """Times between the polls of a job, and how many of them were slept through."""
    found = [later - earlier for earlier, later in pairwise(job.asked_at)]
    return found, sum(pause > 3600 for pause in found)


@pytest.mark.parametrize("within", [True, False], ids=["in a question", "between questions"])
def test_a_network_that_comes_back_after_the_machine_does_loses_no_job(fall_asleep, within):
    cloud = Cloud(patience_s=60.0, shortest_wait_s=0.1)
    job = Shut(
        cloud,
        fall_asleep,
        question=2,
        after_s=None if within else 0.03,
        polls=[*[Passing("no route")] * 5, QUEUED, DONE],
    )

    assert job.result(SOON_S) == RESULT

    between, slept = pauses(job)
    assert (job.asked["poll"], slept) == (7, 1)
    assert min(between) >= 0.1 * 0.8 - 0.01  # no burst follows


def test_questions_that_fail_on_and_on_end_with_patience_though_the_machine_slept(fall_asleep):
    cloud = Cloud(patience_s=0.3, shortest_wait_s=0.05)
    job = Shut(cloud, fall_asleep, question=2, after_s=0.01, polls=[Passing("no route")])

    with pytest.raises(ServiceUnavailable, match="no route"):
        job.result(SOON_S)

    assert 2 <= job.asked["poll"] <= 10


def test_requests_that_are_cut_on_and_on_end_with_patience(fall_asleep):
    class Hung(Scripted):
        def poll(self):
            fall_asleep()
            return super().poll()

    job = Hung(Cloud(patience_s=60.0), polls=[Passing("timed out")])

    with pytest.raises(ServiceUnavailable, match="timed out"):
        job.result(SOON_S)

    assert job.asked["poll"] == 2


def test_an_unknown_status_is_asked_for_again_after_the_machine_slept(fall_asleep):
    odd = Report(JobStatus.UNKNOWN, "PAUSED")
    cloud = Cloud(patience_s=60.0, shortest_wait_s=0.1)
    job = Shut(cloud, fall_asleep, question=2, after_s=0.03, polls=[*[odd] * 4, DONE])

    assert job.result(SOON_S) == RESULT

    assert (job.asked["poll"], pauses(job)[1]) == (5, 1)


def test_a_timeout_that_was_slept_through_asks_once_more(fall_asleep):
    job = Shut(
        Cloud(shortest_wait_s=30.0), fall_asleep, question=1, after_s=0.05, polls=[QUEUED, DONE]
    )

    assert job.result(timeout_s=1.0) == RESULT

    assert job.asked == {"poll": 2, "fetch": 1}


def test_a_timeout_that_was_slept_through_ends_where_the_job_is_still_under_way(fall_asleep):
    job = Shut(Cloud(shortest_wait_s=30.0), fall_asleep, question=1, after_s=0.05, polls=[QUEUED])
    with pytest.raises(JobTimeout):
        job.result(timeout_s=1.0)

    assert job.asked == {"poll": 2, "fetch": 0}
