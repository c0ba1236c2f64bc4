"""Tables of text, which fit the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Sequence
from textwrap import wrap

GAP = "  "
"""Space between two columns."""

LEAST_WIDTH = 30
"""Width in characters to which lines are broken in narrower terminals."""


def available_width() -> int | None:
    """Return the width of the terminal, or ``COLUMNS``; None: the output is not for a terminal."""
    given = os.environ.get("COLUMNS", "")
    if given.isascii() and given.isdecimal() and len(given) < 6 and int(given):
        return max(int(given), LEAST_WIDTH)
    try:
        return max(os.get_terminal_size(sys.stdout.fileno()).columns, LEAST_WIDTH)
    except (AttributeError, OSError, ValueError):  # no stream, no terminal, a replaced stream
        return None


def table_lines(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    left: Collection[str] | None = None,
    rule: bool = False,
    keep: Collection[str] = (),
) -> list[str]:
    """Return the lines of a table, without columns that have no entry.

    A table that is wider than the terminal has a paragraph for each row instead.

    Parameters
    ----------
    head : sequence of str
        Heads of the columns.
    rows : sequence of sequence of str
    left : collection of str, optional
        Columns that are aligned to the left; default all.
    rule : bool
        Whether there is a line of hyphens below the head.
    keep : collection of str
        Columns that are shown even if they have no entry.
    """
    kept = [
        place
        for place, name in enumerate(head)
        if name in keep or not rows or any(row[place] for row in rows)
    ]
    head, *cells = ([row[place] for place in kept] for row in (head, *rows))
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    width = available_width()
    if width is not None and sum(widths) + len(GAP) * (len(widths) - 1) > width:
        return [line for row in cells for line in _paragraph(head, row, width)]
    lines = [
        GAP.join(
            cell.ljust(most) if left is None or name in left else cell.rjust(most)
            for name, cell, most in zip(head, row, widths, strict=True)
        ).rstrip()
        for row in (head, *cells)
    ]
    return [lines[0], *(["-" * max(map(len, lines))] if rule else []), *lines[1:]]


def broken(lines: Sequence[str]) -> list[str]:
    """Return sentences, broken to lines of the terminal's width."""
    width = available_width()
    if width is None:
        return list(lines)
    return [part for line in lines for part in (wrap(line, width, subsequent_indent=GAP) or [""])]


def _paragraph(head: Sequence[str], row: Sequence[str], width: int) -> list[str]:
    """Return a row as its first entry, and lines of the others with their heads."""
    facts = [f"{name} {cell}" for name, cell in zip(head, row, strict=True) if cell]
    first = wrap(facts[0] if row[0] else head[0], width, subsequent_indent=GAP)
    lines, rest = first, facts[1:] if row[0] else facts
    text = ""
    for fact in rest:
        if text and len(GAP) + len(text) + len(fact) + 3 > width:  # with two commas
            lines += _indented(f"{text},", width)
            text = ""
        text += f"{', ' if text else ''}{fact}"
    return lines + (_indented(text, width) if text else [])


def _indented(text: str, width: int) -> list[str]:
    return wrap(text, width, initial_indent=GAP, subsequent_indent=GAP * 2, break_on_hyphens=False)
