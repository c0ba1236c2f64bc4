"""Metric tensor of a circuit whose trainable gates are in layers.

Within a layer of gates exp(i x G) the entries are covariances of the generators G. Between layers
they are measured by Hadamard tests: for gates exp(i x G) and exp(i y H), the earlier and the later
one, with all gates in between combined in V, Re <d_x psi|d_y psi> = Re <phi|G V* H V|phi>. For each
word P of G, an auxiliary wire in the state |+> controls P, V follows, and X of that wire times H is
measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from qgate.arrays import namespace
from qgate.gradients.generated import (
    Generated,
    Layer,
    TrainedGate,
    distinct_words,
    light_cone,
    pulled_back,
)
from qgate.gradients.hadamard_circuits import CONTROLLED
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.fixed import Hadamard
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_gates import letters_of
from qgate.recording import paused
from qgate.shots import Shots
from qgate.tape import Tape
from qgate.typing import FloatArray, IntArray, Postprocess, Tensor, Wire


def layer_metric(
    circuit: Generated,
    layers: Sequence[Layer],
    shots: Shots,
    auxiliary: Wire | None,
    *,
    diagonal: bool,
) -> tuple[list[Tape], Postprocess]:
    """Return circuits for a metric tensor, and the function from their results to it, (n, n).

    Without ``auxiliary`` wire, entries between layers are zero; ``diagonal``: so are all entries
    between different gates.
    """
    words, moments = zip(
        *(_moments(layer.gates, diagonal=diagonal) for layer in layers), strict=True
    )
    tapes = [
        Tape(light_cone(circuit.operations, layer.gates), [_terms(each)], shots)
        for layer, each in zip(layers, words, strict=True)
    ]
    between = []
    if auxiliary is not None and len(layers) > 1:
        between = [*_tests(circuit, layers, shots, auxiliary)]

    def metric(results: Sequence[Tensor]) -> Tensor:
        found = [*zip(layers, moments, results[: len(layers)], strict=True)]
        within = sum(
            pulled_back(each.covariance(values, diagonal=diagonal), layer.jacobian)
            for layer, each, values in found
        )
        if not between:
            return within
        slopes = [
            namespace([values]).matmul(each.expectations(values), layer.jacobian)
            for layer, each, values in found
        ]
        return within + _between_layers(between, results[len(layers) :], slopes)

    return [*tapes, *(test.tape for test in between)], metric


@dataclass(frozen=True, eq=False)
class _Moments:
    """Linear map from expectation values of W words to moments of the generators of one layer.

    ``means`` (gates, W) maps them to expectation values, ``seconds`` (P, W) with ``constants`` (P,)
    to those of P products of two; ``pairs`` (gates, gates) has the index of each product.
    """

    means: FloatArray
    seconds: FloatArray
    constants: FloatArray
    pairs: IntArray

    def expectations(self, words: Tensor) -> Tensor:
        return namespace([words]).matmul(self.means, words)

    def covariance(self, words: Tensor, *, diagonal: bool) -> Tensor:
        means = self.expectations(words)
        second = namespace([words]).matmul(self.seconds, words) + self.constants
        if diagonal:
            return (second - means**2) * np.eye(len(self.pairs))
        return second[self.pairs] - means[:, None] * means[None, :]


def _moments(gates: Sequence[TrainedGate], *, diagonal: bool) -> tuple[PauliSum, _Moments]:
    """Return the words to be measured, and the map from their expectation values to the moments."""
    generators = [gate.generator for gate in gates]
    count = len(generators)
    pairs = np.zeros((count, count), dtype=np.int64)
    products: list[PauliSum] = []
    for row in range(count):
        for column in (row,) if diagonal else range(row, count):
            pairs[row, column] = pairs[column, row] = len(products)
            one, other = generators[row], generators[column]
            products.append(one.squared() if row == column else one.times(other))
    words, weights, constants = distinct_words([*generators, *products])
    return words, _Moments(weights[:count], weights[count:], constants[count:], pairs)


@dataclass(frozen=True, eq=False)
class _Test:
    """Hadamard test of one word of a gate, and all generators of a later layer.

    ``weight`` is that of the word in its generator, ``earlier`` (n,) and ``later`` (gates, n) are
    the derivatives of the angles; ``generators`` (gates, W) maps the measured words to the
    generators of the later layer.
    """

    tape: Tape
    weight: float
    earlier: FloatArray
    generators: FloatArray
    later: FloatArray


def _tests(
    circuit: Generated, layers: Sequence[Layer], shots: Shots, auxiliary: Wire
) -> Iterator[_Test]:
    """Yield the Hadamard tests between all pairs of layers."""
    measured = [_measured(layer.gates, auxiliary) for layer in layers]
    for early, later in combinations(range(len(layers)), 2):
        measurement, generators = measured[later]
        for gate, jacobian in zip(layers[early].gates, layers[early].jacobian, strict=True):
            for weight, word in zip(gate.generator.coeffs, gate.generator.sums, strict=True):
                with paused():
                    letters = letters_of(word.words[0], word.wires)
                    controlled = [CONTROLLED[letter]([auxiliary, wire]) for letter, wire in letters]
                    start = Hadamard(auxiliary)
                ends = layers[later].gates
                cone = light_cone(circuit.operations, ends, controlled, after=gate.position)
                tape = Tape([start, *cone], [measurement], shots)
                yield _Test(tape, float(weight), jacobian, generators, layers[later].jacobian)


def _measured(gates: Sequence[TrainedGate], auxiliary: Wire) -> tuple[Measurement, FloatArray]:
    """Return the words of a layer's generators times X of the auxiliary wire, and their weights."""
    words, weights, _ = distinct_words([gate.generator for gate in gates])
    flip = PauliSum.word({auxiliary: "X"})
    with paused():
        terms = PauliSum.total([flip.times(word) for word in words.sums])
    return _terms(terms.with_parameters((np.ones(len(terms)),))), weights


def _terms(words: PauliSum) -> Measurement:
    return Measurement(MeasurementKind.TERMS, words)


def _between_layers(
    tests: Sequence[_Test], results: Sequence[Tensor], slopes: Sequence[Tensor]
) -> Tensor:
    """Return the entries between layers.

    ``slopes`` (n,) are, for each layer, the expectation values of the generators, times the
    derivatives of the angles by the trainable slots.
    """
    half: Tensor = 0.0
    for test, words in zip(tests, results, strict=True):
        xp = namespace([words])
        row = xp.matmul(test.weight * xp.matmul(test.generators, words), test.later)
        half = half + test.earlier[:, None] * row[None, :]
    for early, later in combinations(slopes, 2):
        half = half - early[:, None] * later[None, :]
    return half + half.T
