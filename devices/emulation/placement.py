"""Choice of qubits for a circuit, and swaps between qubits that are not coupled.

The compilers of cloud services are not public. This one is plain: it places wires one after the
other, those with most gates first, on the free qubit with the least expected error to those that
are placed already; it moves two qubits together along the path with the least error; and it takes
the best of several first qubits.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import log1p

from qgate.devices.emulation.calibration import TWO_QUBITS, Calibration
from qgate.operations.fixed import SWAP
from qgate.operations.operator import Operator
from qgate.typing import Wire
from qgate.wires import Wires

WORST = 0.999
"""Largest error that counts, so that a broken gate has a finite cost."""

MOST_STARTS = 24
"""Number of qubits on which the first wire is tried."""

LOOK_AHEAD = 12
"""Number of gates on two wires that decide where the next two meet."""

GATES_IN_SWAP = 3


class Couplings:
    """Pairs of coupled qubits with a cost each, and the cheapest paths between all qubits.

    Parameters
    ----------
    calibration : Calibration
        Its pairs are coupled, at the cost -log(1 - error).
    """

    def __init__(self, calibration: Calibration) -> None:
        self.readout = {
            qubit: _cost(calibration.readout_error(qubit))
            for pair in calibration.pairs
            for qubit in pair
        }
        self.neighbours: dict[int, dict[int, float]] = defaultdict(dict)
        for first, second in sorted(calibration.pairs):
            found = calibration.errors.get((first, second)) or calibration.errors[(second, first)]
            cost = _cost(min(found.values()))
            self.neighbours[first][second] = self.neighbours[second][first] = cost
        self._paths: dict[int, tuple[dict[int, float], dict[int, int]]] = {}

    def surroundings(self, qubit: int) -> float:
        """Return the cost of the readout of a qubit and of its gates with its neighbours."""
        costs = sorted(self.neighbours[qubit].values())
        return self.readout[qubit] + sum(costs) / len(costs) - len(costs) * 1e-3

    def gate(self, operation: Operator) -> float:
        """Return the cost of a gate on qubits."""
        if len(operation.wires) != TWO_QUBITS:
            return 0.0
        first, second = operation.wires
        return self.neighbours[first][second] * (GATES_IN_SWAP if operation.name == "SWAP" else 1)

    def distance(self, start: int, end: int) -> float:
        """Return the cost of the cheapest path; infinite: there is none."""
        return self._from(start)[0].get(end, float("inf"))

    def path(self, start: int, end: int) -> list[int]:
        """Return the qubits of the cheapest path, both ends included."""
        before, found = self._from(start)[1], [end]
        while found[-1] != start:
            found.append(before[found[-1]])
        return found[::-1]

    def _from(self, start: int) -> tuple[dict[int, float], dict[int, int]]:
        """Return the costs of the cheapest paths from a qubit, and the last step of each."""
        if start in self._paths:
            return self._paths[start]
        costs, before, queue = {start: 0.0}, dict[int, int](), [(0.0, start)]
        while queue:
            cost, qubit = heapq.heappop(queue)
            for other, step in self.neighbours[qubit].items():
                if cost + step < costs.get(other, float("inf")):
                    costs[other], before[other] = cost + step, qubit
                    heapq.heappush(queue, (cost + step, other))
        self._paths[start] = costs, before
        return costs, before


def place_and_route(
    operations: Sequence[Operator], wires: Wires, couplings: Couplings
) -> tuple[list[Operator], dict[Wire, int]]:
    """Return gates on qubits, with swaps where needed, and the last qubit of each wire.

    The first wire is tried on the best ``MOST_STARTS`` qubits, and the cheapest circuit is taken.

    Parameters
    ----------
    operations : sequence of Operator
        On at most two wires each.
    wires : Wires
        All wires, of which there are not more than qubits.
    couplings : Couplings
    """
    counted = _together(operations)
    best: tuple[float, list[Operator], dict[Wire, int]] | None = None
    for start in sorted(couplings.readout, key=couplings.surroundings)[:MOST_STARTS]:
        places = _placed(wires, start, counted, couplings)
        cost = sum(couplings.readout[qubit] for qubit in places.values())
        found = list(_routed(operations, places, couplings))
        cost += sum(couplings.gate(item) for item in found)
        if best is None or cost < best[0]:
            best = cost, found, places
    assert best is not None
    return best[1:]


def _together(operations: Sequence[Operator]) -> Counter[frozenset[Wire]]:
    """Return the number of gates of each pair of wires."""
    pairs = (frozenset(item.wires) for item in operations if len(item.wires) == TWO_QUBITS)
    return Counter(pairs)


def _placed(
    wires: Wires, start: int, together: Mapping[frozenset[Wire], int], couplings: Couplings
) -> dict[Wire, int]:
    """Return a qubit for each wire; the next wire is the one with most gates with those placed."""
    weight: Counter[Wire] = Counter()
    for pair, count in together.items():
        weight.update(dict.fromkeys(pair, count))
    placed = {max(wires, key=lambda wire: weight[wire]): start}
    free = sorted(couplings.readout.keys() - {start})
    while len(placed) < len(wires):
        tied = {
            wire: {
                place: together.get(frozenset((wire, other)), 0) for other, place in placed.items()
            }
            for wire in wires
            if wire not in placed
        }
        wire = max(tied, key=lambda each: (sum(tied[each].values()), weight[each]))
        chosen = min(free, key=lambda qubit: _expected(qubit, tied[wire], couplings))
        placed[wire] = chosen
        free.remove(chosen)
    return placed


def _expected(qubit: int, tied: Mapping[int, int], couplings: Couplings) -> float:
    """Return the expected cost of a wire on a qubit, given its gates with placed qubits."""
    costs = {place: couplings.distance(qubit, place) for place in tied}
    gates = sum(count * costs[place] for place, count in tied.items())
    return gates + couplings.readout[qubit] + min(costs.values())


def _routed(
    operations: Sequence[Operator], places: dict[Wire, int], couplings: Couplings
) -> Iterator[Operator]:
    """Yield gates on qubits, and swaps before gates on qubits that are not coupled.

    ``places`` has the first qubit of each wire, and at the end the last.
    """
    pairs = [item.wires for item in operations if len(item.wires) == TWO_QUBITS]
    done = 0
    for item in operations:
        if len(item.wires) == TWO_QUBITS:
            first, second = (places[wire] for wire in item.wires)
            if second not in couplings.neighbours[first]:
                yield from _meeting(couplings.path(first, second), places, pairs[done:], couplings)
            done += 1
        yield item.map_wires({wire: places[wire] for wire in item.wires})


def _meeting(
    path: Sequence[int], places: dict[Wire, int], pairs: Sequence[Wires], couplings: Couplings
) -> list[Operator]:
    """Return the swaps by which the ends of a path meet, where it is best for the next gates."""
    choices = []
    for meeting in range(len(path) - 1):
        moved = dict(places)
        steps = [*pairwise(path[: meeting + 1]), *pairwise(path[: meeting - len(path) : -1])]
        for here, there in steps:
            swap = {here: there, there: here}
            moved = {wire: swap.get(qubit, qubit) for wire, qubit in moved.items()}
        later = sum(
            couplings.distance(*(moved[wire] for wire in pair)) for pair in pairs[:LOOK_AHEAD]
        )
        choices.append((later, meeting, moved, steps))
    _, _, moved, steps = min(choices, key=lambda choice: choice[:2])
    places.update(moved)
    return [SWAP(wires=pair) for pair in steps]


def _cost(error: float | None) -> float:
    return -log1p(-min(error or 0.0, WORST))
