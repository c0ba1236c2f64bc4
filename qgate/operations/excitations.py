"""Fermionic excitations (Givens rotations) between basis states with equally many ones."""

from __future__ import annotations

from math import pi

import numpy as np

from qgate.operations.controlled import CNOT
from qgate.operations.controlled_decompositions import (
    controlled_phase,
    on_values,
    selected_rotation,
)
from qgate.operations.fixed import S
from qgate.operations.gate import decomposed
from qgate.operations.ising import IsingXY, IsingZZ
from qgate.operations.matrices import dagger, embed
from qgate.operations.operator import Operator
from qgate.operations.rotations import PAULI_Y, RY, RZ, GlobalPhase, PhaseShift
from qgate.typing import ComplexArray, Tensor
from qgate.wires import Wires


def _turn(n: int, low: int, high: int, *, rest: float = 0.0) -> ComplexArray:
    """Return the generator of the rotation between basis states ``low`` and ``high``.

    All other basis states take the phase ``rest`` times the angle.
    """
    generator = np.diag(np.full(2**n, rest, dtype=complex))
    generator[np.ix_([low, high], [low, high])] = -PAULI_Y / 2
    return generator


@decomposed(2, generator=_turn(2, 1, 2))
def SingleExcitation(phi: Tensor, wires: Wires) -> list[Operator]:
    """Turn between 01 and 10: 10 to cos(phi / 2) 10 - sin(phi / 2) 01."""
    first = wires[0]
    return [S(first), IsingXY(phi, wires), PhaseShift(-pi / 2, first)]


@decomposed(2, generator=_turn(2, 1, 2, rest=0.5))
def SingleExcitationPlus(phi: Tensor, wires: Wires) -> list[Operator]:
    """Turn between 01 and 10; phase exp(i phi / 2) on 00 and 11."""
    return [SingleExcitation(phi, wires), IsingZZ(-phi / 2, wires), GlobalPhase(-phi / 4)]


@decomposed(2, generator=_turn(2, 1, 2, rest=-0.5))
def SingleExcitationMinus(phi: Tensor, wires: Wires) -> list[Operator]:
    """Turn between 01 and 10; phase exp(-i phi / 2) on 00 and 11."""
    return [SingleExcitation(phi, wires), IsingZZ(phi / 2, wires), GlobalPhase(phi / 4)]


INNER = (False, True, False)
"""Values of the last three wires, after ``_frame``, for the two states that are rotated."""


def _frame(wires: Wires) -> list[Operator]:
    """Make 0011 and 1100 differ in the first wire only."""
    first, second, third, fourth = wires
    return [CNOT((first, second)), CNOT((third, fourth)), CNOT((first, third))]


def _turned(phi: Tensor, wires: Wires) -> list[Operator]:
    """Rotate the first wire where the others are 010: fourteen CNOTs with the frame."""
    return selected_rotation(RY, phi, INNER, wires[1:], wires[0])


def _double_with_phase(phi: Tensor, phase: Tensor, wires: Wires) -> list[Operator]:
    """Rotate two states, and apply a phase to all others."""
    frame = _frame(wires)
    take_back = on_values(wires[1:], INNER, controlled_phase(-phase, wires[1:]))
    rest = [*_turned(phi, wires), *take_back, *reversed(frame), GlobalPhase(-phase)]
    return [*frame, *rest]


@decomposed(4, generator=_turn(4, 3, 12))
def DoubleExcitation(phi: Tensor, wires: Wires) -> list[Operator]:
    """Turn between 0011 and 1100: 1100 to cos(phi / 2) 1100 - sin(phi / 2) 0011."""
    frame = _frame(wires)
    return [*frame, *_turned(phi, wires), *reversed(frame)]


@decomposed(4, generator=_turn(4, 3, 12, rest=0.5))
def DoubleExcitationPlus(phi: Tensor, wires: Wires) -> list[Operator]:
    """Turn between 0011 and 1100; phase exp(i phi / 2) on all other states."""
    return _double_with_phase(phi, phi / 2, wires)


@decomposed(4, generator=_turn(4, 3, 12, rest=-0.5))
def DoubleExcitationMinus(phi: Tensor, wires: Wires) -> list[Operator]:
    """Turn between 0011 and 1100; phase exp(-i phi / 2) on all other states."""
    return _double_with_phase(phi, -phi / 2, wires)


SWAPPED_GENERATOR = (
    np.diag([0.0, 1, 1, 2]) - np.diag([0.0, 1, 0], 1) - np.diag([0.0, 1, 0], -1)
) / 2
"""Generator of FermionicSWAP: (2 - Z0 - Z1) / 4 - (XX + YY) / 4."""


@decomposed(2, generator=SWAPPED_GENERATOR)
def FermionicSWAP(phi: Tensor, wires: Wires) -> list[Operator]:
    """Exchange of two fermionic modes by the angle phi; complete at pi."""
    turns = [RZ(phi / 2, wire) for wire in wires]
    return [IsingXY(-phi, wires), *turns, GlobalPhase(-phi / 2)]


def _orbital_generator(n: int) -> ComplexArray:
    """Return the generator of both rotations, 0 with 2 and 1 with 3, past the fermion between."""
    order = Wires(range(n))
    turn = _turn(2, 1, 2)
    swap = embed(FermionicSWAP(pi, (1, 2)).matrix(), Wires((1, 2)), order)
    turns = embed(turn, Wires((0, 1)), order) + embed(turn, Wires((2, 3)), order)
    generator: ComplexArray = dagger(swap) @ turns @ swap
    return generator


@decomposed(4, generator=_orbital_generator)
def OrbitalRotation(phi: Tensor, wires: Wires) -> list[Operator]:
    """Turn between two spatial orbitals, for both spins: wires 0 and 2 up, 1 and 3 down."""
    turns = [SingleExcitation(phi, wires[:2]), SingleExcitation(phi, wires[2:])]
    return [FermionicSWAP(pi, wires[1:3]), *turns, FermionicSWAP(-pi, wires[1:3])]
