"""What qgate asks of the framework that its users compute derivatives with."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Protocol, Self

from qgate.exceptions import DifferentiationError
from qgate.typing import ComplexArray, FloatArray, Tensor


class Computation(Hashable, Protocol):
    """A circuit as plain numbers; what an interface makes values and derivatives of."""

    @property
    def size(self) -> int:
        """M, how many numbers come out."""

    def __hash__(self) -> int:
        """Return a number that no other computation has."""

    def require(self, order: int) -> None:
        """Refuse derivatives that cannot be had, before anything runs."""

    def refuse_fixed(self) -> None:
        """Say why what is not trained cannot be differentiated."""

    def fixing(self, numbers: Sequence[Any]) -> Self:
        """Return the same with other numbers in what is not trained."""


class Derivatives(Computation, Protocol):
    """Values and their derivatives: D(k, x) is the k-th by the trained angles x.

    The derivative of D(k) is D(k + 1).
    """

    def __call__(
        self, order: int, x: FloatArray, *, expect: int = 0, ticket: int = 0
    ) -> FloatArray:
        """Return D(order, x), shape (B, M) + (n,) * order, for x of shape (B, n).

        ``expect`` is the highest order that will be asked for; equal tickets share samples.
        """

    def by(self, columns: Sequence[int]) -> Self:
        """Return the derivatives by some columns of x only."""

    def new_ticket(self) -> int:
        """Return a ticket that no other run of the value has."""


class States(Computation, Protocol):
    """States, and products with their first derivatives by the angles x of shape (B, n)."""

    def __call__(self, x: FloatArray) -> ComplexArray:
        """Return the states, shape (B, M)."""

    def vjp(self, x: FloatArray, cotangents: ComplexArray) -> FloatArray:
        """Return the derivatives of Re sum conj(c) psi, (V, B, M) to (V, B, n)."""

    def jvp(self, x: FloatArray, tangents: FloatArray) -> ComplexArray:
        """Return the change of the states along tangents, (V, B, n) to (V, B, M)."""


class Interface(ABC):
    """Values and derivatives in the arrays of one framework.

    Required: ``name``, ``namespace`` and the abstract methods.
    """

    name: str
    namespace: Any
    """Array functions with numpy's names."""
    foretells = False
    """Whether it asks for a value and its derivatives at once wherever it takes both."""

    @abstractmethod
    def owns(self, value: Tensor) -> bool:
        """Say whether a value is one of the framework's."""

    @abstractmethod
    def is_traced(self, value: Tensor) -> bool:
        """Say whether a derivative may be taken by a value, or its number is not known yet."""

    @abstractmethod
    def is_trained(self, value: Tensor) -> bool:
        """Say whether a derivative may be taken by a value."""

    def trained(self, values: Sequence[Tensor]) -> list[bool]:
        """Say of each parameter of a circuit whether a derivative may be taken by it."""
        return [self.owns(value) and self.is_trained(value) for value in values]

    @abstractmethod
    def number(self, value: Tensor) -> Any:
        """Return the number as numpy has it; the value itself where it is not known yet."""

    @abstractmethod
    def constant(self, value: Tensor) -> Tensor:
        """Return the value as one that has no derivative."""

    @abstractmethod
    def tensor(self, number: Any, like: Sequence[Tensor]) -> Tensor:
        """Return numbers as an array of the framework, on the device of those it is ``like``."""

    @abstractmethod
    def differentiable(
        self, derivatives: Derivatives, parts: Sequence[Tensor], fixed: Sequence[Tensor]
    ) -> Tensor:
        """Return values that the framework can differentiate.

        Parameters
        ----------
        derivatives : callable
            The values and their derivatives as plain numbers.
        parts : sequence of traced arrays, shapes (B, n1), (B, n2), ...
            The trained angles, parameter by parameter.
        fixed : sequence of arrays
            What else has numbers that are not known yet; not differentiated.

        Returns
        -------
        traced array, shape (B, M)
        """

    @abstractmethod
    def from_states(
        self, states: States, parts: Sequence[Tensor], fixed: Sequence[Tensor]
    ) -> Tensor:
        """Return states that the framework can differentiate once; arguments as above.

        Returns
        -------
        traced array, shape (B, M), complex
        """

    @abstractmethod
    def is_argument(self, value: Tensor) -> bool:
        """Say whether derivatives are taken by a value when nobody says by which."""

    @abstractmethod
    def is_moved(self, value: Tensor) -> bool:
        """Say whether a value depends on what the innermost ``jacobian`` is taken by.

        Where that is not known, whether it depends on what any derivative is taken by.
        """

    @abstractmethod
    def jacobian(
        self, function: Callable[..., Tensor], argnums: tuple[int, ...]
    ) -> Callable[..., tuple[Tensor, ...]]:
        """Return the function that gives the derivatives of another one.

        Parameters
        ----------
        function : callable
            Returns one array, real or complex, of shape ``s``.
        argnums : tuple of int
            Positions of the arguments to differentiate by, not negative.

        Returns
        -------
        callable
            Called like ``function``. Gives for each of these arguments, of shape ``t``, a plain
            array of the framework, ``s + t``, that can be differentiated again; for a list,
            tuple or dict of arrays the same with derivatives in it.
        """

    def row(self, values: Sequence[Tensor]) -> Tensor | None:
        """Return the numbers of traced arrays side by side, (1, n); None: they stay apart."""
        return None

    def result(self, values: Tensor, start: int, shape: tuple[int, ...]) -> Tensor:
        """Return numbers of a row of values (1, M) as an array of some shape."""
        if not shape:
            return values[0, start]
        stop = start + math.prod(shape)
        return self.namespace.reshape(values[0, start:stop], shape)

    def enclosed(self, value: Tensor) -> Tensor:
        """Return the value as one that takes part in numpy's arithmetic."""
        return value

    def settle(self, value: Tensor, count: int) -> None:
        """Fix the lengths of the last ``count`` axes, where the framework can leave them open."""
        return

    def is_wide(self, value: Tensor) -> bool:
        """Say whether a value is in the precision that is computed in already."""
        return True

    def widened(self, value: Tensor) -> Tensor:
        """Return the value in the precision that is computed in, double where there is one."""
        return value

    def whole(self, function: Callable[..., Any], key: Hashable) -> Callable[..., Any]:
        """Return a function of arrays in the form in which the framework runs it best.

        Parameters
        ----------
        function : callable
            What it computes follows from its arguments and from ``key``.
        key : hashable
        """
        return function

    def each_row(
        self,
        function: Callable[[Sequence[Tensor]], Sequence[Tensor]],
        arrays: Sequence[Tensor],
        *,
        complexes: Sequence[bool],
    ) -> list[Tensor]:
        """Apply a function to row by row of arrays, whose common length is not known yet.

        Parameters
        ----------
        function : callable
            From a row of each array to arrays, each with a leading axis.
        arrays : sequence of array
        complexes : sequence of bool
            Which of the arrays that ``function`` returns are complex.

        Returns
        -------
        list of array
            What it returns, one after the other along the leading axis.

        Raises
        ------
        DifferentiationError
            The framework cannot do that.
        """
        raise DifferentiationError(
            "A circuit has a batch of matrices or states, and the length of the batch is not known "
            f"while {self.name} traces the function. Give the length; that of a batch of angles "
            "may stay unknown."
        )

    def seed(self, value: Tensor) -> Tensor:
        """Return a seed as whole numbers."""
        return value

    def late_errors(self) -> Iterable[Exception]:
        """Wait for what is being computed and yield the errors of it, where there may be any."""
        return ()

    def finished(self, value: Tensor, like: Sequence[Tensor]) -> Tensor:
        """Return a result as the user gets it: in the precision of the parameters."""
        return value
