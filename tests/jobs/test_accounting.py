"""Settlement of orders in the journal; jobs billed by time may cost more than reserved."""

from __future__ import annotations

import warnings

import pytest
from shop import ShopDevice

import qgate as qg
from qgate.exceptions import (
    BudgetExceeded,
    JobFailed,
    ReservationExceededWarning,
    UnknownJobStatus,
)
from qgate.jobs.journal import Journal
from qgate.jobs.orders import OrderState
from qgate.jobs.resumption import resume
from qgate.prices import Price


class Meter(ShopDevice):
    """Device of the shop whose jobs are billed by time: the next price of a list."""

    def __init__(self, file, *charges, **options):
        super().__init__(file, **options)
        self.charges = list(charges)

    def reopen(self, id, record):
        return billed(super().reopen(id, record))

    def send(self, sweeps, *, token):
        return billed(super().send(sweeps, token=token))


def billed(job):
    job.cost = lambda: Price.exactly(job.device.charges.pop(0))
    return job


@pytest.fixture
def files(tmp_path):
    return str(tmp_path / "shop.db"), str(tmp_path / "runs.db")


def call(device, journal, *, calls=1, usd=5):
    @qg.qnode(device)
    def circuit():
        return qg.expval(qg.Z(0))

    with qg.run("metered", journal, budget=qg.Budget(usd=usd)) as run:
        for _ in range(calls):
            circuit()
    return run


def test_a_job_that_cost_more_than_was_reserved_is_reported_and_counted_in_full(files):
    with pytest.warns(
        ReservationExceededWarning, match=r"cost 3\.0000 USD, and 0\.4000 USD were reserved"
    ):
        run = call(Meter(files[0], 3.0), files[1])

    assert run.cost == 3.0
    (order,) = run.records
    assert any(what == "above reservation" for _, what, _ in run.journal.history(order.key))


def test_further_orders_are_refused_once_the_budget_is_exceeded(files):
    device = Meter(files[0], 3.0, 2.5, 0.4)

    with (
        pytest.warns(ReservationExceededWarning),
        pytest.raises(BudgetExceeded, match=r"allows 5\.00 USD and has 5\.50 USD"),
    ):
        call(device, files[1], calls=3)

    assert device.shop.jobs == 2


def test_a_job_that_failed_and_cost_more_is_reported_as_well(files):
    def interfere(device, what, times):
        if what == "after send":
            device.shop.set_status(str(times), "FAILED")

    with pytest.warns(ReservationExceededWarning), pytest.raises(JobFailed, match="cold"):
        call(Meter(files[0], 1.0, 1.0, 1.0, interfere=interfere), files[1])

    assert Journal(files[1]).spent_by("metered").usd == 3.0


def test_a_result_that_is_fetched_without_the_program_is_reported_as_well(files):
    def interfere(device, what, times):
        if what == "poll":
            raise UnknownJobStatus(device=device.name, job="1", status="?", waited_s=0.0)

    with pytest.raises(UnknownJobStatus, match="does not know"):
        call(Meter(files[0], interfere=interfere), files[1])

    with pytest.warns(ReservationExceededWarning):
        told = list(resume(Journal(files[1]), lambda name: Meter(files[0], 2.0)))

    assert [what for _, what in told] == ["done"]
    assert Journal(files[1]).spent_by("metered").usd == 2.0


def test_a_warning_that_is_made_an_error_loses_nothing(files):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ReservationExceededWarning):
            call(Meter(files[0], 3.0), files[1])

    (order,) = Journal(files[1]).orders()
    assert (order.state, order.held_usd) == (OrderState.DONE, 3.0)
    assert call(Meter(files[0]), files[1]).replayed == 1
