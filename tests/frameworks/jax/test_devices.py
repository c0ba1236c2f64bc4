"""Arrays on a device other than JAX's first: a second one of the host, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import jax
import jax.numpy as jnp
import numpy as np

import qgate as qg

jax.config.update("jax_enable_x64", True)
second = jax.devices()[1]


def circuit(x):
    qg.RX(x[0], wires=0)
    qg.RY(x[1], wires=0)
    return qg.expval(qg.Z(0))


def cosines(x):
    return jnp.cos(x[0]) * jnp.cos(x[1])


node = qg.QNode(circuit, "local", diff_method={method!r})
x = jax.device_put(jnp.array([0.3, 0.4]), second)
ways = {{
    "value": lambda f: f,
    "jit": jax.jit,
    "grad": jax.grad,
    "jit of grad": lambda f: jax.jit(jax.grad(f)),
    "grad of jit": lambda f: jax.grad(jax.jit(f)),
    "forward": jax.jacfwd,
    "vmap": lambda f: lambda x: jax.vmap(f)(jnp.stack([x, x])),
}}
if {method!r} != "adjoint":
    ways["hessian"] = jax.hessian
for name, way in ways.items():
    found = way(node)(x)
    np.testing.assert_allclose(found, way(cosines)(x), atol=1e-9, err_msg=name)
    assert found.devices() == {{second}}, (name, found.devices())
"""


@pytest.mark.parametrize("method", ["backprop", "adjoint", "parameter-shift"])
def test_results_and_derivatives_are_where_the_arguments_are(method: str) -> None:
    environment = {
        **os.environ,
        "XLA_FLAGS": "--xla_force_host_platform_device_count=2",
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
