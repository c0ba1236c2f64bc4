"""Values of outcomes as tables and as observables."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters, TooLarge
from qgate.operations.outcome_words import free_uids, observable_of, table_of

VALUES = {
    "sum": lambda a, b, c: a + 2 * b - c / 4 + 1,
    "logic": lambda a, b, c: (a & b) | ~c,
    "product": lambda a, b, c: 3 * a * b * (c - 0.5),
    "comparison": lambda a, b, c: (a + b + c >= 2) * 5,
}


@pytest.mark.parametrize("name", VALUES)
def test_the_observable_has_the_values_as_eigenvalues(name):
    outcomes = [qg.measure(wire) for wire in "abc"]
    value = VALUES[name](*outcomes)
    wires = {item.meas_uid: item.wires[0] for item in value.measurements}

    matrix = observable_of(value.node, wires).matrix(wire_order=list("abc"))

    expected = [float(VALUES[name](*bits)) for bits in product(np.array([0, 1]), repeat=3)]
    if name != "logic":
        np.testing.assert_allclose(matrix, np.diag(expected), atol=1e-12)
    np.testing.assert_allclose(np.diag(matrix), table_of(value.node), atol=1e-12)


def test_known_outcomes_are_left_out():
    first, second = qg.measure(0), qg.measure(1)
    value = 2 * first + second
    fixed = ((first.measurements[0].meas_uid, 1),)

    assert free_uids(value.node, fixed) == [second.measurements[0].meas_uid]
    assert table_of(value.node, fixed) == (2, 3)


def test_a_sum_of_many_outcomes_has_one_word_for_each():
    outcomes = [qg.measure(wire) for wire in range(40)]
    total = sum(outcomes)

    wires = {item.meas_uid: item.wires[0] for item in total.measurements}
    observable = observable_of(total.node, wires)

    assert observable.num_terms == 41


def test_a_division_by_zero_and_too_many_outcomes_are_refused():
    with pytest.raises(InvalidParameters, match="division by 0"):
        table_of((1 / qg.measure(0)).node)
    with pytest.raises(TooLarge, match="20 outcomes"):
        table_of((sum(qg.measure(wire) for wire in range(20)) > 3).node)
