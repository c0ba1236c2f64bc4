"""Values of a tape and all their derivatives, as arrays of numbers.

D(k, x) is the k-th derivative by the trainable angles x, as one tensor. The derivative of D(k) is
D(k + 1), so an interface can define its framework's derivative of order k by that of order k + 1,
and frameworks can differentiate to any order.
"""

from __future__ import annotations

import itertools
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import ClassVar, TypeVar

import numpy as np

from qgate.autodiff.choose_method import adjoint_refusals
from qgate.autodiff.result_layout import ResultLayout
from qgate.autodiff.simulations import repeated
from qgate.autodiff.sweep_function import SweepFunction
from qgate.bridge import CustomCall, InPython
from qgate.context import active_plan
from qgate.devices.statevector import statevector_device
from qgate.execution.execute import MeasurementResult, execute_sweeps, validate
from qgate.execution.tracker import notify
from qgate.gradients.method import Options, ShiftMethod
from qgate.gradients.shifted_sweep import ShiftedSweep
from qgate.shot_allocation.expected_errors import expect
from qgate.sweep import Sweep
from qgate.typing import DType, FloatArray

REMEMBERED = 4
"""Number of points in the cache of derivatives, which avoids that one is paid for twice."""

Key = TypeVar("Key", bound=Hashable)
Kept = TypeVar("Kept")


@dataclass(frozen=True, eq=False, kw_only=True)
class TapeDerivatives(SweepFunction, ABC):
    """Derivatives D(k, x) for k = 0, 1, ...; computed once for each x and sample key, and cached.

    Required: ``compute``.

    Parameters
    ----------
    layout : ResultLayout
        Places of the measurement results in a row of M values.
    """

    layout: ResultLayout
    _known: dict[tuple[bytes, int], dict[int, FloatArray]] = field(default_factory=dict, repr=False)
    _sample_keys: Iterator[int] = field(default_factory=partial(itertools.count, 1), repr=False)

    @property
    def size(self) -> int:
        """M, the number of measured values."""
        return self.layout.size

    def __call__(
        self, order: int, x: FloatArray, *, expect: int = 0, ticket: int = 0
    ) -> FloatArray:
        """Return D(order, x), shape (B, M) + (n,) * order; see ``bridge.Derivatives``."""
        self.require(order)
        known = self.tensors(x, ticket)
        if order not in known:
            numbers = np.asarray(x, dtype=float)
            known |= self.compute(order, max(order, expect), numbers, known.get(0))
        return known[order]

    def tensors(self, x: FloatArray, ticket: int) -> dict[int, FloatArray]:
        """Return the tensors at x for this sample key that are known, which can be added to."""
        sample_key = 0 if self.trained.sweep.shots is None else ticket
        key = (x.tobytes() + self.marks, sample_key)
        known = self._known.get(key, {})
        remember(self._known, key, known)
        return known

    simulated_order: ClassVar[int | None] = None
    """Highest order that one simulation gives; None: not even the value comes from one."""

    def custom_call(
        self, highest: int, columns: Sequence[int], in_python: InPython, dtype: DType
    ) -> CustomCall | None:
        """Return D(0), ..., D(highest) as a function without Python; see ``bridge.Derivatives``."""
        most, trained = self.simulated_order, self.trained
        if most is None or highest > most or trained.late_inputs or trained.sweep.shots is not None:
            return None
        slots = [trained.slots[column] for column in columns] if highest else ()
        simulation = repeated(trained.one_row(), self.device, slots if most else None)
        if simulation is None:
            return None
        by = slots if highest else None
        return simulation.custom_call(trained.sweep.rows, trained.variable, by, in_python, dtype)

    @abstractmethod
    def compute(
        self, order: int, highest: int, x: FloatArray, value: FloatArray | None = None
    ) -> dict[int, FloatArray]:
        """Return the tensor of this order, and of others that are computed together with it.

        ``value`` is D(0) if it is known; it need not be paid for again.
        """

    def entries(self, sweep: Sweep) -> Sequence[MeasurementResult]:
        """Return the measurement results of a sweep without trainable angles."""
        return execute_sweeps([sweep], self.device)[0]

    def values_at(self, sweep: Sweep) -> FloatArray:
        """Return the values of all measurements from one run of a sweep, shape (B, M)."""
        return self.layout.flat(execute_sweeps([sweep], self.device)[0])

    def new_ticket(self) -> int:
        """Return a new sample key, one for each evaluation of the value."""
        return next(self._sample_keys)


def remember(known: dict[Key, Kept], key: Key, value: Kept) -> None:
    """Add a value to a cache, in place of its oldest ones if it is full."""
    known.pop(key, None)
    while len(known) >= REMEMBERED:
        known.pop(next(iter(known)), None)
    known[key] = value


Results = Sequence[Sequence[MeasurementResult]]
"""Results of sweeps, for each measurement."""

Requests = tuple[list[Sweep], Callable[[Results], dict[int, FloatArray]]]
"""Sweeps to run, and the function from their results to tensors by their orders."""


class RequestedDerivatives(TapeDerivatives):
    """Derivatives from sweeps, which can be submitted together with those of other tapes.

    Required: ``requests``.
    """

    @abstractmethod
    def requests(
        self, order: int, highest: int, x: FloatArray, value: FloatArray | None = None
    ) -> Requests:
        """Return the sweeps for this order and those up to ``highest``; see ``compute``."""

    def compute(
        self, order: int, highest: int, x: FloatArray, value: FloatArray | None = None
    ) -> dict[int, FloatArray]:
        sweeps, read = self.requests(order, highest, x, value)
        return read(execute_sweeps(sweeps, self.device))

    def value_request(self, sweep: Sweep) -> Requests:
        """Return the request for the values at the angles of a sweep."""
        expect(sweep, self.device)
        return [sweep], lambda results: {0: self.layout.flat(results[0])}


class ValuesOnly(RequestedDerivatives):
    """Values of a tape that has no gradient method; ``limits`` refuses its derivatives."""

    simulated_order = 0

    def requests(
        self, order: int, highest: int, x: FloatArray, value: FloatArray | None = None
    ) -> Requests:
        return self.value_request(self.trained.at(x))


@dataclass(frozen=True, eq=False, kw_only=True)
class ShiftDerivatives(RequestedDerivatives):
    """Derivatives from values at shifted angles, on any device.

    All expected orders, including the value, are one sweep.
    """

    method: ShiftMethod
    options: Options
    simulated_order = 0

    def requests(
        self, order: int, highest: int, x: FloatArray, value: FloatArray | None = None
    ) -> Requests:
        sweep = self.trained.at(x)
        if highest == 0:
            return self.value_request(sweep)
        orders = range(order, highest + 1)
        ones = itertools.repeat(1)  # the value is among the points of the first derivative
        parts = tuple(map(self._shifted, itertools.repeat(sweep), map(max, orders, ones)))
        shifted = _together(parts, order, value is not None)
        if active_plan() is not None:
            expect(sweep, self.device, shifted.stencils)

        def read(results: Results) -> dict[int, FloatArray]:
            flat = self.layout.flat(results[0])
            values = flat.reshape(-1, len(sweep), flat.shape[1])
            tensors = map(derivatives_last, shifted.derivatives(values, value), orders)
            return dict(zip(orders, tensors, strict=True))

        return [shifted.at(sweep)], read

    def _shifted(self, sweep: Sweep, order: int) -> ShiftedSweep:
        shots = None if sweep.shots is None else int(sweep.shots.min())
        return self.method(
            sweep.structure, self.trained.slots, order=order, shots=shots, options=self.options
        )


@lru_cache(maxsize=32)
def _together(parts: tuple[ShiftedSweep, ...], first: int, known: bool) -> ShiftedSweep:
    """Return the sweep of consecutive orders from ``first`` on; order 0 is the value."""
    stencils = [part.stencil if order else part.value for order, part in enumerate(parts, first)]
    return ShiftedSweep.of(parts[0].decomposed, *stencils, known=known)


@dataclass(frozen=True, eq=False, kw_only=True)
class DeviceDerivatives(TapeDerivatives):
    """Values and first derivatives from the device's own method.

    Parameters
    ----------
    higher : ShiftMethod, optional
        Computes derivatives of higher orders; without it they are refused.
    options : mapping
        Options of ``higher``.
    keeps_gradient : bool
        Whether a framework records derivatives. First derivatives are then computed with the value,
        since the device would have to run twice otherwise.
    """

    higher: ShiftMethod | None = None
    options: Options = field(default_factory=dict)
    keeps_gradient: bool = False
    simulated_order = 1

    def require(self, order: int) -> None:
        super().require(order)
        if self.higher is None:
            self.refuse_higher(order)

    def compute(
        self, order: int, highest: int, x: FloatArray, value: FloatArray | None = None
    ) -> dict[int, FloatArray]:
        if order > 1 and self.higher is not None:
            shifts = ShiftDerivatives(
                self.trained,
                self.device,
                layout=self.layout,
                method=self.higher,
                options=self.options,
            )
            return shifts.compute(order, highest, x, value)
        sweep = self.trained.needed_at(x)
        if highest == 0 and not (self.keeps_gradient and sweep.shots is None):
            return {0: self.values_at(sweep)}
        if sweep.shots is None:
            values, derivatives = self._jacobian(sweep)
            return {0: values, 1: derivatives}
        expect(sweep, self.device)
        sampled = self.values_at(sweep) if value is None else value
        _, derivatives = self._jacobian(replace(sweep, shots=None, seed=None))
        warnings.warn(
            f"The values are from shots, and their derivatives by diff_method="
            f"'{self.limits.method}' are exact: without the errors that a device would have.",
            UserWarning,
            stacklevel=2,
        )
        return {0: sampled, 1: derivatives}

    def _jacobian(self, sweep: Sweep) -> tuple[FloatArray, FloatArray]:
        with adjoint_refusals():
            values, derivatives = statevector_device(self.device).jacobian(
                validate(sweep, self.device), self.trained.slots
            )
        notify(self.device, [sweep], submissions=1, batches=1, executions=len(sweep))
        return values, derivatives.transpose(1, 2, 0)


def derivatives_last(tensor: FloatArray, order: int) -> FloatArray:
    """Move the axes (n,) * k from the front to the back."""
    return np.moveaxis(tensor, range(order), range(-order, 0)) if order else tensor
