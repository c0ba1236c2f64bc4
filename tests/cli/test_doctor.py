"""The command that finds what is wrong with an installation."""

from __future__ import annotations

import json
import sqlite3
import tomllib
from contextlib import closing
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from qgate.cli import main
from qgate.cli.doctor import EXTRAS
from qgate.devices.braket import provider as braket
from qgate.jobs.journal import Journal


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home and working directory, without credentials."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("QGATE_JOURNAL", "qgate.db")
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "COLUMNS", *braket.credentials):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def found(home, capsys):
    """Return a function that runs the doctor, and returns its code and the findings by state."""

    def found():
        code = main(["doctor", "--json"])
        findings = json.loads(capsys.readouterr().out)["findings"]
        return code, {
            state: [each for each in findings if each["state"] == state]
            for state in ("ok", "absent", "wrong")
        }

    return found


def test_versions_and_paths_are_shown(home, capsys):
    assert main(["doctor"]) == 0

    text = capsys.readouterr().out
    assert "amazon-braket-sdk  1" in text
    assert "journal of runs  qgate.db" in text
    assert "ok      default device local" in text


def test_an_installation_without_faults_has_no_journals_and_no_credentials(found):
    code, states = found()

    assert (code, states["wrong"]) == (0, [])
    absent = {each["what"]: each["remedy"] for each in states["absent"]}
    assert "~/.aws/credentials" in absent["credentials for braket"]
    assert not any("journal" in each["what"] for each in states["ok"])


def test_credentials_are_found_in_the_environment_and_in_files(found, home, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "mine")
    (home / ".qiskit").mkdir()
    (home / ".qiskit" / "qiskit-ibm.json").write_text("{}")

    _, states = found()

    texts = [each["what"] for each in states["ok"]]
    assert "credentials for braket in AWS_PROFILE" in texts
    assert "credentials for ibm in ~/.qiskit/qiskit-ibm.json" in texts


def test_a_library_that_does_not_fit_is_wrong_and_has_a_command(found, home, monkeypatch):
    monkeypatch.setenv("QGATE_KERNELS", str(home))
    (home / f"_statevector_avx2{EXTENSION_SUFFIXES[0]}").write_text("no library")

    code, states = found()

    (wrong,) = states["wrong"]
    assert code == 1
    assert "_statevector_avx2" in wrong["what"]
    assert "pip install --force-reinstall" in wrong["remedy"]


def test_settings_that_cannot_be_read_are_wrong(found, home, monkeypatch):
    (home / "qgate.toml").write_text("default = [")

    code, states = found()

    assert code == 1
    assert "qgate.toml" in states["wrong"][0]["what"]


def test_a_damaged_journal_is_wrong_and_is_not_changed(found, home):
    (home / "qgate.db").write_bytes(b"no journal" * 1000)

    code, states = found()

    assert code == 1
    assert "journal qgate.db cannot be read" in states["wrong"][0]["what"]
    assert (home / "qgate.db").read_bytes() == b"no journal" * 1000


def test_a_journal_that_another_process_writes_is_named(found, home):
    Journal("qgate.db").close()
    with closing(sqlite3.connect("qgate.db")) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN EXCLUSIVE")

        code, states = found()

    assert code == 1
    assert "is written by another process" in states["wrong"][0]["what"]


def test_every_extra_of_the_project_is_looked_for():
    project = Path(__file__).parents[2] / "pyproject.toml"
    extras = tomllib.loads(project.read_text())["project"]["optional-dependencies"]

    groups = {"all", "frameworks", "dev"}
    named = {name for name, packages in extras.items() if packages} - groups
    assert set(EXTRAS) == named
    for name, packages in EXTRAS.items():
        listed = " ".join(extras[name])
        assert all(package in listed for package in packages)
