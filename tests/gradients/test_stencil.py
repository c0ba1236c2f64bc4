"""Weighted sums of values at shifted points, against polynomials whose derivatives are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qgate.gradients.stencil import Stencil, on_common_points
from qgate.sweep import distinct_rows

CENTRAL = np.array([[5.0, 0.1], [-5.0, -0.1]])
"""A first derivative, exact for polynomials of degree 2: rows (coefficient, shift)."""

FORWARD = np.array([[10.0, 0.1], [-10.0, 0.0]])


def first(size=2, rule=CENTRAL):
    return Stencil.from_rules([(slot, slot, rule) for slot in range(size)], size, size)


def values_at(function, stencil, x):
    return np.array([function(x + offset) for offset in stencil.offsets])


def quadratic(x):
    return 2.0 + 3 * x[0] - x[1] + 0.5 * x[0] ** 2 + 4 * x[0] * x[1] - 2 * x[1] ** 2


X = np.array([0.3, -0.7])
GRADIENT = [3 + X[0] + 4 * X[1], -1 + 4 * X[0] - 4 * X[1]]
HESSIAN = [[1, 4], [4, -4]]


def test_the_value_is_a_stencil_of_one_point():
    stencil = Stencil.value(3, 2)

    assert stencil.offsets.tolist() == [[0, 0, 0]]
    assert stencil.contract(np.array([7.0])) == pytest.approx(7.0)


def test_rules_make_a_gradient():
    stencil = first()

    found = stencil.contract(values_at(quadratic, stencil, X))

    np.testing.assert_allclose(found, GRADIENT, atol=1e-12)


def test_composed_rules_make_a_hessian():
    stencil = first().compose(first())

    found = stencil.contract(values_at(quadratic, stencil, X))

    np.testing.assert_allclose(found, HESSIAN, atol=1e-11)


def test_composition_with_the_value_changes_nothing():
    stencil = first().compose(Stencil.value(2, 2))

    found = stencil.contract(values_at(quadratic, stencil, X))

    np.testing.assert_allclose(found, GRADIENT, atol=1e-12)


def test_contributions_to_one_derivative_add_up():
    both = Stencil.from_rules([(0, 0, CENTRAL), (0, 1, CENTRAL)], 2, 1)

    found = both.contract(values_at(quadratic, both, X))

    assert found == pytest.approx([sum(GRADIENT)])


def test_values_keep_their_shape():
    stencil = first()
    values = values_at(lambda x: np.outer(x, [1.0, 2.0, 3.0]), stencil, X)

    found = stencil.contract(values)

    assert found.shape == (2, 2, 3)
    np.testing.assert_allclose(found[1], [[0, 0, 0], [1, 2, 3]], atol=1e-12)


def test_equal_points_are_one_point():
    stencil = first(3, FORWARD)

    assert len(stencil.offsets) == 1 + 3


def test_a_hessian_shares_its_mixed_points():
    stencil = first().compose(first())

    # four corners, and two outer points and the middle for each of the two angles
    assert len(stencil.offsets) == 4 + 2 * 2 + 1


def test_a_parameter_that_nothing_depends_on_has_derivative_zero():
    empty = Stencil.from_rules([(0, 0, np.zeros((0, 2)))], 1, 1)

    assert empty.contract(np.zeros((0, 3))).tolist() == [[0, 0, 0]]


def test_common_points_run_once():
    together = on_common_points([Stencil.value(2, 2), first(), first().power(2)])

    offsets = together[0].offsets
    values = np.array([quadratic(X + offset) for offset in offsets])
    value, gradient, hessian = (stencil.contract(values) for stencil in together)
    assert len(offsets) == 4 + 2 * 2 + 1 + 2 * 2
    assert value == pytest.approx(quadratic(X))
    np.testing.assert_allclose(gradient, GRADIENT, atol=1e-12)
    np.testing.assert_allclose(hessian, HESSIAN, atol=1e-11)


@given(st.lists(st.lists(st.sampled_from([0.0, -0.0, 0.5, 1.0]), min_size=2, max_size=2)))
def test_distinct_rows_give_back_all_rows(rows):
    array = np.array(rows, dtype=float).reshape(-1, 2)

    distinct, index = distinct_rows(array)

    assert len(distinct) == len({tuple(row) for row in array.tolist()})
    np.testing.assert_array_equal(distinct[index], array)


def test_distinct_rows_come_in_order_of_appearance():
    distinct, index = distinct_rows(np.array([[2.0], [1.0], [2.0], [0.0]]))

    assert distinct.ravel().tolist() == [2, 1, 0]
    assert index.tolist() == [0, 1, 0, 2]
