"""The file of orders: what it keeps, what it refuses."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from qgate.budget import Budget
from qgate.exceptions import BudgetExceeded, JournalUnreadable
from qgate.execution.journal import Journal
from qgate.execution.journal_schema import MIGRATIONS
from qgate.execution.orders import Order, OrderState, Purse, Spent
from qgate.prices import Price

ORDER = Order(
    key="k1",
    run="a run",
    step=1,
    part=0,
    attempt=0,
    device="shop:one",
    provider="shop",
    digest="d",
    record=b"{}",
    rows=3,
    shots=300,
    price=Price(0.5, 1.5),
    held_shots=300,
    held_usd=1.5,
)
PURSE = Purse("the purse", Budget(usd=2.0))


@pytest.fixture
def file(tmp_path):
    return str(tmp_path / "new folder" / "runs.db")


@pytest.fixture
def journal(file):
    journal = Journal(file)
    journal.begin("a run")
    return journal


def place(journal, *orders, purses=(PURSE,)):
    return journal.place(orders, purses, what="The test")


def test_an_order_comes_back_as_it_was_placed(journal, file):
    (placed,) = place(journal, ORDER)

    assert replace(placed, created_at=0.0) == ORDER
    assert journal.find("k1") == placed == Journal(file).find("k1")
    assert journal.find("k2") is None
    assert journal.runs() == ["a run"]


def test_what_happens_to_an_order_is_kept_in_order(journal):
    place(journal, ORDER)
    journal.note("k1", "not taken", "429 Too Many Requests")
    journal.sent("k1", "job 7")
    journal.finish("k1", OrderState.DONE, result=b"bits", vendor_status="COMPLETED")

    order = journal.find("k1")

    assert (order.state, order.job, order.result) == (OrderState.DONE, "job 7", b"bits")
    assert order.created_at <= order.sent_at <= order.finished_at
    assert [(what, detail) for _, what, detail in journal.history("k1")] == [
        ("not taken", "429 Too Many Requests"),
        ("sent", "job 7"),
        ("done", ""),
    ]


def test_a_budget_counts_what_is_held_until_it_is_settled(journal):
    place(journal, ORDER)
    assert journal.spent("the purse") == Spent(1, 300, 1.5)

    journal.finish("k1", OrderState.DONE, taken=Spent(1, 300, 0.7))
    assert journal.spent("the purse") == Spent(1, 300, 0.7)

    place(journal, replace(ORDER, key="k2", held_usd=1.3))
    assert journal.spent("the purse").usd == pytest.approx(2.0)


def test_all_of_a_request_is_placed_or_nothing(journal):
    with pytest.raises(BudgetExceeded, match=r"The test would take 3\.00 USD") as caught:
        place(journal, ORDER, replace(ORDER, key="k2"))

    assert journal.orders() == []
    assert journal.spent("the purse") == Spent()
    assert "allows 2.00 USD and has 0.00 USD spent" in str(caught.value)


def test_every_budget_has_to_allow_it(journal):
    purses = [Purse("rich", Budget(usd=100)), Purse("poor", Budget(shots=299))]

    with pytest.raises(BudgetExceeded, match="'poor'"):
        place(journal, ORDER, purses=purses)

    assert journal.spent("rich") == Spent()


def test_orders_of_a_run_come_in_the_order_of_its_steps(journal):
    journal.begin("another")
    place(
        journal,
        replace(ORDER, key="k2", step=2),
        replace(ORDER, key="k3", run="another", step=3),
        purses=[],
    )
    place(journal, ORDER, purses=[])

    assert [order.key for order in journal.orders("a run")] == ["k1", "k2"]
    assert {order.key for order in journal.orders()} == {"k1", "k2", "k3"}


def test_an_unknown_price_stays_unknown(journal):
    place(journal, replace(ORDER, price=None, held_usd=0.0))

    assert journal.find("k1").price is None


def test_a_database_of_another_program_is_left_alone(tmp_path):
    file = tmp_path / "other.db"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    connection.close()
    theirs = file.read_bytes()

    with pytest.raises(JournalUnreadable, match="a database of another program"):
        Journal(file)

    assert file.read_bytes() == theirs


def test_a_file_that_is_no_database_is_told(tmp_path):
    file = tmp_path / "text.db"
    file.write_text("This is not a database. " * 100)

    with pytest.raises(JournalUnreadable, match="not a database"):
        Journal(file)


def test_a_journal_of_a_newer_version_is_not_touched(journal, file):
    newer = len(MIGRATIONS) + 1
    journal.close()
    connection = sqlite3.connect(file)
    connection.execute(f"PRAGMA user_version = {newer}")
    connection.close()

    with pytest.raises(JournalUnreadable, match=f"version {newer}, .* upgrade qgate"):
        Journal(file)


def test_a_journal_survives_a_process_that_ends_in_the_middle_of_a_transaction(journal, file):
    place(journal, ORDER)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("DELETE FROM charges")
    other.close()

    assert Journal(file).spent("the purse") == Spent(1, 300, 1.5)
