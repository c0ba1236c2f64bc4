"""Phases of diagonals in numpy, against arithmetic with many digits."""

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose

from qgate.devices.local.diagonals import unit_phases

ROUNDED = [*np.random.default_rng(3).uniform(-1, 1, size=50), 0.0, 1.0, -1.0]


@pytest.mark.parametrize("scale", [1.0, 40.0, 9e4, 1e5, 1e8, 3.9e17, 1e100, 1.7e308])
def test_phases_are_exact_whatever_the_angle(scale):
    angles = scale * np.array(ROUNDED)

    found = unit_phases(angles)

    with mpmath.workdps(400):
        exact = [complex(mpmath.expj(mpmath.mpf(angle))) for angle in angles]
    assert_allclose(found, exact, atol=2e-15)
