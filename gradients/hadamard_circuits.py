"""Circuits of the modes of Hadamard tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import pi
from typing import Any

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
from qgate.measurements import MeasurementKind
from qgate.operations.controlled import CNOT, CY, CZ
from qgate.operations.fixed import Hadamard, X, Y, Z
from qgate.operations.operator import Operator
from qgate.operations.pauli_rotations import PauliRot
from qgate.operations.rotations import RX
from qgate.operations.symbolic import Adjoint
from qgate.structure import ArraySlot, Structure
from qgate.typing import FloatArray, Wire
from qgate.wires import Wires

CONTROLLED = {"X": CNOT, "Y": CY, "Z": CZ}
"""Controlled gate of each Pauli letter."""

LETTERS = {"X": X, "Y": Y, "Z": Z}


def standard(
    structure: Structure, slots: tuple[int, ...], auxiliary: Wire | None, everything: Wires
) -> Circuits:
    """Build circuits of the standard mode: a controlled word after the gate, Y measured at the end.

    The state is (|0>|V phi> + |1>|V P phi>) / sqrt(2), so that Y times O has the expectation value
    Im<phi|O~ P|phi>.

    Parameters
    ----------
    structure : Structure
        Structure in generators.
    slots : tuple of int
    auxiliary : hashable
    everything : Wires
        Wires of a measurement that names none.
    """
    measurements, fold = with_sign(structure.measurements, auxiliary, everything)
    end = [RX(pi / 2, auxiliary)]  # measure Y as Z

    def circuits(word: Word) -> Iterator[tuple[list[Operator], float]]:
        yield _controlled(word, auxiliary), -2.0

    return _after_gates(structure.with_measurements(measurements), slots, circuits, end, fold)


def direct(structure: Structure, slots: tuple[int, ...]) -> Circuits:
    """Build circuits of the direct mode: exp(-i pi/4 P) and its inverse after the gate.

    There are two circuits for each word P of the generator. The difference of their values is -i
    <phi|[O~, P]|phi>.
    """

    def circuits(word: Word) -> Iterator[tuple[list[Operator], float]]:
        for sign in (1.0, -1.0):
            yield [_quarter_turn(word, sign)], -sign

    return _after_gates(structure, slots, circuits, [], as_measured)


def of_state(structure: Structure, slots: tuple[int, ...]) -> Circuits:
    """Build circuits for derivatives of the state: the state with i P inserted after the gate.

    Nothing has to be controlled or measured, because the state itself is returned.
    """

    def circuits(word: Word) -> Iterator[tuple[list[Operator], float]]:
        yield [LETTERS[letter](wire) for wire, letter in word], 1.0

    def times_i(entries: Sequence[Any], arrays: Sequence[Any]) -> list[Any]:
        return [1j * entry for entry in entries]

    return _after_gates(structure, slots, circuits, [], times_i, identity=True)


Insertions = Callable[[Word], Iterator[tuple[list[Operator], float]]]
"""Function from a word to operations that are inserted, and the weight of the result."""


def _after_gates(
    structure: Structure,
    slots: tuple[int, ...],
    insertions: Insertions,
    end: Sequence[Operator],
    fold: Fold,
    *,
    identity: bool = False,
) -> Circuits:
    """Build a circuit for each word of each trainable gate and each insertion after that gate."""
    targets = {slot: index for index, slot in enumerate(slots)}
    operations = structure.operations
    structures: list[Structure] = []
    contributions: list[Contribution] = []
    for turn in turns(structure, slots, identity=identity):
        until = turn.position + 1
        for weight, letters in zip(turn.words.coefficients, turn.words.words, strict=True):
            for inserted, sign in insertions(letters_on(letters, turn.words.wires)):
                gates = (*operations[:until], *inserted, *operations[until:], *end)
                structures.append(structure.with_operations(gates))
                contributions += [
                    Contribution(
                        targets[slot], len(structures) - 1, sign * float(weight) * factor, fold
                    )
                    for slot, factor in turn.slots
                ]
    return Circuits(tuple(structures), tuple(contributions))


def reversed_roles(
    structure: Structure, slots: tuple[int, ...], auxiliary: Wire | None, everything: Wires
) -> Circuits:
    """Build circuits of the reversed modes: words of observables as gates, generators measured.

    A word is applied after all gates, and the gates are undone down to the trainable one. With an
    auxiliary wire the word is controlled, and Y times the generator is measured; without it, the
    word Q is replaced by exp(-i pi/4 Q) and its inverse. Trainable gates share a circuit if no gate
    between them acts on their wires.

    Parameters
    ----------
    structure : Structure
        Structure in generators that measures expectation values and terms.
    slots : tuple of int
    auxiliary : hashable or None
        None: the direct variant.
    everything : Wires
        As for ``standard``.
    """
    targets = {slot: index for index, slot in enumerate(slots)}
    layers = _layers(structure, slots)
    structures: list[Structure] = []
    contributions: list[Contribution] = []
    for word, shares in _words(structure):
        for layer in layers:
            measured = [signed_words(turn.words, auxiliary) for turn in layer]
            undone = [_inverse(gate) for gate in structure.operations[layer[0].position + 1 :]]
            for inserted, sign in _observed(word, auxiliary):
                gates = (*structure.operations, *inserted, *reversed(undone))
                end = () if auxiliary is None else (RX(pi / 2, auxiliary),)
                circuit = structure.with_operations((*gates, *end)).with_measurements(measured)
                structures.append(circuit)
                contributions += [
                    Contribution(
                        targets[slot],
                        len(structures) - 1,
                        sign * factor,
                        _Shared(place, shares),
                    )
                    for place, turn in enumerate(layer)
                    for slot, factor in turn.slots
                ]
    return Circuits(tuple(structures), tuple(contributions))


def _observed(word: Word, auxiliary: Wire | None) -> Iterator[tuple[list[Operator], float]]:
    if auxiliary is not None:
        yield _controlled(word, auxiliary), 2.0
        return
    for sign in (1.0, -1.0):
        yield [_quarter_turn(word, sign)], sign


class _Share:
    """Share of a word in a measured quantity.

    Parameters
    ----------
    weights : array, shape (T,), or None
        Weight in each term; None: the word is in none.
    coefficients : array, shape (T,), ArraySlot or None
        Coefficients of the sum of the terms; None: each term is a result by itself.
    terms : int
        T.
    """

    def __init__(self, weights: FloatArray | None, coefficients: Any, terms: int) -> None:
        self.weights = np.zeros(terms) if weights is None else weights
        self.coefficients = coefficients

    def __call__(self, value: FloatArray, arrays: Sequence[Any]) -> FloatArray:
        if self.coefficients is None:
            return value[:, None] * self.weights
        return value * float(self.weights @ numbers_of(self.coefficients, arrays))


class _Shared:
    """Fold that adds the generator's value at ``place`` to all quantities with the word."""

    def __init__(self, place: int, shares: Sequence[_Share]) -> None:
        self.place, self.shares = place, shares

    def __call__(self, entries: Sequence[Any], arrays: Sequence[Any]) -> list[Any]:
        value = np.asarray(entries[self.place])
        return [share(value, arrays) for share in self.shares]


def _words(structure: Structure) -> list[tuple[Word, list[_Share]]]:
    """Return each word of the observables with its shares in each measured quantity."""
    tables = [words_of(item) for item in structure.measurements]
    every = dict.fromkeys(word for table in tables for word in table)
    return [
        (
            word,
            [
                _Share(table.get(word), _summed(item), item.observable.num_terms)
                for item, table in zip(structure.measurements, tables, strict=True)
            ],
        )
        for word in every
    ]


def _summed(item: Any) -> Any:
    if item.kind is MeasurementKind.TERMS:
        return None
    return item.observable.parameters[0]


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
