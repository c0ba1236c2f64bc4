"""Values computed from the outcomes of mid-circuit measurements."""

from __future__ import annotations

import operator
import pickle
from itertools import product

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters, UnknownOutcome
from qgate.operations import MeasurementValue

ARITHMETIC = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.eq,
    operator.ne,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
]


@pytest.mark.parametrize("function", ARITHMETIC)
@pytest.mark.parametrize("other", [2, 0.5, np.float64(0.5), np.int64(1), np.array(3)])
def test_arithmetic_with_numbers_is_that_of_each_outcome(function, other):
    outcome = qg.measure(0)

    assert function(outcome, other).branches == {
        (0,): function(0, other),
        (1,): function(1, other),
    }
    assert function(other, outcome).branches == {
        (0,): function(other, 0),
        (1,): function(other, 1),
    }


@pytest.mark.parametrize("function", ARITHMETIC)
def test_arithmetic_of_values_is_that_of_each_combination(function):
    first, second = qg.measure(0), qg.measure(1)

    value = function(3 * first, second + 1)

    assert value.branches == {(a, b): function(3 * a, b + 1) for a, b in product((0, 1), repeat=2)}


def test_logic_division_and_remainder_of_outcomes():
    a, b, c = (qg.measure(wire) for wire in range(3))

    value = ((a & ~b) | (b ^ c)) * 4 + (a + b + c) % 2 + 1 / (c + 1) + 1 % (b + 1) - a / 2

    for x, y, z in product((0, 1), repeat=3):
        expected = ((x and not y) or (y != z)) * 4 + (x + y + z) % 2 + 1 / (z + 1)
        assert value.processing_fn(x, y, z) == expected + 1 % (y + 1) - x / 2


def test_arrays_of_outcomes_take_numpys_arithmetic():
    outcomes = [qg.measure(wire) for wire in range(4)]

    value = (1 - np.prod(outcomes)) * ((2 ** np.arange(4)) @ outcomes > 3)

    for bits in product((0, 1), repeat=4):
        number = sum(2**place * bit for place, bit in enumerate(bits))
        assert value.processing_fn(*bits) == (1 - min(bits)) * (number > 3)


def test_a_function_of_outcomes_is_tabulated():
    first, second = qg.measure(0), qg.measure(1)
    both = (first + second).measurements

    value = MeasurementValue(both, lambda a, b: 2 * a - b)

    assert list(value.items()) == [((0, 0), 0), ((0, 1), -1), ((1, 0), 2), ((1, 1), 1)]
    assert [value[place] for place in range(4)] == [0, -1, 2, 1]
    assert (value + 1).concretize({both[0]: 1, both[1]: 0}) == 3
    assert value.wires == qg.Wires([0, 1])


def test_postselected_outcomes_have_one_value():
    first, second = qg.measure(0, postselect=1), qg.measure(1)

    assert list((2 * first + second).postselected_items()) == [((0,), 2), ((1,), 3)]


def test_a_long_sum_is_no_deep_tree():
    outcomes = [qg.measure(wire) for wire in range(1500)]

    total = sum(outcomes)

    assert total.concretize(dict.fromkeys(total.measurements, 1)) == 1500
    assert hash(total.node) == hash(pickle.loads(pickle.dumps(total)).node)


@pytest.mark.parametrize(
    "use",
    [
        bool,
        float,
        int,
        lambda value: [1, 2][value],
        lambda value: value and 1,
        lambda value: qg.RX(value, wires=0),
        lambda value: qg.Rot(0.1, value, 0.2, wires=0),
    ],
)
def test_an_outcome_is_no_number_while_a_circuit_is_built(use):
    with pytest.raises(UnknownOutcome, match=r"qg\.cond"):
        use(qg.measure(0))


def test_outcomes_are_not_combined_with_traced_numbers_or_texts():
    outcome = qg.measure(0)

    with pytest.raises(InvalidParameters, match="multiply the result"):
        qg.grad(lambda x: (outcome * x).branches[1,])(qg.numpy.array(0.3))
    with pytest.raises(TypeError):
        outcome + "a"
