"""Fourier series from values at a few points."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import qgate as qg
from qgate.exceptions import InvalidReconstruction
from qgate.fourier.series import Interpolation, Series, positive


def wave(frequencies, seed):
    """Return a random function with these frequencies and its derivative."""
    rng = np.random.default_rng(seed)
    sizes, phases = rng.normal(size=(2, len(frequencies)))
    w = np.asarray(frequencies)
    return (
        lambda x: 0.3 + np.sum(sizes * np.cos(w * x + phases)),
        lambda x: -np.sum(w * sizes * np.sin(w * x + phases)),
    )


@given(count=st.integers(0, 8), seed=st.integers(0, 100), x=st.floats(-10, 10))
def test_evenly_spaced_points_give_a_series_of_whole_frequencies(count, seed, x):
    f, _ = wave(range(1, count + 1), seed)
    interpolation = Interpolation.equidistant(count)

    series = interpolation.series(np.array([f(0.7 + s) for s in interpolation.shifts]), 0.7)

    assert series(x) == pytest.approx(f(x), abs=1e-10)


@given(
    frequencies=st.lists(st.floats(0.05, 6), min_size=1, max_size=5),
    seed=st.integers(0, 100),
    x=st.floats(-3, 3),
)
def test_default_points_give_a_series_of_any_frequencies(frequencies, seed, x):
    gaps = np.diff(np.sort(frequencies), prepend=0.0)
    assume(gaps.min() > 0.05)
    f, slope = wave(frequencies, seed)
    interpolation = Interpolation.of_spectrum(frequencies)

    series = interpolation.series(np.array([f(-0.4 + s) for s in interpolation.shifts]), -0.4)

    assert series(x) == pytest.approx(f(x), abs=1e-8)
    assert qg.grad(series, 0)(x) == pytest.approx(slope(x), abs=1e-7)


def test_close_frequencies_have_default_points_that_tell_them_apart():
    f, _ = wave([1.0, 1.001, 5.0], seed=3)

    interpolation = Interpolation.of_spectrum([1.0, 1.001, 5.0])

    series = interpolation.series(np.array([f(s) for s in interpolation.shifts]), 0.0)
    assert series(2.0) == pytest.approx(f(2.0), abs=1e-8)
    assert np.abs(interpolation.matrix).max() < 1e3


def test_zero_negative_and_repeated_frequencies_are_left_out():
    assert positive([-2.0, -1.0, 0.0, 1.0, 2.0]).tolist() == [1.0, 2.0]
    assert positive([0.3, 0.1 + 0.2]).tolist() == [0.3]
    assert positive([]).tolist() == []


def test_arrays_of_points_and_of_values_keep_their_shapes():
    series = Series(np.array([1.0, 2.0]), np.arange(20.0).reshape(5, 4), 0.1)

    values = series(np.linspace(0, 1, 6).reshape(2, 3))

    assert series(0.3).shape == (4,)
    assert values.shape == (2, 3, 4)
    np.testing.assert_allclose(values[1, 0], series(0.6))


def test_given_points_are_used_as_they_are():
    f, _ = wave([1.0, 2.5], seed=1)
    shifts = [-1.3, -0.2, 0.4, 1.1, 2.7]

    series = Interpolation.of_spectrum([1, 2.5], shifts).series(np.array(list(map(f, shifts))), 0.0)

    assert series(5.0) == pytest.approx(f(5.0), abs=1e-9)


def test_points_that_are_close_to_each_other_bring_a_warning():
    with pytest.warns(UserWarning, match="condition number of the Fourier system is very large"):
        Interpolation.of_spectrum([1, 2], [0.0, 1e-3, 2e-3, 3e-3, 4e-3])


@pytest.mark.parametrize(
    ("spectrum", "shifts", "says"),
    [
        ([1], [0.0, 1.0, 1.0], "do not determine a series"),
        ([1], [0.0, 1.0, 2 * np.pi], "do not determine a series"),
        ([0, 1], [0.0, 1.0], r"2 shifts.*Give 2R \+ 1 = 3 finite shifts"),
        ([1], [0.0, 1.0, np.nan], "Give 2R"),
        ([1, np.inf], None, "other than finite numbers"),
    ],
)
def test_points_that_do_not_tell_the_series_are_refused(spectrum, shifts, says):
    with pytest.raises(InvalidReconstruction, match=says):
        Interpolation.of_spectrum(spectrum, shifts)
