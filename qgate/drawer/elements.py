"""Elements of a drawing: what an operation or a measurement shows on which rows.

Rows are the positions of the wires, from top to bottom. Text and pictures are made from the same
elements, so a circuit has the same layers in both.
"""

from __future__ import annotations

import copy
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from qgate.exceptions import InvalidDrawing, described
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.conditions import Conditional
from qgate.operations.controls import Controlled
from qgate.operations.labels import Cache
from qgate.operations.mid_measure import MidMeasure
from qgate.operations.operator import Operator, require_operators
from qgate.operations.outcome_values import uids_in
from qgate.operations.recorded import Recorded, RecordedCondition, records_of
from qgate.operations.symbolic import Adjoint, Pow
from qgate.recording import replace as replace_recorded
from qgate.typing import Wire


class Shape(Enum):
    """Shapes of what stands on the targets of an element."""

    BOX = "box"
    FLIP = "flip"
    SWAP = "swap"
    CONTROL = "control"
    BARRIER = "barrier"
    METER = "meter"
    READOUT = "readout"


SHAPES: Mapping[str, Shape] = {
    "Barrier": Shape.BARRIER,
    "CCZ": Shape.CONTROL,
    "CNOT": Shape.FLIP,
    "CSWAP": Shape.SWAP,
    "CZ": Shape.CONTROL,
    "MidMeasureMP": Shape.METER,
    "MultiControlledX": Shape.FLIP,
    "SWAP": Shape.SWAP,
    "Toffoli": Shape.FLIP,
}
"""Shapes of operations by their names; the others are boxes."""

OF_OUTCOMES = "MCM"
"""Label of what is measured where outcomes of mid-circuit measurements are."""

ON_ALL_WIRES = frozenset({"GlobalPhase", "Identity"})
"""Operations that are drawn on all wires, whatever wires they were given."""

READOUTS: Mapping[str, str] = {
    MeasurementKind.EXPVAL: "<{}>",
    MeasurementKind.VAR: "Var[{}]",
    MeasurementKind.PROBS: "Probs[{}]",
    MeasurementKind.SAMPLE: "Sample[{}]",
    MeasurementKind.COUNTS: "Counts[{}]",
    MeasurementKind.STATE: "State",
    MeasurementKind.DENSITY_MATRIX: "DensityMatrix",
    MeasurementKind.VN_ENTROPY: "vnentropy",
    MeasurementKind.MUTUAL_INFO: "mutualinfo",
    MeasurementKind.CLASSICAL_SHADOW: "Shadow",
    MeasurementKind.SHADOW_EXPVAL: "ShadowExpval",
}
"""Labels of measurements around that of their observable; the others have their kind's name."""


@dataclass(frozen=True, slots=True)
class Element:
    """Part of a drawing that stands for one operation or measurement.

    Parameters
    ----------
    label : str
        Shown on every target; may have several lines.
    targets : tuple of int
        Rows of the label, ascending.
    controls : mapping of int to bool
        Rows of control dots, with the control value.
    shape : Shape
    joined : bool
        Whether its rows are joined by a vertical line.
    writes, reads : tuple
        Outcomes of mid-circuit measurements that it makes, and that it depends on.
    """

    label: str
    targets: tuple[int, ...]
    controls: Mapping[int, bool]
    shape: Shape
    joined: bool = True
    writes: tuple[Hashable, ...] = ()
    reads: tuple[Hashable, ...] = ()

    @property
    def rows(self) -> list[int]:
        """All rows that it acts on, ascending."""
        return sorted((*self.targets, *self.controls))


@dataclass(frozen=True)
class Labels:
    """How labels are written: decimals of parameters, and the arrays met so far."""

    decimals: int | None
    cache: Cache

    def of(self, operator: Operator) -> str:
        """Return the label of an operator, with its own name if it has one."""
        text = operator.label(self.decimals, cache=self.cache)
        note = "" if operator.id is None else f'"{operator.id}"'
        return text if note in text else f"{text}({note})"


def label(op: Operator, new_label: str) -> Operator:
    """Return an operator with a name that drawings show; it is recorded in place of the given one.

    Parameters
    ----------
    op : Operator
    new_label : str

    Examples
    --------
    >>> qg.drawer.label(qg.Hadamard(0), "first").label()
    'H("first")'
    """
    require_operators("label", op)
    if not isinstance(new_label, str):
        raise InvalidDrawing(
            argument="new_label", value=described(new_label), allowed="It is a string."
        )
    labelled = copy.copy(op)
    labelled.id = new_label
    return replace_recorded([op], labelled)


def operation_element(operation: Operator, rows: Mapping[Wire, int], labels: Labels) -> Element:
    """Return the element of an operation on a drawing with these rows."""
    if isinstance(operation, Conditional):
        reads = tuple(uids_in(operation.node))
        return replace(operation_element(operation.base, rows, labels), reads=reads)
    if isinstance(operation, RecordedCondition):
        reads = tuple(operation.condition_wires)
        return replace(operation_element(operation.base, rows, labels), reads=reads)
    if isinstance(operation, Recorded):
        row = rows[operation.wires[0]]
        return Element(labels.of(operation), (row,), {}, Shape.METER, writes=(operation.record,))
    controls = {rows[wire]: value for wire, value in controls_of(operation).items()}
    everywhere = not operation.wires or core_of(operation).name in ON_ALL_WIRES
    on = rows.values() if everywhere else [rows[wire] for wire in operation.wires]
    return Element(
        labels.of(operation),
        tuple(sorted(set(on) - set(controls))),
        controls,
        SHAPES.get(operation.name, Shape.BOX),
        joined=bool(operation.wires) or core_of(operation).name in ON_ALL_WIRES,
        writes=(operation.meas_uid,) if isinstance(operation, MidMeasure) else (),
    )


def measurement_element(item: Measurement, rows: Mapping[Wire, int], labels: Labels) -> Element:
    """Return the element of a measurement; its wires without a row are records of outcomes."""
    if item.nodes:
        reads = dict.fromkeys(uid for node in item.nodes for uid in uids_in(node))
        return Element(_frame(item).format(OF_OUTCOMES), (), {}, Shape.READOUT, reads=tuple(reads))
    targets = [rows[wire] for wire in item.wires if wire in rows]
    records = tuple(wire for wire in item.wires if wire not in rows)
    return Element(
        _readout_label(item, labels),
        tuple(sorted(targets if item.wires else rows.values())),
        {},
        Shape.READOUT,
        joined=bool(item.wires),
        reads=records,
    )


def controls_of(operation: Operator) -> dict[Wire, bool]:
    """Return control wires with their values, also of what an adjoint or a power stands around."""
    controls = dict(zip(operation.control_wires, operation.control_values, strict=True))
    if isinstance(operation, Adjoint | Pow | Controlled):
        controls |= controls_of(operation.base)
    return controls


def core_of(operation: Operator) -> Operator:
    """Return what is left of an operation without its controls, adjoints and powers."""
    return (
        core_of(operation.base) if isinstance(operation, Adjoint | Pow | Controlled) else operation
    )


def _readout_label(item: Measurement, labels: Labels) -> str:
    if item.obs is None:
        return _frame(item).replace("[{}]", "")
    return _frame(item).format(labels.of(item.obs))


def _frame(item: Measurement) -> str:
    return READOUTS.get(item.kind, item.return_type)


def used_wires(items: Sequence[Operator | Measurement]) -> list[Wire]:
    """Return all wires but records of outcomes, in order of first appearance."""
    records = records_of(item for item in items if isinstance(item, Operator))
    used = dict.fromkeys(wire for item in items for wire in item.wires)
    return [wire for wire in used if wire not in records]
