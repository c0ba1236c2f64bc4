"""Compilation of a circuit to a plan: a list of steps on the bits of an index, cached by structure.

Gates that commute are reordered (``schedule``) and fused: one-qubit gates to one 2x2 matrix per
bit, permutations to one permutation, diagonal gates to one diagonal. A plan has no numbers of a
call: angles, and the entries of given matrices, are inserted when it runs. Plans are run by the C
library (``native``), or in numpy (``fallback``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from qgate.caches import MIB, sized_cache
from qgate.devices.local.adjoint import OneAngleGates, preparations_first
from qgate.devices.local.bits import identity, spread, through
from qgate.devices.local.gate_action import NOTHING, TINY, Element, element_of
from qgate.devices.local.gates import GATES
from qgate.devices.local.schedule import ONE, stages
from qgate.devices.local.steps import (
    Dense,
    Factor,
    Fused,
    Layer,
    Moves,
    Pairs,
    PhaseGroup,
    Phases,
    Step,
)
from qgate.operations.operator import Operator
from qgate.structure import ArraySlot, Structure
from qgate.transforms.decomposition import AffineMap, decomposed_without_values
from qgate.typing import ComplexArray, FloatArray, Tensor
from qgate.wires import Wires

PAULIS = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])


STEP_BYTES = 1000
"""Approximate size of a step in bytes, without its numbers."""


@dataclass(frozen=True, eq=False)
class Given:
    """Matrix from the arrays of a sweep: its position in the numbers, and its source."""

    data: int
    operation: Operator


@dataclass(frozen=True, eq=False)
class Plan:
    """Steps of a structure.

    Parameters
    ----------
    num_bits : int
        n; the first wire is the most significant bit.
    steps : tuple of Step
    angles : AffineMap
        Map from the slots of the structure to the angles of the steps. One more angle is always 1.
    numbers : array of float
        Numbers that factors and dense matrices refer to.
    given : tuple of Given
    phase : float
        Constant global phase.
    phases : tuple of (int, float)
        Angles, and their weights, that contribute to the global phase.
    preparations : tuple of Operator
        Preparations of the initial state.
    """

    num_bits: int
    steps: tuple[Step, ...]
    angles: AffineMap
    numbers: FloatArray
    given: tuple[Given, ...]
    phase: float
    phases: tuple[tuple[int, float], ...]
    preparations: tuple[Operator, ...]

    @property
    def num_bytes(self) -> int:
        """Approximate size in bytes."""
        return STEP_BYTES * len(self.steps) + 2 * self.numbers.nbytes

    @cached_property
    def one(self) -> int:
        """Index of the angle that is always 1."""
        return len(self.angles.offset)

    def numbers_for(self, arrays: Sequence[Tensor]) -> tuple[FloatArray, float]:
        """Return the numbers and the global phase, with the arrays of a sweep inserted."""
        numbers, phase = self.numbers.copy(), self.phase
        for part in self.given:
            symbols = part.operation.parameters
            values = [arrays[s.index] if isinstance(s, ArraySlot) else s for s in symbols]
            matrix = np.asarray(part.operation.canonical_matrix(values, np), dtype=complex)
            if matrix.shape == (2, 2):
                matrix, turned = _special(matrix)
                phase += turned
            numbers[part.data : part.data + 2 * matrix.size] = _flat(matrix)
        return numbers, phase


PLANNED = OneAngleGates(GATES)
"""Gates of plans."""


@dataclass(frozen=True, eq=False)
class PlannedSweep:
    """Plan with the numbers of a sweep.

    Parameters
    ----------
    plan : Plan
    rows : array, shape (K, P)
    numbers : array
    phase : float
        As returned by ``plan.numbers_for``.
    initial : array, shape (1 or K, 2**n), optional
        Initial states, made by the preparations of the plan; default: the state 0.
    """

    plan: Plan
    rows: FloatArray
    numbers: FloatArray
    phase: float
    initial: ComplexArray | None = None


@sized_cache(256 * MIB)
def plan_of(structure: Structure, order: Wires) -> Plan | None:
    """Return the plan of a structure; None if an operation cannot be part of a plan.

    Parameters
    ----------
    structure : Structure
        Only accepted gates have arrays.
    order : Wires
    """
    decomposed = decomposed_without_values(preparations_first(structure), PLANNED)
    if decomposed is None:
        return None
    operations = decomposed.structure.operations
    preparations = [item for item in operations if hasattr(item, "canonical_state")]
    writer = _Writer(len(order), len(decomposed.angles.offset))
    elements = []
    for operation in operations[len(preparations) :]:
        if operation.name in NOTHING:
            continue
        element = element_of(operation, order)
        if element is None:
            return None
        elements.append(element)
    for kind, members in stages(elements):
        writer.add(kind, members)
    return Plan(
        len(order),
        tuple(writer.steps),
        decomposed.angles,
        np.array(writer.numbers),
        tuple(writer.given),
        writer.phase,
        tuple(writer.phases.items()),
        tuple(preparations),
    )


@dataclass
class _Writer:
    num_bits: int
    one: int
    steps: list[Step] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    phase: float = 0.0
    phases: dict[int, float] = field(default_factory=dict)

    def add(self, kind: str, members: Sequence[Element]) -> None:
        if kind == ONE:
            self._layer(members)
        elif kind == "moves":
            self._moves(members)
        elif kind == "pairs":
            self.steps += [self._pairs(member) for member in members]
        elif kind == "dense":
            self.steps += [self._dense(member) for member in members]
        else:
            self._phases(members)

    def _layer(self, members: Sequence[Element]) -> None:
        by_bit: dict[int, list[Element]] = {}
        for member in members:
            by_bit.setdefault(member.bits[0], []).append(member)
        fused = []
        for bit, parts in sorted(by_bit.items()):
            axes = {self._axis(part) for part in parts}
            axis = axes.pop() if len(axes) == 1 else ""
            fused.append(Fused(bit, axis, tuple(self._factor(part) for part in parts)))
        self.steps.append(Layer(tuple(fused)))

    def _axis(self, element: Element) -> str:
        """Return the common rotation axis of a gate on one bit."""
        if element.matrix is None:
            return ""
        matrix = element.matrix if element.angle is not None else _special(element.matrix)[0]
        traces = np.abs(np.einsum("pij,ji->p", PAULIS, matrix))
        about = [axis for axis, trace in zip("XYZ", traces, strict=True) if trace > TINY]
        return about[0] if len(about) == 1 else ""

    def _factor(self, element: Element) -> Factor:
        """Return the factor of a gate on one bit; its phase is added to the global phase."""
        start = len(self.numbers)
        if element.angle is not None:
            assert element.matrix is not None
            middle, turn = _parts(element.matrix)
            self._turn_phase(element.angle, middle)
            self.numbers += [0.0, *turn]
            return Factor(element.angle, start)
        if element.matrix is None:
            assert element.source is not None
            self.given.append(Given(start, element.source))
            self.numbers += [0.0] * 8
            return Factor(None, start)
        matrix, phase = _special(element.matrix)
        self.phase += phase
        self.numbers += _flat(matrix).tolist()
        return Factor(None, start)

    def _turn_phase(self, angle: int, weight: float) -> None:
        if angle == self.one:
            self.phase += weight
        elif abs(weight) > TINY:
            self.phases[angle] = self.phases.get(angle, 0.0) + weight

    def _moves(self, members: Sequence[Element]) -> None:
        columns, shift = list(identity(self.num_bits)), 0
        for member in members:
            k, kind = len(member.bits), member.kind
            places = [member.bits[k - 1 - local] for local in range(k)]
            own = list(identity(self.num_bits))
            for local, place in enumerate(places):
                own[place] = spread(kind.columns[local], places)
            # the source of an index is found through the gates before this one
            shift ^= through(columns, spread(kind.shift, places))
            columns = [through(columns, column) for column in own]
        self.steps.append(Moves(tuple(columns), shift))

    def _phases(self, members: Sequence[Element]) -> None:
        terms: dict[int, dict[int, float]] = {}
        for member in members:
            angle = self.one if member.angle is None else member.angle
            for mask, weight in self._parities(member):
                if mask:
                    group = terms.setdefault(angle, {})
                    group[mask] = group.get(mask, 0.0) + weight
                else:
                    self._turn_phase(angle, weight)
        groups = [
            PhaseGroup(angle, tuple(group), tuple(group.values())) for angle, group in terms.items()
        ]
        if groups:
            self.steps.append(Phases(tuple(groups)))

    def _parities(self, member: Element) -> list[tuple[int, float]]:
        if member.kind.name == "phase":
            return [(0, -1.0)]
        if member.kind.name == "parity":
            return [(sum(1 << bit for bit in member.bits), -0.5)]
        assert member.kind.weights is not None
        places = member.bits[::-1]
        return [
            (spread(local, places), float(member.kind.weights[local]))
            for local in np.flatnonzero(member.kind.weights).tolist()
        ]

    def _pairs(self, member: Element) -> Pairs:
        assert member.matrix is not None
        zero, one = member.kind.states
        places = member.bits[::-1]
        block = member.matrix[np.ix_([zero, one], [zero, one])]
        start = len(self.numbers)
        if member.angle is None:
            self.numbers += _flat(block).tolist()
        else:
            middle, turn = _parts(block)
            self.numbers += [middle, *turn]
        return Pairs(
            spread(zero ^ one, places),
            sum(1 << bit for bit in member.bits),
            spread(zero, places),
            Factor(member.angle, start),
        )

    def _dense(self, member: Element) -> Dense:
        start, k = len(self.numbers), len(member.bits)
        if member.matrix is None:
            assert member.source is not None
            self.given.append(Given(start, member.source))
            self.numbers += [0.0] * (2 * 4**k)
            return Dense(member.bits, None, start, 0)
        if member.angle is None:
            self.numbers += _flat(member.matrix).tolist()
            return Dense(member.bits, None, start, 0)
        values, projectors = _spectrum(member.matrix)
        self.numbers += values.tolist() + _flat(projectors).tolist() + _flat(member.matrix).tolist()
        return Dense(member.bits, member.angle, start, len(values))


def _flat(matrix: ComplexArray) -> FloatArray:
    """Return complex numbers as pairs of real ones, in C order."""
    flat = np.ascontiguousarray(matrix, dtype=complex).reshape(-1)
    return flat.view(float)


def _parts(generator: ComplexArray) -> tuple[float, list[float]]:
    """Write a Hermitian 2x2 matrix as m + w n.sigma; return m, and w with the unit vector n."""
    middle = float(np.trace(generator).real / 2)
    vector = np.einsum("pij,ji->p", PAULIS, generator).real / 2
    length = math.hypot(*vector)
    return middle, [length, *(vector / length if length else np.array([0.0, 0.0, 1.0])).tolist()]


def _special(matrix: ComplexArray) -> tuple[ComplexArray, float]:
    """Return a unitary 2x2 matrix scaled to determinant 1, and the phase that was removed."""
    phase = float(np.angle(np.linalg.det(matrix)) / 2)
    return matrix * np.exp(-1j * phase), phase


def _spectrum(generator: ComplexArray) -> tuple[FloatArray, ComplexArray]:
    """Return the distinct eigenvalues and the spectral projectors of a Hermitian matrix."""
    values, vectors = np.linalg.eigh(generator)
    distinct, index = np.unique(values.round(12), return_inverse=True)
    projectors = [
        vectors[:, index == place] @ vectors[:, index == place].conj().T
        for place in range(len(distinct))
    ]
    means = [values[index == place].mean() for place in range(len(distinct))]
    return np.array(means), np.array(projectors)
