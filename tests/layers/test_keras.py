"""``KerasLayer`` on each backend of Keras, each in a process of its own.

Keras has one backend for as long as a process lives, so ``keras_checks.py`` runs once for each.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKS = Path(__file__).with_name("keras_checks.py")


@pytest.mark.parametrize("backend", ["tensorflow", "torch", "jax"])
def test_the_checks_pass_on_every_backend(backend: str):
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(CHECKS)]

    run = subprocess.run(
        command, cwd=CHECKS.parents[2], env=environment, capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
