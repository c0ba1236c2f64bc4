"""Circuits of the modes of Hadamard tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import pi

import numpy as np

from qgate.gradients.circuits import Circuits, Contribution, Fold
from qgate.gradients.generators import Turn, turns
from qgate.gradients.hadamard_readouts import (
    Word,
    as_measured,
    letters_on,
    numbers_of,
    signed_words,
    with_sign,
    words_of,
)
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.controlled import CNOT, CY, CZ
from qgate.operations.fixed import Hadamard, X, Y, Z
from qgate.operations.operator import Operator
from qgate.operations.pauli_rotations import PauliRot
from qgate.operations.rotations import RX
from qgate.operations.symbolic import Adjoint
from qgate.structure import ArraySlot, Structure
from qgate.typing import FloatArray, NumericArray, Tensor, Wire
from qgate.wires import Wires

CONTROLLED = {"X": CNOT, "Y": CY, "Z": CZ}
"""Controlled gate of each Pauli letter."""

LETTERS = {"X": X, "Y": Y, "Z": Z}


def standard(
    structure: Structure, slots: tuple[int, ...], auxiliary: Wire | None, everything: Wires
) -> Circuits:
    """Build circuits of the standard mode: a controlled word after the gate, Y measured at the end.

    The state is (|0>|V phi> + |1>|V P phi>) / sqrt(2), so that Y times O has the expectation value
    Im<phi|O~ P|phi>. ``everything``: the wires of a measurement that names none.
    """
    measurements, fold = with_sign(structure.measurements, auxiliary, everything)
    measured = structure.with_measurements(measurements)
    end = (RX(pi / 2, auxiliary),)  # measure Y as Z

    def insertions(word: Word) -> Insertions:
        return [(_controlled(word, auxiliary), -2.0)]

    return _collected(slots, _after_gates(measured, slots, insertions, fold, end=end))


def direct(structure: Structure, slots: tuple[int, ...]) -> Circuits:
    """Build circuits of the direct mode: exp(-i pi/4 P) and its inverse after the gate.

    There are two circuits for each word P of the generator. The difference of their values is -i
    <phi|[O~, P]|phi>.
    """

    def insertions(word: Word) -> Insertions:
        return [([_quarter_turn(word, sign)], -sign) for sign in (1.0, -1.0)]

    return _collected(slots, _after_gates(structure, slots, insertions, as_measured))


def of_state(structure: Structure, slots: tuple[int, ...]) -> Circuits:
    """Build circuits for derivatives of the state: the state with i P inserted after the gate.

    Nothing has to be controlled or measured, because the state itself is returned.
    """

    def insertions(word: Word) -> Insertions:
        return [([LETTERS[letter](wire) for wire, letter in word], 1.0)]

    def times_i(entries: Sequence[Tensor], arrays: Sequence[Tensor]) -> list[Tensor]:
        return [1j * entry for entry in entries]

    return _collected(slots, _after_gates(structure, slots, insertions, times_i, identity=True))


def reversed_roles(
    structure: Structure, slots: tuple[int, ...], auxiliary: Wire | None, everything: Wires
) -> Circuits:
    """Build circuits of the reversed modes: words of observables as gates, generators measured.

    A word is applied after all gates, and the gates are undone down to the trainable one. With an
    auxiliary wire the word is controlled, and Y times the generator is measured; without it, the
    word Q is replaced by exp(-i pi/4 Q) and its inverse. Trainable gates share a circuit if no gate
    between them acts on their wires.
    """
    return _collected(slots, _before_undone_gates(structure, slots, auxiliary))


Insertions = Sequence[tuple[list[Operator], float]]
"""Operations that are inserted into a circuit, and the weight of its result."""

Built = Iterator[tuple[Structure, list[tuple[int, float, Fold]]]]
"""Circuits, and the slots to whose derivatives each contributes, with weights and folds."""


def _collected(slots: tuple[int, ...], built: Built) -> Circuits:
    targets = {slot: index for index, slot in enumerate(slots)}
    structures, contributions = list[Structure](), list[Contribution]()
    for structure, parts in built:
        contributions += [
            Contribution(targets[slot], len(structures), weight, fold)
            for slot, weight, fold in parts
        ]
        structures.append(structure)
    return Circuits(tuple(structures), tuple(contributions))


def _after_gates(
    structure: Structure,
    slots: tuple[int, ...],
    insertions: Callable[[Word], Insertions],
    fold: Fold,
    *,
    end: tuple[Operator, ...] = (),
    identity: bool = False,
) -> Built:
    """Yield a circuit for each word of each trainable gate and each insertion after that gate."""
    operations = structure.operations
    for turn in turns(structure, slots, identity=identity):
        until = turn.position + 1
        for weight, letters in zip(turn.words.coefficients, turn.words.words, strict=True):
            for inserted, sign in insertions(letters_on(letters, turn.words.wires)):
                gates = (*operations[:until], *inserted, *operations[until:], *end)
                parts = [(slot, sign * float(weight) * factor, fold) for slot, factor in turn.slots]
                yield structure.with_operations(gates), parts


def _before_undone_gates(
    structure: Structure, slots: tuple[int, ...], auxiliary: Wire | None
) -> Built:
    """Yield a circuit for each word of the observables and each layer of trainable gates."""
    layers = _layers(structure, slots)
    end = () if auxiliary is None else (RX(pi / 2, auxiliary),)
    for word, shares in _words(structure):
        for layer in layers:
            measured = [signed_words(turn.words, auxiliary) for turn in layer]
            undone = [_inverse(gate) for gate in structure.operations[layer[0].position + 1 :]]
            for inserted, sign in _observed(word, auxiliary):
                gates = (*structure.operations, *inserted, *reversed(undone), *end)
                yield (
                    structure.with_operations(gates).with_measurements(measured),
                    [
                        (slot, sign * factor, _shared(place, shares))
                        for place, turn in enumerate(layer)
                        for slot, factor in turn.slots
                    ],
                )


def _observed(word: Word, auxiliary: Wire | None) -> Insertions:
    if auxiliary is not None:
        return [(_controlled(word, auxiliary), 2.0)]
    return [([_quarter_turn(word, sign)], sign) for sign in (1.0, -1.0)]


Share = Callable[[NumericArray, Sequence[Tensor]], NumericArray]
"""Function from the value of a word, and the arrays of a sweep, to its share in a quantity."""


def _share(weights: FloatArray, coefficients: Tensor) -> Share:
    """Return the share of a word with ``weights`` (T,) in the terms of an observable.

    ``coefficients``: those of the sum of the terms; None: each term is a result by itself.
    """

    def share(value: NumericArray, arrays: Sequence[Tensor]) -> NumericArray:
        if coefficients is None:
            return value[:, None] * weights
        return value * float(weights @ numbers_of(coefficients, arrays))

    return share


def _shared(place: int, shares: Sequence[Share]) -> Fold:
    """Return the fold that adds the generator's value at ``place`` to all quantities."""

    def fold(entries: Sequence[Tensor], arrays: Sequence[Tensor]) -> list[Tensor]:
        value = np.asarray(entries[place])
        return [share(value, arrays) for share in shares]

    return fold


def _words(structure: Structure) -> list[tuple[Word, list[Share]]]:
    """Return each word of the observables with its shares in each measured quantity."""
    tables = [(item, words_of(item)) for item in structure.measurements]
    return [
        (word, [_share_in(item, table.get(word)) for item, table in tables])
        for word in dict.fromkeys(word for _, table in tables for word in table)
    ]


def _share_in(item: Measurement, weights: FloatArray | None) -> Share:
    observable = item.observable
    coefficients = None if item.kind is MeasurementKind.TERMS else observable.parameters[0]
    return _share(np.zeros(observable.num_terms) if weights is None else weights, coefficients)


def _layers(structure: Structure, slots: tuple[int, ...]) -> list[list[Turn]]:
    """Group trainable gates, the last first, that can be measured at the same place.

    A gate can be measured at the place of the gate that opened the layer if no gate in between acts
    on its wires.
    """
    layers: list[list[Turn]] = []
    for turn in reversed(list(turns(structure, slots))):
        if not len(turn.words):
            continue
        if layers:
            between = structure.operations[turn.position + 1 : layers[-1][0].position + 1]
            own = set(structure.operations[turn.position].wires)
            if all(own.isdisjoint(gate.wires) for gate in between):
                layers[-1].append(turn)
                continue
        layers.append([turn])
    return layers


def _controlled(word: Word, auxiliary: Wire | None) -> list[Operator]:
    letters = [CONTROLLED[letter]([auxiliary, wire]) for wire, letter in word]
    return [Hadamard(auxiliary), *letters]


def _quarter_turn(word: Word, sign: float) -> Operator:
    """Return exp(-i sign pi/4 P)."""
    return PauliRot(
        sign * pi / 2, "".join(letter for _, letter in word), [wire for wire, _ in word]
    )


def _inverse(gate: Operator) -> Operator:
    if any(isinstance(symbol, ArraySlot) for symbol in gate.parameters):
        return Adjoint(gate)
    return gate.adjoint()
