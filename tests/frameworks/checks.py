"""Checks that need a separate process: a file of tests for another pytest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def assert_they_pass(checks: Path, **environment: str) -> None:
    """Run a file of checks in a child; report its output if a check fails.

    Parameters
    ----------
    checks : Path
    **environment : str
        Variables besides those of this process.
    """
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(checks)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
