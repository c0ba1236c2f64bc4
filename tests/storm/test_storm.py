"""The storm, for a short time; ``make storm`` runs ten thousand schedules."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from storm.schedule import drawn

SCHEDULES = 40

CLOUDS = {
    "one": [{"operation": ["a", "b"], "kind": "lost", "times": [1, 2]}],
    "two": [{"operation": "c", "kind": "error"}],
}


@pytest.mark.timeout(3000)
def test_whatever_goes_wrong_nothing_is_paid_twice_or_lost():
    program = Path(__file__).with_name("main.py")
    command = [sys.executable, str(program), "--schedules", str(SCHEDULES), "--workers", "1"]

    found = subprocess.run(command, capture_output=True, text=True, check=False)

    assert found.returncode == 0, found.stdout + found.stderr
    assert f"{SCHEDULES} schedules" in found.stdout


def test_a_number_draws_one_schedule():
    assert drawn(7, CLOUDS) == drawn(7, CLOUDS)
    assert len({json.dumps(drawn(seed, CLOUDS).faults) for seed in range(20)}) > 3


@pytest.mark.parametrize("seed", range(20))
def test_every_submission_has_its_own_number_of_shots(seed):
    shots = [number for call in drawn(seed, CLOUDS).calls for number in call.shots]

    assert len(set(shots)) == len(shots)
