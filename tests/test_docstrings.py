"""The examples in docstrings."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import qgate

ROOT = Path(__file__).parents[1]
SOURCES = {"qgate": "qgate", "devices": "qgate.devices", "gradients": "qgate.gradients"}


def modules_with_examples() -> list[str]:
    """Return the dotted names of the source files that show an interpreter's prompt."""
    return sorted(
        ".".join((package, *path.relative_to(ROOT / folder).with_suffix("").parts))
        for folder, package in SOURCES.items()
        for path in (ROOT / folder).rglob("*.py")
        if ">>> " in path.read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("name", modules_with_examples())
def test_the_examples_of_a_module_do_what_they_show(name: str):
    module = importlib.import_module(name.removesuffix(".__init__"))

    failed, attempted = doctest.testmod(module, extraglobs={"qg": qgate})

    assert attempted > 0
    assert failed == 0
