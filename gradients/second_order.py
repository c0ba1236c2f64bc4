"""Second derivatives of a circuit by shift rules, as one sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np

from qgate.arrays import namespace, shape_of
from qgate.gradients.difference_rules import sensible_step
from qgate.gradients.parameter_shift import HasRule, Quantities, Shifts, rules_by_angle
from qgate.gradients.stencil import DECIMALS, Stencil
from qgate.measurements import Measurement
from qgate.structure import Structure
from qgate.tape import Tape
from qgate.transforms.decompose import Decomposed, decompose_structure
from qgate.typing import BoolArray, FloatArray, Tensor
from qgate.wires import Wires

Point = tuple[tuple[int, float], ...]
"""Shifted angles, ascending, with their shifts."""


def second_order(
    tape: Tape, kept: BoolArray, *, diagonal: Shifts, off_diagonal: Shifts
) -> tuple[Decomposed, Stencil]:
    """Return the stencil of the second derivatives by the trainable slots of a tape.

    The second derivative by one angle has a rule of its own, with fewer points than the first-order
    rule applied twice. The mixed derivative by two angles uses the product of their first-order
    rules.

    Parameters
    ----------
    tape : Tape
        Tape that measures quantities for which shift rules hold.
    kept : array of bool, shape (n, n)
        Symmetric mask of the required derivatives. The others are zero and cost nothing.
    diagonal, off_diagonal : sequence
        For each trainable slot, the shifts of its rule, or None.

    Returns
    -------
    decomposed : Decomposed
        Structure whose slots are shifted.
    stencil : Stencil
        Stencil of order 2; without points if the circuit does not depend on the slots.
    """
    slots = [int(slot) for slot in tape.trainable_slots]
    of = Quantities.measured(tape.structure)
    decomposed = decompose_structure(tape.structure, HasRule(of))
    shots = min(tape.shots.parts, default=None)
    step = sensible_step(shots, order=2, approx_order=2, strategy="center")
    by_slot = [dict(zip(slots, shifts, strict=True)) for shifts in (diagonal, off_diagonal)]
    twice = rules_by_angle(decomposed, by_slot[0], step, order=2, of=of)
    once = rules_by_angle(decomposed, by_slot[1], step, of=of)
    return decomposed, _collect(decomposed, slots, kept, once, twice)


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
    targets, points, weights = zip(*found, strict=True) if found else ((), (), ())
    return Stencil(
        offsets,
        np.array(targets, dtype=np.int64),
        np.array(points, dtype=np.int64),
        np.array(weights, dtype=float),
        len(slots),
        2,
    )


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


def around(tape: Tape, decomposed: Decomposed, offsets: FloatArray) -> Tape:
    """Return a tape at points around its parameters, as a broadcast that can be differentiated.

    Parameters
    ----------
    tape : Tape
        Tape with one row.
    decomposed : Decomposed
        Decomposition of its structure.
    offsets : array, shape (M, Q)
        Shifts of the angles of that structure at each point.
    """
    rows = decomposed.angles(tape.row(), namespace(tape.angles))
    return bound(decomposed.structure, rows + offsets, tape)


def bound(structure: Structure, rows: Tensor, tape: Tape) -> Tape:
    """Return a structure with the numbers of a tape at one row (Q,), or at several (K, Q)."""
    measured = structure.bind_measurements(tape.arrays)
    if structure.wires != tape.structure.wires:  # decomposition may change their order
        measured = [_with_wires(item, tape.structure.wires) for item in measured]
    return Tape(structure.bind(rows, tape.arrays), measured, tape.shots)


def _with_wires(item: Measurement, wires: Wires) -> Measurement:
    """Set the wires of a measurement without wires."""
    return item.with_wires(wires) if item.obs is None and not item.wires else item


def with_known(values: Tensor, known: Tensor, run: BoolArray) -> Tensor:
    """Insert a known value at the one point that was not run.

    Parameters
    ----------
    values : array, shape (M - 1, ...)
    known : array, shape (...)
    run : array of bool, shape (M,)
        Mask of the points that were run.
    """
    xp, place = namespace([values, known]), int(np.flatnonzero(~run)[0])
    row = xp.reshape(known, (1, *shape_of(values)[1:]))
    return xp.concatenate([values[:place], row, values[place:]])
