"""States of a tape and products with their Jacobian, as arrays of numbers.

An interface builds its framework's derivatives from these. Measurement results are then computed
from the states within the framework.
"""

from __future__ import annotations

from qgate.autodiff.choose_method import adjoint_refusals
from qgate.autodiff.circuit_function import CircuitFunction
from qgate.devices.statevector import StatevectorDevice, statevector_device
from qgate.exceptions import UnsupportedDiffMethod
from qgate.execution.tracker import notify
from qgate.typing import ComplexArray, FloatArray


class AdjointStates(CircuitFunction):
    """States of a sweep as a function of its trainable angles.

    Requires a ``StatevectorDevice``.
    """

    @property
    def _simulator(self) -> StatevectorDevice:
        return statevector_device(self.device)

    @property
    def size(self) -> int:
        """Number of amplitudes of a state."""
        sweep = self.trained.sweep
        return int(2 ** len(self.device.wires_of(sweep.structure.wires)))

    def require(self, order: int) -> None:
        super().require(order)
        if order > 1:
            raise UnsupportedDiffMethod(
                method=self.limits.method,
                reason=f"it gives first derivatives, and one of order {order} is being taken",
                remedy="Use diff_method='backprop' or 'parameter-shift' for higher ones.",
            )

    def __call__(self, x: FloatArray) -> ComplexArray:
        """Return the states at the angles x, shape (B, n) to (B, 2**w)."""
        with adjoint_refusals():
            states = self._simulator.states(self.trained.needed_at(x))
        notify(self.device, submissions=1, batches=1, executions=len(states))
        return states

    def vjp(self, x: FloatArray, cotangents: ComplexArray) -> FloatArray:
        """Return the derivatives of Re sum conj(c) psi, (V, B, 2**w) to (V, B, n)."""
        return self._simulator.state_vjp(self.trained.needed_at(x), self.trained.slots, cotangents)

    def jvp(self, x: FloatArray, tangents: FloatArray) -> ComplexArray:
        """Return the directional derivatives of the states, (V, B, n) to (V, B, 2**w)."""
        return self._simulator.state_jvp(self.trained.needed_at(x), self.trained.slots, tangents)
