"""The file of orders: contents and validation."""

from __future__ import annotations

import math
import os
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qgate.budget import Budget, BudgetAccount
from qgate.exceptions import (
    BudgetChanged,
    BudgetExceeded,
    JournalFolderMissing,
    JournalNotWritten,
    JournalUnreadable,
    OrderDamaged,
)
from qgate.jobs.journal import Journal
from qgate.jobs.journal_schema import MIGRATIONS
from qgate.jobs.orders import Order, OrderState
from qgate.prices import Price
from qgate.usage import Usage

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
ACCOUNT = BudgetAccount("the account", Budget(usd=2.0))


@pytest.fixture
def file(tmp_path):
    return str(tmp_path / "runs.db")


@pytest.fixture
def journal(file):
    journal = Journal(file)
    journal.begin("a run")
    return journal


def place(journal, *orders, budget_accounts=(ACCOUNT,)):
    return journal.place(orders, budget_accounts, what="The test")


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
    assert journal.spent("the account") == Usage(1, 300, 1.5)

    journal.finish("k1", OrderState.DONE, taken=Usage(1, 300, 0.7))
    assert journal.spent("the account") == Usage(1, 300, 0.7)

    place(journal, replace(ORDER, key="k2", held_usd=1.3))
    assert journal.spent("the account").usd == pytest.approx(2.0)


def test_all_of_a_request_is_placed_or_nothing(journal):
    with pytest.raises(BudgetExceeded, match=r"The test would take 3\.00 USD") as caught:
        place(journal, ORDER, replace(ORDER, key="k2"))

    assert journal.orders() == []
    assert journal.spent("the account") == Usage()
    assert "allows 2.00 USD and has 0.00 USD spent" in str(caught.value)


def test_every_budget_has_to_allow_it(journal):
    budget_accounts = [
        BudgetAccount("rich", Budget(usd=100)),
        BudgetAccount("poor", Budget(shots=299)),
    ]

    with pytest.raises(BudgetExceeded, match="'poor'"):
        place(journal, ORDER, budget_accounts=budget_accounts)

    assert journal.spent("rich") == Usage()


def test_orders_of_a_run_come_in_the_order_of_its_steps(journal):
    journal.begin("another")
    place(
        journal,
        replace(ORDER, key="k2", step=2),
        replace(ORDER, key="k3", run="another", step=3),
        budget_accounts=[],
    )
    place(journal, ORDER, budget_accounts=[])

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

    assert Journal(file).spent("the account") == Usage(1, 300, 1.5)


# Sums --------------------------------------------------------------------------------


def swapped(file, table, columns, first, second):
    """Exchange the values of some columns between two rows, given by their row numbers."""
    columns = ", ".join(columns)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        rows = [
            connection.execute(f"SELECT {columns} FROM {table} WHERE rowid = ?", (row,)).fetchone()
            for row in (first, second)
        ]
        for row, values in ((second, rows[0]), (first, rows[1])):
            connection.execute(
                f"UPDATE {table} SET ({columns}) = ({', '.join('?' * len(values))}) "
                "WHERE rowid = ?",
                (*values, row),
            )
        connection.commit()


AMOUNTS = st.tuples(
    st.integers(0, 3), st.integers(0, 10**6), st.floats(0, 1000).map(lambda usd: round(usd, 8))
)
STEPS = st.lists(
    st.tuples(st.sampled_from(["place", "finish", "give back"]), st.integers(0, 9), AMOUNTS),
    max_size=25,
)


@given(STEPS)
def test_running_sums_are_the_sums_over_all_orders(steps):
    """After any history of orders that are placed, settled and given back."""
    journal, budgets = Journal(), {"one": [], "two": []}
    for run in ("first", "second"):
        journal.begin(run)
    for number, (what, which, (submissions, shots, usd)) in enumerate(steps):
        placed = journal.orders()
        if what == "place" or not placed:
            held = {"held_submissions": submissions, "held_shots": shots, "held_usd": usd}
            order = replace(ORDER, key=f"k{number}", run=("first", "second")[which % 2], **held)
            names = [name for place, name in enumerate(budgets) if (which >> place) & 1]
            budget_accounts = [BudgetAccount(name, Budget(usd=1e9)) for name in names]
            place(journal, order, budget_accounts=budget_accounts)
            for name in names:
                budgets[name].append(order.key)
            continue
        taken = Usage() if what == "give back" else Usage(submissions, shots, usd)
        journal.finish(placed[which % len(placed)].key, OrderState.DONE, taken=taken)

    def over(orders):
        return Usage(
            sum(order.held_submissions for order in orders),
            sum(order.held_shots for order in orders),
            pytest.approx(math.fsum(order.held_usd for order in orders), abs=1e-9),
        )

    for run in ("first", "second"):
        assert journal.spent_by(run) == over(journal.checked_orders(run))
    for name, keys in budgets.items():
        assert journal.spent(name) == over([journal.find(key) for key in keys])


def instructions(journal, call):
    """Return how many instructions SQLite executes for a call, in tens."""
    counted = []
    journal._file.connection.set_progress_handler(lambda: counted.append(1) and 0, 10)
    call()
    journal._file.connection.set_progress_handler(None, 0)
    return len(counted)


def test_a_submission_and_the_cost_of_a_run_do_not_depend_on_the_number_of_orders():
    def work(orders):
        journal = Journal()
        journal.begin("a run")
        budget_account = BudgetAccount("p", Budget(usd=1e9))
        made = [replace(ORDER, key=f"{n:064}", step=n) for n in range(orders)]
        place(journal, *made, budget_accounts=[budget_account])
        one = replace(ORDER, key="one", step=orders)
        return (
            instructions(journal, lambda: place(journal, one, budget_accounts=[budget_account])),
            instructions(journal, lambda: journal.finish("one", OrderState.DONE)),
            instructions(journal, lambda: journal.spent_by("a run")),
        )

    few, many = work(20), work(2000)

    assert all(a <= 2 * b + 5 for a, b in zip(many, few, strict=True)), (few, many)


# Damage ------------------------------------------------------------------------------


@pytest.fixture
def two(journal, file):
    """A journal with two orders that are done, each with a charge, an event and a result."""
    place(
        journal,
        ORDER,
        replace(ORDER, key="k2"),
        budget_accounts=[BudgetAccount("p", Budget(usd=9))],
    )
    for key in ("k1", "k2"):
        journal.finish(key, OrderState.DONE, result=f"bits of {key}".encode())
    journal.close()
    return file


@pytest.mark.parametrize("columns", [["result"], ["result", "result_digest"]])
def test_results_that_were_exchanged_are_not_used(two, columns):
    swapped(two, "orders", columns, 1, 2)

    with pytest.raises((OrderDamaged, JournalUnreadable), match="damaged"):
        Journal(two).find("k1")


def test_the_error_of_a_damaged_result_names_the_command_that_gives_the_order_up(two):
    with closing(sqlite3.connect(two)) as connection:
        connection.execute("UPDATE orders SET result = X'00' WHERE key = 'k2'")
        connection.commit()
    journal = Journal(two)

    with pytest.raises(OrderDamaged, match="result of the order k2") as caught:
        journal.find("k2")

    assert f"qgate jobs --journal {two} --forget k2" in str(caught.value)
    assert journal.find("k1").result == b"bits of k1"
    assert len(journal.orders()) == 2


@pytest.mark.parametrize(
    "columns",
    [["record"], ["job", "state"], ["held_usd", "seal"], ["result", "result_digest", "seal"]],
)
def test_values_that_were_exchanged_between_orders_are_noticed(journal, file, columns):
    place(journal, ORDER, replace(ORDER, key="k2", record=b"[]", held_usd=0.1, step=2))
    journal.sent("k1", "job 1")
    journal.finish("k2", OrderState.DONE, result=b"bits")
    journal.close()
    swapped(file, "orders", columns, 1, 2)

    with pytest.raises(JournalUnreadable, match="a row of its table orders is damaged"):
        Journal(file).orders()


def test_an_order_and_its_result_under_another_key_are_noticed(two):
    with closing(sqlite3.connect(two)) as connection:
        connection.execute("UPDATE orders SET key = 'k3' WHERE key = 'k1'")
        connection.commit()

    with pytest.raises(JournalUnreadable, match="table orders is damaged"):
        Journal(two).find("k3")


def test_events_and_charges_that_were_exchanged_are_noticed(journal, file):
    place(journal, ORDER, budget_accounts=[BudgetAccount("p", Budget(usd=9))])
    place(journal, replace(ORDER, key="k2"), budget_accounts=[BudgetAccount("q", Budget(usd=9))])
    for key in ("k1", "k2"):
        journal.note(key, "not taken", key)
    journal.close()

    swapped(file, "events", ["key"], 1, 2)
    swapped(file, "charges", ["account"], 1, 2)

    with pytest.raises(JournalUnreadable, match="table events is damaged"):
        Journal(file).history("k1")
    with pytest.raises(JournalUnreadable, match="table charges is damaged"):
        Journal(file).finish("k1", OrderState.DONE)


def test_what_precedes_a_request_is_on_the_disk_and_what_can_be_asked_again_need_not_be(journal):
    statements = []
    journal._file.connection.set_trace_callback(statements.append)

    place(journal, ORDER)
    journal.note("k1", "attempt")
    journal.sent("k1", "job")
    journal.finish("k1", OrderState.DONE, durable=False)
    journal.finish("k1", OrderState.DONE)

    levels, level = [], "FULL"
    for statement in statements:
        if statement.startswith("PRAGMA synchronous"):
            level = statement.split()[-1]
        if statement == "COMMIT":
            levels.append(level)
    assert levels == ["FULL", "FULL", "NORMAL", "NORMAL", "FULL"]


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM orders WHERE key = 'k1'",
        "DELETE FROM totals WHERE kind = 'run'",
    ],
)
def test_orders_that_are_missing_are_noticed(two, change):
    with closing(sqlite3.connect(two)) as connection:
        connection.execute(change)
        connection.commit()

    with pytest.raises(JournalUnreadable, match="orders of the run 'a run' are missing"):
        Journal(two).checked_orders("a run")


def test_sums_of_a_budget_that_are_missing_are_noticed(two):
    with closing(sqlite3.connect(two)) as connection:
        connection.execute("DELETE FROM totals WHERE kind = 'budget'")
        connection.commit()

    with pytest.raises(JournalUnreadable, match="sums of the budget 'p' are missing"):
        place(
            Journal(two),
            replace(ORDER, key="k3"),
            budget_accounts=[BudgetAccount("p", Budget(usd=9))],
        )


def test_sums_that_were_changed_are_noticed(two):
    with closing(sqlite3.connect(two)) as connection:
        connection.execute("UPDATE totals SET nano_usd = 0")
        connection.commit()

    with pytest.raises(JournalUnreadable, match="table totals is damaged"):
        place(
            Journal(two),
            replace(ORDER, key="k3"),
            budget_accounts=[BudgetAccount("p", Budget(usd=9))],
        )


# Files -------------------------------------------------------------------------------


def modes(folder):
    return {item.name: item.stat().st_mode & 0o777 for item in folder.iterdir()}


def test_a_journal_and_its_side_files_are_for_the_owner_only(tmp_path):
    before = os.umask(0)
    try:
        journal = Journal(tmp_path / "runs.db")
        journal.begin("a run")
        found = modes(tmp_path)
    finally:
        os.umask(before)

    assert found.keys() == {"runs.db", "runs.db-wal", "runs.db-shm"}
    assert set(found.values()) == {0o600}


def test_a_journal_behind_a_link_is_made_for_the_owner_only(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "runs.db").symlink_to(tmp_path / "real" / "runs.db")

    Journal(tmp_path / "runs.db").close()

    assert modes(tmp_path / "real") == {"runs.db": 0o600}


@pytest.mark.parametrize("place", ["folder", "file/below", "nul\0", "~nobody-of-this-name/x"])
def test_a_place_where_no_journal_can_be_is_refused(tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")

    with pytest.raises(JournalUnreadable, match="cannot be used"):
        Journal(place)


@pytest.mark.parametrize("place", ["nowhere/j.db", "nowhere/else/j.db"])
def test_a_mistyped_path_of_a_journal_does_not_become_a_folder(tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(JournalFolderMissing, match=r"no folder .*nowhere.*mkdir -p"):
        Journal(place)

    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_leaves_the_journal_usable(journal, file):
    """SQLite refuses to let the file grow, as it does on a full disk."""
    pages = journal._file.connection.execute("PRAGMA page_count").fetchone()[0]
    journal._file.connection.execute(f"PRAGMA max_page_count = {pages}")
    place(journal, ORDER)

    with pytest.raises(JournalNotWritten, match=r"full.*Free disk space"):
        journal.finish("k1", OrderState.DONE, result=os.urandom(100_000))
    assert journal.find("k1").state is OrderState.INTENDED

    journal._file.connection.execute("PRAGMA max_page_count = 100000")
    journal.finish("k1", OrderState.DONE, result=b"bits")
    assert Journal(file).find("k1").result == b"bits"


def test_numbers_that_sqlite_does_not_hold_are_refused(journal):
    with pytest.raises(JournalNotWritten, match="too large"):
        place(journal, replace(ORDER, shots=2**63), budget_accounts=[])

    assert journal.orders() == []


def test_words_of_a_provider_that_are_no_text_are_written_down(journal):
    place(journal, ORDER)

    journal.finish("k1", OrderState.FAILED, reason="bad \ud800 byte")

    assert journal.find("k1").reason == "bad ? byte"


# Limits of named budgets -------------------------------------------------------------


def test_the_limit_of_a_named_budget_is_stored(journal, file):
    shared = Budget(usd=2, name="shared")
    place(journal, ORDER, budget_accounts=[BudgetAccount("shared", shared)])

    with pytest.raises(BudgetChanged, match=r"given as 20\.00 USD, .* has it with 2\.00 USD"):
        Journal(file).agree(Budget(usd=20, name="shared"))
    with pytest.raises(BudgetChanged, match="--usd 20 'shared'"):
        place(
            Journal(file),
            replace(ORDER, key="k2"),
            budget_accounts=[BudgetAccount("shared", Budget(usd=20, name="shared"))],
        )

    assert journal.find("k2") is None
    journal.change_limits("shared", {"usd": 20})
    Journal(file).agree(Budget(usd=20, name="shared"))
    assert journal.limits() == [Budget(usd=20, name="shared")]
