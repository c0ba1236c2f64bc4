"""Operators of your own, defined as in PennyLane.

A subclass of ``Operation`` sets ``num_wires`` and defines ``compute_decomposition`` or
``compute_matrix``. It runs on every device and has derivatives by every method:

- A decomposition whose angles are linear in the parameters becomes part of the circuit's structure.
  It runs once, on slots in place of numbers, and every parameter can be shifted by itself.
- A decomposition that computes other functions of its parameters, or takes decisions by their
  values, runs for each call. The circuit then holds its gates, and frameworks differentiate the
  functions.
- An operation with a matrix only becomes a ``QubitUnitary`` for each call.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

from qgate.arrays import enclosed, namespace, opened, shape_of
from qgate.exceptions import (
    DecompositionUndefinedError,
    EigvalsUndefinedError,
    GeneratorUndefinedError,
    InvalidParameters,
    MatrixUndefinedError,
)
from qgate.lazy_names import refuse_unknown
from qgate.operations import operator as base
from qgate.operations.channels import QubitChannel
from qgate.operations.custom import OPEN, defines, depends_on_values, frozen, set_flags
from qgate.operations.functions import matrix as matrix_of
from qgate.operations.labels import Cache
from qgate.operations.operator import ParameterKind, without_recording
from qgate.operations.parameters import is_numeric
from qgate.operations.spectra import frequencies
from qgate.operations.unitaries import QubitUnitary
from qgate.typing import Namespace, Tensor, WiresLike

__all__ = [
    "AllWires",
    "AnyWires",
    "Channel",
    "DecompositionUndefinedError",
    "EigvalsUndefinedError",
    "GeneratorUndefinedError",
    "MatrixUndefinedError",
    "Observable",
    "Operation",
    "Operator",
    "operation_derivative",
]

AnyWires = AllWires = None
"""Older spellings of ``num_wires = None``: any number of wires."""


class OperatorType(type):
    """Class of ``Operator`` and ``Operation``, of which the operators of qgate count as instances.

    An operation is an operator that is a gate.
    """

    def __instancecheck__(cls, instance: object) -> bool:
        if cls not in OPEN:
            return super().__instancecheck__(instance)
        return isinstance(instance, base.Operator) and OPEN[cls](instance)

    def __subclasscheck__(cls, subclass: type) -> bool:
        if cls not in OPEN:
            return super().__subclasscheck__(subclass)
        return issubclass(subclass, base.Operator) and OPEN[cls](subclass)


class Operator(base.Operator, metaclass=OperatorType):
    """Operator defined by a subclass, as in PennyLane.

    Required of a subclass: ``compute_decomposition`` (or ``decomposition``) or ``compute_matrix``.
    Optional: ``num_wires``, ``num_params``, ``ndim_params``, ``compute_eigvals``,
    ``compute_diagonalizing_gates``, ``generator``, ``adjoint``, ``pow``, ``label``,
    ``parameter_frequencies``, ``is_hermitian``.

    Parameters
    ----------
    *params : numbers or arrays
        In a call without ``wires=``, the last one is the wires.
    wires : wires
    id : str, optional
        A name for this occurrence.

    Attributes
    ----------
    hyperparameters : dict
        Further values of the operator, which are passed to all its methods ``compute_...`` by
        keyword. Set ``self._hyperparameters`` before ``super().__init__``, or fill it afterwards.

    Examples
    --------
    >>> class Flip(Operation):
    ...     num_wires = 1
    ...     @staticmethod
    ...     def compute_decomposition(angle, wires):
    ...         return [qg.RX(2 * angle, wires), qg.Z(wires)]
    >>> Flip(0.1, wires="a").decomposition()
    [RX(0.2, wires=['a']), Z('a')]
    """

    is_custom = True
    has_matrix = has_decomposition = has_generator = has_diagonalizing_gates = False
    grad_method: str | None = "F"
    grad_recipe: Sequence[object] | None = None
    basis: str | None = None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        set_flags(cls)

    def __init__(
        self, *params: Tensor, wires: WiresLike | None = None, id: str | None = None
    ) -> None:
        if wires is None:
            if not params:
                raise InvalidParameters(
                    f"{type(self).__name__} was given no wires. Name those it acts on, wires=..."
                )
            params, wires = params[:-1], params[-1]
        super().__init__(params, wires, getattr(self, "_hyperparameters", None), id=id)
        self._ndims = tuple(len(shape_of(value)) for value in self._parameters)
        self._is_angles = tuple(is_numeric(value, real=True) for value in self._parameters)
        if len(self._parameters) != self.num_params:
            raise InvalidParameters(
                f"{type(self).__name__} takes {self.num_params} parameter(s) and was given "
                f"{len(self._parameters)}. Give {self.num_params} before the wires."
            )
        if len(self.ndim_params) != self.num_params:
            raise InvalidParameters(
                f"{type(self).__name__} has num_params={self.num_params} and "
                f"ndim_params={self.ndim_params}. Give the number of axes of each parameter."
            )

    # Definition --------------------------------------------------------------------

    @property
    def name(self) -> str:
        return self.__dict__.get("_name") or type(self).__name__

    @name.setter
    def name(self, value: str) -> None:
        self.__dict__["_name"] = value

    @property
    def hyperparameters(self) -> dict[str, Any]:
        return self._hyperparameters

    @property
    def ndim_params(self) -> tuple[int, ...]:
        """Number of axes of each parameter without a batch; by default, there is no batch."""
        return self._ndims

    @property
    def parameter_kinds(self) -> tuple[ParameterKind, ...]:
        return tuple(
            ParameterKind.ANGLES if is_angles else ParameterKind.ARRAY
            for is_angles in self._is_angles
        )

    @property
    def signature(self) -> Hashable:
        return type(self), self._wires, frozen(self._hyperparameters), self._ndims

    @property
    def by_value(self) -> bool:  # type: ignore[override]
        """Whether the decomposition depends on the values of the parameters, not only linearly."""
        return depends_on_values(self)

    # Representations ---------------------------------------------------------------

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        if not defines(type(self), "compute_matrix"):
            return super().canonical_matrix(parameters, xp)
        whole = self.with_parameters(parameters)
        count = whole.batch_size
        members = [whole] if count is None else [whole._member(row) for row in range(count)]
        found = [
            enclosed(member.compute_matrix(*member.data, **member.hyperparameters))
            for member in members
        ]
        return found[0] if count is None else namespace(found).stack(found)

    def _member(self, row: int) -> Operator:
        """Return one operator of a batch."""
        pairs = zip(self._parameters, self.ndim_params, strict=True)
        return self.with_parameters(
            [value[row] if len(shape_of(value)) > ndim else value for value, ndim in pairs]
        )

    def decomposition(self) -> list[base.Operator]:
        """Return the gates of ``compute_decomposition``, or the matrix as a gate."""
        if not defines(type(self), "compute_decomposition"):
            if not self.has_matrix:
                return super().decomposition()
            return without_recording(lambda: [QubitUnitary(self.matrix(), wires=self.wires)])
        return without_recording(
            lambda: self.compute_decomposition(*self.data, wires=self.wires, **self.hyperparameters)
        )

    def eigvals(self) -> Tensor:
        if not defines(type(self), "compute_eigvals"):
            return super().eigvals()
        return self.compute_eigvals(*self.data, **self.hyperparameters)

    def diagonalizing_gates(self) -> list[base.Operator]:
        if not defines(type(self), "compute_diagonalizing_gates"):
            return super().diagonalizing_gates()
        return without_recording(
            lambda: self.compute_diagonalizing_gates(
                *self.data, wires=self.wires, **self.hyperparameters
            )
        )

    def generator(self) -> base.Operator:
        """Return the Hermitian G of an operator exp(i x G)."""
        raise GeneratorUndefinedError(f"{self.name} defines no generator.")

    def generator_matrix(self) -> Tensor:
        found = without_recording(lambda: [self.generator()])[0]
        return matrix_of(found, wire_order=self.wires)

    @property
    def parameter_frequencies(self) -> list[tuple[float, ...]]:
        if self.has_generator and self.num_params == 1:
            return [frequencies(self.generator_eigenvalues())]
        return super().parameter_frequencies

    def label(
        self,
        decimals: int | None = None,
        base_label: str | None = None,
        cache: Cache | None = None,
    ) -> str:
        return super().label(decimals, base_label or self.name, cache)

    # Defaults of what a subclass defines ------------------------------------------

    @staticmethod
    def compute_matrix(*params: Tensor, **hyperparameters: Any) -> Tensor:
        """Return the matrix, shape (2**n, 2**n), from the parameters of one operator."""
        raise MatrixUndefinedError("This operator defines no matrix.")

    @staticmethod
    def compute_decomposition(
        *params: Tensor, wires: WiresLike | None = None, **hyperparameters: Any
    ) -> list[base.Operator]:
        """Return the operators of which this one consists, first applied first."""
        raise DecompositionUndefinedError("This operator defines no decomposition.")

    @staticmethod
    def compute_eigvals(*params: Tensor, **hyperparameters: Any) -> Tensor:
        """Return the eigenvalues, in the order of basis states after the diagonalizing gates."""
        raise EigvalsUndefinedError("This operator defines no eigenvalues.")

    @staticmethod
    def compute_diagonalizing_gates(
        *params: Tensor, wires: WiresLike | None = None, **hyperparameters: Any
    ) -> list[base.Operator]:
        """Return operators that map the eigenbasis to the computational basis."""
        raise EigvalsUndefinedError("This operator defines no diagonalizing gates.")


class Operation(Operator):
    """Gate defined by a subclass, as in PennyLane; see ``Operator``.

    ``isinstance(op, Operation)`` holds for every gate of qgate, too. ``grad_method`` and
    ``grad_recipe`` are accepted and have no effect: derivatives follow from the decomposition, the
    generator or the frequencies.
    """


class Channel(Operator):
    """Noise channel defined by a subclass, as in PennyLane; see ``Operator``.

    Required of a subclass: ``compute_kraus_matrices``. A circuit holds it as a ``QubitChannel``
    with these matrices, which ``diff_method="backprop"`` differentiates.
    ``isinstance(op, Channel)`` holds for every channel of qgate, too.

    Examples
    --------
    >>> class Dephasing(Channel):
    ...     num_wires = 1
    ...     @staticmethod
    ...     def compute_kraus_matrices(p):
    ...         return [(1 - p) ** 0.5 * qg.math.eye(2), p**0.5 * qg.math.diag([1, -1])]
    >>> len(Dephasing(0.1, wires=0).kraus_matrices())
    2
    """

    is_gate = False
    is_channel = True
    by_value = True

    @staticmethod
    def compute_kraus_matrices(*params: Tensor, **hyperparameters: Any) -> list[Tensor]:
        """Return the Kraus matrices, each (2**n, 2**n), from the parameters of one channel."""
        raise MatrixUndefinedError("This channel defines no Kraus matrices.")

    def kraus_matrices(self) -> list[Tensor]:
        """Return the Kraus matrices, each of shape (2**n, 2**n)."""
        return list(self.compute_kraus_matrices(*self.data, **self.hyperparameters))

    def decomposition(self) -> list[base.Operator]:
        return without_recording(lambda: [QubitChannel(self.kraus_matrices(), self.wires)])


class Observable(Operator):
    """Hermitian operator defined by a subclass; an older spelling of ``Operator``.

    ``isinstance(op, Observable)`` holds for every operator of qgate that is known to be Hermitian.
    """

    is_gate = False
    is_hermitian = True


OPEN[Operator] = lambda operator: True
OPEN[Operation] = lambda operator: _flag(operator, "is_gate") or operator.is_channel
OPEN[Channel] = lambda operator: hasattr(operator, "kraus_matrices")
OPEN[Observable] = lambda operator: _flag(operator, "is_hermitian")


def _flag(operator: Any, name: str) -> bool:
    """Return a flag of an operator, or of a class of operators for which it is constant."""
    flag = getattr(operator, name)
    return flag if isinstance(flag, bool) else operator not in OPEN


def operation_derivative(operation: base.Operator) -> Tensor:
    """Return the derivative of a gate exp(i x G) by x as a matrix."""
    return 1j * operation.generator_matrix() @ opened(operation.matrix())


if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)
