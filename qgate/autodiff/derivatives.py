"""Values of a tape and all their derivatives, as arrays of numbers.

D(k, x) is the k-th derivative by the trainable angles x, as one tensor. The derivative of D(k) is
D(k + 1), so an interface can define its framework's derivative of order k by that of order k + 1,
and frameworks can differentiate to any order.
"""

from __future__ import annotations

import copy
import math
import warnings
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from qgate.autodiff.choose_method import adjoint_refusals
from qgate.autodiff.circuit_function import CircuitFunction
from qgate.autodiff.trainable_sweep import TrainableSweep
from qgate.devices.statevector import statevector_device
from qgate.exceptions import UnsupportedDiffMethod
from qgate.execution.execute import MeasurementResult, UnbatchedResult, checked, run
from qgate.execution.tracker import notify
from qgate.gradients.method import ShiftMethod
from qgate.gradients.stencil import Stencil, at_points, union
from qgate.shot_allocation.expected_errors import expect
from qgate.sweep import Sweep
from qgate.transforms.decompose import Decomposed
from qgate.typing import BoolArray, FloatArray

if TYPE_CHECKING:
    from qgate.bridge import Interface
    from qgate.devices.base import Device

REMEMBERED = 8
"""Number of derivative tensors in the cache, which avoids that the same one is paid for twice."""


class TapeDerivatives(CircuitFunction, ABC):
    """Derivatives D(k, x) for k = 0, 1, ...; computed once for each x and ticket, and cached.

    Required: ``compute``.

    Parameters
    ----------
    trained : TrainableSweep
    device : Device
    """

    recorded = False
    """Whether a framework records derivatives."""

    def __init__(self, trained: TrainableSweep, device: Device) -> None:
        super().__init__(trained, device)
        self._known: dict[tuple[bytes, int, int], FloatArray] = {}

    def __call__(
        self, order: int, x: FloatArray, *, expect: int = 0, ticket: int = 0
    ) -> FloatArray:
        """Return the derivative of order k.

        Parameters
        ----------
        order : int
            k; 0 is the value.
        x : array, shape (B, n)
            Trainable angles of each row.
        expect : int
            Highest order that will be requested. Orders that can be computed together with this one
            are submitted together.
        ticket : int
            Sampled results are reused for equal tickets only, exact ones for all.

        Returns
        -------
        array, shape (B, M) + (n,) * k
            M is the number of values of all measurements, one after the other.
        """
        self.require(order)
        content = x.tobytes() + self.marks
        run = 0 if self.trained.sweep.shots is None else ticket
        known = self._known.get((content, run, order))
        if known is not None:
            return known
        value = self._known.get((content, run, 0))
        found = self.compute(order, max(order, expect), np.asarray(x, dtype=float), value)
        for known_order, tensor in found.items():
            self._remember((content, run, known_order), tensor)
        return found[order]

    def _remember(self, key: tuple[bytes, int, int], tensor: FloatArray) -> None:
        while len(self._known) >= REMEMBERED:
            self._known.pop(next(iter(self._known)), None)
        self._known[key] = tensor

    @abstractmethod
    def compute(
        self, order: int, highest: int, x: FloatArray, value: FloatArray | None = None
    ) -> dict[int, FloatArray]:
        """Return the tensor of this order, and of others that are computed together with it.

        ``value`` is D(0) if it is known; it need not be paid for again.
        """

    def entries(self, sweep: Sweep) -> Sequence[MeasurementResult]:
        """Return the measurement results of a sweep without trainable angles."""
        return run([sweep], self.device)[0]

    def flat(self, entries: Sequence[MeasurementResult]) -> FloatArray:
        """Concatenate the entries of all measurements to (rows, M), and store their shapes.

        A complex number becomes two real ones.
        """
        arrays = [np.asarray(entry) for entry in entries]
        self.complex = [array.dtype.kind == "c" for array in arrays]
        arrays = [
            np.stack([array.real, array.imag], axis=-1) if paired else array.astype(float)
            for array, paired in zip(arrays, self.complex, strict=True)
        ]
        self.shapes = [array.shape[1:] for array in arrays]
        return np.concatenate([array.reshape(len(array), -1) for array in arrays], axis=1)

    def split(self, flat: Any, xp: Any) -> list[Any]:
        """Undo ``flat`` for an array (B, M) of any framework."""
        parts, start = [], 0
        for shape, paired in zip(self.shapes, self.complex, strict=True):
            size = int(np.prod(shape))
            part = xp.reshape(flat[:, start : start + size], (flat.shape[0], *shape))
            parts.append(part[..., 0] + 1j * part[..., 1] if paired else part)
            start += size
        return parts

    def singles(self, flat: Any, interface: Interface) -> list[Any]:
        """Undo ``flat`` for an array (1, M) of a framework, without the axis of rows."""
        parts, start = [], 0
        for shape, paired in zip(self.shapes, self.complex, strict=True):
            part = interface.result(flat, start, shape)
            parts.append(UnbatchedResult(part[..., 0] + 1j * part[..., 1] if paired else part))
            start += math.prod(shape)
        return parts


class ShiftDerivatives(TapeDerivatives):
    """Derivatives from values at shifted angles, on any device.

    All expected orders, including the value, are one sweep if the method runs the same structure
    for all of them.
    """

    def __init__(
        self,
        trained: TrainableSweep,
        device: Device,
        method: ShiftMethod,
        options: Mapping[str, Any],
    ) -> None:
        super().__init__(trained, device)
        self.method, self.options = method, options

    def compute(
        self, order: int, highest: int, x: FloatArray, value: FloatArray | None = None
    ) -> dict[int, FloatArray]:
        sweep = self.trained.at(x)
        if highest == 0:
            expect(sweep, self.device)
            return {0: self.flat(run([sweep], self.device)[0])}
        groups: dict[Any, list[tuple[int, Decomposed, Stencil]]] = {}
        for wanted in range(order, highest + 1):
            decomposed, stencil = self._stencil(sweep, wanted)
            groups.setdefault(decomposed.structure, []).append((wanted, decomposed, stencil))
        expect(sweep, self.device, [item for group in groups.values() for _, _, item in group])
        together = [union([stencil for _, _, stencil in group]) for group in groups.values()]
        unknown = [_unknown(offsets, value) for offsets, _ in together]
        sweeps = [
            at_points(group[0][1].sweep(sweep), offsets[points])
            for group, (offsets, _), points in zip(groups.values(), together, unknown, strict=True)
        ]
        found = {}
        for group, (_, stencils), points, entries in zip(
            groups.values(), together, unknown, run(sweeps, self.device), strict=True
        ):
            flat = self.flat(entries)
            values = np.empty((len(points), len(sweep), flat.shape[1]))
            values[points] = flat.reshape(-1, *values.shape[1:])
            values[~points] = value
            for (wanted, _, _), stencil in zip(group, stencils, strict=True):
                found[wanted] = _derivatives_last(stencil.contract(values), wanted)
        return found

    def _stencil(self, sweep: Sweep, order: int) -> tuple[Decomposed, Stencil]:
        structure, slots = sweep.structure, self.trained.slots
        shots = None if sweep.shots is None else int(sweep.shots.min())
        shifted = self.method(
            structure, slots, order=max(order, 1), shots=shots, options=self.options
        )
        if order == 0:
            num_slots = shifted.decomposed.structure.num_slots
            return shifted.decomposed, Stencil.value(num_slots, len(slots))
        return shifted.decomposed, shifted.stencil


class DeviceDerivatives(TapeDerivatives):
    """Values and first derivatives from the device's own method.

    Parameters
    ----------
    trained, device
        As for ``TapeDerivatives``.
    higher : ShiftDerivatives, optional
        Computes derivatives of higher orders; without it they are refused.

    Attributes
    ----------
    recorded : bool
        Whether a framework records derivatives. First derivatives are then computed with the value,
        since the device would have to run twice otherwise.
    """

    def __init__(
        self, trained: TrainableSweep, device: Device, higher: ShiftDerivatives | None = None
    ) -> None:
        super().__init__(trained, device)
        self.higher, self.recorded = higher, False

    def require(self, order: int) -> None:
        super().require(order)
        if order > 1 and self.higher is None:
            raise UnsupportedDiffMethod(
                method=self.limits.method,
                reason=f"it gives first derivatives, and one of order {order} is being taken",
                remedy="Use diff_method='backprop' or 'parameter-shift' for higher ones.",
            )

    def _of(self, trained: TrainableSweep, marks: bytes) -> Self:
        other = super()._of(trained, marks)
        if other.higher is not None:
            other.higher = copy.copy(other.higher)
            other.higher.trained = trained
        return other

    def compute(
        self, order: int, highest: int, x: FloatArray, value: FloatArray | None = None
    ) -> dict[int, FloatArray]:
        if order > 1 and self.higher is not None:
            return self.higher.compute(order, highest, x, value)
        sweep = self.trained.needed_at(x)
        if highest == 0 and not (self.recorded and sweep.shots is None):
            return {0: self.flat(run([sweep], self.device)[0])}
        if sweep.shots is None:
            values, derivatives = self._jacobian(sweep)
            return {0: values, 1: derivatives}
        expect(sweep, self.device)
        sampled = self.flat(run([sweep], self.device)[0]) if value is None else value
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
                checked(sweep, self.device), self.trained.slots
            )
        notify(self.device, submissions=1, batches=1, executions=len(sweep))
        return values, derivatives.transpose(1, 2, 0)


def _unknown(offsets: FloatArray, value: FloatArray | None) -> BoolArray:
    """Return which points have to run: all but the unshifted one if its value is known."""
    return np.ones(len(offsets), dtype=bool) if value is None else np.asarray(offsets.any(axis=1))


def _derivatives_last(tensor: FloatArray, order: int) -> FloatArray:
    """Move the axes (n,) * k from the front to the back."""
    return np.moveaxis(tensor, range(order), range(-order, 0)) if order else tensor
