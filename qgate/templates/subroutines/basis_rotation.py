"""Change of the orbitals of fermions."""

from __future__ import annotations

import numpy as np

from qgate.arguments import truth
from qgate.arrays import is_concrete, is_traced, shape_of, unwrap
from qgate.exceptions import InvalidParameters
from qgate.operations.excitations import SingleExcitation
from qgate.operations.givens import TOLERANCE, Givens, givens_rotations, signed_rotations
from qgate.operations.matrices import dagger
from qgate.operations.operator import Operator, ParameterKind
from qgate.operations.parameters import as_array, in_double, require_numbers
from qgate.operations.rotations import PhaseShift
from qgate.templates.base import Template
from qgate.typing import ComplexArray, FloatArray, Tensor, WiresLike
from qgate.wires import Wires

ACCURACY = 1e-4
"""Tolerance of u u^dagger = 1, for each entry."""


class BasisRotation(Template):
    r"""Maps the creation operator of each orbital p to sum_q u[p, q] times that of orbital q.

    Orbitals are wires, in the Jordan-Wigner representation: U c_p^ U^dagger = sum_q u[p, q] c_q^.

    Parameters
    ----------
    wires : wires
        One for each orbital, at least two.
    unitary_matrix : array, shape (n, n)
        u. It is a constant: the gates depend on its numbers.
    check : bool
        Accepted as in PennyLane; whether the matrix is unitary is always checked.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The matrix is not unitary, has another shape, or is being differentiated.

    Notes
    -----
    Cost: n (n - 1) / 2 single excitations of neighbours in depth n; for a complex matrix as many
    phases, and n more, and for a real one with negative determinant one phase. Real matrices are
    mapped by the same formula as complex ones (in PennyLane 0.45 some signs of theirs differ).
    Reference: Clements et al., Optica 3, 1460 (2016); Arrazola et al., Quantum 6, 742 (2022).
    """

    ndim_params = (2,)
    parameter_kinds = (ParameterKind.ARRAY,)

    def __init__(
        self, wires: WiresLike, unitary_matrix: Tensor, check: bool = False, id: str | None = None
    ) -> None:
        labels, matrix = Wires(wires), as_array(unitary_matrix)
        require_numbers("BasisRotation", "unitary_matrix", matrix, real=False)
        truth("BasisRotation", "check", check)
        _check_matrix(matrix, len(labels))
        super().__init__((matrix,), labels, id=id)

    def gates(self, matrix: Tensor) -> list[Operator]:
        known = in_double(np.asarray(unwrap(matrix)))
        if np.allclose(known.imag, 0, atol=TOLERANCE):
            return self._real(known.real)
        return self._complex(known)

    def _real(self, matrix: FloatArray) -> list[Operator]:
        determinant, turns = signed_rotations(matrix)
        phase = [PhaseShift(np.pi, wires=self.wires[0])] if determinant < 0 else []
        return [*phase, *map(self._excitation, turns)]

    def _complex(self, matrix: ComplexArray) -> list[Operator]:
        phases, turns = givens_rotations(matrix)
        pairs = zip(np.angle(phases), self.wires, strict=True)
        gates: list[Operator] = [PhaseShift(float(phase), wires=wire) for phase, wire in pairs]
        for turn in turns:
            gates.append(self._excitation(turn))
            if turn.phi:
                gates.append(PhaseShift(turn.phi, wires=self.wires[turn.first]))
        return gates

    def _excitation(self, turn: Givens) -> Operator:
        return SingleExcitation(2 * turn.theta, wires=self.at([turn.first, turn.first + 1]))


def _check_matrix(matrix: Tensor, count: int) -> None:
    """Refuse a matrix that is no unitary of this size, or whose numbers are not known."""
    shape = shape_of(matrix)
    if count < 2 or shape != (count, count):
        raise InvalidParameters(
            f"BasisRotation was given a matrix of shape {shape} for {count} wire(s). Give a wire "
            "for each orbital, at least two, and a square matrix with a row for each."
        )
    if is_traced(matrix) or not is_concrete(matrix):
        raise InvalidParameters(
            "BasisRotation was given a matrix that is being differentiated, or is not known yet. "
            "Its gates depend on the numbers. Give a constant, or train angles of "
            "qg.SingleExcitation."
        )
    known = np.asarray(unwrap(matrix))
    error = abs(known @ dagger(known) - np.eye(count)).max()
    if not error <= ACCURACY:
        raise InvalidParameters(
            f"BasisRotation was given a matrix that is not unitary: u u^dagger is off the identity "
            f"by {error:.2g}. Give a unitary matrix, such as the eigenvectors of a Hermitian one."
        )
