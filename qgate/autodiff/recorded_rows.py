"""Rows of a recorded circuit's angles, as a function of the arguments of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.arrays import enclosed, framework_of
from qgate.operations.entries import Formula, Step
from qgate.operations.slots import Affine
from qgate.typing import FloatArray, IntArray, Namespace, Tensor

if TYPE_CHECKING:
    from qgate.bridge import Interface


@dataclass(frozen=True, eq=False)
class RecordedRows:
    """Angles (K, P) of a circuit as functions of the entries of its arguments.

    Parameters
    ----------
    shape : tuple of int
        (K, P).
    shapes : tuple of tuple of int
        Shapes of the arguments.
    index : array of int, shape (K * P, W)
        For each angle the numbers of the entries of which it is a sum; steps follow the arguments.
    factors : array, shape (K * P, W)
        What each entry is multiplied by.
    offsets : array, shape (K * P,)
    steps : tuple of Step
        Functions of entries that are computed first.
    """

    shape: tuple[int, int]
    shapes: tuple[tuple[int, ...], ...]
    index: IntArray
    factors: FloatArray
    offsets: FloatArray
    steps: tuple[Step, ...] = ()

    @classmethod
    def of(
        cls, angles: Tensor, shapes: tuple[tuple[int, ...], ...], formula: Formula
    ) -> RecordedRows:
        """Return the rows for a matrix (K, P) of numbers and entries."""
        cells = angles.ravel().tolist()
        width = max([1, *(len(cell.terms) for cell in cells if isinstance(cell, Affine))])
        index = np.zeros((len(cells), width), dtype=np.int64)
        factors, offsets = np.zeros((len(cells), width)), np.zeros(len(cells))
        for place, cell in enumerate(cells):
            if not isinstance(cell, Affine):
                offsets[place] = cell
                continue
            offsets[place] = cell.offset
            for column, (number, factor) in enumerate(cell.terms):
                index[place, column], factors[place, column] = number, factor
        return cls(angles.shape, shapes, index, factors, offsets, tuple(formula.steps))

    @cached_property
    def size(self) -> int:
        """Number of entries of all arguments."""
        return sum(map(prod, self.shapes))

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Number of the first entry of each argument."""
        return tuple(np.cumsum([0, *map(prod, self.shapes)]).tolist())

    @cached_property
    def is_plain(self) -> bool:
        """Whether each angle is an entry as it is."""
        return bool(
            self.index.shape[1] == 1 and not self.offsets.any() and (self.factors == 1.0).all()
        )

    @cached_property
    def is_whole(self) -> bool:
        """Whether the row consists of all entries, in order."""
        return self.is_plain and np.array_equal(self.index[:, 0], np.arange(self.size))

    @cached_property
    def _columns(self) -> IntArray:
        return np.ascontiguousarray(self.index[:, 0])

    @cached_property
    def alone(self) -> tuple[RecordedRows, ...]:
        """The linear part that comes from each argument."""
        nothing, found = np.zeros_like(self.offsets), []
        for start, stop, shape in zip(self.starts, self.starts[1:], self.shapes, strict=False):
            own = (self.index >= start) & (self.index < stop)
            index, factors = np.where(own, self.index - start, 0), np.where(own, self.factors, 0.0)
            found.append(RecordedRows(self.shape, (shape,), index, factors, nothing))
        return tuple(found)

    def arguments_of_slots(self) -> list[set[int]]:
        """Return for each of the P slots the arguments on which it depends."""
        owners: list[set[int]] = []
        for number, shape in enumerate(self.shapes):
            owners += [{number}] * prod(shape)
        for step in self.steps:
            terms = [
                term for each in step.operands if isinstance(each, Affine) for term in each.terms
            ]
            owners.append(set().union(*(owners[number] for number, _ in terms)))
        used: list[set[int]] = [set() for _ in range(self.shape[1])]
        for place, (numbers, factors) in enumerate(zip(self.index, self.factors, strict=True)):
            for number in numbers[factors != 0.0]:
                used[place % self.shape[1]] |= owners[number]
        return used

    def columns(self, slots: tuple[int, ...]) -> RecordedRows:
        """Return the rows of some slots only."""
        if slots == tuple(range(self.shape[1])):
            return self
        kept = np.arange(prod(self.shape)).reshape(self.shape)[:, list(slots)]
        shape, chosen = kept.shape, kept.ravel()
        parts = self.index[chosen], self.factors[chosen], self.offsets[chosen]
        return RecordedRows((shape[0], shape[1]), self.shapes, *parts, self.steps)

    # Numbers --------------------------------------------------------------------------------------

    def numbers(self, arrays: Sequence[Tensor]) -> FloatArray:
        """Return the rows for plain arrays, shape (K, P); memory of their own."""
        flat = _flat(arrays)
        if self.is_whole:
            return np.array(flat, dtype=float).reshape(self.shape)
        if self.steps:
            flat = self._with_steps(flat, np)
        if self.is_plain:
            found: FloatArray = flat[self._columns].astype(float, copy=False)
        else:
            found = np.einsum("tw,tw->t", flat[self.index], self.factors) + self.offsets
        return found.reshape(self.shape)

    def back(self, cotangent: FloatArray) -> FloatArray:
        """Return the transpose of the linear part applied to rows, for the only argument."""
        (shape,) = self.shapes
        if self.is_whole:
            return cotangent.reshape(shape)
        weights = cotangent.reshape(-1, 1) * self.factors
        sums = np.bincount(self.index.ravel(), weights.ravel(), minlength=self.size)
        found: FloatArray = sums.astype(float, copy=False).reshape(shape)
        return found

    def _with_steps(self, flat: Tensor, xp: Namespace) -> Tensor:
        """Return the entries with the results of the steps behind them."""
        results: list[Tensor] = []

        def value(operand: Affine | float) -> Tensor:
            if not isinstance(operand, Affine):
                return operand
            total: Tensor = operand.offset
            for number, factor in operand.terms:
                entry = flat[number] if number < self.size else results[number - self.size]
                total = total + entry * factor
            return total

        for step in self.steps:  # each may need the results of those before
            result = getattr(xp, step.function)(*map(value, step.operands))
            results.append(result)
        return xp.concatenate([flat, xp.stack(results)])

    # Traced arrays --------------------------------------------------------------------------------

    def traced(self, arrays: Sequence[Tensor], interface: Interface) -> Tensor:
        """Return the rows in the framework that traces the arguments."""
        if interface.name == "autograd" and not self.steps:
            return _linear_rows()(self, *arrays)
        xp = interface.namespace
        flat = xp.concatenate(
            [xp.reshape(_wide(each, interface, arrays), (-1,)) for each in arrays]
        )
        if self.steps:
            flat = self._with_steps(flat, xp)
        if self.is_plain:
            found = flat if self.is_whole else flat[self._columns]
        else:
            found = xp.sum(flat[self.index] * self.factors, axis=-1) + self.offsets
        return xp.reshape(found, self.shape)


def _flat(arrays: Sequence[Tensor]) -> FloatArray:
    """Return the numbers of all arrays, one after the other."""
    if len(arrays) == 1:
        return np.asarray(arrays[0]).reshape(-1)
    return np.concatenate([np.asarray(array).reshape(-1) for array in arrays] or [np.zeros(0)])


def _wide(array: Tensor, interface: Interface, like: Sequence[Tensor]) -> Tensor:
    """Return an argument as an array of the framework, in the precision of the computation."""
    own = array if interface.owns(array) or interface.name == "autograd" else None
    theirs = interface.tensor(array, like) if own is None else own
    return interface.widened(enclosed(theirs) if framework_of(theirs) is not None else theirs)


@lru_cache(maxsize=1)
def _linear_rows() -> Callable[..., Tensor]:
    """Return the rows of autograd's arrays as one primitive."""
    from autograd.extend import defjvp, defjvp_argnums, defvjp, defvjp_argnums, primitive

    rows: Callable[..., Tensor] = primitive(lambda formula, *arrays: formula.numbers(arrays))
    back = primitive(lambda formula, cotangent: formula.back(cotangent))

    def vjp(argnums: Sequence[int], _: Tensor, args: Sequence[Any], kw: Mapping[str, Any]) -> Any:
        alone = args[0].alone
        return lambda cotangent: tuple([back(alone[at - 1], cotangent) for at in argnums])

    def jvp(argnums: Any, tangents: Any, _: Tensor, args: Sequence[Any], kw: Any) -> Tensor:
        alone = args[0].alone
        return sum(rows(alone[at - 1], step) for at, step in zip(argnums, tangents, strict=True))

    defvjp_argnums(rows, vjp)
    defjvp_argnums(rows, jvp)
    defvjp(back, lambda _, formula, cotangent: lambda g: rows(formula, g), argnums=(1,))
    defjvp(back, lambda g, _, formula, cotangent: back(formula, g), argnums=(1,))
    return rows
