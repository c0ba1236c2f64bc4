"""Child process in which the double simulates; Qiskit crashed in threads of a server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import IO, Any

WORKER = Path(__file__).with_name("worker.py")


class Simulator:
    """Passes jobs to a child process, one after another."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process = subprocess.Popen(
            [sys.executable, str(WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def run(self, program: str, params: Any, seed: int, fewer: int) -> str:
        """Return the outcome as JSON: result or error, pubs, rows, shots."""
        request = {"program": program, "params": params, "seed": seed, "fewer": fewer}
        with self._lock:
            self._stdin.write(json.dumps(request).encode() + b"\n")
            self._stdin.flush()
            return self._stdout.readline().decode()

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def _stdout(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout

    def close(self) -> None:
        """End the child process."""
        self._stdin.close()
        self._process.wait(240)
