r"""Sets of frequencies: of one gate, and of several gates that share a parameter.

The expectation value after a gate :math:`e^{ixG}` has in x the differences of eigenvalues of G
as its frequencies. The series of gates that share x are multiplied, so sums and differences of
their frequencies occur.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

import numpy as np

from qgate.arguments import finite_numbers, whole_number
from qgate.exceptions import (
    GeneratorUndefinedError,
    InvalidParameters,
    NoSpectrum,
    described,
)
from qgate.gradients import eigvals_to_frequencies
from qgate.operations.operator import Operator, require_operators
from qgate.sizes import check_size
from qgate.typing import FloatArray

MOST_PAIRS = 10**7
"""Number of pairs of frequencies whose sums and differences are computed at a time."""


def get_spectrum(op: Operator, decimals: int) -> set[float]:
    """Frequencies that a gate with one angle contributes: 0 and the positive ones.

    Parameters
    ----------
    op : Operator
        Of the form exp(i x G), or a product of such gates in which x occurs once.
    decimals : int
        Number of decimals to which frequencies are rounded.

    Returns
    -------
    set of float

    Raises
    ------
    NoSpectrum
        The gate has no angle or several, or its frequencies are not known.

    Examples
    --------
    >>> sorted(get_spectrum(qg.CRX(0.3, wires=[0, 1]), decimals=8))
    [0.0, 0.5, 1.0]
    """
    require_operators("get_spectrum", op)
    decimals = checked_decimals(decimals)
    if op.num_params != 1:
        raise NoSpectrum(
            reason=f"{op.name} has {op.num_params} parameters, and one angle is needed",
            remedy="Take a gate with one angle, or write it as a sequence of such gates; "
            "qg.fourier.qnode_spectrum takes gates with several.",
        )
    (frequencies,) = frequencies_of(op)
    return set(np.round([0.0, *frequencies], decimals).tolist())


def join_spectra(spec1: Collection[float], spec2: Collection[float]) -> set[float]:
    """Frequencies of a product of two series with the given frequencies.

    Parameters
    ----------
    spec1, spec2 : collection of float
        Frequencies from 0 on, 0 included.

    Returns
    -------
    set of float
        All sums, and the absolute values of all differences.

    Examples
    --------
    >>> sorted(join_spectra({0.0, 1.0}, {0.0, 2.0}))
    [0.0, 1.0, 2.0, 3.0]
    """
    first, second = (
        _frequencies(name, spec) for name, spec in (("spec1", spec1), ("spec2", spec2))
    )
    return set(_combined(first, second).tolist())


def _frequencies(argument: str, given: Any) -> FloatArray:
    numbers = finite_numbers(given)
    if numbers is None:
        raise InvalidParameters(
            f"join_spectra was given {argument}={described(given)}. Give a collection of finite "
            "numbers."
        )
    return np.array(numbers, dtype=float)


def frequencies_of(operation: Operator) -> list[tuple[float, ...]]:
    """Return the positive frequencies of each parameter of a gate.

    Raises
    ------
    NoSpectrum
        The frequencies are not known.
    """
    try:
        return operation.parameter_frequencies
    except GeneratorUndefinedError as unknown:
        try:
            return [eigvals_to_frequencies(operation.generator_eigenvalues().tolist())]
        except GeneratorUndefinedError:
            raise NoSpectrum(
                reason=f"the frequencies of {operation.name} are not known, as it is not a gate "
                "exp(i x G) with a Hermitian G, nor a sequence of such gates",
                remedy="Encode with gates that have angles, such as rotations; the generator or "
                "the decomposition of an operator of your own can provide its frequencies.",
            ) from unknown


def joined(parts: Iterable[FloatArray], decimals: int) -> FloatArray:
    """Return the frequencies of a product of series, 0 and positive ones, ascending.

    Frequencies that agree to ``decimals`` are merged.
    """
    total = np.zeros(1)
    for part, times in Counter(tuple(np.asarray(part).tolist()) for part in parts).items():
        power = np.array([0.0, *part])
        while times:  # by squaring: a circuit may repeat one gate thousands of times
            if times & 1:
                total = _joined_pair(total, power, decimals)
            times >>= 1
            power = _joined_pair(power, power, decimals) if times else power
    return total


def _joined_pair(first: FloatArray, second: FloatArray, decimals: int) -> FloatArray:
    remedy = "Give fewer decimals, or encode with fewer different frequencies."
    pairs = len(first) * len(second)
    check_size("This spectrum", pairs, MOST_PAIRS, unit="pairs of frequencies", remedy=remedy)
    values = np.sort(_combined(first, second))
    return values[np.diff(values, prepend=-np.inf) > 0.5 * 10.0**-decimals]


def symmetric(frequencies: Iterable[float], decimals: int) -> list[float]:
    """Return rounded frequencies, each with its negative, ascending."""
    rounded = np.unique(np.round(np.array([*frequencies], float), decimals))
    return [*(-rounded[:0:-1]).tolist(), *rounded.tolist()]


def _combined(first: FloatArray, second: FloatArray) -> FloatArray:
    pairs = first[:, None], second[None, :]
    return np.concatenate([(pairs[0] + pairs[1]).ravel(), np.abs(pairs[0] - pairs[1]).ravel()])


MOST_DECIMALS = 15
"""Decimals that float64 holds."""


def checked_decimals(decimals: Any) -> int:
    """Return to how many decimals frequencies are rounded.

    Raises
    ------
    InvalidParameters
        It is no whole number from 0 to 15.
    """
    number = whole_number(decimals)
    if number is None or not 0 <= number <= MOST_DECIMALS:
        raise InvalidParameters(
            f"A spectrum was to be rounded to decimals={described(decimals)}. Give a whole number "
            f"from 0 to {MOST_DECIMALS}."
        )
    return number
