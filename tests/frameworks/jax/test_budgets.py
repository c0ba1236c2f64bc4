"""Budgets of shots in JAX, eager and compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from budget_cases import Both, BudgetCases
from framework_cases import X, Y

jax.config.update("jax_enable_x64", True)


def through(transformed: Callable[[Any], Any]) -> Both:
    def both(node: Any) -> tuple[Any, Any]:
        value, gradient = transformed(node)(jnp.asarray(X), jnp.asarray(Y))
        return np.asarray(value), np.asarray(gradient)

    return both


class TestJaxBudgets(BudgetCases):
    ways: ClassVar = {
        "eager": through(jax.value_and_grad),
        "compiled": through(lambda node: jax.jit(jax.value_and_grad(node))),
        "inside": through(lambda node: jax.value_and_grad(jax.jit(node))),
    }
    values: ClassVar = {
        "eager": lambda node: node(jnp.asarray(X), jnp.asarray(Y)),
        "compiled": lambda node: jax.jit(node)(jnp.asarray(X), jnp.asarray(Y)),
    }

    @staticmethod
    def second(node: Any) -> Any:
        return jax.hessian(node)(jnp.asarray(X), jnp.asarray(Y))
