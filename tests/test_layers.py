"""Imports go down, as the contracts in ``pyproject.toml`` require, and never in a circle."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
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


# Circles --------------------------------------------------------------------------------

SOURCES = {"qgate": "qgate", "devices": "qgate.devices", "gradients": "qgate.gradients"}


def modules() -> dict[str, Path]:
    """Return the file of each module."""
    return {
        ".".join((package, *path.relative_to(ROOT / folder).with_suffix("").parts)).removesuffix(
            ".__init__"
        ): path
        for folder, package in SOURCES.items()
        for path in (ROOT / folder).rglob("*.py")
    }


def imported(tree: ast.AST, names: Collection[str]) -> Iterator[str]:
    """Yield the modules that a tree imports, in functions too, but not for type checkers."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            members = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (member if member in names else node.module for member in members)
        yield from imported(node, names)


def circle(graph: Mapping[str, Collection[str]]) -> str:
    """Return a circle of imports as text; empty if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return " imports ".join(reversed(error.args[1]))
    return ""


def test_no_modules_import_each_other_in_a_circle():
    files = modules()
    graph = {
        name: {
            other
            for other in imported(ast.parse(path.read_text(encoding="utf-8")), files)
            if other in files and other != name
        }
        for name, path in files.items()
    }

    assert len(graph) > 300
    assert circle(graph) == ""


def test_a_circle_is_reported_with_its_modules():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}).count(" imports ") == 3
    assert circle({"a": {"b", "c"}, "b": {"c"}}) == ""


def test_imports_in_functions_count_and_those_of_type_checkers_do_not():
    source = """
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from top import hidden

def function():
    from package import module, name
"""

    found = set(imported(ast.parse(source), {"package.module"}))

    assert found == {"typing", "package.module", "package"}
