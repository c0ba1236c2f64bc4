"""Base class of everything that acts on wires: gates, wrappers, templates, observables."""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from enum import Enum
from operator import is_not
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias

import numpy as np

from qgate.arrays import namespace, opened, shape_of, unwrap
from qgate.exceptions import (
    DecompositionUndefinedError,
    EigvalsUndefinedError,
    GeneratorUndefinedError,
    InvalidParameters,
    MatrixUndefinedError,
    described,
)
from qgate.operations.labels import SYMBOLS, Cache, labelled
from qgate.operations.matrices import diagonal_of, embed
from qgate.operations.parameters import as_array, in_floats, is_scalar, require_finite
from qgate.operations.queries import Queries
from qgate.operations.spelling import spelled
from qgate.recording import paused, record, recording
from qgate.sizes import check_matrix
from qgate.typing import FloatArray, Function, Namespace, Tensor, Wire, WiresLike
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.operations.pauli import PauliSum


OperatorOrFunction: TypeAlias = Any
"""An operator, or a quantum function, of whose operators the same is computed."""

ALGEBRA: dict[str, Callable[..., Operator]] = {}
"""Functions that create an operator from others, which ``Operator`` calls by name.

They need subclasses of ``Operator``; each module that defines one adds it.
"""


class ParameterKind(Enum):
    """Kind of an operator's parameter, which determines its slots in a structure."""

    ANGLES = "angles"
    """A real number, or an array of them: each element has a numbered slot."""

    ARRAY = "array"
    """A matrix or a state vector: one slot for the whole, compared by content."""

    COEFFICIENTS = "coefficients"
    """Real weights of an observable, in which every measured value is linear."""


class Operator(Queries):
    """Object that acts on wires and depends on numbers.

    An operator consists of a hashable part (class, wires and hyperparameters: ``signature``) and of
    numbers (``parameters``). Operators are immutable. They record themselves when they are created
    inside a quantum function.

    Most gates are rows of a table (see ``gate.py``). A subclass has to provide ``canonical_matrix``
    or ``decomposition``. It may provide ``adjoint``, ``generator_matrix``,
    ``parameter_frequencies``, ``eigvals`` and ``diagonalizing_gates``, and sets ``ndim_params`` and
    ``parameter_kinds``.

    Parameters
    ----------
    parameters : sequence of numbers or arrays
    wires : wires
    hyperparameters : mapping of str to hashable, optional
        Further hashable values that define the operator.
    id : str, optional
        A name for this occurrence.

    Examples
    --------
    >>> class Flip(Operator):
    ...     num_wires = 1
    ...     def __init__(self, wires):
    ...         super().__init__((), wires)
    ...     def canonical_matrix(self, parameters, xp):
    ...         return np.array([[0, 1], [1, 0]])
    >>> Flip("a").matrix().tolist()
    [[0, 1], [1, 0]]
    """

    nesting: int = 0
    """Depth of nested operators; 0 where it contains no other."""

    is_custom = False
    """Whether it, or an operator in it, is defined by a user: devices get its decomposition."""

    by_value = False
    """Whether its decomposition is not affine in its parameters: circuits hold its gates."""

    is_channel = False
    """Whether it maps density matrices to others, so that the state of a circuit is mixed."""

    num_wires: ClassVar[int | None] = None
    """Number of wires; None: any number."""

    __array_ufunc__ = None  # numpy arrays leave arithmetic with operators to this class

    is_converted = False
    """Whether the numbers were converted to another precision than the given one."""

    def __init__(
        self,
        parameters: Sequence[Tensor],
        wires: WiresLike,
        hyperparameters: Mapping[str, Hashable] | None = None,
        *,
        id: str | None = None,
    ) -> None:
        given = tuple(map(as_array, parameters))
        self._parameters = tuple(map(in_floats, given))
        self.is_converted = any(map(is_not, given, self._parameters))
        self._wires = Wires.of(wires, owner=type(self).__name__)
        self._hyperparameters = dict(hyperparameters or {})
        self.id = id
        if self.num_wires is not None and len(self._wires) != self.num_wires:
            self._refuse_wires()
        record(self)

    def _refuse_wires(self) -> None:
        raise InvalidParameters(
            f"{type(self).__name__} acts on {self.num_wires} wire(s) and was given "
            f"{len(self._wires)}: {list(self._wires)}. Name {self.num_wires}."
        )

    # Definition ------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Name of the operator for devices."""
        return type(self).__name__

    @property
    def wires(self) -> Wires:
        """Wires on which it acts."""
        return self._wires

    @property
    def parameters(self) -> tuple[Tensor, ...]:
        """Numbers on which it depends."""
        return self._parameters

    @property
    def data(self) -> tuple[Tensor, ...]:
        """The same as ``parameters``, each in its original type."""
        return tuple(map(opened, self.parameters))

    @property
    def num_params(self) -> int:
        """Number of parameters."""
        return len(self.parameters)

    @property
    def hyperparameters(self) -> Mapping[str, Hashable]:
        """Further values that define the operator; hashable."""
        return self._hyperparameters

    @property
    def ndim_params(self) -> tuple[int, ...]:
        """Number of axes of each parameter without a batch."""
        return (0,) * self.num_params

    @property
    def parameter_kinds(self) -> tuple[ParameterKind, ...]:
        """Kind of each parameter in a structure."""
        return (ParameterKind.ANGLES,) * self.num_params

    @property
    def signature(self) -> Hashable:
        """Everything but the numbers; equal for operators that differ only in numbers."""
        options = self._hyperparameters
        return (type(self), self._wires, tuple(sorted(options.items())) if options else ())

    @property
    def batch_size(self) -> int | None:
        """Length of the batch axis, the additional leading axis of parameters; None: no batch."""
        for value, ndim in zip(self.parameters, self.ndim_params, strict=True):
            shape = shape_of(value)
            if len(shape) > ndim:
                return shape[0]
        return None

    @property
    def control_wires(self) -> Wires:
        """Control wires; often none."""
        return Wires()

    @property
    def control_values(self) -> tuple[bool, ...]:
        """The value of each control wire for which the rest is applied."""
        return ()

    def with_parameters(self, parameters: Sequence[Tensor]) -> Self:
        """Return the operator with other numbers (or slots); nothing is recorded."""
        other = copy.copy(self)
        other._parameters = tuple(parameters)
        return other

    def map_wires(self, wire_map: Mapping[Wire, Wire]) -> Self:
        """Return the operator on other wires; labels not in the map stay."""
        other = copy.copy(self)
        other._wires = self._wires.map(wire_map)
        return other

    # Available representations; subclasses set a plain attribute where the answer is constant --

    @property
    def has_matrix(self) -> bool:
        """Whether it has a matrix."""
        return True

    @property
    def has_decomposition(self) -> bool:
        """Whether it decomposes into other operators."""
        return False

    @property
    def is_gate(self) -> bool:
        """Whether it is a gate: unitary for all values of its parameters."""
        return True

    # Representations -------------------------------------------------------------

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        """Return the matrix for these parameters in the order of its own wires.

        Batched parameters (a leading axis) give a batch of matrices. ``xp`` is the array namespace
        for the computation.
        """
        raise MatrixUndefinedError(f"{self.name} has no matrix.")

    def canonical_diagonal(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        """Return the diagonal, shape (..., 2**n), of the matrix of a diagonal operator.

        It has 2**n entries, the matrix 4**n.
        """
        return diagonal_of(self.canonical_matrix(parameters, xp))

    def matrix(self, wire_order: WiresLike | None = None) -> Tensor:
        """Return the matrix, shape (2**n, 2**n), first wire most significant.

        Parameters
        ----------
        wire_order : wires, optional
            Wires of the matrix, which contain the operator's; default the operator's.

        Raises
        ------
        TooLarge
            There are more wires than ``qgate.sizes.MOST_MATRIX_WIRES``.
        NotFinite
            A parameter is NaN or infinite.
        """
        order = self.wires if wire_order is None else Wires(wire_order)
        check_matrix(max(len(order), len(self.wires)))
        require_finite(self.name, self.parameters)
        xp = namespace(self.parameters)
        matrix = self.canonical_matrix(self.parameters, xp)
        return matrix if wire_order is None else embed(matrix, self.wires, order, xp=xp)

    def decomposition(self) -> list[Operator]:
        """Return the decomposition: operators with this product, the first applied first."""
        raise DecompositionUndefinedError(
            f"{self.name} is not written in terms of other operators."
        )

    def factors(self) -> list[Operator]:
        """Return operators whose exact product this one is, first applied first.

        Each angle occurs in one of them.
        """
        return [self]

    def eigvals(self) -> Tensor:
        """Return the eigenvalues, in the order of basis states after ``diagonalizing_gates``."""
        matrix = unwrap(self.matrix())
        if np.ndim(matrix) != 2:
            raise EigvalsUndefinedError(f"{self.name} has a batch of matrices. Take one of them.")
        return np.linalg.eigvals(matrix)

    def diagonalizing_gates(self) -> list[Operator]:
        """Return operators that map the eigenbasis to the computational basis."""
        raise EigvalsUndefinedError(f"{self.name} has no known diagonalizing gates.")

    def generator_matrix(self) -> Tensor:
        """Return the Hermitian G, on its own wires, of an operator exp(i x G)."""
        raise GeneratorUndefinedError(f"{self.name} is not of the form exp(i x G).")

    def generator(self) -> Operator:
        """Return the generator G of an operator exp(i x G) as a sum of Pauli words."""
        return ALGEBRA["generator"](self, "observable")

    def generator_eigenvalues(self) -> FloatArray:
        """Return the eigenvalues of the generator, each at least once, in any order."""
        return np.linalg.eigvalsh(unwrap(self.generator_matrix()))

    @property
    def parameter_frequencies(self) -> list[tuple[float, ...]]:
        """Frequencies with which expectation values depend on each parameter.

        Raises
        ------
        GeneratorUndefinedError
            The frequencies are not known, so there is no shift rule.
        """
        raise GeneratorUndefinedError(f"{self.name} has no known frequencies.")

    def adjoint(self) -> Operator:
        """Return the adjoint."""
        return ALGEBRA["adjoint"](self)

    def pow(self, z: float) -> list[Operator]:
        """Return operators whose product is this one to the power ``z``."""
        return [ALGEBRA["pow"](self, z)]

    def simplify(self) -> Operator:
        """Return an equal operator in simpler form, or the operator itself."""
        return self

    @property
    def symbol(self) -> str:
        """The label without parameters."""
        name = type(self).__name__
        return SYMBOLS.get(name, name)

    def label(
        self,
        decimals: int | None = None,
        base_label: str | None = None,
        cache: Cache | None = None,
    ) -> str:
        r"""Return the label for drawings, such as ``RX\n(0.12)``.

        Parameters
        ----------
        decimals : int, optional
            Decimals of the parameters; None leaves them out.
        base_label : str, optional
            Replaces the part of the label without parameters.
        cache : dict, optional
            Its entry ``"matrices"`` is a list; parameters that are arrays are added to it, and
            shown as ``M`` with their position.
        """
        symbol = base_label or self.symbol
        return labelled(symbol, self.parameters, decimals, cache, note=self.id)

    @property
    def is_hermitian(self) -> bool:
        """Whether it is known to be Hermitian."""
        return False

    @property
    def is_diagonal(self) -> bool:
        """Whether its matrix is diagonal for all values of its parameters."""
        return False

    @property
    def pauli_rep(self) -> PauliSum | None:
        """The operator as a sum of Pauli words, if it is one; else None."""
        return None

    # Arithmetic ------------------------------------------------------------------

    def __matmul__(self, other: object) -> Operator:
        if not isinstance(other, Operator):
            return NotImplemented
        return ALGEBRA["prod"](self, other, lazy=False)

    def __add__(self, other: object) -> Operator:
        if isinstance(other, Operator):
            return ALGEBRA["sum"](self, other, lazy=False)
        return ALGEBRA["add_scalar"](self, other) if is_scalar(other) else NotImplemented

    __radd__ = __add__

    def __mul__(self, other: object) -> Operator:
        return ALGEBRA["s_prod"](other, self, lazy=False) if is_scalar(other) else NotImplemented

    __rmul__ = __mul__

    def __truediv__(self, other: Tensor) -> Operator:
        return self * (1 / other) if is_scalar(other) else NotImplemented

    def __neg__(self) -> Operator:
        return self * -1.0

    def __sub__(self, other: Operator | Tensor) -> Operator:
        result: Operator = self + (-1.0 * other)
        return result

    def __rsub__(self, other: object) -> Operator:
        result: Operator = -self + other
        return result

    def __pow__(self, z: float) -> Operator:
        return ALGEBRA["power"](self, z)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Operator):
            return NotImplemented
        return self.signature == other.signature and _same_numbers(
            self.parameters, other.parameters
        )

    def __hash__(self) -> int:
        return hash(self.signature)

    def __repr__(self) -> str:
        numbers = map(spelled, self.parameters)
        return f"{type(self).__name__}({', '.join([*numbers, f'wires={list(self.wires)}'])})"


def require_operators(name: str, *values: object) -> None:
    """Refuse values that are not operators; ``name`` names the caller in the error."""
    for value in values:
        if not isinstance(value, Operator):
            raise InvalidParameters(
                f"{name} was given {described(value)}, which is not an operator. "
                "Give operators, such as qg.X(0) or qg.RX(0.1, wires=0)."
            )


def operations_of(
    function: Function, args: Sequence[object], kwargs: Mapping[str, object]
) -> list[Operator]:
    """Return the operators that a quantum function applies with these arguments."""
    with recording() as recorder:
        function(*args, **kwargs)
    return [item for item in recorder.items if isinstance(item, Operator)]


def without_recording(operations: Callable[[], Iterable[Operator]]) -> list[Operator]:
    """Call ``operations`` with recording paused, and return its result as a list."""
    with paused():
        return list(operations())


def _same_numbers(left: Sequence[Tensor], right: Sequence[Tensor]) -> bool:
    return len(left) == len(right) and all(
        np.array_equal(unwrap(a), unwrap(b)) for a, b in zip(left, right, strict=True)
    )
