"""Factors of blocks, against dense products."""

import numpy as np
from numpy.testing import assert_allclose

from qgate.devices.local.mixed.factors import entries_of, fixed, fused

RANDOM = np.random.default_rng(0)
ONE, OTHER = RANDOM.normal(size=(2, 4, 4))
PAIR = RANDOM.normal(size=(16, 16))


def test_factors_on_more_wires_are_products_with_the_identity():
    assert_allclose(fixed((3,), ONE).on((3, 1)).dense(), np.kron(ONE, np.eye(4)))
    assert_allclose(fixed((1,), ONE).on((3, 1)).dense(), np.kron(np.eye(4), ONE))


def test_factors_take_the_order_of_the_wires_of_a_block():
    product = np.kron(ONE, OTHER)

    assert_allclose(fixed((1, 3), product).on((3, 1)).dense(), np.kron(OTHER, ONE))


def test_neighbouring_fixed_factors_are_multiplied():
    moving = entries_of((1,), [(0, ONE), (5, OTHER)])
    found = fused([fixed((3,), ONE), fixed((3, 1), PAIR), moving, fixed((1,), OTHER)], (3, 1))

    assert [factor.is_fixed for factor in found] == [True, False, True]
    assert_allclose(found[0].dense(), PAIR @ np.kron(ONE, np.eye(4)))
