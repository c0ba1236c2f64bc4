"""Qiskit's results as outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from qgate.devices.job import SweepResult
from qgate.devices.qiskit.batches import Batch
from qgate.devices.qiskit.translate import probabilities_label
from qgate.exceptions import WrongResult
from qgate.outcomes import PACKED_WIRES, Outcomes
from qgate.sweep import Sweep
from qgate.typing import FloatArray


def read_results(
    results: Sequence[Any], batches: Sequence[Batch], sweeps: Sequence[Sweep], *, device: str
) -> tuple[SweepResult, ...]:
    """Return the results of sweeps from those of the jobs that ran them.

    Parameters
    ----------
    results : sequence of Result
        One for each batch.
    batches : sequence of Batch
        Every row of every sweep is in one of them.
    sweeps : sequence of Sweep
    device : str
        Whom to name in an error.

    Returns
    -------
    tuple
        For each sweep a tuple with one entry per measurement: a list of K ``Outcomes``, or
        exact probabilities, shape (K, 2**n).

    Raises
    ------
    WrongResult
        There are results missing, or the counts do not add up to the shots.
    """
    entries: list[list[Any]] = [[None] * len(sweep) for sweep in sweeps]
    for result, batch in zip(results, batches, strict=True):
        if len(result.results) != len(batch.runs):
            reason = f"{len(result.results)} results for {len(batch.runs)} circuits"
            raise WrongResult(device=device, reason=reason)
        for place, run in enumerate(batch.runs):
            data = result.data(place)
            sweep = sweeps[run.sweep]
            if batch.shots is None:
                entries[run.sweep][run.row] = _probabilities(data, sweep)
            else:
                num_wires = len(sweep.structure.measurements[0].wires)
                entries[run.sweep][run.row] = read_outcomes(
                    data, num_wires, shots=batch.shots, ordered=batch.ordered, device=device
                )
    return tuple(_columns(rows, sweep) for rows, sweep in zip(entries, sweeps, strict=True))


def read_outcomes(
    data: Mapping[str, Any], num_wires: int, *, shots: int, ordered: bool, device: str
) -> Outcomes:
    """Return the outcomes of one circuit.

    Parameters
    ----------
    data : mapping
        ``counts`` by outcome, and ``memory``, the outcome of each shot, where the order is
        asked for and the backend keeps it.
    num_wires : int
        How many wires were measured.
    shots : int
        How many shots were asked for.
    ordered : bool
        Whether the order of the shots was asked for.
    device : str
        Whom to name in an error.

    Raises
    ------
    WrongResult
        The counts do not add up to the shots, or an outcome has too many bits.
    """
    dtype = np.int64 if num_wires <= PACKED_WIRES else object
    if ordered and "memory" in data:
        readings = np.array([_number(key) for key in data["memory"]], dtype=dtype)
        outcomes = Outcomes.from_readings(readings, num_wires)
    else:
        counts = sorted((_number(key), int(count)) for key, count in data["counts"].items())
        values = np.array([value for value, _ in counts], dtype=dtype)
        weights = np.array([count for _, count in counts], dtype=np.int64)
        outcomes = Outcomes(num_wires, values, weights, int(weights.sum()))
    if outcomes.shots != shots:
        reason = f"{outcomes.shots} shots came back, {shots} were asked for"
        raise WrongResult(device=device, reason=reason)
    if int(outcomes.values[-1]) >> num_wires:
        reason = f"the outcome {int(outcomes.values[-1]):b} has more than {num_wires} bits"
        raise WrongResult(device=device, reason=reason)
    return outcomes


def _number(outcome: str) -> int:
    """Read an outcome as backends write it: hexadecimal, or a bitstring, perhaps with spaces."""
    return int(outcome, 16) if outcome.startswith("0x") else int(outcome.replace(" ", ""), 2)


def _probabilities(data: Mapping[str, Any], sweep: Sweep) -> list[FloatArray]:
    return [
        np.asarray(data[probabilities_label(index)])
        for index in range(len(sweep.structure.measurements))
    ]


def _columns(rows: list[Any], sweep: Sweep) -> SweepResult:
    """Return one entry per measurement from one per row."""
    if sweep.shots is not None:
        return (rows,)
    return tuple(np.array(column) for column in zip(*rows, strict=True))
