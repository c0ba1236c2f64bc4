r"""SPSA gradients: differences along random directions in all angles at once.

Along a direction :math:`\Delta` the difference of f estimates :math:`\sum_j \Delta_j f_j` with the
derivatives :math:`f_j`. Divided by :math:`\Delta_i` it has the mean :math:`f_i`, if the entries are
independent, and positive and negative with equal probability: the other terms, :math:`f_j \Delta_j
/ \Delta_i`, have mean zero. A gradient costs a few circuits for each direction, independent of the
number of angles. Spall, IEEE Trans. Autom. Control 37, 332 (1992).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np

from qgate.arguments import random_generator
from qgate.exceptions import InvalidDifferenceRule, described
from qgate.gradients.difference_rules import finite_diff_coeffs, sensible_step
from qgate.gradients.directions import DifferenceDirections, steps_of
from qgate.gradients.method import NO_OPTIONS, Options
from qgate.gradients.shifted_sweep import ShiftedSweep
from qgate.gradients.stencil import Stencil
from qgate.structure import Structure, slots_of
from qgate.transforms.decomposition import Decomposed
from qgate.typing import FloatArray, IntArray, Tensor

Sampler = Callable[..., FloatArray]
"""Function ``sampler(indices, size, repetition, rng=generator)`` that returns a direction (size,),
zero except at ``indices``.
"""

MOST_DIRECTIONS = 10_000
"""Maximum number of directions of one derivative."""

EXACT_STEP = 1e-5
"""Step without shots, in radians; the rounding error is below 1e-10."""


def rademacher(
    indices: Sequence[int], size: int, repetition: int, *, rng: np.random.Generator
) -> FloatArray:
    """Return a direction, shape (size,): 1 or -1 with equal odds at ``indices``, else 0."""
    direction = np.zeros(size)
    direction[list(indices)] = rng.choice((-1.0, 1.0), len(indices))
    return direction


DEFAULTS: Options = {
    "h": None,
    "approx_order": 2,
    "n": 1,
    "strategy": "center",
    "num_directions": 1,
    "sampler": rademacher,
    "sampler_rng": None,
    "validate_params": True,
}


def simultaneous_perturbation(
    structure: Structure,
    slots: tuple[int, ...],
    *,
    order: int = 1,
    shots: int | None = None,
    options: Options = NO_OPTIONS,
) -> ShiftedSweep:
    """Differentiate along random directions (SPSA): a few circuits for any number of angles.

    The estimate is unbiased up to the error of the step. Its standard deviation is as large as the
    gradient itself, and decreases with the square root of ``num_directions``.

    Options (``gradient_kwargs``): ``num_directions``, the number of directions to average over;
    ``h``, the step in radians, a number or one for each trainable angle (default 1e-5 without
    shots, otherwise the one that balances noise and bias); ``approx_order`` and ``strategy`` as for
    finite differences; ``sampler_rng``, an integer (the same directions in every call), a numpy
    ``Generator`` or None (new directions in every call); ``sampler``, a function that draws a
    direction; ``validate_params``: whether angles on which no measurement depends are not varied
    and get the derivative zero (True), or are varied like the others (False); ``n``, which must be
    1. On tapes and QNodes also ``broadcast``, whether all points are one broadcast tape (True) or
    one tape each, and ``f0``, the value if it is known.
    """
    chosen = _chosen(options)
    reached = _varied(structure, slots, chosen)
    steps = _steps(chosen, shots, len(slots), max(1, len(reached)))
    rng = _generator(chosen["sampler_rng"])
    draws = [_draw(chosen, reached, len(slots), rng) for _ in range(order)]
    parts = [
        _stencil(structure.num_slots, slots, directions, steps, chosen) for directions in draws
    ]
    return ShiftedSweep(Decomposed.unchanged(structure), (reduce(Stencil.compose, parts),))


def random_lines(
    structure: Structure, slots: tuple[int, ...], options: Options
) -> DifferenceDirections:
    """Return a line for each random direction."""
    chosen = _chosen(options)
    rng = _generator(chosen["sampler_rng"])
    drawn = _draw(chosen, _varied(structure, slots, chosen), len(slots), rng)
    scales = np.ones(len(slots)) if chosen["h"] is None else steps_of(chosen["h"], len(slots))
    longest = np.abs(scales).max(initial=0.0)
    moves = np.array(drawn) * (scales / longest if longest else scales)
    directions = np.zeros((len(moves), structure.num_slots))
    directions[:, list(slots)] = moves
    inverse = np.divide(1.0, moves, out=np.zeros_like(moves), where=moves != 0)
    return DifferenceDirections(
        directions,
        inverse.T / len(moves),
        chosen["approx_order"],
        chosen["strategy"],
        None if chosen["h"] is None else np.full(len(moves), longest),
    )


def _generator(seed: Tensor) -> np.random.Generator:
    generator = random_generator(seed)
    if generator is None:
        raise InvalidDifferenceRule(
            reason=f"sampler_rng={described(seed)} is neither a generator nor a seed",
            remedy="Give a numpy.random.Generator, a whole number from 0 on, or None.",
        )
    return generator


def _varied(structure: Structure, slots: tuple[int, ...], chosen: Options) -> IntArray:
    """Return the positions of the trainable slots that directions vary."""
    if not chosen["validate_params"]:
        return np.arange(len(slots))
    return np.flatnonzero(np.isin(slots, list(_reaching(structure))))


def _chosen(options: Options) -> Options:
    """Return all options, with defaults, or refuse them."""
    chosen = {**DEFAULTS, **options}
    if chosen["n"] != 1:
        raise InvalidDifferenceRule(
            reason=f"n={chosen['n']!r}, and simultaneous perturbation estimates first derivatives",
            remedy="Leave n out, or take the jacobian of a gradient.",
        )
    count = chosen["num_directions"]
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
        raise InvalidDifferenceRule(
            reason=f"num_directions={described(count)} is not a positive integer",
            remedy="Give 1, 2, 3, ...",
        )
    if count > MOST_DIRECTIONS:
        raise InvalidDifferenceRule(
            reason=f"num_directions={described(count)} is above {MOST_DIRECTIONS}",
            remedy="Give fewer directions. The spread falls with the square root of their number.",
        )
    return chosen


def _steps(chosen: Options, shots: int | None, size: int, varied: int) -> FloatArray | float:
    """Return the step of each angle in radians, shape (size,), or one for all.

    Along a diagonal of m angles a function of frequency 1 in each varies about as fast as one of
    frequency sqrt(m) in one angle (a product of m cosines is 1 - m h^2 / 2).
    """
    if chosen["h"] is not None:
        return steps_of(chosen["h"], size)
    if shots is None:
        return EXACT_STEP
    approx_order, strategy = chosen["approx_order"], chosen["strategy"]
    return sensible_step(
        shots, approx_order=approx_order, strategy=strategy, frequency=math.sqrt(varied)
    )


def _draw(
    chosen: Options, indices: IntArray, size: int, rng: np.random.Generator
) -> list[FloatArray]:
    """Draw the directions of one derivative."""
    drawn = []
    for repetition in range(chosen["num_directions"]):
        given = chosen["sampler"](indices.tolist(), size, repetition, rng=rng)
        direction = np.asarray(given, dtype=float)
        if direction.shape != (size,) or not np.isfinite(direction).all():
            raise InvalidDifferenceRule(
                reason=f"the sampler returned {described(given)}",
                remedy=f"Return an array of {size} finite numbers, one for each trained angle.",
            )
        drawn.append(direction)
    return drawn


def _stencil(
    num_slots: int,
    slots: tuple[int, ...],
    directions: Sequence[FloatArray],
    steps: FloatArray | float,
    chosen: Options,
) -> Stencil:
    coefficients, shifts = finite_diff_coeffs(1, chosen["approx_order"], chosen["strategy"])
    count, size = len(coefficients), len(slots)
    offsets = np.zeros((len(directions), count, num_slots))
    weights = np.zeros((len(directions), count, size))
    for index, direction in enumerate(directions):
        moves = direction * steps
        inverse = np.divide(1.0, moves, out=np.zeros(size), where=moves != 0)
        offsets[index][:, list(slots)] = np.multiply.outer(shifts, moves)
        weights[index] = np.multiply.outer(coefficients / len(directions), inverse)
    points = np.repeat(np.arange(len(directions) * count), size)
    targets = np.tile(np.arange(size), len(directions) * count)
    flat = offsets.reshape(-1, num_slots)
    return Stencil(flat, targets, points, weights.ravel(), size, 1).merged()


def _reaching(structure: Structure) -> set[int]:
    """Return the slots of gates that are connected to a measurement through wires."""
    cone = {wire for item in structure.measurements for wire in item.wires}
    if not all(item.wires for item in structure.measurements):
        cone = set(structure.wires)
    found: set[int] = set()
    for operation in reversed(structure.operations):
        if cone.isdisjoint(operation.wires):
            continue
        cone.update(operation.wires)
        found.update(slots_of(operation))
    return found
