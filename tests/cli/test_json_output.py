"""Output of every command as JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest

import qgate as qg
from qgate.cli import main
from qgate.cli.json_output import plain
from qgate.devices.job import JobStatus
from qgate.jobs.journal import Journal

PROGRAM = """
import qgate as qg

@qg.qnode("local?shots=10&seed=1")
def circuit(x):
    qg.RX(x, 0)
    return qg.expval(qg.Z(0))

print("value", circuit(0.4))
"""


@pytest.fixture
def printed(tmp_path, monkeypatch, capsys):
    """Return a function that runs a command and reads the JSON that it prints."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QGATE_JOURNAL", "runs.db")
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "circuit.qasm").write_text("OPENQASM 3; qubit q; x q;")

    def printed(*arguments):
        capsys.readouterr()
        assert main(arguments) == 0
        return json.loads(capsys.readouterr().out)

    return printed


def test_values_of_every_kind_become_json():
    assert plain({"a": frozenset({"y", "x"}), 3: np.arange(2)}) == {"a": ["x", "y"], "3": [0, 1]}
    assert plain([JobStatus.DONE, np.float64(0.5), float("nan"), None, True]) == [
        "done", 0.5, None, None, True,
    ]  # fmt: skip
    assert plain(qg.Budget(7))["shots"] == 7
    assert plain(qg.Wires(["a"])) == ["a"]


def test_devices_are_printed_as_json(printed):
    (local,) = printed("devices", "local", "--json")

    assert local["name"] == "local:statevector"
    assert "QubitUnitary" in local["capabilities"]["gates"]


def test_plans_are_printed_as_json(printed):
    (own,) = printed("plan", "--json", "program.py")
    assert own["device"] is None
    assert (own["submissions"], own["shots"]) == (1, 10)
    assert own["entries"][0]["device"] == "local"

    both = printed(
        "plan", "--json", "--device", "local", "--device", "ibm:ibm_torino", "program.py"
    )

    assert [each["device"] for each in both] == ["local", "ibm:ibm_torino"]
    assert both[1]["price"]["high_usd"] > 0
    assert "ibm:ibm_torino" in both[1]["paid_devices"][0]


def test_results_orders_and_budgets_are_printed_as_json(printed, capsys):
    assert printed("run", "--json", "circuit.qasm", "--device", "local") == {"1": 1.0}
    assert main(["run", "mine", "program.py"]) == 0
    (order,) = printed("jobs", "--json", "--run", "mine")
    assert (order["state"], order["shots"], order["usd"]) == ("done", 10, 0.0)

    (same,) = printed("jobs", "--json", "--key", order["key"])
    assert [event["event"] for event in same["history"]][-1] == "done"

    assert printed("resume", "--json") == []
    assert printed("budgets", "--json") == []
    Journal("runs.db").change_limits("ours", {"usd": 5})
    (budget,) = printed("budgets", "--json")
    assert budget["budget"]["usd"] == 5
    assert budget["spent"]["shots"] == 0


def test_json_of_a_program_is_refused_because_it_prints_itself(printed, capsys):
    assert main(["run", "--json", "mine", "program.py"]) == 1
    assert "are for circuits" in capsys.readouterr().err


def test_the_demo_is_printed_as_json(printed):
    found = printed("demo", "--steps", "10", "--json")

    assert list(found["energy"]) == ["0", "10"]
    assert found["energy"]["10"] < found["energy"]["0"]
