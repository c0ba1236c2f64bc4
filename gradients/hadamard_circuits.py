"""The circuits of the modes of Hadamard tests."""

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
"""Each letter with a control."""

LETTERS = {"X": X, "Y": Y, "Z": Z}


def standard(
    structure: Structure, slots: tuple[int, ...], auxiliary: Wire | None, everything: Wires
) -> Circuits:
    """Control each word of a generator after its gate, and measure Y with the observable.

    The state is |0>|V phi> + |1>|V P phi>, so that Y times O has the mean Im<phi|O~ P|phi>.

    Parameters
    ----------
    structure : Structure
        In generators.
    slots : tuple of int
    auxiliary : hashable
    everything : Wires
        What a measurement without wires reads.
    """
    measurements, fold = with_sign(structure.measurements, auxiliary, everything)
    end = [RX(pi / 2, auxiliary)]  # Y is read as Z

    def circuits(word: Word) -> Iterator[tuple[list[Operator], float]]:
        yield _controlled(word, auxiliary), -2.0

    return _after_gates(structure.with_measurements(measurements), slots, circuits, end, fold)


def direct(structure: Structure, slots: tuple[int, ...]) -> Circuits:
    """Put exp(-i pi/4 P) and its inverse after the gate, for each word of its generator.

    The difference of the two values is -i <phi|[O~, P]|phi>.
    """

    def circuits(word: Word) -> Iterator[tuple[list[Operator], float]]:
        for sign in (1.0, -1.0):
            yield [_quarter_turn(word, sign)], -sign

    return _after_gates(structure, slots, circuits, [], as_measured)


def of_state(structure: Structure, slots: tuple[int, ...]) -> Circuits:
    """Put each word of a generator after its gate: the derivative of the state is i P phi.

    The state itself can be read, so that nothing has to be controlled or measured with it.
    """

    def circuits(word: Word) -> Iterator[tuple[list[Operator], float]]:
        yield [LETTERS[letter](wire) for wire, letter in word], 1.0

    def times_i(entries: Sequence[Any], arrays: Sequence[Any]) -> list[Any]:
        return [1j * entry for entry in entries]

    return _after_gates(structure, slots, circuits, [], times_i, identity=True)


Insertions = Callable[[Word], Iterator[tuple[list[Operator], float]]]
"""From a word to what is put into the circuit, and the weight of the result."""


def _after_gates(
    structure: Structure,
    slots: tuple[int, ...],
    insertions: Insertions,
    end: Sequence[Operator],
    fold: Fold,
    *,
    identity: bool = False,
) -> Circuits:
    """Make a circuit for each word of each trained gate and each insertion after that gate."""
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
    """Apply each word of the observables after all gates, undo these, and measure generators.

    With the auxiliary wire the word is controlled, and Y times the generator is measured;
    without it, the word Q is exp(-i pi/4 Q) and its inverse. Trained gates between which no gate
    touches their wires share a circuit.

    Parameters
    ----------
    structure : Structure
        In generators; measures expectation values and terms.
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
    """How a word enters a measured quantity.

    Parameters
    ----------
    weights : array, shape (T,), or None
        Its weight in each term; None: it is in none.
    coefficients : array, shape (T,), ArraySlot or None
        By which the terms are added up; None: each is measured by itself.
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
    """Hands the mean of the generator at ``place`` to every quantity that contains the word."""

    def __init__(self, place: int, shares: Sequence[_Share]) -> None:
        self.place, self.shares = place, shares

    def __call__(self, entries: Sequence[Any], arrays: Sequence[Any]) -> list[Any]:
        value = np.asarray(entries[self.place])
        return [share(value, arrays) for share in self.shares]


def _words(structure: Structure) -> list[tuple[Word, list[_Share]]]:
    """Return each word of the observables, and how it enters each measured quantity."""
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
    """Group trained gates, the last first, that can be measured at the same place.

    A gate can be measured where the one that opened the layer is, if nothing from itself to
    there touches its wires.
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
