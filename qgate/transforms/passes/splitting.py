"""Observables split into terms, and measurements into circuits with a common measurement basis."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np

from qgate.arguments import is_text_among, random_generator
from qgate.arrays import enclosed, finished, namespace, unwrap
from qgate.exceptions import QuantumFunctionError, TransformError, described
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.arithmetic import prod
from qgate.operations.combination import Combination
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.tape import Tape
from qgate.transforms.bases import Basis, Reading, ReadingList, basis_of
from qgate.transforms.circuit_transform import transform
from qgate.transforms.passes.neighbours import first_result
from qgate.transforms.pipeline import Transformed
from qgate.typing import Function, Nested, Tensor

ON_WIRES = (
    *(MeasurementKind.EXPVAL, MeasurementKind.VAR, MeasurementKind.PROBS),
    *(MeasurementKind.SAMPLE, MeasurementKind.COUNTS),
)
"""Kinds of measurement that read wires in a basis."""

STRATEGIES = ("default", "qwc", "wires", None)

ShotSplit = Callable[[int, Sequence[Sequence[Tensor]], object], Sequence[int]]
"""Function of all shots, the coefficients of each group, and a seed, to the shots of each group."""


@transform
def split_non_commuting(
    tape: Tape,
    grouping_strategy: str | None = "default",
    shot_dist: str | ShotSplit | None = None,
    seed: object = None,
) -> Transformed:
    """Split a circuit into circuits whose observables are measured in one basis each.

    Expectation values of sums are split into terms. QNodes do the same by themselves where a
    device needs it, within one tape; this transform shows the circuits, and divides the shots.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable
    grouping_strategy : {"default", "qwc", "wires", None}
        ``default`` and ``qwc``: qubit-wise commuting measurements are one circuit. ``wires``: only
        those that share no wires. None: each is its own circuit.
    shot_dist : {"uniform", "weighted", "weighted_random"} or callable, optional
        How the shots are divided among the circuits of the expectation value of one sum: equally,
        by the sums of the moduli of their coefficients, or at random with these weights. Default:
        each circuit has all shots.
    seed : int or Generator, optional
        Of the random division.

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.

    Raises
    ------
    TransformError
        There is no such strategy.

    Examples
    --------
    >>> measured = [qg.expval(qg.X(0) @ qg.X(1)), qg.expval(qg.Z(0)), qg.expval(qg.X(0))]
    >>> tapes, _ = split_non_commuting(qg.tape.QuantumScript([qg.H(0)], measured))
    >>> [len(tape.measurements) for tape in tapes]
    [2, 1]
    """
    if not (grouping_strategy is None or is_text_among(grouping_strategy, STRATEGIES[:-1])):
        raise TransformError(
            transform="split_non_commuting",
            reason=f"grouping_strategy={described(grouping_strategy)} is no strategy",
            remedy=f"Give one of {STRATEGIES}.",
        )
    divide = _shot_split(shot_dist)
    terms = TermSums.of(tape)
    groups = _grouped(tape, terms.measured, grouping_strategy)
    shots: list[object] = [tape.shots] * len(groups)
    if divide is not None and not terms.is_single_sum:
        warnings.warn(
            f"shot_dist={described(shot_dist)} divides the shots of a single sum, and is ignored "
            f"for {len(tape.measurements)} measurements.",
            UserWarning,
            stacklevel=2,
        )
    elif divide is not None and tape.shots.total_shots is not None:
        weights = [[_weight(terms, member) for member in members] for members in groups]
        shots = [int(number) for number in divide(tape.shots.total_shots, weights, seed)]
        groups = [members for members, number in zip(groups, shots, strict=True) if number]
        shots = [number for number in shots if number]
    return terms.transformed(tape, groups, shots)


@transform
def split_to_single_terms(tape: Tape) -> Transformed:
    """Split expectation values of sums into those of their terms, in one circuit.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.

    Examples
    --------
    >>> measured = [qg.expval(2 * qg.X(0) + qg.Z(1))]
    >>> (tape,), _ = split_to_single_terms(qg.tape.QuantumScript([qg.H(0)], measured))
    >>> tape.measurements
    [expval(X(0)), expval(Z(1))]
    """
    terms = TermSums.of(tape)
    return terms.transformed(tape, [list(range(len(terms.measured)))], [tape.shots])


@transform
def diagonalize_measurements(
    tape: Tape,
    supported_base_obs: Collection[type] | None = None,
    to_eigvals: bool = False,
) -> Transformed:
    """Measure Pauli observables by gates before measurements of ``Z``.

    Parameters
    ----------
    tape : QuantumScript, QNode or callable
    supported_base_obs : collection of type, optional
        Pauli operators that stay; default ``Z``.
    to_eigvals : bool
        Refused: there are no measurements of bare eigenvalues.

    Returns
    -------
    (list of QuantumScript, callable), QNode or callable
        See ``qg.transform``.

    Raises
    ------
    TransformError
        Measurements have no common basis, or one is not of Pauli words.

    Examples
    --------
    >>> (tape,), _ = diagonalize_measurements(
    ...     qg.tape.QuantumScript([qg.S(0)], [qg.expval(qg.X(0) @ qg.Z(1)), qg.probs(wires=[1])])
    ... )
    >>> tape.operations, tape.measurements
    ([S(0), H(0)], [expval(Z(0) @ Z(1)), probs(wires=[1])])
    """
    if to_eigvals:
        raise _undiagonal("to_eigvals=True", "Leave it out; the observables become words of Z.")
    kept = {getattr(each, "__name__", "") for each in supported_base_obs or ()}
    common, measured = Reading(), list[Measurement]()
    for item in tape.measurements:
        basis = _basis(item, tape)
        letters = None if basis is None else {w: t for w, t in basis.items() if isinstance(t, str)}
        if letters is None or letters != basis:
            raise _undiagonal(
                f"{item} is not of Pauli words", "Measure it in a circuit of its own."
            )
        if not common.agrees(letters):
            raise _undiagonal(
                f"{item} and another measurement have no common basis",
                "Apply qg.transforms.split_non_commuting first.",
            )
        common.take(letters)
        measured.append(_on_z(item, kept))
    turning = Reading()
    turning.take({wire: letter for wire, letter in common.basis.items() if letter not in kept})
    operations = [*tape.operations, *turning.gates]
    return [tape.copy(ops=operations, measurements=measured)], first_result


@dataclass(frozen=True, eq=False)
class TermSums:
    """Measurements as weighted sums of measurements of single terms.

    Parameters
    ----------
    measured : list of Measurement
        The distinct measurements of single terms.
    sums : list of list of (weight, int)
        For each given measurement the weights and positions of its terms; the position -1 is the
        identity. The weight None returns the measurement as it is.
    """

    measured: list[Measurement] = field(default_factory=list)
    sums: list[list[tuple[Tensor, int]]] = field(default_factory=list)
    _places: dict[Hashable, int] = field(default_factory=dict)

    @classmethod
    def of(cls, tape: Tape) -> TermSums:
        """Return the measurements of a tape."""
        terms = cls()
        for item in tape.measurements:
            terms.sums.append(list(terms._terms(item)))
        return terms

    @property
    def is_single_sum(self) -> bool:
        """Whether there is one measurement, the expectation value of a sum."""
        return len(self.sums) == 1 and self.sums[0][0][0] is not None

    def _terms(self, item: Measurement) -> list[tuple[Tensor, int]]:
        form = item.form
        if item.kind is not MeasurementKind.EXPVAL or form is None or form.skipped:
            return [(None, self._place(item))]  # a single term of weight 1, or no expectation value
        weights, products = form.observable.coefficients, _products(form.observable)
        return [
            (weights[at], -1 if not op.wires else self._place(Measurement(item.kind, op)))
            for at, op in enumerate(products)
        ]

    def _place(self, item: Measurement) -> int:
        """Return the position of a measurement; equal ones without numbers share it."""
        key: Hashable = len(self.measured) if item.parameters else (item.signature, "word")
        if key not in self._places:
            self._places[key] = len(self.measured)
            self.measured.append(item)
        return self._places[key]

    def transformed(
        self, tape: Tape, groups: Sequence[Sequence[int]], shots: Sequence[object]
    ) -> Transformed:
        """Return a tape for each group of measurements, and the function of their results."""
        tapes = [
            tape.copy(measurements=[self.measured[at] for at in members], shots=number)
            for members, number in zip(groups, shots, strict=True)
        ]
        if not self.measured:  # only multiples of the identity
            tapes = []
        partitioned = tape.shots.partitioned

        def postprocess(results: Sequence[Nested]) -> Nested:
            if partitioned and results:
                return tuple(
                    self._joined(part, groups, tape) for part in zip(*results, strict=True)
                )
            return self._joined(results, groups, tape)

        return tapes, postprocess

    def _joined(
        self, results: Sequence[Nested], groups: Sequence[Sequence[int]], tape: Tape
    ) -> Nested:
        values: dict[int, Nested] = {}
        for members, result in zip(groups, results, strict=False):
            values.update(zip(members, result if len(members) > 1 else (result,), strict=True))
        found = [_total(terms, values, tape) for terms in self.sums]
        return found[0] if len(found) == 1 else tuple(found)


def _total(terms: Sequence[tuple[Tensor, int]], values: dict[int, Nested], tape: Tape) -> Nested:
    """Return the weighted sum of the values of some terms."""
    (weight, place), *_ = terms or [(0.0, -1)]
    if weight is None:
        return values[place]
    total: Tensor = np.zeros(() if tape.batch_size is None else tape.batch_size)
    for weight, place in terms:
        if place == -1:
            total = total + weight
        elif place in values:  # a group without shots is left out
            total = total + enclosed(values[place]) * weight
    return finished(total, [value for value in values.values() if not isinstance(value, dict)])


def _products(observable: PauliSum | Combination) -> list[Operator]:
    """Return the terms of an observable in normal form, without weights."""
    if isinstance(observable, PauliSum):
        return list(observable.sums)
    return [prod(*factors) if factors else PauliSum.word({}) for factors in observable.terms]


def _grouped(tape: Tape, measured: Sequence[Measurement], strategy: str | None) -> list[list[int]]:
    """Return the positions of the measurements of each circuit."""
    groups, readings = list[list[int]](), ReadingList()
    for index, item in enumerate(measured):
        basis = None if strategy is None else _basis(item, tape)
        if basis is not None and strategy == "wires":
            basis = dict.fromkeys(basis, f"#{index}")  # agrees with no other
        if basis is None:  # a circuit of its own
            readings.append(Reading(dict.fromkeys(tape.wires, f"#{index}")))
            groups.append([index])
            continue
        place = readings.place(basis)
        if place == len(groups):
            groups.append([])
        groups[place].append(index)
    return groups


def _basis(item: Measurement, tape: Tape) -> Basis | None:
    """Return the measurement basis of the wires of a measurement; None: it has none."""
    if item.nodes:
        return {}
    if item.kind not in ON_WIRES:
        return None
    if item.obs is None:
        return dict.fromkeys(item.wires or tape.wires, "Z")
    try:
        return basis_of(item.observable)
    except QuantumFunctionError:
        return None


def _on_z(item: Measurement, kept: Collection[str]) -> Measurement:
    """Return the measurement of an observable with Z in place of the letters that are not kept."""
    if item.obs is None:
        return item
    words: PauliSum = item.observable
    letters = [
        "".join(letter if letter in ("I", *kept) else "Z" for letter in word)
        for word in words.words
    ]
    observable = PauliSum.from_words(words.coefficients, letters, words.wires)
    return Measurement(item.kind, observable, **item.options)


def _undiagonal(reason: str, remedy: str) -> TransformError:
    return TransformError(transform="diagonalize_measurements", reason=reason, remedy=remedy)


# Shots ------------------------------------------------------------------------------------


def _weight(terms: TermSums, member: int) -> Tensor:
    """Return the weight of a term in the only sum."""
    return next(weight for weight, place in terms.sums[0] if place == member)


def _divided(total: int, weights: Sequence[float]) -> list[int]:
    shares = np.asarray(weights) / np.sum(weights)
    numbers = np.floor(total * shares).astype(int)
    numbers[: total - numbers.sum()] += 1
    return list(numbers.tolist())


def _sizes(weights: Sequence[Sequence[Tensor]]) -> list[float]:
    return [float(np.sum(np.abs(unwrap(namespace(group).array(group))))) for group in weights]


def _at_random(total: int, weights: Sequence[Sequence[Tensor]], seed: object) -> list[int]:
    sizes = np.array(_sizes(weights))
    generator = random_generator(seed)
    if generator is None:
        raise TransformError(
            transform="split_non_commuting",
            reason=f"seed={described(seed)} is no seed",
            remedy="Give a whole number or a numpy Generator.",
        )
    return list(generator.multinomial(total, sizes / sizes.sum()).tolist())


SHOT_SPLITS: dict[str, ShotSplit] = {
    "uniform": lambda total, weights, _: _divided(total, [1.0] * len(weights)),
    "weighted": lambda total, weights, _: _divided(total, _sizes(weights)),
    "weighted_random": _at_random,
}


def _shot_split(given: object) -> Function | None:
    if given is None or callable(given):
        return given
    if not is_text_among(given, tuple(SHOT_SPLITS)):
        raise TransformError(
            transform="split_non_commuting",
            reason=f"shot_dist={described(given)} is no division of shots",
            remedy=f"Give one of {list(SHOT_SPLITS)}, or a function.",
        )
    return SHOT_SPLITS[str(given)]
