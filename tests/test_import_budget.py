"""What ``import qgate`` may cost."""

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
    "qgate.estimation",
    "qgate.execution.resolve",
    "qgate.execution.tower",
    "qgate.execution.traced",
    "qgate.fourier",
    "qgate.gradients",
    "qgate.interfaces.autograd",
    "qgate.interfaces.device_errors",
    "qgate.layers",
    "qgate.numpy",
    "qgate.operations.templates",
    "qgate.optimize",
    "sqlite3",
    "tenacity",
}
ROUNDS = 15
LIMIT = 1.6

# The time of the processor, not of the clock: other tests run beside this one.
TIMED = "import time; start = time.process_time(); {}; print(time.process_time() - start)"


def run(code: str) -> str:
    """Return what ``code`` prints in a fresh interpreter."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def seconds(statement: str) -> float:
    """Return how long ``statement`` keeps the processor of a fresh interpreter."""
    return float(run(TIMED.format(statement)))


def test_import_loads_no_provider_and_no_framework():
    loaded = set(run("import sys, qgate; print(*sys.modules)").split())

    assert "qgate" in loaded
    assert HEAVY & loaded == set()


def test_first_value_loads_no_autograd_no_gradient_method_and_no_journal():
    code = """
import sys
import qgate as qg

@qg.qnode(qg.device("local", wires=4))
def circuit(angle):
    qg.RX(angle, 0)
    qg.CNOT([0, 1])
    return qg.expval(qg.Z(1))

circuit(0.3)
print(*sys.modules)
"""

    loaded = set(run(code).split())

    assert "qgate.devices.local" in loaded
    assert (HEAVY | NOT_FOR_A_VALUE) & loaded == set()


def test_import_takes_at_most_1_6_times_what_its_dependencies_take():
    pair = ("import numpy, autograd, pydantic", "import qgate")
    for statement in pair:
        seconds(statement)  # compiles the modules

    rounds = [[seconds(statement) for statement in pair] for _ in range(ROUNDS)]

    # Noise only ever adds, so the least of several is the steadiest measure.
    dependencies, everything = (min(column) for column in zip(*rounds, strict=True))
    assert everything <= LIMIT * dependencies
