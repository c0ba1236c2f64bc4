"""Removal of barriers, swaps and scattered phases; joint preparation of states."""

from __future__ import annotations

from collections.abc import Sequence

from qgate.arrays import namespace, shape_of
from qgate.exceptions import TransformError
from qgate.operations.gate import GATES
from qgate.operations.operator import Operator
from qgate.tape import Tape
from qgate.transforms.circuit_transform import transform
from qgate.transforms.passes.neighbours import single
from qgate.transforms.pipeline import Transformed
from qgate.typing import Tensor, Wire


@transform
def remove_barrier(tape: Tape) -> Transformed:
    """Remove all ``Barrier`` operations.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.
    """
    return single(tape, [each for each in tape.operations if each.name != "Barrier"])


@transform
def undo_swaps(tape: Tape) -> Transformed:
    """Remove ``SWAP`` gates, and let the gates before them act on the swapped wires.

    The swaps of the initial state |0...0> are left out, so the state at the end is the same, but
    not the unitary matrix.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.

    Examples
    --------
    >>> gates = [qg.H(0), qg.SWAP([0, 1]), qg.X(0)]
    >>> (tape,), _ = undo_swaps(qg.tape.QuantumScript(gates))
    >>> tape.operations
    [H(1), X(0)]
    """
    places: dict[Wire, Wire] = {wire: wire for wire in tape.wires}
    moved = list[Operator]()
    for operation in reversed(tape.operations):
        if operation.name == "SWAP":
            first, second = operation.wires
            places[first], places[second] = places[second], places[first]
        else:
            moved.append(operation.map_wires(places))
    return single(tape, moved[::-1])


@transform
def combine_global_phases(tape: Tape) -> Transformed:
    """Replace all ``GlobalPhase`` operations by one at the end.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.
    """
    angles = [each.parameters[0] for each in tape.operations if each.name == "GlobalPhase"]
    others = [each for each in tape.operations if each.name != "GlobalPhase"]
    return single(tape, [*others, *([GATES["GlobalPhase"](sum(angles))] if angles else [])])


@transform
def merge_amplitude_embedding(tape: Tape) -> Transformed:
    """Prepare all states of ``AmplitudeEmbedding`` and ``StatePrep`` by a single ``StatePrep``.

    It is the first operation of the circuit.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.

    Raises
    ------
    TransformError
        A state preparation follows another gate on its wires.
    """
    embeddings, others, used = list[Operator](), list[Operator](), set[Wire]()
    for operation in tape.operations:
        if operation.name != "StatePrep":
            others.append(operation)
        elif used.isdisjoint(operation.wires):
            embeddings.append(operation)
        else:
            raise TransformError(
                transform="merge_amplitude_embedding",
                reason=f"a state preparation on the wires {list(operation.wires)} follows "
                "another operation on them",
                remedy="Embed the amplitudes first.",
            )
        used.update(operation.wires)
    if not embeddings:
        return single(tape, others)
    state = _product([each.parameters[0] for each in embeddings])
    wires = [wire for each in embeddings for wire in each.wires]
    return single(tape, [GATES["StatePrep"](state, wires=wires), *others])


def _product(states: Sequence[Tensor]) -> Tensor:
    """Return the tensor product of states, some of them with a batch axis."""
    xp, found = namespace(states), states[0]
    for state in states[1:]:
        joined = found[..., :, None] * state[..., None, :]
        found = xp.reshape(joined, (*shape_of(joined)[:-2], -1))
    return found
