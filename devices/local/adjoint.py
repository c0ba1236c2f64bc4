"""Adjoint differentiation of states and expectation values, by undoing the gates one by one.

For a gate exp(i x G), the derivative of Re <c|psi> by x is Re(i <b|G|k>), where |k> is the state
after the gate and <b| is <c| propagated back to the same place. Both are propagated back gate by
gate, so the time does not depend on the number of angles, and no intermediate state is stored. For
an expectation value f = <psi|O|psi> the derivative is twice that, with <c| = <psi|O|. Jones, Gacon,
arXiv:2009.02823 (2020).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.caches import MIB, sized_cache
from qgate.devices.local.amplitudes import (
    apply,
    apply_diagonal,
    apply_matrix,
    part_of_index,
)
from qgate.devices.local.exact import apply_observable, measure
from qgate.devices.local.gate_action import ANY_WIDTH, unit_generator
from qgate.exceptions import GeneratorUndefinedError
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.operations.slots import Affine
from qgate.operations.state_preparation import refuse_late_preparation
from qgate.structure import Structure, slots_in
from qgate.sweep import Sweep
from qgate.typing import ComplexArray, FloatArray, Wire
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.devices.local.engine import Engine


@dataclass(frozen=True, slots=True)
class OneAngleGates:
    """Gate set of gates exp(i x G) and gates without angles; the others are decomposed."""

    accepts_rest: Callable[[Operator], bool]

    def __call__(self, operation: Operator) -> bool:
        if not self.accepts_rest(operation):
            return False
        if not any(slots_in(symbol) for symbol in operation.parameters):
            return True
        if operation.is_channel:
            return True
        if operation.num_params != 1 or not isinstance(operation.parameters[0], Affine):
            return False
        if operation.name in ANY_WIDTH:
            return True
        try:
            operation.generator_matrix()
        except GeneratorUndefinedError:
            return False
        return True


def jacobian(
    engine: Engine, sweep: Sweep, slots: Sequence[int], order: Wires
) -> tuple[FloatArray, FloatArray]:
    """Return expectation values and their derivatives.

    Parameters
    ----------
    engine : Engine
    sweep : Sweep
        Sweep in gates of ``OneAngleGates``; measures ``expval``, ``terms`` and ``probs``.
    slots : sequence of int
        Slots of the n angles to differentiate by.
    order : Wires

    Returns
    -------
    values : array, shape (K, M)
    derivatives : array, shape (n, K, M)

    Notes
    -----
    Time: about 2 + M circuits, independent of n. Memory: (2 + M) K 2**n numbers.
    """
    structure = preparations_first(sweep.structure)
    ket = engine.states(structure, sweep.rows, sweep.arrays, order=order)
    parts = [
        part
        for item in structure.bind_measurements(sweep.arrays)
        for part in values_and_bras(item, ket, order)
    ]
    values = np.concatenate([value for value, _ in parts], axis=-1)
    bras = np.concatenate([bra for _, bra in parts])
    return values, 2.0 * _going_back(structure, sweep, order, ket, bras, slots)


def state_vjp(
    engine: Engine, sweep: Sweep, slots: Sequence[int], cotangents: ComplexArray, order: Wires
) -> FloatArray:
    """Return the vector-Jacobian products of the states.

    Parameters
    ----------
    engine : Engine
    sweep : Sweep
        Sweep in gates of ``OneAngleGates``.
    slots : sequence of int
        Slots of the n angles to differentiate by.
    cotangents : array, shape (V, K, 2**n)
    order : Wires

    Returns
    -------
    array, shape (n, K, V)
        Derivatives of Re sum conj(c) psi by each angle.

    Notes
    -----
    Time: about 2 + V circuits, independent of n. Memory: (2 + V) K 2**n numbers.
    """
    structure = preparations_first(sweep.structure)
    ket = engine.states(structure, sweep.rows, sweep.arrays, order=order)
    return _going_back(structure, sweep, order, ket, cotangents, slots)


def state_jvp(engine: Engine, sweep: Sweep, tangents: FloatArray, order: Wires) -> ComplexArray:
    """Return the Jacobian-vector products of the states.

    Parameters
    ----------
    engine : Engine
    sweep : Sweep
        Sweep in gates of ``OneAngleGates``, with P slots.
    tangents : array, shape (V, K, P)
        Directions in the space of slots.
    order : Wires

    Returns
    -------
    array, shape (V, K, 2**n)

    Notes
    -----
    All tangents are propagated in one forward pass: time about 1 + 2 V circuits.
    """
    structure = preparations_first(sweep.structure)
    prepared = [hasattr(operation, "canonical_state") for operation in structure.operations]
    start = structure.with_operations(structure.operations[: sum(prepared)])
    ket = engine.states(start, sweep.rows, sweep.arrays, order=order)
    changes = np.zeros((len(tangents), *ket.shape), dtype=complex)
    every = {slot: slot for slot in range(structure.num_slots)}
    operations = structure.bind(sweep.rows, sweep.arrays)
    n = len(order)
    for index in range(sum(prepared), len(operations)):
        operation = operations[index]
        axes = order.indices(operation.wires)
        ket = apply(ket, operation, axes, n)
        changes = np.stack([apply(change, operation, axes, n) for change in changes])
        for slot, factor in _trained(structure.operations[index], every):
            turned = 1j * generated(ket, operation, axes, n)
            changes = changes + factor * tangents[:, :, slot, None] * turned
    return changes


def _going_back(
    structure: Structure,
    sweep: Sweep,
    order: Wires,
    ket: ComplexArray,
    bras: ComplexArray,
    slots: Sequence[int],
) -> FloatArray:
    """Undo the gates from the last to the first trainable one, and collect the derivatives.

    Returns
    -------
    array, shape (n, K, V)
        Derivatives of Re <b|psi> for each of the V bras, shape (V, K, 2**n), by each of the slots.
    """
    column = {slot: index for index, slot in enumerate(slots)}
    derivatives = np.zeros((len(slots), ket.shape[0], len(bras)))
    operations = structure.bind(sweep.rows, sweep.arrays)
    wanted = [_trained(operation, column) for operation in structure.operations]
    first = next((index for index, terms in enumerate(wanted) if terms), len(wanted))
    n = len(order)
    for index in range(len(operations) - 1, first - 1, -1):
        operation = operations[index]
        axes = order.indices(operation.wires)
        if wanted[index]:
            changed = generated(ket, operation, axes, n)
            overlaps = np.einsum("mki,ki->km", bras.conj(), changed)
            for slot, factor in wanted[index]:
                derivatives[column[slot]] -= factor * overlaps.imag
        if index > first:
            ket = _undone(ket, operation, axes, n)
            bras = np.stack([_undone(bra, operation, axes, n) for bra in bras])
    return derivatives


def generated(state: ComplexArray, operation: Operator, axes: list[int], n: int) -> ComplexArray:
    """Apply the generator of a gate exp(i x G) to a state; for wide gates as a diagonal."""
    if operation.name not in ANY_WIDTH:
        return np.asarray(apply_matrix(state, operation.generator_matrix(), axes, n))
    return np.asarray(apply_diagonal(state, unit_generator(operation), axes, n))


def _undone(state: ComplexArray, operation: Operator, axes: list[int], n: int) -> ComplexArray:
    """Apply the inverse of a gate to a state."""
    if operation.is_diagonal:
        diagonal = operation.canonical_diagonal(operation.parameters, np)
        return np.asarray(apply_diagonal(state, np.conj(diagonal), axes, n))
    inverse = _dagger(operation.canonical_matrix(operation.parameters, np))
    return np.asarray(apply_matrix(state, inverse, axes, n))


def _trained(operation: Operator, column: dict[int, int]) -> tuple[tuple[int, float], ...]:
    """Return the selected slots that an operation depends on, with their factors."""
    return tuple(
        (slot, factor)
        for symbol in operation.parameters
        for slot, factor in trained_slots(symbol)
        if slot in column
    )


def trained_slots(symbol: Any) -> tuple[tuple[int, float], ...]:
    """Return the slots that a parameter depends on, with their factors."""
    return symbol.terms if isinstance(symbol, Affine) else ()


@sized_cache(64 * MIB)
def preparations_first(structure: Structure) -> Structure:
    """Move state preparations to the front; no gate may act on their wires before them."""
    operations, touched = structure.operations, set[Wire]()
    for operation in operations:
        if hasattr(operation, "canonical_state"):
            refuse_late_preparation(operation, touched)
        touched.update(operation.wires)
    ordered = sorted(operations, key=lambda operation: not hasattr(operation, "canonical_state"))
    return structure.with_operations(ordered)


def values_and_bras(
    measurement: Measurement, ket: ComplexArray, order: Wires, most: int | None = None
) -> Iterator[tuple[FloatArray, ComplexArray]]:
    """Yield expectation values of the measured observables O, (K, m), and O|psi>, (m, K, 2**n).

    At most ``most`` observables at a time.
    """
    if measurement.kind is MeasurementKind.PROBS:
        values = measure(measurement, ket, order)
        for outcomes in _chunks(values.shape[1], most):
            yield values[:, outcomes], _projections(measurement, ket, order, outcomes)
        return
    observable = measurement.observable
    if measurement.kind is MeasurementKind.EXPVAL:
        values, bra = _value_and_bra(observable, ket, order)
        yield values[:, None], bra[None]
        return
    for indices in _chunks(observable.num_terms, most):
        terms = [_term(observable, index) for index in range(observable.num_terms)[indices]]
        found = [_value_and_bra(term, ket, order) for term in terms]
        yield np.stack([value for value, _ in found], axis=-1), np.stack([bra for _, bra in found])


def _chunks(count: int, most: int | None) -> Iterator[slice]:
    step = count if most is None else most
    yield from (slice(start, min(start + step, count)) for start in range(0, count, step))


def _projections(
    measurement: Measurement, ket: ComplexArray, order: Wires, outcomes: slice
) -> ComplexArray:
    """Return the projections of the state on some outcomes, shape (m, K, 2**n)."""
    from qgate.transforms.bases import eigenbasis_gates

    n = len(order)
    turned = [] if measurement.obs is None else eigenbasis_gates(measurement.observable)
    for gate in turned:
        ket = apply(ket, gate, order.indices(gate.wires), n)
    wanted = np.arange(2 ** len(measurement.wires))[outcomes]
    outcome = part_of_index(order.indices(measurement.wires), n)
    parts = ket * (outcome == wanted[:, None])[:, None, :]
    for gate in reversed(turned):
        inverse = _dagger(gate.canonical_matrix(gate.parameters, np))
        parts = np.stack([apply_matrix(p, inverse, order.indices(gate.wires), n) for p in parts])
    return np.asarray(parts)


def _term(observable: Any, index: int) -> Any:
    """Return one term without its coefficient."""
    if isinstance(observable, PauliSum):
        return observable.select([index]).with_parameters([np.ones(1)])
    alone = np.eye(observable.num_terms)[index]
    return observable.with_parameters([alone, *observable.parameters[1:]])


def _value_and_bra(
    observable: Any, ket: ComplexArray, order: Wires
) -> tuple[FloatArray, ComplexArray]:
    """Return <psi|O|psi>, shape (K,), and O|psi>, shape (K, 2**n)."""
    bra: ComplexArray = np.asarray(apply_observable(observable, ket, order))
    return np.vecdot(ket, bra).real, bra


def _dagger(matrix: ComplexArray) -> ComplexArray:
    return np.asarray(np.swapaxes(matrix, -1, -2).conj())
