"""Trainings on Amazon Braket that are killed: the same end, and everything paid for once.

``make crashes`` runs many more points than the few that are run with every change.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from clouds.braket.double import BraketDouble

TRAININGS = Path(__file__).with_name("trainings.py")
TESTS = TRAININGS.parents[2]
SHOP = TRAININGS.parents[1] / "shop"

POINTS = {
    "calm": int(os.environ.get("QGATE_CRASH_POINTS", "6")),
    "storm": int(os.environ.get("QGATE_CRASH_POINTS", "4")) // 2,
    "failing": int(os.environ.get("QGATE_CRASH_POINTS", "4")) // 2,
}
"""How many points of a training are tried with each kind of weather."""

STEPS = 20


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("weather", POINTS)
def test_a_killed_training_comes_to_the_same_end_and_pays_once(tmp_path, weather):
    for name in ("double", "trainings"):
        (tmp_path / name).mkdir()
    double = BraketDouble(tmp_path / "double")
    path = os.pathsep.join([str(SHOP), str(TESTS), *sys.path])
    environment = {**os.environ, **double.environment(), "PYTHONPATH": path}
    folder, points = str(tmp_path / "trainings"), str(POINTS[weather])
    try:
        found = subprocess.run(
            [sys.executable, str(TRAININGS), folder, points, double.url, weather],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        double.stop()
    assert found.returncode == 0, found.stdout + found.stderr

    whole, *killed = [json.loads(line) for line in found.stdout.splitlines()]
    assert whole["charged"] == STEPS
    assert len(killed) == POINTS[weather]
    assert [each for each in killed if each["charged"] != STEPS] == []
    assert [each for each in killed if not each["stable"]] == []
    if weather != "failing":  # what is bought a second time reads something else
        assert [each for each in killed if not each["same"]] == []
