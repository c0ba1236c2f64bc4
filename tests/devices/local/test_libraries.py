"""Compiled libraries that do not fit the version of qgate beside them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES

import pytest

from qgate.devices.local import libraries
from qgate.devices.local.libraries import INTERFACE, library

PROGRAM = """
import warnings
import qgate as qg

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    device = qg.device("local")

@qg.qnode(device)
def circuit(x):
    qg.RX(x, wires=0)
    return qg.expval(qg.Z(0))

print(float(circuit(0.0)), device.engine.name, *(each.message for each in caught), sep="|")
"""

compiled = pytest.mark.skipif(
    library("baseline") is None or shutil.which("cc") is None,
    reason="there is no compiled library, or no compiler",
)


def built(folder, name, source):
    """Compile a library of another version."""
    (folder / "other.c").write_text(source)
    place = folder / f"_statevector_{name}{EXTENSION_SUFFIXES[0]}"
    subprocess.run(["cc", "-shared", "-fPIC", folder / "other.c", "-o", place], check=True)


def ran(folder):
    program = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={"QGATE_KERNELS": str(folder), "PATH": "", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    return program.stdout.strip().split("|")


@compiled
def test_a_library_without_functions_that_are_needed_is_not_used_and_warned_of(tmp_path):
    built(tmp_path, "baseline", "int qgate_run(void) { return 0; }")

    value, engine, *warned = ran(tmp_path)

    assert (value, engine) == ("1.0", "numpy")
    assert len(warned) == 1
    assert "_statevector_baseline" in warned[0]
    assert "does not fit this version of qgate" in warned[0]
    assert "pip install --force-reinstall" in warned[0]


@compiled
def test_a_library_with_another_version_of_the_interface_is_not_used(monkeypatch):
    monkeypatch.setattr(libraries, "INTERFACE", INTERFACE + 1)

    (first, *_) = libraries.library_faults()

    assert f"has version {INTERFACE} of the interface" in first
    assert f"needs {INTERFACE + 1}" in first


@compiled
def test_libraries_that_were_built_for_this_version_have_no_faults():
    assert libraries.library_faults() == []
    assert library("baseline").interface == INTERFACE


def test_a_file_that_is_no_library_is_a_fault(tmp_path, monkeypatch):
    monkeypatch.setenv("QGATE_KERNELS", str(tmp_path))
    (tmp_path / f"_statevector_baseline{EXTENSION_SUFFIXES[0]}").write_text("no library")

    (fault,) = libraries.library_faults()

    assert "does not fit this version of qgate" in fault
