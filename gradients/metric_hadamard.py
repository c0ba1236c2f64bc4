"""Metric tensor between layers, by Hadamard tests.

For gates exp(i x G) and exp(i y H), the earlier and the later one, with all gates in between
combined in V, Re <d_x psi|d_y psi> = Re <phi|G V* H V|phi>. For each word P of G, an auxiliary wire
in the state |+> controls P, V follows, and X of that wire times H is measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from qgate.arrays import namespace
from qgate.gradients.generated import Generated, TrainedGate, distinct_words, light_cone
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.controlled import CNOT, CY, CZ
from qgate.operations.fixed import Hadamard
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_gates import letters_of
from qgate.recording import paused
from qgate.shots import Shots
from qgate.tape import Tape
from qgate.typing import FloatArray, Tensor, Wire

CONTROLLED: Mapping[str, Any] = {"X": CNOT, "Y": CY, "Z": CZ}
"""Controlled gate of each Pauli letter."""


@dataclass(frozen=True, slots=True)
class HadamardTest:
    """Hadamard test of one circuit: a word of a gate, and all generators of a later layer.

    Parameters
    ----------
    layer, gate : int
        Layer, and index of the gate in it.
    weight : float
        Weight of the word in its generator.
    later : int
        The later layer.
    """

    layer: int
    gate: int
    weight: float
    later: int


@dataclass(frozen=True, eq=False)
class CrossTerms:
    """Hadamard tests between the gates of different layers.

    Parameters
    ----------
    tapes : list of Tape
    tests : list of HadamardTest
        Hadamard test of each tape.
    weights : sequence of array, shape (gates, W)
        For each layer, the map from the expectation values of its words to those of its generators.
    """

    tapes: list[Tape]
    tests: list[HadamardTest]
    weights: Sequence[FloatArray]

    @classmethod
    def of(
        cls, circuit: Generated, layers: Sequence[Sequence[int]], shots: Shots, auxiliary: Wire
    ) -> CrossTerms:
        """Build the circuits for all pairs of layers of trainable gates."""
        gates = [[circuit.gates[index] for index in layer] for layer in layers]
        measured, weights = zip(*(_measured(layer, auxiliary) for layer in gates), strict=True)
        tapes, tests = [], []
        for early, later in product(range(len(layers)), repeat=2):
            if early >= later:
                continue
            for place, gate in enumerate(gates[early]):
                for weight, word in zip(*gate.generator.terms(), strict=True):
                    tests.append(HadamardTest(early, place, float(weight), later))
                    operations = _test(circuit, gate, word, gates[later], auxiliary)
                    tapes.append(Tape(operations, [measured[later]], shots))
        return cls(tapes, tests, weights)

    def metric(
        self,
        results: Sequence[Tensor],
        means: Sequence[Tensor],
        jacobians: Sequence[FloatArray],
    ) -> Any:
        """Return the entries between layers, by the trainable slots.

        Parameters
        ----------
        results : sequence of array, shape (W,)
            Results of the tapes.
        means : sequence of array, shape (gates,)
            Expectation values of the generators of each layer.
        jacobians : sequence of array, shape (gates, n)
            Derivatives of the angles of each layer.
        """
        half: Any = 0.0
        for test, words in zip(self.tests, results, strict=True):
            xp = namespace([words])
            row = test.weight * xp.matmul(self.weights[test.later], words)
            slopes = xp.matmul(row, jacobians[test.later])
            half = half + jacobians[test.layer][test.gate][:, None] * slopes[None, :]
        slopes = [
            namespace([mean]).matmul(mean, jacobian)
            for mean, jacobian in zip(means, jacobians, strict=True)
        ]
        for early, later in product(range(len(slopes)), repeat=2):
            if early < later:
                half = half - slopes[early][:, None] * slopes[later][None, :]
        return half + half.T


def _measured(gates: Sequence[TrainedGate], auxiliary: Wire) -> tuple[Measurement, FloatArray]:
    """Return the measurement of a layer: its generators' words times X of the auxiliary wire."""
    words, weights, _ = distinct_words([gate.generator for gate in gates])
    flip = PauliSum.word({auxiliary: "X"})
    with paused():
        terms = PauliSum.total([flip.times(word) for word in words.ops])
    ones = terms.with_parameters((np.ones(len(terms)),))
    return Measurement(MeasurementKind.TERMS, ones), weights


def _test(
    circuit: Generated,
    gate: TrainedGate,
    word: PauliSum,
    later: Sequence[TrainedGate],
    auxiliary: Wire,
) -> list[Operator]:
    with paused():
        controlled = [
            CONTROLLED[letter]([auxiliary, wire])
            for letter, wire in letters_of(word.words[0], word.wires)
        ]
        start = Hadamard(auxiliary)
    return [start, *light_cone(circuit.operations, later, controlled, after=gate.position)]
