"""Routing: swaps bring the wires of each gate to neighbouring places of a device."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from qgate.arguments import items_of
from qgate.exceptions import TransformError, WireError, described
from qgate.operations.gate import GATES
from qgate.operations.operator import Operator
from qgate.tape import Tape
from qgate.transforms.circuit_transform import transform
from qgate.transforms.decomposition import decomposed_operations
from qgate.transforms.passes.neighbours import BARRIERS, first_result
from qgate.transforms.pipeline import Transformed
from qgate.typing import Wire
from qgate.wires import Wires

Neighbours = Mapping[Wire, Sequence[Wire]]


@transform
def transpile(
    tape: Tape, coupling_map: Iterable[tuple[Wire, Wire]], device: object = None
) -> Transformed:
    """Insert ``SWAP`` gates, so that gates on two wires act on pairs of a map only.

    Gates on more wires are decomposed before. Measurements read the wires where they are at the
    end; for results of all wires, such as ``qg.state()``, the swaps are undone.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable
    coupling_map : sequence of pairs of wires, or graph with ``edges``
        Connected pairs, in any order.
    device : optional
        Without effect.

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.

    Raises
    ------
    TransformError
        The map holds something else than pairs, or it lacks a wire of the circuit, or does not
        connect the wires of a gate.

    Notes
    -----
    The swaps follow a shortest path, gate by gate; a device that compiles circuits itself finds
    fewer.

    Examples
    --------
    >>> gates = [qg.CNOT([0, 2]), qg.RX(0.1, 2)]
    >>> (tape,), _ = transpile(qg.tape.QuantumScript(gates), coupling_map=[(0, 1), (1, 2)])
    >>> tape.operations
    [SWAP(wires=[1, 2]), CNOT(wires=[0, 1]), RX(0.1, wires=[1])]
    """
    near = _neighbours(coupling_map)
    absent = [wire for wire in tape.wires if wire not in near]
    if absent:
        raise _refused(f"the wires {absent} are not in coupling_map", "Add them to it.")
    places: dict[Wire, Wire] = {wire: wire for wire in near}
    routed, swaps = list[Operator](), list[Operator]()
    for operation in decomposed_operations(tape.operations, _is_narrow, device="transpile"):
        if len(operation.wires) == 2 and operation.name not in BARRIERS:
            first, second = (places[wire] for wire in operation.wires)
            moves = _moves(first, second, near)
            _move(places, moves)
            routed, swaps = [*routed, *moves], [*swaps, *moves]
        routed.append(operation.map_wires(places))
    if any(not measurement.wires for measurement in tape.measurements):
        return [tape.copy(ops=[*routed, *reversed(swaps)])], first_result
    measurements = [measurement.map_wires(places) for measurement in tape.measurements]
    return [tape.copy(ops=routed, measurements=measurements)], first_result


def _is_narrow(operation: Operator) -> bool:
    return len(operation.wires) <= 2 or operation.name in BARRIERS


def _neighbours(coupling_map: object) -> Neighbours:
    """Return the neighbours of each wire."""
    near: dict[Wire, list[Wire]] = {}
    for pair in items_of(getattr(coupling_map, "edges", coupling_map)) or [None]:
        try:
            ends = Wires(items_of(pair) or ())
        except WireError:
            ends = Wires()
        if len(ends) != 2:
            reason = f"coupling_map holds {described(pair)}"
            raise _refused(reason, "Give pairs of wires, as [(0, 1), (1, 2)].")
        for one, other in (ends, ends[::-1]):
            near.setdefault(one, []).append(other)
    return near


def _moves(first: Wire, second: Wire, near: Neighbours) -> list[Operator]:
    """Return the swaps that bring the second place next to the first, along a shortest path."""
    before: dict[Wire, Wire] = {}
    waiting = deque([second])
    while waiting and first not in before:
        place = waiting.popleft()
        for other in near[place]:
            if other != second and other not in before:
                before[other] = place
                waiting.append(other)
    if first not in before:
        reason = f"no path of coupling_map connects {first!r} and {second!r}"
        raise _refused(reason, "Add a pair that does.")
    path = [first]
    while path[-1] != second:
        path.append(before[path[-1]])
    pairs = zip(path[-2:0:-1], path[:1:-1], strict=True)
    return [GATES["SWAP"](wires=pair) for pair in pairs]


def _move(places: dict[Wire, Wire], swaps: Iterable[Operator]) -> None:
    """Exchange places."""
    for swap in swaps:
        one, other = swap.wires
        exchanged = {one: other, other: one}
        places.update({wire: exchanged.get(place, place) for wire, place in places.items()})


def _refused(reason: str, remedy: str) -> TransformError:
    return TransformError(transform="transpile", reason=reason, remedy=remedy)
