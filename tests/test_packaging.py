"""The mapping of three source folders to one import package."""

from __future__ import annotations

import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
SOURCES = {"qgate": "qgate", "devices": "qgate.devices", "gradients": "qgate.gradients"}


def packages_in(folder: str, package: str) -> set[str]:
    """Return the dotted names of the packages below a source folder, links not followed."""
    places = (path.parent.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*.py"))
    return {
        ".".join((package, *place.parts))
        for place in places
        if (ROOT / folder / place / "__init__.py").is_file()
    }


def test_every_folder_with_modules_is_a_package():
    folders = {path.parent for source in SOURCES for path in (ROOT / source).rglob("*.py")}

    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_the_package_list_is_what_the_folders_hold():
    found = set().union(*(packages_in(folder, package) for folder, package in SOURCES.items()))

    listed = PROJECT["tool"]["setuptools"]["packages"]

    assert listed == sorted(found)


@pytest.mark.parametrize("folder", ["devices", "gradients"])
def test_the_link_in_qgate_leads_to_the_real_folder(folder):
    link = ROOT / "qgate" / folder

    assert link.is_symlink()
    assert link.resolve() == (ROOT / folder).resolve()


@pytest.mark.parametrize("provider", ["braket", "local", "qiskit"])
def test_an_entry_point_leads_to_the_provider_of_that_name(provider):
    (entry,) = entry_points(group="qgate.devices", name=provider)

    assert entry.load().name == provider


def test_the_installed_entry_points_are_those_of_the_project():
    declared = PROJECT["project"]["entry-points"]["qgate.devices"]

    installed = {
        entry.name: entry.value
        for entry in entry_points(group="qgate.devices")
        if entry.dist is not None and entry.dist.name == "qgate"
    }

    assert installed == declared


def test_every_tool_of_the_checks_is_pinned():
    pins = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = {line.partition("==")[0].lower() for line in pins if "==" in line}

    tools = PROJECT["project"]["optional-dependencies"]["dev"]

    assert [tool for tool in tools if tool not in pinned] == []
