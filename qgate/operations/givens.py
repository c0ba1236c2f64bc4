r"""Unitary matrices as products of Givens rotations of neighbouring rows.

The matrix is :math:`U = D \prod_k T_k`, with a diagonal D of phases and rotations

.. math:: T(\theta, \phi) = \begin{pmatrix} e^{i\phi} \cos\theta & -\sin\theta \\
          e^{i\phi} \sin\theta & \cos\theta \end{pmatrix}

of neighbouring rows. Entries below the diagonal are made 0 in zigzag, from the right and from the
left, so that the depth is n for n rows. The rotations from the left are moved through D, which
changes phases only. Reference: Clements et al., Optica 3, 1460 (2016).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import numpy as np

from qgate.typing import ComplexArray, FloatArray

TOLERANCE = 1e-8
"""Modulus below which an entry counts as 0."""


@dataclass(frozen=True, slots=True)
class Givens:
    """Rotation of the rows ``first`` and ``first + 1``; angles in radians."""

    first: int
    theta: float
    phi: float = 0.0

    def block(self, *, real: bool = False) -> ComplexArray:
        """Return the matrix, shape (2, 2)."""
        c, s = np.cos(self.theta), np.sin(self.theta)
        turn = np.array([[c, -s], [s, c]])
        return turn if real else turn * np.array([np.exp(1j * self.phi), 1])


def givens_rotations(matrix: ComplexArray) -> tuple[ComplexArray, list[Givens]]:
    """Return the diagonal D, shape (n,), and the rotations of a unitary, the leftmost first.

    Those of a real matrix have no phase ``phi``, and D is real.
    """
    real = not np.iscomplexobj(matrix)
    rest, size = np.array(matrix), len(matrix)
    left, right = list[Givens](), list[Givens]()
    for step in range(1, size):
        for place in range(step):
            if step % 2:
                at = step - place - 1
                one, other = rest[size - place - 1, at : at + 2]
                turn = _rotation(at, one, other, real=real)
                rest[:, at : at + 2] = rest[:, at : at + 2] @ turn.block(real=real).conj().T
                right.append(turn)
            else:
                at = size + place - step - 1
                upper, lower = rest[at : at + 2, place]
                turn = _rotation(at, -lower, upper, real=real)
                rest[at : at + 2] = turn.block(real=real) @ rest[at : at + 2]
                left.append(turn)
    phases = np.diag(rest).copy()
    moved = [_through(phases, turn, real=real) for turn in reversed(left)]
    return phases, [*reversed(moved), *reversed(right)]


def signed_rotations(matrix: FloatArray) -> tuple[int, list[Givens]]:
    """Return the determinant of an orthogonal matrix, 1 or -1, and rotations by signed angles.

    The matrix is diag(determinant, 1, ..., 1) times the product of the rotations.
    """
    whole = np.array(matrix, dtype=float)
    determinant = -1 if np.linalg.det(whole) < 0 else 1
    whole[0] *= determinant
    phases, turns = givens_rotations(whole)
    signs = np.where(phases < 0, -1.0, 1.0)
    return determinant, [_unsigned(signs, turn) for turn in turns]


def _rotation(first: int, one: complex, other: complex, *, real: bool) -> Givens:
    """Return T with (one, other) @ T^dagger = (0, ...)."""
    if real:
        return Givens(first, float(np.arctan2(one, other)))
    if abs(one) < TOLERANCE or abs(other) < TOLERANCE:
        return Givens(first, 0.0 if abs(one) < TOLERANCE else pi / 2)
    return Givens(first, float(np.arctan2(abs(one), abs(other))), float(np.angle(one / other)))


def _through(phases: ComplexArray, turn: Givens, *, real: bool) -> Givens:
    """Return T' with T^dagger D = D' T'; ``phases`` are those of D, and become those of D'."""
    at = turn.first
    upper, lower = phases[at], phases[at + 1]
    if real:
        return Givens(at, -turn.theta if upper * lower > 0 else turn.theta)
    phases[at] = -np.exp(-1j * turn.phi) * lower
    return Givens(at, turn.theta, float(np.angle(-upper / lower)))


def _unsigned(signs: FloatArray, turn: Givens) -> Givens:
    """Return T' with D T = T' D', where D' has no sign in the first row of T.

    The last rows of the rotations reach the last row of all, so that the signs meet there, and
    their product is 1.
    """
    at = turn.first
    upper, lower = signs[at : at + 2]
    signs[at : at + 2] = 1.0, upper * lower
    return Givens(at, float(np.arctan2(lower * np.sin(turn.theta), upper * np.cos(turn.theta))))
