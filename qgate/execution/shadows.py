"""Preparation of classical shadows for a device: each is a sweep of its own in random bases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.exceptions import InvalidShots
from qgate.jobs.randomness import repeatable_generator
from qgate.measurements import Measurement, MeasurementKind
from qgate.sizes import check_size
from qgate.sweep import Sweep
from qgate.transforms.decomposition import decompose
from qgate.transforms.shadows import ShadowSweep, letters_of, word_means
from qgate.typing import IntArray, Postprocess

if TYPE_CHECKING:
    from qgate.devices.base import Device

MOST_OUTCOMES = 2**25
"""Maximum number of outcomes of one shadow, shots times wires."""

Prepared = tuple[tuple[Sweep, ...], Postprocess]
"""Sweeps for a device, and the function from their results to entries of measurements."""


def prepare_shadows(
    sweep: Sweep, device: Device, prepare_others: Callable[[Sweep, Device], Prepared]
) -> Prepared:
    """Convert a sweep with classical shadows to sweeps that a device runs.

    Parameters
    ----------
    sweep : Sweep
        With shots; the wires of its measurements are set.
    device : Device
    prepare_others : callable
        Converts the sweep with its other measurements.

    Raises
    ------
    InvalidShots
        A shadow has fewer shots than parts.
    """
    measurements = sweep.structure.measurements
    shadows = [item for item in measurements if item.is_shadow]
    others = [item for item in measurements if not item.is_shadow]
    measured = [_shadow(sweep, item, device) for item in shadows]
    sweeps: tuple[Sweep, ...] = ()
    if others:
        rest = sweep.with_structure(sweep.structure.with_measurements(others))
        sweeps, collect = prepare_others(rest, device)
    natives = tuple(
        decompose(
            shadow.sweep,
            device.capabilities.gate_set,
            device=device.name,
            names=device.capabilities.gates,
        )
        for shadow in measured
    )

    def together(results: Sequence[Sequence[Any]]) -> tuple[Any, ...]:
        plain = iter(collect(results[: len(sweeps)]) if others else ())
        snapshots = zip(shadows, measured, results[len(sweeps) :], strict=True)
        found = iter([_entry(item, shadow, result[0]) for item, shadow, result in snapshots])
        return tuple(next(found) if item.is_shadow else next(plain) for item in measurements)

    return (*sweeps, *natives), together


def _shadow(sweep: Sweep, item: Measurement, device: Device) -> ShadowSweep:
    assert sweep.shots is not None
    k, seed = item.options.get("shadow", (1, item.options.get("seed")))
    if k > (fewest := int(sweep.shots.min())):
        raise InvalidShots(
            f"shadow_expval was given k={k} and {fewest} shots. Each part needs a shot: give a "
            "lower k or more shots."
        )
    shape = (int(sweep.shots.max()), len(item.wires))
    remedy = "Give fewer shots, or measure observables with qg.expval."
    check_size("A classical shadow", prod(shape), MOST_OUTCOMES, unit="outcomes", remedy=remedy)
    bases = _bases(sweep, seed, shape, device)
    equal_shots = device.capabilities.equal_shots
    return ShadowSweep.of(sweep, item.wires, bases, equal_shots=equal_shots)


def _bases(sweep: Sweep, seed: int | None, shape: tuple[int, int], device: Device) -> IntArray:
    """Return random bases; for a seed of the user those that PennyLane draws."""
    if seed is not None:
        return np.random.RandomState(seed).randint(0, 3, size=shape)
    return repeatable_generator("bases", sweep, device).integers(0, 3, size=shape)


def _entry(item: Measurement, shadow: ShadowSweep, outcomes: Sequence[Any]) -> Any:
    """Return the result of a measurement: snapshots, or estimates of the terms."""
    snapshots = shadow.snapshots(outcomes)
    if item.kind is MeasurementKind.CLASSICAL_SHADOW:
        return snapshots
    letters, (k, _) = letters_of(item.observable, item.wires), item.options["shadow"]
    return np.array([word_means(bits, bases, letters, k) for bits, bases in snapshots])
