"""Gates that are applied where wires with recorded outcomes satisfy a condition."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qgate.operations.controls import controlled
from qgate.operations.operator import Operator, without_recording
from qgate.operations.symbolic import Wrapper
from qgate.typing import BoolArray, FloatArray, Tensor
from qgate.wires import Wires

Cube = tuple[int | None, ...]
"""A value for each control, None where both values are allowed."""


class Selected(Wrapper):
    """Gate that is applied where a function of its control wires is true.

    The control wires hold recorded outcomes: nothing else acts on them, except as controls, and
    they are measured in the computational basis only. No coherence between their states is ever
    measured, so expectation values depend on an angle with the frequencies of the base alone. A
    controlled rotation has two frequencies, and takes four shifted circuits in place of two.

    Parameters
    ----------
    base : Operator
    controls : wires
        The k control wires, at least one.
    table : sequence of bool
        For each of the 2**k values of the controls, the first most significant, whether the base is
        applied.
    """

    has_matrix = False
    has_decomposition = True

    def __init__(self, base: Operator, controls: Wires, table: Sequence[bool]) -> None:
        self._num_controls = len(controls)
        super().__init__(base, (*controls, *base.wires), {"table": tuple(map(bool, table))})

    @property
    def name(self) -> str:
        return f"Conditional({self.base.name})"

    @property
    def table(self) -> tuple[bool, ...]:
        """Whether the base is applied, for each value of the controls."""
        found = self._hyperparameters["table"]
        return found if isinstance(found, tuple) else ()

    @property
    def condition_wires(self) -> Wires:
        """The wires on which the condition depends."""
        return Wires(self.wires[: self._num_controls])

    def decomposition(self) -> list[Operator]:
        return without_recording(lambda: [self._controlled(cube) for cube in cubes(self.table)])

    def _controlled(self, cube: Cube) -> Operator:
        fixed = [
            (wire, bool(bit))
            for wire, bit in zip(self.condition_wires, cube, strict=True)
            if bit is not None
        ]
        wires, values = [wire for wire, _ in fixed], [bit for _, bit in fixed]
        return controlled(self.base, wires, values)

    def adjoint(self) -> Operator:
        return Selected(self.base.adjoint(), self.condition_wires, self.table)

    def generator_matrix(self) -> Tensor:
        return np.kron(np.diag(np.array(self.table, dtype=float)), self.base.generator_matrix())

    def generator_eigenvalues(self) -> FloatArray:
        return np.append(self.base.generator_eigenvalues(), 0.0)

    @property
    def parameter_frequencies(self) -> list[tuple[float, ...]]:
        return self.base.parameter_frequencies


def cubes(table: Sequence[bool]) -> list[Cube]:
    """Return disjoint sets of bits that together are those for which a table is true.

    A function of k bits is split by the bit for which fewest sets result, one level ahead.
    """
    count = len(table).bit_length() - 1
    return _cubes(np.reshape(np.array(table, dtype=bool), (2,) * count), (None,) * count)


def _cubes(table: BoolArray, fixed: Cube) -> list[Cube]:
    """Return the sets of a table over the bits that are not fixed."""
    if table.all():
        return [fixed]
    if not table.any():
        return []
    free = [place for place, bit in enumerate(fixed) if bit is None]
    best = max(range(len(free)), key=lambda axis: _constant_halves(table, axis))
    found: list[Cube] = []
    for bit in (0, 1):
        half: BoolArray = np.asarray(table.take(bit, axis=best))
        cube = (*fixed[: free[best]], bit, *fixed[free[best] + 1 :])
        found += _cubes(half, cube)
    return found


def _constant_halves(table: BoolArray, axis: int) -> int:
    """Return how many halves of a table along an axis are constant."""
    halves = [table.take(bit, axis=axis) for bit in (0, 1)]
    return sum(bool(half.all() or not half.any()) for half in halves)
