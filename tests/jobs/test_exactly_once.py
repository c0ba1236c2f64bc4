"""Submissions: recorded before sending, once, within budgets, resubmitted only after failures."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading

import pytest
from shop import RATE, Busy, Lost, ResultMissing, RowFailure, ShopDevice, WrongResult
from shop_circuits import ANGLES
from shop_circuits import two_angles_on as circuit_on

import qgate as qg
from qgate import numpy as np
from qgate.exceptions import (
    AccessRefused,
    BudgetExceeded,
    CanaryFailed,
    DeviceOffline,
    JobCancelled,
    JobFailed,
    RunDiverged,
    RunInUse,
    ServiceUnavailable,
    SubmissionRefused,
    UnknownJobStatus,
    UnknownPrice,
    UnsupportedEstimate,
)
from qgate.exceptions import (
    ResultMissing as Missing,
)
from qgate.exceptions import (
    WrongResult as Wrong,
)
from qgate.jobs.journal import Journal
from qgate.jobs.orders import OrderState


@pytest.fixture
def files(tmp_path):
    return str(tmp_path / "shop.db"), str(tmp_path / "runs.db")


def train(circuit, steps=3):
    angles = ANGLES
    for _ in range(steps):
        angles = angles - 0.1 * qg.grad(circuit)(angles)
    return angles


def states(run):
    return [order.state for order in run.records]


# Once ---------------------------------------------------------------------------------


def test_a_gradient_step_is_one_submission_of_value_and_shifts(files):
    device = ShopDevice(files[0])

    with qg.run("step", journal=files[1]) as run:
        qg.grad(circuit_on(device))(ANGLES)

    assert device.shop.jobs == run.submissions == 1
    assert run.records[0].rows == 2 * (1 + 2 * 2)  # two groups; the value and two shifts each
    assert run.shots == device.shop.shots == 1000
    assert run.cost == pytest.approx(0.3 + 1000 * 0.001)


def test_a_forward_call_with_trainable_arguments_buys_no_gradient(files):
    device = ShopDevice(files[0])

    with qg.run("forward", journal=files[1]):
        circuit_on(device)(ANGLES)

    assert device.shop.shots == 200


def test_a_repeated_run_is_answered_from_the_journal_bit_for_bit(files):
    found = []
    for _ in range(2):
        device = ShopDevice(files[0])
        with qg.run("again", journal=files[1]) as run:
            found.append(train(circuit_on(device)))

    assert np.array_equal(*found)
    assert device.counts == {}
    assert run.replayed == 3
    assert device.shop.jobs == 3


def test_equal_requests_of_one_run_are_bought_each(files):
    device = ShopDevice(files[0])
    circuit = circuit_on(device)

    with qg.run("twice", journal=files[1]):
        circuit(ANGLES), circuit(ANGLES)

    assert device.shop.jobs == 2
    assert len(set(device.shop.tokens)) == 2


def test_another_run_of_the_same_journal_buys_for_itself(files):
    device = ShopDevice(files[0])
    for name in ("one", "two"):
        with qg.run(name, journal=files[1]):
            circuit_on(device)(ANGLES)

    assert device.shop.jobs == 2


@pytest.mark.parametrize("name", ["local", "qiskit:aer", "braket:local"])
def test_a_local_run_draws_the_same_after_a_replay(files, name):
    """Replayed results draw no random numbers, and later results must not depend on that."""

    def values(steps):
        circuit = circuit_on(qg.device(f"{name}?shots=50&seed=3"))
        return [float(circuit(ANGLES)) for _ in range(steps)]

    with qg.run("whole", journal=files[1]):
        whole = values(4)
    with qg.run("whole", journal=f"{files[1]}2"):
        values(2)
    with qg.run("whole", journal=f"{files[1]}2") as run:
        chunks = values(4)

    assert chunks == whole
    assert run.replayed == 2


def test_a_program_that_asks_for_something_else_is_refused_before_it_buys(files):
    device = ShopDevice(files[0])
    with qg.run("changed", journal=files[1]):
        circuit_on(device)(ANGLES)

    with (
        pytest.raises(RunDiverged, match="'changed' was recorded before, and step 1"),
        qg.run("changed", journal=files[1]),
    ):
        circuit_on(device)(ANGLES + 0.1)

    assert device.shop.jobs == 1


def test_a_run_may_go_on_after_what_was_recorded(files):
    device = ShopDevice(files[0])
    with qg.run("longer", journal=files[1]):
        train(circuit_on(device), steps=2)

    with qg.run("longer", journal=files[1]) as run:
        train(circuit_on(device), steps=3)

    assert device.shop.jobs == 3
    assert run.replayed == 2


def test_a_run_without_order_may_ask_for_something_else(files):
    device = ShopDevice(files[0])
    with qg.run("free", journal=files[1]):
        circuit_on(device)(ANGLES)

    with qg.run("free", journal=files[1], ordered=False):
        circuit_on(device)(ANGLES + 0.1)

    assert device.shop.jobs == 2


def test_a_run_is_open_once(files):
    with (
        qg.run("mine", journal=files[1]),
        pytest.raises(RunInUse, match="'mine'"),
        qg.run("mine", journal=files[1]),
    ):
        pass

    with qg.run("mine", journal=files[1]), qg.run("other", journal=files[1]):
        pass


OUTSIDE = """
import sys
from shop import ShopDevice
import qgate as qg

@qg.qnode(ShopDevice(sys.argv[1]))
def circuit():
    return qg.expval(qg.Z(0))

circuit()
"""


def test_purchases_outside_of_any_run_are_written_down_as_well(files):
    environment = {**os.environ, "QGATE_JOURNAL": files[1], "PYTHONPATH": os.pathsep.join(sys.path)}
    program = [sys.executable, "-c", OUTSIDE, files[0]]

    subprocess.run(program, env=environment, check=True)

    (order,) = Journal(files[1]).orders()
    assert order.run.startswith("unnamed ")
    assert (order.state, order.job, order.shots) == (OrderState.DONE, "1", 100)


# Within budgets ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("budget", "told"),
    [
        (qg.Budget(shots=999), "1000 shots of the budget 'run poor', which allows 999 shots"),
        (qg.Budget(usd=1.29), "1.30 USD of the budget 'run poor', which allows 1.29 USD"),
    ],
)
def test_what_passes_a_budget_is_refused_before_anything_is_sent(files, budget, told):
    device = ShopDevice(files[0])

    with (
        qg.run("poor", journal=files[1], budget=budget) as run,
        pytest.raises(BudgetExceeded, match=told),
    ):
        qg.grad(circuit_on(device))(ANGLES)

    assert run.submissions == 0
    assert device.counts == {}


def test_a_budget_is_shared_by_all_of_a_run(files):
    device = ShopDevice(files[0])
    circuit = circuit_on(device)

    with qg.run("three", journal=files[1], budget=qg.Budget(submissions=3)) as run:
        for _ in range(3):
            circuit(ANGLES)
        with pytest.raises(BudgetExceeded, match="allows 3 submissions and has 3"):
            circuit(ANGLES)

    assert device.shop.jobs == run.submissions == 3


def test_a_repeated_run_has_only_what_is_left(files):
    device = ShopDevice(files[0])
    for steps in (2, 4):
        with qg.run("left", journal=files[1], budget=qg.Budget(submissions=3)):
            if steps == 2:
                train(circuit_on(device), steps)
                continue
            with pytest.raises(BudgetExceeded):
                train(circuit_on(device), steps)

    assert device.shop.jobs == 3


def test_threads_cannot_pass_a_budget_together(files):
    device = ShopDevice(files[0])
    circuit = circuit_on(device)
    refused = []

    def submit_with_retries():
        try:
            circuit(ANGLES)
        except BudgetExceeded as error:
            refused.append(error)

    budget = qg.Budget(submissions=5)
    with qg.run("threads", journal=files[1], budget=budget, ordered=False):
        threads = [threading.Thread(target=submit_with_retries) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert device.shop.jobs == 5
    assert len(refused) == 7


def test_a_device_has_a_budget_of_its_own(files):
    device = ShopDevice(files[0], budget_usd=0.6)
    circuit = circuit_on(device)

    with qg.run("own", journal=files[1], budget=qg.Budget(usd=100)):
        circuit(ANGLES)
        with pytest.raises(BudgetExceeded, match=r"'run own on shop:one', which allows 0\.60 USD"):
            circuit(ANGLES)


def test_an_unknown_price_is_refused_unless_allowed(files):
    device = ShopDevice(files[0], price=None)
    with (
        qg.run("dear", journal=files[1]),
        pytest.raises(UnknownPrice, match="No price is known for shop:one"),
    ):
        circuit_on(device)(ANGLES)
    assert device.counts == {}

    device.unknown_price = "allow"
    with qg.run("dear", journal=files[1]) as run:
        circuit_on(device)(ANGLES)

    assert run.cost == 0


def test_a_refused_submission_is_given_back(files):
    def interfere(device, what, times):
        if what == "before send":
            raise ValueError("no such gate")

    device = ShopDevice(files[0], interfere=interfere)
    with (
        qg.run("refused", journal=files[1]) as run,
        pytest.raises(SubmissionRefused, match=r"\(ValueError\): no such gate"),
    ):
        circuit_on(device)(ANGLES)

    assert run.submissions == run.shots == run.cost == 0
    assert states(run) == [OrderState.REFUSED]
    history = run.journal.history(run.records[0].key)
    assert ("not taken", "ValueError: no such gate") in [entry[1:] for entry in history]


# Several submissions -------------------------------------------------------------------


def test_a_hundred_parameters_take_no_more_submissions_than_they_must(files):
    device = ShopDevice(files[0])

    @qg.qnode(device, diff_method="parameter-shift")
    def circuit(angles):
        for angle in angles:
            qg.RX(angle, wires=0)
        return qg.expval(qg.Z(0))

    with qg.run("many", journal=files[1]) as run:
        qg.grad(circuit)(np.full(100, 0.1, requires_grad=True))

    assert run.submissions == 3  # 201 circuits, 100 in each
    assert [order.rows for order in run.records] == [100, 100, 1]


def test_a_refusal_takes_back_what_was_not_sent(files):
    sent = threading.Event()

    def interfere(device, what, times):
        if what == "before send" and not sent.is_set():
            sent.set()
            raise ValueError("offline for repairs")

    device = ShopDevice(files[0], interfere=interfere, max_rows=1)
    with (
        qg.run("part", journal=files[1]) as run,
        pytest.raises(DeviceOffline, match=r"Of 10 submissions .* not created"),
    ):
        qg.grad(circuit_on(device))(ANGLES)

    counts = {state: states(run).count(state) for state in OrderState}
    assert counts[OrderState.REFUSED] >= 1
    assert device.shop.jobs == counts[OrderState.SENT] + counts[OrderState.DONE] == run.submissions
    with qg.run("part", journal=files[1]) as run:
        qg.grad(circuit_on(device))(ANGLES)
    assert device.shop.jobs == run.submissions == 10


# Faults --------------------------------------------------------------------------------


def test_passing_faults_are_borne(files):
    def interfere(device, what, times):
        if times % 3 == 1:
            raise Busy("too many requests")

    device = ShopDevice(files[0], interfere=interfere)
    with qg.run("busy", journal=files[1]):
        train(circuit_on(device), steps=2)

    assert device.shop.jobs == 2


@pytest.mark.parametrize("unique", [True, False])
def test_a_lost_answer_buys_once(files, unique):
    def interfere(device, what, times):
        if what == "after send" and times <= 2:
            raise Lost("connection reset")

    device = ShopDevice(files[0], unique=unique, interfere=interfere)
    with qg.run("lost", journal=files[1]):
        train(circuit_on(device), steps=3)

    assert device.shop.jobs == 3
    assert len(set(device.shop.tokens)) == 3


def test_an_answer_lost_before_anything_was_done_is_sent_again(files):
    def interfere(device, what, times):
        if what == "before send" and times == 1:
            raise Lost("connection reset")

    device = ShopDevice(files[0], unique=False, interfere=interfere)
    with qg.run("lost", journal=files[1]):
        circuit_on(device)(ANGLES)

    assert device.shop.jobs == 1
    assert device.counts["find"] >= 1  # how often depends on how fast the machine is


def test_an_answer_that_was_lost_while_the_machine_slept_is_looked_for_and_sent_again(
    files, fall_asleep
):
    def interfere(device, what, times):
        if what == "before send" and times == 1:
            fall_asleep()
            raise Lost("connection reset")

    device = ShopDevice(files[0], unique=False, interfere=interfere)
    with qg.run("shut", journal=files[1]):
        circuit_on(device)(ANGLES)

    assert device.shop.jobs == 1
    assert device.counts["find"] >= 1  # how often depends on how fast the machine is


def test_answers_that_are_lost_on_and_on_end_with_patience(files):
    def interfere(device, what, times):
        if what == "before send":
            raise Lost("connection reset")

    device = ShopDevice(files[0], unique=False, interfere=interfere)
    device.patience_s = 0.2
    with qg.run("lost", journal=files[1]), pytest.raises(ServiceUnavailable, match="reset"):
        circuit_on(device)(ANGLES)

    assert 2 <= device.counts["before send"] <= 20


def test_a_failed_job_is_bought_again(files):
    def interfere(device, what, times):
        if what == "after send" and times == 1:
            device.shop.set_status("1", "FAILED")

    device = ShopDevice(files[0], interfere=interfere)
    with qg.run("failed", journal=files[1]) as run:
        circuit_on(device)(ANGLES)

    assert states(run) == [OrderState.FAILED, OrderState.DONE]
    assert run.submissions == device.shop.jobs == 1


def test_a_job_that_fails_each_time_is_an_error_with_its_reason(files):
    def interfere(device, what, times):
        if what == "after send":
            device.shop.set_status(str(times), "FAILED")

    device = ShopDevice(files[0], interfere=interfere)
    with (
        qg.run("failing", journal=files[1]) as run,
        pytest.raises(JobFailed, match=r"Job 3 on shop:one failed: the qubits were cold"),
    ):
        circuit_on(device)(ANGLES)

    assert run.cost == 0
    device.interfere = None
    with qg.run("failing", journal=files[1]) as run:
        circuit_on(device)(ANGLES)
    assert device.shop.jobs == run.submissions == 1


def test_only_the_rows_that_failed_are_bought_again(files):
    device = ShopDevice(files[0])

    def spoil(results):
        device.spoil = list
        (entry,) = results[0]
        return [([RowFailure("calibration"), *entry[1:]],), *results[1:]]

    device.spoil = spoil
    with qg.run("partly", journal=files[1]) as run:
        gradient = qg.grad(circuit_on(device))(ANGLES)

    assert [order.rows for order in run.records] == [10, 1]
    assert run.shots == 1000  # those of the failed row were given back
    with qg.run("partly", journal=files[1]) as run:
        assert np.array_equal(qg.grad(circuit_on(device))(ANGLES), gradient)
    assert device.shop.jobs == 2


@pytest.mark.parametrize("kind", ["counts", "sample"])
def test_a_failed_row_is_raised_to_the_floor_of_a_submission_and_has_its_own_shots(files, kind):
    device = ShopDevice(files[0], min_total_shots=100)
    device.spoil = _spoiling(device, row=1)

    @qg.qnode(device, shots=40)
    def circuit(angles):
        qg.RX(angles, wires=0)
        return getattr(qg, kind)(wires=[0, 1])

    with qg.run("floor", journal=files[1], budget=qg.Budget(shots=180)) as run:
        found = circuit(np.array([0.1, 1.5, 2.0]))

    assert [(order.rows, order.shots) for order in run.records] == [(3, 120), (1, 100)]
    assert run.shots == 180
    rows = [sum(row.values()) for row in found] if kind == "counts" else list(map(len, found))
    assert rows == [40, 40, 40]
    with qg.run("floor", journal=files[1]):
        again = circuit(np.array([0.1, 1.5, 2.0]))
    assert found == again if kind == "counts" else np.array_equal(found, again)
    assert device.shop.jobs == 2


def test_a_failed_row_is_raised_to_the_floor_only_within_the_budget(files):
    device = ShopDevice(files[0], min_total_shots=100)
    device.spoil = _spoiling(device, row=1)

    with (
        qg.run("floor", journal=files[1], budget=qg.Budget(shots=179)) as run,
        pytest.raises(BudgetExceeded, match=r"would take 100 shots .* allows 179 shots and has 80"),
    ):
        circuit_of_rows(device)(np.array([0.1, 1.5, 2.0]))

    assert (device.shop.jobs, run.shots) == (1, 80)
    with qg.run("floor", journal=files[1], budget=qg.Budget(shots=180)) as run:
        circuit_of_rows(device)(np.array([0.1, 1.5, 2.0]))
    assert (device.shop.jobs, run.shots) == (2, 180)


def test_a_late_or_damaged_result_is_read_again(files):
    faults = {1: ResultMissing, 2: WrongResult, 3: WrongResult}

    def interfere(device, what, times):
        if what == "fetch" and times in faults:
            raise faults[times]("not yet")

    device = ShopDevice(files[0], interfere=interfere)
    with qg.run("late", journal=files[1]):
        circuit_on(device)(ANGLES)

    assert device.counts["fetch"] == 4
    assert device.shop.jobs == 1


@pytest.mark.parametrize(("fault", "error"), [(ResultMissing, Missing), (WrongResult, Wrong)])
def test_a_result_that_stays_unreadable_is_an_error_and_is_not_bought_again(files, fault, error):
    def interfere(device, what, times):
        if what == "fetch":
            raise fault("short of shots")

    device = ShopDevice(files[0], interfere=interfere)
    device.patience_s = 0.2
    with (
        qg.run("short", journal=files[1]) as run,
        pytest.raises(error, match="short of shots") as caught,
    ):
        circuit_on(device)(ANGLES)

    assert states(run) == [OrderState.SENT]
    assert "qg.run('short'" in caught.value.__notes__[0]
    device.interfere = None
    with qg.run("short", journal=files[1]):
        circuit_on(device)(ANGLES)
    assert device.shop.jobs == 1
    assert device.counts["reopen"] == 1


def test_a_service_that_stays_away_is_an_error_and_the_job_is_found_later(files):
    def interfere(device, what, times):
        if what == "poll":
            raise Busy("the service sleeps")

    device = ShopDevice(files[0], interfere=interfere)
    device.patience_s = 0.2
    with (
        qg.run("away", journal=files[1]),
        pytest.raises(ServiceUnavailable, match="the service sleeps"),
    ):
        circuit_on(device)(ANGLES)

    device.interfere = None
    with qg.run("away", journal=files[1]):
        circuit_on(device)(ANGLES)
    assert device.shop.jobs == 1


def test_an_unknown_status_is_told_after_a_while(files):
    def interfere(device, what, times):
        if what == "after send":
            device.shop.set_status("1", "PONDERING")

    device = ShopDevice(files[0], interfere=interfere)
    device.patience_s = 0.2
    with (
        qg.run("odd", journal=files[1]),
        pytest.raises(UnknownJobStatus, match="'PONDERING', which qgate does not know"),
    ):
        circuit_on(device)(ANGLES)

    device.shop.set_status("1", "DONE")
    with qg.run("odd", journal=files[1]):
        circuit_on(device)(ANGLES)
    assert device.shop.jobs == 1


def test_a_cancelled_job_is_an_error_and_may_be_bought_again(files):
    def interfere(device, what, times):
        if what == "after send" and times == 1:
            device.shop.set_status("1", "CANCELLED")

    device = ShopDevice(files[0], interfere=interfere)
    with (
        qg.run("stopped", journal=files[1]) as run,
        pytest.raises(JobCancelled, match="Job 1 on shop:one was cancelled"),
    ):
        circuit_on(device)(ANGLES)
    assert run.submissions == 0

    with qg.run("stopped", journal=files[1]) as run:
        circuit_on(device)(ANGLES)
    assert run.submissions == 1


def test_errors_of_ours_reach_the_user_as_they_are(files):
    def interfere(device, what, times):
        if what == "poll":
            raise AccessRefused(device="shop:one", reason="token expired", remedy="Log in again.")

    device = ShopDevice(files[0], interfere=interfere)
    with (
        qg.run("expired", journal=files[1]),
        pytest.raises(AccessRefused, match=r"token expired\. Log in again\."),
    ):
        circuit_on(device)(ANGLES)


# Canary circuits -----------------------------------------------------------------------


def test_known_answers_are_sent_along_and_taken_out_again(files):
    plain, guarded = ShopDevice(files[0]), ShopDevice(f"{files[0]}2", canary=True)

    with qg.run("canary", journal=files[1]) as run:
        value = circuit_on(guarded)(ANGLES)

    assert np.shape(value) == ()
    assert run.records[0].rows == 2 + 2
    assert plain.shop.jobs == 0


def test_known_answers_go_with_rows_that_are_bought_again(files):
    device = ShopDevice(files[0], canary=True)
    device.spoil = _spoiling(device, row=1)

    with qg.run("canary", journal=files[1]) as run:
        found = circuit_of_rows(device)(np.array([0.1, 1.5, 2.0]))

    assert [order.rows for order in run.records] == [3 + 2, 1 + 2]
    assert np.shape(found) == (3,)


@pytest.mark.parametrize("wrong", ["reversed", "dead"])
def test_wrong_known_answers_put_the_results_aside(files, wrong):
    device = ShopDevice(files[0], canary=True)

    def spoil(results):
        def changed(row):
            taken = row.marginal([1, 0]) if wrong == "reversed" else _without_wire_0(row)
            return taken.without_order()

        return [([changed(row) for row in entry],) for (entry,) in results]

    device.spoil = spoil
    with (
        qg.run("wrong", journal=files[1]) as run,
        pytest.raises(CanaryFailed, match="read wrong on the wires 0"),
    ):
        circuit_on(device)(ANGLES)

    assert states(run) == [OrderState.QUARANTINED]
    with qg.run("wrong", journal=files[1]), pytest.raises(CanaryFailed):
        circuit_on(device)(ANGLES)
    assert device.shop.jobs == 1


def test_a_budget_of_shots_has_no_hold_on_known_answers(files):
    device = ShopDevice(files[0], canary=True)

    with pytest.raises(UnsupportedEstimate, match=r"with canary=true cannot be estimated"):
        qg.gradient_estimate(circuit_on(device).update(shots=qg.Budget(1000)))(ANGLES)

    assert device.counts == {}


def test_a_budget_of_shots_is_bought_within_a_run_and_replayed(files):
    found = []
    for _ in range(2):
        device = ShopDevice(files[0])
        with qg.run("estimate", files[1], budget=qg.Budget(shots=3000)) as run:
            found.append(
                qg.gradient_estimate(circuit_on(device).update(shots=qg.Budget(3000)))(ANGLES)
            )

    assert np.array_equal(found[0].gradient, found[1].gradient)
    assert run.shots == found[0].shots <= 3000
    assert device.counts == {}


@pytest.mark.parametrize(
    ("budget", "told"),
    [
        ({"submissions": 1}, "would take 1 submissions .* allows 1 submissions and has 1"),
        ({"usd": 3.3}, r"would take 0\.\d\d USD of .* allows 3\.30 USD and has 3\.\d\d"),
    ],
)
def test_a_budget_of_a_call_holds_for_what_is_bought_again(files, budget, told):
    device = ShopDevice(files[0])
    device.rate = RATE
    device.spoil = _spoiling(device, row=0)
    circuit = circuit_on(device).update(shots=qg.Budget(**budget, shots=3000, rounds=1))

    for _ in range(2):  # the second time from the journal, to which the budget's name holds
        with qg.run("call", journal=files[1]), pytest.raises(BudgetExceeded, match=told):
            qg.gradient_estimate(circuit)(ANGLES)
    assert device.shop.jobs == 1


def test_a_budget_of_a_call_has_the_shots_of_failed_rows_again(files):
    device = ShopDevice(files[0])
    device.spoil = _spoiling(device, row=0)
    circuit = circuit_on(device).update(shots=qg.Budget(shots=3000, submissions=2, rounds=1))

    for _ in range(2):  # each call has its own
        with qg.run("call", journal=files[1]) as run:
            qg.gradient_estimate(circuit)(ANGLES)

    assert run.shots <= 3000
    assert device.shop.jobs == 2


def test_an_estimate_names_its_jobs_also_from_the_journal(files):
    found = []
    for _ in range(2):
        device = ShopDevice(files[0])
        circuit = circuit_on(device).update(shots=qg.Budget(3000))
        with qg.run("jobs", journal=files[1]):
            found.append([qg.gradient_estimate(circuit)(ANGLES).job_ids for _ in range(2)])

    assert found == [[("1", "2", "3"), ("4", "5", "6")]] * 2


def test_a_call_after_a_replayed_one_about_the_same_has_a_budget_of_its_own(files):
    circuit = circuit_on(ShopDevice(files[0])).update(shots=qg.Budget(3000))

    for calls in (1, 3):
        with qg.run("more calls", journal=files[1]) as run:
            for _ in range(calls):
                qg.gradient_estimate(circuit)(ANGLES)

    assert (run.replayed, run.submissions) == (3, 9)


def test_calls_about_the_same_have_a_budget_each(files):
    device = ShopDevice(files[0])
    circuit = circuit_on(device).update(shots=qg.Budget(shots=3000, submissions=1, rounds=1))

    with qg.run("calls", journal=files[1]) as run:
        for _ in range(3):
            qg.gradient_estimate(circuit)(ANGLES)

    assert run.submissions == 3


@pytest.mark.parametrize("where", ["run", "no run"])
@pytest.mark.parametrize("method", ["parameter-shift", "finite-diff"])
@pytest.mark.parametrize("failing", [2, 3])
def test_rounds_of_a_call_that_failed_later_are_not_bought_again(
    files, monkeypatch, where, method, failing
):
    monkeypatch.setenv("QGATE_JOURNAL", files[1])
    device = ShopDevice(files[0])
    circuit = circuit_on(device).update(diff_method=method, shots=qg.Budget(3000))
    device.interfere = _refusing(device, send=failing)

    with qg.run("rounds", journal=files[1]) if where == "run" else contextlib.nullcontext():
        with pytest.raises(SubmissionRefused):
            qg.gradient_estimate(circuit)(ANGLES)
        qg.gradient_estimate(circuit)(ANGLES)
        assert device.shop.jobs == 3
        assert device.shop.shots <= 3000

        qg.gradient_estimate(circuit)(ANGLES)
        assert device.shop.jobs == 6


def test_requests_of_a_call_that_failed_later_are_used_once(files, monkeypatch):
    monkeypatch.setenv("QGATE_JOURNAL", files[1])
    device = ShopDevice(files[0])
    device.spoil = _spoiling(device, row=0)
    circuit = circuit_on(device).update(shots=qg.Budget(3000))
    device.interfere = _refusing(device, send=3)

    with pytest.raises(SubmissionRefused):
        qg.gradient_estimate(circuit)(ANGLES)
    for _ in range(2):
        qg.gradient_estimate(circuit)(ANGLES)

    tokens = device.shop.tokens
    assert len(set(tokens)) == len(tokens) == 3 + 1 + 3  # one row was sent twice


def _refusing(device, *, send):
    """Refuse one creation."""

    def interfere(_, what, count):
        if what == "before send" and count == send:
            raise ValueError("the shop refuses")

    return interfere


def circuit_of_rows(device):
    @qg.qnode(device, shots=40)
    def circuit(angles):
        qg.RX(angles, wires=0)
        return qg.expval(qg.Z(0))

    return circuit


def _spoiling(device, *, row):
    """Let one row of the first sweep fail, once."""

    def spoil(results):
        device.spoil = list
        (entry,) = results[0]
        return [([*entry[:row], RowFailure("calibration"), *entry[row + 1 :]],), *results[1:]]

    return spoil


def _without_wire_0(row):
    counts = {}
    for bits, count in row.counts().items():
        counts["0" + bits[1:]] = counts.get("0" + bits[1:], 0) + count
    return type(row).from_counts(counts, row.num_wires)


def test_the_rate_is_what_the_ledger_says():
    assert RATE.price(shots=1000).high_usd == pytest.approx(1.3)
