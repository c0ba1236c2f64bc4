"""Abstract interface of qgate to a framework that computes derivatives (autograd, torch, ...)."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Protocol, Self

from qgate.exceptions import DifferentiationError
from qgate.short_repr import summary
from qgate.typing import ComplexArray, DType, FloatArray, Function, Namespace, NumericArray, Tensor

InPython = Callable[[FloatArray], Sequence[FloatArray]]
"""Function from rows of angles (K, n) to values (K, M), and derivatives (K, M, n) if required."""


ComputeSlopes = Callable[
    [tuple[int, ...], Sequence[NumericArray]], tuple[float, Sequence[FloatArray]] | None
]
"""From the numbers of the arrays to differentiate by, and all arrays, to a value and derivatives.

None: they cannot be computed together."""

Again = Callable[[Sequence[Tensor]], Tensor]
"""Function of the same arrays whose value the framework differentiates to any order."""


class CustomCall(Protocol):
    """Function from rows of angles to values and derivatives that runs without Python.

    It has the C interface of XLA's custom calls: one argument (..., n), results (..., M) and, if
    derivatives are required, (..., M, n), all single or all double precision.
    """

    name: str
    """Name of the handler."""
    handler: int
    """Address of the handler, a C function."""

    @property
    def address(self) -> int:
        """Value of the attribute ``circuit``; valid as long as this object lives."""

    def __call__(self, x: FloatArray) -> Sequence[FloatArray]:
        """Compute the same in Python."""


class HostFunction(Hashable, Protocol):
    """Circuit as a function of plain numbers, which an interface makes differentiable."""

    @property
    def size(self) -> int:
        """Number of values M that the circuit returns for each row."""

    def __hash__(self) -> int:
        """Return a number that identifies this computation."""

    def require(self, order: int) -> None:
        """Raise for derivatives that do not exist, before anything runs."""

    def refuse_fixed(self) -> None:
        """Return why inputs other than the trainable ones cannot be differentiated."""

    def fixing(self, numbers: Sequence[NumericArray]) -> Self:
        """Return the same computation with other numbers for the inputs that are not trainable."""


class Derivatives(HostFunction, Protocol):
    """Values and derivatives: D(k, x) is the k-th derivative by the trainable angles x.

    The derivative of D(k) is D(k + 1).
    """

    def __call__(
        self, order: int, x: FloatArray, *, expect: int = 0, ticket: int = 0
    ) -> FloatArray:
        """Return D(order, x), shape (B, M) + (n,) * order, for x of shape (B, n).

        ``expect`` is the highest order that will be requested, so that all orders up to it can go
        into one submission. Calls with equal ``ticket`` (sample key) share samples.
        """

    def by(self, columns: Sequence[int]) -> Self:
        """Return the derivatives restricted to some columns of x."""

    def new_ticket(self) -> int:
        """Return a new sample key, one for each evaluation of the value."""

    def custom_call(
        self, highest: int, columns: Sequence[int], in_python: InPython, dtype: DType
    ) -> CustomCall | None:
        """Return D(0), ..., D(highest) as a function without Python; None: there is none.

        Parameters
        ----------
        highest : int
            Order of the highest derivative.
        columns : sequence of int
            Columns of the argument to differentiate by.
        in_python : callable
            Computes the same in Python: for large angles, and while something counts or records.
        dtype : numpy dtype
            Type of the angles.
        """


class States(HostFunction, Protocol):
    """States, and products with their Jacobian by the angles x of shape (B, n)."""

    def __call__(self, x: FloatArray) -> ComplexArray:
        """Return the states, shape (B, M)."""

    def vjp(self, x: FloatArray, cotangents: ComplexArray) -> FloatArray:
        """Return the derivatives of Re sum conj(c) psi: (V, B, M) to (V, B, n)."""

    def jvp(self, x: FloatArray, tangents: FloatArray) -> ComplexArray:
        """Return the change of the states along tangents: (V, B, n) to (V, B, M)."""


class TracedAngles(Protocol):
    """Angles of a circuit: plain numbers, and entries of arrays that a framework traces once."""

    @property
    def numbers(self) -> list[float]:
        """All angles as numbers."""

    @property
    def slots(self) -> tuple[int, ...]:
        """Positions of the traced ones."""

    @property
    def key(self) -> Hashable:
        """All but the numbers."""

    def layout(self) -> Any:
        """Return the places of the traced angles in the arrays, for angles with the same key."""

    def result(self, value: float, derivatives: FloatArray, layout: Any) -> Tensor:
        """Return a traced number with derivatives by the traced angles, shape (1, n)."""


class Interface(ABC):
    """Interface that wraps values and derivatives in the arrays of one framework.

    Required: ``name``, ``namespace`` and the abstract methods.
    """

    name: str
    namespace: Namespace
    """Array functions with numpy's names."""
    foretells = False
    """Whether the framework requests a value and its derivatives in one call if it needs both."""

    @abstractmethod
    def owns(self, value: Tensor) -> bool:
        """Return whether a value belongs to the framework."""

    @abstractmethod
    def is_traced(self, value: Tensor) -> bool:
        """Return whether a value may be differentiated, or its number is not known yet."""

    @abstractmethod
    def is_trained(self, value: Tensor) -> bool:
        """Return whether a value may be differentiated."""

    def trained(self, values: Sequence[Tensor]) -> list[bool]:
        """Return for each parameter of a circuit whether it may be differentiated."""
        return [self.owns(value) and self.is_trained(value) for value in values]

    @abstractmethod
    def number(self, value: Tensor) -> Tensor:
        """Return the value as a numpy array; the value itself if its number is not known yet."""

    @abstractmethod
    def constant(self, value: Tensor) -> Tensor:
        """Return the value detached from differentiation."""

    @abstractmethod
    def tensor(self, number: Tensor, like: Sequence[Tensor]) -> Tensor:
        """Return numbers as an array of the framework, on the device (CPU, GPU) of ``like``."""

    @abstractmethod
    def differentiable(
        self, derivatives: Derivatives, parts: Sequence[Tensor], fixed: Sequence[Tensor]
    ) -> Tensor:
        """Return values that the framework can differentiate.

        Parameters
        ----------
        derivatives : callable
            Computes values and derivatives as plain numbers.
        parts : sequence of traced arrays, shapes (B, n1), (B, n2), ...
            The trainable angles, one array for each parameter.
        fixed : sequence of arrays
            Other inputs whose numbers are not known yet; not differentiated.

        Returns
        -------
        traced array, shape (B, M)
        """

    def with_slopes(
        self, slopes: ComputeSlopes, again: Again, arrays: Sequence[Tensor]
    ) -> Tensor | None:
        """Return a number whose first derivatives come with it; None: it takes the general path."""
        return None

    @abstractmethod
    def from_states(
        self, states: States, parts: Sequence[Tensor], fixed: Sequence[Tensor]
    ) -> Tensor:
        """Return states that the framework can differentiate once; parameters as above.

        Returns
        -------
        traced array, shape (B, M), complex
        """

    @abstractmethod
    def is_argument(self, value: Tensor) -> bool:
        """Return whether a value is trainable by default, that is if no arguments are named."""

    @abstractmethod
    def depends_on_tracer(self, value: Tensor) -> bool:
        """Return whether a value depends on the inputs of the innermost ``jacobian``.

        Where the framework does not reveal that: whether it depends on the inputs of any
        derivative.
        """

    @abstractmethod
    def jacobian(
        self, function: Callable[..., Tensor], argnums: tuple[int, ...]
    ) -> Callable[..., tuple[Tensor, ...]]:
        """Return the function that computes the derivatives of ``function``.

        Parameters
        ----------
        function : callable
            Returns one array, real or complex, of shape ``s``.
        argnums : tuple of int
            Positions of the arguments to differentiate by, not negative.

        Returns
        -------
        callable
            Called like ``function``. Returns for each of these arguments, of shape ``t``, a plain
            array of the framework, shape ``s + t``, that can be differentiated again. For a list,
            tuple or dict of arrays, the same container of derivatives.
        """

    def row(self, values: Sequence[Tensor]) -> Tensor | None:
        """Return traced arrays concatenated to one row, (1, n); None: they stay separate."""
        return None

    def traced_angles(self, angles: Sequence[Tensor]) -> TracedAngles | None:
        """Return angles that are entries of traced arrays, or sums of them; None: others are."""
        return None

    def result(self, values: Tensor, start: int, shape: tuple[int, ...]) -> Tensor:
        """Return numbers from a row of values, (1, M), as an array of some shape."""
        if not shape:
            return values[0, start]
        stop = start + math.prod(shape)
        return self.namespace.reshape(values[0, start:stop], shape)

    def enclosed(self, value: Tensor) -> Tensor:
        """Return the value wrapped so that it takes part in numpy arithmetic."""
        return value

    def settle(self, value: Tensor, count: int) -> None:
        """Fix the lengths of the last ``count`` axes, where the framework can leave them open."""
        return

    def is_wide(self, value: Tensor) -> bool:
        """Return whether a value already has the precision used for computation."""
        return True

    def widened(self, value: Tensor) -> Tensor:
        """Return the value in the precision used for computation: double where it exists."""
        return value

    def whole(self, function: Function, key: Hashable) -> Function:
        """Return a function of arrays in the form that the framework runs fastest.

        Its results are determined by its arguments and ``key``.
        """
        return function

    def each_row(
        self,
        function: Callable[[Sequence[Tensor]], Sequence[Tensor]],
        arrays: Sequence[Tensor],
        *,
        complexes: Sequence[bool],
    ) -> list[Tensor]:
        """Apply a function to each row of arrays whose common length is not known yet.

        The function takes a row of each array and returns arrays, some of them complex, each with
        a leading axis, along which they are concatenated.

        Raises
        ------
        DifferentiationError
            The framework does not support this.
        """
        raise DifferentiationError(
            "A circuit has a batch of matrices or states, and the length of the batch is not known "
            f"while {self.name} traces the function. Give the length; that of a batch of angles "
            "may stay unknown."
        )

    def cast(self, tensor: Tensor, dtype: str) -> Tensor:
        """Return an array with numbers of another type, named as in numpy."""
        return tensor.astype(dtype)

    def seed(self, value: Tensor) -> Tensor:
        """Return a seed as whole numbers."""
        return value

    def late_errors(self) -> Iterable[Exception]:
        """Wait for pending asynchronous computations and yield their errors."""
        return ()

    def finished(self, value: Tensor, like: Sequence[Tensor]) -> Tensor:
        """Return a result in the precision of the parameters, as the user gets it."""
        return value

    def __repr__(self) -> str:
        return summary(self, "name")
