"""A test's client of a double, which runs as a child process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

START_S = 240.0
"""Seconds that a double may take to start."""

ANSWER_S = 60.0
"""Timeout of a response of a double, in seconds."""


class Connection(HTTPConnection):
    """Connection that is closed when it is garbage-collected."""

    def __del__(self) -> None:
        self.close()


class Questions(threading.local):
    """Sends requests to a double, over one connection for each thread of each process.

    Parameters
    ----------
    url : str
    """

    def __init__(self, url: str) -> None:
        self._place = urlsplit(url).netloc
        self._pid = 0

    def send(self, path: str, content: Any = None) -> dict[str, Any]:
        """Return the response to a GET, or to a POST with content."""
        if self._pid != os.getpid():
            self._connection = Connection(self._place, timeout=ANSWER_S)
            self._pid = os.getpid()
        body = None if content is None else json.dumps(content)
        self._connection.request("GET" if body is None else "POST", path, body)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status != HTTPStatus.OK:
            raise RuntimeError(f"{path} was answered with {answer.status}: {text[:200]!r}")
        found: dict[str, Any] = json.loads(text)
        return found


class Control:
    """Client of a running double.

    Parameters
    ----------
    url : str
        Its address.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._questions = Questions(url)

    def ledger(self) -> dict[str, Any]:
        """Return the ledger since the last reset."""
        return self._ask("ledger")

    def fault(self, operation: str, kind: str, **details: Any) -> None:
        """Script a fault, see ``clouds.service.Fault``."""
        self._ask("faults", [{"operation": operation, "kind": kind, **details}])

    def calm(self) -> None:
        """Remove all faults."""
        self._ask("calm", {})

    def settings(self, **given: Any) -> None:
        """Change settings of the service, which documents them."""
        self._ask("settings", given)

    def reset(self) -> None:
        """Forget requests, jobs, faults and settings."""
        self._ask("reset", {})

    def _ask(self, what: str, content: Any = None) -> dict[str, Any]:
        return self._questions.send(f"/_control/{what}", content)


class Double(Control):
    """A service double in a child process.

    Parameters
    ----------
    script : Path
        The server, which calls ``clouds.service.serve``.
    folder : Path
        Folder of its files: the port and the ledger.
    """

    def __init__(self, script: Path, folder: Path) -> None:
        self.port_file, self.state_file = folder / "port", folder / "state.json"
        arguments = ["--port-file", str(self.port_file), "--state-file", str(self.state_file)]
        self.process = subprocess.Popen([sys.executable, str(script), *arguments])
        super().__init__(f"http://127.0.0.1:{self._port()}")

    def environment(self) -> dict[str, str]:
        """Return the environment variables by which an unpatched client finds the double."""
        return {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.wait(240)

    def _port(self) -> int:
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            if self.port_file.exists():
                return int(self.port_file.read_text())
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        self.process.kill()
        raise RuntimeError(f"The double did not start: {self.process.args!r}")
