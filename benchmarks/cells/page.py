"""The page ``docs/configurations.md``: written from the cells of all interfaces, and read back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from cells.executions import TASKS
from cells.frameworks import FRAMEWORKS
from cells.pennylane import says
from cells.returned import RETURNED
from cells.verdicts import METHODS, RUNS, SHOTS, Key, Verdict

COUNTED = tuple(name for name in FRAMEWORKS if name != "None")
"""Interfaces whose circuits are counted."""

INTRODUCTION = f"""# Configurations

Every combination of interface, gradient method and return type on `local`, run and compared with a
simulation in plain numpy. `make configurations` writes this page, and a test of each interface runs
its column again.

- ✓: value and Jacobian are correct; ○: the value is correct, and there is no Jacobian; ✗: refused.
  The error message is in the notes, under the number in brackets.
- Without shots, the number is a bound on the error. With random numbers, the error of one run is at
  most the given number of σ, the standard deviation of {RUNS} runs in autograd; more than 5σ would
  be an error of qgate. `spsa` draws 4 directions, so it has a σ without shots as well.
- `None` is `interface=None`, called with numpy arrays: circuits return numpy arrays and are not
  differentiated. All other interfaces are chosen automatically from the arguments.
- The last column is the entry of PennyLane's own table of its `default.qubit` for the gradient
  (version 0.26; empty where the table has no such row; without an interface it has "no"
  throughout). `adjoint` with shots is the exact gradient of the sampled value, with a warning, in
  both; in qgate so is `device`, which is `adjoint` on `local`.
"""

SECTIONS = {"exact": "Without shots", "sampled": f"With {SHOTS:,} shots"}

COUNTS = """## Executions per Jacobian

Number of circuits that run for a value and its Jacobian by three angles, one of which is used
twice; in brackets the number of submissions. Torch and TensorFlow compute the value before it is
known whether it will be differentiated, so the Jacobian may be a separate submission; the circuits
of the value do not run again. A device that computes values and derivatives together returns both
at once where the framework records derivatives.
"""

Column = Mapping[Key, Verdict]


def text(columns: Mapping[str, Column], counts: Mapping[str, Any]) -> str:
    """Return the page.

    Parameters
    ----------
    columns : mapping
        The cells of each interface.
    counts : mapping
        Executions and submissions of each interface, by the labels of the tasks.
    """
    notes: list[str] = []
    parts = [INTRODUCTION]
    for shots, heading in SECTIONS.items():
        parts.append(f"## {heading}\n\n" + _table(shots, columns, notes))
    parts.append(COUNTS + "\n" + _counts(counts))
    parts.append("## Notes\n\n" + "\n".join(f"{at}. {note}" for at, note in enumerate(notes, 1)))
    return "\n".join(parts) + "\n"


def _table(shots: str, columns: Mapping[str, Column], notes: list[str]) -> str:
    lines = [_row("returns", "`diff_method`", *columns, "PennyLane"), _row(*["---"] * 8)]
    for kind, returned in RETURNED.items():
        rows = [
            (
                method,
                *(_shown(column[shots, kind, method], notes) for column in columns.values()),
                says(shots, kind, method),
            )
            for method in METHODS
        ]
        label = returned.label
        ordered = sorted(rows, key=lambda row: rows.index(_first_like(row, rows)))
        for cells, group in groupby(ordered, key=lambda row: row[1:]):
            lines.append(_row(label, ", ".join(f"`{row[0]}`" for row in group), *cells))
            label = ""
    return "\n".join(lines) + "\n"


def _first_like(row: tuple[str, ...], rows: list[tuple[str, ...]]) -> tuple[str, ...]:
    return next(other for other in rows if other[1:] == row[1:])


def _shown(verdict: Verdict, notes: list[str]) -> str:
    if not verdict.message:
        return verdict.text
    if verdict.message not in notes:
        notes.append(verdict.message)
    return f"{verdict.text} ({notes.index(verdict.message) + 1})"


def _counts(counts: Mapping[str, Any]) -> str:
    lines = [_row("circuit", *COUNTED), _row(*["---"] * (1 + len(COUNTED)))]
    lines += [_row(label, *(counted(counts[name][label]) for name in COUNTED)) for label in TASKS]
    return "\n".join(lines) + "\n"


def counted(numbers: Any) -> str:
    """Return executions and submissions in the format of the page."""
    return "{} ({})".format(*numbers)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def column_of(page: str, name: str) -> dict[Key, Verdict]:
    """Parse the cells of an interface."""
    place = list(FRAMEWORKS).index(name) + 2
    notes = dict(re.findall(r"^(\d+)\. (.*)$", page, re.MULTILINE))
    kinds = {returned.label: kind for kind, returned in RETURNED.items()}
    found = {}
    for shots, heading in SECTIONS.items():
        kind = ""
        for row in _rows(page, heading):
            kind = kinds.get(row[0], kind)
            match = re.fullmatch(r"(\S)(?: ([^ (]+))?(?: \((\d+)\))?", row[place])
            if match is None:
                continue
            mark, error, note = match.groups(default="")
            for method in re.findall(r"`([^`]+)`", row[1]):
                found[shots, kind, method] = Verdict(mark, error, notes.get(note, ""))
    return found


def counts_of(page: str, name: str) -> dict[str, str]:
    """Parse the executions of an interface."""
    place = COUNTED.index(name) + 1
    return {row[0]: row[place] for row in _rows(page, "Executions per Jacobian")}


def _rows(page: str, heading: str) -> Iterator[list[str]]:
    """Yield the cells of the table below a heading, row by row."""
    section = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    for line in lines[2:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]
