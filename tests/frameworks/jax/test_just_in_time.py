"""Recorded circuits in JAX."""

import jax
import numpy as np
import pytest
from recorded_cases import METHODS, check


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("compiled", [False, True])
def test_they_give_what_the_qnode_gives(method, compiled):
    def gradient(cost, x, y):
        derivative = jax.grad(cost, argnums=(0, 1))
        return list(map(np.asarray, (jax.jit(derivative) if compiled else derivative)(x, y)))

    check(method, jax.numpy.asarray, gradient)
