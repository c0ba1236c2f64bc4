"""Gates on one wire as a rotation and a phase, differentiable in every framework.

A unitary 2 x 2 matrix is exp(i gamma) S with det S = 1, and S = RZ(omega) RY(theta) RZ(phi). With
a = S[0, 0] and b = S[1, 0], theta = 2 arctan(|b| / |a|), and (phi + omega) / 2 and
(phi - omega) / 2 are minus the arguments of a and b. The angles have no derivative where a or b is
0, although the matrix has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qgate.arrays import is_concrete, is_traced, namespace, unwrap
from qgate.operations.matrices import circuit_matrix
from qgate.operations.operator import Operator
from qgate.transforms.passes.neighbours import is_known
from qgate.typing import Tensor

REGULAR = 1e-3
"""Smallest modulus of an entry of a matrix with traced numbers whose angles are computed.

Below it the rounding errors of derivatives grow with its inverse.
"""


@dataclass(frozen=True, eq=False)
class Rotation:
    """A gate exp(i gamma) RZ(omega) RY(theta) RZ(phi).

    Parameters
    ----------
    phi, theta, omega : number or array
        Angles of ``Rot``.
    gamma : number or array
        Phase.
    """

    phi: Tensor
    theta: Tensor
    omega: Tensor
    gamma: Tensor

    def is_phase(self, atol: float) -> bool:
        """Return whether the rotation is a multiple of the identity; False while it is traced."""
        angles = self.phi, self.theta, self.omega
        if not all(map(is_known, angles)):
            return False
        half = (np.asarray(unwrap(self.phi)) + unwrap(self.omega)) / 2
        return bool(np.all(abs(unwrap(self.theta)) <= atol) and np.all(abs(np.sin(half)) <= atol))


def rotation_of(gates: Sequence[Operator]) -> Rotation | None:
    """Return the product of gates on one wire; None: its angles have no derivative here.

    Also None while a framework does not know the numbers.
    """
    numbers = [value for gate in gates for value in gate.parameters]
    xp = namespace(numbers)
    matrix = circuit_matrix(gates, gates[0].wires, xp=xp)
    if any(map(is_traced, numbers)) and not _is_regular(matrix):
        return None
    det = matrix[..., 0, 0] * matrix[..., 1, 1] - matrix[..., 0, 1] * matrix[..., 1, 0]
    gamma = xp.angle(det) / 2
    phase = xp.exp(-1j * gamma)
    a, b = matrix[..., 0, 0] * phase, matrix[..., 1, 0] * phase
    plus, minus = -xp.angle(a), -xp.angle(b)
    theta = 2 * xp.angle(xp.abs(a) + 1j * xp.abs(b))
    return Rotation(plus + minus, theta, plus - minus, gamma)


def _is_regular(matrix: Tensor) -> bool:
    if not is_concrete(matrix):
        return False
    entries = np.asarray(unwrap(matrix))[..., 0]
    return bool(np.all(abs(entries) > REGULAR))
