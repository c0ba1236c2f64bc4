"""Files that qgate reads, with bytes changed, and arguments of the command."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fuzz.circuits import ANGLES, circuit, node
from fuzz.entry import Entry, text_of
from fuzz.values import edited

import qgate as qg

TOML = b"""\
[devices.a]
device = "local"
shots = 10
seed = 3

[devices.b]
device = "braket:iqm/garnet"
tags = ["project:vqe"]
budget_usd = 25.0
"""

PROGRAM = b"""\
import qgate as qg


@qg.qnode("local?shots=10&seed=1")
def circuit():
    qg.RX(0.1, wires=0)
    return qg.expval(qg.Z(0))


circuit()
"""


def _in_file(content: bytes, use: Callable[[Path], Any]) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file"
        file.write_bytes(content)
        return use(file)


def _changed(original: bytes, use: Callable[[Path], Any]) -> Callable[[Any], Any]:
    """Return a function of changes that uses a file with these."""
    return lambda changes: _in_file(edited(original, changes), use)


def _any_content(use: Callable[[Path], Any]) -> Callable[[Any], Any]:
    """Return a function that uses a file that holds a text or bytes."""

    def call(text: Any) -> Any:
        given = text if isinstance(text, bytes) else text_of(text).encode(errors="surrogatepass")
        return _in_file(given, use)

    return call


def _configured(file: Path) -> Any:
    os.environ["QGATE_CONFIG"] = str(file)
    try:
        return [qg.device(name) for name in ("a", "b")]
    finally:
        del os.environ["QGATE_CONFIG"]


def _run(file: Path) -> Any:
    with qg.run("r", journal=str(file), budget=qg.Budget(shots=10_000, name="b")) as run:
        qg.QNode(circuit, "local?shots=10&seed=1")(ANGLES)
    return run.cost


def _minimized(file: Path) -> Any:
    return qg.minimize(node(), ANGLES, optimizer=qg.AdamOptimizer(0.1), steps=2, checkpoint=file)


def _saved(file: Path) -> Any:
    optimizer = qg.AdamOptimizer(0.1)
    optimizer.step(node(), ANGLES)
    optimizer.save(file)


def _loaded(file: Path) -> Any:
    optimizer = qg.AdamOptimizer(0.1)
    optimizer.load(file)
    return optimizer.step(node(), ANGLES)


def _written(write: Callable[[Path], Any]) -> bytes:
    """Return the content of a file that qgate has written."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file"
        write(file)
        return file.read_bytes()


def _command(words: Any) -> Any:
    """Run the command in a folder with a program and a journal."""
    from qgate.cli import main

    given = [text_of(word) for word in words] if isinstance(words, list | tuple) else []
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        Path("program.py").write_bytes(PROGRAM)
        with contextlib.suppress(SystemExit):
            main(given)


def files() -> list[Entry]:
    """Return entries of files; one with changes of a right one, one with anything."""
    uses: list[tuple[str, bytes, Callable[[Path], Any]]] = [
        ("qgate.toml", TOML, _configured),
        ("journal", _written(_run), _run),
        ("checkpoint", _written(_minimized), _minimized),
        ("optimizer state", _written(_saved), _loaded),
    ]
    changed = [
        Entry(f"{name} changed", _changed(original, use), {"changes": ()}, {"changes": "edits"})
        for name, original, use in uses
    ]
    return [
        *changed,
        Entry("qgate.toml", _any_content(_configured), {"text": TOML.decode()}),
        Entry("journal", _any_content(_run), {"text": _written(_run)}),
    ]


def commands() -> list[Entry]:
    """Return entries of the command's arguments."""
    words = {"words": ["plan", "--usd", "5", "program.py"]}
    return [
        Entry("command", _command, words, {"words": "command lines"}, modules=("qgate.cli",)),
        Entry("command devices", lambda name: _command(["devices", name]), {"name": "local"}),
        Entry("command of anything", _command, words, modules=("qgate.cli",)),
    ]
