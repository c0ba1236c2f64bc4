r"""Gates that a backend supports only for a range of angles, in circuits with free angles.

IBM's ``rzz`` is calibrated for angles from 0 to pi/2. The transpiler folds numerical angles into
that range, and leaves free angles unchanged. Here one circuit serves all rows: each free
:math:`R_{ZZ}(\theta)` becomes

    rx(flip) on one qubit, rzz(angle), rx(flip) on that qubit, rz(turn) on both,

where ``angle`` is in the range, and ``flip`` and ``turn`` are 0 or pi. This uses
:math:`R_{ZZ}(\theta + \pi) \sim (Z \otimes Z) R_{ZZ}(\theta)` and
:math:`(X \otimes 1) R_{ZZ}(\theta) (X \otimes 1) = R_{ZZ}(-\theta)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import pi

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import CircuitInstruction, Parameter, ParameterExpression
from qiskit.circuit.library import RXGate, RZGate, RZZGate
from qiskit.transpiler import Target

from qgate.typing import FloatArray

FOLDED = "rzz"
NEEDED = frozenset({"rx", "rz", FOLDED})
"""Gates used in the replacement of a folded gate."""


@dataclass(frozen=True, eq=False)
class Fold:
    """Parameters that replace the angle of one folded gate.

    Parameters
    ----------
    angle, flip, turn : Parameter
    slots : sequence of int
        The n slots in the sum that was the angle.
    factors : array, shape (n,)
    offset : float
    """

    angle: Parameter
    flip: Parameter
    turn: Parameter
    slots: Sequence[int]
    factors: FloatArray
    offset: float

    def columns(self, rows: FloatArray) -> dict[Parameter, FloatArray]:
        """Return the values of its parameters, each of shape (K,), for rows of shape (K, P)."""
        theta = np.mod(rows[:, list(self.slots)] @ self.factors + self.offset, 2 * pi)
        turned = (theta > pi / 2) & (theta <= 3 * pi / 2)
        rest = np.where(turned, theta - pi, np.where(theta > pi, theta - 2 * pi, theta))
        return {
            self.angle: np.clip(np.abs(rest), 0.0, pi / 2),
            self.flip: np.where(rest < 0, pi, 0.0),
            self.turn: np.where(turned, pi, 0.0),
        }

    def gates(self, item: CircuitInstruction) -> Iterator[CircuitInstruction]:
        """Yield the gates that replace a folded gate."""
        first, second = item.qubits
        yield CircuitInstruction(RXGate(self.flip), [first])
        yield CircuitInstruction(RZZGate(self.angle), [first, second])
        yield CircuitInstruction(RXGate(self.flip), [first])
        yield CircuitInstruction(RZGate(self.turn), [first])
        yield CircuitInstruction(RZGate(self.turn), [second])


def bounded_gates(target: Target) -> frozenset[str]:
    """Return the names of the gates with a limited range of angles."""
    if not target.has_angle_bounds():
        return frozenset()
    return frozenset(filter(target.gate_has_angle_bounds, target.operation_names))


def is_foldable(target: Target) -> bool:
    """Return whether ``rzz`` of a target can be folded: its range contains 0 to pi/2."""
    if not target.operation_names >= NEEDED:
        return False
    return all(target.supported_angle_bound(FOLDED, [angle]) for angle in (0.0, pi / 2))


def free_gates(circuit: QuantumCircuit) -> frozenset[str]:
    """Return the names of the gates that have a free angle."""
    return frozenset(item.operation.name for item in circuit.data if _free(item))


def fold(circuit: QuantumCircuit) -> tuple[QuantumCircuit, tuple[Fold, ...]]:
    """Return a circuit with folded free ``rzz`` gates, and its new parameters."""
    folded, folds = circuit.copy_empty_like(), list[Fold]()
    for item in circuit.data:
        if item.operation.name == FOLDED and _free(item):
            folds.append(_fold(item.operation.params[0], len(folds)))
            for gate in folds[-1].gates(item):
                folded.append(gate)
        else:
            folded.append(item)
    return folded, tuple(folds)


def _fold(expression: ParameterExpression, number: int) -> Fold:
    """Return the fold of an angle; the transpiler only adds and scales angles."""
    parameters = list(expression.parameters)
    return Fold(
        angle=Parameter(f"fold_{number}_angle"),
        flip=Parameter(f"fold_{number}_flip"),
        turn=Parameter(f"fold_{number}_turn"),
        slots=tuple(parameter.index for parameter in parameters),
        factors=np.array([float(expression.gradient(parameter)) for parameter in parameters]),
        offset=float(expression.bind(dict.fromkeys(parameters, 0.0))),
    )


def _free(item: CircuitInstruction) -> bool:
    return any(getattr(value, "parameters", ()) for value in item.operation.params)
