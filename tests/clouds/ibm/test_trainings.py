"""Trainings on IBM Quantum that are killed: same result, and nothing paid twice.

``make crashes`` runs many more points, of longer trainings, than the default tests.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from clouds.crash import STEPS, assert_paid_once, outcomes
from clouds.ibm.double import running

TRAININGS = Path(__file__).with_name("trainings.py")

MANY = "QGATE_CRASH_POINTS" in os.environ

POINTS = {
    "calm": int(os.environ.get("QGATE_CRASH_POINTS", "3")),
    "storm": int(os.environ.get("QGATE_CRASH_POINTS", "4")) // 2,
    "failing": int(os.environ.get("QGATE_CRASH_POINTS", "4")) // 2,
}
"""Number of points of a training that are tried with each set of faults."""


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("weather", POINTS)
def test_a_killed_training_comes_to_the_same_end_and_pays_once(tmp_path, weather):
    steps = STEPS if MANY else 3
    (tmp_path / "trainings").mkdir()
    with running(tmp_path) as double:
        whole, killed = outcomes(
            TRAININGS,
            tmp_path / "trainings",
            str(POINTS[weather]),
            double.address,
            weather,
            str(steps),
            environment={**double.environment, "HOME": str(tmp_path)},
        )

    assert len(killed) == POINTS[weather]
    assert_paid_once(whole, killed, steps=steps, same=weather != "failing")
