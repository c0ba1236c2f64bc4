"""Mapping from qgate's gates to gates of Qiskit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import pi
from typing import Any

import numpy as np
from qiskit.circuit import Instruction
from qiskit.circuit import library as gates

from qgate.operations.operator import Operator

Angle = Any
"""Number, or expression of Qiskit's parameters."""


@dataclass(frozen=True, slots=True)
class Native:
    """Table row that creates a gate of Qiskit.

    Parameters
    ----------
    make : callable
        Function from the operation and its angles to the instruction.
    last_first : bool
        Whether the instruction takes the wires in reverse, because it is given by a matrix: in
        Qiskit's matrices the first qubit is the least significant.
    """

    make: Callable[[Operator, Sequence[Angle]], Instruction]
    last_first: bool = False


def _of(gate: Callable[..., Instruction]) -> Native:
    """Return the row of a gate that takes the same angles and wires as in qgate."""
    return Native(lambda operation, angles: gate(*angles))


def _crot(phi: Angle, theta: Angle, omega: Angle) -> Instruction:
    return gates.CUGate(theta, omega, phi, (phi + omega) * -0.5)


def _controlled_flip(operation: Operator, angles: Sequence[Angle]) -> Instruction:
    values: Any = operation.hyperparameters["control_values"]
    state = "".join(str(int(value)) for value in reversed(values))
    return gates.XGate().control(len(values), ctrl_state=state)


def _matrix(operation: Operator, angles: Sequence[Angle]) -> Instruction:
    return gates.UnitaryGate(np.asarray(operation.parameters[0], dtype=complex))


def _diagonal(operation: Operator, angles: Sequence[Angle]) -> Instruction:
    return gates.DiagonalGate(np.asarray(operation.parameters[0], dtype=complex).tolist())


NATIVE: Mapping[str, Native] = {
    # no angles
    "PauliX": _of(gates.XGate),
    "PauliY": _of(gates.YGate),
    "PauliZ": _of(gates.ZGate),
    "Hadamard": _of(gates.HGate),
    "S": _of(gates.SGate),
    "T": _of(gates.TGate),
    "SX": _of(gates.SXGate),
    "Adjoint(S)": _of(gates.SdgGate),
    "Adjoint(T)": _of(gates.TdgGate),
    "Adjoint(SX)": _of(gates.SXdgGate),
    "SWAP": _of(gates.SwapGate),
    "ISWAP": _of(gates.iSwapGate),
    "SISWAP": _of(lambda: gates.XXPlusYYGate(-pi / 2)),
    "ECR": _of(gates.ECRGate),
    "CNOT": _of(gates.CXGate),
    "CY": _of(gates.CYGate),
    "CZ": _of(gates.CZGate),
    "CH": _of(gates.CHGate),
    "CSWAP": _of(gates.CSwapGate),
    "CCZ": _of(gates.CCZGate),
    "Toffoli": _of(gates.CCXGate),
    "MultiControlledX": Native(_controlled_flip),
    # one wire
    "RX": _of(gates.RXGate),
    "RY": _of(gates.RYGate),
    "RZ": _of(gates.RZGate),
    "PhaseShift": _of(gates.PhaseGate),
    "U1": _of(gates.PhaseGate),
    "U2": _of(lambda phi, delta: gates.UGate(pi / 2, phi, delta)),
    "U3": _of(gates.UGate),
    # up to the phase exp(-i (phi + omega) / 2), which is not observable
    "Rot": _of(lambda phi, theta, omega: gates.UGate(theta, omega, phi)),
    # two wires
    "ControlledPhaseShift": _of(gates.CPhaseGate),
    "CRX": _of(gates.CRXGate),
    "CRY": _of(gates.CRYGate),
    "CRZ": _of(gates.CRZGate),
    "CRot": _of(_crot),
    "IsingXX": _of(gates.RXXGate),
    "IsingYY": _of(gates.RYYGate),
    "IsingZZ": _of(gates.RZZGate),
    "IsingXY": _of(lambda phi: gates.XXPlusYYGate(-phi)),
    "SingleExcitation": _of(lambda phi: gates.XXPlusYYGate(phi, -pi / 2)),
    # matrices
    "QubitUnitary": Native(_matrix, last_first=True),
    "DiagonalQubitUnitary": Native(_diagonal, last_first=True),
}
"""Gates that Qiskit has; others are decomposed into these."""

IDENTITY = "Identity"
"""Name of the identity gate, kept if gates have durations and errors (see ``identity``)."""

UNSEEN = frozenset({IDENTITY, "GlobalPhase"})
"""Operations that do not change any result and are left out."""

BARRIER = "Barrier"
"""Name of the barrier; without wires it acts on all of them."""

ACCEPTED = frozenset(NATIVE) | UNSEEN | {BARRIER}
"""Operations that need no decomposition."""
