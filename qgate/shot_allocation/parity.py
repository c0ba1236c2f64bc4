r"""Conserved parities of a circuit, and Pauli words that have equal expectation values due to them.

A product Q of letters Z is conserved if the initial state is a product of zeros and ones, so that
its value q is known, and each gate commutes with it or changes its sign. Then
:math:`\langle P \rangle = q \langle PQ \rangle` for a Pauli word that commutes with Q, and
:math:`\langle P \rangle = 0` for one that does not. A gate with angles must commute with Q for
every angle, that is, all Pauli words of its generator must.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from qgate.gradients.generators import generator_words, in_generators
from qgate.operations.operator import Operator
from qgate.operations.pauli_words import product_phases
from qgate.shot_allocation.light_cone import has_small_matrix
from qgate.structure import Structure, slots_in
from qgate.typing import BoolArray, FloatArray, IntArray
from qgate.wires import Wires


@dataclass(frozen=True, eq=False)
class Representatives:
    """T Pauli words, each with R that have the same expectation value up to a sign.

    The first of each R is the Pauli word itself. The expectation value of the Pauli word is the
    sign times that of the representative.
    """

    x: BoolArray  # (T, R, n)
    z: BoolArray  # (T, R, n)
    signs: FloatArray  # (T, R)
    vanishing: BoolArray  # (T,), Pauli words whose expectation value is zero

    @classmethod
    def themselves(cls, x: BoolArray, z: BoolArray) -> Representatives:
        """Return Pauli words without other representatives; bits of shape (T, n)."""
        none = np.zeros(len(x), dtype=bool)
        return cls(x[:, None, :], z[:, None, :], np.ones((len(x), 1)), none)


@dataclass(frozen=True, eq=False)
class Parities:
    """Products of Z that a circuit conserves."""

    supports: BoolArray  # (Q, n), independent generators
    values: FloatArray  # (Q,), 1 or -1

    def representatives(self, x: BoolArray, z: BoolArray) -> Representatives:
        """Return Pauli words (T, n) with all products of them with the parities."""
        odd = product_phases((x, z), (np.zeros_like(self.supports), self.supports)) & 1
        none = np.zeros((1, x.shape[-1]), dtype=bool)
        bits_x, bits_z, signs = [], [], []
        for chosen in product((False, True), repeat=len(self.values)):
            picked = list(chosen)
            mask = np.logical_xor.reduce(self.supports[picked], axis=0, initial=False)
            mask = np.broadcast_to(mask, x.shape[-1:])
            value = float(np.prod(self.values[picked]))
            phases = product_phases((x, z), (none, mask[None, :]))[:, 0]
            bits_x.append(x)
            bits_z.append(z ^ mask)
            signs.append(value * np.where(phases == 0, 1.0, -1.0))
        return Representatives(
            np.stack(bits_x, axis=1),
            np.stack(bits_z, axis=1),
            np.stack(signs, axis=1),
            np.asarray(odd.any(axis=1), dtype=bool),
        )


def conserved_parities(structure: Structure, wires: Wires) -> Parities:
    """Find all products of Z on n wires that a circuit provably conserves, and their values.

    None are found if a gate has no known matrix or generator.

    Cost: O(4**k) for a fixed gate on k wires, and one elimination of n columns.
    """
    rows = [np.zeros((0, len(wires)), dtype=bool)]
    gates: list[tuple[Operator, IntArray]] = []
    operations = list(in_generators(structure).operations)
    start = np.zeros(len(wires), dtype=bool)
    while operations and operations[0].name == "BasisState":
        first = operations.pop(0)
        start[wires.indices(first.wires)] ^= np.array(first.hyperparameters["state"], dtype=bool)
    for operation in operations:
        columns = np.array(wires.indices(operation.wires), dtype=np.int64)
        checks = _checks(operation)
        rows.append(np.zeros((len(checks), len(wires)), dtype=bool))
        rows[-1][:, columns] = checks
        gates.append((operation, columns))
    supports = _null_space(np.concatenate(rows))
    return Parities(supports, np.array([_value(support, start, gates) for support in supports]))


def _checks(operation: Operator) -> BoolArray:
    """Return masks with which the support of a parity must have an even overlap, (C, k)."""
    width = len(operation.wires)
    if any(slots_in(symbol) for symbol in operation.parameters):
        words = generator_words(operation)
        if words is None:
            return np.eye(width, dtype=bool)
        return words.expanded(operation.wires).x
    if not has_small_matrix(operation):
        return np.eye(width, dtype=bool)
    allowed = [mask for mask in range(2**width) if _sign(operation, mask) is not None]
    bits = (np.array(allowed)[:, None] >> np.arange(width - 1, -1, -1)) & 1
    return _null_space(bits.astype(bool))


def _sign(operation: Operator, mask: int) -> float | None:
    """Return s with U^-1 Z_m U = s Z_m; None: there is none."""
    matrix = np.asarray(operation.matrix())
    diagonal = 1.0 - 2.0 * (np.bitwise_count(np.arange(len(matrix)) & mask) & 1)
    turned = matrix.conj().T @ (diagonal[:, None] * matrix)
    sign = float(np.real(np.vdot(diagonal, np.diag(turned)))) / len(matrix)
    return sign if np.allclose(turned, sign * np.diag(diagonal)) and abs(sign) > 0.5 else None


def _value(support: BoolArray, start: BoolArray, gates: list[tuple[Operator, IntArray]]) -> float:
    value = -1.0 if (support & start).sum() % 2 else 1.0
    for operation, columns in gates:
        own = support[columns]
        if any(slots_in(symbol) for symbol in operation.parameters) or not own.any():
            continue
        mask = int("".join("01"[int(bit)] for bit in own), 2)
        value *= _sign(operation, mask) or 0.0
    return float(np.sign(value))


def row_reduced(bits: BoolArray, *others: BoolArray) -> list[int]:
    """Eliminate bits (R, n) over GF(2) in place; return the column of the pivot of each first row.

    Rows of other arrays are exchanged and added in the same way.
    """
    pivots: list[int] = []
    for column in range(bits.shape[1]):
        place = len(pivots)
        candidates = np.flatnonzero(bits[place:, column]) + place
        if not len(candidates):
            continue
        for array in (bits, *others):
            array[[place, candidates[0]]] = array[[candidates[0], place]]
        added = bits[:, column].copy()
        added[place] = False
        for array in (bits, *others):
            array[added] ^= array[place]
        pivots.append(column)
    return pivots


def _null_space(rows: BoolArray) -> BoolArray:
    """Return a basis of the vectors that have an even overlap with all rows, (Q, n)."""
    left = rows.copy()
    pivots = row_reduced(left)
    free = [column for column in range(rows.shape[1]) if column not in pivots]
    found = np.zeros((len(free), rows.shape[1]), dtype=bool)
    for index, column in enumerate(free):
        found[index, column] = True
        found[index, pivots] = left[: len(pivots), column]
    return found
