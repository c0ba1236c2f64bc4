"""Tables of times in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from document import table

from .contenders import ENGINE, NODE, PEERS
from .measuring import Row
from .workloads import EVERY


def number(value: float) -> str:
    """Return a number to three digits, as 0.0123, 1.23, 123 or 12,300."""
    if value == 0:
        return "0"
    shown = float(f"{value:.3g}")
    return f"{shown:,.0f}" if shown >= 100 else f"{shown:.3g}"


def label(row: Row, before: Row | None) -> list[str]:
    """Return the first two cells; only the first row of a workload names it."""
    again = before is not None and before.workload == row.workload
    return ["" if again else f"{row.workload}: {EVERY[row.workload].title}", row.call]


def labelled(rows: Sequence[Row]) -> list[tuple[Row, list[str]]]:
    """Return each row with its first two cells."""
    return [(row, label(row, before)) for row, before in zip(rows, [None, *rows], strict=False)]


def times(row: Row, clock: str, names: Sequence[str]) -> list[str]:
    """Return milliseconds of each contender, the shortest in bold."""
    seconds: Mapping[str, float] = getattr(row, clock)
    best = min(seconds.values())
    cells = []
    for name in names:
        if name not in seconds:
            cells.append("-")
            continue
        cell = number(1000 * seconds[name])
        cells.append(f"**{cell}**" if seconds[name] == best else cell)
    return cells


def ratio(seconds: Mapping[str, float], ours: str, theirs: Sequence[str]) -> str:
    """Return the ratio of our time to that of the fastest peer."""
    found = [seconds[name] for name in theirs if name in seconds]
    return f"{number(min(found) / seconds[ours])}x" if found and ours in seconds else "-"


def peers_table(rows: Sequence[Row], names: Mapping[str, str], clock: str) -> str:
    """Return the table of qgate and its peers.

    Parameters
    ----------
    rows : sequence of Row
    names : mapping
        Head of each contender's column.
    clock : {"cpu", "wall"}
    """
    heads = ["workload", "", *names.values(), "best peer / device", "lightning / QNode"]
    body = [
        [
            *cells,
            *times(row, clock, list(names)),
            ratio(getattr(row, clock), ENGINE, list(PEERS)),
            ratio(getattr(row, clock), NODE, ["lightning"]),
        ]
        for row, cells in labelled(rows)
    ]
    return table(heads, body)


def variants_table(rows: Sequence[Row], names: Mapping[str, str], clock: str) -> str:
    """Return the table of one library in several environments, as ratios to the first."""
    first, *others = names
    heads = [
        "workload",
        "",
        *names.values(),
        *(f"{names[first]} / {names[name]}" for name in others),
    ]
    body = [
        [
            *cells,
            *times(row, clock, list(names)),
            *(ratio(getattr(row, clock), name, [first]) for name in others),
        ]
        for row, cells in labelled(rows)
    ]
    return table(heads, body)


def large_table(rows: Sequence[Row]) -> str:
    """Return the table of qgate alone: seconds, and the peak of memory."""
    body = [
        [
            *cells,
            number(row.cpu[ENGINE]),
            number(row.wall[ENGINE]),
            f"{row.peak[ENGINE] / 2**20:,.0f}",
        ]
        for row, cells in labelled(rows)
    ]
    return table(["workload", "", "processor / s", "wall / s", "peak memory / MiB"], body)
