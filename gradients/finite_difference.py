"""Finite-difference gradients."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from qgate.gradients.difference_rules import checked_rule, finite_diff_coeffs, sensible_step
from qgate.gradients.directions import DifferenceDirections, steps_of
from qgate.gradients.method import NO_OPTIONS, Options
from qgate.gradients.shifted_sweep import ShiftedSweep
from qgate.gradients.stencil import Stencil
from qgate.structure import Structure
from qgate.transforms.decomposition import Decomposed

DEFAULTS: Options = {"h": None, "approx_order": 1, "n": 1, "strategy": "forward"}


def finite_difference(
    structure: Structure,
    slots: tuple[int, ...],
    *,
    order: int = 1,
    shots: int | None = None,
    options: Options = NO_OPTIONS,
) -> ShiftedSweep:
    """Differentiate by finite differences: forward, backward or central, of any accuracy.

    Options (``gradient_kwargs``): ``h``, the step in radians, a number or one for each trainable
    angle (default: balances noise and bias for the number of shots; about 1e-7 without shots);
    ``approx_order``; ``strategy``; ``n``, the order of the derivative; ``validate_params`` is
    accepted without effect, since tapes are always checked. On tapes and QNodes also ``broadcast``,
    whether all points are one broadcast tape (True) or one tape each, and ``f0``, the value if it
    is known.
    """
    given = {name: value for name, value in options.items() if name in DEFAULTS}
    chosen = {**DEFAULTS, **given}
    strategy, approx_order = chosen["strategy"], chosen["approx_order"]
    if order > 1 and not given:
        strategy, approx_order = "center", 2  # a forward difference has too large a bias
    n, approx_order, strategy = checked_rule(chosen["n"], approx_order, strategy)
    step = chosen["h"]
    if step is None:
        step = sensible_step(shots, order=order * n, approx_order=approx_order, strategy=strategy)
    steps = tuple(steps_of(step, len(slots)).tolist())
    return _differences(structure, slots, order, steps, approx_order, n, strategy)


def axes(
    structure: Structure, slots: tuple[int, ...], options: Options
) -> DifferenceDirections | None:
    """Return a line for each angle; differences are central by default."""
    given = {name: value for name, value in options.items() if name in DEFAULTS}
    chosen = {**DEFAULTS, **(given or {"strategy": "center", "approx_order": 2})}
    if chosen["n"] != 1:
        return None
    directions = np.zeros((len(slots), structure.num_slots))
    directions[np.arange(len(slots)), list(slots)] = 1.0
    return DifferenceDirections(
        directions,
        np.eye(len(slots)),
        chosen["approx_order"],
        chosen["strategy"],
        None if chosen["h"] is None else steps_of(chosen["h"], len(slots)),
    )


@lru_cache(maxsize=256)
def _differences(
    structure: Structure,
    slots: tuple[int, ...],
    order: int,
    steps: tuple[float, ...],
    approx_order: int,
    n: int,
    strategy: str,
) -> ShiftedSweep:
    coefficients, shifts = finite_diff_coeffs(n, approx_order, strategy)
    rules = [
        (index, slot, np.stack([coefficients / step**n, shifts * step], axis=-1))
        for index, (slot, step) in enumerate(zip(slots, steps, strict=True))
    ]
    stencil = Stencil.from_rules(rules, structure.num_slots, len(slots)).power(order)
    return ShiftedSweep(Decomposed.unchanged(structure), (stencil,))
