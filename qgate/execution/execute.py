"""Run sweeps on a device: validate, merge, lower, decompose, submit, wait, assemble."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.context import active_plan, active_run, active_trackers
from qgate.devices.job import Averages, averages_in
from qgate.exceptions import (
    InvalidShots,
    JobFailed,
    NoMeasurement,
    SeedRefused,
    TooManyWires,
    TooMuchMemory,
    UnknownWires,
)
from qgate.execution.clifford_advice import advice_on
from qgate.execution.tracker import notify
from qgate.measurements import Measurement, are_returned
from qgate.structure import Structure
from qgate.sweep import Sweep, merge_equal_rows
from qgate.transforms.decomposition import (
    Decomposed,
    GateSet,
    decompose,
    decomposed_without_values,
    freeze_matrices,
)
from qgate.transforms.idle import busy_wires, without_idle_wires
from qgate.transforms.idle_rotations import has_idle, merged, without_idle
from qgate.typing import FloatArray, IntArray, Postprocess
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.devices.base import Device

MeasurementResult = Any
"""Results of a measurement for K rows: array (K, ...), list of K, or an ``UnbatchedResult``."""


MOST_RECORDED = 20
"""Maximum number of wires and outcomes that are measured together exactly in one circuit."""


@dataclass(frozen=True, slots=True)
class UnbatchedResult:
    """Result of a measurement for a single row, without the axis of rows."""

    value: Any


def execute_sweeps(sweeps: Sequence[Sweep], device: Device) -> list[tuple[MeasurementResult, ...]]:
    """Run sweeps on a device, all in one submission where the device allows.

    Parameters
    ----------
    sweeps : sequence of Sweep
        With any gates and measurements.
    device : Device

    Returns
    -------
    list of tuple
        For each sweep one entry per measurement: an array (K, ...), or a list of K
        samples or dictionaries.

    Raises
    ------
    DeviceError
        The device cannot do it; nothing has been sent.
    """
    prepared, native = [], list[Sweep]()
    for sweep in sweeps:
        prepared.append(prepare(sweep, device))
        native += prepared[-1][0]
    try:
        results = _submit(native, device)
    except TooMuchMemory as error:
        raise _advised(error, sweeps) from None
    values, start = [], 0
    for parts, index, postprocess in prepared:
        entries = tuple(postprocess(results[start : start + len(parts)]))
        if index is not None:
            entries = tuple(_undo_merge(entry, index) for entry in entries)
        values.append(entries)
        start += len(parts)
    return values


def execute_averages(
    sweep: Sweep, device: Device
) -> tuple[list[FloatArray], list[FloatArray], int]:
    """Run an exact sweep on a device that averages over trajectories.

    Returns
    -------
    values, errors : list of array (K, ...)
        One entry per measurement. Errors are 0 for circuits without noise channels.
    trajectories : int
        Number of trajectories of all rows.
    """
    parts, index, postprocess = prepare(sweep, device)
    results = _submit(parts, device)
    values = [np.asarray(value) for value in postprocess(results)]
    (result,) = results
    averaged = isinstance(result, Averages)
    errors = list(result.errors) if averaged else [np.zeros(value.shape) for value in values]
    if index is not None:
        values, errors = ([entry[index] for entry in entries] for entries in (values, errors))
    return values, errors, result.trajectories if averaged else 0


def _advised(error: TooMuchMemory, sweeps: Sequence[Sweep]) -> TooMuchMemory:
    """Return the error, with devices that can run these circuits in less memory, if any."""
    advice = advice_on(sweep.structure for sweep in sweeps)
    if not advice:
        return error
    return TooMuchMemory(
        wires=error.wires,
        needed_gib=error.needed_gib,
        allowed_gib=error.allowed_gib,
        advice=advice,
    )


def _submit(sweeps: Sequence[Sweep], device: Device) -> list[Any]:
    """Submit sweeps in the device's gates, and report the usage to trackers."""
    if _is_written_down(sweeps, device) or active_plan() is not None:
        from qgate.jobs.submission import submit_sweeps

        results, submitted = submit_sweeps(sweeps, device)
        usage = submitted.usage
        notify(
            device,
            sweeps if usage.executions else (),
            submissions=usage.submissions,
            batches=1,
            executions=usage.executions,
            shots=usage.shots,
            **({"usd": usage.usd} if device.capabilities.paid else {}),
        )
        return results
    if device.capabilities.limited:
        from qgate.devices.batching import submit_packed

        job = submit_packed(device, sweeps)
    else:
        job = device.submit(sweeps)
    if active_trackers():
        shots = sum(int(sweep.shots.sum()) for sweep in sweeps if sweep.shots is not None)
        executions = sum(map(len, sweeps))
        numbers = {"submissions": job.submissions, "batches": 1, "executions": executions}
        notify(device, sweeps, **numbers, shots=shots)
    results = list(job.result())
    if active_trackers() and (averages := averages_in(results)):
        notify(device, **averages)
    if device.capabilities.limited:
        _check_rows(results, job.id, device)
    return results


def _check_rows(results: Sequence[Any], job: str, device: Device) -> None:
    """Raise the failure of a row; within a run, the row would be submitted again."""
    from qgate.devices.job import RowFailure

    entries = [entry for result in results for entry in result if isinstance(entry, list)]
    for row in (row for entry in entries for row in entry):
        if isinstance(row, RowFailure):
            raise JobFailed(device=device.name, job=job, reason=row.reason)


def _is_written_down(sweeps: Sequence[Sweep], device: Device) -> bool:
    """Return whether a request is recorded in a journal.

    All requests to paid devices are; to free ones those from shots in a run.
    """
    if device.capabilities.paid:
        return True
    for sweep in sweeps:
        if sweep.shots is not None:
            return active_run() is not None
    return False


def prepare(sweep: Sweep, device: Device) -> tuple[tuple[Sweep, ...], IntArray | None, Postprocess]:
    """Convert a sweep to sweeps that a device runs, without sending anything.

    Returns
    -------
    sweeps : tuple of Sweep
        In the device's gates and measurements.
    index : array of int, shape (K,), or None
        For each given row the index of its result among the rows that run; None: the same index.
    postprocess : callable
        Maps the results of the sweeps to one entry per measurement.
    """
    if sweep.folding > 1 and not device.folds_compiled:
        sweep = _folded_before(sweep)
    sweep, index, capabilities = validate(sweep, device), None, device.capabilities
    if sweep.shots is None and len(sweep) > 1:
        sweep, index = merge_equal_rows(sweep)
    if has_idle(sweep.structure):
        sweep = without_idle(sweep)
        if not capabilities.statevector:
            sweep = merged(sweep)
    if sweep.shots is None:
        native = _already_native(
            sweep.structure,
            exact_kinds(sweep.structure, device),
            capabilities.gate_set,
            capabilities.max_exact_wires,
        )
        if native is not None:
            if sweep.structure is not native.structure:
                sweep = native.sweep(sweep)
            return (sweep,), index, _first_of
    if sweep.structure.has_shadows and sweep.shots is not None:
        from qgate.execution.shadows import prepare_shadows  # on use, as the lowering of others

        parts, postprocess = prepare_shadows(sweep, device, _lowered)
        for part in parts:
            _check_shots(part.shots, device)
    else:
        parts, postprocess = _lowered(sweep, device)
    if sweep.beside is not None:
        beside = prepare(sweep.beside, device)[0][0]
        parts = tuple(replace(part, beside=beside) for part in parts)
    return parts, index, postprocess


def _folded_before(sweep: Sweep) -> Sweep:
    """Return a sweep whose gates are repeated before compilation."""
    from qgate.mitigation.folding import folded  # only where circuits are folded

    fixed = freeze_matrices(sweep)  # inverses of matrices need their numbers
    return replace(fixed, structure=folded(fixed.structure, sweep.folding), folding=1)


def _lowered(sweep: Sweep, device: Device) -> tuple[tuple[Sweep, ...], Postprocess]:
    """Return sweeps of measurements that a device returns, and the function of their results."""
    from qgate.transforms.readouts import lower_measurements

    capabilities = device.capabilities
    lowered, postprocess = lower_measurements(
        sweep,
        exact_kinds(sweep.structure, device),
        device=device.name,
        words=capabilities.exact_words and not sweep.structure.records,
        most_wires=MOST_RECORDED if sweep.structure.records else capabilities.max_exact_wires,
    )
    parts = tuple(
        decompose(part, capabilities.gate_set, device=device.name, names=capabilities.gates)
        for part in lowered
    )
    return parts, postprocess


def exact_kinds(structure: Structure, device: Device) -> frozenset[str]:
    """Return the kinds of measurement that a device returns without shots for a structure.

    After a measurement in the middle of a circuit there is no state, only probabilities.
    """
    found = device.capabilities.exact
    return found & {"probs"} if structure.records else found


@lru_cache(maxsize=1024)
def _already_native(
    structure: Structure, exact: frozenset[str], accepts: GateSet, most_wires: int | None
) -> Decomposed | None:
    """Return a structure in the gates of a device that returns all measurements; else None."""
    if not are_returned(structure.measurements, exact, most_wires):
        return None
    return decomposed_without_values(structure, accepts)


def _first_of(results: Sequence[Any]) -> Any:
    return results[0]


def validate(sweep: Sweep, device: Device) -> Sweep:
    """Validate a sweep for a device, and set the wires of every measurement.

    Raises
    ------
    TooManyWires, UnknownWires, InvalidShots, SeedRefused
    """
    capabilities = device.capabilities
    structure = _fitted(
        sweep.structure,
        device.wires,
        device.name,
        idle_wires_free=capabilities.idle_wires_free,
        most=capabilities.max_wires,
    )
    if sweep.seed is not None and not capabilities.call_seeds:
        raise SeedRefused(device=device.name)
    if sweep.shots is not None:
        _check_shots(sweep.shots, device)
    return sweep.with_structure(structure)


@lru_cache(maxsize=1024)
def _fitted(
    structure: Structure,
    wires: Wires | None,
    device: str,
    *,
    idle_wires_free: bool,
    most: int | None,
) -> Structure:
    """Return a structure with the wires of its measurements set, if the device can hold it."""
    structure = _name_wires(structure, wires)
    check_known(structure, wires, device)
    if idle_wires_free:
        structure = without_idle_wires(structure)
        used = busy_wires(structure)
    else:
        used = structure.wires if wires is None else wires
    if most is not None and len(used) - len(structure.records) > most:
        advice = advice_on([structure])
        raise TooManyWires(device=device, needed=len(used), available=most, advice=advice)
    return structure


@lru_cache(maxsize=1024)
def _name_wires(structure: Structure, wires: Wires | None) -> Structure:
    """Set the wires of measurements on all wires."""
    everything = structure.wires if wires is None else wires
    if not structure.measurements:
        raise NoMeasurement(function="of this tape", returned="nothing")

    def named(measurement: Measurement) -> Measurement:
        if measurement.obs is not None or measurement.wires:
            return measurement
        return measurement.with_wires(everything)

    measurements = [named(item) for item in structure.measurements]
    if all(new is old for new, old in zip(measurements, structure.measurements, strict=True)):
        return structure
    return structure.with_measurements(measurements)


def check_known(structure: Structure, wires: Wires | None, device: str) -> None:
    """Refuse a structure with wires that the device does not have."""
    if wires is None:
        return
    used, known = structure.wires, set(wires)
    if len(used) > len(wires):
        raise TooManyWires(device=device, needed=len(used), available=len(wires), advice="")
    unknown = [wire for wire in used if wire not in known]
    if unknown:
        raise UnknownWires(device=device, unknown=unknown, known=list(wires))


def _check_shots(shots: IntArray | None, device: Device) -> None:
    if shots is None:
        return
    least, low = device.capabilities.min_shots, int(shots.min())
    if low < least:
        raise InvalidShots(
            f"{device.name} was asked for {low} shots of one circuit, it takes at least {least}. "
            "Request at least that number."
        )


def _undo_merge(entry: MeasurementResult, index: IntArray) -> MeasurementResult:
    """Return the result of each row before equal rows were merged."""
    if isinstance(entry, list):
        return [entry[position] for position in index]
    return entry[index]
