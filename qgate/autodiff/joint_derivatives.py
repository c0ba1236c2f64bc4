"""Derivatives of several tapes as one function, so that their circuits are one submission.

The trainable angles of all tapes are the columns of one array x, and the values of all tapes those
of one row. No value depends on the angles of another tape, so the derivatives are block-diagonal.
Tapes with equal numbers of rows have their rows side by side; otherwise all rows of a tape are part
of a single one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, Self

import numpy as np

from qgate.autodiff.derivatives import RequestedDerivatives
from qgate.execution.execute import execute_sweeps
from qgate.typing import FloatArray

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

MOST_NUMBERS = 2**24
"""Largest tensor of derivatives of several tapes; above it, each tape is its own submission."""


@dataclass(frozen=True, eq=False)
class JointDerivatives:
    """Derivatives D(k, x) of the values of several tapes; see ``bridge.Derivatives``.

    Parameters
    ----------
    members : tuple of RequestedDerivatives
        At least one, all on one device.
    columns : tuple of int, optional
        Columns of x to differentiate by; default all.
    """

    members: tuple[RequestedDerivatives, ...]
    columns: tuple[int, ...] | None = None
    _tickets: Iterator[int] = field(default_factory=partial(itertools.count, 1), repr=False)

    @property
    def rows(self) -> int:
        """Rows of x: those of each tape, or 1 if their numbers differ."""
        lengths = {len(member.trained.sweep) for member in self.members}
        return lengths.pop() if len(lengths) == 1 else 1

    @property
    def copies(self) -> list[int]:
        """For each tape, how many of its rows are in a row of x."""
        return [len(member.trained.sweep) // self.rows for member in self.members]

    @property
    def widths(self) -> list[int]:
        """For each tape, how many columns of x it has."""
        pairs = zip(self.copies, self.members, strict=True)
        return [count * len(member.trained.variable) for count, member in pairs]

    @property
    def sizes(self) -> list[int]:
        """For each tape, how many values are in a row."""
        return [n * member.size for n, member in zip(self.copies, self.members, strict=True)]

    @property
    def size(self) -> int:
        """Number of values in a row."""
        return sum(self.sizes)

    def is_small(self, order: int) -> bool:
        """Return whether the tensor of this order has at most ``MOST_NUMBERS`` numbers."""
        return bool(self.rows * self.size * sum(self.widths) ** order <= MOST_NUMBERS)

    def require(self, order: int) -> None:
        """Refuse unavailable derivatives before anything runs."""
        for member in self.members:
            member.require(order)

    def refuse_fixed(self) -> None:
        """Raise the reason why non-trainable inputs cannot be differentiated."""
        self.members[0].refuse_fixed()

    def new_ticket(self) -> int:
        """Return a new sample key, one for each evaluation of the value."""
        return next(self._tickets)

    def custom_call(self, *_: object) -> None:
        """Return None: several circuits are not one call."""

    def fixing(self, numbers: Sequence[ArrayLike]) -> Self:
        """Return the same derivatives, with numbers for inputs that were unknown so far."""
        rest = iter(numbers)
        members = [
            member.fixing([next(rest) for _ in member.trained.late_inputs])
            for member in self.members
        ]
        return replace(self, members=tuple(members))

    def by(self, columns: Sequence[int]) -> Self:
        """Return the derivatives by some columns of x only."""
        wanted = set(columns)
        members = []
        for member, start, count in zip(self.members, self._starts, self.copies, strict=True):
            width = len(member.trained.variable)
            places = [range(start + slot, start + count * width, width) for slot in range(width)]
            slots = [slot for slot, at in enumerate(places) if not wanted.isdisjoint(at)]
            members.append(member.by(slots))
        return replace(self, members=tuple(members), columns=tuple(columns))

    @property
    def _starts(self) -> list[int]:
        """For each tape, its first column of x."""
        return list(accumulate(self.widths, initial=0))[:-1]

    def __call__(
        self, order: int, x: FloatArray, *, expect: int = 0, ticket: int = 0
    ) -> FloatArray:
        """Return D(order, x), shape (B, M) + (n,) * order; see ``bridge.Derivatives``."""
        self.require(order)
        points = self._points(np.asarray(x, dtype=float))
        self._submit(points, order, max(order, expect), ticket)
        count = sum(self.widths) if self.columns is None else len(self.columns)
        joined = np.zeros((len(x), self.size, *(count,) * order))
        first = 0
        for member, at, point, copies in zip(
            self.members, self._starts, points, self.copies, strict=True
        ):
            if order == 0 or member.trained.slots:
                tensor = member(order, point, ticket=ticket)
                parts = tensor.reshape(len(x), copies, *tensor.shape[1:])
                for copy in range(copies):
                    self._place(joined, parts[:, copy], first + copy * member.size, member, at)
                    at += len(member.trained.variable)
            first += copies * member.size
        return joined

    def _points(self, x: FloatArray) -> list[FloatArray]:
        """Return the angles of each tape."""
        parts = np.split(x, self._starts[1:], axis=1)
        return [
            np.ascontiguousarray(part.reshape(len(x) * copies, len(member.trained.variable)))
            for part, member, copies in zip(parts, self.members, self.copies, strict=True)
        ]

    def _submit(self, points: Sequence[FloatArray], order: int, highest: int, ticket: int) -> None:
        """Run all circuits that are needed for these orders in one submission."""
        pending = []
        for member, x in zip(self.members, points, strict=True):
            top = highest if member.trained.slots else 0
            known = member.tensors(x, ticket)
            if top >= order and order not in known:
                pending.append((known, *member.requests(order, top, x, known.get(0))))
        if not pending:
            return
        sweeps = [sweep for *_, asked, _ in pending for sweep in asked]
        results = iter(execute_sweeps(sweeps, self.members[0].device))
        for known, asked, read in pending:
            known |= read([next(results) for _ in asked])

    def _place(
        self,
        joined: FloatArray,
        tensor: FloatArray,
        first: int,
        member: RequestedDerivatives,
        start: int,
    ) -> None:
        """Write the tensor of a row of a tape into its block."""
        variable = member.trained.variable
        columns = [start + variable.index(slot) for slot in member.trained.slots]
        if self.columns is not None:
            place = {column: at for at, column in enumerate(self.columns)}
            kept = [at for at, column in enumerate(columns) if column in place]
            columns = [place[columns[at]] for at in kept]
            for axis in range(2, tensor.ndim):
                tensor = tensor.take(kept, axis=axis)
        values = range(first, first + member.size)
        axes = (range(len(joined)), values, *(columns,) * (tensor.ndim - 2))
        joined[np.ix_(*axes)] = tensor
