"""Values of outcomes as observables on the wires that hold the outcomes, and as tables."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import lru_cache

import numpy as np

from qgate.exceptions import InvalidParameters
from qgate.operations.outcome_values import (
    MOST_TABULATED,
    Call,
    Node,
    Outcome,
    evaluated,
    uids_in,
)
from qgate.operations.pauli import PauliSum
from qgate.sizes import check_size
from qgate.typing import FloatArray, Wire

Fixed = tuple[tuple[Hashable, int], ...]
"""Outcomes that are known, because the measurements are postselected."""

Expansion = dict[frozenset[Hashable], float]
"""Coefficients of products of Pauli Z, by the outcomes in whose product they occur."""

NEGLIGIBLE = 1e-14
"""Coefficients below this, relative to the largest, are rounding errors of an expansion."""


def free_uids(node: Node, fixed: Fixed) -> list[Hashable]:
    """Return the outcomes on which an expression depends, without those that are known."""
    known = dict(fixed)
    return [uid for uid in uids_in(node) if uid not in known]


@lru_cache(maxsize=1024)
def table_of(node: Node, fixed: Fixed = ()) -> tuple[float, ...]:
    """Return the value of an expression for all values of its free outcomes.

    The first outcome, in order of appearance, is the most significant.

    Raises
    ------
    TooLarge
        It depends on too many outcomes.
    InvalidParameters
        A value is infinite or not a number.
    """
    free = free_uids(node, fixed)
    check_size(
        "A condition or a function of outcomes",
        len(free),
        MOST_TABULATED,
        unit="outcomes",
        remedy="Use fewer outcomes in one expression; sums may have any number.",
    )
    bits = np.indices((2,) * len(free)).reshape(len(free), -1) if free else np.zeros((0, 1), int)
    known = dict(zip(free, bits, strict=True)) | dict(fixed)
    with np.errstate(all="ignore"):
        values = np.broadcast_to(np.asarray(evaluated(node, known)), bits.shape[1:])
    if not np.isfinite(values).all():
        raise InvalidParameters(
            "An expression of outcomes is infinite or undefined for some outcomes, for example by "
            "a division by 0. Use one that is finite for all of them."
        )
    return tuple(values.tolist())


def observable_of(node: Node, wires: Mapping[Hashable, Wire], fixed: Fixed = ()) -> PauliSum:
    """Return a value of outcomes as an observable, a sum of products of Pauli Z.

    Parameters
    ----------
    node : Node
    wires : mapping
        The wire that holds each outcome.
    fixed : pairs of outcome and bit
    """
    expansion = _expanded(node, fixed)
    uids = uids_in(node)
    letters = ["".join("Z" if uid in word else "I" for uid in uids) for word in expansion]
    return PauliSum.from_words(
        np.array(list(expansion.values())), letters, [wires[uid] for uid in uids]
    )


def _expanded(node: Node, fixed: Fixed) -> Expansion:
    """Return the expansion of a value; sums and multiples are expanded term by term."""
    if isinstance(node, Call) and node.function in ("+", "-") and len(node.arguments) > 1:
        total: Expansion = {frozenset(): 0.0}
        for place, part in enumerate(node.arguments):
            sign = -1.0 if place and node.function == "-" else 1.0
            for word, coefficient in _expanded(part, fixed).items():
                total[word] = total.get(word, 0.0) + sign * coefficient
        return total
    if isinstance(node, Call) and node.function == "*":
        numbers = [part for part in node.arguments if isinstance(part, int | float)]
        others = tuple([part for part in node.arguments if not isinstance(part, int | float)])
        if numbers and others:
            rest = Call("*", others) if len(others) > 1 else others[0]
            factor = float(np.prod(numbers))
            return {word: factor * value for word, value in _expanded(rest, fixed).items()}
    if isinstance(node, Outcome) and node.uid not in dict(fixed):
        return {frozenset(): 0.5, frozenset({node.uid}): -0.5}
    return _transformed(node, fixed)


def _transformed(node: Node, fixed: Fixed) -> Expansion:
    """Return the expansion of a table, its Walsh-Hadamard transform."""
    free = free_uids(node, fixed)
    values: FloatArray = np.array(table_of(node, fixed), dtype=float).reshape((2,) * len(free))
    for axis in range(len(free)):
        first, second = values.take(0, axis=axis), values.take(1, axis=axis)
        values = np.stack([first + second, first - second], axis=axis) / 2.0
    least = NEGLIGIBLE * np.max(np.abs(values))
    found: Expansion = {frozenset(): 0.0}
    for bits, coefficient in np.ndenumerate(values):
        if abs(coefficient) > least:
            chosen = frozenset(uid for uid, bit in zip(free, bits, strict=True) if bit)
            found[chosen] = float(coefficient)
    return found
