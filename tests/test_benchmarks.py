"""The benchmark scripts run; no test checks the figures that they print.

Scripts that require PennyLane get a stand-in, which is qgate under that name.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import qgate as qg

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
STAND_IN = """
import sys, qgate
sys.modules.update({"pennylane": qgate, "pennylane.numpy": qgate.numpy})
"""


@pytest.fixture
def agreement(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the script as a module."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("agreement")


@pytest.fixture
def run(tmp_path: Path):
    """Return a function that runs a script with a stand-in for PennyLane."""
    (tmp_path / "pennylane.py").write_text(STAND_IN)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}

    def run(script: str, *arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, str(BENCHMARKS / script), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    return run


def test_every_program_runs_under_qgate(agreement: ModuleType):
    results = {
        name: agreement.answer(qg, qg.numpy, {"program": name}) for name in agreement.PROGRAMS
    }

    failed = {name for name, found in results.items() if found["type"] == "error"}
    assert len(results) > 300
    assert failed == {"gate: PSWAP, 2 wires, generator"}  # a package that is installed nowhere


def test_known_differences_are_of_programs_that_exist(agreement: ModuleType):
    assert set(agreement.KNOWN) <= set(agreement.PROGRAMS)


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        ((np.ones(2), {"a": 1}), []),
        ([np.ones(2), {"a": 1}], ["result: type is tuple, PennyLane's list"]),
        ((np.ones(2), {"b": 1}), ["[1]: keys is ['a'], PennyLane's ['b']"]),
        ((np.ones(2), {"a": 1.0}), ["[1][a]: dtype is int64, PennyLane's float64"]),
        ((np.ones(2),), ["result: 2 items, PennyLane's 1"]),
        ((np.ones((2, 1)), {"a": 1}), ["[0]: shape is [2], PennyLane's [2, 1]"]),
        ((np.array([1, 1.001]), {"a": 1}), ["[0]: values differ by 1.0e-03"]),
        ((np.array([1, np.nan]), {"a": 1}), ["[0]: values differ by nan"]),
    ],
)
def test_what_differs_is_found(agreement: ModuleType, theirs: object, expected: list[str]):
    ours = agreement.encoded((np.ones(2), {"a": 1}))

    found = agreement.differences(
        ours, agreement.encoded(theirs), ("type", "keys", "shape", "dtype")
    )

    assert list(found) == expected


def test_agreement_ends_well_where_all_agree(run):
    done = run("agreement.py", "--python", sys.executable, "--only", "operator: ")

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].endswith(" agrees")


def test_agreement_fails_where_a_known_difference_is_none(run):
    done = run("agreement.py", "--python", sys.executable, "--only", "RandomLayers")

    assert done.returncode == 1
    assert "AGREES NOW template: RandomLayers" in done.stdout


@pytest.mark.parametrize("script", ["agreement.py", "qnode.py", "frameworks.py"])
def test_a_script_says_that_it_needs_the_other_interpreter(run, script: str):
    done = run(script)

    assert done.returncode == 2
    assert "benchmarks/README.md" in done.stderr


def test_qnode_times_every_device_at_the_same_work(run):
    done = run("qnode.py", "--python", sys.executable, "--only", "W3", "--rounds", "1")

    assert done.returncode == 0, done.stderr
    _, value, gradient = done.stdout.splitlines()
    assert value.startswith("W3 value")
    assert gradient.startswith("W3 gradient")


def test_downloads_prints_the_time_of_a_fetch(run):
    pytest.importorskip("braket")

    done = run("downloads.py", "--executables", "3", "--latency-ms", "1", "--rounds", "2")

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3 executables, 1 ms for each request: ")
    assert done.stdout.endswith("2 rounds)\n")


def test_providers_prints_a_row_for_each_device(run):
    pytest.importorskip("qiskit_aer")

    done = run("providers.py", "--molecule", "h2", "--rounds", "1", "--steps", "1")

    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()[1:]]
    assert [row[1].partition("?")[0] for row in rows] == [
        *("local", "local", "qiskit:aer", "braket:local")
    ]
    assert [row[-2:] for row in rows] == [["0", "1"], *[["25,000", "1"]] * 3]


def test_import_time_prints_a_ratio(run):
    done = run("import_time.py", "--rounds", "1")

    assert done.returncode == 0, done.stderr
    assert [line.split()[-1] for line in done.stdout.splitlines()[:2]] == ["ratio", "1.00"]


def test_every_optimizer_trains_the_molecule_and_is_drawn(tmp_path: Path):
    from training.contenders import contenders, takes
    from training.curves import curve
    from training.picture import FAMILIES, picture
    from training.problems import molecule

    problem, curves = molecule(), []

    for sampled, most in ((False, 60), (True, 5e3)):
        for name, run in contenders(sampled=sampled).items():
            known = {found.optimizer for found in curves}
            if name not in known and takes(name, problem, sampled=sampled):
                curves.append(curve(name, problem, run, sampled=sampled, most=most, seeds=1))
    picture([problem], [curves], spent="circuits", path=tmp_path / "curves.svg")

    assert {found.optimizer for found in curves} == {
        name for row in FAMILIES.values() for name in row
    }
    assert all(np.nanmin(found.errors) < found.errors[0] for found in curves)
    assert (tmp_path / "curves.svg").stat().st_size > 10_000


def test_program_sets_of_equal_shots_cost_what_was_computed_by_hand():
    pytest.importorskip("braket.device_schema")
    from budgets.priced import MACHINES
    from dollars import of_peer

    found = {machine.title: of_peer(machine, 1152, 412.0) for machine in MACHINES}

    assert found["IonQ Forte-1"].usd == pytest.approx(12 * 0.3 + 100_000 * 0.08)
    assert found["IQM Garnet"].usd == pytest.approx(12 * 0.3 + 100_000 * 0.00145)
    assert {bought.error for bought in found.values()} == {412.0 / 100_000}


def test_a_priced_device_charges_for_a_gradient_what_the_gradient_says():
    pytest.importorskip("braket.device_schema")
    from budgets.circuits import CIRCUITS
    from budgets.exact import Known
    from budgets.priced import MACHINES
    from dollars import of_ours

    known = Known(CIRCUITS["H2 uccsd"])

    found = [of_ours(known, machine, 40.0, 3) for machine in MACHINES]

    assert all(0.8 * 40 < bought.usd <= bought.most_usd <= 40 for bought in found)
    assert all(bought.fees_usd == pytest.approx(0.3 * bought.tasks) for bought in found)


@pytest.mark.parametrize(("way", "setting"), [("budget", 4000), ("fixed", 200)])
def test_a_training_from_shots_arrives_and_is_drawn(way: str, setting: int, tmp_path: Path):
    pytest.importorskip("braket.device_schema")
    from budgets.circuits import CIRCUITS
    from budgets.our_training import train
    from budgets.priced import MACHINES
    from budgets.trainings import Run, draw

    least, limits = CIRCUITS["H2 uccsd"].record["ground_energy_sector"], {"shots": 10**6}
    asked = {"circuit": "H2 uccsd", "way": way, "setting": setting, "rate": 0.5, "seed": 3}
    asked |= {**limits, "steps": 40, "seconds": 30, "until": least + 1.6e-3}

    run = Run.of(train(asked, MACHINES[1]), least, 1.6e-3)
    draw({way: [run]}, tmp_path / "errors.svg")

    assert run.arrived
    assert run.spent == run.shots[-1] <= 10**6
    assert run.usd(MACHINES[1].rate) == pytest.approx(0.3 * run.tasks[-1] + 0.00145 * run.spent)
    assert list(run.at(run.shots)) == list(run.errors)
    assert (tmp_path / "errors.svg").stat().st_size > 5_000


def test_quartiles_of_trainings_that_never_arrive_are_infinite():
    from budgets.trainings import quartiles

    assert quartiles([3.0, 1.0, 2.0, np.inf]) == (2.0, 3.0, np.inf)
    assert quartiles([1.0, np.inf, np.inf, np.inf])[1] == np.inf
