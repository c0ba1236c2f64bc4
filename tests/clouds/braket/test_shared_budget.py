"""Two programs with the SDK of Amazon Braket share a journal and a budget."""

from __future__ import annotations

from clouds.braket.double import BraketDouble
from clouds.buyers import ALLOWED, assert_all_was_bought, race

PROGRAM = """
import sys
import qgate as qg
from clouds.buyers import buy

device = qg.device("braket:iqm/garnet?shots=10&s3_bucket=amazon-braket-results")
buy(device, *sys.argv[1:])
"""


def test_two_processes_cannot_pass_a_shared_budget_of_tasks_together(tmp_path):
    double = BraketDouble(tmp_path)
    try:
        found = race(PROGRAM, [str(tmp_path / "runs.db")], double.environment())
        tasks = double.ledger()["tasks"]
    finally:
        double.stop()

    assert_all_was_bought(found)
    assert [task["status"] for task in tasks] == ["COMPLETED"] * ALLOWED
    assert len({task["token"] for task in tasks}) == ALLOWED
