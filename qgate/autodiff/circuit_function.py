"""Circuits as functions from numbers to numbers, the form in which a framework runs them."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from qgate.autodiff.trainable_sweep import TrainableSweep
from qgate.exceptions import UnsupportedDiffMethod
from qgate.jobs.limits import Limits

if TYPE_CHECKING:
    from qgate.devices.base import Device


class CircuitFunction:
    """A sweep on a device, as a function of its trainable angles.

    Parameters
    ----------
    trained : TrainableSweep
    device : Device

    Attributes
    ----------
    shapes : list of tuple of int
        Shape of the result of each measurement for one row.
    complex : list of bool
        Whether each result is complex. Complex results have a last axis of real and imaginary part.
    limits : Limits
    marks : bytes
        Distinguishes computations that share a cache.
    """

    def __init__(self, trained: TrainableSweep, device: Device) -> None:
        self.trained, self.device, self.limits = trained, device, Limits()
        self.shapes: list[tuple[int, ...]] = []
        self.complex: list[bool] = []
        self.marks = b""
        self._tickets = itertools.count(1)

    @property
    def size(self) -> int:
        """M, the number of measured values."""
        return sum(int(np.prod(shape)) for shape in self.shapes)

    def require(self, order: int) -> None:
        """Refuse unavailable derivatives before anything runs.

        Raises
        ------
        DifferentiationError
        """
        if order > 0:
            self.limits.check(order)

    def refuse_fixed(self) -> None:
        """Raise the reason why non-trainable inputs cannot be differentiated.

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
        """Return the same function of only some of the trainable angles."""
        return self._of(self.trained.by(columns), repr(columns).encode())

    def fixing(self, numbers: Sequence[Any]) -> Self:
        """Return the same function, with numbers for inputs that were unknown so far."""
        if not numbers:
            return self
        marks = b"".join(np.ascontiguousarray(number).tobytes() for number in numbers)
        return self._of(self.trained.fixing(numbers), marks)

    def _of(self, trained: TrainableSweep, marks: bytes) -> Self:
        """Return a copy for another sweep; ``marks`` distinguishes the two."""
        other = copy.copy(self)
        other.trained, other.marks = trained, self.marks + marks
        return other

    def new_ticket(self) -> int:
        """Return an identifier of one evaluation of the value."""
        return next(self._tickets)
