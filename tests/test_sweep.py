"""Rows of a sweep: merged, cut, repeated."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qgate as qg
from qgate.operations.slots import Affine
from qgate.structure import Structure
from qgate.sweep import Sweep, merge_equal_rows

STRUCTURE = Structure([qg.Rot(*map(Affine.slot, range(3)), wires=0)], [qg.state()], 3, 0)
VALUES = st.sampled_from([0.0, -0.0, 0.5, np.pi, -1e-300])


@st.composite
def sweeps(draw):
    rows = draw(st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=8))
    shots = draw(
        st.none()
        | st.lists(st.sampled_from([10, 20]), min_size=len(rows), max_size=len(rows)).map(np.array)
    )
    return Sweep(STRUCTURE, np.array(rows), (), shots)


def keys(sweep):
    shots = [None] * len(sweep) if sweep.shots is None else sweep.shots.tolist()
    return list(zip(map(tuple, sweep.rows.tolist()), shots, strict=True))


@given(sweeps())
def test_merged_rows_are_distinct_and_in_order_of_first_appearance(sweep):
    exact = sweep.with_rows(sweep.rows, None)

    merged, index = merge_equal_rows(exact)

    assert keys(merged) == list(dict.fromkeys(keys(exact)))
    assert [keys(merged)[position] for position in index] == keys(exact)


def test_zeros_of_both_signs_are_one_row():
    merged, index = merge_equal_rows(Sweep(STRUCTURE, np.array([[0.0] * 3, [-0.0] * 3])))

    assert len(merged) == 1
    assert index.tolist() == [0, 0]


def test_rows_with_shots_are_samples_of_their_own():
    sweep = Sweep(STRUCTURE, np.zeros((3, 3)), (), np.array([10, 20, 10]))

    merged, index = merge_equal_rows(sweep)

    assert merged is sweep
    assert index.tolist() == [0, 1, 2]


def test_distinct_rows_are_left_as_they_are():
    sweep = Sweep(STRUCTURE, np.arange(6.0).reshape(2, 3))

    assert merge_equal_rows(sweep)[0] is sweep


def test_rows_without_angles_are_equal():
    merged, index = merge_equal_rows(Sweep(STRUCTURE, np.zeros((4, 0))))

    assert merged.rows.shape == (1, 0)
    assert index.tolist() == [0, 0, 0, 0]


@given(sweeps(), st.integers(1, 3))
def test_copies_of_a_row_are_next_to_each_other(sweep, times):
    assert keys(sweep.repeated(times)) == [key for key in keys(sweep) for _ in range(times)]


def test_the_structure_or_the_rows_can_be_replaced():
    sweep = Sweep(STRUCTURE, np.zeros((2, 3)), (np.eye(2),), np.array([5, 6]))
    other = STRUCTURE.with_measurements([qg.purity(0)])

    assert sweep.with_structure(other).structure is other
    assert sweep.with_structure(other).shots is sweep.shots
    assert sweep.with_rows(np.ones((1, 3)), None).arrays is sweep.arrays
    assert sweep.with_rows(np.ones((1, 3)), None).shots is None


def test_a_sweep_cannot_be_changed():
    with pytest.raises(AttributeError):
        Sweep(STRUCTURE, np.zeros((1, 3))).rows = np.ones((1, 3))
