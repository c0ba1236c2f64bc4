"""Gates next to each other on their wires, and whether two of them act alike."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

import numpy as np

from qgate.arrays import is_concrete, is_traced, is_trainable, shape_of, unwrap
from qgate.operations.controls import core_of
from qgate.operations.gate import Gate
from qgate.operations.operator import Operator
from qgate.tape import Tape
from qgate.transforms.pipeline import Transformed
from qgate.typing import Nested, Tensor, Wire

PHASES = frozenset({"PauliZ", "S", "T", "PhaseShift", "U1"})
"""Gates that multiply the state 1 by a phase; with controls, controls and target are alike."""

SYMMETRIC = frozenset(
    {"SWAP", "ISWAP", "SISWAP", "PSWAP", "IsingXX", "IsingXY", "IsingYY", "IsingZZ", "MultiRZ"}
)
"""Gates that do not change if their wires are permuted."""


BARRIERS = frozenset({"Barrier", "Snapshot"})
"""Operations that no gate is moved past; without wires they act on all."""


def single(tape: Tape, operations: Iterable[Operator]) -> Transformed:
    """Return a tape with other operations as the result of a transform."""
    return [tape.copy(ops=list(operations))], first_result


def first_result(results: Sequence[Nested]) -> Nested:
    """Return the result of the only tape."""
    return results[0]


def action(operation: Operator) -> Hashable:
    """Return a key that is equal for gates that differ only in their numbers; None: not a gate.

    Wires that can be exchanged, such as controls, are sets in it.
    """
    if not operation.is_gate or operation.name in BARRIERS or not operation.wires:
        return None
    core, controls, values = core_of(operation)
    fixed = set(zip(controls, values, strict=True))
    if not isinstance(core, Gate):
        return (core.signature, frozenset(fixed))
    options = tuple(sorted(core.hyperparameters.items()))
    targets: Hashable = tuple(core.wires)
    if core.name in PHASES:
        fixed.add((core.wires[0], True))
        targets = ()
    elif core.name in SYMMETRIC:
        targets = frozenset(core.wires)
    return (core.name, options, targets, frozenset(fixed))


def same_numbers(left: Sequence[Tensor], right: Sequence[Tensor]) -> bool:
    """Return whether numbers are equal; traced ones only if they are the same object."""
    return len(left) == len(right) and all(
        one is other or _are_equal(one, other) for one, other in zip(left, right, strict=True)
    )


def _are_equal(one: Tensor, other: Tensor) -> bool:
    if is_traced(one) or is_traced(other) or shape_of(one) != shape_of(other):
        return False
    return bool(np.array_equal(unwrap(one), unwrap(other)))


def is_known(value: Tensor) -> bool:
    """Return whether decisions may depend on a number: it is available, and not trained."""
    return is_concrete(value) and not is_traced(value) and not is_trainable(value)


class Wirewise:
    """Operations in order, and the last of them on each wire."""

    def __init__(self) -> None:
        self._operations: dict[int, Operator] = {}
        self._last: dict[Wire, list[int]] = {}
        self._next = 0

    @property
    def operations(self) -> list[Operator]:
        """The operations, first applied first."""
        return list(self._operations.values())

    def append(self, operation: Operator) -> None:
        """Add an operation at the end."""
        if not operation.wires and operation.name in BARRIERS:
            self._last.clear()
        self._operations[self._next] = operation
        for wire in operation.wires:
            self._last.setdefault(wire, []).append(self._next)
        self._next += 1

    def before(self, operation: Operator) -> Operator | None:
        """Return the operation that is the last on all wires of another, and acts on no more."""
        number = self._number_before(operation)
        return None if number is None else self._operations[number]

    def _number_before(self, operation: Operator) -> int | None:
        last = {self._last[wire][-1] if self._last.get(wire) else None for wire in operation.wires}
        (number, *others) = last or {None}
        if number is None or others:
            return None
        found = self._operations[number]
        return number if len(found.wires) == len(operation.wires) else None

    def remove_before(self, operation: Operator) -> None:
        """Remove the operation that ``before`` returns."""
        number = self._number_before(operation)
        assert number is not None  # the caller has seen it
        for wire in self._operations.pop(number).wires:
            self._last[wire].pop()

    def replace_before(self, operation: Operator) -> None:
        """Put an operation in place of the one that ``before`` returns."""
        number = self._number_before(operation)
        assert number is not None  # the caller has seen it
        self._operations[number] = operation
