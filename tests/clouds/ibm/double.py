"""Starts the double of IBM Quantum Platform, directs clients to it and scripts its faults."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clouds.double import Questions

SERVER = Path(__file__).with_name("server.py")
START_S = 240.0

SECRET = "an-api-key-that-must-never-show-up"
PAID = "crn:v1:bluemix:public:quantum-computing:us-east:a/11112222:paygo::"
OPEN = "crn:v1:bluemix:public:quantum-computing:us-east:a/11112222:open::"


class IbmDouble:
    """A running double.

    Parameters
    ----------
    port : int
    """

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._questions = Questions(self.address)

    @property
    def environment(self) -> Mapping[str, str]:
        """Environment variables that direct an unchanged client to the double."""
        return {
            "IAM_URL": self.address,
            "GLOBAL_SEARCH_URL": self.address,
            "GLOBAL_CATALOG_URL": f"{self.address}/catalog",
            "QISKIT_IBM_CHANNEL": "ibm_quantum_platform",
            "QISKIT_IBM_INSTANCE": PAID,
            "QISKIT_IBM_TOKEN": SECRET,
            "QISKIT_IBM_URL": f"{self.address}/experimental/api/v1",
            "NO_PROXY": "127.0.0.1",
        }

    def reset(self) -> None:
        """Reset the double."""
        self._send("reset", {})

    def goes_wrong(self, at: str, do: str = "status", **more: Any) -> None:
        """Add a fault of requests to an endpoint; see ``faults.Fault``."""
        self._send("fault", {"at": at, "do": do, **more})

    def reset_faults(self) -> None:
        """Remove all faults."""
        self._send("calm", {})

    def next_job(self, **script: Any) -> None:
        """Set the fate of the next job.

        ``status``, ``reason``, ``reason_code`` (final state), ``queued`` (number of polls that find
        it in the queue), ``late`` (number of downloads that find no result), ``hidden`` (number of
        searches that do not find it), ``fewer_shots``, ``spoil`` (``cut``, ``empty``, ``noise`` or
        ``other``).
        """
        self._send("job", script)

    def any_job(self, *, probability: float, seed: int, **script: Any) -> None:
        """Set the fate of a fraction of the jobs that ``next_job`` does not cover."""
        self._send("chance", {"probability": probability, "seed": seed, **script})

    def set(self, **values: Any) -> None:
        """Change the service: ``revoked``, ``limit_s``, ``held`` (all jobs stay in the queue)."""
        self._send("service", values)

    @property
    def ledger(self) -> dict[str, Any]:
        """Ledger: requests by endpoint, jobs, sessions, seconds charged."""
        return self._send("ledger", None)

    @property
    def jobs(self) -> list[dict[str, Any]]:
        """All jobs, with their contents."""
        return list(self.ledger["jobs"])

    def _send(self, what: str, body: Any) -> dict[str, Any]:
        return self._questions.send(f"/control/{what}", body)


@contextmanager
def running(folder: Path) -> Iterator[IbmDouble]:
    """Run the double in a child process."""
    file = folder / "port"
    process = subprocess.Popen(
        [sys.executable, str(SERVER), "--port-file", str(file)], stdin=subprocess.PIPE
    )
    try:
        yield IbmDouble(_port(file, process))
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(240)


def _port(file: Path, process: subprocess.Popen[bytes]) -> int:
    """Wait until the server has written its port."""
    end = time.monotonic() + START_S
    while not file.exists():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError("the double did not start")
        time.sleep(0.01)
    return int(file.read_text())
