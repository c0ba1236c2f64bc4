"""Gradient descent with an adaptive number of shots for each derivative.

The rules iCANS and gCANS choose the number of shots that maximizes the expected decrease of the
objective per shot (see ``allocation.py``). The shots of a derivative are spent either equally
on all groups of Pauli words at all its points, or by the budgeted allocation of
``budget_shots.py``, whichever takes fewer shots for the same error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from qgate.arguments import finite_numbers
from qgate.exceptions import InvalidOptimizerOption, UnsupportedEstimate, described
from qgate.optimize.adaptive_circuit import AdaptiveCircuit
from qgate.optimize.allocation import (
    Allocation,
    Allocations,
    averaged,
    clipped,
    gcans,
    icans,
    in_words,
    started_with,
)
from qgate.optimize.base import Args, FunctionOptimizer, Keywords, Step, started
from qgate.optimize.budget_shots import BudgetShots
from qgate.optimize.options import count, fraction, one_of, positive
from qgate.optimize.randomness import Seed, generator, seeded, state_of
from qgate.optimize.single_shots import Sampled, sampled_by_groups, sampled_by_terms
from qgate.typing import FloatArray, Function, IntArray, Nested

RULES = {"icans": icans, "gcans": gcans}
SAMPLING = (None, "weighted_random_sampling", "weighted", "uniform_random_sampling", "uniform")
FEWEST = 2
"""Minimum number of shots for a variance."""

ASKED_FOR = "it was requested"


class ShotAdaptiveOptimizer(FunctionOptimizer[Allocation]):
    r"""Gradient descent with as many shots for each derivative as maximize the gain per shot.

    The objective is a QNode with shots, whose number is ignored, that returns one expectation
    value. The value before a step is measured with ``max_shots`` shots of each group, or with a
    twentieth of a budget.

    A derivative :math:`g_i` is estimated from :math:`s_i` shots. The :math:`s_i` follow from moving
    averages of derivatives and one-shot variances, a stepsize :math:`\eta`, and a Lipschitz
    constant :math:`L` of the gradient. ``docs/optimizers.md`` has the formulas.

    Parameters
    ----------
    min_shots : int
        Minimum shots of each circuit, at least 2; the first step runs with these.
    term_sampling : {None, "weighted_random_sampling", "uniform_random_sampling"}
        None: Pauli words that share a basis are measured together. Otherwise each shot measures one
        term, drawn in proportion to the size of its coefficient, or with equal probability.
        "weighted" and "uniform" are short for these.
    mu : float
        Decay of the moving averages, at least 0 and below 1.
    b : float
        Bias added to squared derivatives, times :math:`\mu^k` in step k.
    stepsize : float
        :math:`\eta`, below :math:`2/L`; :math:`L` is the sum of the absolute coefficients of the
        observable, without that of the identity.
    rule : {"icans", "gcans"}
        Whether shots are chosen for each derivative separately, or for all together.
    allocation : {"auto", "groups", "budget"}
        ``groups``: every circuit of a derivative, that is all groups of Pauli words at all its
        points, has :math:`s_i` shots. ``budget``: :math:`s_i` are all shots of the derivative,
        allocated as those of a ``qg.Budget``, by weight and noise, without shots for Pauli words
        that cannot depend on the angle. ``auto``: the one that takes fewer shots for the same
        error.
    seed : int, optional
        Seed of the drawn terms; None: drawn by the operating system.

    Attributes
    ----------
    shots_used, total_shots_used : int
        Number of shots over all circuits, in the last step and in all steps.
    s : array of int or None
        Shots of each derivative in the next step.
    max_shots : int
        The largest of these.
    allocation_used, allocation_reason : str
        Allocation of the last step (``groups``, ``budget`` or ``terms``), and the reason for it.
    allocation_gain : float or None
        Number of shots with groups, relative to a budget, for the same error.

    Raises
    ------
    InvalidOptimizerOption
        Also from a step whose stepsize is not below 2 / L.
    UnsupportedEstimate
        From a step with ``allocation="budget"``: the observable is not a sum of Pauli words.

    Notes
    -----
    Cost: one submission of 2 circuits for each angle of a gate with one frequency and each basis,
    or drawn term; the value adds one point to it. If all circuits of a submission must have the
    same number of shots, as on Amazon Braket, there is one submission for each number that occurs
    in the step; a budget is then spent in equal shots on as many circuits as one submission holds.
    References: Kübler et al., Quantum 4, 263 (2020), iCANS; Gu et al., arXiv:2108.10434, gCANS;
    Arrasmith et al., arXiv:2004.06252, random terms.

    Examples
    --------
    >>> from qgate import numpy as np
    >>> @qg.qnode("local?seed=3", shots=100)
    ... def circuit(x):
    ...     qg.RX(x, wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> optimizer = ShotAdaptiveOptimizer(min_shots=10)
    >>> x = optimizer.step(circuit, np.array(0.5))
    >>> optimizer.shots_used, optimizer.allocation_used
    (20, 'groups')
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
        allocation: str = "auto",
        seed: Seed = None,
    ) -> None:
        count(self.name, min_shots=min_shots)
        one_of(self.name, SAMPLING, term_sampling=term_sampling)
        one_of(self.name, tuple(RULES), rule=rule)
        one_of(self.name, ("auto", "groups", "budget"), allocation=allocation)
        if term_sampling is not None and allocation == Allocations.BUDGET:
            raise InvalidOptimizerOption(
                optimizer=self.name,
                option="allocation",
                value=allocation,
                needed="left out where terms are drawn one by one, with term_sampling",
            )
        fraction(self.name, mu=mu)
        positive(self.name, b=b, stepsize=stepsize)
        self.min_shots, self.term_sampling = max(FEWEST, min_shots), term_sampling
        self.mu, self.b, self.stepsize, self.rule, self.seed = mu, b, stepsize, rule, seed
        self.allocation = Allocations(allocation)
        super().__init__()

    def first(self) -> Allocation:
        return Allocation(0, seeded(self.seed, optimizer=self.name))

    @property
    def shots_used(self) -> int:
        """Number of shots of the last step."""
        return self.state.latest

    @property
    def total_shots_used(self) -> int:
        """Number of shots of all steps."""
        return self.state.total

    @property
    def s(self) -> IntArray | None:
        """Shots of each derivative in the next step; None before the first."""
        return self.state.shots

    @property
    def max_shots(self) -> int:
        """Largest number of shots of a derivative in the next step."""
        return self.min_shots if self.state.shots is None else int(self.state.shots.max())

    @property
    def allocation_used(self) -> str:
        """Allocation of the last step: groups, budget or terms; empty before the first."""
        return self.state.used

    @property
    def allocation_reason(self) -> str:
        """Reason for the allocation of the last step."""
        return self.state.reason

    @property
    def allocation_gain(self) -> float | None:
        """Number of shots with groups, relative to a budget, for the same error; None: unknown."""
        return self.state.gain

    def update(
        self,
        state: Allocation,
        point: FloatArray,
        sampled: Sampled,
        *,
        lipschitz: float,
        least: int | IntArray | None = None,
    ) -> tuple[Allocation, FloatArray]:
        """Return the state and the point (p,) after a step, from its measured derivatives.

        ``least``: minimum shots of each derivative, a number or (p,); default ``min_shots``.
        """
        size = len(point)
        mean = started(state.mean, size, optimizer=self.name)
        variance = started(state.variance, size, optimizer=self.name)
        grouped = np.zeros(size) if state.grouped is None else state.grouped
        after = replace(
            state,
            steps=state.steps + 1,
            mean=self.mu * mean + (1 - self.mu) * sampled.gradient,
            variance=self.mu * variance + (1 - self.mu) * sampled.variance,
            grouped=averaged(grouped, sampled.grouped, self.mu),
            circuits=sampled.circuits,
            latest=sampled.shots,
            total=state.total + sampled.shots,
        )
        fewest = self.min_shots if least is None else least
        shots = clipped(self._wanted(after, after.variance, lipschitz), fewest)
        return replace(after, shots=shots), point - self.stepsize * sampled.gradient

    def _wanted(self, state: Allocation, variance: Any, lipschitz: float) -> FloatArray:
        """Return the shots of each derivative by the rule, for one of the averaged variances."""
        correction = 1 - self.mu**state.steps
        return RULES[self.rule](
            np.asarray(state.mean) / correction,
            variance / correction,
            lipschitz=lipschitz,
            stepsize=self.stepsize,
            bias=self.b * self.mu ** (state.steps - 1),
        )

    def _advance(self, function: Function, args: Args, kwargs: Keywords, *, valued: bool) -> Step:
        circuit = self._circuit(function, args, kwargs)
        started(self.state.mean, circuit.arguments.size, optimizer=self.name)
        state, budget = self._allocated(circuit)
        if budget is None:
            state, sampled = self._spread_equally(state, circuit, valued=valued)
            least = None
        else:
            sampled = self._spread_by_noise(state, budget, valued=valued)
            least = self.min_shots * np.maximum(circuit.points.numbers, 1)
        lipschitz, vector = circuit.terms.lipschitz, circuit.arguments.vector
        state, point = self.update(state, vector, sampled, lipschitz=lipschitz, least=least)
        if sampled.error is not None:
            state = replace(state, gain=self._gain(state, circuit, sampled.error))
        self.state = state
        value = np.float64(sampled.value) if valued else None
        return circuit.arguments.returned(point), value

    def _allocated(self, circuit: AdaptiveCircuit) -> tuple[Allocation, BudgetShots | None]:
        """Choose the allocation of shots; return the circuit for a budgeted one, else None."""
        state = self.state
        if self.term_sampling is not None:
            return replace(state, used="terms", reason="terms are drawn one by one"), None
        if self.allocation is Allocations.GROUPS:
            return self._with_groups(state, ASKED_FOR, circuit), None
        if self.allocation is Allocations.BUDGET:
            return replace(state, used="budget", reason=ASKED_FOR), circuit.budgeted()
        if state.used == Allocations.GROUPS:
            return state, None
        try:
            budget = circuit.budgeted()
        except UnsupportedEstimate as error:
            return replace(state, used="groups", reason=str(error)), None
        if state.gain is None:
            gain = circuit.expected_gain(budget)
            used, reason = started_with(gain)
            state = replace(state, used=used.value, reason=reason, gain=gain)
            return state, budget if used is Allocations.BUDGET else None
        reason = f"by the measured variances, groups take {in_words(state.gain)}"
        if state.gain < 1:
            return self._with_groups(state, reason, circuit), None
        return replace(state, reason=reason), budget

    def _with_groups(self, state: Allocation, reason: str, circuit: AdaptiveCircuit) -> Allocation:
        """Use groups; after a budgeted step, with the variances that groups would have had."""
        state = replace(state, used="groups", reason=reason)
        if state.grouped is None:
            return state
        shots = self._wanted(state, state.grouped, circuit.terms.lipschitz)
        return replace(
            state,
            shots=clipped(shots, self.min_shots),
            variance=state.grouped,
            grouped=None,
            circuits=None,
        )

    def _gain(self, state: Allocation, circuit: AdaptiveCircuit, error: float) -> float:
        """Return the gain of the last step's budget over groups with the shots of the rule."""
        wanted = self._wanted(state, state.grouped, circuit.terms.lipschitz)
        return circuit.gain(
            error,
            shots=clipped(wanted, self.min_shots).astype(float),
            variance=np.asarray(state.grouped) / (1 - self.mu**state.steps),
        )

    def _spread_by_noise(self, state: Allocation, budget: BudgetShots, *, valued: bool) -> Sampled:
        """Spend shots by the budgeted allocation."""
        variance = None
        if state.variance is not None:
            variance = state.variance / (1 - self.mu**state.steps)
        return budget.sampled(
            state.shots,
            variance,
            least=self.min_shots,
            valued=valued,
            circuits=state.circuits,
        )

    def _spread_equally(
        self, state: Allocation, circuit: AdaptiveCircuit, *, valued: bool
    ) -> tuple[Allocation, Sampled]:
        """Measure every group, or drawn terms, with the shots of each derivative."""
        points, terms = circuit.points, circuit.terms
        least = np.full(circuit.arguments.size, self.min_shots)
        wanted = least if state.shots is None else state.shots
        shots = np.append(points.shots(wanted), wanted.max() if valued else 0).astype(np.int64)
        device, seed = circuit.device, circuit.objective.seed
        if self.term_sampling is None:
            return state, sampled_by_groups(points, terms, shots, device, seed)
        sizes = np.abs(terms.coefficients)
        if self.term_sampling.startswith("uniform"):
            sizes = np.ones(len(sizes))
        random = generator(state.random)
        sampled = sampled_by_terms(
            points,
            terms,
            shots,
            device,
            seed,
            probabilities=sizes / sizes.sum(),
            random=random,
        )
        return replace(state, random=state_of(random)), sampled

    def _circuit(
        self, function: Function, args: Sequence[Nested], kwargs: Mapping[str, Nested]
    ) -> AdaptiveCircuit:
        circuit = AdaptiveCircuit.of(function, args, kwargs, self.name)
        self._check_stepsize(circuit.terms.lipschitz)
        return circuit

    def check_learning_rate(self, coeffs: FloatArray) -> None:
        """Refuse a stepsize of at least 2 / L, where L is the sum of absolute coefficients.

        Parameters
        ----------
        coeffs : sequence of float
            Coefficients of the observable. A step checks those of its circuit by itself, without
            that of the identity.

        Raises
        ------
        InvalidOptimizerOption
        """
        numbers = finite_numbers(coeffs)
        if not numbers:
            raise InvalidOptimizerOption(
                optimizer=self.name,
                option="coeffs",
                value=described(coeffs),
                needed="a sequence of finite numbers, at least one",
            )
        self._check_stepsize(sum(map(abs, numbers)))

    def _check_stepsize(self, lipschitz: float) -> None:
        if self.stepsize >= 2 / max(lipschitz, np.finfo(float).tiny):
            raise InvalidOptimizerOption(
                optimizer=self.name,
                option="stepsize",
                value=self.stepsize,
                needed=f"below 2 / L = {2 / lipschitz:.6g}, where L is the sum of the "
                "absolute coefficients of the observable",
            )
