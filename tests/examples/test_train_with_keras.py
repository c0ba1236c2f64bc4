"""The example with Keras learns its labels on each backend, in a separate process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAST_LINE = re.compile(r"loss (?P<loss>[\d.]+), goal below (?P<goal>[\d.]+)\n$")


@pytest.mark.parametrize("backend", ["tensorflow", "torch", "jax"])
def test_the_loss_ends_below_what_is_wanted(backend: str):
    environment = {
        **os.environ,
        "KERAS_BACKEND": backend,
        "PYTHONPATH": str(ROOT),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    script = ROOT / "examples" / "train_with_keras.py"

    run = subprocess.run(
        [sys.executable, script], env=environment, capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stderr[-3000:]
    printed = LAST_LINE.search(run.stdout)
    assert float(printed["loss"]) < float(printed["goal"])
