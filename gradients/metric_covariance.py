"""Metric tensor within layers: covariances of generators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qgate.arrays import namespace
from qgate.gradients.generated import Generated, distinct_words, light_cone
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.pauli import PauliSum
from qgate.shots import Shots
from qgate.tape import Tape
from qgate.typing import FloatArray, IntArray, Tensor


@dataclass(frozen=True, eq=False)
class LayerMoments:
    """Linear map from expectation values of Pauli words to moments of the generators of one layer.

    Parameters
    ----------
    means : array, shape (gates, W)
        Map from the expectation values of W words to those of the generators.
    seconds : array, shape (P, W)
        Map to those of P products of two generators,
    constants : array, shape (P,)
        to which these are added.
    pairs : array of int, shape (gates, gates)
        Index of the product of each pair of gates.
    """

    means: FloatArray
    seconds: FloatArray
    constants: FloatArray
    pairs: IntArray

    def covariance(self, words: Tensor, *, diagonal: bool) -> Tensor:
        """Return the covariance matrix of the generators, from expectation values of words (W,)."""
        xp = namespace([words])
        means = xp.matmul(self.means, words)
        second = xp.matmul(self.seconds, words) + self.constants
        if diagonal:
            return (second - means**2) * np.eye(len(self.pairs))
        return second[self.pairs] - means[:, None] * means[None, :]


@dataclass(frozen=True, eq=False)
class Covariances:
    """Circuits that measure generators and their products, and covariances from their results.

    Parameters
    ----------
    tapes : list of Tape
        One for each layer: the operations before it, and expectation values of Pauli words.
    moments : sequence of LayerMoments
    diagonal : bool
        Whether only variances are required.
    """

    tapes: list[Tape]
    moments: Sequence[LayerMoments]
    diagonal: bool

    @classmethod
    def of(
        cls, circuit: Generated, layers: Sequence[Sequence[int]], shots: Shots, *, diagonal: bool
    ) -> Covariances:
        """Build the circuits for these layers of trainable gates."""
        tapes, moments = [], []
        for layer in layers:
            gates = [circuit.gates[index] for index in layer]
            words, layer_moments = _moments([gate.generator for gate in gates], diagonal=diagonal)
            measured = Measurement(MeasurementKind.TERMS, words)
            tapes.append(Tape(light_cone(circuit.operations, gates), [measured], shots))
            moments.append(layer_moments)
        return cls(tapes, moments, diagonal)

    def means(self, results: Sequence[Tensor]) -> list[Tensor]:
        """Return expectation values of each layer's generators from the results of the tapes."""
        return [
            namespace([words]).matmul(moments.means, words)
            for moments, words in zip(self.moments, results, strict=True)
        ]

    def metric(self, results: Sequence[Tensor], jacobians: Sequence[FloatArray]) -> Any:
        """Return the sum of the covariances of all layers, by the trainable slots.

        Parameters
        ----------
        results : sequence of array, shape (W,)
            Results of the tapes.
        jacobians : sequence of array, shape (gates, n)
            Derivatives of the angles of each layer.
        """
        return sum(
            _pulled_back(moments.covariance(words, diagonal=self.diagonal), jacobian, jacobian)
            for moments, words, jacobian in zip(self.moments, results, jacobians, strict=True)
        )


def _moments(generators: Sequence[PauliSum], *, diagonal: bool) -> tuple[PauliSum, LayerMoments]:
    """Return the words to be measured, and the map from their expectation values to the moments."""
    count = len(generators)
    pairs = np.zeros((count, count), dtype=np.int64)
    products: list[PauliSum] = []
    for row in range(count):
        for column in (row,) if diagonal else range(row, count):
            pairs[row, column] = pairs[column, row] = len(products)
            one, other = generators[row], generators[column]
            products.append(one.squared() if row == column else one.times(other))
    words, weights, constants = distinct_words([*generators, *products])
    return words, LayerMoments(weights[:count], weights[count:], constants[count:], pairs)


def _pulled_back(block: Tensor, left: FloatArray, right: FloatArray) -> Tensor:
    """Transform a block by the angles of gates to one by the trainable slots."""
    xp = namespace([block])
    return xp.matmul(left.T, xp.matmul(block, right))
