"""Correction of kernel matrices for depolarizing noise.

Global depolarizing noise of rate p maps a kernel value k to (1 - p) k + p / 2**n. Without noise the
diagonal of the matrix is 1, so the measured diagonal gives the rate. Reference: Hubregtsen et al.,
Phys. Rev. A 106, 042431 (2022).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qgate.arguments import items_of, whole_number
from qgate.exceptions import InvalidParameters, described, suggest
from qgate.kernels.positive_matrices import square_matrix
from qgate.typing import FloatArray, Tensor

METHODS = ("single", "average", "split_channel")


def mitigate_depolarizing_noise(
    K: Tensor, num_wires: int, method: str, use_entries: Sequence[int] | None = None
) -> FloatArray:
    """Return a kernel matrix corrected for global depolarizing noise.

    Parameters
    ----------
    K : array, shape (N, N)
        Measured kernel matrix, its diagonal included.
    num_wires : int
        Number of wires of the embedding circuit.
    method : {"single", "average", "split_channel"}
        Estimate one rate from one diagonal entry, one rate from the mean of several, or a rate for
        each data point from its own entry.
    use_entries : sequence of int, optional
        Positions of the diagonal entries of the first two methods; default the first, or all.

    Returns
    -------
    array, shape (N, N)

    Raises
    ------
    InvalidParameters
        The method is unknown, a position is not one of the matrix, or a diagonal entry that is used
        is not above 1 / 2**num_wires, the value of a completely depolarized state.
    """
    matrix = square_matrix("mitigate_depolarizing_noise", K)
    wires = whole_number(num_wires)
    if wires is None or wires < 1:
        raise InvalidParameters(
            f"mitigate_depolarizing_noise was given num_wires={described(num_wires)}. Give the "
            "number of wires of the embedding circuit, at least 1."
        )
    if not isinstance(method, str) or method not in METHODS:
        raise InvalidParameters(
            f"mitigate_depolarizing_noise was given method={described(method)}."
            f"{suggest(method, METHODS)} Give one of {', '.join(METHODS)}."
        )
    mixed = 0.5**wires
    if method == "split_channel":
        kept = np.sqrt(_strengths(np.diag(matrix), mixed, method).clip(0.0, 1.0))
        strengths = np.outer(kept, kept)
    else:
        entries = np.diag(matrix)[_positions(use_entries, len(matrix), method)]
        strengths = _strengths(np.mean(entries, keepdims=True), mixed, method)
    return np.asarray((matrix - (1.0 - strengths) * mixed) / strengths)


def _strengths(diagonal: FloatArray, mixed: float, method: str) -> FloatArray:
    """Return the part of the state that noise left, 1 - p, for each diagonal entry."""
    if np.any(diagonal <= mixed):
        raise InvalidParameters(
            f"The method {method!r} cannot correct this kernel matrix: it uses diagonal entries of "
            f"{described(np.min(diagonal))}, and that of a completely depolarized state is "
            f"{mixed:.4g}. Use other entries, or measure the diagonal with more shots."
        )
    return np.asarray((diagonal - mixed) / (1.0 - mixed))


def _positions(given: Sequence[int] | None, size: int, method: str) -> list[int]:
    """Return the positions of the diagonal entries from which the noise is estimated."""
    if given is None:
        return [0] if method == "single" else list(range(size))
    items = [whole_number(item) for item in items_of(given) or ()]
    found = [item for item in items if item is not None and -size <= item < size]
    if not found or len(found) != len(items):
        raise InvalidParameters(
            f"mitigate_depolarizing_noise was given use_entries={described(given)}. Give positions "
            f"on the diagonal of the matrix, from 0 to {size - 1}."
        )
    return found[:1] if method == "single" else found
