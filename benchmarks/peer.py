"""A library in a separate interpreter, which responds to one request after another.

Two libraries with conflicting requirements cannot be imported together, and two in one process
share its caches and threads. So each has a separate interpreter: requests and responses are lines
of JSON on its standard input and output. Each uses one thread.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Self

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "QGATE", "QULACS")}


class Peer:
    """A benchmark script run with ``--serve LIBRARY`` by a given interpreter.

    Parameters
    ----------
    python : str
        The interpreter.
    script : str
        The file that calls ``serve``.
    library : str
        The served library: a module such as ``qgate`` or ``pennylane``, or a name defined by the
        script.
    environment : mapping, optional
        Environment variables in addition to ``ONE_THREAD``, which they may override.
    """

    def __init__(
        self,
        python: str,
        script: str,
        library: str,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.library = library
        self._process = subprocess.Popen(
            [python, str(Path(script).resolve()), "--serve", library],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **ONE_THREAD, **(environment or {})},
        )

    def ask(self, **request: Any) -> Any:
        """Return the response to a request."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(request) + "\n")
        stdin.flush()
        line = stdout.readline()
        if not line:
            sys.exit(f"{self.library} ended with status {self._process.wait()}.")
        return json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate()


def serve(library: str, answer: Callable[[Any, Any, dict[str, Any]], Any]) -> None:
    """Respond to requests until the input ends.

    ``answer`` gets the library, its ``numpy`` and the request.
    """

    @cache
    def imported() -> tuple[Any, Any]:
        return importlib.import_module(library), importlib.import_module(f"{library}.numpy")

    respond(lambda request: answer(*imported(), request))


def respond(answer: Callable[[dict[str, Any]], Any]) -> None:
    """Respond to requests until the input ends; ``answer`` gets the request."""
    replies, sys.stdout = sys.stdout, sys.stderr  # output of a library is not a response
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), file=replies, flush=True)
