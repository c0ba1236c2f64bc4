"""Results restricted to selected outcomes, as functions of results of the deferred circuit.

With the projector P on the selected outcomes, an expectation value <A> becomes <A P> / <P>. Both
are linear in the state, so shift rules hold for what is measured, and the ratio is differentiated
by the framework.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from qgate.arrays import namespace
from qgate.measurements import Measurement, MeasurementKind
from qgate.observables import square
from qgate.operations.arithmetic import prod
from qgate.operations.fixed import PauliZ
from qgate.operations.hermitian import Projector
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.transforms.density import derived
from qgate.transforms.tomography import from_means, words_of
from qgate.typing import BoolArray, Tensor, Wire
from qgate.wires import Wires

Recipe = Callable[[Sequence[Tensor]], Tensor]
"""Function from the results of the deferred circuit to one result of the given circuit."""

MOST_EXPANDED = 6
"""Projectors on up to this many wires are written as a sum of 2**n Pauli words."""


@dataclass(eq=False)
class RestrictedMeasurements:
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
        rule = _RESTRICTED.get(item.kind, RestrictedMeasurements._density)
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


_RESTRICTED: Mapping[MeasurementKind, Callable[[RestrictedMeasurements, Measurement], Recipe]] = {
    MeasurementKind.EXPVAL: RestrictedMeasurements._expval,
    MeasurementKind.VAR: RestrictedMeasurements._var,
    MeasurementKind.PROBS: RestrictedMeasurements._probs,
    MeasurementKind.SAMPLE: RestrictedMeasurements._shots,
    MeasurementKind.COUNTS: RestrictedMeasurements._shots,
}
"""Restriction of each kind to selected outcomes; other kinds are functions of a density matrix."""
