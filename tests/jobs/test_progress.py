"""Lines on the progress of a run."""

from __future__ import annotations

import pytest

import qgate as qg
from qgate.jobs.journal import MEMORY, Journal
from qgate.jobs.progress import STEP_S, Progress
from qgate.jobs.runs import Run


def trained(progress):
    @qg.qnode("local?shots=10&seed=1")
    def circuit(x):
        qg.RX(x, 0)
        return qg.expval(qg.Z(0))

    with Run("mine", Journal(MEMORY), progress=progress):
        for angle in (0.1, 0.2):
            circuit(angle)


def test_the_steps_of_a_run_are_reported_with_its_usage():
    lines = []

    trained(Progress(lines.append, step_s=0.0))

    assert lines == [
        "mine: step 1, 1 submissions, 10 shots, 0.00 USD so far",
        "mine: step 2, 2 submissions, 20 shots, 0.00 USD so far",
        "mine: 2 submissions, 20 shots, 0.00 USD, 0 answered from the journal",
    ]


def test_steps_that_follow_quickly_are_not_reported():
    lines = []

    trained(Progress(lines.append, step_s=600 * STEP_S))

    assert len(lines) == 1


@pytest.mark.parametrize("wanted", [True, False])
def test_a_silent_run_reports_nothing(capsys, wanted):
    trained(Progress.of(wanted))

    assert bool(capsys.readouterr().err) == wanted
