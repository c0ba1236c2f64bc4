"""Any planned and spent shots stay within the budget, and every Pauli word has a chance."""

import contextlib

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qgate.exceptions import BudgetTooSmall
from qgate.outcomes import Outcomes
from qgate.shot_allocation.allocation import ShotLimits
from qgate.shot_allocation.design import plan
from qgate.shot_allocation.grouping import qubit_wise
from qgate.shot_allocation.linear_estimand import LinearEstimand
from qgate.shot_allocation.parity import Representatives
from qgate.shot_allocation.rounds import measure_in_rounds
from qgate.shot_allocation.samples import BasisSamples
from qgate.wires import Wires

WIRES = Wires(range(3))
budgets = st.one_of(st.integers(1, 60), st.integers(1, 10**6))


@st.composite
def problems(draw):
    """Draw a problem of a few words in up to 8 bases, measured at a few rows with any weights.

    Some words are not needed at some rows; some have the weight 0.
    """
    random = np.random.default_rng(draw(st.integers(0, 2**31)))
    letters = random.integers(0, 4, (draw(st.integers(1, 20)), 3))
    letters = np.unique(letters[letters.any(axis=1)], axis=0)
    assume(len(letters))
    x, z = (letters == 1) | (letters == 2), letters >= 2
    rows, parts = draw(st.integers(1, 6)), draw(st.integers(1, 8))
    sizes = 10.0 ** random.uniform(-draw(st.integers(0, 6)), 0, (parts, len(letters)))
    vectors = sizes * (random.random(sizes.shape) < draw(st.sampled_from([0.2, 0.6, 1.0])))
    outputs = draw(st.integers(1, 3))
    problem = LinearEstimand(
        rows,
        random.integers(0, rows, parts),
        vectors,
        random.normal(size=(outputs, parts)),
        np.zeros(outputs),
        np.ones(outputs),
    )
    assume(problem.needed.any())
    bases = qubit_wise(Representatives.themselves(x, z), problem.strengths, WIRES)
    return problem, bases


@st.composite
def limits(draw):
    """Draw a device's limits: minimum and maximum shots, or equal shots in sets."""
    least = draw(st.sampled_from([1, 1, 2, 10, 100]))
    if draw(st.booleans()):
        return ShotLimits(least)
    size = draw(st.sampled_from([1, 3, 10**9]))
    return ShotLimits(least, set_size=size, least_set=draw(st.sampled_from([1, 1, 30])))


class Readings:
    """Returns random bits, and records how often each circuit ran in each round."""

    def __init__(self, bases, seed):
        self.bases, self.random, self.rounds = bases, np.random.default_rng(seed), []

    def __call__(self, counts):
        self.rounds.append(counts)
        return [
            self._table(basis, counts[:, index]) for index, basis in enumerate(self.bases.members)
        ]

    def _table(self, basis, counts):
        rows = np.flatnonzero(counts)
        read = [
            Outcomes.from_readings(self.random.integers(0, 8, int(counts[row])), 3) for row in rows
        ]
        return BasisSamples.of(basis, len(counts), rows, read)


@given(problems(), budgets, limits())
@settings(max_examples=300)
def test_every_needed_word_has_a_chance_and_the_plan_is_within_the_budget(case, shots, limit):
    problem, bases = case
    assume(shots >= limit.fewest(1))

    design = plan(problem, bases, shots, limit)

    runs = (design.planned > 0) & (design.chances > 0)
    assert (runs @ bases.readable)[problem.needed].all()
    assert design.planned.sum() <= shots * (1 + 1e-9)
    assert (design.planned[design.certain] >= limit.smallest * (1 - 1e-9)).all()
    drawn = (design.planned > 0) & ~design.certain
    np.testing.assert_allclose(
        design.planned[drawn], design.chances[drawn] * limit.smallest, rtol=1e-9
    )


@given(problems(), budgets, limits(), st.sampled_from([None, 1, 2, 3]), st.integers(0, 2**31))
@settings(max_examples=200)
def test_no_round_spends_more_than_there_is(case, shots, limit, rounds, seed):
    problem, bases = case
    shots = min(shots, 20_000)
    assume(shots >= limit.fewest(1))
    design, readings = plan(problem, bases, shots, limit), Readings(bases, seed)

    measured = None
    with contextlib.suppress(BudgetTooSmall):
        measured = measure_in_rounds(
            problem,
            bases,
            design,
            readings,
            np.random.default_rng(seed),
            shots=shots,
            rounds=rounds,
            limits=limit,
        )

    assert sum(int(counts.sum()) for counts in readings.rounds) <= shots
    assert len(readings.rounds) <= 3
    for counts in readings.rounds:
        assert (counts[counts > 0] >= limit.least).all()
        if limit.set_size is not None:
            sets = -(-int((counts > 0).sum()) // limit.set_size)
            assert len(set(counts[counts > 0].tolist())) <= sets
            assert not counts.any() or counts.sum() >= limit.least_set
    if measured is None:
        assert not readings.rounds
        return
    assert measured.samples.shots.sum() == sum(counts.sum() for counts in readings.rounds)
    assert np.isfinite(measured.estimated.outputs).all()
    assert np.isfinite(measured.estimated.covariance).all()


@given(problems(), st.integers(1, 40), st.integers(0, 2**31))
@settings(max_examples=15)
def test_circuits_run_as_often_as_was_planned(case, shots, seed):
    """In one round the mean of the shots is the plan, which makes the estimate unbiased."""
    problem, bases = case
    design, random = plan(problem, bases, shots, ShotLimits()), np.random.default_rng(seed)
    readings = Readings(bases, seed)

    runs = 200
    for _ in range(runs):
        measure_in_rounds(problem, bases, design, readings, random, shots=shots, rounds=1)

    total = np.sum(readings.rounds, axis=0) / runs
    deviation = np.abs(total - design.planned)
    assert (deviation <= 5 * 0.5 / runs**0.5 + 1e-9).all()


@given(problems(), st.integers(2, 100))
@settings(max_examples=30)
def test_a_budget_below_the_least_shots_is_refused(case, least):
    problem, bases = case

    with pytest.raises(BudgetTooSmall, match=f"{least} shots"):
        plan(problem, bases, least - 1, ShotLimits(least=least))
