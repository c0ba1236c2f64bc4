"""Gradient descent, and the base class of optimizers that use one gradient for each step."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from qgate.optimize.arguments import Arguments
from qgate.optimize.base import Optimizer
from qgate.optimize.objective import Objective
from qgate.optimize.options import positive
from qgate.typing import FloatArray

State = TypeVar("State")


class GradientOptimizer(Optimizer[State]):
    """Optimizer whose step depends on the gradient at one point.

    Required: ``first`` and ``update``. Optional: ``looked_at``, the point of the gradient.
    """

    @abstractmethod
    def update(
        self, state: State, point: FloatArray, gradient: FloatArray
    ) -> tuple[State, FloatArray]:
        """Return the state and the point after a step; nothing is changed in place.

        Parameters
        ----------
        state : frozen data
        point, gradient : array, shape (n,)
            All trainable numbers, one after the other, and the derivative by each.
        """

    def step(
        self,
        objective_fn: Callable[..., Any],
        *args: Any,
        grad_fn: Callable[..., Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Take one step; as ``step_and_cost``, without the value."""
        return self._advance(objective_fn, args, kwargs, grad_fn, valued=False)[0]

    def step_and_cost(
        self,
        objective_fn: Callable[..., Any],
        *args: Any,
        grad_fn: Callable[..., Any] | None = None,
        **kwargs: Any,
    ) -> tuple[Any, np.float64]:
        """Take one step; return the new arguments and the value before the step.

        Parameters
        ----------
        objective_fn : callable
            A QNode, or a function of QNodes written with ``qgate.numpy``; returns one real number.
        args
            Its positional arguments. Trainable arrays of ``qgate.numpy`` are updated, in lists,
            tuples and dicts too; everything else is returned unchanged.
        grad_fn : callable, optional
            Called with the arguments in place of ``qg.grad(objective_fn)``; returns the gradient,
            or a tuple for several trainable arguments. If it has an attribute ``forward`` after the
            call, that is the value.
        kwargs
            Its keyword arguments, which are not updated.

        Returns
        -------
        args : array, or list
            The new arguments; one by itself, several as a list.
        cost : float

        Raises
        ------
        NothingTrainable, UnsuitableObjective, InvalidOptimizerState
        """
        return self._advance(objective_fn, args, kwargs, grad_fn, valued=True)

    def _advance(
        self, function: Any, args: Any, kwargs: Any, grad_fn: Any, *, valued: bool
    ) -> tuple[Any, Any]:
        objective = Objective(function, kwargs, self.name)
        arguments = Arguments.of(args, optimizer=self.name)
        cost, gradient = self._slope(objective, arguments, grad_fn, valued=valued)
        state, point = self.update(self.state, arguments.vector, gradient)
        if valued and cost is None:
            (cost,) = objective.values([args])
        self.state = state
        return arguments.returned(point), cost

    def _slope(
        self, objective: Objective, arguments: Arguments, grad_fn: Any, *, valued: bool
    ) -> tuple[Any, FloatArray]:
        """Return the value at the arguments if it is available, and the gradient of the step."""
        return objective.value_and_gradient(arguments, grad_fn)


@dataclass(frozen=True)
class NoState:
    """State of an optimizer whose steps do not depend on each other."""


class GradientDescentOptimizer(GradientOptimizer[NoState]):
    r"""Gradient descent, :math:`x \leftarrow x - \eta \nabla f(x)`.

    Parameters
    ----------
    stepsize : float
        :math:`\eta`, the learning rate.

    Raises
    ------
    InvalidOptimizerOption
        The stepsize is not a positive number.

    Notes
    -----
    Cost: one submission for a QNode, which includes the value.

    Examples
    --------
    >>> from qgate import numpy as np
    >>> optimizer = GradientDescentOptimizer(stepsize=0.1)
    >>> optimizer.step_and_cost(lambda x: np.sum(x**2), np.array([1.0, 2.0]))
    (tensor([0.8, 1.6], requires_grad=True), np.float64(5.0))
    """

    def __init__(self, stepsize: float = 0.01) -> None:
        positive(self.name, stepsize=stepsize)
        self.stepsize = stepsize
        super().__init__()

    def first(self) -> NoState:
        return NoState()

    def update(
        self, state: NoState, point: FloatArray, gradient: FloatArray
    ) -> tuple[NoState, FloatArray]:
        return state, point - self.stepsize * gradient
