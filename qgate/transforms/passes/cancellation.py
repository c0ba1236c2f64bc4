"""Removal of gates that the next gate on their wires undoes."""

from __future__ import annotations

from qgate.arguments import truth
from qgate.operations.operator import Operator
from qgate.operations.symbolic import Adjoint
from qgate.tape import Tape
from qgate.transforms.circuit_transform import transform
from qgate.transforms.passes.neighbours import Wirewise, action, same_numbers, single
from qgate.transforms.pipeline import Transformed
from qgate.typing import Wire


@transform
def cancel_inverses(tape: Tape, recursive: bool = True) -> Transformed:
    """Remove gates that are applied next to their inverses.

    Wires that a gate treats alike, such as controls, may be in another order. Numbers that a
    framework traces are equal only if they are the same object.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable
    recursive : bool
        Whether gates that become neighbours by a removal are compared as well.

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.

    Notes
    -----
    Cost: linear in the number of gates.

    Examples
    --------
    >>> gates = [qg.H(0), qg.CNOT([0, 1]), qg.CNOT([0, 1]), qg.H(0), qg.RX(0.1, 0)]
    >>> (tape,), _ = cancel_inverses(qg.tape.QuantumScript(gates))
    >>> tape.operations
    [RX(0.1, wires=[0])]
    """
    repeated = truth("cancel_inverses", "recursive", recursive)
    circuit, exposed = Wirewise(), set[Wire]()
    for operation in tape.operations:
        before = circuit.before(operation)
        wires = set(operation.wires)
        if before is not None and exposed.isdisjoint(wires) and are_inverse(before, operation):
            circuit.remove_before(operation)
            exposed |= set() if repeated else wires
        else:
            circuit.append(operation)
            exposed -= wires
    return single(tape, circuit.operations)


def are_inverse(before: Operator, after: Operator) -> bool:
    """Return whether a gate undoes another one on the same wires."""
    if action(before) is None or action(after) is None or hasattr(before, "canonical_state"):
        return False
    first, is_undone = _without_adjoints(before)
    second, undoes = _without_adjoints(after)
    if is_undone == undoes:
        first = first.adjoint()
    return action(first) == action(second) and same_numbers(first.parameters, second.parameters)


def _without_adjoints(operation: Operator) -> tuple[Operator, bool]:
    """Return the operator inside of adjoints, and whether their number is odd."""
    is_odd = False
    while isinstance(operation, Adjoint):
        operation, is_odd = operation.base, not is_odd
    return operation, is_odd
