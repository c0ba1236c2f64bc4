"""Check a qgate that was installed without a C compiler: ``without_compiler.py FOLDER``.

It has to warn once that numpy computes, and pass the tests of the local device.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent / "devices" / "local"

TWICE = """
import warnings
import qgate as qg

with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    devices = [qg.device("local"), qg.device("local")]
print(qg.__file__)
print([device.engine.name for device in devices], [str(item.message) for item in told])
"""


def main(folder: str) -> int:
    """Return the exit status."""
    installed = Path(folder).resolve()
    kernels = list(installed.rglob("_statevector_*"))
    if kernels:
        print(f"Kernels were built: {kernels}")
        return 1
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    found = subprocess.run(
        [sys.executable, "-c", TWICE],
        env=environment,
        cwd=installed,
        text=True,
        capture_output=True,
    )
    print(found.stdout, found.stderr)
    where, _, told = found.stdout.partition("\n")
    if not where.startswith(str(installed)) or told.count("was not built") != 1:
        print("qgate did not say once that numpy computes.")
        return 1
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(TESTS)],
        env={**environment, "QGATE_ENGINE": "numpy"},
        cwd=installed,
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
