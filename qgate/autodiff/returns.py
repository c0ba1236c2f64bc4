"""Arrange results in the form in which the quantum function returned its measurements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from qgate.arrays import (
    NUMBERS,
    enclosed,
    framework_of,
    has_requires_grad,
    namespace,
    opened,
    shape_of,
    unwrap,
)
from qgate.exceptions import NoMeasurement, described, name_of
from qgate.execution.execute import MeasurementResult, UnbatchedResult
from qgate.measurements import SINGLE_SHOTS, Measurement, MeasurementKind
from qgate.sizes import check_depth
from qgate.tape import Tape
from qgate.typing import Function, NumericArray, Tensor

if TYPE_CHECKING:
    from qgate.bridge import Interface

Nested: TypeAlias = Any
"""A value, or nested tuples, lists and dicts of values, as a quantum function returns them."""

Finish = Callable[[Tensor], Tensor]
"""Function that gives a value the precision and the trainable mark of the inputs."""


def leaves(container: Nested, level: int = 0) -> list[Nested]:
    """Return the leaves of nested tuples, lists and dicts, in order.

    Raises
    ------
    TooLarge
        They are nested too deeply.
    """
    if isinstance(container, dict):
        container = list(container.values())
    if isinstance(container, tuple | list):
        if level:
            check_depth(level)
        return [leaf for item in container for leaf in leaves(item, level + 1)]
    return [container]


def rebuilt(container: Nested, values: Iterator[object]) -> Nested:
    """Return the same nested tuples, lists and dicts with other leaves."""
    if isinstance(container, dict):
        return {key: rebuilt(item, values) for key, item in container.items()}
    if isinstance(container, tuple | list):
        items = [rebuilt(item, values) for item in container]
        if isinstance(container, Stacked):
            return container.array_of(items)
        return items if isinstance(container, list) else tuple(items)
    return next(values)


class Stacked(list[Any]):
    """Measurements that a quantum function returned in an array; their values are one array."""

    def __init__(self, array: NumericArray) -> None:
        super().__init__(array.ravel().tolist())
        self.shape = array.shape

    def array_of(self, values: Sequence[Tensor]) -> Tensor:
        """Return the values in one array, whose first axes are those of the measurements."""
        given = [enclosed(value) for value in values]
        xp = namespace(given)
        return opened(xp.reshape(xp.stack(given), (*self.shape, *shape_of(given[0]))))


def measurements_of(returned: Nested, function: Function) -> tuple[Measurement, ...]:
    """Return the measurements that a quantum function returned.

    Raises
    ------
    NoMeasurement
        There are none, or there is something else.
    """
    if isinstance(returned, Measurement):
        return (returned,)
    found = tuple(leaves(returned))
    if not found or not all(isinstance(item, Measurement) for item in found):
        what = "nothing" if returned is None else described(returned)
        raise NoMeasurement(function=name_of(function), returned=what)
    return found


def arrange(
    tape: Tape,
    entries: Sequence[MeasurementResult],
    returned: Nested,
    *,
    interface: Interface | None = None,
    like: Sequence[Tensor] = (),
) -> Nested:
    """Arrange the results of a tape in the form that a user expects.

    Parameters
    ----------
    tape : Tape
    entries : sequence
        For each measurement B rows: broadcast rows, each with its shot parts side by side.
    returned : Measurement, or nested tuple, list or dict of them
        The return value of the quantum function.
    interface : Interface, optional
        Framework of the returned arrays; default NumPy.
    like : sequence of array
        Inputs, whose precision the results get.

    Returns
    -------
    nested tuple, list or dict of arrays
        As ``returned``; for a shot vector a tuple of those. A broadcast adds a leading axis.
        Single precision in gives single precision out, tensors in give tensors out.
    """
    parts = len(tape.shots.parts) if tape.shots.partitioned else 1
    if interface is None or interface.name == "autograd":
        finish = _finish_numpy(tape, like)
    else:
        finish = partial(_finish, interface, like)
    shaped = []
    for part in range(parts):
        values = [
            finish(entry.value)
            if isinstance(entry, UnbatchedResult)
            else _select(item, entry[part::parts], tape.batch_size, finish)
            for item, entry in zip(tape.measurements, entries, strict=True)
        ]
        for place, item in enumerate(tape.measurements):
            if item.dtype is not None:
                values[place] = _as_type(values[place], item.dtype)
        single = isinstance(returned, Measurement)
        shaped.append(values[0] if single else rebuilt(returned, iter(values)))
    return tuple(shaped) if tape.shots.partitioned else shaped[0]


def _as_type(samples: Tensor, dtype: np.dtype[Any]) -> Tensor:
    """Return samples as numbers of another type, in their framework."""
    framework = framework_of(samples)
    return samples.astype(dtype) if framework is None else framework.cast(samples, dtype.name)


def _select(
    item: Measurement, rows: MeasurementResult, batch: int | None, finish: Finish
) -> Tensor:
    """Return the only row, or all rows of a broadcast."""
    value = rows if batch is not None else rows[0]
    if item.kind is MeasurementKind.COUNTS:
        return value
    if item.kind in SINGLE_SHOTS and isinstance(value, list):
        return finish(np.stack(value))
    return finish(value)


def _finish(interface: Interface, like: Sequence[Tensor], value: Tensor) -> Tensor:
    """Return a result as an array of a framework."""
    theirs = value if interface.owns(value) else interface.tensor(value, like)
    return interface.finished(theirs, like)


def _finish_numpy(tape: Tape, like: Sequence[Tensor]) -> Finish:
    if tape.is_plain:
        return _unchanged
    angles = tape.angles
    if tape.kept_parameters is not tape.parameters:
        kept = tape.kept_angles
        angles = angles if len(kept) == len(angles) else (*kept, *like)
    single = _is_single(angles)
    marks = [
        value.requires_grad
        for value in tape.parameters
        if type(value) not in NUMBERS and has_requires_grad(value)
    ]
    if not marks:
        return _in_single_precision if single else _unchanged
    from qgate.numpy.tensors import marked

    trainable = any(marks)

    def finish(value: Tensor) -> Tensor:
        return marked(_in_single_precision(value) if single else value, trainable)

    return finish


def _in_single_precision(value: Tensor) -> Tensor:
    return value.astype(np.complex64 if value.dtype.kind == "c" else np.float32)


def _is_single(values: Sequence[Tensor]) -> bool:
    """Return whether all floating point numbers among values are of single precision."""
    found = False
    for value in values:
        kind = getattr(unwrap(value), "dtype", None)
        if kind is not None and kind.kind == "f":
            if kind != np.float32:
                return False
            found = True
    return found


def _unchanged(value: Tensor) -> Tensor:
    return value
