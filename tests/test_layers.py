"""The rows of ``docs/architecture.md`` equal the contracts in ``pyproject.toml``."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINT_IMPORTS = (Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo")


def broken_contracts(checkout: Path) -> str:
    """Return the violations that import-linter finds in a checkout; empty if none."""
    run = subprocess.run(LINT_IMPORTS, cwd=checkout, capture_output=True, text=True, check=False)
    return "" if run.returncode == 0 else run.stdout + run.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the sources that a test may modify."""
    for folder in ("qgate", "devices", "gradients"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, tmp_path / folder, symlinks=True, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_imports_follow_the_layers():
    assert broken_contracts(ROOT) == ""


@pytest.mark.parametrize(
    ("module", "forbidden", "contract"),
    [
        ("qgate/operations/slots.py", "qgate.tape", "Imports go down"),
        ("qgate/tape.py", "qgate.devices.base", "Imports go down"),
        ("gradients/shift_rules.py", "qgate.devices.base", "Imports go down"),
        ("devices/base.py", "qgate.gradients.shift_rules", "Imports go down"),
        ("devices/local/device.py", "qgate.devices.qiskit", "Providers do not know each other"),
        ("devices/base.py", "qiskit.circuit", "Qiskit is imported only by its provider"),
        (
            "devices/qiskit/__init__.py",
            "braket.circuits",
            "Braket is imported only by its provider",
        ),
        ("qgate/tape.py", "torch.autograd", "Frameworks are imported only by their interfaces"),
    ],
)
def test_a_planted_import_breaks_its_contract(
    copy: Path, module: str, forbidden: str, contract: str
):
    with (copy / module).open("a") as file:
        file.write(f"\n\ndef planted():\n    import {forbidden}\n")

    assert f"{contract} BROKEN" in broken_contracts(copy)


def test_a_module_without_a_row_is_reported(copy: Path):
    (copy / "qgate" / "stray.py").write_text('"""A module that nobody gave a row."""\n')

    assert "stray" in broken_contracts(copy)
