r"""Channels as mixtures of Pauli words and a rest, for trajectories.

In the basis of Pauli words a channel is rho -> sum of chi_vw P_v rho P_w, with a positive matrix
chi. A diagonal part of it, chi = diag(p) + R with R positive, is a mixture of Pauli words whose
probabilities p do not depend on the state. The rest is another channel, with the probability
q = tr R. It is small for the noise of devices: thermal relaxation for a time t has q of the order
of t / T1. Only the rest has to look at the state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product

import numpy as np

from qgate.caches import MIB, sized_cache
from qgate.devices.local.plan import PAULIS
from qgate.operations.channels import Channel, QubitDensityMatrix, superoperator
from qgate.operations.matrices import embed, kron
from qgate.operations.operator import Operator
from qgate.operations.recorded import Recorded, RecordedCondition
from qgate.typing import ComplexArray, FloatArray, IntArray, NumericArray

LOWEST = 1e-14
"""Eigenvalue below which a direction does not belong to the range of chi."""

NEGLIGIBLE = 1e-13
"""Probability of the rest up to which it is rounding."""


MEASURING = np.array([[[1, 0], [0, 0]], [[0, 0], [0, 1]]], dtype=complex)
"""Kraus matrices of the outcomes 0 and 1."""

RESETTING = np.array([[[1, 0], [0, 0]], [[0, 1], [0, 0]]], dtype=complex)
"""The same, with the wire set to 0 afterwards."""

GREEDY_WIRES = 2
"""Maximum number of wires of channels of which entries are subtracted one after the other."""

ROUNDS = 60
"""Maximum number of changes of the scales in which a diagonal dominates."""


@dataclass(frozen=True, eq=False)
class Mixture:
    """Channel on k wires as a mixture of Pauli words and a rest.

    Parameters
    ----------
    probabilities : array, shape (4**k,)
        Of the words, as base-4 numbers with the digits I, X, Y, Z, the first wire first.
    rest : array, shape (R, 2**k, 2**k)
        Kraus matrices of the rest, whose probability is what is missing to 1; R may be 0.
    """

    probabilities: FloatArray
    rest: ComplexArray

    @cached_property
    def _bounds(self) -> FloatArray:
        if not len(self.rest):
            return np.asarray(np.cumsum(self.probabilities / self.probabilities.sum()))
        return np.cumsum(self.probabilities)

    def draw(self, numbers: FloatArray) -> tuple[IntArray, IntArray]:
        """Return which of some uniform random numbers draw another word than I, and the word.

        The word 4**k stands for the rest.
        """
        hit = np.flatnonzero(numbers >= self._bounds[0])
        words = np.searchsorted(self._bounds, numbers[hit], side="right")
        last = len(self._bounds) - (0 if len(self.rest) else 1)
        return hit, np.minimum(words, last)

    @property
    def num_bytes(self) -> int:
        """Approximate size in bytes."""
        return 2 * self.probabilities.nbytes + self.rest.nbytes


def mixture_of(channels: Sequence[Operator]) -> Mixture:
    """Return the mixture of channels one after another, with numbers as parameters.

    The later ones act on wires of the first one, among others. Together they have a smaller rest
    than one by one: depolarisation absorbs what a relaxation has of it.
    """
    first, wires = channels[0], channels[0].wires
    certain = _certain(first)
    if certain is not None:
        return Mixture(np.zeros(len(certain[0]) ** 2), certain)
    if len(channels) == 1 and isinstance(first, Channel):
        known = first.pauli_probabilities(first.parameters, np)
        if known is not None:
            return Mixture(np.maximum(known, 0.0), np.zeros((0, 1, 1), dtype=complex))
    total = np.eye(4 ** len(wires), dtype=complex)
    for channel in channels:
        kraus = embed(_kraus(channel), channel.wires, wires)
        total = superoperator(kraus, np) @ total
    return split(_chi(total, len(wires)).tobytes(), len(wires))


def _certain(operation: Operator) -> ComplexArray | None:
    """Return the Kraus matrices of a measurement, or of a gate under a condition; else None."""
    if isinstance(operation, RecordedCondition):
        base = operation.base
        return np.asarray(base.canonical_matrix(base.parameters, np), dtype=complex)[None]
    if not isinstance(operation, Recorded):
        return None
    return RESETTING if operation.reset else MEASURING


def _kraus(channel: Operator) -> ComplexArray:
    if isinstance(channel, Channel):
        kraus = channel.canonical_kraus(channel.parameters, np)
        return np.asarray(kraus, dtype=complex)
    assert isinstance(channel, QubitDensityMatrix)
    density = channel.canonical_density(channel.parameters, np)
    values, vectors = np.linalg.eigh(density)
    roots, size = np.sqrt(np.maximum(values, 0.0) / values.sum()), len(values)
    columns = np.einsum("j,ij,kl->jkil", roots, vectors, np.eye(size))
    return np.ascontiguousarray(columns.reshape(-1, size, size), dtype=complex)


def _chi(matrix: ComplexArray, num_wires: int) -> ComplexArray:
    """Return chi of a superoperator, the sum over v, w of chi_vw P_v times the conjugate P_w."""
    size, words = 2**num_wires, word_matrices(num_wires)
    tensor = matrix.reshape(size, size, size, size)
    half = np.tensordot(words.conj(), tensor, axes=([1, 2], [0, 2]))
    return np.asarray(np.tensordot(half, words, axes=([1, 2], [1, 2])) / size**2)


@sized_cache(16 * MIB)
def split(content: bytes, num_wires: int) -> Mixture:
    """Return the mixture of a channel from the content of its matrix chi."""
    size, words = 2**num_wires, word_matrices(num_wires)
    chi = np.frombuffer(content, dtype=complex).reshape(size**2, size**2)
    found = [_dominant(chi)] + ([_greedy(chi)] if num_wires <= GREEDY_WIRES else [])
    probabilities = max(found, key=np.sum)
    values, vectors = np.linalg.eigh(chi - np.diag(probabilities))
    kept = values > LOWEST
    missing = float(values[kept].sum())
    if missing < NEGLIGIBLE:
        return Mixture(probabilities, np.zeros((0, size, size), dtype=complex))
    roots = np.sqrt(values[kept] / missing)
    rest = np.einsum("r,wr,wij->rij", roots, vectors[:, kept], words)
    return Mixture(probabilities, rest)


def _dominant(chi: ComplexArray) -> FloatArray:
    """Return the diagonal part that leaves a matrix with a dominant diagonal, up to scales.

    A matrix is positive if its diagonal entries are sums of |chi_vw| d_w / d_v for any scales d.
    These are chosen so that the sums do not exceed the diagonal of chi, if possible.
    """
    diagonal = np.real(np.diagonal(chi)).copy()
    others = np.abs(chi - np.diag(np.diagonal(chi)))
    scales = np.ones(len(chi))
    for _ in range(ROUNDS):
        sums = others @ scales
        above = sums > scales * diagonal * (1 + 1e-9)
        if not above.any():
            break
        scales = np.where(above, sums / np.maximum(diagonal, LOWEST), scales)
        scales /= scales.max()
    found = np.maximum(diagonal - others @ scales / np.maximum(scales, LOWEST), 0.0)
    lowest = np.linalg.eigvalsh(chi - np.diag(found))[0]
    return found if lowest > -LOWEST else np.zeros(len(chi))


def _greedy(chi: ComplexArray) -> FloatArray:
    """Return a diagonal part, of which each entry is the largest possible after those before."""
    left, found = chi.copy(), np.zeros(len(chi))
    for word in np.argsort(-np.real(np.diagonal(chi))):
        values, vectors = np.linalg.eigh(left)
        weights = np.abs(vectors[word]) ** 2 / np.maximum(values, LOWEST)
        found[word] = largest = 1 / weights.sum()
        left[word, word] -= largest
    return np.where(found > NEGLIGIBLE, found, 0.0)


@lru_cache(maxsize=8)
def word_matrices(num_wires: int) -> NumericArray:
    """Return the matrices of all Pauli words, shape (4**k, 2**k, 2**k)."""
    letters = [np.eye(2), *PAULIS]
    return np.array([kron(word) for word in product(letters, repeat=num_wires)])


@lru_cache(maxsize=8)
def word_bits(num_wires: int) -> NumericArray:
    """Return, for every Pauli word, its bits x, z of the first wire, then of the next ones."""
    digits = np.array(list(product(range(4), repeat=num_wires)))
    bits = np.stack([(digits == 1) | (digits == 2), digits >= 2], axis=-1)
    return bits.reshape(len(digits), 2 * num_wires)
