"""Measurements of the circuits of a Hadamard test, and derivatives from their results.

At the end of such a circuit the auxiliary wire is rotated so that its Y is measured as Z. The
original measurements are made together with this Z: its sign multiplies them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from qgate.arrays import namespace
from qgate.exceptions import UnsupportedDiffMethod
from qgate.gradients.circuits import Fold
from qgate.measurements import Measurement, MeasurementKind
from qgate.observables import Combination
from qgate.operations.combination import Factors, product_matrix
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_algebra import Terms
from qgate.operations.pauli_decomposition import pauli_decompose
from qgate.structure import ArraySlot
from qgate.typing import BoolArray, FloatArray, Tensor, Wire
from qgate.wires import Wires

WIDEST_FACTOR = 6
"""Maximum number of wires of observables that are expanded into Pauli words."""

Word = tuple[tuple[Wire, str], ...]
"""Letters of a Pauli word, and the wires that they act on."""

Part = Callable[[Tensor, Sequence[Tensor]], Tensor]
"""Function from a measurement with the auxiliary wire, and the arrays of a sweep, to a quantity."""


def _without_identity(identity: BoolArray, coefficients: Tensor, *, weighted: bool) -> Part:
    """Return the part that omits terms that are the identity: they are measured as 1."""

    def part(entry: Tensor, arrays: Sequence[Tensor]) -> Tensor:
        if not weighted:
            return entry - identity
        return entry - float(np.sum(identity * numbers_of(coefficients, arrays)))

    return part if identity.any() else lambda entry, arrays: entry


def _difference(place: int | None) -> Part:
    """Return the part that subtracts probabilities at the two outcomes of the auxiliary wire.

    If that wire was measured itself, it is the wire at ``place``, in state 0.
    """

    def part(entry: Tensor, arrays: Sequence[Tensor]) -> Tensor:
        xp, rows = namespace([entry]), len(entry)
        both = xp.reshape(entry, (rows, 2, -1))
        difference = both[:, 0] - both[:, 1]
        if place is None:
            return difference
        parts = xp.reshape(difference, (rows, 2**place, -1))
        return xp.reshape(xp.stack([parts, 0.0 * parts], axis=2), (rows, -1))

    return part


def numbers_of(coefficients: Tensor, arrays: Sequence[Tensor]) -> FloatArray:
    """Return the coefficients of an observable, shape (T,); a slot is looked up in the arrays."""
    known = arrays[coefficients.index] if isinstance(coefficients, ArraySlot) else coefficients
    return np.real(np.asarray(known))


def as_measured(entries: Sequence[Tensor], arrays: Sequence[Tensor]) -> list[Tensor]:
    """Return the entries of a circuit with the measurements of the original one, unchanged."""
    return list(entries)


def with_sign(
    measurements: Sequence[Measurement], auxiliary: Wire, everything: Wires
) -> tuple[list[Measurement], Fold]:
    """Return each measurement multiplied by Z of the auxiliary wire, and the fold of its result.

    They are expectation values, terms and probabilities; ``everything``: the wires of a measurement
    that names none.
    """
    signed, parts = zip(
        *(_with_sign(item, auxiliary, everything) for item in measurements), strict=True
    )

    def fold(entries: Sequence[Tensor], arrays: Sequence[Tensor]) -> list[Tensor]:
        return [part(entry, arrays) for part, entry in zip(parts, entries, strict=True)]

    return [*signed], fold


def _with_sign(item: Measurement, auxiliary: Wire, everything: Wires) -> tuple[Measurement, Part]:
    if item.observable is None:
        wires = item.wires or everything
        rest = [wire for wire in wires if wire != auxiliary]
        place = wires.index(auxiliary) if len(rest) < len(wires) else None
        return item.with_wires(Wires((auxiliary, *rest))), _difference(place)
    observable = item.observable
    if item.kind is MeasurementKind.PROBS:
        return item.with_observable(_times_sign(observable, auxiliary)), _difference(None)
    identity = _identities(observable)
    weighted = item.kind is MeasurementKind.EXPVAL
    part = _without_identity(identity, observable.parameters[0], weighted=weighted)
    return item.with_observable(_times_sign(observable, auxiliary, but=identity)), part


def _identities(observable: PauliSum | Combination) -> BoolArray:
    """Return which terms are the identity, shape (T,)."""
    if isinstance(observable, PauliSum):
        return np.array([not letters.any() for letters in observable.x | observable.z])
    return np.array([not factors for factors in observable.terms])


def _times_sign(
    observable: PauliSum | Combination, auxiliary: Wire, but: BoolArray | None = None
) -> PauliSum | Combination:
    """Multiply every term, ``but`` some, by Z of the auxiliary wire, which comes first."""
    wires = Wires((auxiliary, *observable.wires))
    left = np.zeros(observable.num_terms, dtype=bool) if but is None else but
    if isinstance(observable, PauliSum):
        columns = np.zeros_like(left)[:, None], ~left[:, None]
        x, z = (
            np.concatenate([column, bits], axis=1)
            for column, bits in zip(columns, (observable.x, observable.z), strict=True)
        )
        return PauliSum.of_terms(Terms(observable.coefficients, x, z), wires)
    terms = [
        factors if is_left else _sign_and(factors, auxiliary)
        for factors, is_left in zip(observable.terms, left, strict=True)
    ]
    return Combination(observable.coefficients, terms, wires)


def _sign_and(factors: Factors, auxiliary: Wire) -> Factors:
    words = [factor for factor in factors if isinstance(factor, PauliSum)]
    rest = [factor for factor in factors if not isinstance(factor, PauliSum)]
    sign = PauliSum.word({auxiliary: "Z"})
    return (_times_sign(words[0], auxiliary) if words else sign, *rest)


def signed_words(words: PauliSum, auxiliary: Wire | None) -> Measurement:
    """Return the expectation value of words, times Z of the auxiliary wire if there is one."""
    observable = words if auxiliary is None else _times_sign(words, auxiliary)
    return Measurement(MeasurementKind.EXPVAL, observable)


# Observables as Pauli words ---------------------------------------------------------------


def words_of(measurement: Measurement) -> dict[Word, FloatArray]:
    """Return the weights of each Pauli word in the T terms of an observable, shape (T,)."""
    observable, found = measurement.observable, dict[Word, FloatArray]()
    for term, words in enumerate(_expanded(observable)):
        weights = np.real(words.coefficients)
        for weight, letters in zip(weights, words.words, strict=True):
            word = letters_on(letters, words.wires)
            if word:
                found.setdefault(word, np.zeros(observable.num_terms))[term] += weight
    return found


def letters_on(letters: str, wires: Sequence[Wire]) -> Word:
    """Return the letters of a word except the identities, with their wires, in canonical order."""
    pairs = [pair for pair in zip(wires, letters, strict=True) if pair[1] != "I"]
    return tuple(sorted(pairs, key=lambda pair: str(pair[0])))


def _expanded(observable: PauliSum | Combination) -> list[PauliSum]:
    if isinstance(observable, PauliSum):
        ones, x, z = np.ones((observable.num_terms, 1)), observable.x, observable.z
        return [
            PauliSum.of_terms(Terms(ones[t], x[t : t + 1], z[t : t + 1]), observable.wires)
            for t in range(observable.num_terms)
        ]
    return [_product(factors) for factors in observable.terms]


def _product(factors: Factors) -> PauliSum:
    known = [factor for factor in factors if isinstance(factor, PauliSum)]
    rest = tuple(factor for factor in factors if not isinstance(factor, PauliSum))
    if rest:
        wires = Wires([wire for factor in rest for wire in factor.wires])
        if len(wires) > WIDEST_FACTOR:
            raise UnsupportedDiffMethod(
                method="hadamard",
                reason=f"the reversed modes apply the observable as Pauli words, and one on "
                f"{len(wires)} wires that is given by a matrix has too many",
                remedy="Write it as a sum of Pauli words, or use mode='standard' or 'direct'.",
            )
        known.append(pauli_decompose(product_matrix(rest, wires), wire_order=wires).real())
    return PauliSum.product(known)
