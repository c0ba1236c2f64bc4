"""Interface of gradient methods, and reasons why one cannot differentiate a tape."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from qgate.exceptions import UnknownGradientOption, UnsupportedDiffMethod, suggest
from qgate.gradients.shifted_sweep import ShiftedSweep
from qgate.measurements import EXACT_KINDS, Measurement, MeasurementKind
from qgate.operations.operator import Operator, ParameterKind
from qgate.structure import Structure
from qgate.tape import Tape
from qgate.transforms.trained_arrays import MOST_STATE_WIRES, expressible
from qgate.typing import IntArray

if TYPE_CHECKING:
    from qgate.gradients.circuits import CircuitMethod
    from qgate.gradients.directions import DifferenceDirections

Options = Mapping[str, Any]
"""The user's ``gradient_kwargs``."""

NO_OPTIONS: Options = MappingProxyType({})

EXACT = EXACT_KINDS
"""Measurements whose result is a number, or an array of numbers."""

Refusal = tuple[str, str] | None
"""Why a method cannot differentiate a tape, and what to do instead; None: it can."""

USE_BACKPROP = "On qg.device('local') with shots=None, diff_method='backprop' does it."


class ShiftMethod(Protocol):
    """Function that gives the points at which the values of a circuit determine its derivatives."""

    def __call__(
        self,
        structure: Structure,
        slots: tuple[int, ...],
        *,
        order: int = 1,
        shots: int | None = None,
        options: Options = NO_OPTIONS,
    ) -> ShiftedSweep:
        """Return the points for the derivative of this order by ``slots``.

        Parameters
        ----------
        structure : Structure
            Structure that measures only quantities that the method can differentiate.
        slots : tuple of int
            The n trainable slots.
        order : int
            Order of the derivative, 1 or more. Sweeps of several orders run together: they have
            the same structure, and equal points run once.
        shots : int or None
            Shots of each point, for methods whose step depends on it.
        options : mapping
            The user's ``gradient_kwargs``; their names are among those of the method.
        """


Lines = Callable[[Structure, tuple[int, ...], Options], "DifferenceDirections | None"]
"""Function from a structure, its trainable slots and options to the lines of first derivatives."""


@dataclass(frozen=True)
class GradientMethod:
    """Row of the registry: a gradient method, and everything that others know of it.

    Parameters
    ----------
    name : str
        Value of ``diff_method``.
    shifts : ShiftMethod, optional
        The method, if it requires only values at shifted parameters.
    circuits : CircuitMethod, optional
        The method, if it runs other circuits. Without both, the device differentiates its state.
    lines : callable, optional
        For methods that take differences with shots: the directions of these, whose steps the
        caller may choose. Without it, or if it returns None, the method determines its steps.
    options : frozenset of str
        Names of its ``gradient_kwargs``.
    tape_options : frozenset of str
        Further options, whose meaning depends on the numbers of a tape.
    measures : collection of MeasurementKind, optional
        Results that it differentiates; None: any.
    refuses : callable, optional
        Function that returns why it cannot differentiate a tape for other reasons, or None.
    nonlinear : bool
        Whether it differentiates results that are not linear in the state, such as a variance.
    densities : bool
        Whether it differentiates a density matrix directly, not by Pauli expectation values.
    needs_state : str, optional
        What a device without access to its state lacks for it; None: it runs on every device.
    """

    name: str
    shifts: ShiftMethod | None = None
    circuits: CircuitMethod | None = None
    lines: Lines | None = None
    options: frozenset[str] = frozenset()
    tape_options: frozenset[str] = frozenset()
    measures: Collection[MeasurementKind] | None = EXACT
    refuses: Callable[[Tape], Refusal] | None = None
    nonlinear: bool = False
    densities: bool = True
    needs_state: str | None = None

    def refusal(self, tape: Tape) -> Refusal:
        """Return why the method cannot differentiate a tape by its trainable parameters."""
        found = refusal_of(self, tape.structure, tuple(tape.trainable_params))
        return found if found or self.refuses is None else self.refuses(tape)


@lru_cache(maxsize=1024)
def refusal_of(method: GradientMethod, structure: Structure, trainable: tuple[int, ...]) -> Refusal:
    """Return why a method cannot differentiate a structure by some of its parameters."""
    if method.measures is None:
        return None
    wrong = sorted({item.kind.value for item in structure.measurements} - set(method.measures))
    if not wrong:
        return refuse_trained_arrays(structure, trainable)
    kinds = ", ".join(kind.value for kind in method.measures if kind is not MeasurementKind.TERMS)
    differentiates = f"{method.name} differentiates {kinds} only"
    reason = f"the circuit returns {', '.join(wrong)}, and {differentiates}"
    if not set(wrong) <= set(EXACT):
        return reason, "Return one of these; single shots have no derivative."
    return reason, USE_BACKPROP


def refuse(method: str, refusal: Refusal) -> None:
    """Raise the reason why a method cannot differentiate a tape, if there is one."""
    if refusal is not None:
        raise UnsupportedDiffMethod(method=method, reason=refusal[0], remedy=refusal[1])


def owners(tape: Tape) -> IntArray:
    """Return, for each trainable slot, the index of its parameter among the trainable ones."""
    sizes = [int(np.prod(tape.angle_shapes[index])) for index in tape.trainable_params]
    return np.repeat(np.arange(len(sizes)), sizes)


def check_options(method: str, options: Options, known: Collection[str]) -> None:
    """Refuse options that a gradient method does not have."""
    for option in options:
        if option not in known:
            raise UnknownGradientOption(
                method=method, option=option, known=sorted(known), hint=suggest(option, known)
            )


def trained_by_arrays(
    structure: Structure, trainable: Collection[int]
) -> Iterator[Operator | Measurement]:
    """Yield the operations and measurements with a trainable matrix, state or other array.

    The coefficient of an observable that is applied as a gate is its phase, and counts as such.
    """
    items: list[Operator | Measurement] = [*structure.operations, *structure.measurements]
    trained = set(trainable)
    owners = [(item, kind) for item in items for kind in item.parameter_kinds]
    for index, (owner, kind) in enumerate(owners):
        if kind is ParameterKind.ANGLES or index not in trained:
            continue
        if kind is ParameterKind.ARRAY or isinstance(owner, Operator):
            yield owner


def refuse_trained_arrays(structure: Structure, trainable: Collection[int]) -> Refusal:
    """Refuse a trainable array that cannot be decomposed into gates with angles."""
    for owner in trained_by_arrays(structure, trainable):
        if isinstance(owner, Operator) and expressible(owner):
            continue
        name = owner.name if isinstance(owner, Operator) else owner.return_type
        return (
            f"{name} is trained by a whole array, and only angles can be shifted. Arrays can be "
            f"trained of StatePrep on up to {MOST_STATE_WIRES} wires, of QubitUnitary on up to 5 "
            "and of DiagonalQubitUnitary on up to 10, where two controls count as one more wire",
            "Mark the array as not trainable (requires_grad=False), or write the circuit with "
            f"gates that have angles. {USE_BACKPROP}",
        )
    return None
