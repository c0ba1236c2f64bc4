"""Opening and closing a run: its keys, lock, budget and usage."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from shop import ShopDevice

import qgate as qg
from qgate.exceptions import (
    BudgetChanged,
    BudgetExceeded,
    InvalidBudget,
    InvalidParameters,
    InvalidRun,
    JournalNotWritten,
    JournalUnreadable,
    RunDiverged,
)
from qgate.jobs.journal import MEMORY, Journal
from qgate.jobs.runs import implicit_run


@pytest.fixture
def shop(tmp_path):
    return str(tmp_path / "shop.db")


@pytest.fixture
def file(tmp_path):
    return str(tmp_path / "runs.db")


def circuit_on(device):
    @qg.qnode(device)
    def circuit(angle):
        qg.RX(angle, wires=0)
        return qg.expval(qg.Z(0))

    return circuit


def called(device, journal, name="experiment", **options):
    with qg.run(name, journal=journal, **options) as run:
        return float(circuit_on(device)(1.3)), run


# Keys ----------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["other.db", MEMORY])
def test_the_same_run_of_another_journal_is_submitted_for_itself(shop, file, tmp_path, other):
    device = ShopDevice(shop)
    other = other if other == MEMORY else str(tmp_path / other)

    for journal in (file, file, other):
        called(device, journal)

    assert device.shop.jobs == 2
    assert len(set(device.shop.tokens)) == 2


def test_two_journals_in_memory_are_two_experiments(shop):
    device = ShopDevice(shop)

    for _ in range(2):
        called(device, MEMORY)

    assert device.shop.jobs == 2


def test_a_copy_of_a_journal_finds_what_the_first_one_submitted(shop, file, tmp_path):
    device = ShopDevice(shop)
    value, run = called(device, file)
    run.journal.close()
    copy = tmp_path / "copy.db"
    copy.write_bytes(Path(file).read_bytes())

    again, repeated = called(device, str(copy))

    assert again == value
    assert (repeated.replayed, device.shop.jobs) == (1, 1)


def test_what_runs_here_draws_the_same_shots_from_its_seed_with_any_journal(file):
    found = [
        called(qg.device("local?shots=50&seed=3"), journal)[0] for journal in (file, MEMORY, MEMORY)
    ]

    assert len(set(found)) == 1


def test_runs_without_a_name_differ_between_processes_of_equal_pid_and_second():
    assert re.fullmatch(r"unnamed \S+ \S+ \d+ [0-9a-f]{8}", implicit_run().name)


# Opening and closing -------------------------------------------------------------------


def test_an_error_while_a_run_opens_leaves_it_free(shop, file):
    device = ShopDevice(shop)
    called(device, file)
    with closing(sqlite3.connect(file)) as connection:
        orders = connection.execute("SELECT shots FROM orders").fetchall()
        connection.execute("UPDATE orders SET shots = shots + 1")
        connection.commit()
    for _ in range(2):  # the second time it would be in use, if it had stayed locked
        with (
            pytest.raises(JournalUnreadable, match="orders is damaged"),
            qg.run("experiment", file),
        ):
            pass

    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE orders SET shots = ?", orders[0])
        connection.commit()
    assert called(device, file)[1].replayed == 1


def test_an_interrupted_wait_at_the_end_leaves_a_run_free(file, monkeypatch):
    run = qg.run("experiment", file)
    monkeypatch.setattr(run.background, "wait", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt), run:
        pass

    with qg.run("experiment", file):
        pass


def test_a_place_without_a_lock_is_told(file):
    Path(f"{file}-lock").mkdir()

    with pytest.raises(JournalNotWritten, match="cannot be written"), qg.run("experiment", file):
        pass


@pytest.mark.parametrize("name", [None, 5, "", "  ", "two\nlines", "nul\0", "\ud800"])
def test_a_run_without_a_name_that_can_be_written_is_refused(file, name):
    with pytest.raises(InvalidRun, match="not a line of text"):
        qg.run(name, file)


def test_a_journal_that_is_no_path_is_refused():
    with pytest.raises(InvalidRun, match="journal is 5"):
        qg.run("experiment", 5)


# Budgets -------------------------------------------------------------------------------


ANGLE = qg.numpy.array(0.3, requires_grad=True)

WITH_BUDGETS = {
    "run": lambda node, file, budget: qg.run("experiment", file, budget=budget),
    "plan": lambda node, file, budget: qg.plan(node, budget=budget),
    "minimize": lambda node, file, budget: qg.minimize(node, ANGLE, budget=budget, steps=1),
    "estimate": lambda node, file, budget: qg.estimate(node, budget),
    "gradient_estimate": lambda node, file, budget: qg.gradient_estimate(node, budget),
}


@pytest.mark.parametrize("function", WITH_BUDGETS)
@pytest.mark.parametrize("budget", [0.7, 0, -5, "20", {"usd": 20}, True, float("nan")])
def test_what_is_neither_a_budget_nor_a_number_of_shots_is_refused(function, file, budget):
    with pytest.raises(
        InvalidBudget, match=r"one of shots; qg\.Budget\(usd=\.\.\.\) limits dollars"
    ):
        WITH_BUDGETS[function](circuit_on("local?shots=10"), file, budget)

    assert not Path(file).exists()


def test_a_plain_number_limits_the_shots_of_a_run(file):
    with qg.run("experiment", file, budget=250) as run:
        for _ in range(2):
            circuit_on("local?shots=100")(0.3)
        with pytest.raises(BudgetExceeded, match="which allows 250 shots"):
            circuit_on("local?shots=100")(0.3)

    assert run.budget == qg.Budget(shots=250)


def test_a_plain_number_limits_the_shots_of_a_plan():
    assert qg.plan(circuit_on("local?shots=100"), budget=100)(0.3).run() is not None
    with pytest.raises(BudgetExceeded, match="which allows 50 shots"):
        qg.plan(circuit_on("local?shots=100"), budget=50)(0.3).run()


def test_a_plain_number_limits_the_shots_of_a_minimization_and_of_estimates():
    @qg.qnode("local?shots=100", diff_method="parameter-shift")
    def energy(angle):
        qg.RX(angle, wires=0)
        return qg.expval(qg.Z(0))

    assert qg.estimate(energy, 40)(ANGLE).shots == 40
    assert qg.gradient_estimate(energy, 60)(ANGLE).shots == 60
    assert qg.minimize(energy, ANGLE, steps=9, budget=1000).history.shots <= 1000


def test_another_number_under_the_name_of_a_budget_is_refused_before_anything_is_sent(shop, file):
    device = ShopDevice(shop)
    called(device, file, name="one", budget=qg.Budget(usd=1, name="shared"))

    for limit in (qg.Budget(usd=100, name="shared"), qg.Budget(shots=9000, name="shared")):
        with pytest.raises(BudgetChanged, match=r"has it with 1\.00 USD"):
            called(device, file, name="two", budget=limit)

    assert device.shop.jobs == 1
    called(device, file, name="two", budget=qg.Budget(usd=1, name="shared"))
    assert device.shop.jobs == 2


def test_a_run_without_a_name_for_its_budget_may_raise_it(shop, file):
    device = ShopDevice(shop)
    for usd in (1, 100):
        called(device, file, budget=qg.Budget(usd=usd))

    assert device.shop.jobs == 1


# Usage ---------------------------------------------------------------------------------


def test_the_cost_of_a_run_reads_no_results(shop, file):
    _, run = called(ShopDevice(shop), file)
    asked = []
    run.journal._file.connection.set_trace_callback(asked.append)

    assert (run.cost, run.shots, run.submissions) == (0.4, 100, 1)

    assert asked
    assert not [query for query in asked if "result" in query or "orders WHERE" in query]


def test_a_run_is_opened_and_listed_without_results(shop, file):
    _, run = called(ShopDevice(shop), file)

    assert [order.result for order in run.records] == [None]
    assert run.journal.find(run.records[0].key).result


def test_an_order_that_its_index_lost_is_not_submitted_again(shop, file, monkeypatch):
    device = ShopDevice(shop)
    called(device, file, ordered=False)
    monkeypatch.setattr(Journal, "find", lambda journal, key, **options: None)

    with pytest.raises(JournalUnreadable, match="not in its index"):
        called(device, file, ordered=False)

    assert device.shop.jobs == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"initial_layout": (0, 1)}, {"initial_layout": [2, 3]}),
        (
            {"wires": ["a", 0], "optimization_level": 0},
            {"wires": ["a", 0], "optimization_level": 3},
        ),
        ({"shots": [10, 20], "seed": 1}, {"shots": [10, 20], "seed": 2}),
    ],
)
def test_options_that_stand_in_no_string_tell_devices_apart_as_well(one, other):
    devices = [qg.device("qiskit:fake_manila", **options) for options in (one, other)]

    assert [device.config for device in devices] == [None, None]
    assert devices[0].identity != devices[1].identity
    assert devices[0].identity == qg.device("qiskit:fake_manila", **one).identity


def test_results_of_another_layout_are_not_taken_from_the_journal(file):
    one, other = (
        qg.device("qiskit:fake_manila", initial_layout=layout, shots=10, seed=1)
        for layout in ((0,), (3,))
    )
    called(one, file)

    with pytest.raises(RunDiverged, match="asks for something that is not in the record"):
        called(other, file)


def test_a_function_that_accepts_no_line_is_no_progress(tmp_path):
    with pytest.raises(InvalidParameters, match="run was given progress="):
        qg.run("a", tmp_path / "runs.db", progress=lambda: None)

    assert not list(tmp_path.iterdir())
