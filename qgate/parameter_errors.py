"""Errors that name the operation whose parameters cannot be run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qgate.arrays import unwrap
from qgate.exceptions import InvalidParameters, NotFinite, described
from qgate.measurements import Measurement
from qgate.operations.operator import Operator, ParameterKind
from qgate.typing import NumericArray, Tensor


def refuse_not_real(operations: Sequence[Operator]) -> None:
    """Refuse angles that are not real numbers.

    Raises
    ------
    InvalidParameters
    """
    for operation in operations:
        for value, kind in zip(operation.parameters, operation.parameter_kinds, strict=True):
            number = unwrap(value)
            if kind is ParameterKind.ANGLES and np.asarray(number).dtype.kind not in "iufb":
                raise InvalidParameters(
                    f"{operation.name} was given the angle {described(number)}. Angles are real "
                    "numbers, or arrays of them, in radians. Give such a number."
                )


def refuse_not_finite(items: Sequence[Operator | Measurement]) -> None:
    """Refuse parameters that are NaN or infinite.

    Raises
    ------
    NotFinite
    """
    for item in items:
        name = item.name if isinstance(item, Operator) else item.return_type
        for value in item.parameters:
            number = _numbers(value)
            if not np.isfinite(number).all():
                raise NotFinite(operation=name, value=number[~np.isfinite(number)].tolist()[0])


def refuse_large(arrays: Sequence[Tensor], largest: float) -> None:
    """Refuse matrices, states and coefficients with a number above ``largest``.

    Raises
    ------
    InvalidParameters
    """
    for array in arrays:
        number = _numbers(array)
        if not np.all(abs(number) <= largest):
            raise InvalidParameters(
                f"The circuit has the number {number[abs(number).argmax()]:.6g} in a matrix, a "
                f"state or the coefficients of an observable. These are at most {largest:g}, so "
                "that sums of their squares can be computed. Give smaller numbers, and multiply "
                "the results."
            )


def _numbers(value: Tensor) -> NumericArray:
    return np.ravel(value.data if hasattr(value, "tocsr") else unwrap(value))
