"""Sweeps as functions from numbers to numbers, the form in which a framework runs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from qgate.autodiff.choose_method import adjoint_refusals
from qgate.autodiff.trainable_sweep import TrainableSweep
from qgate.devices.statevector import StatevectorDevice, statevector_device
from qgate.exceptions import DifferentiationError, UnsupportedDiffMethod
from qgate.execution.tracker import notify
from qgate.typing import ComplexArray, FloatArray

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from qgate.devices.base import Device


@dataclass(frozen=True)
class Limits:
    """Derivatives that are available, and the errors for the others.

    Parameters
    ----------
    method : str
        The gradient method, as errors name it.
    max_order : int or None
        Highest order that the user allows; None: any.
    refusal : DifferentiationError or None
        Why no derivative is available at all.
    arrays : DifferentiationError or None
        Why derivatives by matrices and states are not available, in case these are trainable.
    array_order : int or None
        Highest order that is correct where a gate or a state is trained by an array; None: any.
    """

    method: str = ""
    max_order: int | None = None
    refusal: DifferentiationError | None = None
    arrays: DifferentiationError | None = None
    array_order: int | None = None

    def check(self, order: int) -> None:
        """Refuse a derivative of this order if it is not available.

        Raises
        ------
        DifferentiationError
        """
        if self.refusal is not None:
            raise self.refusal
        if self.max_order is not None and order > self.max_order:
            raise DifferentiationError(
                f"A derivative of order {order} is being taken, and the QNode was made with "
                f"max_diff={self.max_order}. Give it max_diff={order}, or leave max_diff out."
            )
        if self.array_order is not None and order > self.array_order:
            raise UnsupportedDiffMethod(
                method=self.method,
                reason=f"a derivative of order {order} is being taken, and a circuit whose matrix "
                f"or state is trained as an array has them up to order {self.array_order}",
                remedy="Write the circuit with gates that have angles, or use "
                "diff_method='backprop' on qg.device('local') with shots=None.",
            )


@dataclass(frozen=True, eq=False)
class SweepFunction:
    """A sweep on a device, as a function of its trainable angles.

    Parameters
    ----------
    trained : TrainableSweep
    device : Device
    limits : Limits
    marks : bytes
        Distinguishes functions that share a cache.
    """

    trained: TrainableSweep
    device: Device
    limits: Limits = field(default_factory=Limits)
    marks: bytes = b""

    def require(self, order: int) -> None:
        """Refuse unavailable derivatives before anything runs."""
        if order > 0:
            self.limits.check(order)

    def refuse_fixed(self) -> None:
        """Raise the reason why non-trainable inputs cannot be differentiated."""
        if self.limits.arrays is not None:
            raise self.limits.arrays
        raise UnsupportedDiffMethod(
            method=self.limits.method,
            reason="a derivative is taken by a parameter that was not known to be trained when the "
            "circuit was traced, or by a whole array",
            remedy="Watch it by a tf.GradientTape inside of the traced function, or set its "
            "requires_grad; arrays are differentiated by diff_method='backprop'.",
        )

    def refuse_higher(self, order: int) -> None:
        """Refuse derivatives of an order above the first."""
        if order > 1:
            raise UnsupportedDiffMethod(
                method=self.limits.method,
                reason=f"it gives first derivatives, and one of order {order} is being taken",
                remedy="Use diff_method='backprop' or 'parameter-shift' for higher ones.",
            )

    def by(self, columns: Sequence[int]) -> Self:
        """Return the same function of only some of the trainable angles."""
        return self._of(self.trained.by(columns), repr(columns).encode())

    def fixing(self, numbers: Sequence[ArrayLike]) -> Self:
        """Return the same function, with numbers for inputs that were unknown so far."""
        if not numbers:
            return self
        marks = b"".join(np.ascontiguousarray(number).tobytes() for number in numbers)
        return self._of(self.trained.fixing(numbers), marks)

    def _of(self, trained: TrainableSweep, marks: bytes) -> Self:
        return replace(self, trained=trained, marks=self.marks + marks)


class AdjointStates(SweepFunction):
    """States of a sweep as a function of its trainable angles, and products with their Jacobian.

    An interface builds its framework's derivatives from these; the results are computed from the
    states within the framework. Requires a ``StatevectorDevice``.
    """

    @property
    def _simulator(self) -> StatevectorDevice:
        return statevector_device(self.device)

    @property
    def size(self) -> int:
        """Number of amplitudes of a state."""
        return int(2 ** len(self.device.wires_of(self.trained.sweep.structure.wires)))

    def require(self, order: int) -> None:
        super().require(order)
        self.refuse_higher(order)

    def __call__(self, x: FloatArray) -> ComplexArray:
        """Return the states at the angles x, shape (B, n) to (B, 2**w)."""
        with adjoint_refusals():
            sweep = self.trained.needed_at(x)
            states = self._simulator.states(sweep)
        notify(self.device, [sweep], submissions=1, batches=1, executions=len(states))
        return states

    def vjp(self, x: FloatArray, cotangents: ComplexArray) -> FloatArray:
        """Return the derivatives of Re sum conj(c) psi, (V, B, 2**w) to (V, B, n)."""
        return self._simulator.state_vjp(self.trained.needed_at(x), self.trained.slots, cotangents)

    def jvp(self, x: FloatArray, tangents: FloatArray) -> ComplexArray:
        """Return the directional derivatives of the states, (V, B, n) to (V, B, 2**w)."""
        return self._simulator.state_jvp(self.trained.needed_at(x), self.trained.slots, tangents)
