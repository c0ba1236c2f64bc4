"""Straight lines in parameter space along which differences are taken, without their steps.

Finite differences go along each angle by itself, simultaneous perturbation along random diagonals.
With shots, the best step of a line depends on the number of shots at its points and on the
frequency of the function along it; the caller knows both and chooses the steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qgate.arguments import finite_number, finite_numbers
from qgate.exceptions import InvalidDifferenceRule, described
from qgate.gradients.difference_rules import finite_diff_coeffs
from qgate.gradients.parameter_shift import HasRule, known_frequencies
from qgate.gradients.stencil import Stencil
from qgate.structure import Structure
from qgate.transforms.decomposition import decompose_structure
from qgate.typing import BoolArray, FloatArray

SMALLEST_STEP = 1e-12
"""Minimum step in radians; smaller ones leave at most 3 of the 16 digits of values."""


@dataclass(frozen=True, eq=False)
class DifferenceDirections:
    """L lines through the angles, and the rule for the derivative along each of them.

    Parameters
    ----------
    directions : array, shape (L, P)
        Change of each slot along each line, for a step of 1 radian.
    mixing : array, shape (n, L)
        Map from the derivatives along the lines to those by the n trainable slots.
    approx_order : int
        p: the error of the rule is of the order of the step to the power p.
    strategy : str
        As for ``finite_diff_coeffs``.
    given : array, shape (L,), optional
        Steps in radians set by the user.
    """

    directions: FloatArray
    mixing: FloatArray
    approx_order: int
    strategy: str
    given: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.directions)

    @property
    def rule(self) -> FloatArray:
        """Coefficients and shifts of the derivative for a step of 1, shape (2, points)."""
        return finite_diff_coeffs(1, self.approx_order, self.strategy)

    @property
    def next_rule(self) -> FloatArray:
        """Coefficients and shifts of the derivative of order p + 1, by central differences."""
        return finite_diff_coeffs(self.approx_order + 1, 2, "center")

    def frequencies(self, structure: Structure, depends: BoolArray) -> FloatArray:
        """Return an estimate of the largest frequency of each word along each line, shape (L, T).

        Along a diagonal of m angles a function of frequency 1 in each varies about as fast as one
        of frequency sqrt(m) in one angle (a product of m cosines is 1 - m h^2 / 2). ``depends`` (P,
        T): the slots on which each of T words depends.
        """
        own = self.directions * slot_frequencies(structure)
        return np.asarray(np.sqrt(own**2 @ depends.astype(float)))

    def derivatives(self, steps: FloatArray) -> Stencil:
        """Return the stencil of derivatives by the n trainable slots, for steps of shape (L,)."""
        return self._stencil(self.rule, steps, 1, self.mixing)

    def curvatures(self, steps: FloatArray) -> Stencil:
        """Return the stencil of the derivatives of order p + 1 along the L lines: the bias."""
        return self._stencil(self.next_rule, steps, self.approx_order + 1, np.eye(len(self)))

    def _stencil(
        self, rule: FloatArray, steps: FloatArray, order: int, mixing: FloatArray
    ) -> Stencil:
        coefficients, shifts = rule
        offsets = np.multiply.outer(steps[:, None] * self.directions, shifts)
        weights = np.multiply.outer(coefficients, mixing / steps**order)
        count, size = len(coefficients), len(mixing)
        shape = (count, size, len(self))
        point, target, line = (axis.ravel() for axis in np.indices(shape))
        used = weights.ravel() != 0
        return Stencil(
            offsets.transpose(0, 2, 1).reshape(-1, self.directions.shape[1]),
            target[used],
            (line * count + point)[used],
            weights.ravel()[used],
            size,
            1,
        ).merged()


def slot_frequencies(structure: Structure) -> FloatArray:
    """Return the largest frequency of an expectation value in each slot, in 1/radian, shape (P,).

    It is an upper bound if a slot enters several gates, and 1 for a gate of unknown frequencies.
    """
    return _slot_frequencies(structure).copy()


@lru_cache(maxsize=64)
def _slot_frequencies(structure: Structure) -> FloatArray:
    decomposed = decompose_structure(structure, HasRule())
    own = known_frequencies(decomposed.structure)
    angles, found = decomposed.angles, np.zeros(structure.num_slots)
    for slot, column, factor in zip(angles.slots, angles.columns, angles.factors, strict=True):
        found[slot] += abs(float(factor)) * own.get(int(column), 1.0)
    return found


def steps_of(given: object, size: int) -> FloatArray:
    """Validate the user's steps: one for each of ``size`` angles, or one for all."""
    one = finite_number(given)
    numbers = finite_numbers(given) if one is None else (one,) * size
    steps = np.array(() if numbers is None else numbers, dtype=float)
    if numbers is None or len(steps) != size or not steps.all():
        raise InvalidDifferenceRule(
            reason=f"h={described(given)} is no step for {size} trained angles",
            remedy=f"Give one number other than 0, or {size} of them.",
        )
    if (np.abs(steps) < SMALLEST_STEP).any():
        raise InvalidDifferenceRule(
            reason=f"h={described(given)} is below {SMALLEST_STEP}, where rounding is all that "
            "is left of a difference",
            remedy="Give a larger step, or none: the default balances rounding and bias.",
        )
    return steps
