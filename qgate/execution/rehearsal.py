"""Values of requests on an emulated device, with noise, and their errors from shots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.devices.registry import device as make_device
from qgate.exceptions import TooMuchMemory
from qgate.execution.execute import MeasurementResult, prepare
from qgate.jobs.planning import RehearsedValues
from qgate.measurements import EXACT_KINDS, Measurement, MeasurementKind
from qgate.outcomes import Outcomes
from qgate.recording import paused
from qgate.sweep import Sweep
from qgate.typing import FloatArray

if TYPE_CHECKING:
    from qgate.devices.base import Device

DRAWS = 50
"""Number of times that the shots are drawn; a standard error from it is known to a tenth."""


def rehearsed_values(sweep: Sweep, device: Device) -> RehearsedValues:
    """Return the values of a sweep with shots, without and with noise, and their errors.

    Values are expectation values, variances and probabilities; samples and counts are left out.
    There are none if the density matrix of the circuit does not fit in memory.

    Notes
    -----
    Cost: one exact simulation with noise, and one of each circuit of the device; the shots are
    drawn ``DRAWS`` times from its probabilities.
    """
    measurements = sweep.structure.measurements
    kept = [item for item in measurements if item.kind in EXACT_KINDS and not item.is_shadow]
    if not kept:
        return RehearsedValues((), (), ())
    sweep = sweep.with_structure(sweep.structure.with_measurements(kept))
    exact = replace(sweep, shots=None, seed=None)
    try:
        ideal, noisy = (_numbers(_exact(exact, each)) for each in (make_device("local"), device))
        found = np.stack([_numbers(entries) for entries in _drawn(sweep, device)])
    except TooMuchMemory:
        return RehearsedValues((), (), ())
    return RehearsedValues(
        tuple(ideal.tolist()), tuple(noisy.tolist()), tuple(found.std(axis=0, ddof=1).tolist())
    )


def _exact(sweep: Sweep, device: Device) -> Sequence[MeasurementResult]:
    parts, index, postprocess = prepare(sweep, device)
    entries = postprocess(device.submit(parts).result())
    return [entry if index is None else entry[index] for entry in entries]


def _drawn(sweep: Sweep, device: Device) -> list[Sequence[MeasurementResult]]:
    """Return the results of several draws of the shots."""
    parts, _, postprocess = prepare(replace(sweep, seed=None), device)
    found = device.submit([_with_probabilities(part) for part in parts]).result()
    random = np.random.default_rng(0)
    draws = []
    for _ in range(DRAWS):
        results: list[Any] = [
            ([_shots(*row, random) for row in zip(rows, part.shots, strict=True)],)  # type: ignore[arg-type]  # has shots
            for part, (rows,) in zip(parts, found, strict=True)
        ]
        draws.append(postprocess(results))
    return draws


def _with_probabilities(part: Sweep) -> Sweep:
    """Return a sweep that measures exact probabilities of what it counts."""
    (counted,) = part.structure.measurements
    with paused():
        probabilities = Measurement(MeasurementKind.PROBS, wires=counted.wires)
    structure = part.structure.with_measurements([probabilities])
    return replace(part, structure=structure, shots=None)


def _shots(probabilities: FloatArray, shots: int, random: np.random.Generator) -> Outcomes:
    clipped = np.clip(probabilities, 0.0, None)
    counts = random.multinomial(int(shots), clipped / clipped.sum())
    kept = np.flatnonzero(counts)
    return Outcomes(len(counts).bit_length() - 1, kept, counts[kept], int(shots))


def _numbers(entries: Sequence[MeasurementResult]) -> FloatArray:
    """Return all numbers of results, those of the first measurement first."""
    arrays = [np.ravel(entry) for entry in entries if isinstance(entry, np.ndarray)]
    return np.concatenate([*arrays, np.zeros(0)])
