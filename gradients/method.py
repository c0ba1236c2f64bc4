"""Interface of gradient methods, and reasons why one cannot differentiate a tape."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

from qgate.exceptions import UnknownGradientOption, UnsupportedDiffMethod, suggest
from qgate.gradients.shifted_sweep import ShiftedSweep
from qgate.measurements import Measurement
from qgate.operations.operator import Operator, ParameterKind
from qgate.structure import Structure
from qgate.tape import Tape
from qgate.transforms.trained_arrays import MOST_STATE_WIRES, expressible
from qgate.typing import IntArray

Options = Mapping[str, Any]
"""The user's ``gradient_kwargs``."""

NO_OPTIONS: Options = MappingProxyType({})

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
