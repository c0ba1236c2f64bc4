"""Expand measurements in Pauli words: one set of Pauli words and a matrix of coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qgate.arrays import unwrap
from qgate.exceptions import UnsupportedEstimate
from qgate.measurements import Measurement, MeasurementKind
from qgate.observables import Combination
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_decomposition import pauli_decompose
from qgate.operations.pauli_words import distinct, packed
from qgate.recording import paused
from qgate.typing import BoolArray, FloatArray
from qgate.wires import Wires

MOST_PROBABILITIES = 10
"""Maximum number of wires of probabilities, which are expanded in 2**10 Pauli words."""

MOST_FACTOR_WIRES = 6
"""Maximum number of wires of a matrix that is expanded in Pauli words (4**6 of them)."""


@dataclass(frozen=True, eq=False)
class PauliExpansion:
    """M numbers, linear in expectation values: constants + coefficients @ expectation values.

    The Pauli words are all different, and none is the identity.
    """

    wires: Wires  # the n measured wires
    x: BoolArray  # (T, n)
    z: BoolArray  # (T, n)
    coefficients: FloatArray  # (M, T)
    constants: FloatArray  # (M,), coefficient of the identity in each number
    shapes: tuple[tuple[int, ...], ...]  # of each measurement; their sizes add up to M

    @property
    def size(self) -> int:
        """M, the number of measured values."""
        return len(self.constants)

    @classmethod
    def of(cls, measurements: Sequence[Measurement], wires: Wires) -> PauliExpansion:
        """Expand expectation values, terms of observables and probabilities in Pauli words.

        Coefficients are numbers, and probabilities name their wires.

        Raises
        ------
        UnsupportedEstimate
            A measurement is of another kind, or would require too many Pauli words.
        """
        refuse_other_kinds(measurements)
        with paused():
            parts = [_words(item) for item in measurements]
        together = PauliSum.total([words for words, _, _ in parts]).expanded(wires)
        x, z = together.x, together.z
        first, index = distinct(packed(x, z))
        matrix = np.zeros((sum(len(rows) for _, rows, _ in parts), len(first)))
        column = row = 0
        for words, rows, _ in parts:
            columns = index[column : column + len(words)]
            for offset, weights in enumerate(rows):
                np.add.at(matrix[row + offset], columns, weights)
            column, row = column + len(words), row + len(rows)
        is_word = (x[first] | z[first]).any(axis=1)
        constants = matrix[:, ~is_word].sum(axis=1)
        kept = first[is_word]
        shapes = tuple(shape for _, _, shape in parts)
        return cls(wires, x[kept], z[kept], matrix[:, is_word], constants, shapes)


SERVED = (MeasurementKind.EXPVAL, MeasurementKind.TERMS, MeasurementKind.PROBS)
"""Kinds of measurements that are linear in expectation values of Pauli words."""


def refuse_other_kinds(measurements: Sequence[Measurement]) -> None:
    """Refuse measurements that are not linear in expectation values of Pauli words.

    Raises
    ------
    UnsupportedEstimate
    """
    for item in measurements:
        if item.kind not in SERVED:
            raise UnsupportedEstimate(
                what=item.kind.value,
                remedy="Return expval, var or probs, or give a plain number of shots without "
                "mitigation. The distribution of counts and samples is qg.probs.",
            )


Part = tuple[PauliSum, FloatArray, tuple[int, ...]]
"""Pauli words, a matrix of coefficients with a row for each number, and the numbers' shape."""


def _words(item: Measurement) -> Part:
    if item.kind is MeasurementKind.PROBS:
        return _probabilities(item)
    observable = item.observable
    weights = np.real(unwrap(observable.parameters[0]))
    terms = _terms(observable)
    words = PauliSum.total(terms)
    owner = np.repeat(np.arange(len(terms)), [len(term) for term in terms])
    matrix = np.zeros((len(terms), len(words)))
    matrix[owner, np.arange(len(words))] = np.real(unwrap(words.coefficients))
    if item.kind is MeasurementKind.TERMS:
        return words, matrix, (len(terms),)
    return words, (weights @ matrix)[None, :], ()


def _terms(observable: PauliSum | Combination) -> list[PauliSum]:
    """Return each term of an observable, without its coefficient, as a sum of Pauli words."""
    if isinstance(observable, PauliSum):
        ones = np.ones(len(observable))
        plain = observable.with_parameters((ones,))
        return [plain.select(slice(term, term + 1)) for term in range(len(observable))]
    return [PauliSum.product(map(_factor, factors)) for factors in observable.terms]


def _factor(factor: Operator) -> PauliSum:
    if isinstance(factor, PauliSum):
        return factor
    if len(factor.wires) > MOST_FACTOR_WIRES:
        raise UnsupportedEstimate(
            what=f"{factor.name} on {len(factor.wires)} wires",
            remedy=f"A matrix may act on {MOST_FACTOR_WIRES} wires at most; write it as a sum of "
            "Pauli words, or give a plain number of shots.",
        )
    return pauli_decompose(unwrap(factor.matrix()), wire_order=factor.wires)


def _probabilities(item: Measurement) -> Part:
    observable = item.obs
    if observable is not None or len(item.wires) > MOST_PROBABILITIES:
        raise UnsupportedEstimate(
            what=f"probs of {'an observable' if observable is not None else 'too many wires'}",
            remedy=f"Return probs of at most {MOST_PROBABILITIES} wires, or give a plain number "
            "of shots.",
        )
    count = len(item.wires)
    numbers = np.arange(2**count)
    places = np.arange(count - 1, -1, -1)
    z = ((numbers[:, None] >> places) & 1).astype(bool)
    words = PauliSum(np.ones(2**count), np.zeros_like(z), z, item.wires)
    signs = 1.0 - 2.0 * (np.bitwise_count(numbers[:, None] & numbers[None, :]) & 1)
    return words, signs / 2**count, (2**count,)
