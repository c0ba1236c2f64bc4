"""What a framework is given to run a circuit by: numbers in, numbers out."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from qgate.exceptions import UnsupportedDiffMethod
from qgate.execution.limits import Limits
from qgate.execution.trained import Trained

if TYPE_CHECKING:
    from qgate.devices.base import Device


class Computation:
    """A sweep on a device, as a function of its trained angles.

    Parameters
    ----------
    trained : Trained
    device : Device

    Attributes
    ----------
    shapes : list of tuple of int
        Of the result of each measurement for one row.
    complex : list of bool
        Which of them are complex; these have a last axis of the real and the imaginary part.
    limits : Limits
    marks : bytes
        Tell computations that remember in the same place apart.
    """

    def __init__(self, trained: Trained, device: Device) -> None:
        self.trained, self.device, self.limits = trained, device, Limits()
        self.shapes: list[tuple[int, ...]] = []
        self.complex: list[bool] = []
        self.marks = b""
        self._tickets = itertools.count(1)

    @property
    def size(self) -> int:
        """M, how many numbers are measured."""
        return sum(int(np.prod(shape)) for shape in self.shapes)

    def require(self, order: int) -> None:
        """Refuse derivatives that are not given, before anything runs.

        Raises
        ------
        DifferentiationError
        """
        if order > 0:
            self.limits.check(order)

    def refuse_fixed(self) -> None:
        """Say why what is not trained cannot be differentiated.

        Raises
        ------
        UnsupportedDiffMethod
        """
        if self.limits.arrays is not None:
            raise self.limits.arrays
        raise UnsupportedDiffMethod(
            method=self.limits.method,
            reason="a derivative is taken by a parameter that was not known to be trained when the "
            "circuit was traced, or by a whole array",
            remedy="Watch it by a tf.GradientTape inside of the traced function, or set its "
            "requires_grad; arrays are differentiated by diff_method='backprop'.",
        )

    def by(self, columns: Sequence[int]) -> Self:
        """Return the same by some of the trained angles only."""
        return self._of(self.trained.by(columns), repr(columns).encode())

    def fixing(self, numbers: Sequence[Any]) -> Self:
        """Return the same with numbers in what was not known when it was made."""
        if not numbers:
            return self
        marks = b"".join(np.ascontiguousarray(number).tobytes() for number in numbers)
        return self._of(self.trained.fixing(numbers), marks)

    def _of(self, trained: Trained, marks: bytes) -> Self:
        """Return the same of another sweep; ``marks`` tell the two apart."""
        other = copy.copy(self)
        other.trained, other.marks = trained, self.marks + marks
        return other

    def new_ticket(self) -> int:
        """Return a ticket that no other run of the value has."""
        return next(self._tickets)
