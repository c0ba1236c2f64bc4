"""Matrices on some bits of states in numpy."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from qgate.devices.local.bits import spread
from qgate.devices.local.plan import PAULIS
from qgate.devices.local.step_runner import Backward
from qgate.devices.local.steps import Dense, Pairs
from qgate.typing import ComplexArray, FloatArray


class MatrixRunner:
    """Runner of a matrix on some basis states of some bits, or on all of them."""

    def __init__(self, step: Pairs | Dense, num_bits: int) -> None:
        self.step = step
        if isinstance(step, Pairs):
            self.angle, self.start = step.factor.angle, step.factor.data
            bits = [bit for bit in reversed(range(num_bits)) if step.select >> bit & 1]
            patterns = [step.pattern, step.pattern ^ step.flip]
        else:
            self.angle, self.start = step.angle, step.data
            bits = sorted(step.bits, reverse=True)
            patterns = [spread(local, step.bits[::-1]) for local in range(1 << len(step.bits))]
        self.angles = frozenset[int]() if self.angle is None else frozenset([self.angle])
        apart = [above - below - 1 for above, below in pairwise([num_bits, *bits, -1])]
        self.shape = [size for gap in apart for size in (1 << gap, 2)][:-1]
        every = slice(None)
        self.places = [
            (every, every, *(item for bit in bits for item in (pattern >> bit & 1, every)))
            for pattern in patterns
        ]

    def forward(
        self, states: ComplexArray, numbers: FloatArray, angles: FloatArray
    ) -> ComplexArray:
        self._put(states, self._matrix(numbers, angles) @ self._take(states))
        return states

    def back(self, at: Backward) -> None:
        parts = [self._take(vector) for vector in at.vectors]
        if self.angle is not None:
            values, projectors = self._spectrum(at.numbers)
            generator = np.tensordot(values, projectors, 1)
            for bra, found in zip(parts[1:], at.slopes, strict=True):
                overlaps = parts[0] @ np.swapaxes(bra, 1, 2).conj()
                found[:, self.angle] -= np.einsum("ij,rji->r", generator, overlaps).imag
        undoing = np.swapaxes(self._matrix(at.numbers, at.angles), 1, 2).conj()
        for vector, part in zip(at.vectors[at.undone], parts[at.undone], strict=True):
            self._put(vector, undoing @ part)

    def _spectrum(self, numbers: FloatArray) -> tuple[FloatArray, ComplexArray]:
        """Return eigenvalues and projectors of the generator; for a fixed matrix, 0 and itself."""
        size, start, count = len(self.places), self.start, 0
        if isinstance(self.step, Dense):
            count = self.step.num_values
        elif self.angle is not None:
            middle, weight, *axis = numbers[start : start + 5]
            turn = np.tensordot(axis, PAULIS, 1)
            projectors = np.array([np.eye(2) - turn, np.eye(2) + turn], dtype=np.complex128)
            projectors *= 0.5
            return np.array([middle - weight, middle + weight]), projectors
        values = numbers[start : start + count] if count else np.zeros(1)
        entries: FloatArray = numbers[start + count : start + count + 2 * len(values) * size**2]
        matrices: ComplexArray = entries.view(np.complex128).reshape(-1, size, size)
        return values, matrices

    def _matrix(self, numbers: FloatArray, angles: FloatArray) -> ComplexArray:
        values, projectors = self._spectrum(numbers)
        angle = np.zeros(1) if self.angle is None else angles[:, self.angle]
        return np.tensordot(np.exp(1j * angle[:, None] * values), projectors, 1)

    def _take(self, states: ComplexArray) -> ComplexArray:
        """Return the amplitudes of each basis state, shape (R, d, rest)."""
        view = states.reshape(-1, *self.shape)
        parts = np.stack([view[place] for place in self.places], axis=1)
        return parts.reshape(*parts.shape[:2], -1)

    def _put(self, states: ComplexArray, parts: ComplexArray) -> None:
        view = states.reshape(-1, *self.shape)
        for number, place in enumerate(self.places):
            view[place] = parts[:, number].reshape(view[place].shape)
