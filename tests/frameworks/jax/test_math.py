"""``qgate.math`` on arrays of JAX."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from math_cases import ARRAY_CASES, STATE_CASES, VECTOR, mixed, slope

from qgate import math

jax.config.update("jax_enable_x64", True)


@pytest.mark.parametrize("name", ["fidelity", "trace_distance", "vn_entropy"])
def test_functions_of_states_have_derivatives_in_compiled_functions(name: str) -> None:
    function = jax.jit(jax.value_and_grad(lambda x: STATE_CASES[name](mixed(x))))

    value, derivative = function(0.6)

    assert (float(value), float(derivative)) == pytest.approx(slope(name), rel=1e-6)


@pytest.mark.parametrize("name", list(ARRAY_CASES)[::2])
def test_functions_of_arrays_are_those_of_numpy(name: str) -> None:
    found = ARRAY_CASES[name](jnp.asarray(VECTOR))

    assert isinstance(found, jax.Array)
    np.testing.assert_allclose(found, ARRAY_CASES[name](VECTOR), rtol=1e-12)


def test_arrays_are_recognized_and_converted() -> None:
    array, seen = jnp.asarray([1.0, 2.0]), []

    def function(x):
        seen.append((math.is_abstract(x), math.in_backprop(x), math.requires_grad(x)))
        return math.dot(x, x)

    jax.jit(function)(array)

    assert seen == [(True, True, True)]
    assert not math.is_abstract(array)
    assert not math.requires_grad(array)
    assert math.get_interface(array, np.ones(2)) == "jax"
    assert isinstance(math.convert_like(np.ones(2), array), jax.Array)
    assert math.cast(array, "complex64").dtype == "complex64"
    tripled = math.jacobian(lambda x, y: x * y, argnums=1)(3.0, array)
    np.testing.assert_array_equal(tripled, 3 * np.eye(2))
