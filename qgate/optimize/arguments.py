"""Arguments of an objective, and the vector of their trainable numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qgate.autodiff.returns import leaves, rebuilt
from qgate.differentiate.pullbacks import in_words
from qgate.exceptions import (
    InvalidParameters,
    NothingTrainable,
    UnsuitableObjective,
    described,
)
from qgate.numpy.tensors import marked, tensor
from qgate.typing import FloatArray, Function, Nested, Tensor

CONTAINERS = (list, tuple, dict)


@dataclass(frozen=True, eq=False)
class Arguments:
    """Positional arguments of an objective; lists, tuples and dicts of arrays are trees."""

    args: tuple[Nested, ...]  # as given
    leaves: tuple[Nested, ...]  # arrays and other leaves of the arguments, in order
    owners: tuple[int, ...]  # for each leaf, the index of its argument
    trained: tuple[int, ...]  # indices of the leaves that are trainable arrays of qgate.numpy

    @classmethod
    def of(cls, args: Sequence[Nested], *, optimizer: str) -> Arguments:
        """Split arguments into leaves.

        Raises
        ------
        NothingTrainable
        UnsuitableObjective
            A trainable array holds complex numbers.
        """
        parts = [leaves([arg]) for arg in args]
        found = tuple(leaf for part in parts for leaf in part)
        trained = tuple(at for at, leaf in enumerate(found) if is_variable(leaf))
        if not trained:
            raise NothingTrainable(optimizer=optimizer, given=_types(found))
        for at in trained:
            _refuse_other_than_real(found[at], optimizer)
        owners = tuple(at for at, part in enumerate(parts) for _ in part)
        return cls(tuple(args), found, owners, trained)

    @property
    def size(self) -> int:
        """Number of trainable numbers."""
        return sum(self.leaves[at].size for at in self.trained)

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Shape of each trainable array."""
        return [self.leaves[at].shape for at in self.trained]

    @cached_property
    def vector(self) -> FloatArray:
        """Trainable numbers, one after the other, shape (size,)."""
        return flat([self.leaves[at] for at in self.trained])

    @cached_property
    def positions(self) -> tuple[int, ...]:
        """Indices of the arguments with trainable numbers."""
        return tuple(sorted({self.owners[at] for at in self.trained}))

    @property
    def has_containers(self) -> bool:
        """Whether one of these arguments is a list, tuple or dict."""
        return any(isinstance(self.args[at], CONTAINERS) for at in self.positions)

    @property
    def arrays(self) -> tuple[Nested, ...]:
        """The trainable arrays."""
        return tuple(self.leaves[at] for at in self.trained)

    def with_arrays(self, arrays: Sequence[Nested]) -> list[Nested]:
        """Return the arguments with the trainable arrays replaced by these, unchanged."""
        every = list(self.leaves)
        for at, array in zip(self.trained, arrays, strict=True):
            every[at] = array
        return [
            self._rebuilt(at, every) if at in self.positions else arg
            for at, arg in enumerate(self.args)
        ]

    def _rebuilt(self, at: int, every: Sequence[Nested]) -> Nested:
        """Return an argument with its leaves among those of all arguments."""
        own = (leaf for leaf, owner in zip(every, self.owners, strict=True) if owner == at)
        return rebuilt(self.args[at], own)

    def at(self, vector: FloatArray) -> list[Nested]:
        """Return the arguments at another point; precision and marks are kept."""
        return self.with_arrays(self.split(vector))

    def split(self, vector: FloatArray) -> list[Nested]:
        """Split a vector into arrays like the trainable ones."""
        arrays, start = [], 0
        for array in self.arrays:
            part = vector[start : start + array.size].reshape(array.shape)
            kept = array.dtype if array.dtype.kind == "f" else np.dtype(float)
            arrays.append(marked(part.astype(kept), trainable=True))
            start += array.size
        return arrays

    def by_position(self, vector: FloatArray) -> dict[int, Nested]:
        """Return numbers in the form of each trainable argument, as plain arrays."""
        arrays = self.with_arrays([np.asarray(part) for part in self.split(vector)])
        return {at: arrays[at] for at in self.positions}

    def returned(self, vector: FloatArray) -> Nested:
        """Return the arguments at another point; one by itself, several as a list."""
        args = self.at(vector)
        return args[0] if len(args) == 1 else args

    def by_arrays(self, function: Function) -> Function:
        """Return a function of these arguments as a function of the trainable arrays alone."""
        return lambda *arrays: function(*self.with_arrays(arrays))

    def flattened(self, gradient: Nested, *, optimizer: str) -> FloatArray:
        """Return a gradient by the trainable argument, or a tuple of those by each, as a vector.

        Raises
        ------
        UnsuitableObjective
            Its form is not that of the arguments.
        """
        alone = len(self.positions) == 1
        bare = alone and not (isinstance(gradient, tuple) and len(gradient) == 1)
        by_argument = (gradient,) if bare else gradient
        found = [
            slope
            for at, slopes in zip(self.positions, by_argument, strict=False)
            for leaf, slope in zip(leaves([self.args[at]]), leaves([slopes]), strict=False)
            if is_variable(leaf)
        ]
        if [np.shape(slope) for slope in found] != self.shapes:
            raise UnsuitableObjective(
                optimizer=optimizer,
                objective="the function with this grad_fn",
                reason=f"the gradients have the shapes {[np.shape(slope) for slope in found]}, and "
                f"the trainable arrays {self.shapes}",
                remedy="Return from grad_fn a tuple with one gradient for each trainable argument.",
            )
        return flat(found)


def flat(arrays: Sequence[Nested]) -> FloatArray:
    """Concatenate the numbers of arrays, in double precision."""
    try:
        return np.concatenate([np.asarray(array, dtype=float).reshape(-1) for array in arrays])
    except (TypeError, ValueError, OverflowError, MemoryError):
        raise InvalidParameters(
            f"{described(arrays)} was given where real numbers are optimized. Give real numbers, "
            "or arrays of them."
        ) from None


def is_variable(leaf: Tensor) -> bool:
    """Return whether this is a trainable array of ``qgate.numpy``."""
    return isinstance(leaf, tensor) and leaf.requires_grad


def size_of(shape: Sequence[int]) -> int:
    """Return the number of elements of an array of this shape."""
    return math.prod(shape)


def _types(found: Sequence[Nested]) -> str:
    return ", ".join(type(leaf).__name__ for leaf in found) or "no positional arguments"


def _refuse_other_than_real(leaf: Tensor, optimizer: str) -> None:
    if leaf.dtype.kind not in "iuf":
        raise UnsuitableObjective(
            optimizer=optimizer,
            objective="a function of this argument",
            reason=f"{in_words(leaf)} is marked as trainable, and the numbers that are changed "
            "are real",
            remedy="Pass real and imaginary parts, or mark it with requires_grad=False.",
        )
