"""Gates on one wire moved past controlled gates with which they commute."""

from __future__ import annotations

from collections.abc import Sequence

from qgate.arguments import is_text_among
from qgate.exceptions import TransformError, described
from qgate.operations.axes import AXES
from qgate.operations.controls import core_of
from qgate.operations.operator import Operator
from qgate.operations.symbolic import Adjoint
from qgate.tape import Tape
from qgate.transforms.circuit_transform import transform
from qgate.transforms.passes.neighbours import BARRIERS, single
from qgate.transforms.pipeline import Transformed
from qgate.typing import Wire


@transform
def commute_controlled(tape: Tape, direction: str = "right") -> Transformed:
    """Move gates on one wire past the controls and targets of controlled gates.

    A gate that is a function of Z passes controls. One that is a function of X, Y or Z passes the
    target of a controlled gate that is, too.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable
    direction : {"right", "left"}
        To the end of the circuit, or to its beginning.

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.

    Examples
    --------
    >>> gates = [qg.S(0), qg.X(1), qg.CNOT([0, 1]), qg.H(0)]
    >>> (tape,), _ = commute_controlled(qg.tape.QuantumScript(gates))
    >>> tape.operations
    [CNOT(wires=[0, 1]), S(0), X(1), H(0)]
    """
    if not is_text_among(direction, ("right", "left")):
        raise TransformError(
            transform="commute_controlled",
            reason=f"direction={described(direction)} is no direction",
            remedy="Give 'right' or 'left'.",
        )
    operations = tape.operations
    if direction == "right":
        return single(tape, _moved(operations[::-1])[::-1])
    return single(tape, _moved(operations))


def _moved(operations: Sequence[Operator]) -> list[Operator]:
    """Move gates as far as possible to the start of a sequence.

    ``passed[k]`` are the gates that moved to before operation k; ``on_wire`` has, for each wire,
    the numbers of the operations on it that stayed.
    """
    passed: list[list[Operator]] = [[] for _ in operations]
    stays = [True] * len(operations)
    on_wire: dict[Wire, list[int]] = {}
    for number, operation in enumerate(operations):
        axis = axis_of(operation)
        if axis is not None:
            goal = None
            for before in reversed(on_wire.get(operation.wires[0], [])):
                if not _lets_pass(operations[before], operation.wires[0], axis):
                    break
                goal = before
            if goal is not None:
                passed[goal].append(operation)
                stays[number] = False
                _insert(on_wire[operation.wires[0]], goal, number)
                continue
        if not operation.wires and operation.name in BARRIERS:
            on_wire = {wire: [] for wire in on_wire}
        for wire in operation.wires:
            on_wire.setdefault(wire, []).append(number)
    return [
        each
        for number, operation in enumerate(operations)
        for each in (*passed[number], *([operation] if stays[number] else []))
    ]


def _insert(numbers: list[int], goal: int, number: int) -> None:
    """Insert the number of a gate before that of the operation past which it moved last."""
    numbers.insert(numbers.index(goal), number)


def axis_of(operation: Operator) -> str | None:
    """Return the Pauli matrix of which a gate on one wire is a function, if there is one."""
    while isinstance(operation, Adjoint):
        operation = operation.base
    return AXES.get(operation.name) if len(operation.wires) == 1 else None


def _lets_pass(operation: Operator, wire: Wire, axis: str) -> bool:
    """Return whether a controlled gate commutes with functions of a Pauli matrix on a wire."""
    core, controls, _ = core_of(operation)
    if not controls:
        return False
    return axis == "Z" if wire in controls else axis == axis_of(core)
