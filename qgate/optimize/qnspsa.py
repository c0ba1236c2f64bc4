"""QN-SPSA: natural gradient descent along random directions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from qgate.optimize.arguments import Arguments
from qgate.optimize.base import Args, Keywords, Optimizer, Step
from qgate.optimize.objective import Objective
from qgate.optimize.options import count, flags, not_negative, positive, squarable
from qgate.optimize.randomness import Randomness, Seed, generator, seeded, signs, state_of
from qgate.optimize.requests import Request, overlap_request, send, value_request
from qgate.typing import FloatArray, Function, Nested


@dataclass(frozen=True, eq=False)
class Estimates:
    """State of the optimizer: averaged metric tensor and last values."""

    steps: int
    random: Randomness
    metric: FloatArray | None = None  # (n, n), regularized mean of the estimated ones
    losses: tuple[float, ...] = ()  # values before the last steps, the latest last


MOST_RESAMPLINGS = 1000
"""Maximum number of directions of one step."""


class QNSPSAOptimizer(Optimizer[Estimates]):
    r"""Natural gradient descent with gradient and metric tensor estimated by random shifts.

    With :math:`F(x, x') = |\langle\psi(x')|\psi(x)\rangle|^2` and new signs :math:`h_1, h_2`,

    .. math:: \hat G = -\frac{\delta F}{8\epsilon^2}(h_1 h_2^T + h_2 h_1^T), \quad
        G_k = \frac{k G_{k-1} + \hat G}{k + 1}, \quad
        x \leftarrow x - \eta \left(\frac{|G_k| + \beta}{1 + \beta}\right)^{+} \hat g

    where :math:`\delta F` are the overlaps of the state at :math:`x` with those at
    :math:`x + \epsilon(h_1 + h_2)`, :math:`x + \epsilon h_1` (subtracted), and the same with
    :math:`-h_1` for :math:`h_1` with opposite signs.

    Parameters
    ----------
    stepsize : float
        :math:`\eta`.
    regularization : float
        :math:`\beta`.
    finite_diff_step : float
        :math:`\epsilon` (radians), from 1e-150 to 1e150.
    resamplings : int
        Number of directions to average in a step.
    blocking : bool
        Whether to undo a step that raised the value by more than twice the standard deviation of
        the last values.
    history_length : int
        Number of last values for that standard deviation.
    seed : int, optional
        Seed of the directions; None: drawn by the operating system.

    Raises
    ------
    InvalidOptimizerOption

    Notes
    -----
    Cost: one submission of 6 circuits for each resampling, and the value; with ``blocking`` one
    more, of the value after the step. Reference: Gacon et al., Quantum 5, 567 (2021).
    """

    def __init__(
        self,
        stepsize: float = 1e-3,
        regularization: float = 1e-3,
        finite_diff_step: float = 1e-2,
        resamplings: int = 1,
        blocking: bool = True,
        history_length: int = 5,
        seed: Seed = None,
    ) -> None:
        positive(self.name, stepsize=stepsize)
        squarable(self.name, finite_diff_step=finite_diff_step)
        not_negative(self.name, regularization=regularization)
        count(self.name, most=MOST_RESAMPLINGS, resamplings=resamplings)
        count(self.name, history_length=history_length)
        flags(self.name, blocking=blocking)
        self.stepsize, self.reg, self.finite_diff_step = stepsize, regularization, finite_diff_step
        self.resamplings, self.blocking, self.history_length = resamplings, blocking, history_length
        self.seed = seed
        super().__init__()

    def first(self) -> Estimates:
        return Estimates(0, seeded(self.seed, optimizer=self.name))

    @property
    def metric_tensor(self) -> FloatArray | None:
        """The regularized metric tensor of the last step."""
        return self.state.metric

    def step(self, cost: Function, *args: Nested, **kwargs: Nested) -> Nested:
        """Take one step; as ``step_and_cost``, without the value."""
        return self._advance(cost, args, kwargs, valued=self.blocking)[0]

    def step_and_cost(
        self, cost: Function, *args: Nested, **kwargs: Nested
    ) -> tuple[Nested, np.float64]:
        """Take one step; return the new arguments and the value before the step.

        Parameters
        ----------
        cost : QNode
            Returns one real number.
        args, kwargs
            Its arguments. Trainable arrays among ``args`` are updated.

        Returns
        -------
        args : array, or list
        cost : float

        Raises
        ------
        NothingTrainable
        UnsuitableObjective
            It is not a QNode.
        """
        return self._advance(cost, args, kwargs, valued=True)

    def update(
        self, state: Estimates, point: FloatArray, gradient: FloatArray, metric: FloatArray
    ) -> tuple[Estimates, FloatArray]:
        """Return the state and the point after a step, from an estimated gradient and metric."""
        size, steps = len(point), state.steps + 1
        before = np.eye(size) if state.metric is None else state.metric
        mean = (steps * before + metric) / (steps + 1)
        regular = (_magnitude(mean) + self.reg * np.eye(size)) / (1 + self.reg)
        step = self.stepsize * np.linalg.pinv(regular) @ gradient
        return replace(state, steps=steps, metric=regular), point - step

    def _advance(self, function: Function, args: Args, kwargs: Keywords, *, valued: bool) -> Step:
        objective = Objective(function, kwargs, self.name)
        arguments = Arguments.of(args, optimizer=self.name)
        if not objective.is_qnode:
            raise objective.refused(
                "it is not a QNode, so the overlaps of its states cannot be measured",
                "Give a single QNode, or take SPSAOptimizer.",
            )
        random = generator(self.state.random)
        samples = [
            _Sample.drawn(self, random, objective, arguments) for _ in range(self.resamplings)
        ]
        requests = [request for sample in samples for request in sample.requests]
        values = [value_request(objective, arguments)] if valued else []
        found = send(objective, *requests, *values)
        cost = found.pop() if valued else None
        gradient, metric = _averages(samples, found)
        state = replace(self.state, random=state_of(random))
        state, point = self.update(state, arguments.vector, gradient, metric)
        if self.blocking and cost is not None:
            losses = (*state.losses, float(cost))[-self.history_length :]
            state = replace(state, losses=losses)
            (after,) = objective.values([arguments.at(point)])
            if cost + 2 * np.std(losses) < after:
                point = arguments.vector
        self.state = state
        return arguments.returned(point), cost


@dataclass(frozen=True, eq=False)
class _Sample:
    """Requests along one set of directions: 2 values, and 4 overlaps."""

    requests: Sequence[Request]
    directions: tuple[FloatArray, FloatArray, FloatArray]
    distance: float

    @classmethod
    def drawn(
        cls,
        optimizer: QNSPSAOptimizer,
        random: np.random.Generator,
        objective: Objective,
        arguments: Arguments,
    ) -> _Sample:
        one, two, three = (signs(random, arguments.size) for _ in range(3))
        distance = optimizer.finite_diff_step

        def tape(step: FloatArray) -> Nested:
            return objective.tape(arguments.at(arguments.vector + distance * step))

        values = [
            Request([tape(step)], lambda results: objective.number(results[0]))
            for step in (one, -one)
        ]
        here = objective.tape(arguments.args)
        overlaps = [
            overlap_request(here, tape(step)) for step in (two + three, two, three - two, -two)
        ]
        return cls([*values, *overlaps], (one, two, three), distance)

    def estimates(self, values: Sequence[float]) -> tuple[FloatArray, FloatArray]:
        """Return the gradient and the metric tensor from the values of the requests."""
        plus, minus, *overlaps = values
        one, two, three = self.directions
        gradient = (plus - minus) / (2 * self.distance) * one
        difference = overlaps[0] - overlaps[1] - overlaps[2] + overlaps[3]
        products = np.outer(two, three) + np.outer(three, two)
        return gradient, -difference / (8 * self.distance**2) * products


def _averages(samples: Sequence[_Sample], values: Sequence[float]) -> tuple[FloatArray, FloatArray]:
    each, found = len(samples[0].requests), list(values)
    pairs = [
        sample.estimates(found[at * each : (at + 1) * each]) for at, sample in enumerate(samples)
    ]
    gradient, metric = (np.mean(parts, axis=0) for parts in zip(*pairs, strict=True))
    return gradient, metric


def _magnitude(matrix: FloatArray) -> FloatArray:
    """Return the positive root of the square of a symmetric matrix."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return np.asarray((vectors * np.abs(values)) @ vectors.T)
