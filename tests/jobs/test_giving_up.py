"""One order is given up: only it is submitted again, and its cost stays counted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shop import Lost, RowFailure, ShopDevice, WrongResult

import qgate as qg
from qgate.exceptions import (
    BudgetExceeded,
    CanaryFailed,
    CreationUnknown,
    NoSuchOrder,
    RunInUse,
)
from qgate.exceptions import WrongResult as Wrong
from qgate.jobs.giving_up import give_up
from qgate.jobs.journal import Journal
from qgate.jobs.orders import OrderState
from qgate.usage import Usage


@pytest.fixture
def files(tmp_path):
    return str(tmp_path / "shop.db"), str(tmp_path / "runs.db")


def values(device, journal, **options):
    """Return three values, each from a separate submission, and the run."""

    @qg.qnode(device)
    def circuit(angle):
        qg.RX(angle, wires=0)
        return qg.expval(qg.Z(0))

    with qg.run("experiment", journal=journal, **options) as run:
        return [float(circuit(angle)) for angle in (0.3, 0.8, 1.3)], run


def test_only_the_order_that_was_given_up_is_submitted_again(files):
    device = ShopDevice(files[0])
    before, run = values(device, files[1])
    first, second, third = (order.key for order in run.records)

    given_up = give_up(run.journal, second[:12])
    after, run = values(device, files[1])

    assert (given_up.key, given_up.state) == (second, OrderState.DONE)
    assert [after[0], after[2]] == [before[0], before[2]]
    assert (device.shop.jobs, run.replayed) == (4, 2)
    assert {order.key for order in run.records} > {first, second, third}
    assert run.spent == Usage(4, 400, pytest.approx(1.6))
    assert values(device, files[1])[0] == after  # and not a third time
    assert device.shop.jobs == 4


def test_what_was_given_up_leaves_less_of_the_budget(files):
    device = ShopDevice(files[0])
    budget = qg.Budget(submissions=3)
    _, run = values(device, files[1], budget=budget)
    give_up(run.journal, run.records[0].key)

    with pytest.raises(BudgetExceeded, match="allows 3 submissions and has 3"):
        values(device, files[1], budget=budget)

    assert device.shop.jobs == 3


def test_a_run_goes_on_after_known_answers_failed(files):
    device = ShopDevice(files[0], canary=True)

    def flip(results):
        entries, known = results[:-1], results[-1]
        return [*entries, ([known[0][1], known[0][0]],)]

    device.spoil = flip
    with pytest.raises(CanaryFailed, match="qgate jobs --forget KEY") as caught:
        values(device, files[1])
    (order,) = Journal(files[1]).orders()
    assert any(f"--forget {order.key[:16]}" in note for note in caught.value.__notes__)
    device.spoil = list

    give_up(Journal(files[1]), order.key)
    _, run = values(device, files[1])

    states = [each.state for each in run.records]
    assert states == [OrderState.GIVEN_UP, *[OrderState.DONE] * 3]


def test_a_run_goes_on_after_a_result_that_is_damaged_at_the_provider(files):
    def interfere(device, what, times):
        if what == "fetch":
            raise WrongResult(device="shop:one", reason="half of it is missing")

    device = ShopDevice(files[0], interfere=interfere)
    device.patience_s = 0.1
    with pytest.raises(Wrong, match="qgate jobs --forget KEY") as caught:
        values(device, files[1])
    (order,) = Journal(files[1]).orders()
    assert order.state is OrderState.SENT
    assert any(f"--forget {order.key[:16]}" in note for note in caught.value.__notes__)

    give_up(Journal(files[1]), order.key)
    device.interfere = None
    values(device, files[1])

    assert device.shop.jobs == 4


def test_an_order_of_which_nobody_can_tell_is_given_up_with_its_reservation(files):
    class LateInput(ShopDevice):
        searchable = False

        def send(self, sweeps, *, token):
            raise Lost("connection reset")

        def find(self, token, *, since):
            raise CreationUnknown(device=self.name, reason="no list of jobs", tried_s=0.0)

    for _ in range(2):
        with pytest.raises(CreationUnknown, match="qgate jobs --forget KEY") as caught:
            values(LateInput(files[0], unique=False), files[1])
    (order,) = Journal(files[1]).orders()
    assert order.state is OrderState.INTENDED
    told = " ".join([str(caught.value), *getattr(caught.value, "__notes__", [])])
    assert f"--forget {order.key[:16]}" in told

    give_up(Journal(files[1]), order.key)
    _, run = values(ShopDevice(files[0]), files[1])

    assert run.records[0].state is OrderState.GIVEN_UP
    assert run.spent.usd == pytest.approx(4 * 0.4)


def test_rows_that_failed_and_were_submitted_again_are_given_up_by_themselves(files):
    device = ShopDevice(files[0])

    def fail_once(results):
        device.spoil = list
        return [([RowFailure("cold"), *rows[1:]],) for (rows,) in results]

    device.spoil = fail_once

    @qg.qnode(device, diff_method="parameter-shift")
    def circuit(angle):
        qg.RX(angle, wires=0)
        return qg.expval(qg.Z(0))

    def gradient():
        with qg.run("rows", journal=files[1]) as run:
            return qg.grad(circuit)(qg.numpy.array(0.4, requires_grad=True)), run

    gradient()
    first, again = Journal(files[1]).orders("rows")
    assert (first.rows, again.rows) == (3, 1)

    give_up(Journal(files[1]), again.key)
    _, run = gradient()

    assert [order.attempt for order in run.records] == [0, 1, 2]
    assert device.shop.jobs == 3


@pytest.mark.parametrize(
    ("key", "told"), [("zz", "no key begins like this"), ("", "no key begins like this")]
)
def test_a_key_that_no_order_has_is_told(files, key, told):
    _, run = values(ShopDevice(files[0]), files[1])

    with pytest.raises(NoSuchOrder, match=told):
        give_up(run.journal, key)


def test_a_beginning_that_two_keys_share_is_refused(files):
    _, run = values(ShopDevice(files[0]), files[1])
    order = run.records[0]
    other = replace(order, key=f"{order.key[:20]}-another", run="experiment")
    run.journal.place([other], [], what="A test")

    with pytest.raises(NoSuchOrder, match="2 keys begin like this"):
        give_up(run.journal, order.key[:20])
    assert give_up(run.journal, order.key[:21]).key == order.key


def test_orders_of_an_open_run_and_those_that_are_submitted_again_anyway_are_not_given_up(files):
    device = ShopDevice(files[0])
    _, run = values(device, files[1])
    key = run.records[0].key

    with qg.run("experiment", files[1], ordered=False), pytest.raises(RunInUse, match="experiment"):
        give_up(run.journal, key)
    give_up(run.journal, key)

    with pytest.raises(NoSuchOrder, match="is given up, and the next run submits it again anyway"):
        give_up(run.journal, key)
