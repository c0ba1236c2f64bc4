"""Array functions of frameworks, compared with numpy's of the same names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

RANDOM = np.random.default_rng(7)
BOX = RANDOM.normal(size=(3, 4, 5))
MATRIX = RANDOM.normal(size=(4, 4)) + 1j * RANDOM.normal(size=(4, 4))
VECTOR = RANDOM.normal(size=4)

ARRAY_CASES: dict[str, Callable[[Any, Callable[[Any], Any]], Any]] = {
    "swapaxes": lambda xp, of: xp.swapaxes(of(BOX), 0, -1),
    "moveaxis": lambda xp, of: xp.moveaxis(of(BOX), 0, -1),
    "moveaxis, several": lambda xp, of: xp.moveaxis(of(BOX), (0, 1), (-1, 0)),
    "transpose": lambda xp, of: xp.transpose(of(BOX)),
    "transpose, by axes": lambda xp, of: xp.transpose(of(BOX), (1, 0, 2)),
    "reshape": lambda xp, of: xp.reshape(of(BOX), (3, -1)),
    "ravel": lambda xp, of: xp.ravel(of(MATRIX)),
    "sum": lambda xp, of: xp.sum(of(BOX)),
    "sum, along an axis": lambda xp, of: xp.sum(of(BOX), axis=-1),
    "sum, along several axes": lambda xp, of: xp.sum(of(BOX), axis=(0, 2)),
    "prod": lambda xp, of: xp.prod(of(BOX), axis=1),
    "argmax": lambda xp, of: xp.argmax(of(BOX), axis=1),
    "repeat": lambda xp, of: xp.repeat(of(BOX), 2, axis=1),
    "stack": lambda xp, of: xp.stack([of(BOX), BOX], axis=1),
    "concatenate, of two dtypes": lambda xp, of: xp.concatenate([of(VECTOR), 1j * VECTOR]),
    "real": lambda xp, of: xp.real(of(MATRIX)),
    "real, of reals": lambda xp, of: xp.real(of(VECTOR)),
    "imag": lambda xp, of: xp.imag(of(MATRIX)),
    "imag, of reals": lambda xp, of: xp.imag(of(VECTOR)),
    "conj": lambda xp, of: xp.conj(of(MATRIX)),
    "diag, of a matrix": lambda xp, of: xp.diag(of(MATRIX)),
    "diag, of a vector": lambda xp, of: xp.diag(of(VECTOR)),
    "diagonal": lambda xp, of: xp.diagonal(of(BOX), 0, 1) if xp is not np else BOX.diagonal(),
    "trace": lambda xp, of: xp.trace(of(MATRIX)),
    "matmul": lambda xp, of: xp.matmul(of(MATRIX), VECTOR),
    "matmul, from the left": lambda xp, of: xp.matmul(of(VECTOR), MATRIX),
    "matmul, of vectors": lambda xp, of: xp.matmul(of(VECTOR), VECTOR),
    "dot": lambda xp, of: xp.dot(of(MATRIX), MATRIX),
    "dot, with a number": lambda xp, of: xp.dot(of(VECTOR), 2.0),
    "tensordot": lambda xp, of: xp.tensordot(of(MATRIX), BOX, axes=[[0], [1]]),
    "outer": lambda xp, of: xp.outer(of(VECTOR), VECTOR),
    "kron": lambda xp, of: xp.kron(of(MATRIX), MATRIX),
    "einsum": lambda xp, of: xp.einsum("ij,j->i", of(MATRIX), VECTOR),
    "where": lambda xp, of: xp.where(VECTOR > 0, of(VECTOR), 0.0),
    "array, of a list": lambda xp, of: xp.array([of(VECTOR), VECTOR]),
    "power": lambda xp, of: xp.power(of(VECTOR), 2),
    "arctan2": lambda xp, of: xp.arctan2(of(VECTOR), 1.0),
    "equal": lambda xp, of: xp.equal(of(VECTOR), VECTOR),
    "inv": lambda xp, of: xp.linalg.inv(of(MATRIX)),
}


def expected(name: str) -> Any:
    """Return numpy's result of a case."""
    return ARRAY_CASES[name](np, lambda value: value)
