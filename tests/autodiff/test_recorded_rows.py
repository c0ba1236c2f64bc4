"""Angles as functions of arguments."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad, jacobian
from autograd.test_util import check_grads

from qgate.arrays import load
from qgate.autodiff.recorded_rows import RecordedRows
from qgate.operations.entries import Formula


def rows(make, *shapes):
    """Return the rows that a function makes of entries of arguments of these shapes."""
    sizes = [int(np.prod(shape)) for shape in shapes]
    formula = Formula(sum(sizes))
    starts = np.cumsum([0, *sizes])
    entries = [formula.entries(int(at), shape) for at, shape in zip(starts, shapes, strict=False)]
    angles = np.array(make(*entries), dtype=object)
    return RecordedRows.of(angles.reshape(-1, angles.shape[-1]), shapes, formula)


def mixed(x, y):
    return [2 * x[0] + y - 1, x[1], y / 3, x[0] - x[1] + 0.5]


def bent(x, y):
    return [np.sin(x[0]) * y, x[1] ** 2 + y, np.exp(y) / x[0]]


X, Y = np.array([0.3, 0.8]), np.array(0.7)


@pytest.mark.parametrize("make", [mixed, bent, lambda x, y: [[x[0], y], [x[1], 2 * y]]])
def test_the_numbers_are_those_of_the_function(make):
    expected = np.array(make(X, Y)).reshape(-1, np.array(make(X, Y)).shape[-1])
    np.testing.assert_allclose(rows(make, (2,), ()).numbers([X, Y]), expected)


def test_whole_arrays_are_copied():
    found = rows(lambda x: x, (2,))
    assert found.is_whole
    given = X.copy()
    numbers = found.numbers([given])
    given[0] = 9.0
    np.testing.assert_array_equal(numbers, X[None])


@pytest.mark.parametrize("make", [mixed, bent])
def test_autograd_differentiates_them_to_second_order_in_both_modes(make):
    found, autograd = rows(make, (2,), ()), load("autograd")

    def total(x, y):
        traced = found.traced([x, y], autograd)
        return anp.sum(traced**3)

    check_grads(total, modes=["rev"], order=2)(X, Y)
    check_grads(total, modes=["fwd"], order=1)(X, Y)
    assert jacobian(grad(total))(X, Y).shape == (2, 2)


def test_the_arguments_on_which_a_slot_depends():
    assert rows(bent, (2,), ()).arguments_of_slots() == [{0, 1}, {0, 1}, {0, 1}]
    assert rows(mixed, (2,), ()).arguments_of_slots() == [{0, 1}, {0}, {1}, {0}]


def test_columns_are_some_of_the_slots():
    found = rows(mixed, (2,), ())
    np.testing.assert_allclose(
        found.columns((3, 1)).numbers([X, Y]), found.numbers([X, Y])[:, [3, 1]]
    )
