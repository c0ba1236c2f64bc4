"""A training that is killed anywhere has the same result, and pays for everything once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from clouds.buyers import ALLOWED, assert_all_was_bought, race
from clouds.crash import STEPS, assert_paid_once, outcomes
from shop import Shop

import qgate as qg
from qgate.exceptions import RunInUse

CLOUDS = Path(__file__).parents[1] / "clouds" / "shop"


@pytest.mark.parametrize(("shop", "points"), [("tokens", 20), ("tags", 30)])
def test_a_training_that_is_killed_comes_to_the_same_end_and_pays_once(tmp_path, shop, points):
    whole, killed = outcomes(CLOUDS / "trainings.py", tmp_path, str(points), shop)

    assert whole["happened"] > points
    assert len(killed) == points
    assert_paid_once(whole, killed, steps=STEPS)


BUY = """
import sys
from clouds.buyers import buy
from shop import ShopDevice

file, journal, name = sys.argv[1:]
buy(ShopDevice(file, name=f"shop:{name}"), journal, name)
"""


def test_two_processes_cannot_pass_a_shared_budget_together(tmp_path):
    file = str(tmp_path / "shop.db")

    found = race(BUY, [file, str(tmp_path / "runs.db")])

    assert_all_was_bought(found)
    assert Shop(file).jobs == ALLOWED


HOLD = """
import sys
import qgate as qg

with qg.run("held", sys.argv[1]):
    print("open", flush=True)
    sys.stdin.read()
"""


def test_a_run_is_open_in_one_process_and_free_when_that_was_killed(tmp_path):
    file = str(tmp_path / "runs.db")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, file],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline() == "open\n"
    with pytest.raises(RunInUse, match=r"'held' of .* is being used"), qg.run("held", file):
        pass
    with qg.run("other", file):
        pass

    holder.kill()
    holder.communicate()

    with qg.run("held", file):
        pass
