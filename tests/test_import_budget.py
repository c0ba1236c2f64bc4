"""Limits on the cost of ``import qgate``."""

from __future__ import annotations

import os
import subprocess
import sys

HEAVY = {
    "boto3",
    "braket",
    "jax",
    "keras",
    "matplotlib",
    "qiskit",
    "scipy.optimize",
    "tensorflow",
    "torch",
}
NOT_FOR_A_VALUE = {
    "asyncio",
    "autograd",
    "difflib",
    "hashlib",
    "importlib.metadata",
    "numpy.ma",
    "numpy.random",
    "pydantic",
    "qgate.devices.local.sampling",
    "qgate.shot_allocation",
    "qgate.autodiff.choose_method",
    "qgate.autodiff.derivatives",
    "qgate.autodiff.evaluate_traced",
    "qgate.autodiff.trainable_sweep",
    "qgate.fourier",
    "qgate.gradients",
    "qgate.interfaces.autograd",
    "qgate.interfaces.device_errors",
    "qgate.kernels",
    "qgate.qaoa",
    "qgate.qchem",
    "qgate.shadows",
    "qgate.qnn.keras",
    "qgate.qnn.torch",
    "qgate.numpy",
    "qgate.templates",
    "qgate.optimize",
    "qgate.outcomes",
    "qgate.prices",
    "qgate.transforms.readouts",
    "sqlite3",
    "tenacity",
}
DEPENDENCIES = "import numpy, autograd, pydantic"
FIRST_VALUE = """
import qgate as qg

@qg.qnode(qg.device("local", wires=4))
def circuit(angle):
    qg.RX(angle, 0)
    qg.CNOT([0, 1])
    return qg.expval(qg.Z(1))

circuit(0.3)
"""
LIMITS = {"import qgate": 1.0, FIRST_VALUE: 1.5}
"""Maximum number of function calls, as a multiple of those of importing the dependencies."""

# Counts of Python function calls do not depend on the load of the machine, unlike time.
COUNTED = """
from counting import calls

print(calls(lambda: exec({!r}, {{}})))
"""
ENVIRONMENT = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": ""}
ENVIRONMENT["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))


def run(code: str) -> str:
    """Return the output of ``code`` in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True, check=True
    )
    return done.stdout


def calls(statement: str) -> int:
    """Return the number of function calls of ``statement`` in a fresh interpreter."""
    return int(run(COUNTED.format(statement)))


def test_import_loads_no_provider_and_no_framework():
    loaded = set(run("import sys, qgate; print(*sys.modules)").split())

    assert "qgate" in loaded
    assert HEAVY & loaded == set()


def test_first_value_loads_no_autograd_no_gradient_method_and_no_journal():
    loaded = set(run(f"{FIRST_VALUE}\nimport sys; print(*sys.modules)").split())

    assert "qgate.devices.local" in loaded
    assert (HEAVY | NOT_FOR_A_VALUE) & loaded == set()


def test_import_and_first_value_take_little_more_than_their_dependencies():
    statements = (DEPENDENCIES, *LIMITS)
    for statement in statements:
        calls(statement)  # compiles the modules

    dependencies, *taken = map(calls, statements)

    for found, limit in zip(taken, LIMITS.values(), strict=True):
        assert 0 < found <= limit * dependencies
