"""Budgets of shots in PyTorch."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from budget_cases import SHOTS, BudgetCases, budgeted
from framework_cases import X, Y

import qgate as qg


def arguments() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.tensor(X, requires_grad=True), torch.tensor(Y)


def backwards(node: Any) -> tuple[Any, Any]:
    x, y = arguments()
    value = node(x, y)
    value.backward()
    return value.detach().numpy(), x.grad.numpy()


def functional(node: Any) -> tuple[Any, Any]:
    gradient, value = torch.func.grad_and_value(node)(torch.tensor(X), torch.tensor(Y))
    return value.numpy(), gradient.numpy()


def compiled(node: Any) -> tuple[Any, Any]:
    return backwards(torch.compile(node, fullgraph=True, backend="aot_eager"))


class TestTorchBudgets(BudgetCases):
    ways: ClassVar = {"backward": backwards, "functional": functional, "compiled": compiled}
    values: ClassVar = {"eager": lambda node: node(torch.tensor(X), torch.tensor(Y))}

    opaque = ("compiled",)

    @staticmethod
    def second(node: Any) -> Any:
        y = torch.tensor(Y)
        return torch.autograd.functional.hessian(lambda x: node(x, y), torch.tensor(X))

    def test_two_passes_back_are_through_the_same_shots(self) -> None:
        for compile_it in (False, True):
            node = budgeted()
            function = (
                torch.compile(node, fullgraph=True, backend="aot_eager") if compile_it else node
            )
            x, y = arguments()

            with qg.Tracker(node.device) as tracker:
                value = function(x, y)
                first, second = (
                    torch.autograd.grad(value, x, retain_graph=True)[0] for _ in range(2)
                )

            assert tracker.totals["shots"] <= SHOTS
            assert torch.equal(first, second)
