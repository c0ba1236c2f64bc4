"""Layers are imported at first access."""

from __future__ import annotations

import subprocess
import sys

import pytest

import qgate as qg


def run(code: str) -> str:
    """Return the output of a fresh interpreter."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def test_the_package_loads_no_framework():
    code = "import sys, qgate as qg; print(dir(qg.qnn)); print({'torch', 'keras'} & {*sys.modules})"

    names, loaded = run(code).splitlines()

    assert "KerasLayer" in names
    assert "TorchLayer" in names
    assert loaded == "set()"


@pytest.mark.parametrize(("layer", "framework"), [("TorchLayer", "torch"), ("KerasLayer", "keras")])
def test_a_framework_that_is_not_installed_is_named(layer: str, framework: str):
    code = f"""
import sys
sys.modules[{framework!r}] = None
import qgate as qg
try:
    qg.qnn.{layer}
except ImportError as error:
    print(type(error).__name__, error)
"""
    printed = run(code)

    assert printed.startswith(f"MissingExtra qg.qnn.{layer} needs the package {framework}")
    assert f"qgate[{framework}]" in printed


def test_other_names_are_not_there():
    with pytest.raises(AttributeError, match="no attribute 'FlaxLayer'"):
        _ = qg.qnn.FlaxLayer
