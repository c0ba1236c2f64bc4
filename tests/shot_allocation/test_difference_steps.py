"""Steps of differences: of least error for known curvature, and no worse for unknown curvature."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from qgate.gradients.difference_rules import finite_diff_coeffs
from qgate.shot_allocation.difference_steps import Rule, balanced_steps, believed_curvatures

FAR = np.full(3, 1e9)
SPREADS, CURVATURES = np.array([1.0, 0.3, 2.0]), np.array([0.7, 2.0, 0.1])
WEIGHTS = np.array([1.0, 4.0, 0.5])


def rule(approx_order, strategy):
    coefficients, shifts = finite_diff_coeffs(1, approx_order, strategy)
    return Rule(coefficients, shifts, 1, approx_order)


def error(steps, of, shots):
    noise = (np.sqrt(WEIGHTS) * SPREADS * of.size / steps).sum() ** 2 / shots
    return noise + (WEIGHTS * of.bias(steps, CURVATURES) ** 2).sum()


def test_one_line_has_the_step_of_the_known_formula():
    shots, spread, curvature = 5000, 0.6, 1.7

    (found,) = balanced_steps(
        rule(2, "center"),
        np.array([spread]),
        np.array([curvature]),
        np.ones(1),
        FAR[:1],
        shots,
    )

    assert found**6 == pytest.approx(9 * spread**2 / (shots / 2 * curvature**2))


@pytest.mark.parametrize(("p", "strategy"), [(2, "center"), (1, "forward"), (4, "center")])
def test_no_other_steps_have_a_smaller_error(p, strategy):
    of, shots = rule(p, strategy), 1000

    found = balanced_steps(of, SPREADS, CURVATURES, WEIGHTS, FAR, shots)

    best = minimize(
        lambda logs: error(np.exp(logs), of, shots), np.zeros(3), options={"gtol": 1e-12}
    )
    np.testing.assert_allclose(found, np.exp(best.x), rtol=1e-3)
    assert error(found, of, shots) <= best.fun * (1 + 1e-9)


def test_the_bias_is_the_first_term_that_is_left_out():
    of, step = rule(2, "center"), 0.01
    difference = (math.sin(0.3 + step) - math.sin(0.3 - step)) / (2 * step)

    (found,) = of.bias(np.array([step]), np.array([math.cos(0.3)]))

    assert found == pytest.approx(abs(difference - math.cos(0.3)), rel=1e-4)


def test_a_line_that_does_not_turn_has_the_longest_step():
    found = balanced_steps(
        rule(2, "center"), SPREADS, np.array([1.0, 0.0, 1.0]), WEIGHTS, np.full(3, 1.5), 10**6
    )

    assert found[1] == 1.5
    assert (found[[0, 2]] < 1.5).all()


positive = st.floats(1e-3, 1e3)


@given(positive, positive, st.integers(1, 20))
def test_a_reading_that_is_all_noise_leaves_what_the_words_suggest(scale, reading, lines):
    suggested = np.full(lines, scale)

    found = believed_curvatures(suggested, np.full(lines, reading), np.full(lines, 1e12))

    np.testing.assert_allclose(found, suggested, rtol=1e-2)


@given(positive, positive, st.integers(1, 20))
def test_a_reading_without_noise_is_believed(scale, reading, lines):
    found = believed_curvatures(
        np.full(lines, scale), np.full(lines, reading**2), np.full(lines, 1e-12)
    )

    np.testing.assert_allclose(found, reading, rtol=1e-2)


def test_believed_curvatures_have_the_right_mean_square():
    """With curvatures from the prior, the estimated errors are right on average."""
    random, suggested, noise = np.random.default_rng(1), np.full(200_000, 2.0), 3.0
    true = random.normal(0, 2.0, len(suggested))
    read = true + random.normal(0, math.sqrt(noise), len(true))

    found = believed_curvatures(suggested, read**2, np.full(len(true), noise))

    large = np.abs(read) > 3
    for chosen in (large, ~large):
        assert (found[chosen] ** 2).mean() == pytest.approx((true[chosen] ** 2).mean(), rel=0.02)
