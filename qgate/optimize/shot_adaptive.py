"""Gradient descent that decides how many shots each slope is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from qgate.exceptions import InvalidOptimizerOption
from qgate.gradients.classical_jacobian import ClassicalPart
from qgate.measurements import MeasurementKind
from qgate.optimize.arguments import Arguments
from qgate.optimize.base import Optimizer, started
from qgate.optimize.objective import Objective
from qgate.optimize.options import count, fraction, one_of, positive
from qgate.optimize.randomness import Randomness, generator, seeded, state_of
from qgate.optimize.requests import by_arrays
from qgate.optimize.shot_allocation import clipped, gcans, icans
from qgate.optimize.single_shots import (
    Points,
    Sampled,
    Terms,
    sampled_by_groups,
    sampled_by_terms,
)
from qgate.typing import FloatArray, IntArray

RULES = {"icans": icans, "gcans": gcans}
SAMPLING = (None, "weighted_random_sampling", "weighted", "uniform_random_sampling", "uniform")
FEWEST = 2
"""Shots that a variance can be computed from."""


@dataclass(frozen=True, eq=False)
class Allocation:
    """What the steps so far say about noise and slopes.

    Parameters
    ----------
    steps : int
        How many were taken.
    random : mapping
        Where the generator of terms stands.
    shots : array of int, shape (n,), or None
        For the next step, of each slope; None: ``min_shots`` for each.
    mean, variance : array, shape (n,), or None
        Moving averages of the slopes, and of the variances of one shot.
    latest, total : int
        How many shots the last step ran, and all steps together.
    """

    steps: int
    random: Randomness
    shots: IntArray | None = None
    mean: FloatArray | None = None
    variance: FloatArray | None = None
    latest: int = 0
    total: int = 0


class ShotAdaptiveOptimizer(Optimizer[Allocation]):
    r"""Gradient descent from shots, as many for each slope as it gains by them.

    A slope :math:`g_i` is estimated from :math:`s_i` shots of each circuit that it needs. Moving
    averages of slopes and variances say how many shots of each gain most, for a stepsize
    :math:`\eta` and a bound :math:`L` on the slope of the gradient.

    Parameters
    ----------
    min_shots : int
        The fewest of each circuit, at least 2; the first step runs with these.
    term_sampling : {None, "weighted_random_sampling", "uniform_random_sampling"}
        None: every group of terms that share a basis is read with all shots. Else each shot reads
        one term, drawn by the size of its coefficient, or each term as likely. "weighted" and
        "uniform" are short for these.
    mu : float
        How much of the moving averages is kept, from 0 on and below 1.
    b : float
        What is added to squared slopes, times :math:`\mu^k` in step k.
    stepsize : float
        :math:`\eta`, below :math:`2/L`; :math:`L` is the sum of the absolute coefficients of the
        observable, without the identity's.
    rule : {"icans", "gcans"}
        Whether shots are chosen for each slope by itself, or for all together.
    seed : int, optional
        Of the terms that are drawn; None: the system's.

    Attributes
    ----------
    shots_used, total_shots_used : int
        Shots that were run, over all circuits, in the last step and in all.
    s : array of int or None
        Of each slope in the next step.
    max_shots : int
        The most of these.

    Raises
    ------
    InvalidOptimizerOption

    Notes
    -----
    Cost: one submission of 2 circuits for each angle of a gate with one frequency and each group,
    or term that was drawn; the value is one point more in it. References: Kübler et al., Quantum
    4, 263 (2020), iCANS; Gu et al., arXiv:2108.10434, gCANS; Arrasmith et al., arXiv:2004.06252,
    random terms.

    Examples
    --------
    >>> from qgate import numpy as np
    >>> @qg.qnode("local?seed=3", shots=100)
    ... def circuit(x):
    ...     qg.RX(x, wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> optimizer = ShotAdaptiveOptimizer(min_shots=10)
    >>> x = optimizer.step(circuit, np.array(0.5))
    >>> optimizer.shots_used
    20
    """

    def __init__(
        self,
        min_shots: int,
        term_sampling: str | None = None,
        mu: float = 0.99,
        b: float = 1e-6,
        stepsize: float = 0.07,
        *,
        rule: str = "icans",
        seed: Any = None,
    ) -> None:
        count(self.name, min_shots=min_shots)
        one_of(self.name, SAMPLING, term_sampling=term_sampling)
        one_of(self.name, tuple(RULES), rule=rule)
        fraction(self.name, mu=mu)
        positive(self.name, b=b, stepsize=stepsize)
        self.min_shots, self.term_sampling = max(FEWEST, min_shots), term_sampling
        self.mu, self.b, self.stepsize, self.rule, self.seed = mu, b, stepsize, rule, seed
        super().__init__()

    def first(self) -> Allocation:
        return Allocation(0, seeded(self.seed, optimizer=self.name))

    @property
    def shots_used(self) -> int:
        """Shots that the last step ran."""
        return self.state.latest

    @property
    def total_shots_used(self) -> int:
        """Shots that all steps ran."""
        return self.state.total

    @property
    def s(self) -> IntArray | None:
        """Shots of each slope in the next step; None before the first."""
        return self.state.shots

    @property
    def max_shots(self) -> int:
        """The most shots of a slope in the next step."""
        return self.min_shots if self.state.shots is None else int(self.state.shots.max())

    def step(self, objective_fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Take one step; as ``step_and_cost``, without the value."""
        return self._advance(objective_fn, args, kwargs, valued=False)[0]

    def step_and_cost(
        self, objective_fn: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> tuple[Any, np.float64]:
        """Take one step, and return the value before it as well, from ``max_shots`` shots.

        Parameters
        ----------
        objective_fn : QNode
            Returns one expectation value. It needs shots, but their number is not used.
        args, kwargs
            What it is called with. Arrays among ``args`` that are marked as trainable change.

        Returns
        -------
        args : array, or list
        cost : float

        Raises
        ------
        NothingTrainable
        UnsuitableObjective
            It is not a QNode with shots that returns one expectation value.
        InvalidOptimizerOption
            The stepsize is not below 2 / L.
        """
        return self._advance(objective_fn, args, kwargs, valued=True)

    def update(
        self, state: Allocation, point: FloatArray, sampled: Sampled, *, lipschitz: float
    ) -> tuple[Allocation, FloatArray]:
        """Return the state and the point after a step, from what the shots of it say."""
        size, steps = len(point), state.steps + 1
        mean = started(state.mean, size, optimizer=self.name)
        variance = started(state.variance, size, optimizer=self.name)
        mean = self.mu * mean + (1 - self.mu) * sampled.gradient
        variance = self.mu * variance + (1 - self.mu) * sampled.variance
        correction = 1 - self.mu**steps
        shots = RULES[self.rule](
            mean / correction,
            variance / correction,
            lipschitz=lipschitz,
            stepsize=self.stepsize,
            bias=self.b * self.mu**state.steps,
        )
        after = Allocation(
            steps,
            state.random,
            clipped(shots, self.min_shots),
            mean,
            variance,
            sampled.shots,
            state.total + sampled.shots,
        )
        return after, point - self.stepsize * sampled.gradient

    def _advance(self, function: Any, args: Any, kwargs: Any, *, valued: bool) -> tuple[Any, Any]:
        objective = Objective(function, kwargs, self.name)
        arguments = Arguments.of(args, optimizer=self.name)
        terms = self._terms(objective, arguments)
        node = by_arrays(objective, arguments)
        classical = ClassicalPart.of(node, range(len(arguments.arrays)), arguments.arrays, {})
        points = Points.of(objective.tape(args), classical)
        started(self.state.mean, arguments.size, optimizer=self.name)
        least = np.full(arguments.size, self.min_shots)
        wanted = least if self.state.shots is None else self.state.shots
        shots = np.append(points.shots(wanted), wanted.max() if valued else 0).astype(np.int64)
        random = generator(self.state.random)
        sampled = self._sampled(objective, points, terms, shots, random)
        before = replace(self.state, random=state_of(random))
        state, point = self.update(before, arguments.vector, sampled, lipschitz=terms.lipschitz)
        self.state = state
        return arguments.returned(point), np.float64(sampled.value) if valued else None

    def _sampled(
        self,
        objective: Objective,
        points: Points,
        terms: Terms,
        shots: IntArray,
        random: np.random.Generator,
    ) -> Sampled:
        device, seed = objective.qnode.device, objective.seed
        if self.term_sampling is None:
            return sampled_by_groups(points, terms, shots, device, seed)
        sizes = np.abs(terms.coefficients)
        if self.term_sampling.startswith("uniform"):
            sizes = np.ones(len(sizes))
        return sampled_by_terms(
            points,
            terms,
            shots,
            device,
            seed,
            probabilities=sizes / sizes.sum(),
            random=random,
        )

    def _terms(self, objective: Objective, arguments: Arguments) -> Terms:
        remedy = "Give a QNode with shots that returns qg.expval of one observable."
        if not objective.is_qnode:
            raise objective.refused("it is not a QNode, so its shots cannot be chosen", remedy)
        tape = objective.tape(arguments.args)
        if not tape.shots:
            raise objective.refused("it is exact, and there are no shots to be chosen", remedy)
        (measured, *others) = tape.measurements
        if others or measured.kind is not MeasurementKind.EXPVAL or measured.obs is None:
            raise objective.refused(f"it returns {tape.measurements}", remedy)
        terms = Terms.of(measured.obs)
        if self.stepsize >= 2 / max(terms.lipschitz, np.finfo(float).tiny):
            raise InvalidOptimizerOption(
                optimizer=self.name,
                option="stepsize",
                value=self.stepsize,
                needed=f"below 2 / L = {2 / terms.lipschitz:.6g}, where L is the sum of the "
                "absolute coefficients of the observable",
            )
        return terms
