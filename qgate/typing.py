"""Type aliases that several modules use."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from types import EllipsisType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from qgate.lazy_names import refuse_unknown

Wire: TypeAlias = Hashable
"""A wire's label: any hashable value."""

WiresLike: TypeAlias = Iterable[Wire] | Wire
"""One label, or an iterable of labels."""

Tensor: TypeAlias = Any
"""A number or array of any framework (numpy, autograd box, torch, ...)."""

Nested: TypeAlias = Any
"""An array of any framework, or nested tuples, lists and dictionaries of arrays."""

Argnums: TypeAlias = int | Sequence[int] | None
"""Positions of arguments: one, several, or by default all trainable ones."""

Namespace: TypeAlias = Any
"""Array functions of a framework with numpy's names; see ``qgate.arrays.namespace``."""

Function: TypeAlias = Callable[..., Any]
"""A user's function; its arguments and what it returns are the user's."""

DType: TypeAlias = np.dtype[Any]
NumericArray: TypeAlias = NDArray[Any]
"""A numpy array of any dtype."""

Axes: TypeAlias = int | Sequence[int]
IndexEntry: TypeAlias = int | slice | EllipsisType | Sequence[int] | NDArray[np.int64] | None
Index: TypeAlias = IndexEntry | tuple[IndexEntry, ...]

FloatArray: TypeAlias = NDArray[np.float64]
ComplexArray: TypeAlias = NDArray[np.complex128]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]

SparseMatrix: TypeAlias = Any
"""A sparse matrix of scipy, which has no types."""

Postprocess: TypeAlias = Callable[[Sequence[Nested]], Nested]
"""Function that combines the results of a transform's tapes."""

TensorLike: TypeAlias = Any
"""PennyLane's name of ``Tensor``."""

Result: TypeAlias = Any
"""Result of a circuit: an array, or a tuple of the results of its measurements."""

ResultBatch: TypeAlias = Sequence[Result]
"""Results of several circuits."""

PostprocessingFn: TypeAlias = Callable[[ResultBatch], Result]
"""PennyLane's name of ``Postprocess``."""

if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)
