"""Seconds and their price."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qgate.devices.qiskit.ibm.rates import RATES, Load, estimate_s, rate_of


@pytest.mark.parametrize(
    ("plan", "usd"),
    [("open", 0.0), ("Pay-as-you-go", 1.6), ("paygo", 1.6), ("flex", 1.2)],
)
def test_plans_are_known_in_their_spellings(plan, usd):
    assert rate_of(plan).per_second_usd == usd


def test_a_plan_nobody_told_the_price_of_has_none():
    assert rate_of("premium") is None
    assert rate_of("") is None


def test_every_rate_says_where_and_when_it_was_read():
    assert all(rate.source and rate.date for rate in RATES.values())


@given(st.integers(1, 10**6), st.integers(0, 1000), st.integers(1, 5))
def test_estimates_grow_with_what_is_run(executions, depth, more):
    low, high = estimate_s([Load(executions, depth)], rep_delay_s=250e-6)
    more_low, more_high = estimate_s([Load(executions, depth)] * more, rep_delay_s=250e-6)

    assert 0 < low < high
    assert low <= more_low
    assert high <= more_high
