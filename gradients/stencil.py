"""Stencils: derivatives as weighted sums of values at shifted parameters.

Shift rules and finite differences are both stencils: points around the parameters, and weights. All
derivatives of a circuit are one stencil, so they are computed in one sweep.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from qgate.arrays import namespace, shape_of
from qgate.sizes import MOST_POINTS, check_size
from qgate.sweep import distinct_rows
from qgate.typing import BoolArray, FloatArray, IntArray, Tensor

ALL = slice(None)

DECIMALS = 12
"""Points that agree to this many decimals count as one."""


@dataclass(frozen=True, eq=False)
class Stencil:
    """Points around a row of parameters, and weights that combine values there to derivatives.

    Derivative ``targets[e]`` is the sum over entries e of ``weights[e] * value at points[e]``.

    Parameters
    ----------
    offsets : array, shape (M, P)
        Shifts that are added to the row at each point; where ``pins`` is set, the value itself.
    targets, points : array of int, shape (E,)
    weights : array, shape (E,)
    size : int
        n, the number of parameters that derivatives are taken by.
    order : int
        k; there are n**k derivatives, numbered in C order.
    pins : array of bool, shape (M, P), optional
        Parameters that a point sets to a value, whatever that of the row is; None: none.
    """

    offsets: FloatArray
    targets: IntArray
    points: IntArray
    weights: FloatArray
    size: int
    order: int
    pins: BoolArray | None = None

    @classmethod
    def value(cls, num_slots: int, size: int) -> Stencil:
        """Return the stencil of order 0: the value itself."""
        nothing = np.zeros(1, dtype=np.int64)
        return cls(np.zeros((1, num_slots)), nothing, nothing, np.ones(1), size, 0)

    @classmethod
    def from_rules(
        cls, rules: Sequence[tuple[int, int, FloatArray]], num_slots: int, size: int
    ) -> Stencil:
        """Return the stencil of first derivatives from rules.

        Parameters
        ----------
        rules : sequence of (target, slot, rule)
            Contributions of ``slot`` to derivative ``target``: the rule's rows (coefficient,
            shift), or (coefficient, value, 1) for a point that sets the parameter.
        num_slots : int
        size : int
        """
        steps = [(target, slot, row) for target, slot, rule in rules for row in rule]
        offsets = np.zeros((len(steps), num_slots))
        pins = np.zeros(offsets.shape, dtype=bool)
        for point, (_, slot, row) in enumerate(steps):
            offsets[point, slot], pins[point, slot] = row[1], len(row) > 2
        entries = [(target, point, row[0]) for point, (target, _, row) in enumerate(steps)]
        stencil = cls.from_entries(offsets, entries, size, 1)
        return (replace(stencil, pins=pins) if pins.any() else stencil).merged()

    @classmethod
    def from_entries(
        cls, offsets: FloatArray, entries: Iterable[tuple[int, int, float]], size: int, order: int
    ) -> Stencil:
        """Return the stencil of these entries (target, point, weight)."""
        targets, points, weights = np.array([*entries], dtype=float).reshape(-1, 3).T
        whole = targets.astype(np.int64), points.astype(np.int64)
        return cls(offsets, *whole, weights.copy(), size, order)

    def compose(self, inner: Stencil) -> Stencil:
        """Return the stencil of these derivatives of the derivatives of ``inner``.

        Raises
        ------
        TooLarge
            There would be more points than ``qgate.sizes.MOST_POINTS``, before equal ones are
            merged.
        """
        count = len(self.offsets) * len(inner.offsets)
        remedy = "Take derivatives by fewer parameters, or of a lower order."
        check_size("A derivative of this order", count, MOST_POINTS, unit="points", remedy=remedy)
        offsets, pins = inner.at(self.offsets), None
        if self.pins is not None or inner.pins is not None:
            # Points of one stencil first, then of the other: a pin of either stays.
            pins = (inner.pinned[:, None, :] | self.pinned).swapaxes(0, 1).reshape(count, -1)
        offsets = offsets.swapaxes(0, 1).reshape(count, -1)
        targets = self.targets[:, None] * inner.size**inner.order + inner.targets[None, :]
        points = self.points[:, None] * len(inner.offsets) + inner.points[None, :]
        weights = self.weights[:, None] * inner.weights[None, :]
        return Stencil(
            offsets,
            targets.ravel(),
            points.ravel(),
            weights.ravel(),
            self.size,
            self.order + inner.order,
            pins,
        ).merged()

    @property
    def pinned(self) -> BoolArray:
        """Parameters that each point sets to a value, shape (M, P)."""
        return np.zeros(self.offsets.shape, dtype=bool) if self.pins is None else self.pins

    @property
    def moved(self) -> BoolArray:
        """Parameters that each point shifts or sets, shape (M, P)."""
        moved: BoolArray = self.offsets != 0
        return moved if self.pins is None else moved | self.pins

    def at(self, rows: Tensor, chosen: BoolArray | slice = ALL) -> Tensor:
        """Return each row at each point: rows (K, P), or one row (P,), to (M, K, P) or (M, P)."""
        offsets, pins = self.offsets[chosen], self.pins
        if len(rows.shape) == 2:
            offsets = offsets[:, None, :]
            pins = None if pins is None else pins[:, None, :]
        if pins is None:
            return rows + offsets
        return rows * (1.0 - pins[chosen]) + offsets

    def merged(self) -> Stencil:
        """Return the stencil with equal points merged."""
        return on_common_points([self])[0]

    def power(self, order: int) -> Stencil:
        """Return the stencil of the derivatives of some order, from these of order 1."""
        return functools.reduce(lambda inner, _: self.compose(inner), range(order - 1), self)

    def contract(self, values: Tensor) -> Tensor:
        """Combine values to derivatives.

        Parameters
        ----------
        values : array, shape (M, ...)
            Value at each point, an array of any framework.

        Returns
        -------
        array, shape (n,) * k + (...)
        """
        xp, shape = namespace([values]), shape_of(values)[1:]
        points, weights = self._by_target
        summands = values[points] * weights.reshape(*weights.shape, *(1,) * len(shape))
        return xp.reshape(xp.sum(summands, axis=1), (*(self.size,) * self.order, *shape))

    @functools.cached_property
    def _by_target(self) -> tuple[IntArray, FloatArray]:
        """The points and weights of each derivative, (n**k, most), padded with weights of 0."""
        count = self.size**self.order
        order = np.argsort(self.targets, kind="stable")
        targets = self.targets[order]
        numbers = np.bincount(targets, minlength=count)
        place = np.arange(len(targets)) - np.repeat(np.cumsum(numbers) - numbers, numbers)
        points = np.zeros((count, numbers.max(initial=0)), dtype=np.int64)
        weights = np.zeros(points.shape)
        points[targets, place], weights[targets, place] = self.points[order], self.weights[order]
        return points, weights


def on_common_points(stencils: Sequence[Stencil]) -> tuple[Stencil, ...]:
    """Return several stencils on the union of their points."""
    every = np.concatenate([stencil.offsets for stencil in stencils])
    width, has_pins = every.shape[1], any(stencil.pins is not None for stencil in stencils)
    if has_pins:
        every = np.hstack([every, np.concatenate([stencil.pinned for stencil in stencils])])
    distinct, index = distinct_rows(every, decimals=DECIMALS)
    offsets, pins = distinct[:, :width], distinct[:, width:] > 0 if has_pins else None
    together, start = [], 0
    for stencil in stencils:
        points = index[start : start + len(stencil.offsets)][stencil.points]
        start += len(stencil.offsets)
        together.append(replace(stencil, offsets=offsets, points=points, pins=pins))
    return tuple(together)
