"""Observables given by a matrix, a state or a sparse matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from qgate.arrays import is_concrete, is_traced, namespace, unwrap
from qgate.exceptions import InvalidParameters, NotHermitian
from qgate.operations.eigenbasis import eigensystem, to_eigenbasis
from qgate.operations.matrices import basis_vector, dagger, is_hermitian_matrix
from qgate.operations.operator import Operator, ParameterKind, without_recording
from qgate.operations.parameters import (
    as_array,
    check_shape,
    in_floats,
    require_finite,
    require_numbers,
)
from qgate.operations.queries import in_format
from qgate.operations.unitaries import QubitUnitary
from qgate.typing import FloatArray, IntArray, Namespace, SparseMatrix, Tensor, WiresLike
from qgate.wires import Wires


class MatrixObservable(Operator):
    """Parent of observables that are measured in the eigenbasis of their matrix."""

    is_gate = False
    is_hermitian = True

    def adjoint(self) -> Operator:
        return self

    def eigvals(self) -> Tensor:
        return eigensystem(self.matrix())[0]

    def diagonalizing_gates(self) -> list[Operator]:
        return to_eigenbasis(self.matrix(), self.wires)


class Hermitian(MatrixObservable):
    """Observable given by its matrix.

    Parameters
    ----------
    A : array, shape (2**n, 2**n)
        Hermitian; may be traced.
    wires : wires
        The first is the most significant bit.

    Raises
    ------
    InvalidParameters
        The shape does not fit the number of wires.
    NotHermitian
        The matrix is not Hermitian.
    """

    ndim_params = (2,)
    parameter_kinds = (ParameterKind.ARRAY,)

    @classmethod
    def compute_diagonalizing_gates(cls, eigenvectors: Tensor, wires: WiresLike) -> list[Operator]:
        """Return the gate that maps eigenvectors, the columns of a matrix, to basis states."""
        matrix = as_array(eigenvectors)
        adjoint = dagger(matrix, xp=namespace([matrix]))
        return without_recording(lambda: [QubitUnitary(adjoint, wires=wires)])

    def __init__(self, A: Tensor, wires: WiresLike, id: str | None = None) -> None:
        matrix, on = in_floats(as_array(A)), Wires(wires)
        check_shape("Hermitian", "A", matrix, (2 ** len(on),) * 2, batch=False, real=False)
        if is_concrete(matrix) and not is_hermitian_matrix(np.asarray(unwrap(matrix))):
            raise NotHermitian(observable=f"The matrix given to Hermitian on wires {list(on)}")
        super().__init__((matrix,), on, id=id)

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        return parameters[0]


class Projector(MatrixObservable):
    """Projector on a basis state or on a state vector.

    Parameters
    ----------
    state : array, shape (n,) or (2**n,)
        The bits of a basis state, or amplitudes, which may be traced. Of amplitudes v with another
        norm than 1 it is the observable v v^*, whose eigenvalues are 0 and the square of the norm.
    wires : wires
        The ``n`` wires; the first is the most significant bit.

    Raises
    ------
    InvalidParameters
        ``state`` is neither of these.
    """

    def __init__(self, state: Tensor, wires: WiresLike, id: str | None = None) -> None:
        on = Wires(wires)
        values = in_floats(as_array(state))
        require_numbers("Projector", "state", values, real=False)
        plain = np.asarray(unwrap(values)) if is_concrete(values) else None
        is_bits = plain is not None and plain.shape == (len(on),) and np.isin(plain, (0, 1)).all()
        is_vector = np.shape(values) == (2 ** len(on),) and (plain is None or plain.any())
        if not (is_bits or is_vector):
            state = f"an array of shape {np.shape(values)}" if plain is None else plain.tolist()
            raise InvalidParameters(
                f"Projector cannot project on {state} of {len(on)} wire(s). Give the bits "
                f"of a basis state, {len(on)} zeros and ones, or the {2 ** len(on)} amplitudes of "
                "a state, which are not all 0."
            )
        bits = tuple(map(int, values)) if is_bits else None
        super().__init__(() if is_bits else (values,), on, {"basis_state": bits}, id=id)

    @property
    def ndim_params(self) -> tuple[int, ...]:
        return (1,) * self.num_params

    @property
    def parameter_kinds(self) -> tuple[ParameterKind, ...]:
        return (ParameterKind.ARRAY,) * self.num_params

    @property
    def basis_state(self) -> tuple[int, ...] | None:
        """The bits of the basis state; None for a state vector."""
        bits: Any = self.hyperparameters["basis_state"]
        return None if bits is None else tuple(bits)

    @property
    def is_diagonal(self) -> bool:
        return self.basis_state is not None

    def squared(self) -> Projector:
        """Return the square, which is the projector itself where the state has norm 1."""
        if self.basis_state is not None:
            return self
        (state,) = self.parameters
        plain = np.asarray(unwrap(state))
        if not is_traced(state) and np.isclose(np.linalg.norm(plain), 1.0):
            return self
        xp = namespace([state])
        norm = xp.sqrt(xp.sum(xp.real(state) ** 2 + xp.imag(state) ** 2))
        return Projector(state * norm, self.wires)

    def canonical_diagonal(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        return basis_vector(self.basis_state or (0,) * len(self.wires))

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        if self.basis_state is not None:
            return np.diag(self.canonical_diagonal(parameters, xp)).astype(complex)
        amplitudes = parameters[0]
        return amplitudes[:, None] * xp.conj(amplitudes)[None, :]

    def eigvals(self) -> Tensor:
        return self.canonical_diagonal((), np) if self.is_diagonal else super().eigvals()

    def diagonalizing_gates(self) -> list[Operator]:
        return [] if self.is_diagonal else super().diagonalizing_gates()

    @property
    def symbol(self) -> str:
        bits = self.basis_state
        return "P" if bits is None else "|{0}⟩⟨{0}|".format("".join(map(str, bits)))

    def __repr__(self) -> str:
        bits = self.basis_state
        if bits is not None:
            state: Any = list(bits)
        else:
            known = unwrap(self.parameters[0])
            state = np.asarray(known).tolist() if is_concrete(known) else known
        return f"Projector({state}, wires={list(self.wires)})"


class SparseHamiltonian(MatrixObservable):
    """Observable given by a sparse matrix; it is constant and has no parameters.

    Parameters
    ----------
    H : scipy.sparse matrix, shape (2**n, 2**n)
        Hermitian.
    wires : wires
        The first is the most significant bit.

    Raises
    ------
    InvalidParameters
        It is not a sparse matrix of this shape.
    NotHermitian
        The matrix is not Hermitian.
    """

    def __init__(self, H: SparseMatrix, wires: WiresLike, id: str | None = None) -> None:
        on = Wires(wires)
        if not hasattr(H, "tocsr"):
            raise InvalidParameters(
                f"SparseHamiltonian was given {type(H).__name__}. Give a scipy.sparse matrix, or "
                "use qg.Hermitian for a dense one."
            )
        check_shape("SparseHamiltonian", "H", H, (2 ** len(on),) * 2, batch=False, real=False)
        matrix = H.tocsr().copy()
        matrix.sum_duplicates()
        if matrix.dtype.kind != "c":
            matrix = matrix.astype(float)
        require_finite("SparseHamiltonian", [matrix.data])
        gap = abs(matrix - matrix.conj().T)
        if gap.nnz and gap.max() > 1e-8 * max(1.0, abs(matrix).max()):
            raise NotHermitian(
                observable=f"The matrix given to SparseHamiltonian on wires {list(on)}"
            )
        import hashlib  # importing it loads OpenSSL

        parts = (matrix.indptr, matrix.indices, matrix.data)
        digest = hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()
        self.H = matrix
        super().__init__((), on, {"content": digest}, id=id)

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        return self.H.toarray()

    def sparse_matrix(
        self, wire_order: WiresLike | None = None, format: str = "csr"
    ) -> SparseMatrix:
        from scipy.sparse import csr_matrix, identity, kron  # scipy loads when it is needed

        order = self.wires if wire_order is None else Wires(wire_order)
        rest = Wires([wire for wire in order if wire not in self.wires])
        wide = kron(self.H, identity(2 ** len(rest)), format="coo")
        now = Wires((*self.wires, *rest)).indices(order)
        rows, columns = (_permute_bits(index, now) for index in (wide.row, wide.col))
        matrix = csr_matrix((wide.data, (rows, columns)), shape=wide.shape)
        return in_format(matrix, format)

    def sparse_eigvals(self, k: int = 1, which: str = "SA") -> FloatArray:
        """Return ``k`` eigenvalues; ``which`` as in ``scipy.sparse.linalg.eigsh``."""
        from scipy.sparse.linalg import eigsh  # scipy loads when it is needed

        if k >= self.H.shape[0] - 1:
            return np.asarray(self.eigvals())
        return np.asarray(eigsh(self.H, k=k, which=which, return_eigenvectors=False))

    def __repr__(self) -> str:
        return f"SparseHamiltonian({self.H.nnz} entries, wires={list(self.wires)})"


def _permute_bits(index: IntArray, axes: Sequence[int]) -> IntArray:
    """Return the integers whose bit ``k`` (from the left) is bit ``axes[k]`` of ``index``."""
    count = len(axes)
    bits = [(index.astype(np.int64) >> (count - 1 - axis)) & 1 for axis in axes]
    return np.asarray(sum(bit << (count - 1 - place) for place, bit in enumerate(bits)))
