"""Journals, runs, plans and locks of runs in forked children."""

from __future__ import annotations

import os
import pickle
import sqlite3
from contextlib import closing

import pytest
from children import answer

from qgate.exceptions import OpenedInParent

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")

ORDERS = """
from dataclasses import replace
from qgate.budget import Budget, BudgetAccount
from qgate.exceptions import BudgetExceeded
from qgate.jobs.journal import Journal
from qgate.jobs.orders import Order

file = sys.argv[1]
journal = Journal(file)
journal.begin("shared")
budget_account = BudgetAccount("ours", Budget(submissions=30))

def order(key):
    return Order(key=key, run="shared", step=1, part=0, attempt=0, device="d", provider="p",
        digest="d", record=b"", rows=1, shots=1, price=None, held_shots=1, held_usd=0.0)

def buy(prefix, most):
    placed = 0
    for number in range(most):
        try:
            journal.place([order(f"{prefix}{number}")], [budget_account], what="The test")
            placed += 1
        except BudgetExceeded:
            break
    return placed
"""

ONE_JOURNAL = (
    ORDERS
    + """
buying = threading.Thread(target=lambda: found.append(buy("parent", 20)))
found = []
buying.start()
children = []
for child in range(3):
    read, write = os.pipe()
    if os.fork() == 0:
        signal.alarm(600)
        os.write(write, str(buy(f"child {child} ", 20)).encode())
        os._exit(0)
    children.append(read)
buying.join()
found += [int(os.read(read, 100)) for read in children]
for _ in children:
    os.wait()
tell([sum(found), len(journal.orders("shared")), max(found) < 30])
"""
)

IN_MEMORY = (
    ORDERS
    + """
buy("parent", 2)
tell([in_child(lambda: (buy("child", 3), len(journal.orders()))), len(journal.orders())])
"""
)

MOVED = (
    ORDERS
    + """
os.chdir(os.path.dirname(file))
journal = Journal("relative.db")
journal.begin("shared")

def elsewhere():
    os.chdir("/")
    return buy("child", 2)

tell([in_child(elsewhere), len(journal.orders()), os.path.exists("/relative.db")])
"""
)

REMOVED = (
    ORDERS
    + """
from qgate.exceptions import JournalUnreadable

def gone():
    os.remove(file)
    try:
        buy("child", 1)
    except JournalUnreadable as error:
        return [str(error), os.path.exists(file)]

tell(in_child(gone))
"""
)

USES = """
import qgate as qg
from qgate.exceptions import OpenedInParent, RunInUse

@qg.qnode("local?shots=20&seed=1")
def sampled():
    return qg.expval(qg.Z(0))

@qg.qnode("local")
def exact():
    return qg.expval(qg.Z(0))

def refused(call):
    try:
        call()
    except OpenedInParent as error:
        return pickle.dumps(error).hex()
"""

IN_A_RUN = (
    USES
    + """
def own_run():
    with qg.run("mine", sys.argv[1]) as run:
        sampled()
    return run.shots

def same_run():
    try:
        with qg.run("held", sys.argv[1]):
            pass
    except RunInUse:
        return "in use"

with qg.run("held", sys.argv[1]) as run:
    sampled()
    text = in_child(lambda: refused(sampled))
    others = [in_child(lambda: float(exact())), in_child(own_run), in_child(same_run)]
    cost = in_child(lambda: run.shots)
    sampled()
    tell([text, *others, cost, run.shots])
"""
)

IN_A_PLAN = (
    USES
    + """
def with_a_pool():
    texts.append(in_child(lambda: refused(sampled)))
    return sampled()

texts = []
plan = qg.plan(with_a_pool)()
tell([texts[0], plan.submissions])
"""
)

LEAVES = (
    USES
    + """
with qg.run("open", sys.argv[1]) as run:
    release = threading.Event()
    handle = qg.submit(release.wait)()
    pid = os.fork()
    if pid == 0:
        signal.alarm(600)
    else:
        ended = os.waitpid(pid, 0)[1]
        release.set()
if pid == 0:
    os._exit(7)
tell(os.waitstatus_to_exitcode(ended))
"""
)


def test_parent_and_children_share_a_journal_and_its_budget(tmp_path):
    file = tmp_path / "runs.db"

    bought, written, shared = answer(ONE_JOURNAL, file)

    assert (bought, written, shared) == (30, 30, True)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_child_has_a_copy_of_a_journal_in_memory():
    assert answer(IN_MEMORY, ":memory:") == [[3, 5], 2]


def test_a_child_that_has_changed_its_folder_writes_to_the_same_file(tmp_path):
    assert answer(MOVED, tmp_path / "runs.db") == [2, 2, False]


def test_a_child_makes_no_new_journal_where_the_file_was_removed(tmp_path):
    text, exists = answer(REMOVED, tmp_path / "runs.db")

    assert "it was removed meanwhile" in text
    assert not exists


def test_a_run_of_the_parent_is_refused_in_a_child_and_its_own_is_not(tmp_path):
    error, exact, own_shots, same, cost, shots = answer(IN_A_RUN, tmp_path / "runs.db")

    with pytest.raises(
        OpenedInParent, match=r"The run 'held' of .* Nothing was sent\. Open a separate run"
    ):
        raise pickle.loads(bytes.fromhex(error))
    assert (exact, own_shots, same) == (1.0, 20, "in use")
    assert (cost, shots) == (20, 40)


def test_a_plan_that_forks_is_told_that_it_would_be_incomplete():
    error, submissions = answer(IN_A_PLAN)

    with pytest.raises(OpenedInParent, match="The plan belongs to the process that opened it"):
        raise pickle.loads(bytes.fromhex(error))
    assert submissions == 1


def test_a_child_leaves_the_block_of_a_run_without_waiting_for_calls_of_the_parent(tmp_path):
    assert answer(LEAVES, tmp_path / "runs.db") == 7
