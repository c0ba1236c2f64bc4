"""Validation of the options of optimizers."""

from __future__ import annotations

from collections.abc import Collection
from math import isfinite
from numbers import Integral
from typing import Any

import numpy as np

from qgate.exceptions import InvalidOptimizerOption
from qgate.typing import Nested


def positive(optimizer: str, **options: Nested) -> None:
    """Refuse options that are not positive finite numbers.

    Raises
    ------
    InvalidOptimizerOption
    """
    for option, value in options.items():
        if not _is_real(value) or value <= 0:
            raise _invalid(optimizer, option, value, "a positive finite number")


def not_negative(optimizer: str, **options: Nested) -> None:
    """Refuse options that are not finite numbers of at least 0."""
    for option, value in options.items():
        if not _is_real(value) or value < 0:
            raise _invalid(optimizer, option, value, "a finite number from 0 on")


def fraction(optimizer: str, **options: Nested) -> None:
    """Refuse options that are not in [0, 1)."""
    for option, value in options.items():
        if not _is_real(value) or not 0 <= value < 1:
            raise _invalid(optimizer, option, value, "a number from 0 on and below 1")


def count(optimizer: str, *, least: int = 1, most: int | None = None, **options: Nested) -> None:
    """Refuse options that are not whole numbers of at least ``least`` and at most ``most``."""
    for option, value in options.items():
        whole = isinstance(value, Integral) and not isinstance(value, bool)
        if not whole or value < least or (most is not None and value > most):
            end = "on" if most is None else f"to {most}"
            raise _invalid(optimizer, option, value, f"a whole number from {least} {end}")


def one_of(optimizer: str, known: Collection[str | None], **options: Nested) -> None:
    """Refuse options that are none of the known ones."""
    for option, value in options.items():
        if not isinstance(value, str | None) or value not in known:
            raise _invalid(optimizer, option, value, f"one of {', '.join(map(repr, known))}")


def flags(optimizer: str, **options: Nested) -> None:
    """Refuse options that have no truth value, such as arrays of several entries."""
    for option, value in options.items():
        try:
            bool(value)
        except Exception:
            raise _invalid(optimizer, option, value, "True or False") from None


def squarable(optimizer: str, **options: Nested) -> None:
    """Refuse options that are not positive numbers whose squares float64 can hold."""
    for option, value in options.items():
        if not _is_real(value) or not 1e-150 <= value <= 1e150:
            raise _invalid(optimizer, option, value, "a number from 1e-150 to 1e150")


def _is_real(value: Any) -> bool:
    """Return whether a value is a finite float or integer; arrays of fractions hold objects."""
    if isinstance(value, bool) or not isinstance(value, Integral | float | np.floating):
        return False
    try:
        return isfinite(value)
    except OverflowError:  # an integer beyond the range of floats
        return False


def _invalid(optimizer: str, option: str, value: Any, needed: str) -> InvalidOptimizerOption:
    return InvalidOptimizerOption(optimizer=optimizer, option=option, value=value, needed=needed)
