"""Gradient descent, and the base class of optimizers that use one gradient for each step."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from qgate.optimize.arguments import Arguments
from qgate.optimize.base import Args, Keywords, NoState, Step
from qgate.optimize.given_gradients import GradientSteps
from qgate.optimize.objective import Objective
from qgate.optimize.options import positive
from qgate.typing import FloatArray, Function, Nested

State = TypeVar("State")


class GradientOptimizer(GradientSteps[State]):
    """Optimizer whose step depends on the gradient at one point.

    Required: ``update``, and a state as for ``Optimizer``.
    """

    def step(
        self,
        objective_fn: Function,
        *args: Nested,
        grad_fn: Function | None = None,
        **kwargs: Nested,
    ) -> Nested:
        """Take one step; as ``step_and_cost``, without the value."""
        return self._advance(objective_fn, args, kwargs, grad_fn, valued=False)[0]

    def step_and_cost(
        self,
        objective_fn: Function,
        *args: Nested,
        grad_fn: Function | None = None,
        **kwargs: Nested,
    ) -> tuple[Nested, np.float64]:
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
        self,
        function: Function,
        args: Args,
        kwargs: Keywords,
        grad_fn: Function | None,
        *,
        valued: bool,
    ) -> Step:
        objective = Objective(function, kwargs, self.name)
        arguments = Arguments.of(args, optimizer=self.name)
        cost, gradient = self._slope(objective, arguments, grad_fn, valued=valued)
        state, point = self.update(self.state, arguments.vector, gradient)
        if valued and cost is None:
            (cost,) = objective.values([args])
        self.state, self._arguments = state, arguments
        return arguments.returned(point), cost

    def compute_grad(
        self,
        objective_fn: Function,
        args: Args,
        kwargs: Keywords,
        grad_fn: Function | None = None,
    ) -> tuple[tuple[Nested, ...], np.float64 | None]:
        """Return the gradient with which a step would be taken, and the value if it is known.

        Parameters
        ----------
        objective_fn, grad_fn
            As for ``step_and_cost``.
        args, kwargs : sequence, mapping
            The arguments of the function.

        Returns
        -------
        gradient : tuple of array
            The gradient by each trainable argument, also if there is one.
        value : float or None

        Raises
        ------
        NothingTrainable, UnsuitableObjective
        """
        objective = Objective(objective_fn, kwargs, self.name)
        arguments = Arguments.of(args, optimizer=self.name)
        value, gradient = self._slope(objective, arguments, grad_fn, valued=False)
        return tuple(arguments.by_position(gradient).values()), value

    def _slope(
        self, objective: Objective, arguments: Arguments, grad_fn: Function | None, *, valued: bool
    ) -> tuple[np.float64 | None, FloatArray]:
        """Return the value at the arguments if it is available, and the gradient of the step."""
        return objective.value_and_gradient(arguments, grad_fn)


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

    state_class = NoState

    def __init__(self, stepsize: float = 0.01) -> None:
        positive(self.name, stepsize=stepsize)
        self.stepsize = stepsize
        super().__init__()

    def update(
        self, state: NoState, point: FloatArray, gradient: FloatArray
    ) -> tuple[NoState, FloatArray]:
        return state, point - self.stepsize * gradient
