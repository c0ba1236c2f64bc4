"""Diagram of a circuit: its elements in layers."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from qgate.arguments import truth
from qgate.drawer.elements import (
    Element,
    Labels,
    Shape,
    measurement_element,
    operation_element,
    used_wires,
)
from qgate.exceptions import InvalidDrawing, described
from qgate.measurements import Measurement
from qgate.operations.operator import Operator
from qgate.typing import Wire, WiresLike
from qgate.wires import Wires


class Circuit(Protocol):
    """Operations and measurements, such as those of a tape."""

    @property
    def operations(self) -> Sequence[Operator]: ...

    @property
    def measurements(self) -> Sequence[Measurement]: ...


@dataclass(frozen=True)
class ClassicalWires:
    """Lines below the wires that carry outcomes of mid-circuit measurements to where they are used.

    Parameters
    ----------
    lines : mapping of outcome to int
        Line of each outcome that is used; a line is free again after its last use.
    stretches : list of list of (int, int)
        For each line the layers from a measurement to the last use of its outcome.
    """

    lines: Mapping[Hashable, int]
    stretches: list[list[tuple[int, int]]]

    @classmethod
    def of(cls, layers: Sequence[Sequence[Element]]) -> ClassicalWires:
        """Return the lines for elements in these layers."""
        first: dict[Hashable, int] = {}
        last: dict[Hashable, int] = {}
        for index, element in ((i, each) for i, layer in enumerate(layers) for each in layer):
            first.update(dict.fromkeys(element.writes, index))
            last.update(dict.fromkeys(element.reads, index))
        lines: dict[Hashable, int] = {}
        stretches: list[list[tuple[int, int]]] = []
        for uid, start in first.items():
            if uid in last:
                free = (i for i, known in enumerate(stretches) if known[-1][1] < start)
                lines[uid] = next(free, len(stretches))
                if lines[uid] == len(stretches):
                    stretches.append([])
                stretches[lines[uid]].append((start, last[uid]))
        return cls(lines, stretches)

    def of_outcomes(self, uids: Iterable[Hashable]) -> list[int]:
        """Return the lines of those outcomes that are used, ascending."""
        return sorted({self.lines[uid] for uid in uids if uid in self.lines})

    def is_busy(self, line: int, layer: int) -> bool:
        """Return whether a line carries an outcome into a layer."""
        return any(start < layer <= end for start, end in self.stretches[line])

    def ends(self, line: int, layer: int) -> bool:
        """Return whether the outcome on a line is used for the last time in a layer."""
        return any(end == layer for _, end in self.stretches[line])


@dataclass(frozen=True)
class Diagram:
    """Elements of a circuit in layers, from left to right.

    Parameters
    ----------
    wires : tuple of wires
        The label of each row.
    layers, readouts : list of list of Element
        Elements of operations and of measurements. Those of one layer share no row.
    classical : ClassicalWires
        Their layers are those of operations, then those of measurements.
    """

    wires: tuple[Wire, ...]
    layers: list[list[Element]]
    readouts: list[list[Element]]
    classical: ClassicalWires

    @classmethod
    def of(
        cls,
        circuit: Circuit,
        labels: Labels,
        *,
        wire_order: WiresLike | None,
        show_all_wires: bool,
    ) -> Diagram:
        """Return the diagram of a circuit.

        Parameters
        ----------
        circuit : Circuit
        labels : Labels
        wire_order : wires, optional
            Wires from top to bottom; the others follow in order of appearance.
        show_all_wires : bool
            Whether wires of ``wire_order`` that the circuit does not use are drawn.
        """
        if not hasattr(circuit, "operations"):
            raise InvalidDrawing(
                argument="tape", value=described(circuit), allowed="Give a qg.tape.QuantumScript."
            )
        everywhere = truth("A drawing", "show_all_wires", show_all_wires)
        acted = used_wires([*circuit.operations, *circuit.measurements])
        order = dict.fromkeys([*(() if wire_order is None else Wires(wire_order)), *acted])
        wires = list(order) if everywhere else [wire for wire in order if wire in set(acted)]
        rows = {wire: row for row, wire in enumerate(wires)}
        operations = [operation_element(item, rows, labels) for item in circuit.operations]
        measurements = [measurement_element(item, rows, labels) for item in circuit.measurements]
        used = {uid for item in [*operations, *measurements] for uid in item.reads}
        made = [uid for item in operations for uid in item.writes if uid in used]
        outcomes = {uid: place for place, uid in enumerate(made)}
        layers = in_layers(operations, len(wires), outcomes) or [[]]
        readouts = in_layers(measurements, len(wires), outcomes) or [[]]
        classical = ClassicalWires.of([*layers, *readouts])
        return cls(tuple(wires), layers, readouts, classical)


def in_layers(
    elements: Iterable[Element], rows: int, outcomes: Mapping[Hashable, int]
) -> list[list[Element]]:
    """Place each element in the leftmost layer that keeps the order on the rows it covers.

    Parameters
    ----------
    elements : iterable of Element
    rows : int
        Number of rows.
    outcomes : mapping of outcome to int
        The outcomes of mid-circuit measurements that are used, counted in order.
    """
    layers: list[list[Element]] = []
    free: dict[Hashable, int] = {}
    for element in elements:
        covered = _covered(element, rows, outcomes)
        if not covered:
            continue
        layer = max(free.get(place, 0) for place in covered)
        if layer == len(layers):
            layers.append([])
        layers[layer].append(element)
        free.update(dict.fromkeys(covered, layer + 1))
    return layers


def _covered(element: Element, rows: int, outcomes: Mapping[Hashable, int]) -> Sequence[Hashable]:
    """Return the places on which nothing else stands in the layer of an element.

    These are the rows from its first to its last, or to the last of all if a line goes down from it
    to the classical wires. For a measurement of outcomes they are the outcomes from its first to
    its last.
    """
    acted = element.rows
    if element.shape is Shape.READOUT:
        counted = [outcomes[uid] for uid in element.reads if uid in outcomes]
        read = range(min(counted), max(counted) + 1) if counted else ()
        places: list[Hashable] = [("outcome", place) for place in read]
        return places + (list(range(acted[0], acted[-1] + 1)) if acted else [])
    goes_down = element.reads or any(uid in outcomes for uid in element.writes)
    return range(acted[0], rows if goes_down else acted[-1] + 1)


def default_order(wires: Iterable[Wire]) -> list[Wire]:
    """Return wires sorted, or as they are if they cannot be compared."""
    found: list[Any] = list(wires)
    try:
        return sorted(found)
    except TypeError:
        return found
