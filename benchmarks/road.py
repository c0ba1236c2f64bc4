"""Count the functions and files of qgate that one call of a QNode and one gradient enter.

    python benchmarks/road.py

The circuit has 3 gates on 2 wires of the local device, without shots; the gradient is by
parameter-shift. First calls fill the caches, the next one is counted: "call" measures
probabilities, which are computed anew, "repeated call" an expectation value, whose simulation is
kept. A function counts once,
however often it is called; comprehensions and lambdas are functions where Python (before 3.12) runs
them as such. Files of dependencies, and methods that ``dataclass`` writes, do not count. The
functions are printed in the order in which they are first entered. Exit status 1 above the limits.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import NamedTuple

import numpy as np

import qgate as qg

ROOT = Path(qg.__file__).resolve().parents[1]
SOURCES = tuple(str(ROOT / folder) + "/" for folder in ("qgate", "devices", "gradients"))
WARM = 3
"""Calls before the one that is counted."""


class Station(NamedTuple):
    """A function on the road, and the file that defines it, relative to the project."""

    file: str
    function: str


class Limit(NamedTuple):
    """Largest numbers of files and functions that a call may enter."""

    files: int
    functions: int


def gates(angles: np.ndarray) -> None:
    """Apply 3 gates to 2 wires."""
    qg.RX(angles[0], wires=0)
    qg.RY(angles[1], wires=1)
    qg.CNOT(wires=[0, 1])


def circuit(angles: np.ndarray) -> object:
    """Measure an expectation value."""
    gates(angles)
    return qg.expval(qg.Z(1))


def probabilities(angles: np.ndarray) -> object:
    """Measure the probabilities of a wire."""
    gates(angles)
    return qg.probs(wires=1)


def value(function: Callable[[np.ndarray], object] = probabilities) -> Callable[[], object]:
    """Return the call of a QNode whose road is counted."""
    qnode = qg.QNode(function, qg.device("local", wires=2))
    angles = np.array([0.1, 0.2])
    return lambda: qnode(angles)


def repeated() -> Callable[[], object]:
    """Return the call of a QNode whose simulation is kept."""
    return value(circuit)


def gradient() -> Callable[[], object]:
    """Return the gradient whose road is counted."""
    qnode = qg.QNode(circuit, qg.device("local", wires=2), diff_method="parameter-shift")
    angles = qg.numpy.array([0.1, 0.2], requires_grad=True)
    derivative = qg.grad(qnode)
    return lambda: derivative(angles)


CALLS = {
    "call": (value, Limit(25, 130)),
    "repeated call": (repeated, Limit(15, 60)),
    "gradient": (gradient, Limit(35, 200)),
}


def road(call: Callable[[], object]) -> list[Station]:
    """Return the functions of qgate that a warm call enters, in order of their first entry."""
    for _ in range(WARM):
        call()
    entered: dict[CodeType, None] = {}

    def note(frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            entered.setdefault(frame.f_code)

    before, collects = sys.getprofile(), gc.isenabled()
    gc.disable()  # finalizers of other objects are not on the road
    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(before)
        if collects:
            gc.enable()
    files = {code: str(Path(code.co_filename).resolve()) for code in entered if is_file(code)}
    return [
        Station(str(Path(file).relative_to(ROOT)), code.co_qualname)
        for code, file in files.items()
        if file.startswith(SOURCES)
    ]


def is_file(code: CodeType) -> bool:
    """Return whether code was read from a file; generated code has a name in brackets instead."""
    return not code.co_filename.startswith("<")


def report(name: str, stations: list[Station], limit: Limit) -> bool:
    """Print a road and its counts; return whether they are within the limits."""
    files, functions = len({station.file for station in stations}), len(stations)
    print(
        f"{name}: {files} files (at most {limit.files}), "
        f"{functions} functions (at most {limit.functions})"
    )
    print("".join(f"    {file}  {function}\n" for file, function in stations))
    return files <= limit.files and functions <= limit.functions


def main() -> int:
    """Report all roads; return the exit status."""
    reports = [report(name, road(prepare()), limit) for name, (prepare, limit) in CALLS.items()]
    return 0 if all(reports) else 1


if __name__ == "__main__":
    sys.exit(main())
