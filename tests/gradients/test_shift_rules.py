"""Shift rules against derivatives of trigonometric polynomials."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qgate.exceptions import (
    DifferentiationError,
    InvalidParameters,
    InvalidShiftRule,
    TooLarge,
)
from qgate.gradients.shift_rules import (
    eigvals_to_frequencies,
    frequencies_to_period,
    generate_multi_shift_rule,
    generate_shift_rule,
)

SQRT2 = math.sqrt(2)
LARGE, SMALL = (SQRT2 + 1) / (4 * SQRT2), (SQRT2 - 1) / (4 * SQRT2)

# Rules known from PennyLane: (frequencies, order, coefficients, shifts over pi).
KNOWN_RULES = [
    ((1,), 1, [1 / 2, -1 / 2], [1 / 2, -1 / 2]),
    ((2,), 1, [1, -1], [1 / 4, -1 / 4]),
    (
        (0.5, 1),
        1,
        [LARGE, -LARGE, -SMALL, SMALL],
        [1 / 2, -1 / 2, 3 / 2, -3 / 2],
    ),
    ((1,), 2, [-1 / 2, 1 / 2], [0, -1]),
    ((1, 2), 2, [-3 / 2, 1, 1, -1 / 2], [0, 1 / 2, -1 / 2, -1]),
]

# Sets without even spacing, also such for which multiples of pi / (2 R f_min) fail.
UNEVEN = [
    (1, 3),
    (1, 4),
    (1, SQRT2),
    (1, 2.5, 4),
    (0.2, 1, 5),
    (1, 2, 4),
    (1, 1.001),
    (0.7, 2.2, 1.5),
]

distinct_frequencies = st.lists(st.integers(1, 12), min_size=1, max_size=5, unique=True).map(
    lambda values: tuple(value / 2 for value in values)
)


def wave(frequency: float, x: float | np.ndarray, order: int = 0) -> complex | np.ndarray:
    """A derivative of exp(i frequency x)."""
    return (1j * frequency) ** order * np.exp(1j * frequency * np.asarray(x))


def polynomial(frequencies: tuple[float, ...], seed: int, x: float | np.ndarray, order: int = 0):
    """A derivative of a random real trigonometric polynomial, constant included."""
    amplitudes = np.random.default_rng(seed).normal(size=(len(frequencies) + 1, 2)) @ [1, 1j]
    spectrum = zip((0.0, *frequencies), amplitudes, strict=True)
    return sum((a * wave(w, x, order)).real for w, a in spectrum)


def error(rule: np.ndarray, frequencies: tuple[float, ...], order: int) -> float:
    """Largest relative failure of the rule on the waves of these frequencies and the constant."""
    applied = [rule[:, 0] @ wave(w, rule[:, 1]) for w in (0, *frequencies)]
    wanted = [wave(w, 0, order) for w in (0, *frequencies)]
    return float(np.max(np.abs(np.subtract(applied, wanted))) / max(frequencies) ** order)


def least_noise(frequencies: tuple[float, ...], order: int) -> float:
    """Least noise of exact rules with multiples of one angle, by least squares for each angle."""
    top, highest = 2 * len(frequencies) - order % 2, max(frequencies)
    signed = np.arange(-top, top + 1, 2)
    spectrum = [-w for w in frequencies] + [0, *frequencies]
    wanted = [wave(w, 0, order) for w in spectrum]
    noise = []
    for step in range(16 * math.ceil(highest / np.diff(sorted(frequencies), prepend=0).min())):
        shifts = (step + 1) * np.pi / (32 * highest) * signed
        waves = np.array([wave(w, shifts) for w in spectrum])
        coefficients, _, rank, _ = np.linalg.lstsq(waves, wanted, rcond=1e-4)
        noise.append(np.abs(coefficients).sum() if rank == len(signed) else math.inf)
    return min(noise)


class TestSingleRules:
    @pytest.mark.parametrize(("frequencies", "order", "coefficients", "shifts"), KNOWN_RULES)
    def test_rows_and_their_order_are_the_familiar_ones(
        self, frequencies, order, coefficients, shifts
    ):
        rule = generate_shift_rule(frequencies, order=order)

        np.testing.assert_allclose(rule[:, 0], coefficients, atol=1e-12)
        np.testing.assert_allclose(rule[:, 1], np.pi * np.array(shifts), atol=1e-12)

    @settings(deadline=None)
    @given(distinct_frequencies, st.integers(1, 4), st.floats(-3, 3), st.integers(0, 1000))
    def test_default_rules_differentiate_trigonometric_polynomials(
        self, frequencies, order, x, seed
    ):
        rule = generate_shift_rule(frequencies, order=order)

        derivative = rule[:, 0] @ polynomial(frequencies, seed, x + rule[:, 1])

        scale = max(frequencies) ** order
        expected = polynomial(frequencies, seed, x, order)
        assert derivative == pytest.approx(expected, rel=1e-10, abs=1e-10 * scale)

    @pytest.mark.parametrize("frequencies", UNEVEN)
    @pytest.mark.parametrize("order", [1, 2, 3])
    def test_uneven_frequencies_get_exact_and_stable_default_rules(self, frequencies, order):
        rule = generate_shift_rule(frequencies, order=order)

        bernstein_bound = max(frequencies) ** order
        assert error(rule, frequencies, order) < 1e-11
        assert np.sum(np.abs(rule[:, 0])) < 1.5 * bernstein_bound

    @settings(deadline=None, max_examples=50)
    @given(st.lists(st.floats(0.1, 8), min_size=1, max_size=6), st.integers(1, 4))
    def test_any_real_frequencies_get_exact_rules_of_little_noise(self, values, order):
        frequencies = tuple(sorted(values))
        assume(np.diff(frequencies, prepend=0).min() > 0.02)

        rule = generate_shift_rule(frequencies, order=order)

        assert error(rule, frequencies, order) < 1e-9
        assert np.sum(np.abs(rule[:, 0])) < 2 * max(frequencies) ** order

    @pytest.mark.parametrize("count", [1, 2, 3, 7, 20])
    @pytest.mark.parametrize("order", [1, 2, 3, 4])
    def test_even_spacing_costs_two_terms_a_frequency_and_meets_the_bernstein_bound(
        self, count, order
    ):
        frequencies = tuple(0.5 * np.arange(1, count + 1))

        rule = generate_shift_rule(frequencies, order=order)

        assert len(rule) == 2 * count
        assert np.sum(np.abs(rule[:, 0])) == pytest.approx((count / 2) ** order, rel=1e-9)

    @pytest.mark.parametrize("frequencies", [(1.7, 2.6), (0.9, 2.3, 3.5)])
    @pytest.mark.parametrize("order", [1, 2, 3])
    def test_uneven_frequencies_keep_equidistant_shifts_that_are_not_noisy(
        self, frequencies, order
    ):
        rule = generate_shift_rule(frequencies, order=order)

        count, odd = len(frequencies), order % 2
        multiples = np.arange(odd, 2 * count + 1, 2)
        expected = multiples * np.pi / (2 * count * min(frequencies))
        np.testing.assert_allclose(np.unique(np.abs(rule[:, 1]).round(9)), expected, atol=1e-8)

    @pytest.mark.parametrize(
        ("frequencies", "order"),
        [
            ((2.6, 3.8, 4.0), 1),
            ((2.5, 2.8, 3.7), 1),
            ((1.8, 2.2, 2.8), 3),  # two steps further, the noise is less
        ],
    )
    def test_noisy_equidistant_shifts_give_way_to_those_of_least_noise(self, frequencies, order):
        rule = generate_shift_rule(frequencies, order=order)

        noise = np.sum(np.abs(rule[:, 0]))
        assert noise == pytest.approx(least_noise(frequencies, order), rel=1e-9)

    @pytest.mark.parametrize("factor", [1e-6, 1e6])
    @pytest.mark.parametrize("frequencies", [(1, 2, 3), (1, 3), (1.7, 2.6)])
    def test_rescaled_frequencies_have_the_rescaled_rule(self, frequencies, factor):
        rescaled = generate_shift_rule([factor * frequency for frequency in frequencies])

        rule = generate_shift_rule(frequencies)
        np.testing.assert_allclose(rescaled, rule * [factor, 1 / factor], rtol=1e-6)

    @pytest.mark.parametrize("deviation", [3e-6, 5e-9])
    def test_an_approximate_period_reduces_no_shifts(self, deviation):
        frequencies = (1, 3 + deviation)

        rule = generate_shift_rule(frequencies, (1.0, 2.0), 3)

        assert error(rule, frequencies, 3) < 1e-11

    def test_the_highest_order_is_exact_and_the_next_is_refused(self):
        rule = generate_shift_rule((1,), order=64)

        assert error(rule, (1,), 64) < 1e-12
        with pytest.raises(InvalidShiftRule, match="65 is above 64"):
            generate_shift_rule((1,), order=65)

    @pytest.mark.parametrize("order", [1, 2, 3, 4])
    def test_uneven_spacing_costs_one_more_term_for_even_orders(self, order):
        rule = generate_shift_rule((1, 1.7, 4.1), order=order)

        assert len(rule) == 6 + (order % 2 == 0)

    @settings(deadline=None)
    @given(
        st.integers(1, 4),
        st.lists(st.floats(0.05, 0.95), min_size=4, max_size=4),
        st.integers(1, 3),
    )
    def test_given_shifts_make_exact_rules(self, count, places, order):
        # One shift in each cell of (0, pi): the sine system is then regular.
        frequencies = tuple(range(1, count + 1))
        shifts = tuple((np.arange(count) + places[:count]) * np.pi / count)
        distances = np.diff([0, *shifts, np.pi])
        assume(distances.min() >= 0.05)

        rule = generate_shift_rule(frequencies, shifts, order)

        size = np.sum(np.abs(rule[:, 0]))
        assert error(rule, frequencies, order) < 1e-12 * size * count**order

    def test_given_shifts_are_used_in_both_directions(self):
        rule = generate_shift_rule((1, 2), (1.2, 0.5))

        np.testing.assert_array_equal(rule[:, 1], [0.5, -0.5, 1.2, -1.2])

    def test_one_given_shift_has_the_two_term_coefficient(self):
        rule = generate_shift_rule((2,), (0.3,))

        np.testing.assert_allclose(rule, [[1 / np.sin(0.6), 0.3], [-1 / np.sin(0.6), -0.3]])

    def test_higher_orders_repeat_the_rule_of_the_given_shifts(self):
        rule = generate_shift_rule((1,), (0.3,), order=2)

        outer = 1 / (4 * np.sin(0.3) ** 2)
        np.testing.assert_allclose(rule, [[-2 * outer, 0], [outer, 0.6], [outer, -0.6]], atol=1e-12)

    def test_given_evenly_spaced_shifts_agree_with_the_closed_form(self):
        shifts = (2 * np.arange(1, 6) - 1) * np.pi / 10

        solved = generate_shift_rule((1, 2, 3, 4, 5), tuple(shifts))

        np.testing.assert_allclose(solved, generate_shift_rule((1, 2, 3, 4, 5)), atol=1e-12)

    @settings(deadline=None)
    @given(distinct_frequencies, st.integers(1, 3))
    def test_rows_are_sorted_by_absolute_shift_and_differ(self, frequencies, order):
        rule = generate_shift_rule(frequencies, order=order)

        sizes = np.abs(rule[:, 1])
        assert np.all(np.diff(sizes) > -1e-9)
        assert len(np.unique(np.round(rule[:, 1], 8))) == len(rule)
        assert np.all(rule[:, 0] != 0)

    @pytest.mark.parametrize("order", [2, 3, 4])
    def test_shifts_of_higher_orders_stay_within_half_a_period(self, order):
        rule = generate_shift_rule((2, 4), (0.7, 1.1), order)

        assert np.all(rule[:, 1] >= -np.pi / 2 - 1e-9)
        assert np.all(rule[:, 1] < np.pi / 2)

    def test_order_of_the_frequencies_is_of_no_matter(self):
        np.testing.assert_array_equal(
            generate_shift_rule((3, 1, 2)), generate_shift_rule((1, 2, 3))
        )

    def test_any_sequence_of_frequencies_will_do(self):
        np.testing.assert_array_equal(
            generate_shift_rule(np.array([1.0, 2.0])), generate_shift_rule([1, 2])
        )

    def test_changing_a_returned_rule_leaves_the_next_one_alone(self):
        generate_shift_rule((1,))[:] = 0

        assert generate_shift_rule((1,))[0, 0] == pytest.approx(0.5)


class TestErrors:
    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (((),), "positive"),
            (((0.0, 1.0),), "positive"),
            (((-1, 1),), "positive"),
            (((math.nan,),), "positive"),
            (((math.inf,),), "positive"),
            (((1, 1),), "unique"),
            (((1, 1 + 1e-12),), "unique"),
            (((1, 2), (0.1,)), "as many shifts as frequencies"),
            (((1, 2), (0.1,)), r"the shifts \[0\.1\] are not 2"),
            (((1, 2), (0.0, 1e-10)), "repeat a value"),
            ((("x",),), "positive numbers"),
            (((1,), (math.inf,)), "finite"),
            (((1, 2), (0.1, 0.1)), "repeat"),
            (((1, 2), (0.1, -0.1)), "repeat"),
            (((1,), (0.0,)), "singular"),
            (((1,), (math.pi,)), "singular"),
            (((1, 2), (0.1, 0.1 + 2 * math.pi)), "singular"),
            (((1, 2), (0.25, 0.25 + 2 * math.pi)), r"\[0\.25, 6\.53319\] is singular"),
            (((1, 1 + 1e-9),), "all but agree"),
            (((1,), None, 0), "order"),
            (((1,), None, 1.5), "order"),
        ],
    )
    def test_a_rule_that_cannot_be_made_says_why(self, arguments, words):
        with pytest.raises(InvalidShiftRule, match=words) as caught:
            generate_shift_rule(*arguments)

        assert isinstance(caught.value, ValueError)
        assert isinstance(caught.value, DifferentiationError)

    def test_the_message_names_the_frequencies(self):
        with pytest.raises(InvalidShiftRule, match=r"frequencies \[1.0, 1.0\]"):
            generate_shift_rule((1, 1))

    def test_the_error_survives_pickling(self):
        with pytest.raises(InvalidShiftRule) as caught:
            generate_shift_rule((1, 2), (0.1,))

        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)

    @pytest.mark.parametrize(
        "arguments", [([],), ([(1,)], [(0.1,), (0.2,)]), ([(1,), (1,)], None, [1])]
    )
    def test_a_mixed_rule_wants_arguments_for_the_same_parameters(self, arguments):
        with pytest.raises(InvalidShiftRule, match="same parameters"):
            generate_multi_shift_rule(*arguments)

    def test_other_numbers_than_frequencies_may_have_any_sign(self):
        with pytest.raises(InvalidShiftRule, match="real numbers"):
            eigvals_to_frequencies("x")

    @pytest.mark.parametrize("position", range(3))
    def test_arguments_of_a_mixed_rule_are_sequences(self, position):
        arguments = [[(1,)], [None], [1]]
        arguments[position] = 3

        with pytest.raises(InvalidParameters, match="generate_multi_shift_rule"):
            generate_multi_shift_rule(*arguments)

    def test_a_mixed_rule_of_too_many_terms_is_refused(self):
        with pytest.raises(TooLarge, match=r"This shift rule.*1,?002,?000.*fewer parameters"):
            generate_multi_shift_rule([range(1, 501), range(1, 502)])

    def test_a_spectrum_of_too_many_eigenvalues_is_refused(self):
        with pytest.raises(TooLarge, match=r"This spectrum.*4,?097.*write the gate as several"):
            eigvals_to_frequencies(range(4097))


class TestMixedRules:
    @settings(deadline=None)
    @given(
        st.lists(distinct_frequencies, min_size=1, max_size=2),
        st.lists(st.integers(1, 2), min_size=2, max_size=2),
        st.integers(0, 1000),
    )
    def test_mixed_derivatives_of_products_are_products_of_derivatives(
        self, frequencies, orders, seed
    ):
        points = np.array([0.3, -1.1])[: len(frequencies)]
        orders = orders[: len(frequencies)]

        rule = generate_multi_shift_rule(frequencies, orders=orders)

        values, expected = rule[:, 0], 1.0
        for index, (spectrum, x, order) in enumerate(zip(frequencies, points, orders, strict=True)):
            values = values * polynomial(spectrum, seed + index, x + rule[:, index + 1])
            expected *= polynomial(spectrum, seed + index, x, order)
        scale = np.sum(np.abs(values))
        assert np.sum(values) == pytest.approx(expected, abs=1e-11 * scale)

    def test_rows_run_through_the_last_parameter_first(self):
        rule = generate_multi_shift_rule([(1,), (1,)], [None, (math.pi / 4,)])

        quarter = math.pi / 4
        shifts = [[s, t] for s in (2 * quarter, -2 * quarter) for t in (quarter, -quarter)]
        np.testing.assert_allclose(rule[:, 0], np.array([1, -1, -1, 1]) / (2 * SQRT2))
        np.testing.assert_allclose(rule[:, 1:], shifts)

    def test_a_mixed_rule_may_have_fifty_thousand_terms(self):
        assert generate_multi_shift_rule([range(1, 114)] * 2).shape == (226**2, 3)

    def test_one_parameter_gives_the_single_rule(self):
        np.testing.assert_array_equal(
            generate_multi_shift_rule([(1, 2)], orders=[2]), generate_shift_rule((1, 2), order=2)
        )


class TestFrequencies:
    @pytest.mark.parametrize(
        ("eigvals", "expected"),
        [
            ((0.5, -0.5), (1,)),
            ((0, 1, 4), (1, 3, 4)),
            ((-0.5, 0, 0, 0.5), (0.5, 1)),
            ((1, 1, 2), (1,)),
            ((0, 0), ()),
            ((3,), ()),
            ((), ()),
            ((0.1, 0.2, 0.30000000000000004), (0.1, 0.2)),
        ],
    )
    def test_frequencies_are_the_positive_differences(self, eigvals, expected):
        assert eigvals_to_frequencies(eigvals) == pytest.approx(expected)

    @pytest.mark.parametrize("factor", [1e-8, 1e8])
    def test_rescaled_eigenvalues_have_rescaled_frequencies(self, factor):
        eigvals = factor * np.array([0.1, 0.2, 0.30000000000000004])

        expected = pytest.approx((0.1 * factor, 0.2 * factor), rel=1e-9)
        assert eigvals_to_frequencies(eigvals) == expected

    def test_equal_differences_of_the_smallest_numbers_are_one_frequency(self):
        assert eigvals_to_frequencies((0, 5e-324, 1e-323)) == (5e-324, 1e-323)

    def test_eigenvalues_may_be_an_array(self):
        assert eigvals_to_frequencies(np.array([0.5, -0.5])) == (1.0,)

    def test_frequencies_of_a_matrix_give_the_derivative_of_its_expectation_value(self):
        random = np.random.default_rng(7)
        generator = np.diag([-1.3, 0.2, 0.2, 1.9])
        state = random.normal(size=4) + 1j * random.normal(size=4)
        observable = random.normal(size=(4, 4))
        observable = observable + observable.T

        def value(x: float) -> float:
            evolved = np.exp(1j * x * np.diag(generator)) * state
            return float((evolved.conj() @ observable @ evolved).real)

        rule = generate_shift_rule(eigvals_to_frequencies(np.linalg.eigvalsh(generator)))

        commutator = 1j * (observable @ generator - generator @ observable)
        exact = float((state.conj() @ commutator @ state).real)
        assert sum(c * value(s) for c, s in rule) == pytest.approx(exact, rel=1e-10)

    @pytest.mark.parametrize(
        ("frequencies", "turns"),
        [
            ((1,), 1),
            ((2, 4), 0.5),
            ((0.5, 1), 2),
            ((0.3, 0.7), 10),
            ((1 / 3, 1), 3),
            ((0.1, 0.25), 20),
        ],
    )
    def test_period_is_a_full_turn_over_the_greatest_common_divisor(self, frequencies, turns):
        assert frequencies_to_period(frequencies) == pytest.approx(2 * math.pi * turns)

    @pytest.mark.parametrize(
        ("frequency", "decimals", "nearest"),
        [
            (1.000001, 5, 1),
            (1.00001, 5, 1.00001),
            (1 + 1 / 150_000, 5, 1.00001),
            (0.34, 1, 1 / 3),
        ],
    )
    def test_period_is_that_of_the_nearest_fraction(self, frequency, decimals, nearest):
        period = frequencies_to_period((frequency,), decimals)

        assert period == pytest.approx(2 * math.pi / nearest, rel=1e-12)
        if decimals == 5:
            assert frequencies_to_period((frequency,)) == period

    def test_no_frequency_means_no_period(self):
        assert frequencies_to_period(()) == math.inf

    @settings(deadline=None)
    @given(distinct_frequencies, st.integers(0, 1000))
    def test_functions_repeat_after_their_period(self, frequencies, seed):
        period = frequencies_to_period(frequencies)

        here, there = (polynomial(frequencies, seed, 0.4 + turn * period) for turn in (0, 1))

        assert here == pytest.approx(there, abs=1e-10)


@pytest.mark.parametrize("frequencies", [[1e11], [1e300], [5e-324], [5e-324, 3.0], [1e11, 2e11]])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_frequencies_whose_shifts_are_lost_in_rounding_are_refused(frequencies, order):
    with pytest.raises(InvalidShiftRule, match="Rescale the parameter"):
        generate_shift_rule(frequencies, order=order)


def test_rules_whose_coefficients_are_zero_in_float64_are_refused():
    with pytest.raises(InvalidShiftRule, match="beyond float64"):
        generate_shift_rule([1e-60], order=8)


def test_the_highest_frequencies_have_exact_rules():
    coefficients, shifts = generate_shift_rule([1e9]).T

    assert np.allclose(coefficients @ np.sin(1e9 * shifts), 1e9, rtol=1e-6)


def test_the_lowest_frequency_has_the_two_term_rule():
    rule = generate_shift_rule([1e-100])

    np.testing.assert_allclose(rule, np.outer([1, -1], [5e-101, np.pi / 2 * 1e100]), rtol=1e-12)
