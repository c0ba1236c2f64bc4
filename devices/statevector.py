"""Methods of a device that gives access to its state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, cast, runtime_checkable

from qgate.bridge import CustomCall, InPython
from qgate.devices.base import Device
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.typing import ComplexArray, DType, FloatArray, Namespace, Tensor


@runtime_checkable
class StatevectorDevice(Protocol):
    """Device whose capabilities have ``statevector``; it serves ``adjoint`` and ``backprop``."""

    def differentiates(self, structure: Structure) -> bool:
        """Return whether ``jacobian`` supports a structure."""

    def jacobian(self, sweep: Sweep, slots: Sequence[int]) -> tuple[FloatArray, FloatArray]:
        """Return exact values and their derivatives by the device's own method.

        Parameters
        ----------
        sweep : Sweep
            Exact sweep that measures expectation values, expectation values of terms, or
            probabilities (from which the derivatives of a sampled value are computed).
        slots : sequence of int
            Slots of the n angles to differentiate by.

        Returns
        -------
        values : array, shape (K, M)
        derivatives : array, shape (n, K, M)
        """

    def states(self, sweep: Sweep) -> ComplexArray:
        """Return the state of every row.

        Parameters
        ----------
        sweep : Sweep
            Sweep in any gates, with validated wires.

        Returns
        -------
        array, shape (K, 2**n)
            State vectors over the wires of ``wires_of``, the first most significant.
        """

    def state_vjp(self, sweep: Sweep, slots: Sequence[int], cotangents: ComplexArray) -> FloatArray:
        """Return vector-Jacobian products of the states, in one backward pass.

        Parameters
        ----------
        sweep : Sweep
        slots : sequence of int
            Slots of the m angles to differentiate by.
        cotangents : array, shape (V, K, 2**n)

        Returns
        -------
        array, shape (V, K, m)
            Derivatives of Re sum conj(c) psi by each angle.
        """

    def state_jvp(self, sweep: Sweep, slots: Sequence[int], tangents: FloatArray) -> ComplexArray:
        """Return Jacobian-vector products of the states, in one forward pass.

        Parameters
        ----------
        sweep : Sweep
        slots : sequence of int
            Slots of the m angles to differentiate by.
        tangents : array, shape (V, K, m)

        Returns
        -------
        array, shape (V, K, 2**n)
            Directional derivatives of the states along each tangent.
        """

    def measured(
        self, sweep: Sweep, states: Tensor, arrays: Sequence[Tensor], xp: Namespace
    ) -> Any:
        """Return exact measurement results computed from states, in the framework of the states.

        Parameters
        ----------
        sweep : Sweep
            Sweep with the measurements and wires.
        states : array, shape (K, 2**n)
            States as returned by ``states``.
        arrays : sequence of array
        xp : module
            The framework's array functions, with numpy's names.

        Returns
        -------
        tuple
            As in the result of ``submit``.
        """

    def differentiable(
        self, sweep: Sweep, rows: Tensor, arrays: Sequence[Tensor], xp: Namespace
    ) -> Any:
        """Return exact measurement results computed from traced numbers, in their framework.

        Parameters
        ----------
        sweep : Sweep
            Sweep whose structure is used; the numbers are taken from ``rows`` and ``arrays``.
        rows : traced array, shape (K, P)
        arrays : sequence of traced arrays
        xp : module
            The framework's array functions, with numpy's names.

        Returns
        -------
        tuple
            As in the result of ``submit``.
        """


class Repeated(Protocol):
    """Simulation of a circuit that was prepared once."""

    def __call__(self, row: FloatArray) -> tuple[FloatArray, FloatArray | None]:
        """Return values (M,) and derivatives (M, P), or None, at a row of angles (P,)."""

    def custom_call(
        self,
        rows: FloatArray,
        inputs: Sequence[int],
        by: Sequence[int] | None,
        in_python: InPython,
        dtype: DType,
    ) -> CustomCall | None:
        """Return the simulation of many rows as a function without Python; None: there is none.

        Parameters
        ----------
        rows : array, shape (B, P)
            Rows of angles, of which the function's argument replaces some columns.
        inputs : sequence of int
            Slots of these columns.
        by : sequence of int, optional
            Slots to differentiate by; None: values only.
        in_python, dtype
            As in ``bridge.Derivatives.custom_call``.
        """


@runtime_checkable
class RepeatingDevice(Protocol):
    """Device that keeps what a small circuit needs from call to call."""

    def repeated(self, sweep: Sweep, slots: Sequence[int] | None) -> Repeated | None:
        """Return the simulation of a circuit for one row at a time; None: there is none.

        Parameters
        ----------
        sweep : Sweep
            One row without shots, with validated wires; other rows follow.
        slots : sequence of int, optional
            Slots of the angles to differentiate by; derivatives by other slots may be zero.
        """


def statevector_device(device: Device) -> StatevectorDevice:
    """Return the same device, typed; its capabilities must have ``statevector``."""
    return cast(StatevectorDevice, device)
