"""Options that several commands share, and their values."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from typing import TypeAlias

from qgate.budget import LIMITS, NO_LIMIT
from qgate.exceptions import QGateError, suggest
from qgate.jobs.journal import Journal
from qgate.jobs.journals import default_journal

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""Type of what takes the parsers of commands."""

KINDS_OF_LIMITS = {
    "usd": (float, "US dollars"),
    "shots": (int, "shots"),
    "submissions": (int, "submissions"),
}
"""Type and unit of each limit of a budget."""


def add_command(
    commands: Commands, name: str, function: Callable[[argparse.Namespace], int | None]
) -> argparse.ArgumentParser:
    """Add a command whose help is the docstring of its function."""
    text = (function.__doc__ or "").strip()
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(command=function)
    return parser


def add_journal(parser: argparse.ArgumentParser) -> None:
    """Add the option of the journal."""
    parser.add_argument("--journal", help="default: $QGATE_JOURNAL, else qgate.db")


def journal_of(chosen: argparse.Namespace) -> Journal:
    """Return the journal that was named, which has to exist."""
    file = chosen.journal or default_journal()
    if not os.path.isfile(os.path.expanduser(file)):
        raise QGateError(
            f"There is no journal {file!r}. Name one with --journal; jobs submitted outside of "
            "any run are in the journal that 'qgate doctor' shows."
        )
    return Journal(file)


def check_run(journal: Journal, name: str | None) -> None:
    """Refuse the name of a run that the journal does not have."""
    check_known("run", name, journal.runs())


def check_known(kind: str, name: str | None, known: Sequence[str]) -> None:
    """Refuse a name that the journal does not have: it would select nothing without a word."""
    if name is not None and name not in known:
        listed = ", ".join(map(repr, known)) or "none"
        raise QGateError(
            f"The journal has no {kind} {name!r}.{suggest(name, known)} It has: {listed}."
        )


def add_limits(parser: argparse.ArgumentParser, *, removable: bool = False) -> None:
    """Add the options of a budget's limits."""
    more = f"; {NO_LIMIT!r} removes it" if removable else ""
    for name, (kind, unit) in KINDS_OF_LIMITS.items():
        limit = _or_none(kind) if removable else kind
        parser.add_argument(f"--{name}", type=limit, help=f"limit on {unit}{more}")


def _or_none(kind: type[float]) -> Callable[[str], float | str]:
    def limit(text: str) -> float | str:
        return text if text == NO_LIMIT else kind(text)

    limit.__name__ = kind.__name__  # for errors of argparse
    return limit


def limits_of(chosen: argparse.Namespace) -> dict[str, float | str]:
    """Return the limits that were given, by name."""
    limits = {name: getattr(chosen, name) for name in LIMITS}
    return {name: limit for name, limit in limits.items() if limit is not None}
