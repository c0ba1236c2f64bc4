"""Command line interface ``qgate``: devices, plans, runs, jobs and installed packages."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

import qgate as qg
from qgate.cli import installation, orders, programs, resume
from qgate.cli.circuit_files import options_first
from qgate.exceptions import QGateError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Execute a command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Default: those of the process.

    Returns
    -------
    int
        0; 1 after an error, whose text is on the standard error stream; 130 after Ctrl-C.
    """
    ours, of_program = _split(sys.argv[1:] if arguments is None else arguments)
    chosen = _parser().parse_args(options_first(ours))
    chosen.of_program = of_program
    try:
        _check_arguments(chosen)
        command: Callable[[argparse.Namespace], None] = chosen.command
        command(chosen)
    except QGateError as error:
        _complain(error)
        return 1
    except KeyboardInterrupt as error:
        _complain(error)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="qgate", description=__doc__)
    parser.add_argument("--version", action="version", version=f"qgate {qg.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in (programs, orders, resume, installation):
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


def _complain(error: BaseException) -> None:
    name = type(error).__name__
    print(f"{name}: {error}" if str(error) else name, file=sys.stderr)
    for note in getattr(error, "__notes__", ()):
        print(note, file=sys.stderr)
