"""An order stays perhaps-sent and reserved until it is certain that no job was created."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from shop import Busy, Lost, ShopDevice
from shop_circuits import two_angles_on

import qgate as qg
from qgate import numpy as np
from qgate.context import entered
from qgate.exceptions import DeviceOffline, QGateError, ServiceUnavailable, SubmissionRefused
from qgate.jobs.creation_attempts import alone
from qgate.jobs.journal import Journal
from qgate.jobs.orders import OrderState
from qgate.jobs.resumption import resume
from qgate.jobs.runs import Run

ANGLES = np.array([0.3, 0.8], requires_grad=True)

USD = 1.3
"""Number of submissions of one gradient."""


class Unheard(Exception):
    """An error that is in no table."""


def gradient_on(device):
    return qg.grad(two_angles_on(device))


class Script:
    """Make some calls of a device method raise."""

    def __init__(self, **errors):
        self.errors = {place.replace("_", " "): list(each) for place, each in errors.items()}

    def __call__(self, device, what, times):
        coming = self.errors.get(what)
        if coming:
            error = coming.pop(0)
            if error is not None:
                raise error


@pytest.fixture
def start(tmp_path):
    """Run one gradient in a run, like a restarted program; return the outcome."""

    def start(script, *, unique, budget=1.4):
        device = ShopDevice(str(tmp_path / "shop.db"), unique=unique, interfere=script)
        device.patience_s = 0.3
        budget = qg.Budget(usd=budget)
        run = qg.run("gradient", journal=str(tmp_path / "runs.db"), budget=budget)
        error = None
        try:
            with run:
                gradient_on(device)(ANGLES)
        except QGateError as caught:
            error = caught
        return device.shop, run, error

    return start


REFUSALS = [ValueError("not valid"), ValueError("offline"), Unheard("what is this")]


@pytest.mark.parametrize("refusal", REFUSALS, ids=repr)
@pytest.mark.parametrize("unique", [True, False], ids=["tokens", "tags"])
def test_an_error_after_a_lost_answer_proves_nothing_about_the_first_attempt(
    start, unique, refusal
):
    """The retry is refused, and so is every search: the job exists and stays reserved."""
    for _ in range(3):
        script = Script(
            after_send=[Lost("reset")],
            before_send=[None, *[refusal] * 9] if unique else [],
            find=[ValueError("no right to search")] * 20,
        )
        shop, run, error = start(script, unique=unique)
        assert error is not None or unique
        assert shop.jobs <= 1
        assert run.cost >= USD * shop.jobs

    shop, run, error = start(Script(), unique=unique)

    assert (shop.jobs, run.cost, error) == (1, pytest.approx(USD), None)


@pytest.mark.parametrize("unique", [True, False], ids=["tokens", "tags"])
def test_a_job_that_was_created_is_taken_up_though_the_retry_was_refused(start, unique):
    script = Script(after_send=[Lost("reset")], before_send=[None, ValueError("offline")])

    shop, run, error = start(script, unique=unique)

    assert (shop.jobs, error) == (1, None)
    assert [order.state for order in run.records] == [OrderState.DONE]


@pytest.mark.parametrize("unique", [True, False], ids=["tokens", "tags"])
def test_an_only_attempt_that_was_refused_gives_its_reservation_back(start, unique):
    script = Script(before_send=[Busy("later"), ValueError("offline for repairs")])

    shop, run, error = start(script, unique=unique)

    assert isinstance(error, DeviceOffline)
    assert "Nothing was created for this request" in str(error)
    assert (shop.jobs, run.cost) == (0, 0)
    assert [order.state for order in run.records] == [OrderState.REFUSED]


def test_a_search_that_finds_nothing_gives_the_reservation_back(start):
    script = Script(before_send=[Lost("nothing arrived"), ValueError("not valid")])

    shop, run, error = start(script, unique=False)

    assert isinstance(error, SubmissionRefused)
    assert "Nothing was created for this request" in str(error)
    assert (shop.jobs, run.cost) == (0, 0)


def test_what_is_perhaps_created_is_named_with_what_to_do(start, tmp_path):
    script = Script(before_send=[Lost("nothing arrived")], find=[ValueError("denied")])

    shop, run, error = start(script, unique=False)

    (order,) = run.records
    assert order.state is OrderState.INTENDED
    assert run.cost == pytest.approx(USD)
    assert shop.jobs == 0
    for text in ("was perhaps created", "stays reserved", order.key, "qgate resume --journal"):
        assert text in str(error)
    assert "Nothing was" not in str(error)


def test_every_attempt_is_in_the_journal_before_it_goes_out(start):
    seen = []

    def look(device, what, times):
        if what == "before send":
            (order,) = run.journal.orders("gradient")
            seen.append([what for _, what, _ in run.journal.history(order.key)])
            if len(seen) == 1:
                raise Busy("later")

    device = ShopDevice(":memory:", interfere=look)
    run = qg.run("gradient", journal=":memory:")
    with run:
        gradient_on(device)(ANGLES)

    assert seen == [["attempt"], ["attempt", "not taken", "attempt"]]


@pytest.mark.parametrize("named", [True, False], ids=["in a run", "in none"])
def test_the_same_call_takes_up_what_a_failed_call_left(tmp_path, named):
    """A user's retry submits nothing twice, also outside of any run."""
    device = ShopDevice(str(tmp_path / "shop.db"), unique=False)
    device.patience_s = 0.3
    gradient = gradient_on(device)
    angles = (
        ANGLES + len(str(tmp_path)) / 7 + named
    )  # the implicit run lives as long as the process

    def three_times():
        device.interfere = Script(
            after_send=[Lost("reset")], find=[ValueError("denied"), ValueError("denied")]
        )
        for _ in range(2):
            with pytest.raises(QGateError, match="perhaps"):
                gradient(angles)
        gradient(angles)

    if named:
        with qg.run("again", journal=str(tmp_path / "runs.db")):
            three_times()
    else:
        three_times()

    assert device.shop.jobs == 1


@pytest.mark.parametrize("named", [True, False], ids=["in a run", "in none"])
def test_a_job_that_could_not_be_polled_is_taken_up_by_the_same_call(tmp_path, named):
    device = ShopDevice(str(tmp_path / "shop.db"))
    device.patience_s = 0.1
    gradient = gradient_on(device)
    angles = ANGLES - len(str(tmp_path)) / 7 - named

    def twice():
        device.interfere = Script(poll=[Busy("no network")] * 1000)
        with pytest.raises(ServiceUnavailable, match="was created and continues"):
            gradient(angles)
        device.interfere = None
        gradient(angles)

    if named:
        with qg.run("again", journal=str(tmp_path / "runs.db")):
            twice()
    else:
        twice()

    assert device.shop.jobs == 1


def test_another_process_takes_up_what_a_call_outside_of_any_run_left(tmp_path):
    """Under the name in the error, with the journal of calls outside of runs."""
    file = str(tmp_path / "calls.db")
    outside = Run("unnamed 2026", Journal(file), ordered=False)
    outside.begin()
    device = ShopDevice(str(tmp_path / "shop.db"), unique=False)
    device.interfere = Script(after_send=[Lost("reset")], find=[ValueError("denied")])
    told = r"qg\.run\('unnamed 2026', journal='.*calls\.db', ordered=False\)"
    with entered(run=outside), pytest.raises(QGateError, match=told):
        gradient_on(device)(ANGLES)

    device.interfere = None
    with qg.run("unnamed 2026", file, ordered=False):
        gradient_on(device)(ANGLES)

    assert device.shop.jobs == 1


@pytest.mark.parametrize(
    ("script", "jobs", "told", "usd"),
    [
        (
            Script(before_send=[Lost("nothing arrived")], find=[ValueError("denied")]),
            0,
            "no such",
            0,
        ),
        (Script(after_send=[Lost("reset")], find=[ValueError("denied")]), 1, "done", USD),
    ],
    ids=["nothing there", "there"],
)
def test_resume_looks_up_what_was_perhaps_created(start, tmp_path, script, jobs, told, usd):
    shop, run, error = start(script, unique=False)
    assert "perhaps created" in str(error)
    device = ShopDevice(str(tmp_path / "shop.db"), unique=False)

    ((_, text),) = resume(run.journal, lambda name: device)

    assert told in text
    assert shop.jobs == jobs
    assert run.cost == pytest.approx(usd)


def test_a_second_call_waits_for_a_creation_that_was_left_behind():
    """As Ctrl-C leaves it while the provider responds slowly."""
    begun, answer, order = Event(), Event(), []

    def first():
        with alone("key"):
            begun.set()
            answer.wait(240)
            order.append("first")

    def second():
        with alone("key"):
            order.append("second")

    threads = [Thread(target=first), Thread(target=second)]
    threads[0].start()
    begun.wait(240)
    threads[1].start()
    answer.set()
    for thread in threads:
        thread.join(240)

    assert order == ["first", "second"]


def test_results_that_a_failed_call_did_not_return_serve_the_next_one(tmp_path):
    shop = str(tmp_path / "shop.db")
    script = Script(before_send=[None, ValueError("not valid")])
    device = ShopDevice(shop, interfere=script, max_rows=1)

    @qg.qnode(device, shots=[50, 60])
    def circuit():
        return qg.expval(qg.Z(0))

    with pytest.raises(SubmissionRefused):
        circuit()
    circuit()
    circuit()

    assert device.shop.shots == 2 * (50 + 60)
