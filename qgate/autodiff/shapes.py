"""Shapes of results, computed before anything runs."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from qgate.execution.execute import checked
from qgate.measurements import Measurement, MeasurementKind
from qgate.structure import Structure
from qgate.sweep import Sweep

if TYPE_CHECKING:
    from qgate.devices.base import Device


COMPLEX = (MeasurementKind.STATE, MeasurementKind.DENSITY_MATRIX)
"""Kinds of results that are complex."""


def result_shapes(sweep: Sweep, device: Device) -> tuple[list[tuple[int, ...]], list[bool]]:
    """Return the shape of the result of each measurement for one row, and whether it is complex.

    A complex result counts as two real ones, side by side on a last axis.
    """
    structure = checked(sweep, device).structure
    num_wires = len(device.wires_of(structure.wires))
    shots = None if sweep.shots is None else int(sweep.shots[0])
    shapes, pairs = _result_shapes(structure, num_wires, shots)
    return list(shapes), list(pairs)


@lru_cache(maxsize=1024)
def _result_shapes(
    structure: Structure, num_wires: int, shots: int | None
) -> tuple[list[tuple[int, ...]], list[bool]]:
    pairs = [item.kind in COMPLEX for item in structure.measurements]
    shapes = [_result_shape(item, num_wires, shots) for item in structure.measurements]
    return [
        (*shape, 2) if paired else shape for shape, paired in zip(shapes, pairs, strict=True)
    ], pairs


def _result_shape(item: Measurement, num_wires: int, shots: int | None) -> tuple[int, ...]:
    size = 2 ** len(item.wires)
    if item.kind is MeasurementKind.PROBS:
        return (size,)
    if item.kind is MeasurementKind.STATE:
        return (2**num_wires,)
    if item.kind is MeasurementKind.DENSITY_MATRIX:
        return (size, size)
    if item.kind is MeasurementKind.TERMS:
        return (item.observable.num_terms,)
    if item.kind is MeasurementKind.SAMPLE:
        return (shots or 0,) if item.obs is not None else (shots or 0, len(item.wires))
    return ()
