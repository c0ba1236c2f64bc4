"""Trainings on Amazon Braket that are killed: same result, and nothing paid twice.

``make crashes`` runs many more points than the default tests.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from clouds.braket.double import BraketDouble
from clouds.crash import STEPS, assert_paid_once, outcomes

TRAININGS = Path(__file__).with_name("trainings.py")

POINTS = {
    "calm": int(os.environ.get("QGATE_CRASH_POINTS", "6")),
    "storm": int(os.environ.get("QGATE_CRASH_POINTS", "4")) // 2,
    "failing": int(os.environ.get("QGATE_CRASH_POINTS", "4")) // 2,
}
"""Number of points of a training that are tried with each set of faults."""


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("weather", POINTS)
def test_a_killed_training_comes_to_the_same_end_and_pays_once(tmp_path, weather):
    for name in ("double", "trainings"):
        (tmp_path / name).mkdir()
    double = BraketDouble(tmp_path / "double")
    try:
        whole, killed = outcomes(
            TRAININGS,
            tmp_path / "trainings",
            str(POINTS[weather]),
            double.url,
            weather,
            environment=double.environment(),
        )
    finally:
        double.stop()

    assert len(killed) == POINTS[weather]
    assert_paid_once(whole, killed, steps=STEPS, same=weather != "failing")
