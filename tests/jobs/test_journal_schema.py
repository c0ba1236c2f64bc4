"""Journals of older versions are migrated to this one, once, and completely or not at all."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from shop import Shop, ShopDevice
from tenacity import stop_after_delay

import qgate as qg
from qgate.exceptions import JournalUnreadable
from qgate.jobs import journal_file, journal_schema
from qgate.jobs.journal import Journal
from qgate.jobs.journal_schema import MIGRATIONS, migrate
from qgate.jobs.orders import OrderState

OLDEST = """
CREATE TABLE runs (name TEXT PRIMARY KEY, created_at REAL NOT NULL, qgate TEXT NOT NULL);
CREATE TABLE orders (
    key TEXT PRIMARY KEY, run TEXT NOT NULL REFERENCES runs (name), step INTEGER NOT NULL,
    part INTEGER NOT NULL, attempt INTEGER NOT NULL, device TEXT NOT NULL, provider TEXT NOT NULL,
    digest TEXT NOT NULL, record BLOB NOT NULL, rows INTEGER NOT NULL, shots INTEGER NOT NULL,
    low_usd REAL, high_usd REAL, state TEXT NOT NULL, job TEXT,
    vendor_status TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', result BLOB,
    held_submissions INTEGER NOT NULL, held_shots INTEGER NOT NULL, held_usd REAL NOT NULL,
    settled INTEGER NOT NULL DEFAULT 0, created_at REAL NOT NULL, sent_at REAL, finished_at REAL
);
CREATE INDEX orders_of_a_run ON orders (run, step, part, attempt);
CREATE INDEX orders_by_state ON orders (state);
CREATE TABLE charges (
    key TEXT NOT NULL REFERENCES orders (key), purse TEXT NOT NULL, PRIMARY KEY (key, purse)
);
CREATE INDEX charges_to_a_purse ON charges (purse);
CREATE TABLE events (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL REFERENCES orders (key), at REAL NOT NULL,
    what TEXT NOT NULL, detail TEXT NOT NULL
);
CREATE INDEX events_of_an_order ON events (key);
PRAGMA application_id = 1902600564;
PRAGMA user_version = 1;
"""
"""Version 1, as the first release wrote it; never edit it."""

SECOND = Path(__file__).with_name("version_2")
"""A journal as commit 8e005c5 wrote it, and the jobs that its provider has; never edit them.

Its two runs were killed in their second of three calls: "waiting" after it had the id of a job,
"unanswered" before.
"""

TOKENS = (
    "4bc4fbfdae49fb36f38fed3592b0070ca7983f42a18981a458d0650a193f9bcf",
    "998cff12a3a4198bbc7c6f468eb72b9ca7cf8c4812c11fb45f79421dcd3a3df4",
    "119838cc3f42f1b81876f7c835073d2550511387b7a86d7481a9cd7314b23a90",
    "741debc79fb5f9ab88b20db2a5b2ddf9361d50eab96a564400a5b1788f478af4",
    "0107560887e37cd4cde909cef37719a47a9eec67a196db7395f93508d2a79a4d",
    "eae0bc5277811b31b70ac2cdf7ed86d9679d4da84ea3f4523f9fdf3ef774796c",
)
"""The tokens of all jobs after commit 8e005c5 itself had continued both runs."""

COLUMNS = {
    "runs": "name, created_at, qgate",
    "orders": "key, run, step, part, attempt, device, provider, digest, record, rows, shots, "
    "low_usd, high_usd, state, job, vendor_status, reason, result, held_submissions, held_shots, "
    "held_usd, settled, created_at, sent_at, finished_at",
    "charges": "key, purse",
    "events": "id, key, at, what, detail",
}

NEXT = """
CREATE TABLE IF NOT EXISTS marks (x);
INSERT INTO marks VALUES (1);
ALTER TABLE orders ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'
"""
"""A made-up version, whose traces count how often it was run."""

FAILING = """
UPDATE orders SET shots = 0;
UPDATE orders SET no_such_column = 0
"""


UNFINISHED = """
UPDATE orders SET state = 'sent', result = NULL, vendor_status = '', finished_at = NULL, settled = 0
WHERE key = ?
"""


@pytest.fixture(params=["this version", "a next version"])
def migrations(request, monkeypatch):
    """The current migrations, and those of a future version."""
    if request.param == "a next version":
        monkeypatch.setattr(journal_schema, "MIGRATIONS", (*MIGRATIONS, NEXT))
    return journal_schema.MIGRATIONS


@pytest.fixture
def old(tmp_path):
    """An empty journal of version 1."""
    file = str(tmp_path / "old.db")
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(OLDEST)
    return file


@pytest.fixture
def second(tmp_path):
    """A journal of version 2, and the file of its provider."""
    return restored("runs", tmp_path), restored("shop", tmp_path)


def restored(name, folder):
    """Return a database as it was when its statements were written down."""
    file = str(folder / f"second {name}.db")
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((SECOND / f"{name}.sql").read_text())
    return file


def copied(new, old):
    """Copy a journal into one of version 1."""
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("ATTACH ? AS new", (new,))
        for table, columns in COLUMNS.items():
            now = columns.replace("purse", "account")
            connection.execute(f"INSERT INTO {table} ({columns}) SELECT {now} FROM new.{table}")
        connection.commit()


def without_id(file):
    """Create a journal whose runs have the keys of version 1, which had no id of the journal."""
    Journal(file).close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE identity SET id = ''")
        connection.commit()
    return file


def content(file):
    """Return the whole content of a file, and its version."""
    with closing(sqlite3.connect(file)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        return version, list(connection.iterdump())


def marks(file):
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT COUNT(*) FROM marks").fetchone()[0]


def train(device, journal, *, steps=2, name="training", **options):
    """Call a circuit a few times within a run."""

    @qg.qnode(device)
    def circuit(angle):
        qg.RX(angle, wires=0)
        return qg.expval(qg.Z(0))

    with qg.run(name, journal=journal, **options) as run:
        values = [float(circuit(0.3 + step)) for step in range(steps)]
    return values, run


def test_an_old_journal_replays_what_is_finished_and_waits_for_what_is_not(
    tmp_path, old, migrations
):
    shop, journal = str(tmp_path / "shop.db"), without_id(str(tmp_path / "runs.db"))
    values, whole = train(ShopDevice(shop), journal)
    copied(journal, old)
    with closing(sqlite3.connect(old)) as connection:
        connection.execute(UNFINISHED, (whole.records[1].key,))
        connection.commit()

    device = ShopDevice(shop)
    again, run = train(device, old)

    assert again == values
    assert [order.state for order in run.records] == [OrderState.DONE, OrderState.DONE]
    assert run.records[0] == whole.records[0]
    assert device.counts == {"reopen": 1, "poll": 1, "fetch": 1}  # of the second, nothing else
    assert run.spent == whole.spent
    assert content(old)[0] == len(migrations)


def test_an_old_journal_gets_the_tables_of_a_new_one(tmp_path, old, migrations):
    new = str(tmp_path / "new.db")
    Journal(new).close()

    Journal(old).close()

    def tables(file):
        with closing(sqlite3.connect(file)) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
            return {
                name: connection.execute(f"SELECT * FROM pragma_table_xinfo('{name}')").fetchall()
                for name in names
            }

    assert tables(old) == tables(new)
    assert content(old)[0] == content(new)[0] == len(migrations)


@pytest.mark.parametrize("migrations", ["a next version"], indirect=True)
def test_a_migration_is_run_once_however_often_a_journal_is_opened(old, migrations):
    for _ in range(3):
        Journal(old).close()

    assert marks(old) == 1


def test_a_migration_that_fails_leaves_the_journal_as_it_was(tmp_path, old, monkeypatch):
    journal = str(tmp_path / "runs.db")
    train(ShopDevice(str(tmp_path / "shop.db")), journal)
    copied(journal, old)
    before = content(old)

    with monkeypatch.context() as context:
        context.setattr(journal_schema, "MIGRATIONS", (*MIGRATIONS, NEXT, FAILING))
        with pytest.raises(JournalUnreadable, match="no_such_column"):
            Journal(old)

    assert content(old) == before
    assert Journal(old).orders() == Journal(journal).orders()


OPEN = """
import sys
from qgate.jobs import journal_schema
from qgate.jobs.journal import Journal

journal_schema.MIGRATIONS += (sys.argv[1],)
print("ready", flush=True)
sys.stdin.readline()
for file in sys.argv[2:]:
    Journal(file).close()
"""


def test_processes_that_open_a_journal_at_once_migrate_it_once(tmp_path):
    files = [str(tmp_path / f"{number}.db") for number in range(12)]
    scripts = {1: OLDEST, 2: (SECOND / "runs.sql").read_text()}
    for number, file in enumerate(files):
        if number % 3:  # the others are made by the processes
            with closing(sqlite3.connect(file)) as connection:
                connection.executescript(scripts[number % 3])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, NEXT, *files],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    try:
        assert [process.stdout.readline() for process in processes] == ["ready\n"] * 2
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        told = [process.communicate(timeout=240)[1] for process in processes]
    finally:
        for process in processes:
            process.kill()

    assert [process.returncode for process in processes] == [0, 0], told
    assert [marks(file) for file in files] == [1] * len(files)
    assert {content(file)[0] for file in files} == {len(MIGRATIONS) + 1}


def test_a_journal_in_use_is_waited_for_where_sqlite_does_not_wait(old):
    with closing(sqlite3.connect(old)) as connection:
        connection.executescript("PRAGMA journal_mode = DELETE")  # so that opening changes it

    with closing(sqlite3.connect(old, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = threading.Timer(0.5, other.execute, ["COMMIT"])
        done.start()
        Journal(old).close()
        done.join(240)

    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_journal_in_use_for_too_long_is_refused(old, monkeypatch):
    Journal(old).close()  # SQLite itself waits for a migration
    monkeypatch.setattr(journal_file.opened.retry, "stop", stop_after_delay(0.2))

    with closing(sqlite3.connect(old, isolation_level=None)) as other:
        other.executescript("PRAGMA journal_mode = DELETE; BEGIN IMMEDIATE")
        with pytest.raises(JournalUnreadable, match="database is locked"):
            Journal(old)


def opened_while(old, what):
    """Open a journal on a thread, and run a function when it is about to migrate."""
    about, failed = threading.Event(), []

    def open_it():
        with closing(sqlite3.connect(old, timeout=60, isolation_level=None)) as connection:
            connection.set_trace_callback(
                lambda statement: about.set() if statement.startswith("BEGIN") else None
            )
            try:
                migrate(connection, old)
            except JournalUnreadable as error:
                failed.append(error)

    thread = threading.Thread(target=open_it)
    with closing(sqlite3.connect(old, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        thread.start()
        assert about.wait(240)
        what(other)
        other.execute("COMMIT")
    thread.join(240)
    assert not thread.is_alive()
    return failed


@pytest.mark.parametrize("migrations", ["a next version"], indirect=True)
def test_a_journal_that_another_is_migrating_is_waited_for(old, migrations):
    def migrated(other):
        for statement in (*NEXT.split(";"), f"PRAGMA user_version = {len(migrations)}"):
            other.execute(statement)

    assert opened_while(old, migrated) == []

    assert marks(old) == 1


@pytest.mark.parametrize("migrations", ["a next version"], indirect=True)
def test_a_journal_that_a_newer_version_is_migrating_is_refused(old, migrations):
    newer = len(migrations) + 1

    (error,) = opened_while(old, lambda other: other.execute(f"PRAGMA user_version = {newer}"))

    assert f"it has version {newer}" in str(error)
    assert content(old)[0] == newer


def test_a_row_that_was_damaged_before_rows_had_seals_is_refused(tmp_path, old):
    journal = without_id(str(tmp_path / "runs.db"))
    train(ShopDevice(str(tmp_path / "shop.db")), journal)
    copied(journal, old)
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("UPDATE orders SET held_usd = 'much' WHERE step = 2")
        connection.commit()

    with pytest.raises(JournalUnreadable, match="table orders is damaged"):
        Journal(old)


def test_the_sums_of_an_old_journal_are_those_of_its_orders(tmp_path, old):
    journal = without_id(str(tmp_path / "runs.db"))
    _, run = train(ShopDevice(str(tmp_path / "shop.db"), budget_usd=9.0), journal, steps=3)
    copied(journal, old)

    opened = Journal(old)

    assert opened.spent_by("training") == run.spent
    assert opened.spent("run training on shop:one") == run.spent
    assert len(opened.checked_orders("training")) == 3


def test_a_journal_of_version_2_is_continued_and_nothing_is_paid_twice(second):
    journal, shop = second
    budget = qg.Budget(usd=50, name="ours")

    for name, counts in (("waiting", {"find": 0, "reopen": 1}), ("unanswered", {"find": 1})):
        device = ShopDevice(shop, unique=False)
        _, run = train(device, journal, steps=3, name=name, budget=budget)

        assert run.replayed == 1
        assert device.counts["before send"] == 1
        assert counts.items() <= {"find": 0, **device.counts}.items()

    assert tuple(Shop(shop).tokens) == TOKENS
    spent = Journal(journal).spent("ours")
    assert (spent.submissions, spent.shots, spent.usd) == (6, 600, pytest.approx(2.4))


def test_damage_in_a_journal_of_version_2_is_not_hidden_by_its_migration(second):
    with closing(sqlite3.connect(second[0])) as connection:
        connection.execute("UPDATE orders SET held_usd = 0.1 WHERE run = 'waiting' AND step = 1")
        connection.commit()

    journal = Journal(second[0])

    with pytest.raises(JournalUnreadable, match="table orders is damaged"):
        journal.orders("waiting")


KILLED = """
import os, signal, sqlite3, sys
from qgate.jobs import journal_schema

journal_schema.MIGRATIONS += ("SELECT die()",)
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 1")  # so that pages are in the file before the end
connection.create_function("die", 0, lambda: os.kill(os.getpid(), signal.SIGKILL))
journal_schema.migrate(connection, sys.argv[1])
"""


@pytest.mark.skipif(os.name == "nt", reason="processes are killed by a signal")
@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_a_process_that_is_killed_in_a_migration_leaves_the_journal_as_it_was(second, mode):
    with closing(sqlite3.connect(second[0])) as connection:
        connection.execute(f"PRAGMA journal_mode = {mode}")
    before = content(second[0])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    killed = subprocess.run([sys.executable, "-c", KILLED, second[0]], env=environment, check=False)

    assert killed.returncode == -signal.SIGKILL
    assert content(second[0]) == before
    assert before[0] == 2
    assert [order.key for order in Journal(second[0]).orders("waiting")] == list(TOKENS[:2])
    assert content(second[0])[0] == len(MIGRATIONS)
