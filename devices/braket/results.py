"""Conversion of Braket's results to outcomes.

Only the measured bits, or their relative frequencies, and the order of the measured qubits are
used; expectation values that come with a result are not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qgate.devices.braket.layout import Layout
from qgate.devices.braket.states import word_means
from qgate.devices.braket.translate import Word
from qgate.devices.cloud.remote import Record
from qgate.devices.job import RowFailure, SweepResult
from qgate.exceptions import WrongResult
from qgate.outcomes import Outcomes
from qgate.typing import FloatArray, NumericArray

SLACK = 1e-3
"""Allowed deviation of the sum of frequencies from 1."""


@dataclass(frozen=True, eq=False)
class Measured:
    """Measured bits or frequencies of one executable.

    Parameters
    ----------
    qubits : tuple of int
        Measured qubits in the order of the bits.
    bits : array (shots, qubits), optional
    frequencies : mapping of str to float, optional
        Relative frequency of each bitstring, if the device does not return the bits.
    """

    qubits: tuple[int, ...]
    bits: NumericArray | None = None
    frequencies: Mapping[str, float] | None = None


Found = Measured | RowFailure


@dataclass(frozen=True, slots=True)
class Value:
    """Exact value of one result type.

    Parameters
    ----------
    word : Word
        Observable and targets; no letters for probabilities.
    value : array or float
    """

    word: Word
    value: ArrayLike

    @classmethod
    def of(cls, type: Record, value: ArrayLike) -> Value:
        """Return a value with its result type, in the format of Braket's schema."""
        letters = "".join(map(str, type.get("observable") or ()))
        return cls((letters, tuple(map(int, type.get("targets") or ()))), value)


def read_set(
    found: Sequence[Sequence[Found]], layouts: Sequence[Layout], shots: int, *, device: str
) -> tuple[SweepResult, ...]:
    """Return the outcomes of every executable of a program set.

    Parameters
    ----------
    found : sequence of sequence of Measured or RowFailure
        For each program, for each of its executables.
    layouts : sequence of Layout
        Record of the submitted circuit of each sweep.
    shots : int
        Shots of each executable.
    device : str
        Name of the device, for error messages.

    Returns
    -------
    tuple of SweepResult
        One result for each layout.

    Raises
    ------
    WrongResult
        Circuits, executables, shots or qubits do not match the request.
    """
    sizes = [size for layout in layouts for size in layout.sizes]
    returned = [len(executables) for executables in found]
    if returned != sizes:
        reason = f"it has {returned} executables for its circuits, {sizes} were sent"
        raise WrongResult(device=device, reason=reason)
    executables = iter([executable for program in found for executable in program])
    return tuple(
        ([read_sampled(next(executables), layout, shots, device) for _ in range(layout.rows)],)
        for layout in layouts
    )


def read_sampled(found: Found, layout: Layout, shots: int, device: str) -> Outcomes | RowFailure:
    """Return the outcomes of one executable with shots."""
    if isinstance(found, RowFailure):
        return found
    (wanted,) = layout.qubits
    if not set(wanted) <= set(found.qubits):
        reason = f"it has the qubits {list(found.qubits)}, {list(wanted)} were measured"
        raise WrongResult(device=device, reason=reason)
    bits = found.bits
    if bits is None:
        bits = _bits(found.frequencies or {}, len(found.qubits), shots, device)
    if bits.shape != (shots, len(found.qubits)):
        reason = (
            f"its bits have the shape {bits.shape} for {shots} shots of {len(found.qubits)} qubits"
        )
        raise WrongResult(device=device, reason=reason)
    columns = [found.qubits.index(qubit) for qubit in wanted]
    return Outcomes.from_bits(bits[:, columns], ordered=layout.ordered)


def read_exact(values: Sequence[Value], layout: Layout, device: str) -> tuple[FloatArray, ...]:
    """Return the results of each measurement of one exact run.

    Parameters
    ----------
    values : sequence of Value
        Values returned by the run.
    layout : Layout
    device : str
        Name of the device, for error messages.

    Returns
    -------
    tuple of array
        Probabilities (2**n,) for each measurement, or the expectation values (T,) of all words.

    Raises
    ------
    WrongResult
    """
    if not layout.words:
        if len(values) != 1:
            raise WrongResult(device=device, reason=f"it has {len(values)} values, 1 was asked for")
        return read_probabilities(values[0].value, layout, device)
    if len(values) == 1 and np.ndim(values[0].value):
        return (word_means(layout.words, np.asarray(values[0].value, dtype=complex)),)
    found = {value.word: value.value for value in values}
    missing = [word for word in layout.words if word not in found]
    if missing:
        reason = f"it has no expectation value of {len(missing)} of {len(layout.words)} words"
        raise WrongResult(device=device, reason=reason)
    return (_means([found[word] for word in layout.words], device),)


def _means(values: Sequence[ArrayLike], device: str) -> FloatArray:
    means = np.array(values, dtype=float)
    if means.ndim != 1 or not (np.abs(means) <= 1 + SLACK).all():
        raise WrongResult(
            device=device, reason="an expectation value of a Pauli word is not between -1 and 1"
        )
    return means


def read_probabilities(values: ArrayLike, layout: Layout, device: str) -> tuple[FloatArray, ...]:
    """Return the probabilities (2**n,) of each measurement of one exact run."""
    exact = np.asarray(values, dtype=float)
    if exact.shape != (2 ** len(layout.read),):
        reason = f"it has {exact.size} probabilities for {len(layout.read)} qubits"
        raise WrongResult(device=device, reason=reason)
    outcomes = Outcomes.from_probabilities(exact)
    return tuple(
        outcomes.marginal([layout.read.index(qubit) for qubit in wanted]).probabilities()
        for wanted in layout.qubits
    )


def _bits(
    frequencies: Mapping[str, float], num_qubits: int, shots: int, device: str
) -> NDArray[np.int64]:
    """Return bits with these frequencies, in an arbitrary but deterministic order."""
    total = sum(frequencies.values())
    if abs(total - 1) > SLACK or any(len(text) != num_qubits for text in frequencies):
        reason = f"its frequencies add up to {total:.6g}, for {num_qubits} qubits"
        raise WrongResult(device=device, reason=reason)
    texts = sorted(frequencies)
    counts = whole_counts(np.array([frequencies[text] for text in texts]) / total, shots)
    distinct = np.array([list(map(int, text)) for text in texts], dtype=np.int64)
    readings = np.repeat(distinct, counts, axis=0)
    return np.random.default_rng(shots).permutation(readings)


def whole_counts(shares: FloatArray, shots: int) -> NDArray[np.int64]:
    """Round shares of the shots to integers that add up to the shots.

    Each share is rounded down, and the largest remainders are rounded up.

    >>> whole_counts(np.array([0.335, 0.335, 0.33]), 10)
    array([4, 3, 3])
    """
    exact = shares * shots
    counts = np.floor(exact + 1e-9).astype(np.int64)
    missing = shots - int(counts.sum())
    order = np.argsort(-(exact - counts), kind="stable")
    counts[order[:missing]] += 1
    return counts
