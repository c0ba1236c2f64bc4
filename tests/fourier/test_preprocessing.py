"""Jacobians of classical functions, and the points at which they are compared."""

from __future__ import annotations

import numpy as np
import pytest

from qgate import numpy as qnp
from qgate.exceptions import NoSpectrum
from qgate.fourier.preprocessing import Check, classical_jacobian


def test_the_jacobian_has_the_shape_of_the_value_and_of_the_argument():
    matrix = np.arange(12.0).reshape(2, 2, 3)

    by_x, by_y = classical_jacobian(
        lambda x, y: qnp.tensordot(matrix, x, axes=1) * y, [np.ones(3), np.array(2.0)]
    )

    np.testing.assert_allclose(by_x, 2 * matrix)
    np.testing.assert_allclose(by_y, matrix.sum(axis=-1))


@pytest.mark.parametrize("value", [np.zeros((2, 3)), np.zeros(0), np.float64(1.0)])
def test_what_depends_on_nothing_has_the_jacobian_zero(value):
    (by_x,) = classical_jacobian(lambda x: value, [np.ones(4)])

    assert by_x.shape == (*value.shape, 4)
    assert not by_x.any()


def test_points_differ_where_the_mask_says_and_stay_elsewhere():
    mask, value = np.array([True, False]), np.array([0.1, 0.2])

    points = Check(num_pos=3, bounds=(5.0, 6.0)).points([mask], [value])

    assert len({point[0][0] for point in points}) == 3
    assert all(5 <= point[0][0] <= 6 and point[0][1] == 0.2 for point in points)


def test_an_unknown_option_of_the_test_is_refused():
    with pytest.raises(NoSpectrum, match=r"'tol'.*num_pos, seed, atol, rtol, bounds"):
        Check.of({"tol": 1e-3})
