"""Conversion of Qiskit's results to outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np
from qiskit.exceptions import QiskitError
from qiskit.result import Result

from qgate.devices.cloud.remote import Record
from qgate.devices.job import SweepResult
from qgate.devices.qiskit.dynamic import unread_records
from qgate.devices.qiskit.runners import is_ordered
from qgate.devices.qiskit.translate import probabilities_label
from qgate.exceptions import WrongResult
from qgate.masking import masked_error
from qgate.outcomes import PACKED_WIRES, Outcomes
from qgate.sweep import Sweep


def entry_of(sweep: Sweep) -> Record:
    """Return the JSON data that is needed to read the result of a sweep."""
    measurements = sweep.structure.measurements
    return {
        "rows": len(sweep),
        "shots": None if sweep.shots is None else int(sweep.shots[0]),
        "ordered": is_ordered(sweep),
        "unread": unread_records(sweep.structure),
        "wires": [len(measurement.wires) for measurement in measurements],
    }


def read_results(
    result: Result, entries: Sequence[Record], *, device: str
) -> tuple[SweepResult, ...]:
    """Return the results of sweeps from the result of their job.

    Parameters
    ----------
    result : Result
        Result of Qiskit.
    entries : sequence of mapping
        Data of ``entry_of`` for each sweep.
    device : str
        Name of the device, for error messages.

    Returns
    -------
    tuple
        For each sweep a tuple with one entry per measurement: a list of K ``Outcomes``, or
        exact probabilities, shape (K, 2**n).

    Raises
    ------
    WrongResult
        Results are missing, or the counts do not add up to the shots.
    """
    expected = sum(entry["rows"] for entry in entries)
    found = getattr(result, "results", None)
    if not isinstance(found, Sequence):
        reason = f"an object of type {type(result).__name__} came back, which is no result"
        raise WrongResult(device=device, reason=reason)
    if len(found) != expected:
        reason = f"{len(found)} results for {expected} circuits"
        raise WrongResult(device=device, reason=reason)
    places = iter(range(expected))
    return tuple(
        _read(entry, result, list(islice(places, entry["rows"])), device) for entry in entries
    )


def _read(entry: Record, result: Result, places: Sequence[int], device: str) -> SweepResult:
    try:
        rows = [result.data(place) for place in places]
    except QiskitError as error:
        raise WrongResult(device=device, reason=error.message) from masked_error(error)
    if entry["shots"] is None:
        labels = map(probabilities_label, range(len(entry["wires"])))
        return tuple(np.array([np.asarray(data[label]) for data in rows]) for label in labels)
    (wires,) = entry["wires"]
    if entry.get("unread"):
        rows = [_without_unread(data, wires) for data in rows]
    given = {"shots": entry["shots"], "ordered": entry["ordered"], "device": device}
    seeds = [f"{getattr(result, 'job_id', '')} {place}" for place in places]
    pairs = zip(rows, seeds, strict=True)
    return ([read_outcomes(data, wires, seed=seed, **given) for data, seed in pairs],)


def _without_unread(data: Record, num_wires: int) -> Record:
    """Return the data of a circuit without the bits of outcomes beside those of the readout."""
    mask, counts = (1 << num_wires) - 1, dict[str, int]()
    for key, count in data.get("counts", {}).items():
        kept = hex(_number(key) & mask)
        counts[kept] = counts.get(kept, 0) + count
    memory = [hex(_number(key) & mask) for key in data.get("memory", ())]
    return {"counts": counts, **({"memory": memory} if memory else {})}


def read_outcomes(
    data: Record,
    num_wires: int,
    *,
    shots: int,
    ordered: bool,
    device: str,
    seed: str = "",
) -> Outcomes:
    """Return the outcomes of one circuit.

    Parameters
    ----------
    data : mapping
        Dictionary with ``counts`` by outcome, and ``memory``, the outcome of each shot, if the
        order is requested and the backend keeps it.
    num_wires : int
        Number of measured wires.
    shots : int
        Number of requested shots.
    ordered : bool
        Whether the order of the shots is requested.
    device : str
        Name of the device, for error messages.
    seed : str
        Seed of an order of the shots, where one is required and the backend did not keep it.

    Raises
    ------
    WrongResult
        There are no counts, they do not add up to the shots, or an outcome has too many bits.
    """
    try:
        outcomes = _outcomes(data, num_wires, ordered=ordered, device=device, seed=seed)
    except (AttributeError, TypeError, ValueError) as error:
        reason = f"its outcomes cannot be read ({error})"
        raise WrongResult(device=device, reason=reason) from error
    if outcomes.shots != shots:
        reason = f"{outcomes.shots} shots came back, {shots} were asked for"
        raise WrongResult(device=device, reason=reason)
    if int(outcomes.values[-1]) >> num_wires:
        reason = f"the outcome {int(outcomes.values[-1]):b} has more than {num_wires} bits"
        raise WrongResult(device=device, reason=reason)
    return outcomes


def _outcomes(data: Record, num_wires: int, *, ordered: bool, device: str, seed: str) -> Outcomes:
    dtype = np.int64 if num_wires <= PACKED_WIRES else object
    if ordered and "memory" in data:
        readings = np.array([_number(key) for key in data["memory"]], dtype=dtype)
        outcomes = Outcomes.from_readings(readings, num_wires)
    elif "counts" not in data:
        raise WrongResult(device=device, reason="there are no counts in it")
    else:
        counts = sorted((_number(key), int(count)) for key, count in data["counts"].items())
        values = np.array([value for value, _ in counts], dtype=dtype)
        weights = np.array([count for _, count in counts], dtype=np.int64)
        outcomes = Outcomes(num_wires, values, weights, int(weights.sum()))
        outcomes = outcomes.with_any_order(seed=seed) if ordered else outcomes
    return outcomes


def _number(outcome: str) -> int:
    """Parse an outcome as backends write it: hexadecimal, or a bitstring, possibly with spaces."""
    return int(outcome, 16) if outcome.startswith("0x") else int(outcome.replace(" ", ""), 2)
