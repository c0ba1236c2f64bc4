"""Angles of a circuit that are entries of autograd's arrays, for derivatives that are known."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from autograd.core import VJPNode
from autograd.tracer import Box, new_box

from qgate.arrays import is_double
from qgate.interfaces.autograd_rows import (
    Argument,
    Member,
    Places,
    parts_of_row,
    places_of,
    terms_of,
)
from qgate.typing import FloatArray, Tensor


class KnownSlopes:
    """Gradient rule of a number whose derivatives by a row are known, as stored with a node."""

    __slots__ = ("derivatives", "places")

    def __init__(self, derivatives: FloatArray, places: Places) -> None:
        self.derivatives, self.places = derivatives, places

    def __call__(self, cotangent: Tensor) -> tuple[Tensor, ...]:
        row = cotangent * self.derivatives
        return tuple([parts_of_row(row, place) for place in self.places.alone])


@dataclass(frozen=True, eq=False, slots=True)
class AutogradAngles:
    """Angles of a circuit, plain numbers or entries of traced arrays; see ``TracedAngles``.

    Parameters
    ----------
    numbers : list of float
        All angles.
    slots : tuple of int
        Positions of the traced ones.
    origins : list of Box
        The arrays.
    members : tuple
        For each traced angle the entries of which it is the sum.
    """

    numbers: list[float]
    slots: tuple[int, ...]
    origins: list[Box]
    members: tuple[tuple[Member, ...], ...]

    @classmethod
    def of(cls, angles: Sequence[Tensor]) -> AutogradAngles | None:
        """Return the angles; None: some are other functions of traced arrays."""
        numbers, slots, members = list[float](), list[int](), list[tuple[Member, ...]]()
        origins, order = list[Box](), dict[int, int]()
        for slot, value in enumerate(angles):
            if type(value) is not Argument:
                if not is_double(value):
                    return None
                numbers.append(float(value))
                continue
            if not isinstance(value._value, float):  # a whole array, such as that of SpecialUnitary
                return None
            terms = []
            for array, indices, factor in terms_of(value):
                number = order.setdefault(id(array), len(origins))
                if number == len(origins):
                    origins.append(array)
                terms.append((number, indices, factor))
            numbers.append(value._value)
            slots.append(slot)
            members.append(tuple(terms))
        if not slots or not _are_plain(origins):
            return None
        return cls(numbers, tuple(slots), origins, tuple(members))

    @property
    def key(self) -> Hashable:
        """All but the numbers."""
        return (self.slots, self.members, *[np.shape(array._value) for array in self.origins])

    def layout(self) -> Places:
        """Return the places of the traced angles in the arrays."""
        return places_of(tuple([np.shape(array._value) for array in self.origins]), self.members)

    def result(self, value: float, derivatives: FloatArray, layout: Places) -> Tensor:
        """Return a traced number with derivatives by the traced angles, shape (1, n)."""
        node = VJPNode.__new__(VJPNode)
        node.parents = tuple([array._node for array in self.origins])
        node.vjp = KnownSlopes(derivatives, layout)
        return new_box(value, self.origins[0]._trace, node)


def _are_plain(arrays: Sequence[Box]) -> bool:
    """Return whether arrays are traced once, all by the same derivative, in double precision."""
    traces = {array._trace for array in arrays}
    return len(traces) == 1 and all(is_double(array._value, many=True) for array in arrays)
