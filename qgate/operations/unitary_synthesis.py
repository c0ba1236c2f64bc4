"""Synthesis of unitary and diagonal matrices from gates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qgate.operations.controlled_decompositions import multiplexed_rotation
from qgate.operations.operator import Operator
from qgate.operations.rotations import RY, RZ, GlobalPhase
from qgate.typing import ComplexArray, FloatArray, Wire

NEGLIGIBLE = 1e-12
"""Angles and amplitudes below this are treated as zero."""


def unitary_gates(matrix: ComplexArray, wires: Sequence[Wire]) -> list[Operator]:
    """Decompose a unitary, shape (..., 2**n, 2**n), into RY, RZ, CNOT and a global phase.

    One wire takes RZ RY RZ. More take the quantum Shannon decomposition: cosine-sine decomposition
    on the first wire, then each half in turn. At most one leading axis, a batch, becomes batches of
    angles. Exact, the global phase included.

    Cost: (3/4) 4**n - (3/2) 2**n CNOTs.
    Reference: Shende, Bullock and Markov, IEEE Trans. CAD 25, 1000 (2006).
    """
    if matrix.ndim == 2:
        gates, phase = _shannon(matrix, wires)
        return [*gates, GlobalPhase(-phase)]
    each = [unitary_gates(member, wires) for member in matrix]
    return [_batched(same_place) for same_place in zip(*each, strict=True)]


def euler_angles(matrix: ComplexArray) -> tuple[float, float, float, float]:
    """Return phi, theta, omega, phase of exp(i phase) RZ(omega) RY(theta) RZ(phi)."""
    phase = float(np.angle(np.linalg.det(matrix))) / 2
    special = matrix * np.exp(-1j * phase)
    theta = 2 * float(np.arctan2(abs(special[1, 0]), abs(special[1, 1])))
    total, difference = 2 * _angle(special[1, 1]), 2 * _angle(special[1, 0])
    return (total - difference) / 2, theta, (total + difference) / 2, phase


def diagonal_gates(phases: FloatArray, wires: Sequence[Wire]) -> list[Operator]:
    """Decompose diag(exp(i phases)), shape (..., 2**n), into multiplexed RZ and a global phase.

    Leading axes are a batch. Multiplexed rotations by 0 are left out.
    """
    gates: list[Operator] = []
    for place in reversed(range(len(wires))):
        pairs = phases.reshape(*phases.shape[:-1], -1, 2)
        turns = pairs[..., 1] - pairs[..., 0]
        if np.any(abs(turns) > NEGLIGIBLE):
            gates += multiplexed_rotation(RZ, turns, wires[:place], wires[place])
        phases = pairs.mean(axis=-1)
    if np.any(abs(phases) > NEGLIGIBLE):
        gates.append(GlobalPhase(-phases[..., 0]))
    return gates


def _angle(number: complex) -> float:
    return float(np.angle(number)) if abs(number) > NEGLIGIBLE else 0.0


def _shannon(matrix: ComplexArray, wires: Sequence[Wire]) -> tuple[list[Operator], float]:
    """Return gates, of the same types for every matrix of a size, and the remaining phase."""
    if not wires:
        return [], float(np.angle(matrix[0, 0]))
    if len(wires) == 1:
        phi, theta, omega, phase = euler_angles(matrix)
        wire = wires[0]
        return [RZ(phi, wire), RY(theta, wire), RZ(omega, wire)], phase
    from scipy.linalg import cossin  # scipy loads when it is needed

    half = len(matrix) // 2
    (upper, lower), angles, (first, second) = cossin(matrix, p=half, q=half, separate=True)
    before, first_phase = _demultiplexed(first, second, wires)
    after, last_phase = _demultiplexed(upper, lower, wires)
    middle = multiplexed_rotation(RY, 2 * np.asarray(angles), wires[1:], wires[0])
    return [*before, *middle, *after], first_phase + last_phase


def _demultiplexed(
    upper: ComplexArray, lower: ComplexArray, wires: Sequence[Wire]
) -> tuple[list[Operator], float]:
    """Write "upper where the first wire is 0, else lower" as A D B with A, B on the other wires."""
    from scipy.linalg import schur  # scipy loads when it is needed

    squares, basis = schur(upper @ lower.conj().T, output="complex")
    roots = np.exp(0.5j * np.angle(np.diagonal(squares)))
    before, first_phase = _shannon(roots[:, None] * (basis.conj().T @ lower), wires[1:])
    after, last_phase = _shannon(basis, wires[1:])
    turns = multiplexed_rotation(RZ, -2 * np.angle(roots), wires[1:], wires[0])
    return [*before, *turns, *after], first_phase + last_phase


def _batched(gates: Sequence[Operator]) -> Operator:
    """Merge gates that differ only in their angles into one batched gate."""
    parameters = zip(*(gate.parameters for gate in gates), strict=True)
    return gates[0].with_parameters([np.stack(values) for values in parameters])
