"""Periods of angles, and reduction of angles to one period.

A gate exp(i x G) whose eigenvalues are multiples of 1/m has the same matrix, including its phase,
at x and at x + 2 pi m. Neighbouring doubles near 1e17 are 16 apart, so shifts and sums of such
angles lose all digits; reduced to one period first, they lose none. ``math.sin`` and ``math.cos``
reduce any finite double exactly (Payne and Hanek, 1983).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import atan2, cos, pi, sin

import numpy as np

from qgate.exceptions import InvalidParameters, NotAffine, UndefinedError
from qgate.operations.operator import Operator
from qgate.operations.slots import Affine
from qgate.recording import paused
from qgate.structure import slots_in
from qgate.typing import FloatArray

UNITS = (1, 2, 4, 8)
"""Denominators m: eigenvalues are checked for being multiples of 1/1, 1/2, 1/4 or 1/8."""

LARGEST_KEPT = 2 * pi * UNITS[-1]
"""Angles up to this size are left unchanged, to the last bit."""

ROUNDING = 1e-12
"""Tolerance of eigenvalues as multiples: those of small matrices are computed numerically."""

MOST_ROUNDED = 1e-6
"""Largest rounding error (radians) of a product of angle and eigenvalue; above it, raise."""

MOST_LEVELS = 60
"""Maximum nesting of decompositions; deeper ones do not terminate."""


def within_periods(rows: FloatArray, operations: Sequence[Operator]) -> FloatArray:
    """Reduce large angles of rows to one period of their gates.

    Parameters
    ----------
    rows : array, shape (K, P)
        Angles (radians) of the slots of the operations.
    operations : sequence of Operator
        Operations with slots in place of angles.

    Returns
    -------
    array, shape (K, P)
        Angles of gates without such a period, and those that are not finite, are unchanged.

    Raises
    ------
    InvalidParameters
        The angle of a gate without such a period is so large that its product with an eigenvalue
        of the generator rounds by more than ``MOST_ROUNDED``.
    """
    found = np.array(rows, dtype=float)
    units, largest = period_units(operations, rows.shape[1])
    large = np.isfinite(found) & (np.abs(found) > LARGEST_KEPT)
    _refuse_rounded(np.where(large & (units == 0), found, 0.0), largest)
    for row, slot in np.argwhere(large & (units > 0)):
        unit = float(units[slot])
        part = float(found[row, slot]) / unit
        found[row, slot] = unit * atan2(sin(part), cos(part))
    return found


def period_units(operations: Sequence[Operator], num_slots: int) -> tuple[FloatArray, FloatArray]:
    """Return the period of each slot, or the largest eigenvalue that multiplies it.

    Returns
    -------
    units : array, shape (P,)
        m for each slot, where 2 pi m is a period; 0 where none is known.
    largest : array, shape (P,)
        The largest size of the eigenvalues of generators without a period; 0 where there are none.
    """
    found: list[list[int]] = [[] for _ in range(num_slots)]
    largest = np.zeros(num_slots)
    with paused():
        for part in (part for operation in operations for part in _parts(operation, MOST_LEVELS)):
            eigenvalues = _eigenvalues(part)
            for symbol in part.parameters:
                factors = dict(symbol.terms) if isinstance(symbol, Affine) else {}
                for slot in slots_in(symbol):
                    scaled = None if eigenvalues is None else factors[slot] * eigenvalues
                    unit = 0 if scaled is None else _unit(scaled)
                    found[slot].append(unit)
                    if scaled is not None and not unit:
                        largest[slot] = max(largest[slot], np.abs(scaled).max())
    units = np.array([max(units, default=0) * all(units) for units in found], dtype=float)
    return units, largest


def _refuse_rounded(angles: FloatArray, largest: FloatArray) -> None:
    """Refuse angles without a period whose products with eigenvalues have no correct digits.

    Raises
    ------
    InvalidParameters
    """
    limit = MOST_ROUNDED / np.finfo(float).eps
    rounded = (largest > 0) & (np.abs(angles) > limit / np.maximum(largest, 1e-280))
    if rounded.any():
        row, slot = np.argwhere(rounded)[0]
        angle, factor = abs(float(angles[row, slot])), float(largest[slot])
        raise InvalidParameters(
            f"An angle of size {angle:g} is multiplied by {factor:g} in its gate, and the product "
            f"rounds by {angle * factor * np.finfo(float).eps:.1g} rad. Angles of this gate may be "
            f"up to {limit / factor:.2g} in size. Gates whose eigenvalues are multiples of 1/8, "
            "such as RX or evolve(qg.Z(0), t), take angles of any size. Reduce the angle first, or "
            "scale the operator to such eigenvalues."
        )


def _parts(operation: Operator, levels: int) -> Iterator[Operator]:
    """Yield an operation, decomposed as far as its eigenvalues are not known."""
    moved = any(slots_in(symbol) for symbol in operation.parameters)
    if not moved or operation.is_channel or _eigenvalues(operation) is not None or not levels:
        yield operation
        return
    try:
        parts = operation.decomposition()
    except (UndefinedError, NotAffine):
        yield operation
        return
    for part in parts:
        yield from _parts(part, levels - 1)


def _eigenvalues(operation: Operator) -> FloatArray | None:
    """Return the eigenvalues of G where an operation is exp(i x G) with one angle x."""
    if len(operation.parameters) != 1 or not isinstance(operation.parameters[0], Affine):
        return None
    try:
        return operation.generator_eigenvalues()
    except UndefinedError:
        return None


def _unit(eigenvalues: FloatArray) -> int:
    """Return the least m for which all eigenvalues are multiples of 1/m, or 0."""
    for unit in UNITS:
        scaled = unit * eigenvalues
        if np.abs(scaled - np.rint(scaled)).max() < ROUNDING:
            return unit
    return 0
