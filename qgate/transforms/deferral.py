"""Deferred measurement: a circuit without mid-circuit measurements that gives the same results.

Each outcome is copied to a wire of its own by a CNOT, and is measured at the end; gates that depend
on outcomes become gates controlled by these wires (Nielsen and Chuang, section 4.4). A reset is a
second CNOT, from the copy back to the measured wire.

With postselection a result is a ratio of two results (``postselection``).
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from qgate.exceptions import QuantumFunctionError
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.conditions import Conditional
from qgate.operations.controlled import CNOT
from qgate.operations.mid_measure import MidMeasure
from qgate.operations.operator import Operator
from qgate.operations.outcome_values import Node, Outcome, renamed, uids_in
from qgate.operations.outcome_words import Fixed, free_uids, observable_of, table_of
from qgate.operations.recorded import Recorded, RecordedCondition
from qgate.operations.selected import Selected
from qgate.recording import paused
from qgate.tape import Tape
from qgate.transforms.postselection import Recipe, RestrictedMeasurements
from qgate.typing import Tensor, Wire
from qgate.wires import Wires

BY_BITS = (MeasurementKind.PROBS, MeasurementKind.SAMPLE, MeasurementKind.COUNTS)
"""Kinds that measure wires in the computational basis, if they have no observable."""


@dataclass(frozen=True, eq=False)
class Deferral:
    """A circuit without mid-circuit measurements, and the function of its results.

    Parameters
    ----------
    tape : Tape
    recipes : sequence of callable
        For each measurement of the given circuit, its result from those of ``tape``. They are
        written for any array framework; results have a leading axis of rows.
    added : Wires
        Wires that the given circuit does not have.
    """

    tape: Tape
    recipes: Sequence[Recipe]
    added: Wires

    def results(self, found: Sequence[Tensor]) -> list[Tensor]:
        """Return the results of the given circuit."""
        with np.errstate(invalid="ignore", divide="ignore"):  # NaN: nothing was selected
            return [recipe(found) for recipe in self.recipes]


def deferred(
    tape: Tape,
    *,
    everything: Wires | None = None,
    spare: Collection[Wire] = (),
    reduce_postselected: bool = True,
    native: bool = False,
    fill: bool = False,
    selects: bool = False,
) -> Deferral:
    """Return a circuit with all measurements at its end, or one that a device runs natively.

    Parameters
    ----------
    tape : Tape
        May be traced.
    everything : Wires, optional
        Wires of measurements that name none; default those of the tape.
    spare : collection of wires
        Wires to use first for the outcomes, where the tape does not use them.
    reduce_postselected : bool
        Whether conditions on postselected outcomes are resolved now.
    native : bool
        Whether measurements stay where they are, with outcomes recorded on classical wires.
    fill : bool
        Whether every shot gets the selected outcomes, with ``native``.
    selects : bool
        Whether postselected measurements remain, on the wires that hold their outcomes, in place of
        functions of the results.

    Raises
    ------
    QuantumFunctionError
        The state is measured, which is no pure state after a measurement.
    TooLarge
        A condition depends on too many outcomes.
    """
    own = tape.wires if everything is None else everything
    measurements = [_with_wires(item, own) for item in tape.measurements]
    used = Wires.all_wires([tape.wires, *(item.wires for item in measurements)])
    places = _Places(used, [wire for wire in spare if wire not in used])
    with paused():
        if native:
            operations = _recorded_operations(tape, places, fill)
        else:
            operations = _deferred_operations(
                tape, measurements, places, reduce_postselected, selects
            )
        fixed = places.fixed if reduce_postselected else ()
        resolved = [_on_wires(item, places.wires, fixed) for item in measurements]
        measured = RestrictedMeasurements({} if selects else places.selected, native)
        recipes = [
            _as_integers(item, fixed, measured.recipe(new))
            for item, new in zip(measurements, resolved, strict=True)
        ]
    made = Tape(operations, measured.items, tape.shots)
    if tape.is_chosen:
        made = made.with_trainable(_trainable(tape, measured.items))
    return Deferral(made, recipes, Wires(places.added))


@dataclass(eq=False)
class _Places:
    """The wires of the outcomes.

    Parameters
    ----------
    used : Wires
        Wires of the circuit.
    spare : list
        Wires for outcomes; afterwards new integers are used.
    """

    used: Wires
    spare: list[Wire]
    wires: dict[Hashable, Wire] = field(default_factory=dict)
    selected: dict[Wire, int] = field(default_factory=dict)
    added: list[Wire] = field(default_factory=list)
    _fixed: list[tuple[Hashable, int]] = field(default_factory=list)

    @property
    def fixed(self) -> Fixed:
        """The postselected outcomes so far."""
        return tuple(self._fixed)

    def place(self, measured: MidMeasure, *, stays: bool) -> Wire:
        """Choose the wire of an outcome: its own if nothing changes this afterwards, else a new."""
        wire = measured.wires[0] if stays else self._new()
        self.wires[measured.meas_uid] = wire
        if measured.postselect is not None:
            self.selected[wire] = measured.postselect
            self._fixed.append((measured.meas_uid, measured.postselect))
        return wire

    def _new(self) -> Wire:
        if self.spare:
            wire = self.spare.pop(0)
        else:
            numbers = [label for label in (*self.used, *self.added) if isinstance(label, int)]
            wire = max(numbers, default=-1) + 1
        self.added.append(wire)
        return wire


def _deferred_operations(
    tape: Tape,
    measurements: Sequence[Measurement],
    places: _Places,
    reduce_postselected: bool,
    selects: bool,
) -> list[Operator]:
    operations: list[Operator] = []
    later = _used_later(tape.operations)
    for item, after in zip(tape.operations, later, strict=True):
        if isinstance(item, MidMeasure):
            (wire,) = item.wires
            stays = wire not in after and _stays(item, measurements)
            copy = places.place(item, stays=stays)
            if not stays:
                operations += [CNOT([wire, copy]), *([CNOT([copy, wire])] * item.reset)]
            if selects and item.postselect is not None:
                operations.append(MidMeasure(copy, postselect=item.postselect))
        elif isinstance(item, Conditional):
            operations += _selected(item, places, reduce_postselected)
        else:
            operations.append(item)
    return operations


def _recorded_operations(tape: Tape, places: _Places, fill: bool) -> list[Operator]:
    operations: list[Operator] = []
    for item in tape.operations:
        if isinstance(item, MidMeasure):
            record, (wire,) = places.place(item, stays=False), item.wires
            filled = fill and item.postselect is not None
            operations.append(
                Recorded(wire, record, reset=item.reset, postselect=item.postselect, fill=filled)
            )
        elif isinstance(item, Conditional):
            operations.append(_recorded(item, places))
        else:
            operations.append(item)
    return operations


def _used_later(operations: Sequence[Operator]) -> list[set[Wire]]:
    """Return for each operation the wires on which later ones act."""
    later: set[Wire] = set()
    found = []
    for item in reversed(operations):
        found.append(set(later))
        later.update(item.wires)
    return found[::-1]


def _stays(measured: MidMeasure, measurements: Sequence[Measurement]) -> bool:
    """Return whether a wire may hold its outcome itself, as far as final measurements see it."""
    (wire,) = measured.wires
    readers = [item for item in measurements if wire in item.wires]
    if measured.postselect is not None or measured.reset:
        return not readers
    return all(item.obs is None and item.kind in BY_BITS for item in readers)


def _selected(item: Conditional, places: _Places, reduce_postselected: bool) -> list[Operator]:
    """Return the gate under a condition; nothing if it is never true."""
    fixed = places.fixed if reduce_postselected else ()
    names: dict[Hashable, Hashable] = {uid: place for place, uid in enumerate(uids_in(item.node))}
    known = tuple([(names[uid], bit) for uid, bit in fixed if uid in names])
    table = [bool(value) for value in table_of(renamed(item.node, names), known)]
    if all(table):
        return [item.base]
    controls = Wires([places.wires[uid] for uid in free_uids(item.node, fixed)])
    return [Selected(item.base, controls, table)]


def _recorded(item: Conditional, places: _Places) -> Operator:
    """Return the gate under a condition on recorded outcomes."""
    uids = uids_in(item.node)
    node = renamed(item.node, {uid: place for place, uid in enumerate(uids)})
    return RecordedCondition(item.base, Wires([places.wires[uid] for uid in uids]), node)


def _with_wires(item: Measurement, everything: Wires) -> Measurement:
    """Return a measurement that names its wires."""
    if item.kind is MeasurementKind.STATE:
        raise QuantumFunctionError(
            "state was asked of a circuit with mid-circuit measurements, after which there is no "
            "pure state. Return qg.density_matrix(wires), or expectation values."
        )
    if item.obs is not None or item.nodes or item.wires:
        return item
    return item.with_wires(everything)


def _on_wires(item: Measurement, wires: Mapping[Hashable, Wire], fixed: Fixed) -> Measurement:
    """Return a measurement of outcomes as one of the wires that hold them."""
    if not item.nodes:
        return item
    options = {name: value for name, value in item.options.items() if name != "nodes"}
    listed = not hasattr(item.mv, "node")
    if listed or item.kind is MeasurementKind.PROBS:
        uids = [node.uid for node in item.nodes]
        return Measurement(item.kind, wires=[wires[uid] for uid in uids], **options)
    return Measurement(item.kind, observable_of(item.nodes[0], wires, fixed), **options)


def _as_integers(item: Measurement, fixed: Fixed, recipe: Recipe) -> Recipe:
    """Return samples of a value as integers, where all its values are."""
    if item.kind is not MeasurementKind.SAMPLE or len(item.nodes) != 1:
        return recipe
    node: Node = item.nodes[0]
    if not (isinstance(node, Outcome) or _is_whole(node, fixed)):
        return recipe
    return lambda results: [np.rint(row).astype(np.int64) for row in recipe(results)]


def _is_whole(node: Node, fixed: Fixed) -> bool:
    return len(free_uids(node, fixed)) <= 10 and all(
        isinstance(value, int) for value in table_of(node, fixed)
    )


def _trainable(tape: Tape, measured: Sequence[Measurement]) -> list[int]:
    """Return the positions of the trainable parameters; those of rewritten measurements are none.

    A coefficient that a framework traces is found again when the tape is differentiated.
    """
    count = tape.get_parameters(trainable_only=False, operations_only=True)
    return [position for position in tape.trainable_params if position < len(count)]
