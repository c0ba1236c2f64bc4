"""Density matrices gate by gate, for any array framework: the reference of the other engines.

A density matrix of n wires is a vector of 4**n numbers, a state of 2 n bits: the row index, then
the column index. A gate acts with its matrix on bits of the row, and with the conjugate matrix on
the same bits of the column. A channel acts with its superoperator on both together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from qgate.devices.job import SweepResult
from qgate.devices.local.adjoint import OneAngleGates, generated, trained_slots
from qgate.devices.local.amplitudes import apply, apply_matrix, prepare, to_front
from qgate.devices.local.engine import Engine
from qgate.devices.local.exact import apply_factors, apply_observable, pauli_means
from qgate.devices.local.gates import MIXED_GATES
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.channels import Channel, QubitDensityMatrix
from qgate.operations.matrices import diagonal_of
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.operations.state_preparation import refuse_late_preparation
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.transforms.bases import eigenbasis_gates
from qgate.transforms.decomposition import decomposition
from qgate.transforms.density import DERIVED, derived
from qgate.typing import ComplexArray, FloatArray, Namespace, Tensor, Wire
from qgate.wires import Wires

STEP = 1e-30
"""Imaginary step of the derivative of a channel, whose superoperator is real and analytic."""

WIDEST = 2
"""Maximum number of wires of a channel that acts by its superoperator, of 16**k entries."""


class DensityEngine(Engine):
    """Engine whose states are density matrices as vectors, shape (K, 4**n)."""

    name = "densities"

    def states(
        self,
        structure: Structure,
        rows: Tensor,
        arrays: Sequence[Tensor],
        *,
        order: Wires,
        xp: Namespace = np,
    ) -> Tensor:
        num_rows = max(rows.shape[0], 1)  # -1: unknown; broadcast by the first batched gate
        rho: Tensor = np.tile(np.eye(1, 4 ** len(order), dtype=complex), (num_rows, 1))
        touched: set[Wire] = set()
        for operation in structure.bind(rows, arrays):
            if hasattr(operation, "canonical_state"):
                refuse_late_preparation(operation, touched)
            rho = step(rho, operation, order, xp)
            touched.update(operation.wires)
        return rho

    def results(self, sweep: Sweep, order: Wires) -> SweepResult:
        rho = self.states(sweep.structure, sweep.rows, sweep.arrays, order=order)
        return measured(sweep.structure.bind_measurements(sweep.arrays), rho, order, np)

    def probabilities(self, sweep: Sweep, order: Wires) -> FloatArray:
        rho = self.states(sweep.structure, sweep.rows, sweep.arrays, order=order)
        found: FloatArray = np.clip(_probabilities(rho, len(order), np), 0.0, None)
        return found

    def jacobian(
        self, sweep: Sweep, slots: Sequence[int], order: Wires
    ) -> tuple[FloatArray, FloatArray]:
        frozen, decomposed = decomposition(sweep, OneAngleGates(MIXED_GATES), device="local")
        native = decomposed.sweep(frozen)
        items = native.structure.bind_measurements(native.arrays)
        rho, changes = _tangents(native, order)

        def values(state: ComplexArray) -> FloatArray:
            parts = measured(items, state, order, np)
            return np.concatenate([part.reshape(len(part), -1) for part in parts], axis=-1)

        found = values(rho)
        by_angle = np.zeros((native.structure.num_slots, *found.shape))
        for slot, change in changes.items():
            by_angle[slot] = values(change)
        return found, decomposed.angles.pull_back(by_angle)[list(slots)]


def step(rho: Tensor, operation: Operator, order: Wires, xp: Namespace) -> Tensor:
    """Apply a gate, channel or preparation to density matrices, shape (K, 4**n)."""
    n = len(order)
    axes = order.indices(operation.wires)
    columns = [axis + n for axis in axes]
    if isinstance(operation, QubitDensityMatrix):
        matrix = operation.canonical_density(operation.parameters, xp)
        return _replaced(rho, matrix, [*axes, *columns], 2 * n, xp)
    if isinstance(operation, Channel):
        return _through(rho, operation, axes, n, xp)
    if hasattr(operation, "canonical_state"):
        vector = operation.canonical_state(operation.parameters, xp)
        rho = prepare(rho, vector, axes, 2 * n, xp=xp)
        return prepare(rho, xp.conj(vector), columns, 2 * n, xp=xp)
    rho = apply(rho, operation, axes, 2 * n, xp=xp)
    return xp.conj(apply(xp.conj(rho), operation, columns, 2 * n, xp=xp))


def _through(rho: Tensor, channel: Channel, axes: list[int], n: int, xp: Namespace) -> Tensor:
    """Apply a channel: by its superoperator, or term by term if it has many wires."""
    columns = [axis + n for axis in axes]
    if len(axes) <= WIDEST:
        matrix = channel.canonical_superoperator(channel.parameters, xp)
        return apply_matrix(rho, matrix, [*axes, *columns], 2 * n, xp=xp)
    mixture = channel.pauli_terms(channel.parameters, xp)
    if mixture is not None:
        return _mixed(rho, *mixture, axes, n)
    kraus = channel.canonical_kraus(channel.parameters, xp)
    parts = []
    for index in range(kraus.shape[-3]):
        matrix = kraus[..., index, :, :]
        part = apply_matrix(rho, matrix, axes, 2 * n, xp=xp)
        parts.append(apply_matrix(part, xp.conj(matrix), columns, 2 * n, xp=xp))
    return sum(parts)


def _mixed(
    rho: Tensor, words: Sequence[str], probabilities: Tensor, axes: list[int], n: int
) -> Tensor:
    """Apply Pauli words with probabilities: flips of bits, and signs."""
    places = np.arange(4**n)
    total: Tensor = 0.0
    for index, word in enumerate(words):
        flips, phases = np.zeros_like(places), np.ones(4**n)
        for letter, axis in zip(word, axes, strict=True):
            row, column = 1 << (2 * n - 1 - axis), 1 << (n - 1 - axis)
            if letter in "XY":
                flips ^= row | column
            if letter in "YZ":  # i and -i of Y cancel between row and column
                phases *= 1.0 - 2.0 * (((places & row) > 0) ^ ((places & column) > 0))
        total = total + probabilities[..., index, None] * rho[:, places ^ flips] * phases
    return total


def _replaced(rho: Tensor, matrix: Tensor, axes: list[int], bits: int, xp: Namespace) -> Tensor:
    """Replace the state of some wires; ``axes`` are their bits in rows, then in columns."""
    size = 2 ** (len(axes) // 2)
    permutation, inverse = to_front(axes, bits)
    tensor = xp.transpose(xp.reshape(rho, (-1, *(2,) * bits)), permutation)
    blocks = xp.reshape(tensor, (-1, size**2, 2 ** (bits - len(axes))))
    rest = xp.sum(blocks[:, np.arange(size) * (size + 1), :], axis=1)
    product = xp.reshape(matrix, (-1, size**2, 1)) * rest[:, None, :]
    tensor = xp.transpose(xp.reshape(product, (-1, *(2,) * bits)), inverse)
    return xp.reshape(tensor, (-1, 2**bits))


# Derivatives ---------------------------------------------------------------------------------


def _tangents(sweep: Sweep, order: Wires) -> tuple[ComplexArray, dict[int, ComplexArray]]:
    """Return the density matrices of a sweep, and their derivatives by each slot."""
    rho: ComplexArray = np.tile(np.eye(1, 4 ** len(order), dtype=complex), (len(sweep), 1))
    changes: dict[int, ComplexArray] = {}
    bound = sweep.structure.bind(sweep.rows, sweep.arrays)
    touched: set[Wire] = set()
    for symbolic, operation in zip(sweep.structure.operations, bound, strict=True):
        if hasattr(operation, "canonical_state"):
            refuse_late_preparation(operation, touched)
        touched.update(operation.wires)
        before = rho
        rho = step(rho, operation, order, np)
        changes = {slot: step(change, operation, order, np) for slot, change in changes.items()}
        for index, symbol in enumerate(symbolic.parameters):
            for slot, factor in trained_slots(symbol):
                change = factor * _derivative(before, rho, operation, index, order)
                changes[slot] = changes.get(slot, 0.0) + change
    return rho, changes


def _derivative(
    before: ComplexArray, after: ComplexArray, operation: Operator, index: int, order: Wires
) -> ComplexArray:
    """Return the derivative of the state after an operation by one of its parameters."""
    if isinstance(operation, Channel):
        parameters = [np.asarray(value, dtype=complex) for value in operation.parameters]
        parameters[index] = parameters[index] + 1j * STEP
        return _by_parameter(before, operation, parameters, order) / STEP
    axes, n = order.indices(operation.wires), len(order)
    turned = 1j * generated(after, operation, axes, 2 * n)
    return np.asarray(turned + _transposed(turned.conj(), n))


def _by_parameter(
    rho: ComplexArray, channel: Channel, parameters: Sequence[Tensor], order: Wires
) -> ComplexArray:
    """Apply the imaginary part of the superoperator of a channel with complex parameters."""
    axes, n = order.indices(channel.wires), len(order)
    mixture = channel.pauli_terms(parameters, np)
    if mixture is not None:
        words, probabilities = mixture
        return np.asarray(_mixed(rho, words, np.imag(probabilities), axes, n))
    matrix = channel.canonical_superoperator(parameters, np).imag
    return np.asarray(apply_matrix(rho, matrix, [*axes, *(a + n for a in axes)], 2 * n))


def _transposed(rho: ComplexArray, n: int) -> ComplexArray:
    return rho.reshape(-1, 2**n, 2**n).swapaxes(1, 2).reshape(-1, 4**n)


# Measurements --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """Label of the bit of a wire in the column index."""

    wire: Wire


def measured(
    measurements: Sequence[Measurement], rho: Tensor, order: Wires, xp: Namespace
) -> SweepResult:
    """Return the exact results of measurements of density matrices, (K, 4**n), each (K, ...)."""
    return tuple(MEASURES[item.kind](item, rho, order, xp) for item in measurements)


def _expval(item: Measurement, rho: Tensor, order: Wires, xp: Namespace) -> Tensor:
    return xp.dot(_means(item.observable, rho, order, xp), xp.real(item.observable.parameters[0]))


def _terms(item: Measurement, rho: Tensor, order: Wires, xp: Namespace) -> Tensor:
    return _means(item.observable, rho, order, xp)


def _means(observable: PauliSum, rho: Tensor, order: Wires, xp: Namespace) -> Tensor:
    """Return the expectation value of each term of an observable, shape (K, T)."""
    n = len(order)
    if isinstance(observable, PauliSum):
        indices = np.arange(2**n)
        return pauli_means(
            observable, lambda flip: rho[:, (indices << n) + (indices ^ flip)], order, xp
        )
    both = _both(order)
    changed = [apply_factors(factors, rho, both, xp) for factors in observable.terms]
    return xp.stack([_trace(part, n, xp) for part in changed], axis=-1)


def _var(item: Measurement, rho: Tensor, order: Wires, xp: Namespace) -> Tensor:
    both, n = _both(order), len(order)
    once = apply_observable(item.observable, rho, both, xp)
    twice = apply_observable(item.observable, once, both, xp)
    return _trace(twice, n, xp) - _trace(once, n, xp) ** 2


def _both(order: Wires) -> Wires:
    return Wires([*order, *map(Column, order)])


def _trace(rho: Tensor, n: int, xp: Namespace) -> Tensor:
    return xp.sum(_probabilities(rho, n, xp), axis=-1)


def _probabilities(rho: Tensor, n: int, xp: Namespace) -> Tensor:
    return xp.real(rho[:, np.arange(2**n) * (2**n + 1)])


def _probs(item: Measurement, rho: Tensor, order: Wires, xp: Namespace) -> Tensor:
    if item.obs is not None:
        for gate in eigenbasis_gates(item.observable):
            rho = step(rho, gate, order, xp)
    reduced = _reduced(rho, item.wires, order, xp)
    return xp.real(diagonal_of(reduced))


def _reduced(rho: Tensor, wires: Wires, order: Wires, xp: Namespace) -> Tensor:
    """Return the density matrix of some wires, shape (K, 2**k, 2**k)."""
    n, k = len(order), len(wires)
    front = order.indices(wires)
    rest = [axis for axis in range(n) if axis not in front]
    axes = [*front, *rest]
    permutation = [0, *(axis + 1 for axis in axes), *(axis + 1 + n for axis in axes)]
    tensor = xp.transpose(xp.reshape(rho, (-1, *(2,) * (2 * n))), permutation)
    blocks = xp.reshape(tensor, (-1, 2**k, 2 ** (n - k), 2**k, 2 ** (n - k)))
    return xp.sum(diagonal_of(xp.transpose(blocks, (0, 1, 3, 2, 4))), axis=-1)


def _derived(item: Measurement, rho: Tensor, order: Wires, xp: Namespace) -> Tensor:
    return derived(item, _reduced(rho, item.wires or order, order, xp), xp)


def _state(item: Measurement, rho: Tensor, order: Wires, xp: Namespace) -> Tensor:
    return _reduced(rho, item.wires or order, order, xp)


MEASURES: dict[MeasurementKind, Callable[[Measurement, Tensor, Wires, Namespace], Tensor]] = {
    MeasurementKind.EXPVAL: _expval,
    MeasurementKind.TERMS: _terms,
    MeasurementKind.VAR: _var,
    MeasurementKind.PROBS: _probs,
    **dict.fromkeys(DERIVED, _derived),
    MeasurementKind.STATE: _state,
}
