"""Fourier coefficients from values on a grid."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qgate as qg
from qgate.exceptions import InvalidFourierGrid

EPS = 1e-12


def series(coefficients):
    """Return the function that has these coefficients, by its definition."""
    sizes = coefficients.shape

    def f(x):
        total = 0.0
        for index in itertools.product(*map(range, sizes)):
            signed = [
                n if n <= size // 2 else n - size for n, size in zip(index, sizes, strict=True)
            ]
            total = total + coefficients[index] * np.exp(1j * sum(map(np.multiply, signed, x)))
        return np.real(total)

    return f


def of_a_real_function(sizes, seed):
    """Return coefficients with c(-n) the conjugate of c(n)."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=sizes) + 1j * rng.normal(size=sizes)
    opposite = values[np.ix_(*[-np.arange(size) % size for size in sizes])]
    return (values + opposite.conj()) / 2


@given(
    degree=st.lists(st.integers(0, 2), min_size=1, max_size=3),
    seed=st.integers(0, 1000),
    batched=st.booleans(),
)
def test_the_coefficients_are_those_that_the_function_was_made_of(degree, seed, batched):
    wanted = of_a_real_function([2 * d + 1 for d in degree], seed)

    found = qg.fourier.coefficients(series(wanted), len(degree), degree, use_broadcasting=batched)

    np.testing.assert_allclose(found, wanted, atol=EPS)


def test_a_rotation_has_half_of_a_cosine_at_each_frequency():
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x[0], wires=0)
        return qg.expval(qg.Z(0))

    found = qg.fourier.coefficients(circuit, 1, 2)

    np.testing.assert_allclose(found, [0, 0.5, 0, 0, 0.5], atol=EPS)


@pytest.mark.parametrize("batched", [False, True])
def test_a_product_of_rotations_has_the_product_of_their_coefficients(batched):
    @qg.qnode("local")
    def circuit(weights, x):
        qg.RX(x[0] + weights, wires=0)
        qg.RY(x[1], wires=1)
        return qg.expval(qg.Z(0) @ qg.X(1))

    found = qg.fourier.coefficients(functools.partial(circuit, 0.3), 2, 1, use_broadcasting=batched)

    cosine = np.array([0, np.exp(0.3j), np.exp(-0.3j)]) / 2
    sine = np.array([0, -0.5j, 0.5j])
    np.testing.assert_allclose(found, np.outer(cosine, sine), atol=EPS)


def test_broadcasting_is_one_submission_of_all_points():
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x[0], wires=0)
        qg.RY(x[1], wires=0)
        return qg.expval(qg.Z(0))

    with qg.Tracker(circuit.device) as tracker:
        qg.fourier.coefficients(circuit, 2, (1, 2), use_broadcasting=True)

    assert (tracker.totals["submissions"], tracker.totals["executions"]) == (1, 15)


def test_the_filter_keeps_higher_frequencies_from_folding_back():
    def f(x):
        return np.cos(x[0]) + np.cos(3 * x[0])

    folded = qg.fourier.coefficients(f, 1, 1)
    filtered = qg.fourier.coefficients(f, 1, 1, lowpass_filter=True, filter_threshold=3)

    np.testing.assert_allclose(folded, [1, 0.5, 0.5], atol=EPS)
    np.testing.assert_allclose(filtered, [0, 0.5, 0.5], atol=EPS)


def test_the_filter_goes_to_twice_the_degree_by_default():
    points = []

    def f(x):
        points.append(x)
        return np.cos(2 * x[0]) * np.cos(x[1])

    found = qg.fourier.coefficients(f, 2, (1, 1), lowpass_filter=True)

    assert found.shape == (3, 3)
    assert len(points) == 25
    np.testing.assert_allclose(found, 0, atol=EPS)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((0, 1), "n_inputs=0"),
        ((1, -1), "degree=-1"),
        ((1, 0.5), "degree=0.5"),
        ((2, (1, 1, 1)), "for each of 2 inputs"),
        ((1, 2, True, 1), "filter_threshold=1 is below degree=2"),
    ],
)
def test_wrong_numbers_are_refused(arguments, says):
    with pytest.raises(InvalidFourierGrid, match=says):
        qg.fourier.coefficients(lambda x: 1.0, *arguments)


@pytest.mark.parametrize("batched", [False, True])
@pytest.mark.parametrize("value", [1j, np.zeros(4), "text", None])
def test_a_function_of_other_than_one_real_number_is_refused(value, batched):
    with pytest.raises(InvalidFourierGrid, match="Return one real number for each point"):
        qg.fourier.coefficients(lambda x: value, 1, 1, use_broadcasting=batched)
