"""Time `import qgate` beside the import of its dependencies, in fresh interpreters.

    python benchmarks/import_time.py
    python benchmarks/import_time.py --python .venv-pennylane/bin/python

Rounds are interleaved: each imports everything once. Printed are medians of processor time
(user and system, the interpreter's start not counted) and ratios to the dependencies.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys

TIMED = "import time; t = time.process_time(); {}; print(time.process_time() - t)"


def seconds(python: str, statement: str) -> float:
    """Return how long a statement keeps the processor of a fresh interpreter."""
    command = [python, "-c", TIMED.format(statement)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main(arguments: list[str] | None = None) -> None:
    """Import everything in turn, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", help="the interpreter that has PennyLane, to import it too")
    parser.add_argument("--rounds", type=int, default=21)
    options = parser.parse_args(arguments)
    rows = [
        (sys.executable, "import numpy, autograd, pydantic"),
        (sys.executable, "import qgate"),
        (sys.executable, "import qgate; qgate.device('local')"),
    ]
    rows += [(options.python, "import pennylane")] if options.python else []
    for row in rows:
        seconds(*row)  # compiles the modules
    rounds = [[seconds(*row) for row in rows] for _ in range(options.rounds)]
    medians = [statistics.median(column) for column in zip(*rounds, strict=True)]
    print(f"{'statement':38} {'median / ms':>12} {'ratio':>7}")
    for (_, statement), median in zip(rows, medians, strict=True):
        print(f"{statement:38} {1000 * median:12.0f} {median / medians[0]:7.2f}")


if __name__ == "__main__":
    main()
