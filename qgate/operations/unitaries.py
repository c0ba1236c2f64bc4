"""Gates given as matrices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qgate.arguments import truth
from qgate.arrays import namespace, unwrap
from qgate.exceptions import InvalidParameters
from qgate.operations.gate import GATES
from qgate.operations.matrices import dagger
from qgate.operations.operator import Operator, ParameterKind, without_recording
from qgate.operations.parameters import as_array, check_shape, in_double, in_floats
from qgate.operations.spectra import diagonal_matrix
from qgate.operations.unitary_synthesis import diagonal_gates, unitary_gates
from qgate.typing import Namespace, Tensor, WiresLike
from qgate.wires import Wires

TOLERANCE = 1e-6
"""Tolerance of U U^dagger = 1, for each entry."""


class QubitUnitary(Operator):
    """Gate with a given matrix.

    Parameters
    ----------
    U : array, shape (2**n, 2**n)
        The unitary, first wire most significant; a leading axis is a batch.
    wires : wires
        The n wires it acts on.
    id : str, optional
    unitary_check : bool
        Whether to refuse a matrix that is not unitary: its probabilities would not add up to 1.

    Raises
    ------
    InvalidParameters
        The shape does not fit the wires, or the matrix is checked and not unitary.

    Notes
    -----
    The decomposition depends on the values: RZ, RY, CNOT and a global phase.
    """

    has_decomposition = True
    ndim_params = (2,)
    parameter_kinds = (ParameterKind.ARRAY,)

    def __init__(
        self, U: Tensor, wires: WiresLike, id: str | None = None, unitary_check: bool = True
    ) -> None:
        matrix, on = in_floats(as_array(U)), Wires(wires)
        check_shape(self.name, "U", matrix, (2 ** len(on),) * 2, real=False)
        if truth(self.name, "unitary_check", unitary_check):
            _check_unitary(matrix)
        super().__init__((matrix,), on, id=id)

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        return parameters[0]

    def decomposition(self) -> list[Operator]:
        matrix = in_double(np.asarray(unwrap(self.parameters[0])))
        return without_recording(lambda: unitary_gates(matrix, self.wires))

    def adjoint(self) -> Operator:
        matrix = self.parameters[0]
        return QubitUnitary(dagger(matrix, xp=namespace([matrix])), self.wires)


class DiagonalQubitUnitary(Operator):
    """Gate with a given diagonal.

    Parameters
    ----------
    D : array, shape (2**n,)
        Entries of modulus 1; a leading axis is a batch.
    wires : wires
        The n wires it acts on.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The shape does not fit the wires, or an entry has another modulus.
    """

    has_decomposition = True
    ndim_params = (1,)
    parameter_kinds = (ParameterKind.ARRAY,)
    is_diagonal = True

    def __init__(self, D: Tensor, wires: WiresLike, id: str | None = None) -> None:
        diagonal, on = in_floats(as_array(D)), Wires(wires)
        check_shape(self.name, "D", diagonal, (2 ** len(on),), real=False)
        known = unwrap(diagonal)
        if isinstance(known, np.ndarray) and not np.allclose(abs(known), 1, atol=TOLERANCE):
            worst = max(abs(known).ravel(), key=lambda modulus: abs(modulus - 1))
            raise InvalidParameters(
                f"DiagonalQubitUnitary was given an entry of modulus {worst:.6g}. "
                "The entries of a diagonal unitary have modulus 1. Divide each by its modulus."
            )
        super().__init__((diagonal,), on, id=id)

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        return diagonal_matrix(parameters[0])

    def canonical_diagonal(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        return parameters[0]

    def decomposition(self) -> list[Operator]:
        phases = np.angle(in_double(unwrap(self.parameters[0])))
        return without_recording(lambda: diagonal_gates(phases, self.wires))

    def adjoint(self) -> Operator:
        diagonal = self.parameters[0]
        return DiagonalQubitUnitary(namespace([diagonal]).conj(diagonal), self.wires)


def _check_unitary(matrix: Tensor) -> None:
    known = unwrap(matrix)
    if not isinstance(known, np.ndarray):
        return
    error = abs(known @ dagger(known) - np.eye(known.shape[-1])).max()
    if error > TOLERANCE:
        raise InvalidParameters(
            f"QubitUnitary was given a matrix that is not unitary: U U^dagger is off the identity "
            f"by {error:.2g}. Give a unitary matrix, such as the Q of numpy.linalg.qr."
        )


GATES |= {gate.__name__: gate for gate in (QubitUnitary, DiagonalQubitUnitary)}
