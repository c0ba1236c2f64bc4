"""Lower measurements to readings of wires in the computational basis.

Each term of each observable asks for a basis on its wires: X, Y or Z, or the eigenbasis
of a matrix. Terms whose bases agree wherever they meet are read from one circuit. What is
read, and how every value follows from it, is settled once per structure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from qgate.exceptions import QuantumFunctionError, UnsupportedMeasurement
from qgate.measurements import FACTS, Measurement, MeasurementKind
from qgate.observables import Combination
from qgate.operations.operator import ParameterKind
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_groups import qubit_wise_groups
from qgate.outcomes import Outcomes
from qgate.recording import paused
from qgate.structure import ArraySlot, Structure
from qgate.sweep import Sweep
from qgate.transforms.bases import Basis, Reading, pauli_basis, spectra_of, term_spectrum
from qgate.typing import FloatArray, Postprocess
from qgate.wires import Wires

Evaluate = Callable[[Sequence[Outcomes], Sequence[Any]], Any]
"""From one row's outcomes of every reading, and the arrays, to the measured value."""


@dataclass(frozen=True)
class ReadingPlan:
    """The circuits to be read for a structure, and what follows from the outcomes."""

    structures: tuple[Structure, ...]
    values: tuple[Evaluate, ...]
    kinds: tuple[MeasurementKind, ...]

    def postprocess(self, arrays: Sequence[Any]) -> Postprocess:
        """Return what turns the results of the lowered sweeps into one per measurement.

        Each lowered result is a tuple with one list of K outcomes, or with one array (K, 2**n)
        of exact probabilities; what comes back is an array (K, ...) for each measurement, or
        a list of K dictionaries for counts.
        """

        def collect(results: Sequence[Any]) -> tuple[Any, ...]:
            rows = list(zip(*(_outcomes(result[0]) for result in results), strict=True))
            return tuple(
                _stack(kind, [value(row, arrays) for row in rows])
                for kind, value in zip(self.kinds, self.values, strict=True)
            )

        return collect


def _outcomes(readings: Any) -> list[Outcomes]:
    """Take outcomes as they are, and exact probabilities (K, 2**n) as outcomes with weights."""
    if isinstance(readings, list):
        return readings
    return [Outcomes.from_probabilities(row) for row in readings]


def lower_measurements(
    sweep: Sweep, exact: frozenset[str], *, device: str
) -> tuple[tuple[Sweep, ...], Postprocess]:
    """Ask a device only for what it can return.

    Parameters
    ----------
    sweep : Sweep
        With any measurements; the wires of each are named.
    exact : frozenset of str
        The kinds that the device returns as they are, where no shots are asked for.
    device : str
        Whom to name in an error.

    Returns
    -------
    sweeps : tuple of Sweep
        One for each group of terms that are read together, all with the given rows.
    postprocess : callable
        The results of these to one entry per measurement, arrays (K, ...).

    Raises
    ------
    UnsupportedMeasurement
        A measurement needs shots and there are none, or exists only exactly.
    """
    kinds = {measurement.kind for measurement in sweep.structure.measurements}
    turned = (
        any(
            measurement.kind is MeasurementKind.PROBS and measurement.obs is not None
            for measurement in sweep.structure.measurements
        )
        and "expval" not in exact
    )  # a device that knows wires only has to be turned to the basis
    if sweep.shots is None and kinds <= exact and not turned:
        return (sweep,), lambda results: results[0]
    _refuse(kinds, sweep, exact, device)
    frozen = _freeze_observables(sweep)
    plan = plan_readings(frozen.structure, sweep.shots is None)
    sweeps = tuple(frozen.with_structure(structure) for structure in plan.structures)
    return sweeps, plan.postprocess(sweep.arrays)


def _refuse(kinds: set[MeasurementKind], sweep: Sweep, exact: frozenset[str], device: str) -> None:
    sampled = sweep.shots is not None
    lowered = {kind for kind, facts in FACTS.items() if facts.sampled and (sampled or facts.exact)}
    supported = lowered if sampled or "probs" in exact else set(exact)
    for kind in sorted(kinds - supported - (set() if sampled else set(exact))):
        raise UnsupportedMeasurement(
            device=device,
            measurement=kind.value,
            mode="from shots" if sampled else "without shots",
            supported=frozenset(supported - {MeasurementKind.TERMS}),
            remedy=_remedy(kind, exact, sampled=sampled),
        )


def _remedy(kind: MeasurementKind, exact: frozenset[str], *, sampled: bool) -> str:
    if sampled and kind in exact:
        return "Ask for it exactly, with shots=None."
    if not sampled and FACTS[kind].sampled:
        return "Give a number of shots, for example shots=1000."
    return "Ask for one of these, or choose another device."


def _freeze_observables(sweep: Sweep) -> Sweep:
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


@lru_cache(maxsize=1024)
def plan_readings(structure: Structure, exact: bool) -> ReadingPlan:
    """Group the terms of all observables, and say how every value follows from the readings."""
    readings: list[Reading] = []
    with paused():
        values = tuple(_plan(item, readings) for item in structure.measurements)
        structures = tuple(_read_circuit(structure, reading, exact) for reading in readings)
    kinds = tuple(measurement.kind for measurement in structure.measurements)
    return ReadingPlan(structures, values, kinds)


def _read_circuit(structure: Structure, reading: Reading, exact: bool) -> Structure:
    kind = MeasurementKind.COUNTS
    if exact:
        kind = MeasurementKind.PROBS
    elif reading.ordered:
        kind = MeasurementKind.SAMPLE
    measured = Measurement(kind, wires=Wires(reading.basis))
    return Structure(
        (*structure.operations, *reading.gates),
        (measured,),
        structure.num_slots,
        structure.num_arrays,
    )


def _place(basis: Basis, readings: list[Reading], *, ordered: bool = False) -> int:
    """Put a basis on the first reading that agrees with it, or on a new one."""
    index = next((i for i, known in enumerate(readings) if known.agrees(basis)), len(readings))
    if index == len(readings):
        readings.append(Reading())
    readings[index].take(basis)
    readings[index].ordered |= ordered
    return index


# How each kind of measurement follows from readings ------------------------------------


def _plan(measurement: Measurement, readings: list[Reading]) -> Evaluate:
    kind, observable = measurement.kind, measurement.observable
    if kind in (MeasurementKind.EXPVAL, MeasurementKind.TERMS):
        return _plan_expval(observable, readings, weighted=kind is MeasurementKind.EXPVAL)
    ordered = kind is MeasurementKind.SAMPLE
    if observable is None:
        basis: Basis = dict.fromkeys(measurement.wires, "Z")
        reading = readings[_place(basis, readings, ordered=ordered)]
        index, wires = readings.index(reading), measurement.wires
        return _from_bits(measurement, lambda row: row[index].marginal(reading.positions(wires)))
    return _plan_spectrum(measurement, readings, ordered=ordered)


def _plan_expval(
    observable: PauliSum | Combination, readings: list[Reading], *, weighted: bool
) -> Evaluate:
    """The sum over terms of coefficient times mean."""
    parts = (
        _pauli_parts(observable, readings)
        if isinstance(observable, PauliSum)
        else _factor_parts(observable, readings)
    )
    slot = observable.parameters[0]

    def value(row: Sequence[Outcomes], arrays: Sequence[Any]) -> Any:
        means = np.ones(observable.num_terms)
        for members, mean in parts:
            means[members] = mean(row)
        coefficients = arrays[slot.index] if isinstance(slot, ArraySlot) else slot
        return float(np.real(coefficients @ means)) if weighted else means

    return value


Part = tuple[Any, Callable[[Sequence[Outcomes]], Any]]
"""Terms of an observable, and their means from one row's outcomes."""


def _pauli_parts(observable: PauliSum, readings: list[Reading]) -> list[Part]:
    parts: list[Part] = []
    x, z, wires = observable.x, observable.z, observable.wires
    for members in qubit_wise_groups(x, z):
        members = members[(x[members] | z[members]).any(axis=1)]  # the identity is 1, unread
        if not len(members):
            continue
        basis = pauli_basis(observable, members)
        index = _place(basis, readings)
        supports = [[wires[k] for k in np.flatnonzero(x[t] | z[t])] for t in members]
        parts.append((members, _parity_means(readings[index], index, supports)))
    return parts


def _parity_means(
    reading: Reading, index: int, supports: Sequence[Sequence[Any]]
) -> Callable[[Sequence[Outcomes]], FloatArray]:
    return lambda row: row[index].parities([reading.positions(wires) for wires in supports])


def _factor_parts(observable: Combination, readings: list[Reading]) -> list[Part]:
    parts: list[Part] = []
    for term, factors in enumerate(observable.terms):
        wires, eigenvalues, basis = term_spectrum(factors)
        if not wires:
            continue
        index = _place(basis, readings)
        parts.append(([term], _spectrum_mean(readings[index], index, wires, eigenvalues)))
    return parts


def _spectrum_mean(
    reading: Reading, index: int, wires: Wires, eigenvalues: FloatArray
) -> Callable[[Sequence[Outcomes]], float]:
    return lambda row: row[index].marginal(reading.positions(wires)).mean(eigenvalues)


def _plan_spectrum(measurement: Measurement, readings: list[Reading], *, ordered: bool) -> Evaluate:
    """Probabilities, samples, counts and the variance of an observable with one eigenbasis."""
    observable = measurement.observable
    spectra, basis = spectra_of(observable)
    wires = observable.wires
    index = _place(basis, readings, ordered=ordered)
    reading, slot = readings[index], observable.parameters[0]

    def value(row: Sequence[Outcomes], arrays: Sequence[Any]) -> Any:
        coefficients = arrays[slot.index] if isinstance(slot, ArraySlot) else slot
        eigenvalues = np.real(coefficients) @ spectra
        outcomes = row[index].marginal(reading.positions(wires))
        return _EIGENVALUE_READERS[measurement.kind](outcomes, eigenvalues, measurement)

    return value


def _read_var(outcomes: Outcomes, eigenvalues: FloatArray, _: Measurement) -> float:
    return outcomes.mean(eigenvalues**2) - outcomes.mean(eigenvalues) ** 2


def _read_probs(outcomes: Outcomes, eigenvalues: FloatArray, _: Measurement) -> FloatArray:
    return outcomes.probabilities()


def _read_sample(outcomes: Outcomes, eigenvalues: FloatArray, _: Measurement) -> FloatArray:
    if outcomes.readings is None:
        raise QuantumFunctionError("The device did not keep the order of the shots.")
    return np.asarray(eigenvalues[outcomes.readings.astype(np.int64)])


def _read_counts(
    outcomes: Outcomes, eigenvalues: FloatArray, measurement: Measurement
) -> dict[float, int]:
    everything = np.unique(np.round(eigenvalues, 12))
    totals = {float(value): 0 for value in everything}
    for outcome, weight in zip(outcomes.values, outcomes.weights, strict=True):
        totals[float(np.round(eigenvalues[int(outcome)], 12))] += int(weight)
    keep = bool(measurement.options["all_outcomes"])
    return {value: count for value, count in totals.items() if count or keep}


_EIGENVALUE_READERS: dict[MeasurementKind, Callable[..., Any]] = {
    MeasurementKind.VAR: _read_var,
    MeasurementKind.PROBS: _read_probs,
    MeasurementKind.SAMPLE: _read_sample,
    MeasurementKind.COUNTS: _read_counts,
}


def _from_bits(measurement: Measurement, read: Callable[[Any], Outcomes]) -> Evaluate:
    """Probabilities, samples and counts of wires."""
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


def _stack(kind: MeasurementKind, values: list[Any]) -> Any:
    if kind is MeasurementKind.COUNTS or kind is MeasurementKind.SAMPLE:
        return values
    return np.array(values)
