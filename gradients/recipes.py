"""Gradient recipes: shift rules given by the user as sums of c f(a x + s)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from qgate.arguments import finite_numbers, items_of, sequence_of
from qgate.arrays import is_traced
from qgate.exceptions import DifferentiationError, described
from qgate.gradients.method import owners
from qgate.gradients.shifted_sweep import ShiftedSweep
from qgate.gradients.stencil import Stencil
from qgate.tape import Tape
from qgate.transforms.decomposition import AffineMap
from qgate.transforms.placeholders import placeholders
from qgate.typing import BoolArray, FloatArray


def with_recipes(
    tape: Tape,
    wanted: BoolArray,
    recipes: object,
    default: Callable[[tuple[int, ...]], ShiftedSweep],
) -> ShiftedSweep:
    """Return the points for the derivatives of a tape, by the user's rules where given.

    Parameters
    ----------
    tape : Tape
        Tape whose parameters are the x of the rules.
    wanted : array of bool, shape (n,)
        Trainable slots that derivatives are taken by.
    recipes : sequence or None
        For each trainable parameter, rows [c, a, s] of a rule, the derivative being the sum of c
        f(a x + s), or None for the rule of the method. An array of angles has one rule for each of
        its elements. None: the rule of the method for all.
    default : callable
        Function from slots to the points of the method.

    Raises
    ------
    DifferentiationError
        The number of recipes differs from that of trainable parameters, or a recipe does not
        consist of rows of 3 numbers.
    """
    slots = tape.trainable_slots[wanted]
    if recipes is None:
        return default(tuple(slots.tolist()))
    rules = [
        rule for rule, is_wanted in zip(_by_slot(tape, recipes), wanted, strict=True) if is_wanted
    ]
    left = np.array([index for index, rule in enumerate(rules) if rule is None], dtype=np.int64)
    shifted = ShiftedSweep.nothing(tape.structure)
    if len(left):
        shifted = default(tuple(slots[left].tolist()))
    _refuse_stretched(tape, rules)
    angles, row = shifted.decomposed.angles, placeholders(tape).sweep().rows[0]
    inner = shifted.stencil
    entries = [*zip(left[inner.targets], inner.points, inner.weights, strict=True)]
    offsets = [inner.offsets]
    for target, (slot, rule) in enumerate(zip(slots.tolist(), rules, strict=True)):
        if rule is None:
            continue
        shifts = (rule[:, 1] - 1) * row[slot] + rule[:, 2]
        start = sum(map(len, offsets))
        entries += [(target, start + place, weight) for place, weight in enumerate(rule[:, 0])]
        offsets.append(np.multiply.outer(shifts, _moved_by(angles, slot)))
    every = np.concatenate(offsets)
    stencil = Stencil.from_entries(every, entries, len(slots), 1)
    if inner.pins is not None:
        pins = np.zeros(every.shape, dtype=bool)
        pins[: len(inner.pins)] = inner.pins
        stencil = replace(stencil, pins=pins)
    return ShiftedSweep(shifted.decomposed, (stencil.merged(),))


def _refuse_stretched(tape: Tape, rules: Sequence[FloatArray | None]) -> None:
    """Refuse rules with a scaled parameter (a other than 1) if a derivative by it may be taken."""
    stretched = [rule for rule in rules if rule is not None and (rule[:, 1] != 1.0).any()]
    if stretched and any(map(is_traced, tape.parameters)):
        raise DifferentiationError(
            f"The gradient recipe {stretched[0].tolist()} multiplies a parameter by other than 1, "
            "and a derivative may be taken by that parameter, or its number is not known while "
            "it is compiled. Give rows [c, 1, s], or parameters without derivatives."
        )


def _moved_by(angles: AffineMap, slot: int) -> FloatArray:
    """Return the factor of a slot in each angle, shape (Q,)."""
    row = np.zeros(len(angles.offset))
    own = angles.slots == slot
    row[angles.columns[own]] = angles.factors[own]
    return row


def _by_slot(tape: Tape, recipes: object) -> list[FloatArray | None]:
    """Return the rule of each trainable slot."""
    given, trained = sequence_of("param_shift", "gradient_recipes", recipes), tape.trainable_params
    if len(given) != len(trained):
        raise DifferentiationError(
            f"gradient_recipes has {len(given)} entries, and the tape has {len(trained)} trainable "
            "angles. Give a list of [c, a, s], or None, for each."
        )
    rules = [None if recipe is None else _checked(recipe) for recipe in given]
    return [rules[owner] for owner in owners(tape)]


def _checked(recipe: object) -> FloatArray:
    rows = [finite_numbers(row) for row in items_of(recipe) or ()]
    rule = [row for row in rows if row is not None and len(row) == 3]
    if not rule or len(rule) < len(rows):
        raise DifferentiationError(
            f"{described(recipe)} is no gradient recipe. Give a list of [c, a, s], of which the "
            "derivative is the sum of c f(a x + s)."
        )
    return np.array(rule)
