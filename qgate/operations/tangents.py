r"""Coordinates of gates and states that are given as arrays, for derivatives by these arrays.

An array A of a gate or of a state is no angle, so nothing can be shifted. Near its present value
A0, however, the gate is

.. math:: U(A) = U(A_0) \, e^{-i a_m P_m / 2} \cdots e^{-i a_1 P_1 / 2},

with Pauli words P_j and angles a_j(A) that are 0 at A0. U(A0) is a constant, and the derivatives of
the rotations are taken at the angle 0 by the same rules as those of any other rotation. The angles
are smooth functions of A for every A0, because they follow from K = U(A0)^dagger U(A), which is the
identity at A0: to first order, a_j = -2 Im tr(P_j K) / d. Euler angles, or those of the canonical
decomposition of two wires, are singular at the identity, at CNOT and at products, and the angles of
uniformly controlled rotations (Möttönen et al., Quantum Inf. Comput. 5, 467) where amplitudes are
0; these are not singular anywhere. There are as many as the unitary has degrees of freedom, so no
other set of angles takes fewer shifted circuits: 4**n - 1 for n wires.

A state psi is V|0...0> with a reflection V made of psi0 (Householder), and the rotations stand
before V. There, the Pauli words that flip the bits b of |0...0> give |b> and i|b>, which are
orthogonal: 2 (2**n - 1) angles for complex amplitudes, 2**n - 1 for real ones.

Only directions that keep a unitary unitary, and the norm of a state, have angles. Others are
projected out: what is differentiated is the circuit of the nearest unitary, or of the normalized
state. A matrix that is unitary for all values of what it is computed from has no others.

To second order, the product of rotations is E + sum_j a_j T_j + sum_{j<k} a_j a_k T_kj plus a
multiple of E, and with the linear coordinates y = C(K) of K, a = y - sum_{j<k} C(T_kj) y_j y_k.
Derivatives of the third order and higher would need more terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np

from qgate.arrays import constant
from qgate.operations.pauli_matrices import entries
from qgate.operations.pauli_words import from_letters
from qgate.typing import ComplexArray, FloatArray, IntArray, Namespace, Tensor

MOST_PAIRED = 130
"""Maximum number of angles for the second order, which takes one number for each triple."""


@dataclass(frozen=True, eq=False)
class Chart:
    """Angles of the product of Pauli rotations that gives an array near a fixed one.

    Parameters
    ----------
    words : tuple of str
        m Pauli words, a letter for each wire.
    linear : array, shape (m, size)
        The angles are Re(linear @ K) to first order, for an array K of ``size`` numbers.
    first, second : array of int, shape (E,)
        Pairs of angles.
    weights : array, shape (E, m)
        Contribution of each pair to the angles to second order.
    """

    words: tuple[str, ...]
    linear: ComplexArray
    first: IntArray
    second: IntArray
    weights: FloatArray

    @property
    def max_order(self) -> int:
        """Highest order of derivatives for which the angles are exact."""
        return 2 if len(self.words) <= MOST_PAIRED else 1

    def angles(self, moved: Tensor, xp: Namespace) -> Tensor:
        """Return the angles, shape (m,), which are 0 and have a derivative.

        ``moved`` is K, traced, shape (size,); up to rounding, it is the array of the product with
        all angles 0.
        """
        rows = np.ascontiguousarray(self.linear.T)
        linear = xp.dot(xp.real(moved), rows.real) - xp.dot(xp.imag(moved), rows.imag)
        linear = linear - constant(linear)
        if not len(self.first):
            return linear
        pairs = linear[self.first] * linear[self.second]
        return linear + xp.dot(pairs, self.weights)


@lru_cache(maxsize=64)
def unitary_chart(letters: tuple[str, ...], *, real: bool, phase: bool) -> Chart:
    """Return the chart of unitaries; K has shape (d, d), flattened.

    ``letters`` are those that each wire may have: ``IXYZ``, or ``IZ`` where all matrices are
    diagonal. ``real`` matrices have fewer angles; with ``phase`` the global phase has one, too.
    """
    words = _selected(map("".join, product(*letters)), real=real, phase=phase)
    return _chart(words, np.eye(2 ** len(letters), dtype=complex))


@lru_cache(maxsize=64)
def diagonal_chart(n: int, *, phase: bool) -> Chart:
    """Return the chart of diagonals of diagonal unitaries; K has shape (2**n,)."""
    words = _selected(map("".join, product("IZ", repeat=n)), real=False, phase=phase)
    return _chart(words, np.ones((2**n, 1), dtype=complex))


@lru_cache(maxsize=64)
def state_chart(n: int, *, real: bool, phase: bool) -> Chart:
    """Return the chart of states near |0...0>; K has shape (2**n,)."""
    flips = ["".join(word) for word in product("XI", repeat=n)][:-1]
    turned = [word.replace("X", "Y", 1) for word in flips]
    words = turned if real else [*flips, *turned, *(["I" * n] if phase else [])]
    start = np.zeros((2**n, 1), dtype=complex)
    start[0] = 1.0
    return _chart(words, start)


def _selected(words: Iterable[str], *, real: bool, phase: bool) -> list[str]:
    """Return the required Pauli words; those that act on most wires come first."""
    chosen = [word for word in words if phase or set(word) != {"I"}]
    chosen.sort(key=lambda word: word.count("I"))
    if not real:
        return chosen
    return [word for word in chosen if word.count("Y") % 2]  # i P is real for these words


def _chart(words: Sequence[str], start: ComplexArray) -> Chart:
    """Return the chart of the Pauli rotations applied to ``start``, shape (d, c)."""
    rows, values = entries(*from_letters(words))
    moved = np.stack([_applied(*word, start) for word in zip(rows, values, strict=True)])
    dual = 2j * moved.conj().reshape(len(words), -1) / np.vdot(start, start).real
    if not 1 < len(words) <= MOST_PAIRED:
        none = np.zeros(0, dtype=np.int64)
        return Chart(tuple(words), dual, none, none, np.zeros((0, len(words))))
    blocks = [
        _paired(rows[later], values[later], moved[:later], dual) for later in range(1, len(words))
    ]
    weights = np.concatenate(blocks)
    second, first = np.tril_indices(len(words), -1)
    kept = np.abs(weights).max(axis=1) > 0
    return Chart(tuple(words), dual, first[kept], second[kept], weights[kept])


def _paired(
    row: IntArray, value: ComplexArray, moved: ComplexArray, dual: ComplexArray
) -> FloatArray:
    """Return minus the linear coordinates of (-i/2)**2 P_k P_j E, for one k and every j < k."""
    both = np.stack([_applied(row, value, each) for each in moved]).reshape(len(moved), -1)
    found: FloatArray = (both @ dual.T).real / 4
    found[np.abs(found) < 1e-12] = 0.0
    return found


def _applied(row: IntArray, value: ComplexArray, vectors: ComplexArray) -> ComplexArray:
    """Apply a Pauli word to vectors (d, c); column i has the entry ``value[i]`` in ``row[i]``."""
    result = np.empty_like(vectors)
    result[row] = value[:, None] * vectors
    return result


def reflection(state: Tensor, xp: Namespace) -> Tensor:
    """Return a matrix, unitary up to the norm of the state, whose first column is the state."""
    norm = xp.sqrt(xp.sum(xp.abs(state) ** 2))
    unit = state / norm
    modulus = xp.abs(unit[:1])
    turn = xp.where(modulus > 0.0, unit[:1] / xp.where(modulus > 0.0, modulus, 1.0), 1.0)
    first = np.zeros(state.shape[0])
    first[0] = 1.0
    axis = unit + turn * first
    outer = axis[:, None] * xp.conj(axis)[None, :]
    return (outer / (1.0 + modulus) - np.eye(len(first))) * (turn * norm)
