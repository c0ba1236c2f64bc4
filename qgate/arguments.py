"""Validation of user arguments."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from inspect import signature
from itertools import islice
from math import inf, isfinite
from operator import index
from typing import Any

import numpy as np

from qgate.arrays import real_number
from qgate.exceptions import InvalidParameters, InvalidTimeout, described

MOST_NUMBERS = 1_000_000
"""Longest sequence of numbers that is accepted as an argument."""

LONGEST_S = 1e9
"""Longest wait, more than thirty years. Longer timeouts are cut to it: the system rejects them."""


def finite_number(value: Any) -> float | None:
    """Return a value as a finite real float; None for anything else, including bool.

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
    """Return a value as a whole number; None for anything else, including bool."""
    number = finite_number(value)
    return int(number) if number is not None and number == int(number) else None


def finite_numbers(values: Any) -> tuple[float, ...] | None:
    """Return a sequence as finite real numbers; None if it is not one, or has over a million."""
    items = items_of(values)
    numbers = None if items is None else [finite_number(item) for item in items]
    if numbers is None or any(number is None for number in numbers):
        return None
    return tuple(float(number) for number in numbers if number is not None)


def items_of(values: Any) -> list[Any] | None:
    """Return the members of a sequence; None for text, non-sequences and overlong sequences."""
    indexed = hasattr(values, "shape") and hasattr(type(values), "__getitem__")  # traced arrays
    if isinstance(values, str | bytes) or not (indexed or isinstance(values, Iterable)):
        return None
    try:
        items = list(islice(values, MOST_NUMBERS + 1))
    except TypeError:  # arrays without axes have ``__iter__``, but cannot be iterated over
        return None
    return items if len(items) <= MOST_NUMBERS else None


def random_generator(seed: Any) -> np.random.Generator | None:
    """Return the generator of a seed; None for anything that is not a seed.

    Parameters
    ----------
    seed : None, int, sequence of int, SeedSequence, BitGenerator or Generator
        As for ``numpy.random.default_rng``: a generator shares its state, and None draws a seed.
    """
    # Not a constant of the module: numpy.random is slow to import, and a first value needs none.
    kinds = (np.random.Generator, np.random.BitGenerator, np.random.SeedSequence)
    if seed is None or isinstance(seed, kinds):
        return np.random.default_rng(seed)
    items = items_of(seed) if isinstance(seed, Sequence | np.ndarray) else None
    numbers = [_index(seed)] if items is None else [_index(item) for item in items]
    known = [number for number in numbers if number is not None and number >= 0]
    if not known or len(known) < len(numbers):
        return None
    return np.random.default_rng(known if items is not None else known[0])


def _index(value: Any) -> int | None:
    try:
        return index(value)
    except TypeError:
        return None


def array_of(value: Any) -> np.ndarray:
    """Return a value as an array of numbers, or of objects if that is impossible."""
    try:
        return np.asarray(value)
    except Exception:  # rows that differ in length, or nested too deeply
        return np.empty((), dtype=object)


def is_text_among(value: Any, known: Collection[str | None]) -> bool:
    """Return whether a value is a string that is a member of ``known``."""
    return isinstance(value, str) and value in known


def sequence_of(owner: str, argument: str, value: Any) -> list[Any]:
    """Return the members of a sequence.

    Raises
    ------
    InvalidParameters
        The value is not a sequence, or has more than a million members.
    """
    items = items_of(value)
    if items is None:
        raise _refused(owner, argument, value, "a sequence")
    return items


def mapping_of(owner: str, argument: str, value: Any) -> Mapping[Any, Any]:
    """Return a mapping; an empty one for None.

    Raises
    ------
    InvalidParameters
        The value is not a mapping.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise _refused(owner, argument, value, "a mapping")
    return value


def keywords_of(owner: str, argument: str, value: Any) -> dict[str, Any]:
    """Return keyword arguments that are given as a mapping; no arguments for None.

    Raises
    ------
    InvalidParameters
        The value is not a mapping, or one of its keys is not a string.
    """
    given = mapping_of(owner, argument, value)
    if not all(isinstance(name, str) for name in given):
        raise _refused(owner, argument, value, "a mapping whose keys are strings")
    return dict(given)


def require_function(owner: str, argument: str, value: Any) -> None:
    """Refuse values that are not callable.

    Raises
    ------
    InvalidParameters
    """
    if not callable(value):
        raise _refused(owner, argument, value, "a function")


def require_accepts(owner: str, argument: str, value: Any, *args: Any, **kwargs: Any) -> None:
    """Refuse values that cannot be called with these arguments.

    Parameters
    ----------
    owner, argument : str
        Named in the error.
    value : object
    *args, **kwargs
        Arguments of a call; only their number and names matter.

    Raises
    ------
    InvalidParameters
    """
    require_function(owner, argument, value)
    try:
        parameters = signature(value)
    except (TypeError, ValueError):  # some functions of C do not show theirs
        return
    try:
        parameters.bind(*args, **kwargs)
    except TypeError:
        positional = [f"{len(args)} positional argument{'s' * (len(args) != 1)}"] if args else []
        names = [*positional, *kwargs]
        needed = f"a function that accepts {', '.join(names) or 'no argument'}"
        raise _refused(owner, argument, value, needed) from None


def truth(owner: str, argument: str, value: Any) -> bool:
    """Return the truth value of an argument.

    Raises
    ------
    InvalidParameters
        The value has no truth value; arrays have none.
    """
    try:
        return bool(value)
    except Exception:
        raise _refused(owner, argument, value, "True or False") from None


def _refused(owner: str, argument: str, value: Any, needed: str) -> InvalidParameters:
    return InvalidParameters(f"{owner} was given {argument}={described(value)}. Give {needed}.")


def seconds_to_wait(timeout_s: Any) -> float | None:
    """Return a timeout in seconds; None: no limit.

    Parameters
    ----------
    timeout_s : float or None
        Seconds; infinity means no limit.

    Raises
    ------
    InvalidTimeout
        The timeout is negative or not a number.
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
    except OverflowError:  # an integer beyond the range of floats is finite, too
        return 0.0
