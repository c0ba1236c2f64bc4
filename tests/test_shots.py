"""Conversion of shots, and refused values."""

import pickle
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qgate.exceptions import InvalidShots, TooManyShots
from qgate.shots import Shots

COUNTS = st.integers(1, 10**6)


def test_none_means_exact():
    shots = Shots.of(None)

    assert not shots
    assert shots.total_shots is None
    assert list(shots) == []
    assert not shots.has_partitioned_shots


@pytest.mark.parametrize("count", [7, np.int64(7)])
def test_a_number_is_one_part_and_no_shot_vector(count):
    shots = Shots.of(count)

    assert shots
    assert shots == Shots((7,))
    assert type(shots.total_shots) is int
    assert not shots.has_partitioned_shots


def test_a_sequence_of_one_number_is_no_shot_vector():
    assert Shots.of([7]) == Shots.of(7)


@given(st.lists(COUNTS, min_size=2, max_size=8))
def test_a_shot_vector_keeps_its_parts_in_order(parts):
    shots = Shots.of(parts)

    assert list(shots) == parts
    assert shots.total_shots == sum(parts)
    assert shots.has_partitioned_shots


@given(st.lists(st.tuples(COUNTS, st.integers(1, 4)), min_size=1, max_size=5))
def test_pairs_are_copies_and_can_be_read_back(pairs):
    shots = Shots.of(pairs)

    assert list(shots) == [count for count, copies in pairs for _ in range(copies)]
    assert list(Shots.of(shots.shot_vector)) == list(shots)


def test_equal_neighbours_come_together_in_the_shot_vector():
    assert Shots.of([5, 5, 3, 5]).shot_vector == ((5, 2), (3, 1), (5, 1))


def test_shots_are_values():
    shots = Shots.of((10, (20, 2)))

    assert Shots.of(shots) is shots
    assert shots == Shots.of([10, 20, 20])
    assert hash(shots) == hash(Shots.of([10, 20, 20]))
    assert pickle.loads(pickle.dumps(shots)) == shots
    assert repr(shots) == "Shots(total=50, shot_vector=((10, 1), (20, 2)))"


@pytest.mark.parametrize(
    "shots",
    [0, -1, 2.5, 10.0, True, "100", [], (), [0], [10, -1], [(10, 0)], [(0, 2)], [(1, 2, 3)], ["9"]],
    ids=repr,
)
def test_what_cannot_be_run_is_refused_and_named(shots):
    with pytest.raises(InvalidShots, match="positive integer") as refusal:
        Shots.of(shots)

    assert refusal.value.shots is shots


@pytest.mark.parametrize(
    "shots",
    [2**63, 2**53 + 1, 10**5000, [(1, 10**9)], [(2, 10**30), 5], [1] * 100_001],
    ids=["beyond int64", "beyond double", "long", "copies", "more copies", "parts"],
)
def test_more_shots_than_can_be_stored_are_refused_before_they_are(shots):
    tracemalloc.start()

    with pytest.raises(TooManyShots, match="Ask for fewer, or for several calls"):
        Shots.of(shots)

    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2**26


def test_the_largest_numbers_of_shots_are_allowed():
    assert Shots.of(2**53).total_shots == 2**53
    assert len(Shots.of([(3, 100_000)]).parts) == 100_000


@pytest.mark.parametrize("given", [None, 10, [10, 20], [(10, 2)], ((10, 2), 5)])
def test_shots_are_made_by_their_class_as_in_pennylane(given):
    assert Shots(given) == Shots.of(given)
