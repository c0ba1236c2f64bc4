"""Fingerprints (SHA-256) of sweeps that are the same in every process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from enum import Enum

import numpy as np

from qgate.operations.slots import Affine
from qgate.structure import ArraySlot, Structure
from qgate.sweep import Sweep
from qgate.typing import NumericArray


def digest_of(sweeps: Sequence[Sweep]) -> str:
    """Return a digest of sweeps, 64 hexadecimal digits.

    It covers circuits, measurements, wires, rows, arrays, shots, seeds, folding and the sweeps
    on whose qubits others are placed, to the last bit.
    """
    state = hashlib.sha256()
    for sweep in sweeps:
        if sweep.beside is not None:
            state.update(f"beside {digest_of([sweep.beside])}".encode())
        if sweep.folding > 1:
            state.update(f"folded {sweep.folding}".encode())
        for part in (sweep.structure, sweep.rows, *sweep.arrays, sweep.shots, sweep.seed):
            for piece in _pieces(part):
                state.update(len(piece).to_bytes(8, "big"))
                state.update(piece)
    return state.hexdigest()


def key_of(*parts: object) -> str:
    """Return a digest of texts and numbers, 64 hexadecimal digits."""
    state = hashlib.sha256()
    for part in parts:
        for piece in _pieces(part):
            state.update(len(piece).to_bytes(8, "big"))
            state.update(piece)
    return state.hexdigest()


def _pieces(value: object) -> Iterator[bytes]:
    """Yield the bytes that represent a value; values of other types are represented by ``repr``."""
    if isinstance(value, Structure):
        yield from _pieces(value.key)
    elif isinstance(value, type):
        yield f"{value.__module__}.{value.__qualname__}".encode()
    elif isinstance(value, Affine):
        yield from _pieces((*value.terms, value.offset))
    elif isinstance(value, ArraySlot):
        yield f"array {value.index}".encode()
    elif isinstance(value, Enum):
        yield str(value).encode()
    elif isinstance(value, bytes):
        yield value
    elif isinstance(value, np.ndarray):
        yield from _array(value)
    elif hasattr(value, "tocsr"):
        matrix = value.tocsr()
        yield from _pieces((matrix.shape, matrix.data, matrix.indices, matrix.indptr))
    elif isinstance(value, tuple | list):
        yield f"sequence of {len(value)}".encode()
        for item in value:
            yield from _pieces(item)
    else:
        yield repr(value).encode()


def _array(value: NumericArray) -> Iterator[bytes]:
    if value.dtype == object:
        yield from _pieces((value.shape, value.ravel().tolist()))
        return
    yield f"{value.dtype.str} {value.shape}".encode()
    yield np.ascontiguousarray(value).tobytes()
