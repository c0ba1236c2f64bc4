"""Periods of angles, and angles brought into one period.

A gate exp(i x G) whose eigenvalues are multiples of 1/m has the same matrix, including its phase,
at x and at x + 2 pi m. Neighbouring doubles near 1e17 are 16 apart, so that sums of such angles,
shifted angles and their multiples lose everything; brought into one period first, they lose
nothing. ``math.sin`` and ``math.cos`` reduce any finite double exactly (Payne and Hanek, 1983).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import atan2, cos, pi, sin

import numpy as np

from qgate.exceptions import NotAffine, UndefinedError
from qgate.operations.operator import Operator
from qgate.operations.slots import Affine
from qgate.recording import paused
from qgate.structure import slots_in
from qgate.typing import FloatArray

UNITS = (1, 2, 4, 8)
"""Eigenvalues are looked for among the multiples of 1/1, 1/2, 1/4 and 1/8."""

LARGEST_KEPT = 2 * pi * UNITS[-1]
"""Angles up to this size stay as they are, to the last bit."""

ROUNDING = 1e-12
"""Eigenvalues may miss a multiple by this much: those of small matrices are computed."""

MOST_LEVELS = 60
"""Decompositions nested deeper than this never end."""


def are_small(rows: FloatArray) -> bool:
    """True if every angle is at most ``LARGEST_KEPT`` in size."""
    return bool(np.maximum.reduce(abs(rows), axis=None, initial=0.0) <= LARGEST_KEPT)


def within_periods(rows: FloatArray, operations: Sequence[Operator]) -> FloatArray:
    """Return rows whose large angles are brought into one period of their gates.

    Parameters
    ----------
    rows : array, shape (K, P)
        Angles (radians) of the slots of the operations.
    operations : sequence of Operator
        With slots in place of angles.

    Returns
    -------
    array, shape (K, P)
        Angles of gates without such a period, and those that are not finite, stay as they are.
    """
    found = np.array(rows, dtype=float)
    units = period_units(operations, rows.shape[1])
    large = np.isfinite(found) & (np.abs(found) > LARGEST_KEPT) & (units > 0)
    for row, slot in np.argwhere(large):
        unit = float(units[slot])
        part = float(found[row, slot]) / unit
        found[row, slot] = unit * atan2(sin(part), cos(part))
    return found


def period_units(operations: Sequence[Operator], num_slots: int) -> FloatArray:
    """Return m for each slot, shape (P,), where 2 pi m is a period; 0 where none is known."""
    found: list[list[int]] = [[] for _ in range(num_slots)]
    with paused():
        for part in (part for operation in operations for part in _parts(operation, MOST_LEVELS)):
            eigenvalues = _eigenvalues(part)
            for symbol in part.parameters:
                factors = dict(symbol.terms) if isinstance(symbol, Affine) else {}
                for slot in slots_in(symbol):
                    unit = 0 if eigenvalues is None else _unit(factors[slot] * eigenvalues)
                    found[slot].append(unit)
    return np.array([max(units, default=0) * all(units) for units in found], dtype=float)


def _parts(operation: Operator, levels: int) -> Iterator[Operator]:
    """Yield an operation, decomposed as far as its eigenvalues are not known."""
    moved = any(slots_in(symbol) for symbol in operation.parameters)
    if not moved or _eigenvalues(operation) is not None or not levels:
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
