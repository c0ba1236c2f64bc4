"""Errors of devices inside functions compiled by TensorFlow."""

from __future__ import annotations

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from collections.abc import Callable
from typing import Any

import pytest
import tensorflow as tf
from framework_cases import FailingStates, assert_is_of_the_device, failing

import qgate as qg
from qgate.exceptions import JobFailed
from qgate.interfaces.tensorflow_states import states_at

tf.get_logger().setLevel("ERROR")

VARIABLE = tf.Variable(0.3, dtype=tf.float64)


def gradient() -> Any:
    with tf.GradientTape() as tape:
        value = failing(VARIABLE)
    return tape.gradient(value, VARIABLE)


def outside() -> Any:
    with tf.GradientTape() as tape:
        value = tf.function(failing)(VARIABLE)
    return tape.gradient(value, VARIABLE)


COMPILED: dict[str, Callable[[], Any]] = {
    "value": tf.function(lambda: failing(VARIABLE)),
    "gradient": tf.function(gradient),
    "tape outside": outside,
    "vectorized map": lambda: tf.vectorized_map(failing, tf.stack([VARIABLE, VARIABLE])),
    "map": tf.function(lambda: tf.map_fn(failing, tf.stack([VARIABLE, VARIABLE]))),
}


@pytest.mark.parametrize("name", COMPILED)
def test_a_compiled_function_raises_the_device_s_error(name: str) -> None:
    with pytest.raises(JobFailed) as raised, qg.device_errors():
        COMPILED[name]()

    assert_is_of_the_device(raised.value, tf.errors.OpError)


def test_without_the_context_the_framework_s_error_says_what_to_do() -> None:
    with pytest.raises(tf.errors.UnknownError, match=r"job-7[\s\S]*qg\.device_errors\(\)"):
        COMPILED["value"]()


def test_errors_of_tensorflow_itself_pass() -> None:
    with pytest.raises(tf.errors.InvalidArgumentError), qg.device_errors():
        tf.debugging.assert_equal(tf.constant(1), tf.constant(2))


def test_an_eager_derivative_of_states_raises_the_device_s_error() -> None:
    x = tf.ones((1, 2), tf.float64)
    states: Any = FailingStates()
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = tf.math.real(states_at(states, x, ()))

    with pytest.raises(JobFailed):
        tape.gradient(value, x)


def test_an_optimizer_raises_the_error_of_a_compiled_function() -> None:
    optimizer = qg.optimize.SPSAOptimizer(maxiter=5, seed=0)

    with pytest.raises(JobFailed) as raised:
        optimizer.step(tf.function(failing), qg.numpy.array(0.3, requires_grad=True))

    assert_is_of_the_device(raised.value, tf.errors.OpError)
