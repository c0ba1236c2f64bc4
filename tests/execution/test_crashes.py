"""A training that is killed anywhere comes to the same end, and pays for everything once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
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
import json
import sys
from shop import ShopDevice
import qgate as qg
from qgate.exceptions import BudgetExceeded

device = ShopDevice(sys.argv[1], name=f"shop:{sys.argv[3]}")

@qg.qnode(device)
def circuit():
    return qg.expval(qg.Z(0))

told, bought = "", 0
with qg.run(sys.argv[3], sys.argv[2], budget=qg.Budget(submissions=100, name="shared")):
    for _ in range(80):
        try:
            circuit()
            bought += 1
        except BudgetExceeded as error:
            told = str(error)
print(json.dumps([bought, told]))
"""


def test_two_processes_cannot_pass_a_shared_budget_together(tmp_path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(CLOUDS), *sys.path])}
    files = [str(tmp_path / "shop.db"), str(tmp_path / "runs.db")]
    buyers = [
        subprocess.Popen(
            [sys.executable, "-c", BUY, *files, name],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]

    found = [json.loads(buyer.communicate(timeout=120)[0]) for buyer in buyers]

    assert sum(bought for bought, _ in found) == 100 == Shop(files[0]).jobs
    refused = [told for bought, told in found if bought < 80]
    assert refused
    for told in refused:
        assert "1 submissions of the budget 'shared', which allows 100 submissions" in told
        assert "has 100 submissions spent or reserved" in told


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
