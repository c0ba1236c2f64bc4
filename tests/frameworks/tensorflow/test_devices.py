"""Tensors on a device other than TensorFlow's first: a second one, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import numpy as np
import tensorflow as tf

import qgate as qg

(cpu,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)


def circuit(x):
    qg.RX(x[0], wires=0)
    qg.RY(x[1], wires=0)
    return qg.expval(qg.Z(0))


node = qg.QNode(circuit, "local", diff_method={method!r})


def both(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = node(x)
    return value, tape.gradient(value, x)


with tf.device("CPU:1"):
    x = tf.identity(tf.constant([0.3, 0.4], tf.float64))
    for function in (both, tf.function(both)):
        value, gradient = function(x)
        np.testing.assert_allclose(value, np.cos(0.3) * np.cos(0.4), atol=1e-9)
        wanted = [-np.sin(0.3) * np.cos(0.4), -np.cos(0.3) * np.sin(0.4)]
        np.testing.assert_allclose(gradient, wanted, atol=1e-9)
        assert value.device.endswith("CPU:1"), (function, value.device)
        assert gradient.device.endswith("CPU:1"), (function, gradient.device)
"""


@pytest.mark.parametrize("method", ["backprop", "adjoint", "parameter-shift"])
def test_results_and_derivatives_are_where_tensorflow_is_told_to_compute(method: str) -> None:
    environment = {
        **os.environ,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[3]), *sys.path]),
    }

    run = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(method=method)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr[-3000:]
