"""Errors of devices inside functions compiled by JAX."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from framework_cases import FailingStates, assert_is_of_the_device, failing

import qgate as qg
from qgate.exceptions import JobFailed
from qgate.interfaces.jax_states import change_p, product_p

jax.config.update("jax_enable_x64", True)

X = np.array(0.3)


def summed(x: Any) -> Any:
    return jax.lax.scan(lambda total, step: (total + failing(step), None), x, jnp.ones(3))[0]


COMPILED = {
    "jit": jax.jit(failing),
    "grad of jit": jax.grad(jax.jit(failing)),
    "jit of grad": jax.jit(jax.value_and_grad(failing)),
    "jit of hessian": jax.jit(jax.hessian(failing)),
    "scan": jax.jit(summed),
    "vmap": lambda x: jax.jit(jax.vmap(failing))(jnp.stack([x, x])),
}


@pytest.mark.parametrize("name", COMPILED)
def test_a_compiled_function_raises_the_device_s_error(name: str) -> None:
    with pytest.raises(JobFailed) as raised, qg.device_errors():
        COMPILED[name](jnp.asarray(X))

    assert_is_of_the_device(raised.value, jax.errors.JaxRuntimeError)


def late() -> Any:
    """Return an angle that takes JAX a while to compute."""
    matrix = jnp.ones((1500, 1500))
    for _ in range(4):
        matrix = matrix @ matrix * 1e-4
    return matrix[0, 0]


def test_an_error_that_comes_late_is_waited_for() -> None:
    values = []

    def dispatch() -> None:
        with qg.device_errors():
            values.append(COMPILED["jit"](late()))
            assert not values[0].is_ready()

    with pytest.raises(JobFailed) as raised:
        dispatch()

    assert_is_of_the_device(raised.value, jax.errors.JaxRuntimeError)


def test_an_error_that_comes_late_is_raised_also_if_nobody_keeps_the_result() -> None:
    with pytest.raises(JobFailed), qg.device_errors():
        COMPILED["jit"](late())


def test_an_error_that_comes_late_is_raised_by_whoever_reads_the_number() -> None:
    with pytest.raises(JobFailed), qg.device_errors():
        float(COMPILED["jit"](late()))


def test_an_array_that_failed_before_is_not_told_again() -> None:
    value = COMPILED["jit"](late())
    with pytest.raises(jax.errors.JaxRuntimeError, match="job-7"):
        jax.block_until_ready(value)

    with qg.device_errors():
        assert jnp.asarray(1.0) + 1 == 2

    del value


def test_a_decorated_function_raises_the_device_s_error() -> None:
    @qg.device_errors()
    def step(x: Any) -> Any:
        return COMPILED["jit"](x)

    with pytest.raises(JobFailed) as raised:
        step(late())

    assert_is_of_the_device(raised.value, jax.errors.JaxRuntimeError)


def test_inside_of_a_compiled_function_the_context_does_no_harm() -> None:
    @jax.jit
    @qg.device_errors()
    def doubled(x: Any) -> Any:
        return 2 * x

    assert doubled(X) == 0.6


def test_errors_of_jax_itself_pass() -> None:
    with pytest.raises(TypeError), qg.device_errors():
        jax.jit(jnp.dot)(jnp.ones(2), jnp.ones(3))


def test_each_of_several_threads_gets_an_error_of_its_own() -> None:
    def run(angle: float) -> JobFailed:
        with pytest.raises(JobFailed) as raised, qg.device_errors():
            COMPILED["jit"](jnp.asarray(angle)).block_until_ready()
        return raised.value

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(run, np.linspace(0, 1, 8)))

    assert len(set(map(id, found))) == 8


@pytest.mark.parametrize("primitive", [change_p, product_p])
def test_an_eager_derivative_of_states_raises_the_device_s_error(primitive: Any) -> None:
    x, vector = jnp.ones((1, 2)), jnp.ones((1, 2))

    with pytest.raises(JobFailed):
        primitive.bind(x, vector, states=FailingStates())


def test_an_optimizer_raises_the_error_of_a_compiled_function() -> None:
    optimizer = qg.optimize.SPSAOptimizer(maxiter=5, seed=0)

    with pytest.raises(JobFailed) as raised:
        optimizer.step(jax.jit(failing), qg.numpy.array(0.3, requires_grad=True))

    assert_is_of_the_device(raised.value, jax.errors.JaxRuntimeError)


def test_an_optimizer_raises_the_error_of_a_compiled_metric() -> None:
    optimizer = qg.optimize.QNGOptimizer()

    with pytest.raises(JobFailed):
        optimizer.step(
            lambda x: x,
            qg.numpy.array(0.3, requires_grad=True),
            metric_tensor_fn=lambda x: jax.jit(failing)(jnp.asarray(x)),
        )


def test_an_optimizer_raises_the_error_of_a_compiled_gradient() -> None:
    optimizer = qg.optimize.GradientDescentOptimizer()

    with pytest.raises(JobFailed):
        optimizer.step(
            lambda x: x,
            qg.numpy.array(0.3, requires_grad=True),
            grad_fn=lambda x: (jax.jit(jax.grad(failing))(jnp.asarray(x)),),
        )
