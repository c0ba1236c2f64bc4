"""Shots are rounded without bias, and never exceed what there is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from qgate.shot_allocation.allocation import filled_up, rounded

amounts = hnp.arrays(float, st.integers(1, 30), elements=st.floats(0, 50))


@given(amounts, st.integers(0, 2**31))
def test_rounded_shots_are_neighbours_and_do_not_exceed_the_total(wanted, seed):
    total = int(np.floor(wanted.sum()))

    counts = rounded(wanted, total, np.random.default_rng(seed))

    assert counts.sum() <= total
    assert (counts >= 0).all()
    assert (counts <= np.ceil(wanted) + 1e-9).all()


def test_rounded_shots_have_the_right_mean():
    wanted, random = np.array([0.2, 1.7, 0.05, 3.05]), np.random.default_rng(3)

    counts = np.mean([rounded(wanted, 5, random) for _ in range(20_000)], axis=0)

    np.testing.assert_allclose(counts, wanted, atol=5 * 0.5 / 20_000**0.5)


@given(amounts, st.integers(0, 2**31), st.floats(0.1, 500))
def test_filling_up_spends_what_there_is_and_evens_out(spreads, seed, shots):
    done = np.random.default_rng(seed).integers(0, 20, len(spreads)).astype(float)

    spreads = np.where(spreads < 1e-6, 0.0, spreads)
    added = filled_up(spreads, done, shots)

    if spreads.any():
        assert added.sum() == pytest.approx(shots)
    assert (added >= 0).all()
