"""Checks of arguments that users give."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice
from math import inf, isfinite
from typing import Any

from qgate.arrays import real_number
from qgate.exceptions import InvalidTimeout

MOST_NUMBERS = 1_000_000
"""Longest sequence of numbers that is read from an argument."""

LONGEST_S = 1e9
"""Longest wait, more than thirty years; longer ones are cut to this, as the system takes none."""


def finite_number(value: Any) -> float | None:
    """Return the finite real number that a value is; None for anything else, also a bool.

    Parameters
    ----------
    value : object
        A number of Python, numpy or a framework; arrays of one entry with no axes included.
    """
    if isinstance(value, bool):
        return None
    number = real_number(value)
    return number if number is not None and isfinite(_as_float(number)) else None


def whole_number(value: Any) -> int | None:
    """Return the whole number that a value is; None for anything else, also a bool."""
    number = finite_number(value)
    return int(number) if number is not None and number == int(number) else None


def finite_numbers(values: Any) -> tuple[float, ...] | None:
    """Return the finite real numbers of a sequence; None if it is none of at most a million."""
    items = items_of(values)
    numbers = None if items is None else [finite_number(item) for item in items]
    if numbers is None or any(number is None for number in numbers):
        return None
    return tuple(float(number) for number in numbers if number is not None)


def items_of(values: Any) -> list[Any] | None:
    """Return the members of a sequence; None for text, for what is none, and for too many."""
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        return None
    try:
        items = list(islice(values, MOST_NUMBERS + 1))
    except TypeError:  # arrays without axes have the method, and nothing to go through
        return None
    return items if len(items) <= MOST_NUMBERS else None


def is_text_among(value: Any, known: Collection[str | None]) -> bool:
    """Return whether a value is a text that is a member of ``known``."""
    return isinstance(value, str) and value in known


def seconds_to_wait(timeout_s: Any) -> float | None:
    """Return how long to wait; None: without a limit.

    Parameters
    ----------
    timeout_s : float or None
        Seconds; infinity is no limit.

    Raises
    ------
    InvalidTimeout
        It is negative, or no number.
    """
    if timeout_s is None or (isinstance(timeout_s, float) and timeout_s == inf):
        return None
    seconds = finite_number(timeout_s)
    if seconds is None or seconds < 0:
        raise InvalidTimeout(value=timeout_s)
    return float(min(seconds, LONGEST_S))


def _as_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # an integer beyond the range of floats is finite all the same
        return 0.0
