"""Names of gates in OpenQASM, Qiskit and Braket, and what they are here.

The tables follow the libraries ``stdgates.inc`` and ``qelib1.inc``, and the gates that Braket has
without an include. No name has two meanings. Matrices are those of Qiskit and Braket: ``U`` and
``u3`` have a real first entry, where the specification differs by a phase that only a control
could reveal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import pi
from typing import Any

from qgate.operations.controlled import (
    CCZ,
    CH,
    CNOT,
    CRX,
    CRY,
    CRZ,
    CSWAP,
    CY,
    CZ,
    ControlledPhaseShift,
    CPhaseShift00,
    CPhaseShift01,
    CPhaseShift10,
    MultiControlledX,
    Toffoli,
)
from qgate.operations.fixed import (
    ECR,
    ISWAP,
    SWAP,
    SX,
    Barrier,
    Hadamard,
    Identity,
    PauliX,
    PauliY,
    PauliZ,
    S,
    T,
)
from qgate.operations.ising import PSWAP, IsingXX, IsingXY, IsingYY, IsingZZ
from qgate.operations.operator import Operator
from qgate.operations.pauli_rotations import PauliRot
from qgate.operations.rotations import RX, RY, RZ, U1, U2, U3, GlobalPhase, PhaseShift
from qgate.operations.wrappers import adjoint, ctrl
from qgate.typing import Tensor, Wire

Labels = Sequence[Wire]
Made = Operator | Sequence[Operator]


@dataclass(frozen=True, slots=True)
class GateName:
    """Table row of a gate.

    Parameters
    ----------
    angles : int
        Number of its angles.
    qubits : int or None
        Number of its qubits; None: any number.
    make : callable
        Function from the angles, and ``wires`` as a keyword, to one operator or several, the first
        applied first. They are recorded.
    """

    angles: int
    qubits: int | None
    make: Callable[..., Made]


def _of(gate: Any) -> GateName:
    return GateName(gate.num_params, gate.num_wires, gate)


def _inverse(gate: Any) -> GateName:
    return GateName(0, gate.num_wires, lambda wires: adjoint(gate(wires)))


def _controlled(gate: Any, controls: int = 1, *, inverse: bool = False) -> GateName:
    def make(*angles: Tensor, wires: Labels) -> Made:
        base = gate(*angles, wires=wires[controls:])
        base = adjoint(base) if inverse else base
        made: Operator = ctrl(base, wires[:controls])
        return made

    return GateName(gate.num_params, gate.num_wires + controls, make)


def _phase(angle: Tensor, wires: Labels) -> Made:
    return GlobalPhase(-1 * angle, wires=wires)


def _cu(theta: Tensor, phi: Tensor, lam: Tensor, gamma: Tensor, wires: Labels) -> Made:
    return [PhaseShift(gamma, wires[0]), ctrl(U3(theta, phi, lam, wires[1]), wires[0])]


def _tilted(theta: Tensor, phi: Tensor, wires: Labels) -> Made:
    """Rotation by theta about the axis at the angle phi to X in the plane of X and Y."""
    return [RZ(-1 * phi, wires), RX(theta, wires), RZ(phi, wires)]


def _half_turn(phi: Tensor, wires: Labels) -> Made:
    return [PauliX(wires), RZ(2 * phi, wires)]


def _molmer_sorensen(first: Tensor, second: Tensor, theta: Tensor, wires: Labels) -> Made:
    a, b = wires
    before, after = [RZ(-1 * first, a), RZ(-1 * second, b)], IsingXX(theta, wires)
    return [*before, after, RZ(first, a), RZ(second, b)]


def _rccx(wires: Labels) -> Made:
    """Toffoli up to the signs of some states."""
    first, second, target = wires
    out = [Hadamard(target), T(target), CNOT([second, target]), _back(target)]
    out += [CNOT([first, target]), T(target), CNOT([second, target]), _back(target)]
    return [*out, Hadamard(target)]


def _rc3x(wires: Labels) -> Made:
    """X with three controls up to the phases of some states."""
    first, second, third, target = wires
    out = [Hadamard(target), T(target), CNOT([third, target]), _back(target), Hadamard(target)]
    for control in (first, second, first, second):
        out.append(CNOT([control, target]))
        out.append(T(target) if control == first else _back(target))
    out += [Hadamard(target), T(target), CNOT([third, target]), _back(target), Hadamard(target)]
    return out


def _back(wire: Wire) -> Operator:
    found: Operator = adjoint(T(wire))
    return found


STANDARD: Mapping[str, GateName] = {
    "U": _of(U3),
    "gphase": GateName(1, 0, _phase),
    "p": _of(PhaseShift),
    "phase": _of(PhaseShift),
    "x": _of(PauliX),
    "y": _of(PauliY),
    "z": _of(PauliZ),
    "h": _of(Hadamard),
    "s": _of(S),
    "sdg": _inverse(S),
    "t": _of(T),
    "tdg": _inverse(T),
    "sx": _of(SX),
    "rx": _of(RX),
    "ry": _of(RY),
    "rz": _of(RZ),
    "id": GateName(0, 1, Identity),
    "u1": _of(U1),
    "u2": _of(U2),
    "u3": _of(U3),
    "cx": _of(CNOT),
    "CX": _of(CNOT),
    "cy": _of(CY),
    "cz": _of(CZ),
    "ch": _of(CH),
    "cp": _of(ControlledPhaseShift),
    "cphase": _of(ControlledPhaseShift),
    "crx": _of(CRX),
    "cry": _of(CRY),
    "crz": _of(CRZ),
    "cu": GateName(4, 2, _cu),
    "swap": _of(SWAP),
    "ccx": _of(Toffoli),
    "cswap": _of(CSWAP),
}
"""Built-in gates of OpenQASM 3, and those of ``stdgates.inc``."""

QISKIT: Mapping[str, GateName] = {
    "u": _of(U3),
    "u0": GateName(1, 1, lambda length, wires: Identity(wires)),
    "sxdg": _inverse(SX),
    "cu1": _of(ControlledPhaseShift),
    "cu3": _controlled(U3),
    "csx": _controlled(SX),
    "rxx": _of(IsingXX),
    "ryy": _of(IsingYY),
    "rzz": _of(IsingZZ),
    "rzx": GateName(1, 2, lambda theta, wires: PauliRot(theta, "ZX", wires=wires)),
    "rccx": GateName(0, 3, _rccx),
    "rc3x": GateName(0, 4, _rc3x),
    "rcccx": GateName(0, 4, _rc3x),
    "c3x": GateName(0, 4, MultiControlledX),
    "c3sqrtx": _controlled(SX, 3),
    "c4x": GateName(0, 5, MultiControlledX),
    "cs": _controlled(S),
    "csdg": _controlled(S, inverse=True),
    "ccz": _of(CCZ),
    "r": GateName(2, 1, _tilted),
    "dcx": GateName(0, 2, lambda wires: [CNOT(wires), CNOT(wires[::-1])]),
}
"""Gates of ``qelib1.inc``, and others that Qiskit has under these names."""

BRAKET: Mapping[str, GateName] = {
    "i": GateName(0, 1, Identity),
    "cnot": _of(CNOT),
    "ccnot": _of(Toffoli),
    "si": _inverse(S),
    "ti": _inverse(T),
    "v": _of(SX),
    "vi": _inverse(SX),
    "cv": _controlled(SX),
    "ecr": _of(ECR),
    "iswap": _of(ISWAP),
    "pswap": _of(PSWAP),
    "phaseshift": _of(PhaseShift),
    "cphaseshift": _of(ControlledPhaseShift),
    "cphaseshift00": _of(CPhaseShift00),
    "cphaseshift01": _of(CPhaseShift01),
    "cphaseshift10": _of(CPhaseShift10),
    "xx": _of(IsingXX),
    "xy": _of(IsingXY),
    "yy": _of(IsingYY),
    "zz": _of(IsingZZ),
    "prx": GateName(2, 1, _tilted),
    "gpi": GateName(1, 1, _half_turn),
    "gpi2": GateName(1, 1, partial(_tilted, pi / 2)),
    "ms": GateName(3, 2, _molmer_sorensen),
}
"""Gates of Braket that the others lack, or that have other names there."""

GATE_NAMES: Mapping[str, GateName] = {
    **STANDARD,
    **QISKIT,
    **BRAKET,
    "barrier": GateName(0, None, Barrier),
}
"""Every known name."""
