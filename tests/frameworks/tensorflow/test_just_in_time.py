"""Recorded circuits in TensorFlow."""

import pytest
import tensorflow as tf
from recorded_cases import METHODS, check


def gradient(cost, x, y):
    with tf.GradientTape() as tape:
        value = cost(x, y)
    return [found.numpy() for found in tape.gradient(value, (x, y))]


@pytest.mark.parametrize("method", METHODS)
def test_they_give_what_the_qnode_gives(method):
    check(method, lambda values: tf.Variable(values, dtype=tf.float64), gradient)
