"""``qgate.math`` on tensors of TensorFlow."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from math_cases import ARRAY_CASES, STATE_CASES, VECTOR, mixed, slope

from qgate import math


@pytest.mark.parametrize("name", ["fidelity", "mutual_info", "sqrt_matrix"])
def test_functions_of_states_have_derivatives(name: str) -> None:
    x = tf.Variable(0.6, dtype=tf.float64)

    with tf.GradientTape() as tape:
        square = tf.complex(x * x, tf.zeros_like(x))
        value = STATE_CASES[name](square * mixed(1.0) + (1 - square) * mixed(0.0))

    found = float(value), float(tape.gradient(value, x))
    assert found == pytest.approx(slope(name), rel=1e-6)


@pytest.mark.parametrize("name", list(ARRAY_CASES)[::2])
def test_functions_of_arrays_are_those_of_numpy(name: str) -> None:
    found = ARRAY_CASES[name](tf.constant(VECTOR))

    assert tf.is_tensor(found)
    np.testing.assert_allclose(found, ARRAY_CASES[name](VECTOR), rtol=1e-12)


def test_tensors_are_recognized_and_converted() -> None:
    variable = tf.Variable([1.0, 2.0])

    with tf.GradientTape():
        trainable = math.requires_grad(variable)

    assert trainable
    assert math.get_interface(variable, np.ones(2)) == "tensorflow"
    assert tf.is_tensor(math.convert_like(np.ones(2), variable))
    assert math.cast(variable, "complex128").dtype == tf.complex128
    assert math.shape(variable) == (2,)
    np.testing.assert_array_equal(math.grad(lambda x: math.dot(x, x))(variable), [2, 4])
