"""Decompositions of primitive gates into others, for devices that lack a primitive.

Decompositions of gates end at RX, RY, RZ and CNOT. A device that lacks one of these has others that
replace it: a rotation about one axis is a rotation about a second axis, conjugated by a quarter
turn about the third; a CNOT is any maximally entangling gate between rotations. All rules hold up
to a global phase.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import pi

from qgate.operations.gate import GATES
from qgate.operations.operator import Operator

Rule = Callable[[Operator], list[Operator]]


def _turned(axis: str, about: str, turn: float, sign: int) -> Rule:
    """Return a rotation as one about ``axis``, between quarter turns about a second axis."""

    def rule(operation: Operator) -> list[Operator]:
        (angle,), (wire,) = operation.parameters, operation.wires
        quarter = GATES[about]
        return [quarter(turn, wire), GATES[axis](sign * angle, wire), quarter(-turn, wire)]

    return rule


def _cnot_of_cz(operation: Operator) -> list[Operator]:
    control, target = operation.wires
    turn = GATES["RY"]
    return [turn(-pi / 2, target), GATES["CZ"](wires=[control, target]), turn(pi / 2, target)]


def _cnot_of_xx(operation: Operator) -> list[Operator]:
    control, target = operation.wires
    return [
        GATES["RY"](pi / 2, control),
        GATES["IsingXX"](-pi / 2, [control, target]),
        GATES["RY"](-pi / 2, control),
        GATES["RZ"](pi / 2, control),
        GATES["RX"](pi / 2, target),
    ]


def _cnot_of_zz(operation: Operator) -> list[Operator]:
    control, target = operation.wires
    return [
        GATES["RY"](-pi / 2, target),
        GATES["IsingZZ"](-pi / 2, [control, target]),
        GATES["RZ"](pi / 2, control),
        GATES["RZ"](pi / 2, target),
        GATES["RY"](pi / 2, target),
    ]


RULES: Mapping[str, tuple[Rule, ...]] = {
    "CNOT": (_cnot_of_cz, _cnot_of_xx, _cnot_of_zz),
    "RX": (_turned("RZ", "RY", -pi / 2, 1), _turned("RY", "RZ", pi / 2, 1)),
    "RY": (_turned("RX", "RZ", -pi / 2, 1), _turned("RZ", "RX", pi / 2, 1)),
    "RZ": (_turned("RY", "RX", pi / 2, -1), _turned("RX", "RY", pi / 2, 1)),
}
"""Decomposition rules by the missing gate."""


def rewritten(operation: Operator, accepts: Callable[[Operator], bool]) -> list[Operator] | None:
    """Return the decomposition of a gate into accepted ones; None: no rule applies.

    The rotations next to an entangling gate need not be accepted, because they may be rewritten,
    too.
    """
    for rule in RULES.get(operation.name, ()):
        parts = rule(operation)
        decisive = [part for part in parts if len(part.wires) == len(operation.wires)]
        if all(map(accepts, decisive)):
            return parts
    return None
