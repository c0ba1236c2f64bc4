"""Plans on Pauli vectors in numpy, where there is no compiled library."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qgate.devices.local.mixed.factors import Factor
from qgate.devices.local.mixed.native import PauliRun
from qgate.devices.local.mixed.pauli_plan import Block, Turn
from qgate.devices.local.mixed.transfer import turn_signs
from qgate.typing import FloatArray, IntArray


class NumpyRuns:
    """Runs of plans on all rows together; the same numbers as ``NativeRuns`` to rounding."""

    def means(self, run: PauliRun, reads: IntArray) -> FloatArray:
        """Return the expectation values of the words with the indices ``reads``, shape (K, R)."""
        return self.vectors(run)[:, reads]

    def vectors(self, run: PauliRun) -> FloatArray:
        """Return the expectation values of all words, shape (K, 4**n)."""
        vectors, coefficients = _start(run), _coefficients(run)
        for step in run.plan.steps:
            vectors = _applied(step, vectors, coefficients)
        return vectors

    def differentiate(
        self,
        run: PauliRun,
        reads: IntArray,
        weights: FloatArray,
        needed: NDArray[np.uint8],
        num_kept: int,
    ) -> tuple[FloatArray, FloatArray]:
        """Return expectation values and derivatives, as ``NativeRuns``; all vectors are kept."""
        vectors, coefficients = [_start(run)], _coefficients(run)
        for step in run.plan.steps:
            vectors.append(_applied(step, vectors[-1], coefficients))
        means = vectors[-1][:, reads]
        bras = np.zeros((len(weights), *vectors[-1].shape))
        _add_at(bras, (slice(None), slice(None), reads), weights[:, None])
        slopes = np.zeros((len(means), len(weights), coefficients.shape[1]))
        for step, before in zip(reversed(run.plan.steps), vectors[-2::-1], strict=True):
            if isinstance(step, Turn):
                bras = _turn_back(step, before, bras, coefficients, slopes)
            else:
                bras = _block_back(step, before, bras, coefficients, slopes)
        return means, slopes[:, :, : len(needed)]


def _coefficients(run: PauliRun) -> FloatArray:
    """Return the coefficients of each row with the common ones, whose indices are negative."""
    common = np.broadcast_to(run.common, (len(run.coefficients), len(run.common)))
    return np.concatenate([run.coefficients, common], axis=1)


def _start(run: PauliRun) -> FloatArray:
    shape = len(run.coefficients), 4**run.plan.num_wires
    if run.initial is not None:
        return np.array(np.broadcast_to(run.initial, shape))
    z_bits = int("01" * 32, 2)
    only_z = (np.arange(shape[1]) & ~z_bits) == 0
    return np.tile(only_z.astype(float), (shape[0], 1))


def _applied(step: Block | Turn, vectors: FloatArray, coefficients: FloatArray) -> FloatArray:
    if isinstance(step, Turn):
        return _turned(step, vectors, coefficients, 1.0)
    return _multiplied(step.digits, _product(step, coefficients)[-1], vectors)


def _turned(
    step: Turn, vectors: FloatArray, coefficients: FloatArray, direction: float
) -> FloatArray:
    """Rotate vectors (..., K, 4**n) about a word."""
    places = np.arange(vectors.shape[-1])
    signs = turn_signs(step.word, places)
    cosine, sine = (coefficients[:, step.wave + part, None] for part in (0, 1))
    partners = vectors[..., places ^ step.word]
    moved = cosine * vectors + direction * sine * signs * partners
    return np.where(signs == 0, vectors, moved)


def _turn_back(
    step: Turn, before: FloatArray, bras: FloatArray, coefficients: FloatArray, slopes: FloatArray
) -> FloatArray:
    places = np.arange(before.shape[-1])
    signs = turn_signs(step.word, places)
    changed = before * signs**2, before[:, places ^ step.word] * signs
    for part, change in enumerate(changed):
        slopes[:, :, step.wave + part] += np.einsum("vkj,kj->kv", bras, change)
    return _turned(step, bras, coefficients, -1.0)


def _product(step: Block, coefficients: FloatArray) -> list[FloatArray]:
    """Return the products of the first factors of a block, none to all, each (K, D, D)."""
    size = 4 ** len(step.digits)
    found = [np.broadcast_to(np.eye(size), (len(coefficients), size, size))]
    for factor in step.factors:
        found.append(_dense(factor, coefficients) @ found[-1])
    return found


def _dense(factor: Factor, coefficients: FloatArray) -> FloatArray:
    size = 4 ** len(factor.digits)
    matrices = np.zeros((len(coefficients), size, size))
    entries = coefficients[:, factor.coefficients] * factor.values
    _add_at(matrices, (slice(None), factor.rows, factor.columns), entries)
    return matrices


def _block_back(
    step: Block, before: FloatArray, bras: FloatArray, coefficients: FloatArray, slopes: FloatArray
) -> FloatArray:
    products = _product(step, coefficients)
    right = _in_front(step.digits, before)
    for number, bra in enumerate(bras):
        gradient = np.einsum("krc,ksc->krs", _in_front(step.digits, bra), right)
        for factor, known in zip(reversed(step.factors), products[-2::-1], strict=True):
            by_entry = gradient @ np.swapaxes(known, 1, 2)
            found = by_entry[:, factor.rows, factor.columns] * factor.values
            _add_at(slopes[:, number], (slice(None), factor.coefficients), found)
            gradient = np.swapaxes(_dense(factor, coefficients), 1, 2) @ gradient
    transposed = np.swapaxes(products[-1], 1, 2)
    return np.stack([_multiplied(step.digits, transposed, bra) for bra in bras])


def _multiplied(digits: tuple[int, ...], matrices: FloatArray, vectors: FloatArray) -> FloatArray:
    """Multiply some digits of vectors (K, 4**n) by a matrix for each row."""
    product = matrices @ _in_front(digits, vectors)
    shape, order = _axes(digits, vectors)
    moved = product.reshape([shape[axis] for axis in order])
    return moved.transpose(np.argsort(order)).reshape(vectors.shape)


def _in_front(digits: tuple[int, ...], vectors: FloatArray) -> FloatArray:
    """Return vectors with some digits as rows, the others as columns: (K, D, 4**n / D)."""
    shape, order = _axes(digits, vectors)
    moved = vectors.reshape(shape).transpose(order)
    return moved.reshape(len(vectors), 4 ** len(digits), -1)


def _axes(digits: tuple[int, ...], vectors: FloatArray) -> tuple[list[int], list[int]]:
    """Return the shape of vectors with an axis for each digit, and the order of the axes."""
    n = (vectors.shape[1].bit_length() - 1) // 2
    front = [n - digit for digit in digits]
    rest = [axis for axis in range(1, n + 1) if axis not in front]
    return [len(vectors), *(4,) * n], [0, *front, *rest]


def _add_at(array: FloatArray, index: Any, values: FloatArray) -> None:
    """Add values at indices, which may repeat."""
    np.add.at(array, index, values)
