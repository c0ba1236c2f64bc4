"""Classification of gates for a plan, by the action of their matrix on the bits of an index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qgate.caches import MIB, sized_cache
from qgate.devices.local.gates import ANY_SIZE
from qgate.exceptions import GeneratorUndefinedError
from qgate.operations.operator import Operator
from qgate.operations.slots import Affine
from qgate.structure import ArraySlot, slots_in
from qgate.typing import ComplexArray, FloatArray, NumericArray
from qgate.wires import Wires

DENSE_WIRES = 6
"""Maximum number of wires of gates that are applied as dense matrices."""

TINY = 1e-13
"""Entries of matrices below this are treated as zero."""

ONE_WEIGHT = ("MultiRZ", "GlobalPhase")
"""Gates whose diagonal is one parity, or constant; a plan supports them on any number of wires."""

ANY_WIDTH = (*ONE_WEIGHT, "PCPhase")
"""Diagonal gates whose generators are known without their matrices, on any number of wires."""

NOTHING = ("Barrier", "Identity", "Snapshot")
"""Operations that do not change the state."""


@dataclass(frozen=True, eq=False)
class Element:
    """Gate on the bits of an index.

    Parameters
    ----------
    bits : tuple of int
        Bit positions of its wires, the first most significant.
    angle : int or None
        Native slot of x in exp(i x G); None: a fixed matrix.
    matrix : array or None, shape (2**k, 2**k)
        G, or the fixed matrix; None: known only with the arrays of a sweep.
    kind : Kind
        Action of the matrix.
    source : Operator or None
        Operation that returns a matrix that is not known yet.
    """

    bits: tuple[int, ...]
    angle: int | None
    matrix: ComplexArray | None
    kind: Kind
    source: Operator | None = None


@dataclass(frozen=True, eq=False)
class Kind:
    """Action of a matrix, independent of its wires.

    Parameters
    ----------
    name : {"one", "phases", "moves", "pairs", "dense"}
        A gate on one bit, a diagonal, a permutation that is linear in the bits, a gate on two basis
        states of its bits, or none of these.
    axes : tuple of str
        For each bit, the Pauli operator that the matrix commutes with: ``Z``, ``X``, or an empty
        string.
    weights : array, shape (2**k,)
        Of phases: the diagonal as a sum of weight times (-1)**parity(mask & index).
    columns : tuple of int, shift : int
        Of moves: the source of an index is the exclusive or of the shift and the columns at its set
        bits.
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
    """Return the element of an operation in one-angle gates; None: a plan cannot hold it."""
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
    """Return whether a plan can hold an operation, or its decomposition, of any width."""
    wires = len(operation.wires)
    if wires <= DENSE_WIRES or hasattr(operation, "canonical_state") or operation.name in NOTHING:
        return True
    return operation.name not in ANY_SIZE or operation.name in ONE_WEIGHT


def _wide_phases(operation: Operator) -> Kind | None:
    """Return the kind of a Z rotation on all wires, or of a global phase, of any width."""
    if operation.name not in ONE_WEIGHT:
        return None
    (symbol,) = operation.parameters
    assert isinstance(symbol, Affine)
    k = len(operation.wires)
    if operation.name == "GlobalPhase":
        return Kind("phase", ("Z",) * k)
    return Kind("parity", ("Z",) * k)


def unit_generator(operation: Operator) -> FloatArray:
    """Return the diagonal of G of a gate of ``ANY_WIDTH``; its eigenvalues are between -1 and 1."""
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
    """Return the commuting Pauli operator (Z, X or none) of each bit, most significant first."""
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
    """Return the source of each index of a permutation, if it is linear in the bits.

    Returns
    -------
    columns : tuple of int
        Column of each bit, the least significant first.
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


def walsh(diagonal: NumericArray) -> FloatArray:
    """Return the Walsh-Hadamard transform of a diagonal: its weights as a sum of parities."""
    values = np.array(diagonal, dtype=float)
    step = 1
    while step < len(values):
        parts = values.reshape(-1, 2, step)
        values = np.stack([parts[:, 0] + parts[:, 1], parts[:, 0] - parts[:, 1]], 1).reshape(-1)
        step *= 2
    weights = values / len(values)
    return np.where(np.abs(weights) > TINY, weights, 0.0)
