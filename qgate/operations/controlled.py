"""Controlled gates: they act where their first wires are 1."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from math import pi
from typing import Any

import numpy as np

from qgate.arguments import items_of, whole_number
from qgate.exceptions import InvalidParameters, described
from qgate.operations.controlled_decompositions import (
    controlled_flip,
    controlled_rot,
    controlled_rotation,
    on_values,
)
from qgate.operations.fixed import SWAP, Hadamard, S, T
from qgate.operations.gate import Gate, gate
from qgate.operations.gate_spec import GateSpec, Option
from qgate.operations.operator import Operator
from qgate.operations.rotations import (
    ONE,
    PAULI_X,
    PAULI_Y,
    PAULI_Z,
    RX,
    RY,
    RZ,
    PhaseShift,
)
from qgate.typing import ComplexArray, Tensor, WiresLike
from qgate.wires import Wires

CONTROL_VALUES = Option("sequence of bool, optional", "One for each control.", None)
WORK_WIRES = Option("wires, optional", "Not used: decompositions need no other wires.", None)

ZERO = 1 - ONE
"""The diagonal of the projector on the state 0."""


def _where_one(matrix: ComplexArray, *, controls: int = 1) -> ComplexArray:
    """Return the matrix that acts where the controls are all 1."""
    size, rest = len(matrix), (2**controls - 1) * len(matrix)
    whole = np.eye(rest + size, dtype=complex)
    whole[rest:, rest:] = matrix
    return whole


def _flip_matrix(n: int, control_values: tuple[bool, ...]) -> ComplexArray:
    """Return the matrix that flips the last of ``n`` wires for one value of the others."""
    start = 2 * int("".join(str(int(value)) for value in control_values), 2)
    matrix = np.eye(2**n, dtype=complex)
    matrix[start : start + 2, start : start + 2] = PAULI_X
    return matrix


def control_bits(controls: int, values: Any, *, name: str) -> tuple[bool, ...]:
    """Return one truth value for each control; None stands for all true.

    Raises
    ------
    InvalidParameters
        There are more or fewer values than controls, or others than 0 and 1.
    """
    if values is None:
        return (True,) * controls
    items = items_of(values)
    given = [values] if items is None else items
    if len(given) != controls or not all(map(_is_bit, given)):
        raise InvalidParameters(
            f"{name} has {controls} control wire(s) and was given "
            f"control_values={described(values)}. "
            "Give 0 or 1 for each control."
        )
    return tuple(map(bool, given))


def _is_bit(value: Any) -> bool:
    return isinstance(value, bool | np.bool_) or whole_number(value) in (0, 1)


def check_work_wires(name: str, wires: WiresLike, work_wires: WiresLike | None) -> None:
    """Refuse work wires on which the gate acts; work wires are not used otherwise.

    Raises
    ------
    InvalidParameters
        A work wire is one of the wires.
    """
    work = Wires(() if work_wires is None else work_wires)
    if set(work) & set(Wires(wires)):
        raise InvalidParameters(
            f"{name} on the wires {list(Wires(wires))} was given work_wires={list(work)}. "
            "Work wires are others than those of the gate. Name others, or none."
        )


def _check_flip(wires: Wires, control_values: Any, work_wires: Any) -> Mapping[str, Hashable]:
    if len(wires) < 2:
        raise InvalidParameters(
            f"MultiControlledX was given the wires {list(wires)}. "
            "It needs at least one control, and the target last."
        )
    check_work_wires("MultiControlledX", wires, work_wires)
    bits = control_bits(len(wires) - 1, control_values, name="MultiControlledX")
    return {"control_values": bits}


class MultiControlledFlip(Gate):
    """X with controls on given values."""

    @property
    def control_values(self) -> tuple[bool, ...]:
        values: Any = self.hyperparameters["control_values"]
        return tuple(values)


def _flip(wires: Wires, control_values: tuple[bool, ...]) -> list[Operator]:
    controls, target = wires[:-1], wires[-1]
    return on_values(controls, control_values, controlled_flip(controls, target))


def _toffoli(wires: Wires) -> list[Operator]:
    """Decompose to six CNOTs and seven T gates (Nielsen and Chuang, figure 4.9)."""
    first, second, target = wires
    back = -pi / 4
    return [
        Hadamard(target),
        CNOT((second, target)),
        PhaseShift(back, target),
        CNOT((first, target)),
        T(target),
        CNOT((second, target)),
        PhaseShift(back, target),
        CNOT((first, target)),
        T(second),
        T(target),
        Hadamard(target),
        CNOT((first, second)),
        T(first),
        PhaseShift(back, second),
        CNOT((first, second)),
    ]


def _cswap(wires: Wires) -> list[Operator]:
    _, first, second = wires
    return [CNOT((second, first)), Toffoli(wires), CNOT((second, first))]


def _controlled_phase(phi: Tensor, wires: Wires) -> list[Operator]:
    first, second = wires
    return [
        PhaseShift(phi / 2, first),
        PhaseShift(phi / 2, second),
        CNOT(wires),
        PhaseShift(-phi / 2, second),
        CNOT(wires),
    ]


def _crx(phi: Tensor, wires: Wires) -> list[Operator]:
    target = wires[1]
    return [RX(phi / 2, target), CZ(wires), RX(-phi / 2, target), CZ(wires)]


def _phase_on(first: bool, second: bool) -> type[Gate]:
    """Create the gate that applies a phase to one basis state of two wires."""
    state = f"{first:d}{second:d}"
    return gate(
        f"Phase exp(i phi) on the state {state}.",
        GateSpec(
            f"CPhaseShift{state}",
            2,
            ("phi",),
            generator=np.kron(*(ONE if value else ZERO for value in (first, second))),
            decomposition=lambda phi, wires: on_values(
                wires, (first, second), [ControlledPhaseShift(phi, wires)]
            ),
        ),
    )


CNOT = gate(
    "X on the second wire where the first is 1.",
    GateSpec("CNOT", 2, matrix=_where_one(PAULI_X), inverse="CNOT", core="PauliX"),
)
CZ = gate(
    "The sign where both wires are 1.",
    GateSpec(
        "CZ",
        2,
        matrix=np.array([1.0, 1.0, 1.0, -1.0]),
        decomposition=lambda wires: [Hadamard(wires[1]), CNOT(wires), Hadamard(wires[1])],
        inverse="CZ",
        core="PauliZ",
    ),
)
CY = gate(
    "Y on the second wire where the first is 1.",
    GateSpec(
        "CY",
        2,
        matrix=_where_one(PAULI_Y),
        decomposition=lambda wires: [PhaseShift(-pi / 2, wires[1]), CNOT(wires), S(wires[1])],
        inverse="CY",
        core="PauliY",
    ),
)
CH = gate(
    "Hadamard on the second wire where the first is 1.",
    GateSpec(
        "CH",
        2,
        matrix=_where_one(np.array([[1, 1], [1, -1]]) / np.sqrt(2)),
        decomposition=lambda wires: [RY(-pi / 4, wires[1]), CZ(wires), RY(pi / 4, wires[1])],
        inverse="CH",
        core="Hadamard",
    ),
)
CSWAP = gate(
    "Exchange of the last two wires where the first is 1.",
    GateSpec(
        "CSWAP",
        3,
        matrix=_where_one(SWAP((0, 1)).matrix()),
        decomposition=_cswap,
        inverse="CSWAP",
        core="SWAP",
    ),
)
Toffoli = gate(
    "X on the last wire where the first two are 1.",
    GateSpec(
        "Toffoli",
        3,
        matrix=_where_one(PAULI_X, controls=2),
        decomposition=_toffoli,
        inverse="Toffoli",
        core="PauliX",
    ),
)
CCZ = gate(
    "The sign where all three wires are 1.",
    GateSpec(
        "CCZ",
        3,
        matrix=np.array([1.0] * 7 + [-1.0]),
        decomposition=lambda wires: [Hadamard(wires[2]), Toffoli(wires), Hadamard(wires[2])],
        inverse="CCZ",
        core="PauliZ",
    ),
)
MultiControlledX = gate(
    "X on the last wire where each of the others has its control value (by default 1).",
    GateSpec(
        "MultiControlledX",
        None,
        matrix=_flip_matrix,
        decomposition=_flip,
        inverse="MultiControlledX",
        options={"control_values": CONTROL_VALUES, "work_wires": WORK_WIRES},
        check=_check_flip,
        core="PauliX",
    ),
    base=MultiControlledFlip,
)
ControlledPhaseShift = gate(
    "Phase exp(i phi) where both wires are 1.",
    GateSpec(
        "ControlledPhaseShift",
        2,
        ("phi",),
        generator=np.kron(ONE, ONE),
        decomposition=_controlled_phase,
        core="PhaseShift",
    ),
)
CPhaseShift00, CPhaseShift01, CPhaseShift10 = (
    _phase_on(*state) for state in ((False, False), (False, True), (True, False))
)
CRX = gate(
    "RX on the second wire where the first is 1.",
    GateSpec(
        "CRX",
        2,
        ("phi",),
        generator=np.kron(np.diag(ONE), -PAULI_X / 2),
        decomposition=_crx,
        core="RX",
    ),
)
CRY = gate(
    "RY on the second wire where the first is 1.",
    GateSpec(
        "CRY",
        2,
        ("phi",),
        generator=np.kron(np.diag(ONE), -PAULI_Y / 2),
        decomposition=lambda phi, wires: controlled_rotation(RY, phi, wires[:1], wires[1]),
        core="RY",
    ),
)
CRZ = gate(
    "RZ on the second wire where the first is 1.",
    GateSpec(
        "CRZ",
        2,
        ("phi",),
        generator=np.kron(ONE, -PAULI_Z / 2),
        decomposition=lambda phi, wires: controlled_rotation(RZ, phi, wires[:1], wires[1]),
        core="RZ",
    ),
)
CRot = gate(
    "RZ(omega) RY(theta) RZ(phi), the rightmost first, on the second wire where the first is 1.",
    GateSpec(
        "CRot",
        2,
        ("phi", "theta", "omega"),
        factors=lambda phi, theta, omega, wires: [
            CRZ(phi, wires),
            CRY(theta, wires),
            CRZ(omega, wires),
        ],
        decomposition=lambda phi, theta, omega, wires: controlled_rot(
            phi, theta, omega, wires[0], wires[1]
        ),
        inverse=lambda phi, theta, omega: (-omega, -theta, -phi),
        core="Rot",
    ),
)
CPhase = ControlledPhaseShift
