"""Lowering of measurements to outcomes of wires in the computational basis.

Each term of each observable requires a measurement basis on its wires: X, Y or Z, or the eigenbasis
of a matrix. Terms whose bases agree on shared wires (qubit-wise commuting terms) are measured in
one circuit. The circuits, and the functions from outcomes to values, are computed once per
structure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from qgate.caches import MIB, sized_cache
from qgate.exceptions import UnsupportedMeasurement
from qgate.measurements import EXACT_KINDS, SINGLE_SHOTS, Measurement, MeasurementKind, are_returned
from qgate.observables import Combination, normal_form
from qgate.operations.operator import ParameterKind
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_groups import qubit_wise_groups
from qgate.outcomes import Outcomes
from qgate.recording import paused
from qgate.structure import ArraySlot, Structure
from qgate.sweep import Sweep
from qgate.transforms.bases import (
    Basis,
    Reading,
    ReadingList,
    Spectrum,
    TooWide,
    basis_of,
    pauli_basis,
    spectrum_of,
    spectrum_of_product,
)
from qgate.transforms.density import DERIVED
from qgate.transforms.tomography import from_means, words_of
from qgate.typing import FloatArray, IntArray, Postprocess, Tensor, Wire
from qgate.wires import Wires

Value: TypeAlias = Any
"""A number, an array, or counts, of one row."""

Evaluate = Callable[[Sequence[Outcomes], Sequence[Tensor]], Value]
"""Function from one row's outcomes of every circuit, and the arrays, to the measured value."""

EIGENVALUE_DECIMALS = 12
"""Eigenvalues that agree to this many decimals are counted as one."""


@dataclass(frozen=True)
class ReadingPlan:
    """The circuits to be measured for a structure, and the functions of their outcomes."""

    structures: tuple[Structure, ...]
    values: tuple[Evaluate, ...]
    kinds: tuple[MeasurementKind, ...]
    has_words: bool = False
    """Whether the last circuit returns expectation values of Pauli words."""

    def postprocess(self, arrays: Sequence[Tensor], num_rows: int) -> Postprocess:
        """Return the function from results of the lowered sweeps to one result per measurement.

        Each lowered result is a tuple with one list of K outcomes, or with one array (K, 2**n)
        of exact probabilities, or with one (K, T) of expectation values; the result is an
        array (K, ...) for each measurement, or a list of K dictionaries for counts.
        """

        def collect(results: Sequence[Sequence[Value]]) -> tuple[Value, ...]:
            means = [list(results[-1][0])] if self.has_words else []
            read = results[: len(results) - len(means)]
            columns = [*(_outcomes(result[0]) for result in read), *means]
            rows = list(zip(*columns, strict=True))
            rows = rows or [()] * num_rows  # nothing is measured for the identity
            return tuple(
                _stack(kind, [value(row, arrays) for row in rows])
                for kind, value in zip(self.kinds, self.values, strict=True)
            )

        return collect


def _outcomes(readings: list[Outcomes] | FloatArray) -> list[Outcomes]:
    """Return outcomes unchanged, and exact probabilities (K, 2**n) as outcomes with weights."""
    if isinstance(readings, list):
        return readings
    return [Outcomes.from_probabilities(row) for row in readings]


def lower_measurements(
    sweep: Sweep,
    exact: frozenset[str],
    *,
    device: str,
    words: bool = False,
    most_wires: int | None = None,
) -> tuple[tuple[Sweep, ...], Postprocess]:
    """Lower a sweep to measurements that a device can return.

    Parameters
    ----------
    sweep : Sweep
        Sweep with any measurements; the wires of each are explicit.
    exact : frozenset of str
        The kinds that the device, named ``device`` in errors, returns natively without shots.
    words, most_wires
        As for ``plan_readings``.

    Returns
    -------
    sweeps : tuple of Sweep
        One for each commuting group of terms, all with the given rows.
    postprocess : callable
        Converts their results to one entry per measurement, arrays (K, ...).
    """
    refuse_measurements(sweep, exact, device=device)
    asked = sweep.structure.measurements
    exactly = sweep.shots is None
    if exactly and are_returned(asked, exact, most_wires):
        return (sweep,), lambda results: results[0]
    own = [exactly and item.kind in DERIVED and item.kind in exact for item in asked]
    frozen = freeze_observables(_select(sweep, [not whole for whole in own]))
    try:
        plan = plan_readings(frozen.structure, exactly, words=words, most_wires=most_wires)
    except TooWide as error:
        raise _too_wide(error.wires, most_wires, device) from None
    sweeps = tuple(frozen.with_structure(structure) for structure in plan.structures)
    collect = plan.postprocess(sweep.arrays, len(sweep))
    if not any(own):
        return sweeps, collect
    return (_select(sweep, own), *sweeps), _interleaved(own, collect)


def _too_wide(wires: int, most: int | None, device: str) -> UnsupportedMeasurement:
    return UnsupportedMeasurement(
        device=device,
        measurement=f"a measurement of {wires} wires together",
        mode="without shots",
        supported=frozenset({f"measurements of up to {most} wires"}),
        remedy="Measure fewer wires together, or give a number of shots, for example shots=1000.",
    )


def _select(sweep: Sweep, chosen: Sequence[bool]) -> Sweep:
    """Return a sweep with some of the measurements."""
    if all(chosen):
        return sweep
    structure = sweep.structure
    measurements = [m for m, is_in in zip(structure.measurements, chosen, strict=True) if is_in]
    return sweep.with_structure(structure.with_measurements(measurements))


def _interleaved(first: Sequence[bool], collect: Postprocess) -> Postprocess:
    """Insert the entries of the first sweep at the marked positions, among those of the others."""

    def together(results: Sequence[Sequence[Value]]) -> tuple[Value, ...]:
        own, others = iter(results[0]), iter(collect(results[1:]))
        return tuple(next(own) if is_own else next(others) for is_own in first)

    return together


def refuse_measurements(sweep: Sweep, exact: frozenset[str], *, device: str) -> None:
    """Refuse measurements that cannot be computed from what the device returns."""
    if sweep.shots is not None:
        return  # every kind can be computed from shots
    kinds = {measurement.kind for measurement in sweep.structure.measurements}
    supported = {MeasurementKind(kind) for kind in exact}
    if "probs" in exact:  # all exact kinds can be computed, except the phase of a state
        supported |= set(EXACT_KINDS) - {MeasurementKind.STATE, MeasurementKind.SHADOW_EXPVAL}
    for kind in sorted(kinds - supported):
        raise UnsupportedMeasurement(
            device=device,
            measurement=kind.value,
            mode="without shots",
            supported=frozenset(supported - {MeasurementKind.TERMS}),
            remedy="Give a number of shots, for example shots=1000.",
        )


def freeze_observables(sweep: Sweep) -> Sweep:
    """Make the matrices of observables constants of the structure; coefficients stay slots."""

    def fix(measurement: Measurement) -> Measurement:
        symbols = [
            sweep.arrays[symbol.index]
            if kind is ParameterKind.ARRAY and isinstance(symbol, ArraySlot)
            else symbol
            for symbol, kind in zip(
                measurement.parameters, measurement.parameter_kinds, strict=True
            )
        ]
        return measurement.with_parameters(symbols) if symbols else measurement

    measurements = sweep.structure.measurements
    fixed = [fix(measurement) for measurement in measurements]
    if all(new is old for new, old in zip(fixed, measurements, strict=True)):
        return sweep
    return sweep.with_structure(sweep.structure.with_measurements(fixed))


@sized_cache(256 * MIB)
def plan_readings(
    structure: Structure, exact: bool, *, words: bool = False, most_wires: int | None = None
) -> ReadingPlan:
    """Group the terms of all observables, and express every value by the measured circuits.

    With ``exact``, circuits return exact probabilities in place of outcomes. With ``words``, the
    device also returns the exact expectation values of any Pauli words; they are then requested in
    one circuit, unless a single basis suffices for everything. A measurement of more than
    ``most_wires`` wires raises ``TooWide``.
    """
    if not exact:
        return _planned(structure, ReadingList(), exact)
    try:
        plan = _planned(structure, ReadingList(most_wires=most_wires), exact)
    except TooWide:
        if not words:
            raise
    else:
        if not words or len(plan.structures) < 2:
            return plan
    return _planned(structure, ReadingList(most_wires=most_wires, words=True), exact)


def _planned(structure: Structure, readings: ReadingList, exact: bool) -> ReadingPlan:
    with paused():
        values = tuple(_plan(item, readings) for item in structure.measurements)
        structures = tuple(_read_circuit(structure, reading, exact) for reading in readings)
        if readings.words:
            structures += (structure.with_measurements([readings.words.measurement]),)
    kinds = tuple(measurement.kind for measurement in structure.measurements)
    return ReadingPlan(structures, values, kinds, has_words=bool(readings.words))


def _read_circuit(structure: Structure, reading: Reading, exact: bool) -> Structure:
    kind = MeasurementKind.COUNTS
    if exact:
        kind = MeasurementKind.PROBS
    elif reading.ordered:
        kind = MeasurementKind.SAMPLE
    wires = Wires(reading.basis) or structure.wires[:1]  # samples of the identity are counted
    measured = Measurement(kind, wires=wires)
    return Structure(
        (*structure.operations, *reading.gates),
        (measured,),
        structure.num_slots,
        structure.num_arrays,
    )


# Values of each kind of measurement from outcomes ---------------------------------------


def _plan(measurement: Measurement, readings: ReadingList) -> Evaluate:
    kind, observable = measurement.kind, measurement.observable
    if kind is MeasurementKind.PROCESSED:
        return _plan_processed(measurement, readings)
    if kind in (MeasurementKind.EXPVAL, MeasurementKind.TERMS):
        return _plan_expval(observable, readings, weighted=kind is MeasurementKind.EXPVAL)
    if kind in DERIVED:
        return _plan_tomography(measurement, readings)
    ordered = kind is MeasurementKind.SAMPLE
    if observable is None:
        basis: Basis = dict.fromkeys(measurement.wires, "Z")
        reading = readings[readings.place(basis, ordered=ordered)]
        index, wires = readings.index(reading), measurement.wires
        return _from_bits(measurement, lambda row: row[index].marginal(reading.positions(wires)))
    if kind is MeasurementKind.PROBS:
        return _plan_turned_probs(observable, readings)
    return _plan_spectrum(measurement, readings, ordered=ordered)


def _plan_expval(
    observable: PauliSum | Combination, readings: ReadingList, *, weighted: bool
) -> Evaluate:
    """Return the evaluation of an expectation value: the weighted sum over its terms."""
    parts = (
        _pauli_parts(observable, readings)
        if isinstance(observable, PauliSum)
        else _factor_parts(observable, readings)
    )
    slot = observable.parameters[0]

    def value(row: Sequence[Outcomes], arrays: Sequence[Tensor]) -> Value:
        means = np.ones(observable.num_terms)
        for members, mean in parts:
            means[members] = mean(row)
        coefficients = arrays[slot.index] if isinstance(slot, ArraySlot) else slot
        return float(np.real(coefficients @ means)) if weighted else means

    return value


def _plan_tomography(measurement: Measurement, readings: ReadingList) -> Evaluate:
    """Return the evaluation of a function of a density matrix, by tomography."""
    words = words_of(measurement, measurement.wires).observable
    means = _plan_expval(words, readings, weighted=False)
    return lambda row, arrays: from_means(measurement, means(row, arrays))


Part = tuple[IntArray | list[int], Callable[[Sequence[Outcomes]], FloatArray]]
"""Terms of an observable, and their expectation values from one row's outcomes."""


def _pauli_parts(observable: PauliSum, readings: ReadingList) -> list[Part]:
    parts: list[Part] = []
    x, z, wires = observable.x, observable.z, observable.wires
    if readings.words is not None:
        (members,) = np.nonzero((x | z).any(axis=1))
        places = readings.words.place(observable, members)
        return [(members, lambda row: np.asarray(row[-1])[places])]  # the last circuit's result
    for members in qubit_wise_groups(x, z):
        members = members[(x[members] | z[members]).any(axis=1)]  # the identity is 1, not measured
        if not len(members):
            continue
        basis = pauli_basis(observable, members)
        index = readings.place(basis)
        supports = [[wires[k] for k in np.flatnonzero(x[t] | z[t])] for t in members]
        parts.append((members, _parity_means(readings[index], index, supports)))
    return parts


def _parity_means(
    reading: Reading, index: int, supports: Sequence[Sequence[Wire]]
) -> Callable[[Sequence[Outcomes]], FloatArray]:
    return lambda row: row[index].parities([reading.positions(wires) for wires in supports])


def _factor_parts(observable: Combination, readings: ReadingList) -> list[Part]:
    parts: list[Part] = []
    for term, factors in enumerate(observable.terms):
        if factors:  # empty: the identity is 1, not measured
            spectrum = spectrum_of_product(factors)
            index = readings.place(spectrum.basis)
            parts.append(([term], _spectrum_means(readings[index], index, spectrum)))
    return parts


def _spectrum_means(
    reading: Reading, index: int, spectrum: Spectrum
) -> Callable[[Sequence[Outcomes]], FloatArray]:
    return lambda row: spectrum.read(row[index], reading) @ row[index].frequencies


def _plan_processed(measurement: Measurement, readings: ReadingList) -> Evaluate:
    """Return the evaluation of a user's measurement from the samples of all wires."""
    own, wires = measurement.options["own"], measurement.wires
    turned = {} if own.obs is None else basis_of(normal_form(own.obs))
    index = readings.place({**dict.fromkeys(wires, "Z"), **turned}, ordered=True)
    reading = readings[index]

    def value(row: Sequence[Outcomes], arrays: Sequence[Tensor]) -> Value:
        return own.process_samples(row[index].marginal(reading.positions(wires)).bits(), wires)

    return value


def _plan_turned_probs(observable: PauliSum | Combination, readings: ReadingList) -> Evaluate:
    """Return the evaluation of probabilities in an observable's eigenbasis."""
    basis = {**dict.fromkeys(observable.wires, "Z"), **spectrum_of(observable).basis}
    index = readings.place(basis)
    reading, wires = readings[index], observable.wires
    return lambda row, arrays: row[index].marginal(reading.positions(wires)).probabilities()


def _plan_spectrum(measurement: Measurement, readings: ReadingList, *, ordered: bool) -> Evaluate:
    """Return the evaluation of samples, counts or the variance of an observable."""
    observable = measurement.observable
    spectrum = spectrum_of(observable)
    index = readings.place(spectrum.basis, ordered=ordered)
    reading, slot = readings[index], observable.parameters[0]

    def value(row: Sequence[Outcomes], arrays: Sequence[Tensor]) -> Value:
        coefficients = np.real(arrays[slot.index] if isinstance(slot, ArraySlot) else slot)
        eigenvalues = coefficients @ spectrum.read(row[index], reading)
        if measurement.kind is MeasurementKind.VAR:
            return row[index].variance(eigenvalues)
        if measurement.kind is MeasurementKind.SAMPLE:
            return row[index].of_each_shot(eigenvalues)
        possible = eigenvalues
        if measurement.options["all_outcomes"]:
            possible = coefficients @ spectrum.every_outcome()
        return _count_eigenvalues(row[index], eigenvalues, possible)

    return value


def _count_eigenvalues(
    outcomes: Outcomes, eigenvalues: FloatArray, possible: FloatArray
) -> dict[float, int]:
    """Count equal eigenvalues together; possible ones that did not occur have the count 0."""
    totals = {float(value): 0 for value in np.unique(np.round(possible, EIGENVALUE_DECIMALS))}
    rounded = np.round(eigenvalues, EIGENVALUE_DECIMALS).tolist()
    for value, weight in zip(rounded, outcomes.weights.tolist(), strict=True):
        totals[value] += weight
    return totals


def _from_bits(
    measurement: Measurement, read: Callable[[Sequence[Outcomes]], Outcomes]
) -> Evaluate:
    """Return the evaluation of probabilities, samples or counts of wires."""
    if measurement.kind is MeasurementKind.PROBS:
        return lambda row, arrays: read(row).probabilities()
    if measurement.kind is MeasurementKind.SAMPLE:
        return lambda row, arrays: read(row).bits()
    keep = bool(measurement.options["all_outcomes"])
    return lambda row, arrays: _count_bits(read(row), keep)


def _count_bits(outcomes: Outcomes, all_outcomes: bool) -> dict[str, int]:
    counts = outcomes.counts()
    if not all_outcomes:
        return counts
    every = (format(value, f"0{outcomes.num_wires}b") for value in range(2**outcomes.num_wires))
    return {bits: counts.get(bits, 0) for bits in every}


def _stack(kind: MeasurementKind, values: list[Value]) -> Value:
    return values if kind in SINGLE_SHOTS else np.array(values)
