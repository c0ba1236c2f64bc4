"""Second derivatives of a circuit by shift rules, as one sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np

from qgate.gradients.difference_rules import sensible_step
from qgate.gradients.parameter_shift import HasRule, Quantities, Shifts, rules_by_angle
from qgate.gradients.shifted_sweep import ShiftedSweep
from qgate.gradients.stencil import DECIMALS, Stencil
from qgate.tape import Tape
from qgate.transforms.decomposition import Decomposed, decompose_structure
from qgate.typing import BoolArray, FloatArray

Point = tuple[tuple[int, float], ...]
"""Shifted angles, ascending, with their shifts."""


def second_order(
    tape: Tape, kept: BoolArray, *, diagonal: Shifts, off_diagonal: Shifts
) -> ShiftedSweep:
    """Return the points for the second derivatives by the trainable slots of a tape.

    The second derivative by one angle has a rule of its own, with fewer points than the first-order
    rule applied twice. The mixed derivative by two angles uses the product of their first-order
    rules. ``diagonal`` and ``off_diagonal`` have, for each trainable slot, the shifts of its rule,
    or None. Derivatives that are not ``kept``, a symmetric mask (n, n), are zero and cost nothing.
    There are no points if the circuit does not depend on the slots.
    """
    slots = [int(slot) for slot in tape.trainable_slots]
    of = Quantities.measured(tape.structure)
    decomposed = decompose_structure(tape.structure, HasRule(of))
    shots = min(tape.shots.parts, default=None)
    step = sensible_step(shots, order=2, approx_order=2, strategy="center")
    by_slot = [dict(zip(slots, shifts, strict=True)) for shifts in (diagonal, off_diagonal)]
    twice = rules_by_angle(decomposed, by_slot[0], step, order=2, of=of)
    once = rules_by_angle(decomposed, by_slot[1], step, of=of)
    return ShiftedSweep(decomposed, (_collect(decomposed, slots, kept, once, twice),))


def _collect(
    decomposed: Decomposed,
    slots: Sequence[int],
    kept: BoolArray,
    once: Mapping[int, FloatArray],
    twice: Mapping[int, FloatArray],
) -> Stencil:
    angles, index = decomposed.angles, {slot: at for at, slot in enumerate(slots)}
    entries = [
        (index[int(slot)], int(angle), float(factor))
        for slot, angle, factor in zip(angles.slots, angles.columns, angles.factors, strict=True)
        if int(slot) in index
    ]
    places: dict[Point, int] = {}
    found: list[tuple[int, int, float]] = []
    for (i, a, first), (j, b, second) in product(entries, repeat=2):
        if i > j or not kept[i, j]:
            continue
        for weight, point in _points(a, b, once, twice):
            place = places.setdefault(point, len(places))
            mirrored = {i * len(slots) + j, j * len(slots) + i}
            found += [(target, place, first * second * weight) for target in mirrored]
    offsets = np.zeros((len(places), len(angles.offset)))
    for point, place in places.items():
        for angle, shift in point:
            offsets[place, angle] = shift
    return Stencil.from_entries(offsets, found, len(slots), 2)


def _points(
    a: int, b: int, once: Mapping[int, FloatArray], twice: Mapping[int, FloatArray]
) -> list[tuple[float, Point]]:
    """Return weights and points of the second derivative by two angles."""
    if a == b:
        return [(float(weight), _point([(a, shift)])) for weight, shift in twice[a]]
    return [
        (float(weight * other), _point([(a, shift), (b, moved)]))
        for weight, shift in once[a]
        for other, moved in once[b]
    ]


def _point(shifts: Sequence[tuple[int, float]]) -> Point:
    rounded = sorted((angle, round(float(shift), DECIMALS)) for angle, shift in shifts)
    return tuple((angle, shift) for angle, shift in rounded if shift != 0.0)
