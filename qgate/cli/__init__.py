"""Command line interface ``qgate``: devices, plans, runs, jobs and installed packages."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

import qgate as qg
from qgate.cli import doctor, installation, orders, programs, resume
from qgate.cli.circuit_files import options_first
from qgate.cli.program_errors import described_error, is_of_program, with_notes
from qgate.exceptions import QGateError

__all__ = ["main"]


USAGE = """exit codes: 0; 1 after an error; 2 for unknown options or values; 130 after Ctrl-C; 141
if the reader of the output closed it; others are those of a program. Tables are as wide as the
terminal, or as COLUMNS; --json prints data for programs."""

INTERRUPTED, CLOSED_PIPE = 130, 141
"""Exit codes of shells for programs that SIGINT and SIGPIPE end."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Execute a command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Default: those of the process.

    Returns
    -------
    int
        0; 1 after an error, whose text is on the standard error stream; 130 after Ctrl-C; 141 if
        the reader of the output closed it.
    """
    try:
        try:
            return _execute(sys.argv[1:] if arguments is None else arguments)
        finally:
            if sys.stdout is not None:  # a process may be started without
                sys.stdout.flush()  # a closed pipe is noticed here, not at the interpreter's end
    except BrokenPipeError:
        _discard_output()
        return CLOSED_PIPE


def _execute(arguments: Sequence[str]) -> int:
    ours, of_program = _split(arguments)
    chosen = _parser().parse_args(options_first(ours))
    chosen.of_program = of_program
    try:
        _check_arguments(chosen)
        command: Callable[[argparse.Namespace], int | None] = chosen.command
        return command(chosen) or 0
    except KeyboardInterrupt as error:
        print(with_notes(error), file=sys.stderr)
        return INTERRUPTED
    except Exception as error:
        if isinstance(error, BrokenPipeError) and _is_closed():
            return CLOSED_PIPE
        program = getattr(chosen, "script", None)
        if program is not None and is_of_program(error, program):
            print(described_error(error, program), file=sys.stderr)
        elif isinstance(error, QGateError):
            print(with_notes(error), file=sys.stderr)
        else:
            raise
        return 1


def _is_closed() -> bool:
    """Return whether the reader of the standard output is gone; if so, discard the rest."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
        return True
    return False


def _discard_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="qgate",
        description="Run quantum programs on devices: plans, durable runs, jobs and budgets.",
        epilog=USAGE,
    )
    parser.add_argument("--version", action="version", version=f"qgate {qg.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in (programs, orders, resume, installation, doctor):
        module.add_to(commands)
    return parser


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str] | None]:
    """Split arguments into ours and those of the program after ``--``; None: there is no ``--``."""
    if "--" not in arguments:
        return list(arguments), None
    place = list(arguments).index("--")
    return list(arguments[:place]), list(arguments[place + 1 :])


def _check_arguments(chosen: argparse.Namespace) -> None:
    """Refuse arguments after a program without ``--``: a limit there would be ignored silently."""
    script = getattr(chosen, "script", None)
    if script is None and chosen.of_program is not None:
        raise QGateError("This command runs no program, so nothing may follow after --.")
    if script is not None and chosen.behind:
        behind = " ".join(chosen.behind)
        raise QGateError(
            f"{behind!r} stands after the program {script!r}. Put the options of qgate before the "
            f"program, and the program's own arguments after --, for example: {script} -- {behind}"
        )
