"""Derivatives as weighted sums of the results of other circuits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from qgate.gradients.method import Refusal
from qgate.structure import Structure
from qgate.tape import Tape
from qgate.wires import Wires

Fold = Callable[[Sequence[Any], Sequence[Any]], list[Any]]
"""From the entries of a circuit, arrays (K, ...), and the arrays of the sweep, to what they add to
each measured quantity, arrays (K, ...) of the shapes of those quantities."""


@dataclass(frozen=True)
class Contribution:
    """What one circuit adds to one derivative: ``weight`` times its folded results.

    Parameters
    ----------
    target : int
        Which of the n derivatives.
    circuit : int
        Which of the circuits.
    weight : float
    fold : callable
    """

    target: int
    circuit: int
    weight: float
    fold: Fold


@dataclass(frozen=True)
class Circuits:
    """Circuits with the slots and arrays of a structure, and the derivatives they add up to.

    Parameters
    ----------
    structures : tuple of Structure
    contributions : tuple of Contribution
    """

    structures: tuple[Structure, ...]
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True)
class Room:
    """What wires there are for circuits.

    Parameters
    ----------
    wires : Wires or None
        The labels that a device has; None: any.
    most : int or None
        How many wires a circuit may have; None: any number.
    """

    wires: Wires | None = None
    most: int | None = None


class CircuitMethod(Protocol):
    """A gradient method that runs circuits other than the one it differentiates.

    Required: ``name``, ``options``, ``nonlinear``, ``densities``, ``refusal`` and the call.
    """

    name: str
    options: frozenset[str]
    """What it takes as ``gradient_kwargs``."""
    nonlinear: bool
    """Whether it holds for what is not linear in the state, such as a variance."""
    densities: bool
    """Whether it differentiates a density matrix as it is, and not the means of Pauli words."""

    def refusal(self, tape: Tape) -> Refusal:
        """Say why the method cannot differentiate a tape by its trainable parameters."""

    def __call__(
        self,
        structure: Structure,
        slots: tuple[int, ...],
        *,
        room: Room,
        options: Mapping[str, Any],
    ) -> Circuits:
        """Return the circuits that the first derivatives by ``slots`` need.

        Parameters
        ----------
        structure : Structure
            Measures only quantities that the method can differentiate. The matrices of its
            observables are constants.
        slots : tuple of int
            The n trained slots.
        room : Room
            The wires that there are.
        options : mapping
            What the user gave as ``gradient_kwargs``; names are among ``self.options``.

        Raises
        ------
        UnsupportedDiffMethod
            The options do not go with the circuit, or there are not enough wires.
        """
