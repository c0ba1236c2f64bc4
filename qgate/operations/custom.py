"""Operators that users define in PennyLane's style: what their classes define, keys, slots."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import numpy as np

from qgate.arrays import shape_of
from qgate.operations.operator import Operator, ParameterKind
from qgate.operations.slots import ProbingSlot
from qgate.recording import paused

REPRESENTATIONS: Mapping[str, tuple[str, ...]] = {
    "has_matrix": ("compute_matrix", "matrix"),
    "has_decomposition": ("compute_decomposition", "decomposition"),
    "has_diagonalizing_gates": ("compute_diagonalizing_gates", "diagonalizing_gates"),
    "has_generator": ("generator",),
}
"""For each flag of a class, the methods by which a subclass provides the representation."""

OPEN: dict[type, Callable[[Any], bool]] = {}
"""Classes for users to derive from, with the test whether another operator counts as theirs."""


BY_VALUE: dict[Hashable, bool] = {}
"""Whether decompositions depend on values, by everything but the numbers of their operators."""

MOST_PROBED = 1024


def defines(cls: type, method: str) -> bool:
    """Return whether the version of a method that a class has is a user's."""
    owner = next(parent for parent in cls.__mro__ if method in parent.__dict__)
    return owner not in OPEN and owner not in Operator.__mro__


def set_flags(cls: type) -> None:
    """Set the flags of a user's class from the methods that it defines."""
    users = (parent for parent in cls.__mro__[1:] if getattr(parent, "is_custom", False))
    first = all(parent in OPEN for parent in users)
    for flag, methods in REPRESENTATIONS.items():
        if flag not in cls.__dict__ and (first or not cls.__dict__.keys().isdisjoint(methods)):
            setattr(cls, flag, any(defines(cls, method) for method in methods))


def depends_on_values(operator: Operator) -> bool:
    """Return whether a user's decomposition depends on the values of parameters, not only linearly.

    It is tried once for operators that differ in numbers only, on slots in place of parameters.
    """
    if not operator.parameters:
        return not operator.has_decomposition
    kinds, shapes = operator.parameter_kinds, tuple(map(shape_of, operator.parameters))
    key = operator.signature, shapes, kinds
    if key not in BY_VALUE:
        while len(BY_VALUE) >= MOST_PROBED:
            BY_VALUE.pop(next(iter(BY_VALUE)), None)
        BY_VALUE[key] = not (operator.has_decomposition and _is_affine(operator))
    return BY_VALUE[key]


def _is_affine(operator: Operator) -> bool:
    """Return whether the decomposition works with slots in place of numbers."""
    if not all(kind is ParameterKind.ANGLES for kind in operator.parameter_kinds):
        return False
    pairs = zip(operator.parameters, operator.ndim_params, strict=True)
    shapes = [shape_of(value)[max(len(shape_of(value)) - ndim, 0) :] for value, ndim in pairs]
    if any(length < 0 for shape in shapes for length in shape):
        return False
    try:
        with paused():
            gates = operator.with_parameters(list(map(_probing_slots, shapes))).decomposition()
    except Exception:  # of the user's code, which was not written for slots
        return False
    return all(isinstance(gate, Operator) and not gate.by_value for gate in gates)


def _probing_slots(shape: tuple[int, ...]) -> Any:
    """Return slots in place of a parameter, which refuse to be compared."""
    if not shape:
        return ProbingSlot.slot(0)
    slots = np.empty(int(np.prod(shape)), dtype=object)
    slots[:] = [ProbingSlot.slot(index) for index in range(slots.size)]
    return slots.reshape(shape)


class Same:
    """Key of a value without a hash, equal to that of the same object only."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


def frozen(value: Any) -> Hashable:
    """Return a key for hyperparameters of any type, equal for equal values where it can be."""
    if isinstance(value, Mapping):
        return frozenset((key, frozen(entry)) for key, entry in value.items())
    if isinstance(value, list | tuple | set):
        return type(value).__name__, tuple(map(frozen, value))
    if isinstance(value, np.ndarray) and value.dtype != object:
        return value.shape, value.dtype.str, value.tobytes()
    if isinstance(value, Operator):
        return value.signature, frozen(value.parameters)
    try:
        hash(value)
    except TypeError:
        return Same(value)
    return type(value), value
