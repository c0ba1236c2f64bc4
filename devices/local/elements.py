"""What a gate is to a plan: what it does to the bits of an index, found out from its matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from qgate.caches import MIB, sized_cache
from qgate.devices.local.gates import ANY_SIZE
from qgate.exceptions import GeneratorUndefinedError
from qgate.operations.operator import Operator
from qgate.operations.slots import Affine
from qgate.structure import ArraySlot, slots_in
from qgate.typing import ComplexArray, FloatArray
from qgate.wires import Wires

DENSE_WIRES = 6
"""Matrices on more wires are not multiplied as such."""

TINY = 1e-13
"""Entries of matrices below this are zero."""

ONE_WEIGHT = ("MultiRZ", "GlobalPhase")
"""Gates whose diagonal is one parity, or constant: a plan holds them on any number of wires."""

ANY_WIDTH = (*ONE_WEIGHT, "PCPhase")
"""Diagonal gates whose generators are known without their matrices, on any number of wires."""

NOTHING = ("Barrier", "Identity", "Snapshot")
"""Operations that change no state."""


@dataclass(frozen=True, eq=False)
class Element:
    """A gate on the bits of an index.

    Parameters
    ----------
    bits : tuple of int
        Bit positions of its wires, the first most significant.
    angle : int or None
        x of exp(i x G), as a native slot; None: a fixed matrix.
    matrix : array or None, shape (2**k, 2**k)
        G, or the fixed matrix; None: known only together with the arrays of a sweep.
    kind : Kind
        What the matrix does.
    source : Operator or None
        Gives the matrix where it is not known.
    """

    bits: tuple[int, ...]
    angle: int | None
    matrix: ComplexArray | None
    kind: Kind
    source: Operator | None = None


@dataclass(frozen=True, eq=False)
class Kind:
    """What a matrix does, apart from where.

    Parameters
    ----------
    name : {"one", "phases", "moves", "pairs", "dense"}
        A gate on one bit, a diagonal, a permutation that is linear in the bits, a gate on two
        basis states of its bits, or none of these.
    axes : tuple of str
        For each bit what the matrix commutes with: ``Z``, ``X`` or nothing (an empty string).
    weights : array, shape (2**k,)
        Of phases: the diagonal as a sum of weight times (-1)**parity(mask & index).
    columns : tuple of int, shift : int
        Of moves: each index takes the amplitude of the exclusive or of the columns of its bits.
    states : tuple of int
        Of pairs: the two basis states.
    """

    name: str
    axes: tuple[str, ...]
    weights: FloatArray | None = None
    columns: tuple[int, ...] = ()
    shift: int = 0
    states: tuple[int, ...] = ()


def element_of(operation: Operator, order: Wires) -> Element | None:
    """Return what an operation in gates of one angle is to a plan; None: it can not be planned."""
    bits = tuple(len(order) - 1 - axis for axis in order.indices(operation.wires))
    slots = [slot for symbol in operation.parameters for slot in slots_in(symbol)]
    if any(isinstance(symbol, ArraySlot) for symbol in operation.parameters):
        if len(bits) > DENSE_WIRES or slots:
            return None
        name = "one" if len(bits) == 1 else "dense"
        return Element(bits, None, None, Kind(name, ("",) * len(bits)), operation)
    if slots:
        wide = _wide_phases(operation)
        if wide is not None:
            return Element(bits, slots[0], None, wide)
        if len(bits) > DENSE_WIRES:
            return None
        try:
            generator = np.asarray(operation.generator_matrix(), dtype=complex)
        except GeneratorUndefinedError:
            return None
        return Element(bits, slots[0], generator, _rotation_kind(generator.tobytes(), len(bits)))
    if len(bits) > DENSE_WIRES:
        return None
    matrix = np.asarray(operation.canonical_matrix(operation.parameters, np), dtype=complex)
    return Element(bits, None, matrix, _fixed_kind(matrix.tobytes(), len(bits)))


def has_step(operation: Operator) -> bool:
    """Return whether a plan can hold an operation, or its decomposition, however wide it is."""
    wires = len(operation.wires)
    if wires <= DENSE_WIRES or hasattr(operation, "canonical_state") or operation.name in NOTHING:
        return True
    return operation.name not in ANY_SIZE or operation.name in ONE_WEIGHT


def _wide_phases(operation: Operator) -> Kind | None:
    """Return a rotation about Z on all wires, or a phase of the whole state, however many."""
    if operation.name not in ONE_WEIGHT:
        return None
    (symbol,) = operation.parameters
    assert isinstance(symbol, Affine)
    k = len(operation.wires)
    if operation.name == "GlobalPhase":
        return Kind("phase", ("Z",) * k)
    return Kind("parity", ("Z",) * k)


def unit_generator(operation: Operator) -> FloatArray:
    """Return the diagonal of G of a gate of ``ANY_WIDTH``; eigenvalues are within -1 and 1."""
    return np.asarray(np.angle(operation.canonical_diagonal((1.0,), np)))


@sized_cache(32 * MIB)
def _rotation_kind(content: bytes, k: int) -> Kind:
    generator = np.frombuffer(content, dtype=complex).reshape(2**k, 2**k)
    axes = _axes(generator, k)
    if k == 1:
        return Kind("one", axes)
    if all(axis == "Z" for axis in axes):
        return Kind("phases", axes, walsh(np.diagonal(generator).real))
    moved = np.flatnonzero(np.abs(generator).max(axis=1) > TINY)
    if len(moved) == 2:
        return Kind("pairs", axes, states=tuple(map(int, moved)))
    return Kind("dense", axes)


@sized_cache(32 * MIB)
def _fixed_kind(content: bytes, k: int) -> Kind:
    matrix = np.frombuffer(content, dtype=complex).reshape(2**k, 2**k)
    axes = _axes(matrix, k)
    if k == 1:
        return Kind("one", axes)
    if all(axis == "Z" for axis in axes):
        return Kind("phases", axes, walsh(np.angle(np.diagonal(matrix))))
    moves = _linear_moves(matrix, k)
    if moves is not None:
        return Kind("moves", axes, columns=moves[0], shift=moves[1])
    moved = np.flatnonzero(np.abs(matrix - np.eye(2**k)).max(axis=1) > TINY)
    if len(moved) == 2:
        return Kind("pairs", axes, states=tuple(map(int, moved)))
    return Kind("dense", axes)


def _axes(matrix: ComplexArray, k: int) -> tuple[str, ...]:
    """Say for each bit, the most significant first, what the matrix commutes with."""
    size = 2**k
    if not np.abs(matrix - np.diag(np.diagonal(matrix))).max() > TINY:
        return ("Z",) * k
    index, found = np.arange(size), []
    for place in range(k):
        bit = 1 << (k - 1 - place)
        signs = np.where(index & bit, -1.0, 1.0)
        if np.abs(matrix * signs - signs[:, None] * matrix).max() < TINY:
            found.append("Z")
        elif np.abs(matrix[:, index ^ bit] - matrix[index ^ bit]).max() < TINY:
            found.append("X")
        else:
            found.append("")
    return tuple(found)


def _linear_moves(matrix: ComplexArray, k: int) -> tuple[tuple[int, ...], int] | None:
    """Return from where each index takes its amplitude, if that is linear in the bits.

    Returns
    -------
    columns : tuple of int
        For each bit, the least significant first.
    shift : int
    """
    if np.abs(matrix * (matrix - 1)).max() > TINY or (np.abs(matrix).sum(axis=1) - 1).any():
        return None
    source = np.argmax(np.abs(matrix), axis=1)
    shift = int(source[0])
    columns = tuple(int(source[1 << bit]) ^ shift for bit in range(k))
    for index in range(2**k):
        linear = shift
        for bit in range(k):
            if index >> bit & 1:
                linear ^= columns[bit]
        if linear != source[index]:
            return None
    return columns, shift


def walsh(diagonal: Any) -> FloatArray:
    """Return the weights with which parities of an index add up to a diagonal."""
    values = np.array(diagonal, dtype=float)
    step = 1
    while step < len(values):
        parts = values.reshape(-1, 2, step)
        values = np.stack([parts[:, 0] + parts[:, 1], parts[:, 0] - parts[:, 1]], 1).reshape(-1)
        step *= 2
    weights = values / len(values)
    return np.where(np.abs(weights) > TINY, weights, 0.0)
