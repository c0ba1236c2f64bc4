"""Requests are spaced, and retried after transient errors."""

import pickle
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from types import SimpleNamespace

import pytest

from qgate.devices.cloud import retries
from qgate.devices.cloud.retries import (
    BURST,
    ErrorClass,
    Limiter,
    LostAnswer,
    limiter_of,
    with_retries,
)
from qgate.exceptions import DeviceOffline, QGateError, ServiceUnavailable, SubmissionRefused

ACCOUNTS = count()


class Vendor(Exception):
    """An error of a vendor's package."""

    def __init__(self, fault, pause_s=None):
        super().__init__(f"the vendor's words on {fault.name}")
        self.fault, self.pause_s = fault, pause_s


@dataclass
class Cloud:
    """Device methods that classify an error."""

    name: str = "cloud"
    account: str = ""
    patience_s: float = 30.0
    requests_per_s: float = 1e6

    def __post_init__(self):
        self.account = self.account or f"account {next(ACCOUNTS)}"

    def fault(self, error):
        return error.fault

    def translated(self, error):
        return SubmissionRefused(device=self.name, code="X", reason=str(error))

    def words(self, error):
        return str(error)

    def retry_after_s(self, error):
        return error.pause_s


class Call:
    """Fails a few times, then responds."""

    def __init__(self, *errors, forever=False):
        self.errors, self.forever, self.made = list(errors), forever, 0

    def __call__(self):
        self.made += 1
        if self.errors:
            raise self.errors[0] if self.forever else self.errors.pop(0)
        return "answer"


def test_what_passes_is_tried_again():
    call = Call(*[Vendor(ErrorClass.TRANSIENT)] * 3)

    assert with_retries(Cloud(), call) == "answer"
    assert call.made == 4


def test_what_is_final_is_told_in_our_words_at_once():
    call = Call(Vendor(ErrorClass.PERMANENT))

    with pytest.raises(SubmissionRefused, match="the vendor's words on PERMANENT") as raised:
        with_retries(Cloud(), call)

    assert call.made == 1
    assert isinstance(raised.value.__cause__, Vendor)


def test_a_lost_answer_is_asked_for_again_where_that_is_safe():
    assert with_retries(Cloud(), Call(Vendor(ErrorClass.AMBIGUOUS))) == "answer"


def test_a_creation_that_may_have_been_made_is_not_made_again():
    call = Call(Vendor(ErrorClass.AMBIGUOUS))

    with pytest.raises(LostAnswer):
        with_retries(Cloud(), call, safe=False)

    assert call.made == 1


def test_a_creation_that_was_not_made_is_made_again():
    assert with_retries(Cloud(), Call(Vendor(ErrorClass.TRANSIENT)), safe=False) == "answer"


@pytest.fixture
def clock(monkeypatch):
    """Replace the clock of retries by one that moves only during pauses; return the pauses."""
    pauses = []
    clock = SimpleNamespace(monotonic=lambda: sum(pauses), sleep=pauses.append)
    monkeypatch.setattr(retries, "time", clock)
    return pauses


def test_patience_ends(clock):
    call = Call(Vendor(ErrorClass.TRANSIENT), forever=True)

    with pytest.raises(ServiceUnavailable, match="words on TRANSIENT") as raised:
        with_retries(Cloud(patience_s=0.05), call)

    assert raised.value.tried_s == 0.05
    assert 2 <= call.made == 1 + sum(pause_s > 0 for pause_s in clock)
    assert sum(clock) < 0.2


def test_a_pause_that_is_asked_for_ends_with_patience(clock):
    call = Call(Vendor(ErrorClass.TRANSIENT, pause_s=86400))

    assert with_retries(Cloud(), call) == "answer"
    assert 30 <= sum(clock) < 60


def test_pauses_leave_the_random_numbers_of_the_program_as_they_are(clock):
    before = random.getstate()

    with_retries(Cloud(), Call(Vendor(ErrorClass.TRANSIENT)))

    assert random.getstate() == before


def test_errors_of_ours_pass_unchanged_and_are_not_repeated():
    error = DeviceOffline(device="cloud", reason="night", remedy="Wait.")
    call = Call(error)

    with pytest.raises(DeviceOffline) as raised:
        with_retries(Cloud(), call)

    assert raised.value is error
    assert call.made == 1


def test_a_pause_that_the_provider_asks_for_is_kept():
    begun = time.monotonic()

    assert with_retries(Cloud(), Call(Vendor(ErrorClass.TRANSIENT, pause_s=0.1))) == "answer"

    assert time.monotonic() - begun >= 0.1


def test_interrupts_are_not_errors_of_the_vendor():
    call = Call(KeyboardInterrupt())

    with pytest.raises(KeyboardInterrupt):
        with_retries(Cloud(), call)

    assert call.made == 1


def test_a_limiter_lets_a_burst_pass_and_then_spaces():
    limiter = Limiter(per_s=100.0, burst=5)
    begun = time.monotonic()

    for _ in range(5):
        limiter.acquire()
    burst_s = time.monotonic() - begun
    for _ in range(10):
        limiter.acquire()

    assert burst_s < 0.05
    assert time.monotonic() - begun >= 0.1 - 0.02


def test_a_limiter_counts_the_requests_of_all_threads():
    limiter = Limiter(per_s=200.0, burst=1)
    begun = time.monotonic()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: limiter.acquire(), range(40)))

    assert time.monotonic() - begun >= 39 / 200 - 0.02


def test_creations_have_a_limiter_of_their_own_where_the_provider_counts_them_so():
    apart = Cloud(account="apart")
    apart.creation_limit = (5.0, 7)
    together = Cloud(account="together")

    questions, creations = limiter_of(apart), limiter_of(apart, creating=True)

    assert questions is not creations
    assert (creations.per_s, creations.burst) == (5.0, 7)
    assert (questions.per_s, questions.burst) == (apart.requests_per_s, BURST)
    assert limiter_of(together) is limiter_of(together, creating=True)


@pytest.mark.parametrize("question", [True, False])
def test_a_request_takes_its_turn_among_those_of_its_kind(monkeypatch, question):
    cloud = Cloud(account="turns")
    cloud.creation_limit = (20.0, 40)
    turns = []
    monkeypatch.setattr(Limiter, "acquire", lambda limiter: turns.append(limiter))

    with_retries(cloud, lambda: None, question=question)

    assert turns == [limiter_of(cloud, creating=not question)]


def test_devices_of_one_account_share_a_limiter():
    assert limiter_of(Cloud(account="a")) is limiter_of(Cloud(account="a"))
    assert limiter_of(Cloud(account="a")) is not limiter_of(Cloud(account="b"))


def test_what_is_raised_survives_pickling():
    with pytest.raises(QGateError) as raised:
        with_retries(Cloud(), Call(Vendor(ErrorClass.PERMANENT)))

    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)


class Shut(Call):
    """A call in which the laptop sleeps at some attempts."""

    def __init__(self, *errors, fall_asleep, attempts, forever=False):
        super().__init__(*errors, forever=forever)
        self.fall_asleep, self.attempts = fall_asleep, attempts

    def __call__(self):
        if self.made + 1 in self.attempts:
            self.fall_asleep()
        return super().__call__()


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_request_is_made_again_after_the_machine_slept(fall_asleep, attempt):
    errors = [Vendor(ErrorClass.TRANSIENT)] * 3  # the network is not back at once
    call = Shut(*errors, fall_asleep=fall_asleep, attempts={attempt})

    assert with_retries(Cloud(), call) == "answer"
    assert call.made == 4


def test_patience_ends_though_the_machine_slept(fall_asleep):
    error = Vendor(ErrorClass.TRANSIENT)
    call = Shut(error, fall_asleep=fall_asleep, attempts={1}, forever=True)

    with pytest.raises(ServiceUnavailable):
        with_retries(Cloud(patience_s=0.05), call)

    assert 2 <= call.made <= 30


def test_requests_that_take_longer_than_any_should_end_with_patience(fall_asleep):
    error = Vendor(ErrorClass.TRANSIENT)
    call = Shut(error, fall_asleep=fall_asleep, attempts=range(100), forever=True)

    with pytest.raises(ServiceUnavailable):
        with_retries(Cloud(), call)

    assert call.made == 2
