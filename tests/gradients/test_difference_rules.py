"""Finite differences against polynomials, and their steps against a search for the best one."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qgate.exceptions import DifferentiationError, InvalidDifferenceRule
from qgate.gradients.difference_rules import finite_diff_coeffs, sensible_step

RULES = [
    (n, p, strategy)
    for strategy in ("forward", "backward", "center")
    for n in (1, 2, 3, 4)
    for p in (1, 2, 3, 4)
    if strategy != "center" or p % 2 == 0
]

# Rules known from PennyLane.
KNOWN_RULES = [
    (1, 1, "forward", [-1, 1], [0, 1]),
    (1, 2, "forward", [-3 / 2, 2, -1 / 2], [0, 1, 2]),
    (2, 1, "forward", [1, -2, 1], [0, 1, 2]),
    (1, 1, "backward", [1, -1], [0, -1]),
    (1, 2, "backward", [3 / 2, -2, 1 / 2], [0, -1, -2]),
    (1, 2, "center", [-1 / 2, 1 / 2], [-1, 1]),
    (2, 2, "center", [-2, 1, 1], [0, -1, 1]),
    (1, 4, "center", [-2 / 3, 2 / 3, 1 / 12, -1 / 12], [-1, 1, -2, 2]),
]


class TestCoefficients:
    @pytest.mark.parametrize(("n", "p", "strategy", "coefficients", "shifts"), KNOWN_RULES)
    def test_rows_and_their_order_are_the_familiar_ones(self, n, p, strategy, coefficients, shifts):
        rule = finite_diff_coeffs(n, p, strategy)

        np.testing.assert_array_equal(rule, [coefficients, shifts])

    @pytest.mark.parametrize(("n", "p", "strategy"), RULES)
    def test_moments_vanish_up_to_the_order_and_not_beyond(self, n, p, strategy):
        coefficients, shifts = finite_diff_coeffs(n, p, strategy)

        moments = [coefficients @ shifts**k for k in range(n + p + 1)]

        wanted = [0.0] * (n + p)
        wanted[n] = math.factorial(n)
        np.testing.assert_allclose(moments[:-1], wanted, atol=1e-9)
        assert abs(moments[-1]) > 0.5

    @settings(deadline=None)
    @given(st.sampled_from(RULES), st.integers(0, 1000), st.floats(-1, 1))
    def test_polynomials_of_lower_degree_are_differentiated_exactly(self, rule, seed, x):
        n, p, strategy = rule
        polynomial = np.polynomial.Polynomial(np.random.default_rng(seed).normal(size=n + p))
        coefficients, shifts = finite_diff_coeffs(n, p, strategy)
        h = 0.5

        values = polynomial(x + h * shifts)

        size = np.abs(coefficients) @ np.abs(values) / h**n
        expected = polynomial.deriv(n)(x)
        assert coefficients @ values / h**n == pytest.approx(expected, abs=1e-12 * (1 + size))

    @pytest.mark.parametrize(("n", "p", "strategy"), RULES)
    def test_number_of_points_is_the_documented_one(self, n, p, strategy):
        points = finite_diff_coeffs(n, p, strategy).shape[1]

        # An odd derivative by central difference does not need the point 0.
        assert points == n + p - (strategy == "center")

    @pytest.mark.parametrize(("n", "p"), [(1, 1), (2, 3), (3, 2)])
    def test_backward_mirrors_forward(self, n, p):
        coefficients, shifts = finite_diff_coeffs(n, p, "forward")

        mirrored = finite_diff_coeffs(n, p, "backward")

        np.testing.assert_array_equal(mirrored, [(-1) ** n * coefficients, -shifts])

    def test_changing_a_returned_rule_leaves_the_next_one_alone(self):
        finite_diff_coeffs(1, 1, "forward")[:] = 0

        assert finite_diff_coeffs(1, 1, "forward")[0, 1] == 1


class TestErrors:
    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ((0, 1, "forward"), "n=0 is not a positive integer"),
            ((1.5, 1, "forward"), "n=1.5 is not a positive integer"),
            ((1, 0, "forward"), "approx_order=0 is not a positive integer"),
            ((1, 1, "center"), "odd.*approx_order=2"),
            ((1, 1, "centre"), "Did you mean 'center'"),
            ((1, 1, "sideways"), "forward, backward, center"),
        ],
    )
    def test_a_rule_that_cannot_be_made_says_why(self, arguments, words):
        with pytest.raises(InvalidDifferenceRule, match=words) as caught:
            finite_diff_coeffs(*arguments)

        assert isinstance(caught.value, ValueError)
        assert isinstance(caught.value, DifferentiationError)

    def test_the_error_survives_pickling(self):
        with pytest.raises(InvalidDifferenceRule) as caught:
            finite_diff_coeffs(1, 1, "center")

        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)

    @pytest.mark.parametrize(
        ("shots", "frequency"), [(0, 1.0), (-5, 1.0), (100, 0.0), (100, math.nan)]
    )
    def test_a_step_wants_positive_shots_and_frequency(self, shots, frequency):
        with pytest.raises(InvalidDifferenceRule, match="no step"):
            sensible_step(shots, frequency=frequency)


def squared_error(steps: np.ndarray, shots: int, n: int, p: int, strategy: str) -> np.ndarray:
    """Exact mean squared error for exp(ix) = cos + i sin with one-shot variance 1."""
    coefficients, shifts = finite_diff_coeffs(n, p, strategy)
    variance = coefficients @ coefficients / (shots * steps ** (2 * n))
    estimates = np.exp(1j * np.outer(steps, shifts)) @ coefficients / steps**n
    return variance + np.abs(estimates - 1j**n) ** 2


def least_error(shots: int, n: int, p: int, strategy: str) -> float:
    """Least error among the steps with all points within half a period.

    Longer steps can make a wide rule exact for this one frequency, and for no other.
    """
    reach = np.abs(finite_diff_coeffs(n, p, strategy)[1]).max()
    steps = np.geomspace(1e-2, np.pi / reach, 2000)
    return float(squared_error(steps, shots, n, p, strategy).min())


class TestStep:
    def test_central_first_derivative_has_the_published_step(self):
        step = sensible_step(1000, approx_order=2, strategy="center")

        assert step == pytest.approx((9 / 1000) ** (1 / 6))

    @pytest.mark.parametrize(("n", "p", "strategy"), RULES)
    @pytest.mark.parametrize("shots", [1000, 100_000, 10_000_000])
    def test_error_is_within_a_tenth_of_the_best_that_a_search_finds(self, n, p, strategy, shots):
        step = sensible_step(shots, n, approx_order=p, strategy=strategy)

        best = least_error(shots, n, p, strategy)
        here = squared_error(np.array([step]), shots, n, p, strategy)[0]
        hopeless = best > 0.5  # so few shots that the estimate 0 is about as good
        assert hopeless or here < 1.1 * best

    def test_hardly_a_rule_is_hopeless_with_many_shots(self):
        errors = [least_error(10_000_000, *rule) for rule in RULES]

        assert np.mean(np.array(errors) < 0.5) > 0.9

    def test_sampled_derivatives_have_the_predicted_error(self):
        shots, x, repeats = 1000, 0.4, 4000
        step = sensible_step(shots, approx_order=2, strategy="center")
        coefficients, shifts = finite_diff_coeffs(1, 2, "center")
        means = np.cos(x + step * shifts)
        random = np.random.default_rng(11)

        samples = 2 * random.binomial(shots, (1 + means) / 2, (repeats, 2)) / shots - 1
        errors = samples @ coefficients / step + np.sin(x)

        bias = coefficients @ means / step + np.sin(x)
        variance = coefficients**2 @ (1 - means**2) / (shots * step**2)
        spread = np.sqrt(variance * (variance * 2 + 4 * bias**2) / repeats)
        assert abs(np.mean(errors**2) - variance - bias**2) < 5 * spread

    @given(st.floats(0.1, 20))
    def test_step_is_inverse_to_the_frequency(self, frequency):
        assert sensible_step(100, frequency=frequency) == pytest.approx(
            sensible_step(100) / frequency
        )

    @given(st.sampled_from(RULES), st.integers(1, 10**9))
    def test_more_shots_mean_a_smaller_step_and_exact_values_the_smallest(self, rule, shots):
        n, p, strategy = rule
        steps = [
            sensible_step(number, n, approx_order=p, strategy=strategy)
            for number in (shots, 2 * shots, None)
        ]

        assert 2.5 > steps[0] > steps[1] > steps[2]

    def test_exact_first_derivative_has_the_familiar_step(self):
        assert sensible_step(None) == pytest.approx(1e-7)

    @pytest.mark.parametrize(("n", "p", "strategy"), RULES)
    def test_exact_derivatives_of_a_sine_are_as_good_as_the_balance_promises(self, n, p, strategy):
        step = sensible_step(None, n, approx_order=p, strategy=strategy)
        coefficients, shifts = finite_diff_coeffs(n, p, strategy)

        points = 0.4 + step * shifts
        derivative = coefficients @ np.sin(points) / step**n

        noise = np.linalg.norm(coefficients) * math.sqrt(1e-28 / 8) / step**n
        truncation = abs(coefficients @ shifts ** (n + p)) / math.factorial(n + p) * step**p
        assert abs(derivative - np.sin(0.4 + n * np.pi / 2)) < 2 * (noise + truncation)
