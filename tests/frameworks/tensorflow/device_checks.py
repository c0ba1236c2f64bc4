"""Devices of results and derivatives on a host with two devices; see ``test_devices.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import qgate as qg

(CPU,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(CPU, [tf.config.LogicalDeviceConfiguration()] * 2)


def circuit(x: Any) -> Any:
    qg.RX(x[0], wires=0)
    qg.RY(x[1], wires=0)
    return qg.expval(qg.Z(0))


@pytest.mark.parametrize("compiled", [lambda f: f, tf.function], ids=["eager", "compiled"])
@pytest.mark.parametrize("method", ["backprop", "adjoint", "parameter-shift"])
def test_results_and_derivatives_are_where_tensorflow_is_told_to_compute(
    method: str, compiled: Callable[[Any], Any]
) -> None:
    node = qg.QNode(circuit, "local", diff_method=method)

    def both(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = node(x)
        return value, tape.gradient(value, x)

    with tf.device("CPU:1"):
        value, gradient = compiled(both)(tf.identity(tf.constant([0.3, 0.4], tf.float64)))

    wanted = [-np.sin(0.3) * np.cos(0.4), -np.cos(0.3) * np.sin(0.4)]
    np.testing.assert_allclose(value, np.cos(0.3) * np.cos(0.4), atol=1e-9)
    np.testing.assert_allclose(gradient, wanted, atol=1e-9)
    assert value.device.endswith("CPU:1")
    assert gradient.device.endswith("CPU:1")
