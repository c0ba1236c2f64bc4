"""Shots are rounded without bias, fit into sets of circuits, and never exceed what there is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from qgate.devices.batching import pack
from qgate.devices.capabilities import Capabilities
from qgate.measurements import counts as counts_of
from qgate.operations import RX
from qgate.shot_allocation.allocation import ShotLimits, filled_up, in_sets, rounded
from qgate.tape import Tape

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


limits = st.builds(
    ShotLimits,
    least=st.integers(1, 12),
    set_size=st.integers(1, 9),
    least_set=st.integers(1, 60),
)
wishes = hnp.arrays(float, st.integers(1, 40), elements=st.just(0.0) | st.floats(0.01, 50))


@given(wishes, limits, st.integers(1, 3000))
def test_the_total_is_kept_wherever_the_device_lets_it_be(wanted, limits, total):
    fewest = limits.fewest(int((wanted > 0).sum()))

    counts = in_sets(wanted, total, limits)

    assert counts.sum() <= max(total, fewest)
    assert ((counts > 0) == (wanted > 0)).all()


@given(wishes, limits, st.integers(1, 3000))
def test_the_packer_takes_what_sets_were_made_for(wanted, limits, total):
    running = in_sets(wanted, total, limits)
    running = running[running > 0].tolist()
    capabilities = Capabilities(
        min_shots=limits.least,
        max_rows=limits.set_size,
        min_total_shots=limits.least_set,
        equal_shots=True,
    )
    if not running:
        return
    sweep = Tape([RX(0.1, 0)], [counts_of(wires=0)], shots=tuple(running)).sweep()

    batches = pack([sweep], capabilities, device="a device")

    assert sum(batch.shots for batch in batches) == sum(running)
    assert len(batches) <= -(-len(running) // limits.set_size)


@given(hnp.arrays(float, st.integers(10, 200), elements=st.floats(1, 50)), st.integers(1, 9))
def test_what_rounding_leaves_over_is_less_than_a_set(wanted, size):
    total = int(np.ceil(wanted.sum()))

    counts = in_sets(wanted, total, ShotLimits(set_size=size))

    assert total - size < counts.sum() <= total


def test_circuits_that_should_have_more_shots_have_no_fewer():
    wanted = np.random.default_rng(3).uniform(1, 50, 35)

    counts = in_sets(wanted, 800, ShotLimits(set_size=10))

    assert (np.diff(counts[np.argsort(wanted)]) >= 0).all()
    assert len(set(counts.tolist())) == 4


def test_a_small_set_has_the_fewest_shots_of_a_submission():
    counts = in_sets(np.ones(143), 400, ShotLimits(set_size=100, least_set=100))

    assert counts.sum() <= 400
    assert sorted(set(counts.tolist())) == pytest.approx([2, 3])
