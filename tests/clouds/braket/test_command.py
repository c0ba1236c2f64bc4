"""The whole path to Amazon Braket for a user: plan, run, interrupt, resume, repeat."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from clouds.braket.double import KEY, SECRET, TOKEN, BraketDouble

PROGRAM = """
import qgate as qg
from qgate import numpy as np

DEVICE = "braket:iqm/garnet?shots=100&s3_bucket=amazon-braket-results"


@qg.qnode(DEVICE, diff_method="parameter-shift")
def energy(angles):
    qg.StronglyEntanglingLayers(angles, wires=range(2))
    return qg.expval(qg.Z(0) @ qg.Z(1) + 0.5 * qg.X(1))

angles = np.linspace(0.1, 0.6, 6).reshape(1, 2, 3)
print(qg.grad(energy)(np.array(angles, requires_grad=True)).round(3).tolist())
"""


@pytest.fixture
def double(tmp_path):
    (tmp_path / "double").mkdir()
    double = BraketDouble(tmp_path / "double")
    yield double
    double.stop()


def start(double, folder, *arguments):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QGATE_")}
    environment = {**kept, **double.environment(), "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [sys.executable, "-m", "qgate.cli", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said(double, folder, *arguments):
    program = start(double, folder, *arguments)
    output, errors = program.communicate(timeout=240)
    assert program.returncode == 0, errors
    return output


def test_a_gradient_is_planned_interrupted_fetched_and_replayed(double, tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)

    plan = said(double, tmp_path, "plan", "program.py")
    (total,) = (line for line in plan.splitlines() if line.startswith("in all"))
    (errors,) = (line for line in plan.splitlines() if line.startswith("expected standard"))
    assert total.split()[2:6] == ["1", "2", "26", "2600"]
    assert total.endswith("4.07 USD")  # 0.30 and 2600 shots at 0.00145
    assert "before any measurement" in errors
    assert double.ledger()["tasks_created"] == 0

    double.settings(held=True)
    program = start(double, tmp_path, "run", "once", "program.py")
    for _ in range(4800):
        if double.ledger()["tasks_created"]:
            break
        time.sleep(0.05)
    time.sleep(0.5)
    program.kill()
    program.communicate()
    assert "queue position 3" in said(double, tmp_path, "resume", "--timeout-s", "5")
    double.settings(held=False)

    fetched = said(double, tmp_path, "resume")
    assert " done" in fetched
    first = said(double, tmp_path, "run", "once", "program.py")
    assert first == said(double, tmp_path, "run", "once", "program.py")

    ledger = double.ledger()
    assert ledger["tasks_created"] == 1  # value, all shifts and both groups in one task
    assert ledger["executables"] == 26
    assert f"{4.07:.2f}" in said(double, tmp_path, "jobs").splitlines()[-1]
    journal = (tmp_path / "qgate.db").read_bytes()
    for secret in (KEY, SECRET, TOKEN):
        assert secret.encode() not in journal


def test_the_tasks_of_a_lost_journal_are_found_by_tag_and_not_submitted_again(double, tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    first = said(double, tmp_path, "run", "once", "program.py")
    for name in ("qgate.db", "qgate.db-lock", "qgate.db-wal", "qgate.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)

    told = said(double, tmp_path, "resume", "--find", "once")

    (task,) = double.ledger()["tasks"]
    assert task["arn"] in told
    assert "COMPLETED" in told
    assert "1 jobs of the run 'once' were found" in told
    assert said(double, tmp_path, "run", "once", "program.py") == first
    assert double.ledger()["tasks_created"] == 1
    assert "4.07" in said(double, tmp_path, "jobs").splitlines()[-1]
    assert "0 jobs of the run 'never'" in said(double, tmp_path, "resume", "--find", "never")
