"""Errors of the program that a command runs, shown without the functions of qgate."""

from __future__ import annotations

import sysconfig
import traceback
from collections.abc import Iterator
from types import FrameType

from qgate.exceptions import QGateError

OURS = frozenset({"qgate", "autograd", "runpy"})
"""Packages whose functions lie between two of the user's, and say nothing about an error there."""

LIBRARIES = tuple(sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib"))

Place = tuple[FrameType, int]
"""A frame, and the number of its line."""


def is_of_program(error: BaseException, program: str) -> bool:
    """Return whether an error comes from a program, or from what it called."""
    if isinstance(error, SyntaxError) and error.filename == program:
        return True
    return any(_file(place) == program for place in _places(error))


def with_notes(error: BaseException) -> str:
    """Return the class and the text of an error, and its notes in further lines."""
    name = type(error).__name__
    return "\n".join([f"{name}: {error}" if str(error) else name, *getattr(error, "__notes__", ())])


def described_error(error: BaseException, program: str) -> str:
    """Return an error of a program as Python writes it, with the user's functions only.

    If the error was raised in qgate, and is not one of its own errors, all functions are shown: it
    may be a mistake in qgate.
    """
    places = list(_places(error))
    begin = next((i for i, place in enumerate(places) if _file(place) == program), len(places))
    places = places[begin:]
    if isinstance(error, QGateError):
        stack = _stack([place for place in places if _is_of_user(place)])
        return f"Traceback (most recent call last):\n{''.join(stack.format())}{with_notes(error)}"
    if _innermost_is_of_user(places):
        places = [place for place in places if not _is_ours(place)]
    shown = traceback.TracebackException.from_exception(error)
    shown.stack = _stack(places)
    return "".join(shown.format()).rstrip("\n")


def _stack(places: list[Place]) -> traceback.StackSummary:
    return traceback.StackSummary.extract(iter(places))


def _places(error: BaseException) -> Iterator[Place]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next


def _file(place: Place) -> str:
    return place[0].f_code.co_filename


def _is_ours(place: Place) -> bool:
    return str(place[0].f_globals.get("__name__")).partition(".")[0] in OURS


def _is_of_user(place: Place) -> bool:
    return not (_is_ours(place) or _file(place).startswith(("<", *LIBRARIES)))


def _innermost_is_of_user(places: list[Place]) -> bool:
    known = [place for place in places if _is_ours(place) or _is_of_user(place)]
    return not known or _is_of_user(known[-1])
