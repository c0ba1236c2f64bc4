"""A journal that was changed at random: a re-run is right, or raises an error of qgate."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing

import pytest
from shop import ShopDevice

import qgate as qg
from qgate.exceptions import QGateError
from qgate.jobs.journal import Journal

SEEDS = 150
"""Number of mutations of each kind; each is drawn from its own seed."""

TABLES = ("runs", "orders", "charges", "events", "totals", "limits", "identity")

BUDGET = {"usd": 50, "name": "ours"}


def trained(device, journal):
    """Return the values of a program of three requests, and the run."""

    @qg.qnode(device, diff_method="parameter-shift")
    def circuit(angle):
        qg.RX(angle, wires=0)
        return qg.expval(qg.Z(0))

    with qg.run("training", journal, budget=qg.Budget(**BUDGET), ordered=False) as run:
        values = [float(circuit(0.3 + step)) for step in range(3)]
    return values, run


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A folder with a shop and a journal in which a program has ended, and its results."""
    folder = tmp_path_factory.mktemp("whole")
    device = ShopDevice(str(folder / "shop.db"))
    values, run = trained(device, str(folder / "runs.db"))
    run.journal.close()
    return folder, values


def change_bytes(file, chance):
    """Overwrite, remove or insert bytes at a position."""
    content = bytearray(file.read_bytes())
    for _ in range(chance.choice((1, 1, 3, 30))):
        place, length = chance.randrange(len(content)), chance.choice((1, 1, 4, 100))
        new = chance.randbytes(length)
        kind = chance.random()
        if kind < 0.8:
            content[place : place + length] = new[: len(content) - place]
        elif kind < 0.9:
            del content[place : place + length]
        else:
            content[place:place] = new
    file.write_bytes(bytes(content))


def change_rows(file, chance):
    """Delete a row, copy a value from one row into another, or write another value."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        table = chance.choice(TABLES)
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        rows = [row for (row,) in connection.execute(f"SELECT rowid FROM {table}")]
        row, column = chance.choice(rows), chance.choice(columns)
        values = [None, -1, 0, 1.5, 2**62, "", "x", "sent", b"\x00", b"", float("inf"), "\ud7ff"]
        try:
            match chance.choice(("delete", "copy", "value", "value")):
                case "delete":
                    connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))
                case "copy":
                    connection.execute(
                        f"UPDATE OR REPLACE {table} SET {column} = "
                        f"(SELECT {column} FROM {table} WHERE rowid = ?) WHERE rowid = ?",
                        (chance.choice(rows), row),
                    )
                case "value":
                    connection.execute(
                        f"UPDATE OR REPLACE {table} SET {column} = ? WHERE rowid = ?",
                        (chance.choice(values), row),
                    )
        except sqlite3.IntegrityError:
            return  # SQLite itself refuses the file
        connection.commit()


@pytest.mark.parametrize("change", [change_bytes, change_rows], ids=["bytes", "rows"])
def test_a_damaged_journal_gives_the_same_values_or_an_error_of_qgate(whole, tmp_path, change):
    folder, values = whole
    refused = 0
    for seed in range(SEEDS):
        place = tmp_path / str(seed)
        shutil.copytree(folder, place)
        change(place / "runs.db", random.Random(seed))
        device = ShopDevice(str(place / "shop.db"))

        try:
            journal = Journal(place / "runs.db")
            for order in journal.orders():
                journal.history(order.key)
            found, _ = trained(device, journal)
        except QGateError:
            refused += 1
            found = values

        assert found == values, seed
        assert device.shop.jobs == 3, seed
        shutil.rmtree(place)
    assert refused > SEEDS / 10
