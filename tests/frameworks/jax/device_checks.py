"""Devices of results and derivatives on a host with two devices; see ``test_devices.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import qgate as qg

jax.config.update("jax_enable_x64", True)

Function = Callable[[Any], Any]


def circuit(x: Any) -> Any:
    qg.RX(x[0], wires=0)
    qg.RY(x[1], wires=0)
    return qg.expval(qg.Z(0))


def cosines(x: Any) -> Any:
    return jnp.cos(x[0]) * jnp.cos(x[1])


WAYS: dict[str, Callable[[Function], Function]] = {
    "value": lambda f: f,
    "jit": jax.jit,
    "grad": jax.grad,
    "jit of grad": lambda f: jax.jit(jax.grad(f)),
    "grad of jit": lambda f: jax.grad(jax.jit(f)),
    "forward": jax.jacfwd,
    "vmap": lambda f: lambda x: jax.vmap(f)(jnp.stack([x, x])),
    "hessian": jax.hessian,
}

CASES = [
    (method, way)
    for method in ("backprop", "adjoint", "parameter-shift")
    for way in WAYS
    if (method, way) != ("adjoint", "hessian")
]


@pytest.mark.parametrize(("method", "way"), CASES)
def test_results_and_derivatives_are_where_the_arguments_are(method: str, way: str) -> None:
    second = jax.devices()[1]
    x = jax.device_put(jnp.array([0.3, 0.4]), second)

    found = WAYS[way](qg.QNode(circuit, "local", diff_method=method))(x)

    np.testing.assert_allclose(found, WAYS[way](cosines)(x), atol=1e-9)
    assert found.devices() == {second}
