"""Interface of statevector engines, and the reference engine that runs gate by gate in numpy."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from qgate.devices.job import SweepResult
from qgate.devices.local import adjoint
from qgate.devices.local.amplitudes import apply, prepare
from qgate.devices.local.exact import measure
from qgate.devices.local.gates import GATES
from qgate.devices.local.words import word_means
from qgate.operations.pauli import PauliSum
from qgate.operations.state_preparation import refuse_late_preparation
from qgate.short_repr import summary
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.transforms.decomposition import AffineMap, decomposition
from qgate.typing import ComplexArray, FloatArray, IntArray, Namespace, NumericArray, Tensor, Wire
from qgate.wires import Wires

PROBABILITIES = "probabilities"
"""Name of the probabilities of all outcomes, see ``Engine.advance``."""


class Engine(ABC):
    """Base class of engines, which compute state vectors, measurement results and derivatives.

    Required: ``states``. An engine gets sweeps in accepted gates, with any number of rows.
    The other methods have implementations that run gate by gate; an engine may override them.
    """

    name: str = ""

    @abstractmethod
    def states(
        self,
        structure: Structure,
        rows: Tensor,
        arrays: Sequence[Tensor],
        *,
        order: Wires,
        xp: Namespace = np,
    ) -> Tensor:
        """Return the state of every row.

        Parameters
        ----------
        structure : Structure
        rows : array, shape (K, P)
        arrays : sequence of array
        order : Wires
            All n wires, the first most significant.
        xp : module
            Array functions with numpy's names; for traced rows, those of their framework.

        Returns
        -------
        array, shape (K, 2**n), complex
        """

    def room(self, structure: Structure, num_bras: int, rows: int) -> float:
        """Return the number of state vectors held while ``num_bras`` derivatives are computed.

        All rows are simulated together, and the states before and after a gate are held at once.
        """
        return rows * (4.0 + 2.0 * num_bras)

    def computes_sums(self, structure: Structure) -> bool:
        """Return whether expectation values of sums of Pauli words need no copy of a state."""
        return False

    def results(self, sweep: Sweep, order: Wires) -> SweepResult:
        """Return the exact results of each measurement of a sweep, arrays (K, ...)."""
        states = self.states(sweep.structure, sweep.rows, sweep.arrays, order=order)
        measurements = sweep.structure.bind_measurements(sweep.arrays)
        return tuple(measure(measurement, states, order) for measurement in measurements)

    def probabilities(self, sweep: Sweep, order: Wires) -> FloatArray:
        """Return the probability of every outcome of all wires, shape (K, 2**n)."""
        states = self.states(sweep.structure, sweep.rows, sweep.arrays, order=order)
        return np.asarray(states.real**2 + states.imag**2)

    def advance(
        self, sweep: Sweep, order: Wires, initial: ComplexArray | None, read: object
    ) -> NumericArray:
        """Apply the gates of a sweep to states, and return what is read of each.

        Parameters
        ----------
        sweep : Sweep
        order : Wires
        initial : array, shape (K, 2**n), or None
            The states before; None: the state 0.
        read : None, "probabilities" or PauliSum
            The states, the probabilities of all outcomes, or the expectation value of every word.
        """
        structure, rows, arrays = sweep.structure, sweep.rows, sweep.arrays
        states = GateByGateEngine().states(structure, rows, arrays, order=order, initial=initial)
        return read_of(np.broadcast_to(states, (len(sweep), states.shape[1])), order, read)

    def count(self, weights: FloatArray, places: FloatArray) -> tuple[IntArray, IntArray]:
        """Return the outcomes drawn by ascending numbers, and their counts.

        A number draws the first outcome at which the cumulative sum of the weights exceeds it.
        """
        found = np.searchsorted(np.cumsum(weights), places, side="right")
        found = np.minimum(found, np.flatnonzero(weights)[-1])  # rounding may pass the last
        starts = np.flatnonzero(np.diff(found, prepend=-1))
        return found[starts].astype(np.int64), np.diff(starts, append=len(found))

    def jacobian(
        self, sweep: Sweep, slots: Sequence[int], order: Wires
    ) -> tuple[FloatArray, FloatArray]:
        """Return expectation values and their derivatives by some slots, (K, M) and (n, K, M).

        Parameters
        ----------
        sweep : Sweep
            Sweep that measures ``expval``, ``terms`` and ``probs``.
        slots : sequence of int
        order : Wires

        Raises
        ------
        UnsupportedOperation
            A gate is not of the form exp(i x G), and does not decompose into such gates.
        """
        native, angles = one_angle_gates(sweep)
        every = range(native.structure.num_slots)
        values, derivatives = adjoint.jacobian(self, native, every, order)
        return values, angles.pull_back(derivatives)[list(slots)]

    def state_vjp(
        self, sweep: Sweep, slots: Sequence[int], cotangents: ComplexArray, order: Wires
    ) -> FloatArray:
        """Return the derivatives of Re sum conj(c) psi by some slots, (V, K, 2**n) to (V, K, n)."""
        native, angles = one_angle_gates(sweep)
        every = range(native.structure.num_slots)
        by_angle = adjoint.state_vjp(self, native, every, cotangents, order)
        return np.swapaxes(angles.pull_back(by_angle)[list(slots)], 0, 2)

    def state_jvp(
        self, sweep: Sweep, slots: Sequence[int], tangents: FloatArray, order: Wires
    ) -> ComplexArray:
        """Return the derivatives of the states along tangents, (V, K, n) to (V, K, 2**n)."""
        native, angles = one_angle_gates(sweep)
        by_slot = np.zeros((*tangents.shape[:-1], sweep.structure.num_slots))
        by_slot[..., list(slots)] = tangents
        return adjoint.state_jvp(self, native, angles.push_forward(by_slot), order)

    def __repr__(self) -> str:
        return summary(self, "name")


class GateByGateEngine(Engine):
    """Engine that applies one gate after the other to all rows.

    It is simple rather than fast: the reference for tests of the other engines, the fallback for
    circuits that they do not support, and the engine that frameworks trace for ``backprop``.
    """

    name = "gates"

    def states(
        self,
        structure: Structure,
        rows: Tensor,
        arrays: Sequence[Tensor],
        *,
        order: Wires,
        xp: Namespace = np,
        initial: ComplexArray | None = None,
    ) -> Tensor:
        num_rows = max(rows.shape[0], 1)  # -1: unknown; broadcast by the first batched gate
        zero = np.eye(1, 2 ** len(order), dtype=complex)
        state: Tensor = np.tile(zero, (num_rows, 1)) if initial is None else initial
        touched: set[Wire] = set()
        for operation in structure.bind(rows, arrays):
            axes = order.indices(operation.wires)
            if hasattr(operation, "canonical_state"):
                refuse_late_preparation(operation, touched)
                vector = operation.canonical_state(operation.parameters, xp)
                state = prepare(state, vector, axes, len(order), xp=xp)
            else:
                state = apply(state, operation, axes, len(order), xp=xp)
            touched.update(operation.wires)
        return state


def read_of(states: ComplexArray, order: Wires, read: object) -> NumericArray:
    """Return what ``Engine.advance`` reads of states."""
    if isinstance(read, PauliSum):
        return word_means(read, states, order)
    return states if read is None else np.asarray(states.real**2 + states.imag**2)


def one_angle_gates(sweep: Sweep) -> tuple[Sweep, AffineMap]:
    """Decompose a sweep into gates exp(i x G), as the adjoint method requires."""
    frozen, decomposed = decomposition(sweep, adjoint.OneAngleGates(GATES), device="local")
    return decomposed.sweep(frozen), decomposed.angles
