"""Validation and conversion of the numbers that users pass to operators."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from numbers import Complex, Real

import numpy as np

from qgate.arguments import MOST_NUMBERS
from qgate.arrays import (
    BOXED,
    DOUBLE,
    enclosed,
    framework_of,
    is_complex,
    is_concrete,
    namespace,
    opened,
    shape_of,
    unwrap,
)
from qgate.exceptions import InvalidParameters, NotFinite, UnknownOutcome, described
from qgate.operations.outcome_values import MeasurementValue
from qgate.operations.slots import Affine
from qgate.sizes import check_depth, check_size
from qgate.typing import Tensor

PLAIN = frozenset({float, int, np.float64, Affine})
"""Types of angles that need no further check."""

PLAIN_ANGLES = PLAIN - {int}
"""Types of angles that need no check and no conversion."""

NARROW = frozenset(map(np.dtype, ("f4", "c8")))
"""Kinds of dtypes that are kept as given, but converted for computation."""

KEPT = NARROW | frozenset(map(np.dtype, ("f8", "c16")))
"""Kinds of dtypes that are kept as given."""

REAL = frozenset(map(np.dtype, ("f4", "f8")))
"""Kinds of real dtypes that are kept as given."""

LONGEST = 80
"""Number of characters of a refused value that an error shows."""


def as_array(value: Tensor) -> Tensor:
    """Return a number or array of any framework unchanged, a (nested) sequence as an array.

    Rows of different lengths are refused, and sequences nested too deeply.
    """
    if not isinstance(value, list | tuple):
        return enclosed(value)
    library = namespace(_leaves(value))
    try:
        return library.array(value)
    except ValueError:
        raise InvalidParameters(
            f"No array can be made of {_brief(value)}: its rows differ in length. "
            "Give rows of equal length."
        ) from None


def in_floats(value: Tensor) -> Tensor:
    """Return whole numbers, half precision and object arrays as double precision, others unchanged.

    Arithmetic with small integers wraps around, and that of half precision overflows at 65504.
    Numbers beyond float64 are refused, and arrays with masked entries.
    """
    kind = type(value)
    if kind is int and value.bit_length() > 63:  # numpy would create an object array
        return float(_within_float64(value))
    if kind in PLAIN or BOXED[kind]:
        return value
    framework = framework_of(value)
    if framework is not None:
        name = _numeric_dtype(value)
        kept = any(kind in name for kind in ("float32", "float64", "complex"))
        return value if kept else framework.enclosed(framework.widened(value))
    if not isinstance(value, np.ndarray | np.generic):
        return float(value) if isinstance(value, Fraction | bool) else value
    if hasattr(value, "mask"):
        return in_floats(_unmasked(value))
    if value.dtype.kind == "O":
        return _in_floats_by_entry(value)
    return value if value.dtype in KEPT or value.dtype.kind not in "biufc" else _double(value)


def _numeric_dtype(value: Tensor) -> str:
    """Return the name of the dtype of a framework's array, which has to hold numbers."""
    name = str(opened(value).dtype)
    if not any(kind in name for kind in ("float", "int", "bool", "complex")):
        raise InvalidParameters(
            f"{_brief(value)} is an array of the type {name}. Give an array of numbers."
        )
    return name


def _within_float64(value: int) -> int:
    """Return a whole number that float64 can hold."""
    if value.bit_length() > 1023:
        raise InvalidParameters(
            f"{described(value)} is beyond 1.8e308, the largest number of float64. "
            "Give a smaller number."
        )
    return value


def in_double(value: Tensor) -> Tensor:
    """Return numbers as float64 or complex128, the dtypes of computation."""
    value = in_floats(value)
    framework = framework_of(value)
    if framework is not None:
        wide = framework.is_wide(value)
        return value if wide else framework.enclosed(framework.widened(value))
    if BOXED[type(value)]:
        narrow = getattr(unwrap(value), "dtype", None) in NARROW
        return (
            value * (np.complex128(1.0) if is_complex(value) else np.float64(1.0))
            if narrow
            else value
        )
    return _double(value) if getattr(value, "dtype", None) in NARROW else value


def _double(value: Tensor) -> Tensor:
    return value.astype(complex if value.dtype.kind == "c" else float)


def _unmasked(value: Tensor) -> Tensor:
    """Return the data of a masked array without masked entries."""
    if np.any(value.mask):
        raise InvalidParameters(
            f"An array has {int(np.sum(value.mask))} masked entries, which have no number: "
            f"{_brief(value)}. Give an array without a mask, such as array.filled(0.0)."
        )
    return value.data


def _in_floats_by_entry(value: Tensor) -> Tensor:
    """Return an object array of numbers in double precision; others, e.g. of slots, unchanged."""
    entries = [_number_of(entry) for entry in value.ravel()]
    if not all(isinstance(entry, Complex) for entry in entries):
        return value
    try:
        return value.astype(float if all(isinstance(entry, Real) for entry in entries) else complex)
    except OverflowError:
        raise InvalidParameters(
            f"{_brief(value)} has a number beyond 1.8e308, the largest of float64. "
            "Give smaller numbers."
        ) from None


def _number_of(entry: object) -> object:
    """Return the number in an array without axes; anything else unchanged."""
    return entry.item() if isinstance(entry, np.ndarray) and entry.shape == () else entry


def is_numeric(value: Tensor, *, real: bool = False) -> bool:
    """Return whether a value is a number, an array of numbers, or slots for them."""
    if framework_of(value) is not None and _has_reals(value):
        return True
    plain = unwrap(value)
    if isinstance(plain, np.ndarray | np.generic):
        if plain.dtype == object:
            return all(is_numeric(entry, real=real) for entry in np.ravel(plain))
        return plain.dtype.kind in ("biuf" if real else "biufc")
    if isinstance(plain, Complex | Affine):
        return isinstance(plain, Real | Affine) or not real
    shape = getattr(plain, "shape", None)  # of other frameworks' arrays; measurements have a method
    return shape is not None and not callable(shape) and hasattr(plain, "dtype")


def _has_reals(value: Tensor) -> bool:
    """Return whether a framework's array has a real dtype; its numbers need not be known."""
    name = str(opened(value).dtype)
    return "float" in name or "int" in name


def is_scalar(value: object) -> bool:
    """Return whether a value is a single number, real or complex."""
    return is_numeric(value) and shape_of(value) == ()


def require_scalar(operator: object, value: object) -> None:
    """Refuse factors of an operator that are not a single number."""
    if not is_scalar(value):
        raise InvalidParameters(
            f"{described(operator)} cannot be multiplied by {described(value)}. Give a number, "
            "real or complex."
        )


def require_numbers(name: str, argument: str, value: Tensor, *, real: bool = True) -> None:
    """Refuse values that are neither a number nor an array of numbers, real ones if ``real``.

    ``name`` and ``argument`` name the caller and its argument in the error.
    """
    if is_numeric(value, real=real):
        return
    if isinstance(value, MeasurementValue):
        raise UnknownOutcome(use=f"as {argument} of {name}")
    kind = "real numbers" if real else "numbers"
    remedy = "; np.real(z) is the real part of z." if is_numeric(value) else "."
    raise InvalidParameters(
        f"{name} cannot take {argument}={_brief(value)}. It takes {kind}, one or an array of "
        f"them. Give {kind}{remedy}"
    )


def is_plain_angle(value: Tensor) -> bool:
    """Return whether a value, traced or not, is a number that needs no check and no conversion."""
    while BOXED[type(value)]:
        value = value._value
    kind = type(value)
    if issubclass(kind, np.ndarray):
        return value.ndim == 0 and value.dtype is DOUBLE and not hasattr(value, "mask")
    return kind in PLAIN_ANGLES


def as_angle(name: str, argument: str, value: Tensor) -> Tensor:
    """Return an angle, or a batch of angles, in the form in which operators store it."""
    if type(value) in PLAIN:
        return value if type(value) is not int else in_floats(value)
    plain = value
    while BOXED[type(plain)]:
        plain = plain._value
    if type(plain) in PLAIN:
        return value
    if isinstance(plain, np.ndarray) and plain.ndim < 2 and plain.dtype in REAL:
        return value if plain is not value or not hasattr(value, "mask") else in_floats(value)
    angle = in_floats(as_array(value))
    require_numbers(name, argument, angle)
    if len(shape_of(angle)) > 1:
        raise InvalidParameters(
            f"{name} was given an array of shape {shape_of(angle)} for {argument}. "
            "An angle is one number, or an array with one axis, a batch. Flatten it, or make one "
            "gate for each element."
        )
    return angle


def check_shape(
    name: str,
    argument: str,
    value: Tensor,
    lengths: Sequence[int | str],
    *,
    batch: bool = True,
    real: bool = True,
) -> None:
    """Refuse values that are not an array of numbers of this shape.

    Parameters
    ----------
    name, argument : str
        Names of the caller and of the argument, for the message.
    value : array
    lengths : sequence of int or str
        Length of each axis; a string stands for any length.
    batch : bool
        Whether an additional leading batch axis is allowed.
    real : bool
        Whether complex numbers are refused.
    """
    require_numbers(name, argument, value, real=real)
    framework = framework_of(value)
    if framework is not None:
        framework.settle(value, len(lengths))
    shape = shape_of(value)
    if _fits(shape, lengths) or (batch and _fits(shape[1:], lengths)):
        return
    wanted = ", ".join(map(str, lengths)) + ("," if len(lengths) == 1 else "")
    remedy = f" ({name}.shape(...) gives the shape)" if argument == "weights" else ""
    raise InvalidParameters(
        f"{name} was given {argument} of shape {shape}. The shape has to be ({wanted})"
        f"{', and there may be a leading batch axis' if batch else ''}. "
        f"Reshape the array{remedy}, or name other wires."
    )


def _fits(shape: tuple[int, ...], lengths: Sequence[int | str]) -> bool:
    return len(shape) == len(lengths) and all(
        isinstance(wanted, str) or wanted == length
        for length, wanted in zip(shape, lengths, strict=True)
    )


def require_finite(name: str, parameters: Iterable[Tensor]) -> None:
    """Refuse parameters that are NaN or infinite, where their numbers are known."""
    for value in parameters:
        numbers = unwrap(value) if is_concrete(value) else 0.0
        if isinstance(numbers, int | float | complex | np.ndarray | np.number):
            entries = np.asarray(numbers)
            if entries.dtype.kind in "fc" and not np.isfinite(entries).all():
                raise NotFinite(operation=name, value=entries[~np.isfinite(entries)].tolist()[0])


def _leaves(value: Tensor, level: int = 0) -> list[Tensor]:
    if isinstance(value, list | tuple):
        check_depth(level)
        return [leaf for entry in value for leaf in _leaves(entry, level + 1)]
    if isinstance(value, range):  # of which an array would be filled
        check_size("An array", len(value), MOST_NUMBERS, unit="numbers", remedy="Give an array.")
    return [value]


def _brief(value: object) -> str:
    text = " ".join(described(unwrap(value)).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
