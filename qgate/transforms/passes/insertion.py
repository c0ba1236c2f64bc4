"""Gates inserted into circuits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qgate.arguments import is_text_among, items_of, truth
from qgate.exceptions import TransformError, described
from qgate.operations.composites import Composite
from qgate.operations.operator import Operator, operations_of
from qgate.operations.symbolic import Adjoint, Wrapper
from qgate.tape import Tape
from qgate.transforms.circuit_transform import transform
from qgate.transforms.passes.gate_sets import decompose
from qgate.transforms.passes.neighbours import single
from qgate.transforms.pipeline import Transformed
from qgate.typing import Tensor, Wire

PLACES = ("start", "end", "all")


@transform
def insert(
    tape: Tape,
    op: Callable[..., object],
    op_args: Tensor | Sequence[Tensor],
    position: str | type | Sequence[type] = "all",
    before: bool = False,
) -> Transformed:
    """Insert gates on single wires into a circuit, such as rotations by small angles.

    Templates are decomposed first. State preparations at the beginning stay first.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable
    op : class of gates or callable
        A gate on one wire, or a quantum function; called as ``op(*op_args, wires=wire)``.
    op_args : number or sequence of numbers
    position : {"all", "start", "end"}, class, or sequence of classes
        After each gate, on each of its wires; at the start or the end, on all wires; or after the
        gates of some classes.
    before : bool
        Whether they are inserted before the gates, not after.

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.

    Raises
    ------
    TransformError
        The gate acts on several wires, or the position is none.

    Examples
    --------
    >>> gates = [qg.X(0), qg.CNOT([0, 1])]
    >>> (tape,), _ = insert(qg.tape.QuantumScript(gates), qg.RZ, 0.1, position=qg.CNOT)
    >>> tape.operations
    [X(0), CNOT(wires=[0, 1]), RZ(0.1, wires=[0]), RZ(0.1, wires=[1])]
    """
    kinds = _kinds(position)
    several = isinstance(op, type) and getattr(op, "num_wires", 1) != 1
    if several or not callable(op):
        raise TransformError(
            transform="insert",
            reason=f"{described(op)} is no gate on one wire",
            remedy="Give a class such as qg.RX, or a function that applies gates to wires=.",
        )
    numbers = items_of(op_args) if isinstance(op_args, list | tuple) else [op_args]
    first = truth("insert", "before", before)

    def inserted(wires: Sequence[Wire]) -> list[Operator]:
        applied = (operations_of(op, numbers or (), {"wires": wire}) for wire in wires)
        return [each for part in applied for each in part]

    gates = without_templates(tape).operations
    start = next((at for at, gate in enumerate(gates) if not prepares(gate)), len(gates))
    found = gates[:start]
    found += inserted(tape.wires) if position == "start" else []
    for gate in gates[start:]:
        extra = inserted(gate.wires) if isinstance(gate, kinds) else []
        found += [*extra, gate] if first else [gate, *extra]
    return single(tape, [*found, *(inserted(tape.wires) if position == "end" else [])])


def _kinds(position: object) -> tuple[type, ...]:
    """Return the classes of the gates beside which gates are inserted."""
    if is_text_among(position, PLACES):
        return (Operator,) if position == "all" else ()
    kinds = items_of(position) if isinstance(position, list | tuple) else [position]
    if not kinds or not all(
        isinstance(each, type) and issubclass(each, Operator) for each in kinds
    ):
        raise TransformError(
            transform="insert",
            reason=f"position={described(position)} is no position",
            remedy=f"Give one of {list(PLACES)}, or classes of gates.",
        )
    return tuple(kinds)


def without_templates(tape: Tape) -> Tape:
    """Return a tape in which templates and adjoints are decomposed."""
    (expanded,), _ = decompose.of_tape(tape, stopping_condition=_stays, strict=False)
    return expanded


def prepares(operation: Operator) -> bool:
    """Return whether an operation prepares a state."""
    return hasattr(operation, "canonical_state") or operation.name == "BasisState"


def _stays(operation: Operator) -> bool:
    """Return whether an operation stays that is no gate by name: all but templates and adjoints."""
    derived = isinstance(operation, Wrapper | Composite) and not isinstance(operation, Adjoint)
    return derived or prepares(operation) or not operation.has_decomposition
