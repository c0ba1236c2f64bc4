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
from qgate.operations.gate import gate
from qgate.operations.gate_spec import GateSpec
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


def _single(phi: Tensor, wires: Wires) -> list[Operator]:
    first = wires[0]
    return [S(first), IsingXY(phi, wires), PhaseShift(-pi / 2, first)]


def _single_plus(phi: Tensor, wires: Wires) -> list[Operator]:
    return [SingleExcitation(phi, wires), IsingZZ(-phi / 2, wires), GlobalPhase(-phi / 4)]


def _single_minus(phi: Tensor, wires: Wires) -> list[Operator]:
    return [SingleExcitation(phi, wires), IsingZZ(phi / 2, wires), GlobalPhase(phi / 4)]


INNER = (False, True, False)
"""Values of the last three wires, after ``_frame``, for the two states that are rotated."""


def _frame(wires: Wires) -> list[Operator]:
    """Make 0011 and 1100 differ in the first wire only."""
    first, second, third, fourth = wires
    return [CNOT((first, second)), CNOT((third, fourth)), CNOT((first, third))]


def _double(phi: Tensor, wires: Wires) -> list[Operator]:
    """Rotate the first wire where the others are 010: fourteen CNOTs with the frame."""
    frame = _frame(wires)
    turn = selected_rotation(RY, phi, INNER, wires[1:], wires[0])
    return [*frame, *turn, *reversed(frame)]


def _double_with_phase(phi: Tensor, phase: Tensor, wires: Wires) -> list[Operator]:
    """Rotate two states, and apply a phase to all others."""
    frame = _frame(wires)
    turn = selected_rotation(RY, phi, INNER, wires[1:], wires[0])
    take_back = on_values(wires[1:], INNER, controlled_phase(-phase, wires[1:]))
    return [*frame, *turn, *take_back, *reversed(frame), GlobalPhase(-phase)]


SWAPPED_GENERATOR = (
    np.diag([0.0, 1, 1, 2]) - np.diag([0.0, 1, 0], 1) - np.diag([0.0, 1, 0], -1)
) / 2
"""Generator of FermionicSWAP: (2 - Z0 - Z1) / 4 - (XX + YY) / 4."""


def _orbital_generator(n: int) -> ComplexArray:
    """Return the generator of both rotations, 0 with 2 and 1 with 3, past the fermion between."""
    order = Wires(range(n))
    turn = _turn(2, 1, 2)
    swap = embed(FermionicSWAP(pi, (1, 2)).matrix(), Wires((1, 2)), order)
    turns = embed(turn, Wires((0, 1)), order) + embed(turn, Wires((2, 3)), order)
    generator: ComplexArray = dagger(swap) @ turns @ swap
    return generator


def _orbital(phi: Tensor, wires: Wires) -> list[Operator]:
    exchange = FermionicSWAP(pi, wires[1:3])
    return [
        exchange,
        SingleExcitation(phi, wires[:2]),
        SingleExcitation(phi, wires[2:]),
        FermionicSWAP(-pi, wires[1:3]),
    ]


SingleExcitation = gate(
    "Turn between 01 and 10: 10 to cos(phi / 2) 10 - sin(phi / 2) 01.",
    GateSpec("SingleExcitation", 2, ("phi",), generator=_turn(2, 1, 2), decomposition=_single),
)
SingleExcitationPlus = gate(
    "Turn between 01 and 10; phase exp(i phi / 2) on 00 and 11.",
    GateSpec(
        "SingleExcitationPlus",
        2,
        ("phi",),
        generator=_turn(2, 1, 2, rest=0.5),
        decomposition=_single_plus,
    ),
)
SingleExcitationMinus = gate(
    "Turn between 01 and 10; phase exp(-i phi / 2) on 00 and 11.",
    GateSpec(
        "SingleExcitationMinus",
        2,
        ("phi",),
        generator=_turn(2, 1, 2, rest=-0.5),
        decomposition=_single_minus,
    ),
)
DoubleExcitation = gate(
    "Turn between 0011 and 1100: 1100 to cos(phi / 2) 1100 - sin(phi / 2) 0011.",
    GateSpec("DoubleExcitation", 4, ("phi",), generator=_turn(4, 3, 12), decomposition=_double),
)
DoubleExcitationPlus = gate(
    "Turn between 0011 and 1100; phase exp(i phi / 2) on all other states.",
    GateSpec(
        "DoubleExcitationPlus",
        4,
        ("phi",),
        generator=_turn(4, 3, 12, rest=0.5),
        decomposition=lambda phi, wires: _double_with_phase(phi, phi / 2, wires),
    ),
)
DoubleExcitationMinus = gate(
    "Turn between 0011 and 1100; phase exp(-i phi / 2) on all other states.",
    GateSpec(
        "DoubleExcitationMinus",
        4,
        ("phi",),
        generator=_turn(4, 3, 12, rest=-0.5),
        decomposition=lambda phi, wires: _double_with_phase(phi, -phi / 2, wires),
    ),
)
FermionicSWAP = gate(
    "Exchange of two fermionic modes by the angle phi; complete at pi.",
    GateSpec(
        "FermionicSWAP",
        2,
        ("phi",),
        generator=SWAPPED_GENERATOR,
        decomposition=lambda phi, wires: [
            IsingXY(-phi, wires),
            RZ(phi / 2, wires[0]),
            RZ(phi / 2, wires[1]),
            GlobalPhase(-phi / 2),
        ],
    ),
)
OrbitalRotation = gate(
    "Turn between two spatial orbitals, for both spins: wires 0 and 2 up, 1 and 3 down.",
    GateSpec(
        "OrbitalRotation",
        4,
        ("phi",),
        generator=_orbital_generator,
        decomposition=_orbital,
    ),
)
