"""Attributes by which programs ask what an operator has, named as in PennyLane."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qgate.arrays import shape_of
from qgate.exceptions import (
    DecompositionUndefinedError,
    InvalidParameters,
    OperatorError,
    described,
)
from qgate.operations.axes import AXES, ROT_ANGLES
from qgate.recording import paused, record
from qgate.typing import SparseMatrix, Tensor, WiresLike


class Queries:
    """Base class of operators: what they have, and the same things under further names.

    Each attribute is right for every operator. Computing it may take as long as the representation
    that it asks for; gates of the table know theirs from their row.
    """

    has_adjoint = True
    """Whether there is an adjoint."""

    grad_method: str | None = None
    """Letter A if all its angles have shift rules; None: no angles, or it is decomposed first."""

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
    def basis(self: Any) -> str | None:
        """Pauli matrix "X", "Y" or "Z" of which it is a function on its target wire, or None."""
        name: str = getattr(self, "base", self).name
        return AXES.get(name)

    def single_qubit_rot_angles(self: Any) -> list[Tensor]:
        """Return the angles of the ``Rot`` that equals the gate, up to a global phase.

        >>> qg.RY(0.1, wires=0).single_qubit_rot_angles()
        [0.0, 0.1, 0.0]

        Raises
        ------
        DecompositionUndefinedError
            It is no gate on one wire with a name.
        """
        if self.name not in ROT_ANGLES:
            raise DecompositionUndefinedError(
                f"{self.name} has no Rot that is known to equal it. "
                "qg.ops.one_qubit_decomposition(matrix, wire) has that of a matrix."
            )
        return ROT_ANGLES[self.name](*self.data)

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

        return in_format(csr_matrix(self.matrix(wire_order)), format)

    # Of a class and arguments, without an object ------------------------------------------

    @classmethod
    def compute_decomposition(cls, *args: Any, **named: Any) -> list[Any]:
        """Return the decomposition of the operator with these arguments.

        >>> qg.Rot.compute_decomposition(0.1, 0.2, 0.3, wires=0)
        [RZ(0.1, wires=[0]), RY(0.2, wires=[0]), RZ(0.3, wires=[0])]
        """
        with paused():
            made: Any = cls(*args, **named)
            gates: list[Any] = made.decomposition()
        return gates

    @classmethod
    def compute_diagonalizing_gates(cls, *args: Any, **named: Any) -> list[Any]:
        """Return the diagonalizing gates of the operator with these arguments."""
        with paused():
            made: Any = cls(*args, **named)
            gates: list[Any] = made.diagonalizing_gates()
        return gates

    @classmethod
    def compute_matrix(cls, *args: Any, **named: Any) -> Tensor:
        """Return the matrix of the operator with these arguments, without ``wires``.

        The number of wires follows from the size of the first argument, a matrix or diagonal.
        """
        with paused():  # the matrix may be that of the factors
            return cls._on_counted_wires("compute_matrix", args, named).matrix()

    @classmethod
    def compute_sparse_matrix(cls, *args: Any, format: str = "csr", **named: Any) -> SparseMatrix:
        """Return the matrix in a sparse format of scipy; arguments as for ``compute_matrix``."""
        with paused():
            made = cls._on_counted_wires("compute_sparse_matrix", args, named)
            return made.sparse_matrix(format=format)

    @classmethod
    def compute_eigvals(cls, *args: Any, **named: Any) -> Tensor:
        """Return the eigenvalues; arguments as for ``compute_matrix``."""
        with paused():
            return cls._on_counted_wires("compute_eigvals", args, named).eigvals()

    @classmethod
    def _on_counted_wires(cls: Any, method: str, args: Any, named: Mapping[str, Any]) -> Any:
        """Return the operator on the wires 0, 1, ... for a method without ``wires``."""
        count = cls.num_wires
        if count is None:
            shape = shape_of(next(iter([*args, *named.values()]), ()))
            if not shape:
                raise InvalidParameters(
                    f"{cls.__name__}.{method} does not show the number of wires in its arguments. "
                    f"Make the operator on its wires, and call its own method."
                )
            count = shape[-1].bit_length() - 1
        return cls(*args, wires=range(count), **named)

    def queue(self) -> Any:
        """Record the operator again; return it."""
        return record(self)


def in_format(matrix: SparseMatrix, format: str) -> SparseMatrix:
    """Return a matrix in a sparse format of scipy.

    Raises
    ------
    InvalidParameters
        There is no such format.
    """
    try:
        return matrix.asformat(format)
    except ValueError:
        raise InvalidParameters(
            f"format={described(format)} is no sparse format of scipy. Give for example 'csr', "
            "'csc' or 'coo'."
        ) from None


def _returns(method: Any) -> bool:
    """Return whether a method of an operator returns, instead of raising an error of operators."""
    try:
        with paused():
            method()
    except OperatorError:
        return False
    return True
