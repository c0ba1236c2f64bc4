"""Time `import qgate`, and a first value, compared with its dependencies and PennyLane.

    python benchmarks/import_time.py
    python benchmarks/import_time.py --python .venv-peers/bin/python

Every row has a fresh interpreter. Rounds are interleaved: each runs every row once. The output has
medians of processor time (user and system, without the interpreter's start) and of wall time,
ratios of the processor time to that of the dependencies, and to PennyLane at the end. Libraries
have one thread each: threads of OpenBLAS wait by spinning, which would count as processor time of
the program.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys

import numpy as np
from peer import ONE_THREAD

TIMED = """
import time
started = time.process_time(), time.perf_counter()
{}
print(time.process_time() - started[0], time.perf_counter() - started[1])
"""
FIRST_VALUE = """
import {library} as qml
{numbers}

@qml.qnode(qml.device("{device}", wires=4))
def energy(angles):
    for wire in range(4):
        qml.RX(angles[wire, 0], wires=wire)
        qml.RY(angles[wire, 1], wires=wire)
        qml.RZ(angles[wire, 2], wires=wire)
    for wire in range(4):
        qml.CNOT(wires=[wire, (wire + 1) % 4])
    return qml.expval(qml.PauliZ(0) @ qml.PauliZ(1))

energy({angles})
"""
ARRAYS = {
    "numpy": ("import numpy as np", "np.full((4, 3), 0.3)"),
    "its own numpy": (
        "from {library} import numpy as np",
        "np.full((4, 3), 0.3, requires_grad=False)",
    ),
}

ENVIRONMENT = {**os.environ, **ONE_THREAD, "PYTHONDONTWRITEBYTECODE": ""}
"""Folder of compiled modules, which are compiled once and not in every interpreter."""


def first_value(library: str, device: str, arrays: str) -> tuple[str, str]:
    """Return a title, and the program that imports a library and computes a value of 4 qubits."""
    numbers, angles = ARRAYS[arrays]
    program = FIRST_VALUE.format(
        library=library, device=device, numbers=numbers.format(library=library), angles=angles
    )
    return f"import {library}; a value, {device}, with {arrays}", program


def alone(statement: str) -> tuple[str, str]:
    """Return a statement as its own title."""
    return statement, statement


OURS = (
    alone("import numpy, autograd, pydantic"),
    alone("import qgate"),
    alone("import qgate; qgate.device('local')"),
    first_value("qgate", "local", "numpy"),
    first_value("qgate", "local", "its own numpy"),
)
THEIRS = (
    alone("import pennylane"),
    first_value("pennylane", "default.qubit", "numpy"),
    first_value("pennylane", "lightning.qubit", "numpy"),
    first_value("pennylane", "lightning.qubit", "its own numpy"),
)


def seconds(python: str, program: str) -> tuple[float, float]:
    """Return the processor time and wall time of a program in a fresh interpreter."""
    command = [python, "-c", TIMED.format(program)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    processor, clock = map(float, done.stdout.split())
    return processor, clock


def main(arguments: list[str] | None = None) -> None:
    """Run all programs in turn, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", help="the interpreter that has PennyLane, to time it too")
    parser.add_argument("--rounds", type=int, default=21)
    options = parser.parse_args(arguments)
    rows = [(sys.executable, *row) for row in OURS]
    rows += [(options.python, *row) for row in THEIRS] if options.python else []
    for python, _, program in rows:
        seconds(python, program)  # compiles the modules
    rounds = [
        [seconds(python, program) for python, _, program in rows] for _ in range(options.rounds)
    ]
    medians = {
        title: [statistics.median(times) for times in zip(*column, strict=True)]
        for (_, title, _), column in zip(rows, zip(*rounds, strict=True), strict=True)
    }
    dependencies = medians[OURS[0][0]][0]
    print(f"{'statement':58} {'processor / ms':>15} {'clock / ms':>11} {'ratio':>7}")
    for title, (processor, clock) in medians.items():
        ratio = processor / dependencies
        print(f"{title:58} {1000 * processor:15.0f} {1000 * clock:11.0f} {ratio:7.2f}")
    for (ours, _), (theirs, _) in zip(OURS[-2:], THEIRS[-2:], strict=True):
        if theirs in medians:
            processor, clock = np.divide(medians[theirs], medians[ours])
            print(f"{theirs}: {processor:.2f} times qgate's, {clock:.2f} by the clock")


if __name__ == "__main__":
    main()
