"""Controlled gates: they act where their first wires are 1."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from math import pi
from typing import Any

import numpy as np

from qgate.arguments import is_text_among, items_of, whole_number
from qgate.exceptions import InvalidParameters, described
from qgate.operations.axes import AXES
from qgate.operations.controlled_decompositions import (
    controlled_flip,
    controlled_rot,
    controlled_rotation,
    on_values,
)
from qgate.operations.fixed import Hadamard, S, T
from qgate.operations.gate import GATES, Gate, decomposed, gate
from qgate.operations.gate_spec import Argument, GateSpec, Option
from qgate.operations.matrices import basis_vector
from qgate.operations.operator import Operator, without_recording
from qgate.operations.rotations import ONE, PAULI_X, RX, RY, RZ, PhaseShift
from qgate.typing import ComplexArray, FloatArray, Tensor, WiresLike
from qgate.wires import Wires

CONTROL_VALUES = Option("sequence of bool, optional", "One for each control.", None)
WORK_WIRES = Option("wires, optional", "Not used: decompositions need no other wires.", None)
BITS = {"0": False, "1": True}
WORK_WIRE_TYPES = ("borrowed", "zeroed")
WORK_WIRE_TYPE = Option("{'borrowed', 'zeroed'}", "Not used, as ``work_wires``.", "borrowed")

ZERO = 1 - ONE
"""The diagonal of the projector on the state 0."""


def _flip_matrix(n: int, control_values: tuple[bool, ...]) -> ComplexArray:
    """Return the matrix that flips the last of ``n`` wires for one value of the others."""
    start = 2 * int("".join(str(int(value)) for value in control_values), 2)
    matrix = np.eye(2**n, dtype=complex)
    matrix[start : start + 2, start : start + 2] = PAULI_X
    return matrix


def control_bits(controls: int, values: object, *, name: str) -> tuple[bool, ...]:
    """Return one truth value for each control; None stands for all true, "01" for 0 and 1."""
    if values is None:
        return (True,) * controls
    items = [BITS.get(digit) for digit in values] if isinstance(values, str) else items_of(values)
    given = [values] if items is None else items
    if len(given) != controls or not all(map(_is_bit, given)):
        raise InvalidParameters(
            f"{name} has {controls} control wire(s) and was given "
            f"control_values={described(values)}. "
            "Give 0 or 1 for each control."
        )
    return tuple(map(bool, given))


def _is_bit(value: object) -> bool:
    return isinstance(value, bool | np.bool_) or whole_number(value) in (0, 1)


def check_work_wire_type(name: str, value: object) -> None:
    """Refuse a type of work wires that PennyLane does not have; it has no effect."""
    if not is_text_among(value, WORK_WIRE_TYPES):
        raise InvalidParameters(
            f"{name} was given work_wire_type={described(value)}. Give 'borrowed' or 'zeroed'."
        )


def check_work_wires(name: str, wires: WiresLike, work_wires: WiresLike | None) -> None:
    """Refuse work wires on which the gate acts; work wires are not used otherwise."""
    work = Wires(() if work_wires is None else work_wires)
    if set(work) & set(Wires(wires)):
        raise InvalidParameters(
            f"{name} on the wires {list(Wires(wires))} was given work_wires={list(work)}. "
            "Work wires are others than those of the gate. Name others, or none."
        )


def _check_flip(
    wires: Wires, control_values: object, work_wires: WiresLike | None, work_wire_type: object
) -> Mapping[str, Hashable]:
    if len(wires) < 2:
        raise InvalidParameters(
            f"MultiControlledX was given the wires {list(wires)}. "
            "It needs at least one control, and the target last."
        )
    check_work_wires("MultiControlledX", wires, work_wires)
    check_work_wire_type("MultiControlledX", work_wire_type)
    bits = control_bits(len(wires) - 1, control_values, name="MultiControlledX")
    return {"control_values": bits}


class ControlledObservable(Gate):
    """Controlled gate with a Hermitian matrix, which its core's diagonalizing gates diagonalize."""

    @property
    def basis(self) -> str | None:
        return self._core.basis

    @property
    def _core(self) -> Operator:
        (core,) = without_recording(lambda: [GATES[self.spec.core](wires=self.wires[-1])])
        return core

    def diagonalizing_gates(self) -> list[Operator]:
        return self._core.diagonalizing_gates()

    def eigvals(self) -> FloatArray:
        ones = (True,) * (len(self.wires) - 1)
        bits: Any = self.hyperparameters.get("control_values", ones)
        chosen = basis_vector(bits)
        return np.ravel(np.where(chosen[:, None] > 0, self._core.eigvals(), 1.0))


class ControlledTurn(Gate):
    """Controlled rotation."""

    @property
    def basis(self) -> str | None:
        return AXES.get(self.spec.core)


class MultiControlledFlip(ControlledObservable):
    """X with controls on given values."""

    def __init__(
        self, *args: Argument, control_wires: WiresLike | None = None, **named: Argument
    ) -> None:
        if control_wires is None and args and "wires" in named:
            control_wires, args = args[0], args[1:]
        if control_wires is not None and "wires" in named:  # of older versions of PennyLane
            named["wires"] = (*Wires(control_wires), *Wires(named["wires"]))
        elif control_wires is not None:
            named["control_wires"] = control_wires  # refused
        super().__init__(*args, **named)

    @property
    def control_values(self) -> tuple[bool, ...]:
        values: tuple[bool, ...] = self.hyperparameters["control_values"]  # type: ignore[assignment]
        return values


CNOT = gate(
    "X on the second wire where the first is 1.",
    GateSpec("CNOT", 2, core="PauliX"),
    base=ControlledObservable,
)


@decomposed(2, core="PauliZ", base=ControlledObservable)
def CZ(wires: Wires) -> list[Operator]:
    """The sign where both wires are 1."""
    return [Hadamard(wires[1]), CNOT(wires), Hadamard(wires[1])]


@decomposed(2, core="PauliY", base=ControlledObservable)
def CY(wires: Wires) -> list[Operator]:
    """Y on the second wire where the first is 1."""
    return [PhaseShift(-pi / 2, wires[1]), CNOT(wires), S(wires[1])]


@decomposed(2, core="Hadamard", base=ControlledObservable)
def CH(wires: Wires) -> list[Operator]:
    """Hadamard on the second wire where the first is 1."""
    return [RY(-pi / 4, wires[1]), CZ(wires), RY(pi / 4, wires[1])]


@decomposed(3, core="SWAP")
def CSWAP(wires: Wires) -> list[Operator]:
    """Exchange of the last two wires where the first is 1."""
    flip = CNOT(wires[:0:-1])
    return [flip, Toffoli(wires), flip]


@decomposed(3, core="PauliX", base=ControlledObservable)
def Toffoli(wires: Wires) -> list[Operator]:
    """X on the last wire where the first two are 1."""
    first, second, target = wires  # six CNOTs and seven T: Nielsen and Chuang, figure 4.9
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


@decomposed(3, core="PauliZ", base=ControlledObservable)
def CCZ(wires: Wires) -> list[Operator]:
    """The sign where all three wires are 1."""
    return [Hadamard(wires[2]), Toffoli(wires), Hadamard(wires[2])]


@decomposed(
    None,
    matrix=_flip_matrix,
    inverse="MultiControlledX",
    options={
        "control_values": CONTROL_VALUES,
        "work_wires": WORK_WIRES,
        "work_wire_type": WORK_WIRE_TYPE,
    },
    check=_check_flip,
    core="PauliX",
    base=MultiControlledFlip,
)
def MultiControlledX(wires: Wires, control_values: tuple[bool, ...]) -> list[Operator]:
    """X on the last wire where each of the others has its control value (by default 1)."""
    controls, target = wires[:-1], wires[-1]
    return on_values(controls, control_values, controlled_flip(controls, target))


@decomposed(2, core="PhaseShift", base=ControlledTurn)
def ControlledPhaseShift(phi: Tensor, wires: Wires) -> list[Operator]:
    """Phase exp(i phi) where both wires are 1."""
    first, second = wires
    halves = [PhaseShift(phi / 2, first), PhaseShift(phi / 2, second)]
    return [*halves, CNOT(wires), PhaseShift(-phi / 2, second), CNOT(wires)]


@decomposed(2, generator=np.kron(ZERO, ZERO))
def CPhaseShift00(phi: Tensor, wires: Wires) -> list[Operator]:
    """Phase exp(i phi) on the state 00."""
    return on_values(wires, (False, False), [ControlledPhaseShift(phi, wires)])


@decomposed(2, generator=np.kron(ZERO, ONE))
def CPhaseShift01(phi: Tensor, wires: Wires) -> list[Operator]:
    """Phase exp(i phi) on the state 01."""
    return on_values(wires, (False, True), [ControlledPhaseShift(phi, wires)])


@decomposed(2, generator=np.kron(ONE, ZERO))
def CPhaseShift10(phi: Tensor, wires: Wires) -> list[Operator]:
    """Phase exp(i phi) on the state 10."""
    return on_values(wires, (True, False), [ControlledPhaseShift(phi, wires)])


@decomposed(2, core="RX", base=ControlledTurn)
def CRX(phi: Tensor, wires: Wires) -> list[Operator]:
    """RX on the second wire where the first is 1."""
    target = wires[1]
    return [RX(phi / 2, target), CZ(wires), RX(-phi / 2, target), CZ(wires)]


@decomposed(2, core="RY", base=ControlledTurn)
def CRY(phi: Tensor, wires: Wires) -> list[Operator]:
    """RY on the second wire where the first is 1."""
    return controlled_rotation(RY, phi, wires[:1], wires[1])


@decomposed(2, core="RZ", base=ControlledTurn)
def CRZ(phi: Tensor, wires: Wires) -> list[Operator]:
    """RZ on the second wire where the first is 1."""
    return controlled_rotation(RZ, phi, wires[:1], wires[1])


@decomposed(
    2,
    factors=lambda phi, theta, omega, wires: [
        CRZ(phi, wires),
        CRY(theta, wires),
        CRZ(omega, wires),
    ],
    inverse=lambda phi, theta, omega: (-omega, -theta, -phi),
    core="Rot",
)
def CRot(phi: Tensor, theta: Tensor, omega: Tensor, wires: Wires) -> list[Operator]:
    """RZ(omega) RY(theta) RZ(phi), the rightmost first, on the second wire where the first is 1."""
    return controlled_rot(phi, theta, omega, *wires)


CPhase = ControlledPhaseShift
