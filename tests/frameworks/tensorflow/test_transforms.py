"""Gradient transforms in TensorFlow."""

from __future__ import annotations

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from framework_cases import Adapter, X, Y, energy, qnode
from transform_cases import TransformCases

import qgate as qg
from qgate import numpy as qnp

tf.get_logger().setLevel("ERROR")


def jacobian(function: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    def derivative(*args: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(args[argnum])
            value = function(*args)
        return tape.jacobian(value, args[argnum])

    return derivative


class TestTensorFlow(TransformCases):
    adapter = Adapter(
        name="tf",
        array=lambda values, dtype="float64": tf.constant(values, dtype=dtype),
        numbers=np.asarray,
        jacobian=jacobian,
        compiled=tf.function,
        absolute=tf.abs,
        dtype_name=lambda value: value.dtype.name,
    )


def test_variables_are_arguments() -> None:
    x, y = tf.Variable(X), tf.constant(Y)

    with tf.GradientTape() as tape:
        metric = qg.metric_tensor(qnode(energy))(x, y)
        total = tf.reduce_sum(metric)

    wanted = qg.grad(lambda x, y: qnp.sum(qg.metric_tensor(qnode(energy), argnums=0)(x, y)), 0)
    np.testing.assert_allclose(tape.gradient(total, x), wanted(qnp.array(X), Y), atol=1e-8)
