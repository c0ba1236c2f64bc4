"""Gradient transforms in JAX."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from framework_cases import Adapter, X, Y
from transform_cases import DIFFERENTIATED, TransformCases, shifted

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import QuantumFunctionError

jax.config.update("jax_enable_x64", True)


class TestJax(TransformCases):
    adapter = Adapter(
        name="jax",
        array=lambda values, dtype="float64": jnp.asarray(values, dtype=dtype),
        numbers=np.asarray,
        jacobian=lambda function, argnum: jax.jit(jax.jacrev(function, argnum)),
        compiled=jax.jit,
        absolute=jnp.abs,
        dtype_name=lambda value: str(value.dtype),
    )


@pytest.mark.parametrize("derivative", [jax.jacfwd, jax.jacrev])
def test_derivatives_need_not_be_compiled(derivative: Any) -> None:
    metric = DIFFERENTIATED["block_diagonal"]()

    found = derivative(metric)(jnp.asarray(X), jnp.asarray(Y))

    wanted = qg.jacobian(metric, 0)(qnp.array(X), qnp.array(Y))
    np.testing.assert_allclose(found, wanted, atol=1e-8)


def test_arrays_of_floating_point_numbers_are_arguments() -> None:
    def circuit(x: jax.Array, count: jax.Array) -> None:
        qg.RX(x * count, wires=0)
        return qg.expval(qg.Z(0))

    found = qg.gradients.param_shift(qg.QNode(circuit, "local"))(jnp.asarray(0.3), jnp.asarray(2))

    np.testing.assert_allclose(found, -2 * np.sin(0.6), atol=1e-8)


def test_rows_are_mapped_over() -> None:
    metric = qg.metric_tensor(shifted(), argnums=0, approx="block-diag")
    rows = jnp.asarray([X, 2 * X])

    found = jax.vmap(metric, (0, None))(rows, jnp.asarray(Y))

    np.testing.assert_allclose(found, [metric(row, jnp.asarray(Y)) for row in rows], atol=1e-8)


def test_argnum_is_refused_and_argnums_is_not():
    @qg.qnode("local")
    def circuit(x, y):
        qg.RX(x, wires=0)
        qg.RX(y, wires=0)
        return qg.expval(qg.Z(0))

    x, y = jnp.array(0.1), jnp.array(0.3)

    with pytest.raises(QuantumFunctionError, match="You should use argnums instead"):
        qg.gradients.param_shift(circuit, argnum=0)(x, y)
    found = qg.gradients.param_shift(circuit, argnums=1)(x, y)
    assert float(found) == pytest.approx(-np.sin(0.4))
    by_gate = qg.gradients.param_shift(circuit, argnums=[1], hybrid=False)(x, y)
    assert float(by_gate) == pytest.approx(-np.sin(0.4))


def test_a_kernel_matrix_may_compile_its_kernel() -> None:
    @jax.jit
    @qg.qnode("local")
    def kernel(x: Any, y: Any) -> Any:
        qg.RX(x - y, wires=0)
        return qg.expval(qg.Z(0))

    points = jnp.array([0.1, 0.5])

    found = qg.kernels.kernel_matrix(points, points, kernel)

    np.testing.assert_allclose(found, jnp.cos(points[:, None] - points), atol=1e-12)
