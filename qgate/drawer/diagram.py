"""Diagram of a circuit: its elements in layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from qgate.drawer.elements import (
    Element,
    Labels,
    measurement_element,
    operation_element,
    used_wires,
)
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
class Diagram:
    """Elements of a circuit in layers, from left to right.

    Parameters
    ----------
    wires : tuple of wires
        The label of each row.
    layers, readouts : list of list of Element
        Elements of operations and of measurements. Those of one layer share no row.
    """

    wires: tuple[Wire, ...]
    layers: list[list[Element]]
    readouts: list[list[Element]]

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
        used = used_wires([*circuit.operations, *circuit.measurements])
        order = dict.fromkeys([*(() if wire_order is None else Wires(wire_order)), *used])
        wires = list(order) if show_all_wires else [wire for wire in order if wire in set(used)]
        rows = {wire: row for row, wire in enumerate(wires)}
        operations = [operation_element(item, rows, labels) for item in circuit.operations]
        measurements = [measurement_element(item, rows, labels) for item in circuit.measurements]
        return cls(tuple(wires), in_layers(operations), in_layers(measurements))


def in_layers(elements: Iterable[Element]) -> list[list[Element]]:
    """Place each element in the leftmost layer that keeps the order on the rows it covers."""
    layers: list[list[Element]] = []
    free: dict[int, int] = {}
    for element in elements:
        if not element.rows:
            continue
        layer = max(free.get(row, 0) for row in element.covered)
        if layer == len(layers):
            layers.append([])
        layers[layer].append(element)
        free.update(dict.fromkeys(element.covered, layer + 1))
    return layers


def default_order(wires: Iterable[Wire]) -> list[Wire]:
    """Return wires sorted, or as they are if they cannot be compared."""
    found: list[Any] = list(wires)
    try:
        return sorted(found)
    except TypeError:
        return found
