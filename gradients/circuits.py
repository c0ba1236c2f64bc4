"""Derivatives as weighted sums of the results of other circuits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from qgate.gradients.method import NO_OPTIONS, Options
from qgate.structure import Structure
from qgate.typing import Tensor
from qgate.wires import Wires

Fold = Callable[[Sequence[Tensor], Sequence[Tensor]], list[Tensor]]
"""Function from the entries of a circuit, arrays (K, ...), and the arrays of the sweep to
contributions to each measured quantity, arrays (K, ...) of the shapes of those quantities.
"""


@dataclass(frozen=True)
class Contribution:
    """Contribution of one circuit to one derivative: ``weight`` times its folded results.

    ``target`` is the index of the derivative, below n, ``circuit`` that of the circuit.
    """

    target: int
    circuit: int
    weight: float
    fold: Fold


@dataclass(frozen=True)
class Circuits:
    """Circuits with the slots and arrays of a structure, and their contributions to derivatives."""

    structures: tuple[Structure, ...]
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True)
class AvailableWires:
    """Available wires for circuits: those of the device (None: any), and their largest number."""

    wires: Wires | None = None
    most: int | None = None


class CircuitMethod(Protocol):
    """Function that gives circuits, other than the differentiated one, for its derivatives."""

    def __call__(
        self,
        structure: Structure,
        slots: tuple[int, ...],
        *,
        available: AvailableWires,
        options: Options = NO_OPTIONS,
    ) -> Circuits:
        """Return the circuits for the first derivatives by ``slots``.

        Parameters
        ----------
        structure : Structure
            Structure that measures only quantities that the method can differentiate. The matrices
            of its observables are constants.
        slots : tuple of int
            The n trainable slots.
        available : AvailableWires
        options : mapping
            The user's ``gradient_kwargs``; their names are among those of the method.

        Raises
        ------
        UnsupportedDiffMethod
            The options do not fit the circuit, or there are not enough wires.
        """
