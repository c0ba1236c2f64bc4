"""Attributes by which programs ask what an operator has, named as in PennyLane."""

from __future__ import annotations

from typing import Any

from qgate.exceptions import OperatorError
from qgate.recording import paused, record
from qgate.typing import SparseMatrix, WiresLike


class Queries:
    """Base class of operators: what they have, and the same things under further names.

    Each attribute is right for every operator. Computing it may take as long as the representation
    that it asks for; gates of the table know theirs from their row.
    """

    has_adjoint = True
    """Whether there is an adjoint."""

    @property
    def has_diagonalizing_gates(self: Any) -> bool:
        """Whether ``diagonalizing_gates`` returns gates."""
        return _returns(self.diagonalizing_gates)

    @property
    def has_generator(self: Any) -> bool:
        """Whether the operator is of the form exp(i x G)."""
        return _returns(self.generator_matrix)

    @property
    def has_sparse_matrix(self: Any) -> bool:
        """Whether there is a sparse matrix: wherever there is a matrix."""
        return bool(self.has_matrix)

    @property
    def is_verified_hermitian(self: Any) -> bool:
        """The same as ``is_hermitian``."""
        return bool(self.is_hermitian)

    @property
    def arithmetic_depth(self: Any) -> int:
        """The same as ``nesting``."""
        return int(self.nesting)

    @property
    def hash(self) -> int:
        """Hash of the operator."""
        return hash(self)

    def sparse_matrix(
        self: Any, wire_order: WiresLike | None = None, format: str = "csr"
    ) -> SparseMatrix:
        """Return the matrix in a sparse format of scipy, shape (2**n, 2**n).

        Parameters
        ----------
        wire_order : wires, optional
            As for ``matrix``.
        format : str
            A sparse format of scipy, such as "csr", "csc" or "coo".
        """
        from scipy.sparse import csr_matrix  # scipy loads when it is needed

        return csr_matrix(self.matrix(wire_order)).asformat(format)

    def queue(self) -> Any:
        """Record the operator again; return it."""
        return record(self)


def _returns(method: Any) -> bool:
    """Return whether a method of an operator returns, instead of raising an error of operators."""
    try:
        with paused():
            method()
    except OperatorError:
        return False
    return True
