"""Gates of one and of two wires from their matrices."""

from __future__ import annotations

import numpy as np

from qgate.arguments import truth
from qgate.arrays import unwrap
from qgate.exceptions import InvalidParameters, described
from qgate.operations.operator import Operator, without_recording
from qgate.operations.parameters import in_double
from qgate.operations.rotations import RX, RY, RZ, GlobalPhase, Rot
from qgate.operations.unitaries import QubitUnitary
from qgate.operations.unitary_synthesis import euler_angles, unitary_gates
from qgate.typing import ComplexArray, Tensor, Wire, WiresLike

TURN = np.sqrt(0.5)
"""Cosine and sine of pi/4."""

AXES = {
    "ZYZ": (RZ, RY, np.eye(2)),
    "XYX": (RX, RY, TURN * np.array([[1, -1], [1, 1]])),
    "XZX": (RX, RZ, TURN * np.array([[1, -1j], [1, 1j]])),
    "ZXZ": (RZ, RX, np.diag([1, -1j])),
}
"""Outer and inner rotation, and the unitary that turns Z and Y into their axes."""


def one_qubit_decomposition(
    U: Tensor, wire: WiresLike, rotations: str = "ZYZ", return_global_phase: bool = False
) -> list[Operator]:
    """Write a unitary of one wire as three rotations.

    Parameters
    ----------
    U : array, shape (2, 2)
        The unitary.
    wire : wire
        The wire that it acts on.
    rotations : {'ZYZ', 'XYX', 'XZX', 'ZXZ', 'rot'}
        Axes of the rotations; 'rot' makes one ``Rot``.
    return_global_phase : bool
        Whether a ``GlobalPhase`` that makes the product equal to ``U`` comes last.

    Returns
    -------
    list of Operator
        In the order in which they are applied. In a quantum function they are applied.

    Raises
    ------
    InvalidParameters
        ``rotations`` is unknown, or ``U`` is not a unitary of one wire.
    """
    if rotations != "rot" and rotations not in AXES:
        raise InvalidParameters(
            f"A unitary cannot be written as rotations={described(rotations)}. "
            f"Choose one of {', '.join(AXES)} and rot."
        )
    with_phase = truth("one_qubit_decomposition", "return_global_phase", return_global_phase)
    matrix, (on,) = _checked(U, wire, 1)
    outer, inner, basis = AXES.get(rotations, AXES["ZYZ"])
    phi, theta, omega, phase = euler_angles(basis.conj().T @ matrix @ basis)
    gates: list[Operator] = (
        [Rot(phi, theta, omega, on)]
        if rotations == "rot"
        else [outer(phi, on), inner(theta, on), outer(omega, on)]
    )
    return [*gates, GlobalPhase(-phase)] if with_phase else gates


def two_qubit_decomposition(U: Tensor, wires: WiresLike) -> list[Operator]:
    """Write a unitary of two wires as RZ, RY, CNOT and a global phase.

    Parameters
    ----------
    U : array, shape (4, 4)
        The unitary, first wire most significant.
    wires : wires
        The two wires that it acts on.

    Returns
    -------
    list of Operator
        In the order in which they are applied. In a quantum function they are applied.

    Raises
    ------
    InvalidParameters
        ``U`` is not a unitary of two wires.

    Notes
    -----
    Exact, with the gates of ``QubitUnitary.decomposition``: up to six CNOTs.
    """
    matrix, on = _checked(U, wires, 2)
    return unitary_gates(matrix, on)


def _checked(U: Tensor, wires: WiresLike, number: int) -> tuple[ComplexArray, list[Wire]]:
    (gate,) = without_recording(lambda: [QubitUnitary(U, wires)])
    matrix = in_double(np.asarray(unwrap(gate.parameters[0])))
    if matrix.shape != (2**number,) * 2:
        raise InvalidParameters(
            f"A matrix of shape {matrix.shape} is not one unitary of {number} wire(s). "
            f"Give a matrix of shape {(2**number,) * 2}, or use qg.QubitUnitary."
        )
    return matrix, list(gate.wires)
