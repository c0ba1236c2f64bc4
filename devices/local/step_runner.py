"""Interface of the steps of a plan in numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from qgate.typing import ComplexArray, FloatArray


@dataclass(frozen=True, eq=False, slots=True)
class Backward:
    """States of some rows and their derivatives, on the way back through a plan.

    Parameters
    ----------
    vectors : sequence of array, shape (R, 2**n)
        Kets and V times bras, after the step.
    numbers : array
    angles : array, shape (R, A)
    slopes : array, shape (V, R, A)
        Derivatives of Re <bra|psi>.
    undone : slice
        Vectors in which the step is undone, by overwriting; the others stay as after the step.
    """

    vectors: Sequence[ComplexArray]
    numbers: FloatArray
    angles: FloatArray
    slopes: FloatArray
    undone: slice


class StepRunner(Protocol):
    """Runner of a step, forward on states and back on kets and bras.

    ``angles``: the angles that the step depends on, without the constant 1.
    """

    angles: frozenset[int]

    def forward(
        self, states: ComplexArray, numbers: FloatArray, angles: FloatArray
    ) -> ComplexArray:
        """Return states (R, 2**n) after the step; may overwrite its argument."""

    def back(self, at: Backward) -> None:
        """Add the derivatives by its angles, and undo the step."""
