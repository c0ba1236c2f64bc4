"""Gradient transforms in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from framework_cases import Adapter, X, Y, energy, qnode
from transform_cases import DIFFERENTIATED, TransformCases

import qgate as qg
from qgate import numpy as qnp


def array(values: Any, dtype: str = "float64") -> torch.Tensor:
    return torch.tensor(values, dtype=getattr(torch, dtype))


def jacobian(function: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """Go back through the graph of a tensor that requires a gradient."""

    def derivative(*args: Any) -> Any:
        def of_one(variable: Any) -> Any:
            return function(*args[:argnum], variable, *args[argnum + 1 :])

        return torch.autograd.functional.jacobian(of_one, args[argnum])

    return derivative


class TestTorch(TransformCases):
    adapter = Adapter(
        name="torch",
        array=array,
        numbers=lambda value: value.detach().numpy() if torch.is_tensor(value) else value,
        jacobian=jacobian,
        compiled=lambda function: function,
        absolute=torch.abs,
        dtype_name=lambda value: str(value.dtype).removeprefix("torch."),
    )


def test_transforms_of_functions_nest() -> None:
    metric = DIFFERENTIATED["metric_tensor"]()
    x, y = array(X), array(Y)

    for derivative in (torch.func.jacrev, torch.func.jacfwd):
        found = derivative(metric, 0)(x, y)
        wanted = qg.jacobian(metric, 0)(qnp.array(X), qnp.array(Y))
        np.testing.assert_allclose(found, wanted, atol=1e-8)


def test_tensors_that_require_a_gradient_are_arguments() -> None:
    x, y = array(X).requires_grad_(True), array(Y)

    metric = qg.metric_tensor(qnode(energy))(x, y)

    assert metric.shape == (2, 2)
    (gradient,) = torch.autograd.grad(metric.sum(), x)
    wanted = qg.grad(lambda x, y: qnp.sum(qg.metric_tensor(qnode(energy), argnums=0)(x, y)), 0)
    np.testing.assert_allclose(gradient, wanted(qnp.array(X), Y), atol=1e-8)


def test_only_gates_that_depend_on_the_argument_are_measured() -> None:
    device = qg.device("local")
    metric = qg.metric_tensor(qnode(energy, device), argnums=1)
    x, y = array(X).requires_grad_(True), array(Y).requires_grad_(True)

    with qg.Tracker(device) as both:
        metric(x, y)
    with qg.Tracker(device) as one:
        metric(x.detach(), y)

    assert both.totals["executions"] == one.totals["executions"]
