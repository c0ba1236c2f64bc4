"""Layout of the results of all measurements in one row of numbers, known before anything runs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from qgate.execution.execute import MeasurementResult, UnbatchedResult
from qgate.measurements import Measurement, MeasurementKind
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.typing import FloatArray, Namespace, Tensor

if TYPE_CHECKING:
    from qgate.bridge import Interface
    from qgate.devices.base import Device

KIND = attrgetter("kind")

COMPLEX = (MeasurementKind.STATE, MeasurementKind.DENSITY_MATRIX)
"""Kinds of results that are complex."""


@dataclass(frozen=True, slots=True)
class ResultLayout:
    """Places of the results of all measurements in a row of M real numbers.

    Parameters
    ----------
    shapes : tuple of tuple of int
        Shape of the result of each measurement for one row.
    pairs : tuple of bool
        Whether each result is complex; its last axis then holds real and imaginary part.
    """

    shapes: tuple[tuple[int, ...], ...]
    pairs: tuple[bool, ...]

    @classmethod
    def of(cls, sweep: Sweep, device: Device) -> ResultLayout:
        """Return the layout of the results of a sweep that names the wires of all measurements."""
        structure = sweep.structure
        has_state = MeasurementKind.STATE in map(KIND, structure.measurements)
        num_wires = len(device.wires_of(structure.wires)) if has_state else 0
        return _layout(structure, num_wires, None if sweep.shots is None else int(sweep.shots[0]))

    @property
    def size(self) -> int:
        """M, the number of values of all measurements."""
        return sum(map(math.prod, self.shapes))

    def flat(self, entries: Sequence[MeasurementResult]) -> FloatArray:
        """Concatenate the results of all measurements to an array (rows, M)."""
        columns = []
        for entry, paired in zip(entries, self.pairs, strict=True):
            array = np.asarray(entry, dtype=complex if paired else float)
            real = np.stack([array.real, array.imag], axis=-1) if paired else array
            columns.append(real.reshape(len(real), -1))
        return np.concatenate(columns, axis=1)

    def split(self, flat: Tensor, xp: Namespace) -> list[Tensor]:
        """Undo ``flat`` for an array (B, M) of any framework."""
        parts = []
        for start, shape, paired in self._places():
            columns = flat[:, start : start + math.prod(shape)]
            part = xp.reshape(columns, (flat.shape[0], *shape))
            parts.append(_joined(part) if paired else part)
        return parts

    def unbatched(self, flat: Tensor, interface: Interface) -> list[UnbatchedResult]:
        """Undo ``flat`` for an array (1, M) of a framework, without the axis of rows."""
        parts = []
        for start, shape, paired in self._places():
            part = interface.result(flat, start, shape)
            parts.append(UnbatchedResult(_joined(part) if paired else part))
        return parts

    def _places(self) -> Iterator[tuple[int, tuple[int, ...], bool]]:
        start = 0
        for shape, paired in zip(self.shapes, self.pairs, strict=True):
            yield start, shape, paired
            start += math.prod(shape)


def _joined(pairs: Tensor) -> Tensor:
    return pairs[..., 0] + 1j * pairs[..., 1]


@lru_cache(maxsize=1024)
def _layout(structure: Structure, num_wires: int, shots: int | None) -> ResultLayout:
    pairs = tuple([item.kind in COMPLEX for item in structure.measurements])
    shapes = [_result_shape(item, num_wires, shots) for item in structure.measurements]
    return ResultLayout(
        tuple([(*shape, 2) if pair else shape for shape, pair in zip(shapes, pairs, strict=True)]),
        pairs,
    )


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
    if item.kind is MeasurementKind.CLASSICAL_SHADOW:
        return (2, shots or 0, len(item.wires))
    if item.kind is MeasurementKind.SAMPLE:
        return (shots or 0,) if item.obs is not None else (shots or 0, len(item.wires))
    return ()
