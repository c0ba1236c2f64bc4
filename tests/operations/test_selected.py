"""Gates under conditions on wires that hold outcomes."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate.operations.selected import Selected, cubes


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.booleans(), min_size=2**n, max_size=2**n)))
@settings(max_examples=30, deadline=None)
def test_cubes_are_disjoint_and_cover_what_is_true(table):
    width = len(table).bit_length() - 1

    def has(cube, bits):
        return all(fixed in (None, bit) for fixed, bit in zip(cube, bits, strict=True))

    every = product((0, 1), repeat=width)
    assert [sum(has(cube, bits) for cube in cubes(table)) for bits in every] == table


def test_few_cubes_cover_a_simple_condition():
    assert cubes([False, True, True, True]) == [(0, 1), (1, None)]
    assert cubes([False, True] * 4) == [(None, None, 1)]


@pytest.mark.parametrize("base", [qg.RX(0.3, 2), qg.CNOT([2, 3]), qg.Rot(0.1, 0.2, 0.3, 2)])
def test_the_decomposition_applies_the_base_where_the_table_is_true(base):
    table = [False, True, True, False]
    gate = Selected(base, qg.Wires([0, 1]), table)
    order = gate.wires

    product_of_parts = np.eye(2 ** len(order))
    for part in gate.decomposition():
        product_of_parts = part.matrix(order) @ product_of_parts

    blocks = [base.matrix() if applied else np.eye(2 ** len(base.wires)) for applied in table]
    size = 2 ** len(base.wires)
    for place, block in enumerate(blocks):
        rows = slice(place * size, (place + 1) * size)
        np.testing.assert_allclose(product_of_parts[rows, rows], block, atol=1e-12)


def test_the_generator_and_frequencies_are_those_of_the_base():
    gate = Selected(qg.RX(0.3, 1), qg.Wires([0]), [False, True])

    np.testing.assert_allclose(
        gate.generator_matrix(), np.kron([[0, 0], [0, 1]], qg.X(0).matrix() / -2)
    )
    assert gate.parameter_frequencies == [(1.0,)]
    assert gate.adjoint() == Selected(qg.RX(-0.3, 1), qg.Wires([0]), [False, True])
