"""Programs in a separate interpreter, for tests that fork, exit or are interrupted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HANG_S = 900.0
"""Timeout of a program; a guard against hanging, not a measure of speed."""

PRELUDE = """
import json, os, pickle, signal, sys, threading, traceback

def in_child(work):
    \"\"\"Return what a function returns in a forked child.\"\"\"
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            signal.alarm(600)
            with os.fdopen(write, "wb") as answer:
                pickle.dump(work(), answer)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        content = answer.read()
    status = os.waitpid(pid, 0)[1]
    if status:
        raise RuntimeError(f"the child ended with {status}")
    return pickle.loads(content)

def tell(value):
    print(json.dumps(value), flush=True)
"""


def start(
    source: str, *arguments: object, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    """Start a program with the import path of this process."""
    path = os.pathsep.join(filter(None, sys.path))
    return subprocess.Popen(
        [sys.executable, "-c", PRELUDE + source, *map(str, arguments)],
        env={**os.environ, **(environment or {}), "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(program: subprocess.Popen[str]) -> tuple[str, str]:
    """Wait for a program and return its output and errors; kill it after the timeout."""
    try:
        return program.communicate(timeout=HANG_S)
    except subprocess.TimeoutExpired:
        program.kill()
        output, errors = program.communicate()
        raise AssertionError(f"the program hangs\n{output}\n{errors}") from None


def answer(source: str, *arguments: object, environment: Mapping[str, str] | None = None) -> Any:
    """Run a program and return the last value that it printed by ``tell``."""
    program = start(source, *arguments, environment=environment)
    output, errors = finished(program)
    assert program.returncode == 0, output + errors
    return json.loads(output.splitlines()[-1])


def written(folder: Path, name: str, source: str) -> None:
    """Write a module that programs can import when the folder is on their path."""
    (folder / f"{name}.py").write_text(source)
