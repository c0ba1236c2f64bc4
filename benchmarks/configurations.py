"""Write ``docs/configurations.md`` by running every cell of its tables.

    python benchmarks/configurations.py
    python benchmarks/configurations.py --check

Each interface has a separate interpreter, because frameworks conflict in one process. ``--check``
writes nothing; exit status 1 if the page is out of date.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import astuple
from pathlib import Path
from typing import Any

from cells.executions import executions
from cells.frameworks import FRAMEWORKS
from cells.page import COUNTED, SECTIONS, column_of, counted, counts_of, text
from cells.verdicts import Verdict, column
from peer import ONE_THREAD

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "configurations.md"
STALE = "docs/configurations.md is not what qgate does. Run `make configurations`, and see why."


def measured(name: str) -> dict[str, Any]:
    """Run all cells of an interface, and return the results as JSON data."""
    cells = [
        [*key, *astuple(verdict)] for shots in SECTIONS for key, verdict in column(name, shots)
    ]
    return {"cells": cells, "executions": executions(name) if name in COUNTED else {}}


def stale_cells(name: str, shots: str) -> list[str]:
    """Run the cells of an interface, and return the differences from the page."""
    shown = column_of(PAGE.read_text(encoding="utf-8"), name)
    return [
        f"{', '.join(key)}: {verdict}, and the page says {shown.get(key)}"
        for key, verdict in column(name, shots)
        if shown.get(key) != verdict
    ]


def stale_counts(name: str) -> list[str]:
    """Count the circuits of an interface, and return the differences from the page."""
    shown = counts_of(PAGE.read_text(encoding="utf-8"), name)
    return [
        f"{label}: {counted(numbers)}, and the page says {shown.get(label)}"
        for label, numbers in executions(name).items()
        if shown.get(label) != counted(numbers)
    ]


def written() -> str:
    """Return the page, with an interpreter for each interface."""
    answers = {name: _asked(name) for name in FRAMEWORKS}
    columns = {
        name: {tuple(row[:3]): Verdict(*row[3:]) for row in answer["cells"]}
        for name, answer in answers.items()
    }
    return text(columns, {name: answer["executions"] for name, answer in answers.items()})


def _asked(name: str) -> Any:
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, __file__, "--interface", name],
        env={**os.environ, **ONE_THREAD, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    parser.add_argument("--interface", choices=FRAMEWORKS, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.interface:
        print(json.dumps(measured(options.interface)))
        return 0
    page = written()
    if not options.check:
        PAGE.write_text(page, encoding="utf-8")
    elif page != PAGE.read_text(encoding="utf-8"):
        print(STALE, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
