"""Compilation of a circuit with channels to steps on vectors of Pauli expectation values.

A run of gates and channels on the same one or two wires becomes one block: the product of its
factors, multiplied for every row when the plan runs. A rotation on more wires, whose generator is a
sum of commuting words, becomes one turn for each word. A plan has no numbers of a call; its factors
are linear in ``Coefficients``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from qgate.caches import MIB, sized_cache
from qgate.devices.local.adjoint import OneAngleGates, preparations_first
from qgate.devices.local.gate_action import NOTHING
from qgate.devices.local.gates import MIXED_GATES
from qgate.devices.local.mixed.coefficients import Coefficients, transfer_of
from qgate.devices.local.mixed.factors import ONE, Factor, entries_of, fixed, fused
from qgate.devices.local.mixed.transfer import commuting_words, rotation_terms
from qgate.operations.channels import Channel, QubitDensityMatrix
from qgate.operations.operator import Operator
from qgate.structure import ArraySlot, Structure, slots_of
from qgate.transforms.decomposition import AffineMap, decomposed_without_values
from qgate.typing import FloatArray
from qgate.wires import Wires

WIDEST = 3
"""Maximum number of wires of a block."""

FUSED = 2
"""Number of wires up to which neighbouring gates become one block."""

ENTRY_BYTES = 80
"""Approximate size in bytes of an entry of a factor, with that in the library."""

ONE_ANGLE = OneAngleGates(MIXED_GATES)


@dataclass(frozen=True, eq=False)
class Block:
    """Matrix on the digits of some wires: the product of factors, the first acts first."""

    digits: tuple[int, ...]
    factors: tuple[Factor, ...]


@dataclass(frozen=True, eq=False)
class Turn:
    """Rotation exp(-i x P / 2) about a word P, a base-4 number; ``wave``: coefficient cos x."""

    word: int
    wave: int


@dataclass(frozen=True, eq=False)
class PauliPlan:
    """Steps of a structure.

    Parameters
    ----------
    num_wires : int
    steps : tuple of Block or Turn
    angles : AffineMap
        Map from the slots of the structure to the angles of the coefficients.
    coefficients : Coefficients
    preparations : tuple of Operator
        Preparations of the initial state.
    """

    num_wires: int
    steps: tuple[Block | Turn, ...]
    angles: AffineMap
    coefficients: Coefficients
    preparations: tuple[Operator, ...]

    @property
    def num_bytes(self) -> int:
        """Approximate size in bytes."""
        factors = (f for step in self.steps if isinstance(step, Block) for f in step.factors)
        return ENTRY_BYTES * sum(len(factor.rows) for factor in factors)


@dataclass(frozen=True, slots=True)
class TransferGates:
    """Gate set of plans: channels, small gates, and gates that are rotations about words."""

    def __call__(self, operation: Operator) -> bool:
        if not ONE_ANGLE(operation) or operation.is_channel or _needs_no_step(operation):
            return ONE_ANGLE(operation)
        return len(operation.wires) <= WIDEST or _words_of(operation) is not None


PLANNED = TransferGates()


@sized_cache(256 * MIB)
def pauli_plan_of(structure: Structure, order: Wires) -> PauliPlan | None:
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
    count = next((i for i, item in enumerate(operations) if not _prepares(item)), len(operations))
    writer = _Writer(order)
    for operation in operations[count:]:
        if not writer.add(operation):
            return None
    return PauliPlan(
        len(order),
        writer.steps(),
        decomposed.angles,
        writer.coefficients,
        tuple(operations[:count]),
    )


def _prepares(operation: Operator) -> bool:
    return hasattr(operation, "canonical_state") or isinstance(operation, QubitDensityMatrix)


def _needs_no_step(operation: Operator) -> bool:
    return operation.name in (*NOTHING, "GlobalPhase") or hasattr(operation, "canonical_state")


def _words_of(operation: Operator) -> tuple[tuple[int, float], ...] | None:
    """Return commuting words, with coefficients, that add up to G in exp(i x G); None: none do."""
    if not slots_of(operation):
        return None
    if operation.name == "MultiRZ":
        return ((int("1" * len(operation.wires), 4), -0.5),)
    if len(operation.wires) > MIXED_GATES.matrix_wires:
        return None
    return commuting_words(np.asarray(operation.generator_matrix(), dtype=complex))


class _Writer:
    def __init__(self, order: Wires) -> None:
        self.order, self.coefficients = order, Coefficients()
        self._runs: list[tuple[tuple[int, ...], list[Factor]] | Turn | None] = []
        self._last: dict[int, int] = {}

    def add(self, operation: Operator) -> bool:
        """Add an operation; return whether the plan can hold it."""
        if _needs_no_step(operation):
            return not hasattr(operation, "canonical_state")
        axes = self.order.indices(operation.wires)
        digits = tuple(len(self.order) - 1 - axis for axis in axes)
        if len(digits) > FUSED and not operation.is_channel:
            words = _words_of(operation)
            if words is not None:
                self._turns(words, digits, slots_of(operation)[0])
                return True
        if len(digits) > WIDEST:
            return False
        self._factor(self._factor_of(operation, digits))
        return True

    def steps(self) -> tuple[Block | Turn, ...]:
        """Return the steps."""
        return tuple(
            run if isinstance(run, Turn) else Block(run[0], fused(run[1], run[0]))
            for run in self._runs
            if run is not None
        )

    def _factor_of(self, operation: Operator, digits: tuple[int, ...]) -> Factor:
        if any(isinstance(symbol, ArraySlot) for symbol in operation.parameters):
            start, size = self.coefficients.matrix(operation), 4 ** len(digits)
            places = np.arange(size**2)
            return Factor(digits, places // size, places % size, start - places, np.ones(size**2))
        if not slots_of(operation):
            return fixed(digits, transfer_of(operation, operation.parameters))
        if isinstance(operation, Channel):
            start, (rows, columns) = self.coefficients.channel(operation)
            return Factor(digits, rows, columns, start + np.arange(len(rows)), np.ones(len(rows)))
        (angle,) = slots_of(operation)
        terms: list[tuple[int, FloatArray]] = []
        generator = np.asarray(operation.generator_matrix(), dtype=complex)
        for frequency, even, odd in rotation_terms(generator):
            if frequency:
                wave = self.coefficients.wave(angle, frequency)
                terms += [(wave, even), (wave + 1, odd)]
            else:
                terms.append((ONE, even))
        return entries_of(digits, terms)

    def _factor(self, factor: Factor) -> None:
        """Append a factor to the last block that acts on all of its wires, or make a block."""
        digits = factor.digits
        places = {self._last.get(digit, -1) for digit in digits}
        latest = max(places)
        run = self._runs[latest] if latest >= 0 else None
        if isinstance(run, tuple) and len(places) == 1 and set(digits) <= set(run[0]):
            run[1].append(factor)
            return
        factors: list[Factor] = []
        if len(digits) <= FUSED:
            for place in sorted(places - {-1}):
                before = self._runs[place]
                if isinstance(before, tuple) and self._is_last(before[0], place, digits):
                    factors += before[1]
                    self._runs[place] = None
        self._put((tuple(sorted(digits, reverse=True)), [*factors, factor]), digits)

    def _is_last(self, digits: Sequence[int], place: int, among: Sequence[int]) -> bool:
        """Return whether a run is the last on its wires, which are among some others."""
        return all(self._last[digit] == place and digit in among for digit in digits)

    def _turns(
        self, words: Sequence[tuple[int, float]], digits: tuple[int, ...], angle: int
    ) -> None:
        for word, weight in words:
            places = zip(reversed(digits), range(len(digits)), strict=True)
            moved = sum((word >> 2 * place & 3) << 2 * digit for digit, place in places)
            self._put(Turn(moved, self.coefficients.wave(angle, -2.0 * weight)), digits)

    def _put(self, run: tuple[tuple[int, ...], list[Factor]] | Turn, digits: Iterable[int]) -> None:
        self._runs.append(run)
        for digit in digits:
            self._last[digit] = len(self._runs) - 1
