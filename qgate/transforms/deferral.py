"""Deferred measurement: a circuit without mid-circuit measurements that gives the same results.

Each outcome is copied to a wire of its own by a CNOT, and is measured at the end; gates that depend
on outcomes become gates controlled by these wires (Nielsen and Chuang, section 4.4). A reset is a
second CNOT, from the copy back to the measured wire.

With postselection a result is a ratio of quantities that are linear in the state: with the
projector P on the selected outcomes, <A> becomes <A P> / <P>. So shift rules still hold for what is
measured, and the ratio is differentiated by the framework.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from qgate.arrays import namespace
from qgate.exceptions import QuantumFunctionError
from qgate.measurements import Measurement, MeasurementKind
from qgate.observables import square
from qgate.operations.arithmetic import prod
from qgate.operations.conditions import Conditional
from qgate.operations.controlled import CNOT
from qgate.operations.fixed import PauliZ
from qgate.operations.hermitian import Projector
from qgate.operations.mid_measure import MidMeasure
from qgate.operations.operator import Operator
from qgate.operations.outcome_values import Node, Outcome, renamed, uids_in
from qgate.operations.outcome_words import Fixed, free_uids, observable_of, table_of
from qgate.operations.pauli import PauliSum
from qgate.operations.recorded import Recorded, RecordedCondition
from qgate.operations.selected import Selected
from qgate.recording import paused
from qgate.tape import Tape
from qgate.transforms.density import derived
from qgate.transforms.tomography import from_means, words_of
from qgate.typing import BoolArray, Tensor, Wire
from qgate.wires import Wires

Recipe = Callable[[Sequence[Tensor]], Tensor]
"""Function from the results of the deferred circuit to one result of the given circuit."""

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
        measured = _Measured({} if selects else places.selected, native)
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


# Postselection ------------------------------------------------------------------------------------

MOST_EXPANDED = 6
"""Projectors on up to this many wires are written as a sum of 2**n Pauli words."""


@dataclass(eq=False)
class _Measured:
    """The measurements of the deferred circuit so far.

    Parameters
    ----------
    selected : mapping of wire to bit
        The outcomes to which results are restricted.
    native : bool
        Whether these wires are classical, so that they have no density matrix.
    """

    selected: Mapping[Wire, int]
    native: bool
    items: list[Measurement] = field(default_factory=list)

    def recipe(self, item: Measurement) -> Recipe:
        """Add what a measurement needs, and return the function to its result."""
        if not self.selected:
            return self._take(item)
        rule = _RESTRICTED.get(item.kind, _Measured._density)
        return rule(self, item)

    def _take(self, item: Measurement) -> Recipe:
        if item in self.items:
            return operator.itemgetter(self.items.index(item))
        self.items.append(item)
        return operator.itemgetter(len(self.items) - 1)

    @property
    def _projector(self) -> Operator:
        parts: list[Operator] = [
            PauliSum.from_words(np.array([0.5, 0.5 - bit]), ["I", "Z"], [wire])
            if len(self.selected) <= MOST_EXPANDED
            else Projector([bit], wire)
            for wire, bit in self.selected.items()
        ]
        found: Operator = prod(*parts) if len(parts) > 1 else parts[0]
        return found

    def _with_projector(self, observable: Operator) -> Recipe:
        both = prod(observable, self._projector)
        return self._take(Measurement(MeasurementKind.EXPVAL, both))

    def _probability(self) -> Recipe:
        return self._take(Measurement(MeasurementKind.EXPVAL, self._projector))

    def _expval(self, item: Measurement) -> Recipe:
        numerator, probability = self._with_projector(item.observable), self._probability()
        return lambda results: numerator(results) / probability(results)

    def _var(self, item: Measurement) -> Recipe:
        squared = self._with_projector(square(item.observable))
        mean, probability = self._with_projector(item.observable), self._probability()
        return lambda results: (
            squared(results) / probability(results) - (mean(results) / probability(results)) ** 2
        )

    def _joint(self, wires: Wires) -> Wires:
        """Return wires, and after them the wires of selected outcomes that are not among them."""
        return Wires.all_wires([wires, Wires(list(self.selected))])

    def _allowed(self, joint: Wires) -> BoolArray:
        """Return for each number on some wires whether it has the selected outcomes."""
        bits = np.indices((2,) * len(joint)).reshape(len(joint), -1)
        chosen = [bits[joint.index(wire)] == bit for wire, bit in self.selected.items()]
        allowed: BoolArray = np.logical_and.reduce(chosen)
        return allowed

    def _probs(self, item: Measurement) -> Recipe:
        joint = self._joint(item.wires)
        measured = item.with_wires(joint)
        if item.obs is not None:
            signs = prod(item.obs, *[PauliZ(wire) for wire in self.selected])
            measured, joint = Measurement(MeasurementKind.PROBS, signs), signs.wires
        take, allowed, size = self._take(measured), self._allowed(joint), 2 ** len(item.wires)

        def value(results: Sequence[Tensor]) -> Tensor:
            xp = namespace(results)
            kept = xp.sum(xp.reshape(take(results) * allowed, (-1, size, len(allowed) // size)), -1)
            return kept / xp.sum(kept, axis=-1)[:, None]

        return value

    def _density(self, item: Measurement) -> Recipe:
        if self.native:
            return self._from_words(item)
        wires, size, count = item.wires, 2 ** len(item.wires), 2 ** len(self.selected)
        joint = Measurement(MeasurementKind.DENSITY_MATRIX, wires=self._joint(wires))
        take, index = self._take(joint), int(self._allowed(Wires(list(self.selected))).argmax())

        def value(results: Sequence[Tensor]) -> Tensor:
            found, xp = take(results), namespace(results)
            split = xp.reshape(found, (-1, size, count, size, count))
            rho = split[:, :, index, :, index]
            trace = sum(xp.real(rho[:, place, place]) for place in range(size))
            return derived(item, rho / trace[:, None, None], xp)

        return value

    def _from_words(self, item: Measurement) -> Recipe:
        """Measure all Pauli words times all products of Z on the selected wires."""
        words = words_of(item, item.wires).observable
        signs = list(product("IZ", repeat=len(self.selected)))
        letters = ["".join(word) for word in product("IXYZ", repeat=len(item.wires))]
        both = [word + "".join(sign) for word in letters for sign in signs]
        wires = (*item.wires, *self.selected)
        every = PauliSum.from_words(np.ones(len(both)), both, wires)
        take = self._take(Measurement(MeasurementKind.TERMS, every))
        bits, count = list(self.selected.values()), words.num_terms
        weights = [
            (-1.0) ** sum(bit for bit, letter in zip(bits, sign, strict=True) if letter == "Z")
            for sign in signs
        ]

        def value(results: Sequence[Tensor]) -> Tensor:
            xp = namespace(results)
            means = xp.reshape(take(results), (-1, count, len(signs))) * np.array(weights)
            restricted = xp.sum(means, axis=-1)
            return from_means(item, restricted / restricted[:, :1], xp)

        return value

    def _shots(self, item: Measurement) -> Recipe:
        if item.obs is not None:
            return self._values(item)
        joint = self._joint(item.wires)
        take, width = self._take(item.with_wires(joint)), len(item.wires)
        chosen = [(joint.index(wire), bit) for wire, bit in self.selected.items()]
        if item.kind is MeasurementKind.SAMPLE:
            places, bits = map(list, zip(*chosen, strict=True))
            return lambda results: [
                row[(row[:, places] == bits).all(axis=1), :width] for row in take(results)
            ]

        def counts(row: Mapping[str, int]) -> dict[str, int]:
            totals: dict[str, int] = {}
            for key, number in row.items():
                if all(key[place] == str(bit) for place, bit in chosen):
                    totals[key[:width]] = totals.get(key[:width], 0) + number
            return totals

        return lambda results: [counts(row) for row in take(results)]

    def _values(self, item: Measurement) -> Recipe:
        """Mark the discarded shots by a value that the observable does not have."""
        observable = item.observable
        weights = np.abs(np.asarray(observable.parameters[0]))
        mark = 1.0 + 2.0 * float(weights.sum())
        rest = mark * (
            PauliSum.from_words([1.0], ["I"], [next(iter(self.selected))]) - self._projector
        )
        marked = prod(observable, self._projector) + rest
        take = self._take(Measurement(item.kind, marked, **item.options))
        if item.kind is MeasurementKind.SAMPLE:
            return lambda results: [row[row < mark - 0.5] for row in take(results)]
        return lambda results: [
            {value: number for value, number in row.items() if value < mark - 0.5}
            for row in take(results)
        ]


_RESTRICTED: Mapping[MeasurementKind, Callable[[_Measured, Measurement], Recipe]] = {
    MeasurementKind.EXPVAL: _Measured._expval,
    MeasurementKind.VAR: _Measured._var,
    MeasurementKind.PROBS: _Measured._probs,
    MeasurementKind.SAMPLE: _Measured._shots,
    MeasurementKind.COUNTS: _Measured._shots,
}
"""Restriction of each kind to selected outcomes; other kinds are functions of a density matrix."""
