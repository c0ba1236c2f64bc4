"""What a gradient method that works by shifted circuits has to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from qgate.gradients.stencil import Stencil
from qgate.structure import Structure
from qgate.transforms.decompose import Decomposed


@dataclass(frozen=True)
class Shifted:
    """A structure to run, and the points around its rows to run it at.

    Parameters
    ----------
    decomposed : Decomposed
        The structure whose slots are shifted, and how the tape's rows are mapped to it.
    stencil : Stencil
        Shifts of that structure's slots; derivatives by the tape's trained slots.
    """

    decomposed: Decomposed
    stencil: Stencil


class ShiftMethod(Protocol):
    """A gradient method that needs nothing of a device but values at shifted parameters.

    ``order`` is that of the derivative; equal points of several orders are run once.
    """

    name: str

    def __call__(
        self,
        structure: Structure,
        slots: tuple[int, ...],
        *,
        order: int,
        shots: int | None,
        options: Mapping[str, Any],
    ) -> Shifted:
        """Return the circuits that the derivative of this order by ``slots`` needs.

        Parameters
        ----------
        structure : Structure
            Measures only quantities that the method can differentiate.
        slots : tuple of int
            The n trained slots.
        order : int
            1 or more.
        shots : int or None
            Shots of each point, for methods whose step depends on it.
        options : mapping
            What the user gave as ``gradient_kwargs``.
        """
