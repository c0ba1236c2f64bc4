"""Steps along a gradient that the caller computes, for a loop of one's own.

``compute_grad`` and ``apply_grad`` are the two halves of a step. They use and change the same state
as ``step``, which is a vector of all trainable numbers; ``accumulation`` returns it in the shapes
of the arguments of the last step.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TypeVar

from qgate.optimize.arguments import Arguments
from qgate.optimize.base import Args, Optimizer
from qgate.typing import FloatArray, Nested

State = TypeVar("State")


class GradientSteps(Optimizer[State]):
    """Optimizer whose step follows from the gradient, or from an estimate of it.

    Required: ``update``, and a state as for ``Optimizer``.
    """

    _arguments: Arguments | None = None  # of the last step

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

    def apply_grad(self, grad: Nested, args: Args) -> list[Nested]:
        """Take a step along a given gradient; return the new arguments as a list.

        Parameters
        ----------
        grad : tuple of array
            The gradient by each trainable argument, as ``compute_grad`` returns it.
        args : sequence
            The arguments; trainable arrays of ``qgate.numpy`` are updated.

        Raises
        ------
        NothingTrainable, UnsuitableObjective, InvalidOptimizerState
        """
        arguments = Arguments.of(args, optimizer=self.name)
        gradient = arguments.flattened(grad, optimizer=self.name)
        self.state, point = self.update(self.state, arguments.vector, gradient)
        self._arguments = arguments
        return arguments.at(point)

    def by_argument(self, vector: FloatArray | None) -> list[Nested] | None:
        """Return numbers of the state for each argument of the last step; None: no step was taken.

        Arguments without trainable numbers have 0.0. After ``load``, before a step, all numbers are
        one vector.
        """
        if vector is None:
            return None
        arguments = self._arguments
        if arguments is None or arguments.size != len(vector):
            return [vector]
        parts = arguments.by_position(vector)
        return [parts.get(at, 0.0) for at in range(len(arguments.args))]
