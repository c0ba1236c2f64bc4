"""Measurements of classical shadows: single shots in random Pauli bases."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from qgate.arguments import items_of, whole_number
from qgate.arrays import namespace
from qgate.exceptions import InvalidParameters, NotHermitian, described
from qgate.measurements.measurement import MeasuredForm, Measurement, MeasurementKind
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.recording import absorb, paused
from qgate.typing import FloatArray, Tensor, WiresLike

LARGEST_SEED = 2**32 - 1


def classical_shadow(wires: WiresLike, seed: int | None = None) -> Measurement:
    """Single shots in random Pauli bases, from which many values can be computed afterwards.

    Returns an array of integers, shape (2, T, n) for T shots and n wires: first the bits, then the
    bases, 0 for X, 1 for Y and 2 for Z. Give both to ``ClassicalShadow``.

    Parameters
    ----------
    wires : wires
    seed : int, optional
        Seed of the bases, from 0 to 2**32 - 1. Equal seeds give equal bases, those of PennyLane.
        Default: other bases in each call; the same ones where a run repeats a call.

    Raises
    ------
    InvalidParameters
        The seed is no such number.
    UnsupportedMeasurement
        When it runs: there are no shots.
    TooLarge
        When it runs: shots times wires exceed 2**25.

    Notes
    -----
    Cost: one submission. Shots in the same basis are one circuit, so there are at most T circuits,
    and at most 3**n. Reference: Huang, Kueng and Preskill, Nature Physics 16, 1050 (2020).
    """
    return Measurement(
        MeasurementKind.CLASSICAL_SHADOW, wires=wires, seed=_seed("classical_shadow", seed)
    )


def shadow_expval(
    H: Operator | Sequence[Operator], k: int = 1, seed: int | None = None
) -> Measurement:
    """Expectation value of one or several observables, estimated from one classical shadow.

    Returns a real number for one observable, and an array of shape (len(H),) for several.

    Parameters
    ----------
    H : Operator or sequence of Operator
        Sums of Pauli words with real weights.
    k : int
        Number of parts of the shadow. The value of a Pauli word is the median of the means of the
        parts.
    seed : int, optional
        Seed of the bases, as for ``classical_shadow``.

    Raises
    ------
    InvalidParameters
        There is no observable, one is no sum of Pauli words, or ``k`` or the seed is wrong.
    NotHermitian
        A weight is not real.
    UnsupportedMeasurement
        When it runs: there are no shots.

    Notes
    -----
    Derivatives are those of shifted circuits, by ``parameter-shift``, ``finite-diff`` and ``spsa``;
    all circuits in the same bases. For few observables ``qg.expval`` needs fewer shots: a word with
    letters on w wires is measured in every 3**w-th shot. Cost: as for ``classical_shadow``, for
    each shifted circuit.
    """
    given = [H] if isinstance(H, Operator) else items_of(H)
    if not given or not all(isinstance(item, Operator) for item in given):
        raise InvalidParameters(
            f"shadow_expval was given H={described(H)}. Give an observable, or a sequence of "
            "observables, such as qg.Z(0) + qg.X(1)."
        )
    parts = whole_number(k)
    if parts is None or parts < 1:
        raise InvalidParameters(
            f"shadow_expval was given k={described(k)}. Give a number of parts, at least 1."
        )
    words = [pauli_words("shadow_expval", item) for item in given]
    absorb(*given)
    with paused():
        total = PauliSum.total(words)
    sizes = None if isinstance(H, Operator) else tuple(map(len, words))
    return ShadowExpval(
        MeasurementKind.SHADOW_EXPVAL,
        total,
        k=parts,
        seed=_seed("shadow_expval", seed),
        sizes=sizes,
    )


class ShadowExpval(Measurement):
    """Measurement of observables whose terms stand one after the other in one sum.

    Options: ``sizes``, the number of terms of each observable, or None for a single observable;
    ``k`` and ``seed``.
    """

    @cached_property
    def form(self) -> MeasuredForm | None:
        """The sum as it is: equal words of two observables are not merged."""
        return None if self.obs is None else MeasuredForm(self.obs, 0)  # type: ignore[arg-type]

    def shape(self, shots: int | None = None, num_device_wires: int = 0) -> tuple[int, ...]:
        sizes = self.options["sizes"]
        return () if sizes is None or len(sizes) == 1 else (len(sizes),)

    def terms(self) -> tuple[Measurement, FloatArray]:
        """Return the measurement of the distinct words, and the matrix of words by terms."""
        total: PauliSum = self.observable
        with paused():
            words = PauliSum(np.ones(len(total)), total.x, total.z, total.wires).merged()
            words = words.with_parameters((np.ones(len(words)),))
            shadow = (self.options["k"], self.options["seed"])
            measured = Measurement(MeasurementKind.TERMS, words, shadow=shadow)
        same = (words.x[:, None] == total.x) & (words.z[:, None] == total.z)
        return measured, same.all(axis=-1).astype(float)

    def combined(self, means: Tensor, places: FloatArray) -> Tensor:
        """Return the values of the observables from the expectation values of the words."""
        (coefficients,) = self.parameters
        xp, sizes = namespace([means, coefficients]), self.options["sizes"]
        weighted = xp.matmul(means, places) * coefficients
        if sizes is None or len(sizes) == 1:
            return xp.sum(weighted, axis=-1)
        owners = np.repeat(np.eye(len(sizes)), sizes, axis=0)
        return xp.matmul(weighted, owners)


def pauli_words(owner: str, observable: Operator) -> PauliSum:
    """Return an observable as a sum of Pauli words with real weights."""
    words = observable.pauli_rep
    if words is None:
        raise InvalidParameters(
            f"{owner} was given the observable {described(observable)}, which is no sum of Pauli "
            "words. Write it as one; qg.pauli_decompose writes a matrix so."
        )
    if not words.is_hermitian:
        raise NotHermitian(observable=repr(observable))
    return words.real()


def _seed(owner: str, seed: object) -> int | None:
    if seed is None:
        return None
    number = whole_number(seed)
    if number is None or not 0 <= number <= LARGEST_SEED:
        raise InvalidParameters(
            f"{owner} was given seed={described(seed)}. Give a whole number from 0 to "
            f"{LARGEST_SEED}, or None."
        )
    return number
