"""Recorded circuits in JAX."""

import jax
import numpy as np
import pytest
from recorded_cases import METHODS, check

import qgate as qg


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("compiled", [False, True])
def test_they_give_what_the_qnode_gives(method, compiled):
    def gradient(cost, x, y):
        derivative = jax.grad(cost, argnums=(0, 1))
        return list(map(np.asarray, (jax.jit(derivative) if compiled else derivative)(x, y)))

    check(method, jax.numpy.asarray, gradient)


def test_a_compiled_program_gathers_all_angles_at_once():
    @qg.qnode("local")
    def node(x):
        for wire in range(6):
            qg.RX(2 * x[wire], wires=wire % 2)
        return qg.expval(qg.Z(0) @ qg.Z(1))

    def operations(function):
        text = jax.jit(jax.grad(function)).lower(jax.numpy.ones(6)).as_text()
        assert "callback" not in text
        return text.count(" = stablehlo.")

    assert operations(qg.qjit(node)) < operations(node) / 2
