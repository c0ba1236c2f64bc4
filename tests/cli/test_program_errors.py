"""Errors of programs that the command runs: where they are in the user's files."""

from __future__ import annotations

import pytest

from qgate.cli import main

OF_THE_USER = """
import qgate as qg
from qgate import numpy as np

@qg.qnode("local", diff_method="parameter-shift")
def circuit(x):
    qg.RX(x / divisor(x), 0)
    return qg.expval(qg.Z(0))

def divisor(x):
    return {}["none"]

qg.grad(circuit)(np.array(0.3, requires_grad=True))
"""

OF_QGATE = """
import qgate as qg

def main():
    qg.device("locl")

main()
"""

OF_A_LIBRARY = """
import json
json.loads("no json")
"""

INTERRUPTED = """
raise KeyboardInterrupt
"""


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Return a function that runs a program, and returns the exit code and what it reports."""
    monkeypatch.chdir(tmp_path)

    def run(text, command=("run", "mine")):
        (tmp_path / "program.py").write_text(text)
        code = main([*command, "program.py"])
        lines = capsys.readouterr().err.splitlines()
        return code, [line for line in lines if not line.startswith("mine: ")]

    return run


@pytest.mark.parametrize("command", [("run", "mine"), ("plan",), ("specs",)])
def test_an_error_of_the_user_is_shown_with_the_functions_of_the_user(run, command):
    code, lines = run(OF_THE_USER, command)

    assert code == 1
    assert [line.split()[-1] for line in lines if "program.py" in line] == [
        "<module>",
        "circuit",
        "divisor",
    ]
    assert len(lines) <= 11
    assert lines[-1] == "KeyError: 'none'"


def test_an_error_of_qgate_is_shown_at_the_place_of_the_user(run):
    code, lines = run(OF_QGATE)

    assert code == 1
    assert 'File "program.py", line 5, in main' in "\n".join(lines)
    assert "registry.py" not in "\n".join(lines)
    assert lines[-1].startswith("UnknownDevice: 'locl': there is no provider")


def test_an_error_in_a_library_is_shown_down_to_the_library(run):
    code, lines = run(OF_A_LIBRARY)

    assert code == 1
    assert lines[1] == '  File "program.py", line 3, in <module>'
    assert "decoder.py" in "\n".join(lines)
    assert lines[-1].startswith("json.decoder.JSONDecodeError")


def test_a_mistake_of_syntax_is_shown_alone(run):
    code, lines = run("def f(:")

    assert code == 1
    assert lines[0] == '  File "program.py", line 1'
    assert lines[-1].startswith("SyntaxError: ")


def test_after_ctrl_c_the_command_says_how_to_go_on(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "program.py").write_text(INTERRUPTED)

    assert main(["run", "mine", "program.py"]) == 130

    assert "Run the same command again to continue the run 'mine'." in capsys.readouterr().err


def test_the_exit_code_of_a_program_is_that_of_the_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "program.py").write_text("import sys; sys.exit(7)")

    with pytest.raises(SystemExit) as ended:
        main(["run", "mine", "program.py"])

    assert ended.value.code == 7
