"""Remove rotations that only derivatives need, or merge them into the neighbouring operation.

A gate or a state with a trainable array has neighbouring rotations whose angles are nonzero only in
shifted circuits (see ``trained_arrays``). Rotations with the angle 0 in all rows of a sweep are
removed. On a device that does not return its state, the others are multiplied into the neighbouring
array: each row then has its own matrix or state, which is decomposed into angles of one sequence of
gates. So shifted circuits are as deep as the original circuit, and are compiled once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from qgate.operations.operator import Operator, without_recording
from qgate.operations.slots import Affine
from qgate.operations.state_preparation import StatePrep, mottonen_gates
from qgate.operations.unitary_synthesis import diagonal_gates, unitary_gates
from qgate.operations.word_rotations import WordRotations, is_idle, rotated
from qgate.structure import ArraySlot, Structure, evaluate, slots_in
from qgate.sweep import Sweep, distinct_rows
from qgate.transforms.trained_arrays import PreparedState
from qgate.typing import FloatArray, Wire
from qgate.wires import Wires

MOST_MERGED_WIRES = 5
"""Maximum number of wires of a merged matrix, which takes about (3/4) 4**n CNOTs."""


@lru_cache(maxsize=1024)
def has_idle(structure: Structure) -> bool:
    """Return whether a structure has rotations that only derivatives need."""
    return any(map(is_idle, structure.operations))


def without_idle(sweep: Sweep, keep: Collection[int] = ()) -> Sweep:
    """Remove the rotations whose angles are 0 in every row; those by the slots ``keep`` stay."""
    if not has_idle(sweep.structure):
        return sweep
    needed = frozenset(np.flatnonzero(sweep.rows.any(axis=0)).tolist()) | frozenset(keep)
    structure, states = _without(sweep.structure, needed)
    columns = [np.asarray(sweep.arrays[index])[..., 0] for index in states]
    return replace(sweep, structure=structure, arrays=(*sweep.arrays, *columns))


@lru_cache(maxsize=1024)
def _without(structure: Structure, needed: frozenset[int]) -> tuple[Structure, tuple[int, ...]]:
    """Return a structure with the needed rotations only.

    A matrix that prepares a state is replaced by the state if no rotation precedes it. Also return
    the numbers of these matrices, in order; the first column of each becomes an additional array.
    """
    operations, touched, states = list[Operator](), set[Wire](), list[int]()
    for operation in structure.operations:
        if is_idle(operation):
            kept = _needed(operation, needed)
        elif _is_first(operation, touched):
            kept = [_state(operation, structure.num_arrays + len(states))]
            states.append(operation.parameters[0].index)
        else:
            kept = [operation]
        operations += kept
        touched.update(wire for part in kept for wire in part.wires)
    whole = Structure(
        operations,
        structure.measurements,
        structure.num_slots,
        structure.num_arrays + len(states),
    )
    return whole, tuple(states)


def _is_first(operation: Operator, touched: Collection[Wire]) -> bool:
    """Return whether an operation is a matrix that prepares a state from |0...0>."""
    if not isinstance(operation, PreparedState) or set(touched) & set(operation.wires):
        return False
    return isinstance(operation.parameters[0], ArraySlot)


def _needed(operation: Operator, needed: frozenset[int]) -> list[Operator]:
    """Return the rotations of an operation that depend on needed slots."""
    if not isinstance(operation, WordRotations):
        return [operation] if needed.intersection(_slots(operation)) else []
    angles = operation.parameters[0]
    kept = [j for j, angle in enumerate(angles) if needed.intersection(slots_in(angle))]
    if not kept:
        return []
    words = [operation.words[j] for j in kept]
    return without_recording(lambda: [WordRotations(angles[kept], words, operation.wires)])


def _slots(operation: Operator) -> list[int]:
    return [slot for symbol in operation.parameters for slot in slots_in(symbol)]


def _state(operation: Operator, array: int) -> Operator:
    """Return the preparation of a state, from another array, in place of a matrix."""
    zero = np.eye(1, 2 ** len(operation.wires))[0]
    (blank,) = without_recording(lambda: [StatePrep(zero, operation.wires)])
    return blank.with_parameters([ArraySlot(array)])


def merged(sweep: Sweep) -> Sweep:
    """Multiply the remaining rotations into the gate or the state after them."""
    if not has_idle(sweep.structure):
        return sweep
    structure = sweep.structure
    operations, columns, waiting = list[Operator](), list[FloatArray](), list[Operator]()
    for operation in structure.operations:
        if is_idle(operation):
            waiting.append(operation)
            continue
        before = Wires.all_wires([part.wires for part in operations])
        parts = _together(waiting, operation, sweep, before) if waiting else None
        if parts is None:
            operations += [*waiting, operation]
        else:
            for part in parts:
                first = structure.num_slots + len(columns)
                columns += part.parameters
                symbols = [Affine.slot(first + place) for place in range(part.num_params)]
                operations.append(part.with_parameters(symbols))
        waiting = []
    whole = Structure(
        [*operations, *waiting],
        structure.measurements,
        structure.num_slots + len(columns),
        structure.num_arrays,
    )
    return replace(sweep, structure=whole, rows=np.column_stack([sweep.rows, *columns]))


def _together(
    rotations: Sequence[Operator], operation: Operator, sweep: Sweep, before: Wires
) -> list[Operator] | None:
    """Return rotations and the operation after them as gates with numbers, batched over K rows.

    None: the operation does not act on all their wires, has slots, or acts on too many wires.
    """
    wires = operation.wires
    acted = {wire for rotation in rotations for wire in rotation.wires}
    if _slots(operation) or not operation.has_matrix or not acted <= set(wires):
        return None
    words, angles = _words_and_angles(rotations, wires, sweep.rows)
    points, index = distinct_rows(angles)
    numbers = [evaluate(symbol, None, sweep.arrays) for symbol in operation.parameters]
    (fixed,) = without_recording(lambda: [operation.with_parameters(numbers)])
    if isinstance(operation, PreparedState) and not acted.intersection(before):
        start = np.eye(2 ** len(wires), 1, dtype=complex)
        states = np.stack([fixed.matrix() @ rotated(start, point, words) for point in points])
        gates = without_recording(lambda: mottonen_gates(states[..., 0], wires))
    elif operation.is_diagonal:
        start = np.ones((2 ** len(wires), 1), dtype=complex)
        turns = np.stack([rotated(start, point, words)[:, 0] for point in points])
        diagonal = fixed.canonical_diagonal(fixed.parameters, np)
        gates = without_recording(lambda: diagonal_gates(np.angle(diagonal * turns), wires))
    elif len(wires) <= MOST_MERGED_WIRES:
        start = np.eye(2 ** len(wires), dtype=complex)
        whole = np.stack([fixed.matrix() @ rotated(start, point, words) for point in points])
        gates = without_recording(lambda: unitary_gates(whole, wires))
    else:
        return None
    return [
        gate.with_parameters([np.asarray(value)[index] for value in gate.parameters])
        for gate in gates
    ]


def _words_and_angles(
    rotations: Sequence[Operator], wires: Wires, rows: FloatArray
) -> tuple[list[str], FloatArray]:
    """Return the Pauli word of each rotation, on all of the wires, and the angles, (K, m)."""
    words, angles = list[str](), list[FloatArray]()
    for rotation in rotations:
        own = (
            rotation.words
            if isinstance(rotation, WordRotations)
            else [str(rotation.hyperparameters["pauli_word"])]
        )
        for word in own:
            letters = dict(zip(rotation.wires, word, strict=True))
            words.append("".join(letters.get(wire, "I") for wire in wires))
        values = evaluate(rotation.parameters[0], rows, ())
        angles.append(np.reshape(values, (len(rows), len(own))))
    return words, np.concatenate(angles, axis=1)
