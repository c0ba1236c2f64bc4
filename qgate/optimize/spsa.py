"""SPSA: simultaneous perturbation stochastic approximation."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from qgate.exceptions import InvalidOptimizerOption
from qgate.optimize.arguments import Arguments
from qgate.optimize.base import Args, FunctionOptimizer, Keywords, Step
from qgate.optimize.given_gradients import GradientSteps
from qgate.optimize.objective import Objective
from qgate.optimize.options import count, not_negative, positive
from qgate.optimize.randomness import Randomness, Seed, generator, seeded, signs, state_of
from qgate.typing import FloatArray, Function, Nested


@dataclass(frozen=True)
class Draws:
    """Number of steps so far, and state of the generator."""

    steps: int
    random: Randomness


class SPSAOptimizer(FunctionOptimizer[Draws], GradientSteps[Draws]):
    r"""Gradient descent along one random direction at a time, for any number of parameters.

    .. math:: x \leftarrow x - a_k g, \quad g_i = \frac{f(x + c_k \Delta) - f(x - c_k \Delta)}
        {2 c_k \Delta_i}, \quad a_k = \frac{a}{(A + k)^\alpha}, \quad c_k = \frac{c}{k^\gamma}

    with signs :math:`\Delta_i` drawn for each step :math:`k = 1, 2, \ldots`

    Parameters
    ----------
    maxiter : int, optional
        Planned number of steps; sets ``A`` if that is not given.
    alpha, gamma : float
        Decay exponents of steps and perturbations.
    c : float
        First perturbation (radians).
    A : float, optional
        Default a tenth of ``maxiter``.
    a : float, optional
        Default such that the first factor :math:`a_1` is 0.05.
    seed : int, optional
        Seed of the directions; None: drawn by the operating system.

    Raises
    ------
    InvalidOptimizerOption
        Neither ``maxiter`` nor ``A`` is given, or an option is not a positive number.

    Notes
    -----
    Cost: one submission of 2 circuits, 3 with the value, if the objective is a QNode; another
    function is called for each value. Reference: Spall, IEEE Trans. Aerosp. Electron. Syst. 34,
    817 (1998).

    Examples
    --------
    >>> from qgate import numpy as np
    >>> optimizer = SPSAOptimizer(maxiter=100, seed=1)
    >>> x = np.array([0.5, -0.3])
    >>> for _ in range(100):
    ...     x = optimizer.step(lambda x: np.sum(x**2), x)
    >>> bool(np.sum(x**2) < 0.01)
    True
    """

    def __init__(
        self,
        maxiter: int | None = None,
        alpha: float = 0.602,
        gamma: float = 0.101,
        c: float = 0.2,
        A: float | None = None,
        a: float | None = None,
        *,
        seed: Seed = None,
    ) -> None:
        if A is None and maxiter is None:
            raise InvalidOptimizerOption(
                optimizer=self.name,
                option="maxiter",
                value=None,
                needed="the number of steps that are planned, unless A is given",
            )
        if maxiter is not None:
            count(self.name, maxiter=maxiter)
        self.A = 0.1 * (maxiter or 0) if A is None else A
        not_negative(self.name, A=self.A, alpha=alpha, gamma=gamma)
        self.a = _usual_length(self.A, alpha) if a is None else a
        positive(self.name, a=self.a, c=c)
        self.alpha, self.gamma, self.c, self.seed = alpha, gamma, c, seed
        super().__init__()

    def first(self) -> Draws:
        return Draws(0, seeded(self.seed, optimizer=self.name))

    def update(
        self, state: Draws, point: FloatArray, gradient: FloatArray
    ) -> tuple[Draws, FloatArray]:
        """Return the state and the point after a step along an estimated gradient."""
        steps = state.steps + 1
        rate = self.a / (self.A + steps) ** self.alpha
        return Draws(steps, state.random), point - rate * gradient

    def compute_grad(
        self, objective_fn: Function, args: Args, kwargs: Keywords
    ) -> tuple[Nested, ...]:
        """Return an estimate of the gradient by each trainable argument; draws a direction."""
        objective = Objective(objective_fn, kwargs, self.name)
        arguments = Arguments.of(args, optimizer=self.name)
        self.state, gradient, _ = self._estimate(objective, arguments, valued=False)
        return tuple(arguments.by_position(gradient).values())

    def _advance(self, function: Function, args: Args, kwargs: Keywords, *, valued: bool) -> Step:
        objective = Objective(function, kwargs, self.name)
        arguments = Arguments.of(args, optimizer=self.name)
        drawn, gradient, value = self._estimate(objective, arguments, valued=valued)
        self.state, point = self.update(drawn, arguments.vector, gradient)
        return arguments.returned(point), value

    def _estimate(
        self, objective: Objective, arguments: Arguments, *, valued: bool
    ) -> tuple[Draws, FloatArray, np.float64 | None]:
        """Draw a direction; return the state, the gradient along it, and the value if requested."""
        random = generator(self.state.random)
        direction = signs(random, arguments.size)
        perturbation = self.c / (self.state.steps + 1) ** self.gamma
        points = [arguments.at(arguments.vector + s * perturbation * direction) for s in (1, -1)]
        values = objective.values([*points, *([arguments.args] if valued else [])])
        gradient = (values[0] - values[1]) / (2 * perturbation) * direction  # 1 / sign is the sign
        drawn = Draws(self.state.steps, state_of(random))
        return drawn, gradient, values[2] if valued else None


def _usual_length(A: float, alpha: float) -> float:
    """Return the ``a`` with which the first step has the length 0.05."""
    try:
        return 0.05 * float((A + 1) ** alpha)
    except OverflowError:
        return inf
