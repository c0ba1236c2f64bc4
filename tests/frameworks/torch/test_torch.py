"""Values and derivatives in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from framework_cases import (
    ANY_ORDER,
    EXACT,
    STATE_LIKE,
    Adapter,
    FrameworkCases,
    X,
    Y,
    energy,
    qnode,
    reference,
)
from torch.utils.checkpoint import checkpoint

import qgate as qg


def array(values: Any, dtype: str = "float64") -> torch.Tensor:
    return torch.tensor(values, dtype=getattr(torch, dtype))


def jacobian(function: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """Go back through the graph once for each number, as ``torch.autograd`` does."""

    def derivative(*args: Any) -> Any:
        variable = args[argnum].clone().requires_grad_(True)
        chosen = [*args[:argnum], variable, *args[argnum + 1 :]]
        value = function(*chosen)
        rows = [
            torch.autograd.grad(entry, variable, retain_graph=True, create_graph=True)[0]
            for entry in value.reshape(-1)
        ]
        return torch.stack(rows).reshape((*value.shape, *variable.shape))

    return derivative


class TestTorch(FrameworkCases):
    adapter = Adapter(
        name="torch",
        array=array,
        numbers=lambda value: value.detach().numpy() if torch.is_tensor(value) else value,
        jacobian=jacobian,
        compiled=lambda function: function,
        absolute=torch.abs,
        dtype_name=lambda value: str(value.dtype).removeprefix("torch."),
    )


def tensors() -> tuple[torch.Tensor, torch.Tensor]:
    return array(X), array(Y)


class TestFunctionTransforms:
    @pytest.mark.parametrize("method", ANY_ORDER)
    def test_forward_and_reverse_mode_nest(self, method: str) -> None:
        node = qnode(energy, diff_method=method)
        wanted = reference(energy, 0, order=2)
        for outer in (torch.func.jacfwd, torch.func.jacrev):
            for inner in (torch.func.jacfwd, torch.func.jacrev):
                np.testing.assert_allclose(outer(inner(node))(*tensors()), wanted, atol=1e-8)

    @pytest.mark.parametrize("kind", STATE_LIKE)
    @pytest.mark.parametrize("method", ["backprop", "parameter-shift"])
    def test_forward_and_reverse_mode_nest_for_every_measurement(
        self, method: str, kind: str
    ) -> None:
        node = qnode(STATE_LIKE[kind], diff_method=method)

        def numbers(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
            value = node(x, y)
            return value.abs() if value.is_complex() else value

        wanted = reference(STATE_LIKE[kind], 0, order=2)
        for outer in (torch.func.jacfwd, torch.func.jacrev):
            for inner in (torch.func.jacfwd, torch.func.jacrev):
                np.testing.assert_allclose(outer(inner(numbers))(*tensors()), wanted, atol=1e-8)

    @pytest.mark.parametrize("method", ANY_ORDER)
    def test_vmap_is_a_loop(self, method: str) -> None:
        node = qnode(energy, diff_method=method)
        x, y = tensors()
        xs = torch.stack([x, x + 1, x - 2])
        for function in (node, torch.func.grad(node), torch.func.hessian(node)):
            wanted = torch.stack([function(one, y) for one in xs])
            found = torch.func.vmap(function, (0, None))(xs, y)
            np.testing.assert_allclose(found, wanted, atol=1e-10)
        nested = torch.func.vmap(torch.func.vmap(node, (0, None)), (None, 0))
        assert nested(xs, torch.stack([y, y + 1])).shape == (2, 3)

    @pytest.mark.parametrize("method", ANY_ORDER)
    def test_autograd_functional(self, method: str) -> None:
        node = qnode(energy, diff_method=method)
        x, y = tensors()
        found = torch.autograd.functional.hessian(lambda x: node(x, y), x)
        np.testing.assert_allclose(found, reference(energy, 0, order=2), atol=1e-8)
        _, product = torch.autograd.functional.jvp(lambda x: node(x, y), x, array([0.3, -0.9]))
        np.testing.assert_allclose(product, reference(energy, 0) @ [0.3, -0.9], atol=1e-8)

    @pytest.mark.parametrize("method", ["best", "backprop", "parameter-shift", "hadamard"])
    def test_gradcheck(self, method: str) -> None:
        node = qnode(energy, diff_method=method)
        inputs = tuple(tensor.requires_grad_(True) for tensor in tensors())
        assert torch.autograd.gradcheck(node, inputs, check_forward_ad=True)
        if method != "hadamard":
            assert torch.autograd.gradgradcheck(node, inputs)

    def test_dual_numbers(self) -> None:
        node = qnode(energy, diff_method="parameter-shift")
        x, y = tensors()
        with torch.autograd.forward_ad.dual_level():
            dual = torch.autograd.forward_ad.make_dual(x, array([0.3, -0.9]))
            tangent = torch.autograd.forward_ad.unpack_dual(node(dual, y)).tangent
        np.testing.assert_allclose(tangent, reference(energy, 0) @ [0.3, -0.9], atol=1e-8)


TEMPLATES: dict[str, tuple[Callable[[torch.Tensor], Any], tuple[int, ...]]] = {
    "StronglyEntanglingLayers": (lambda w: qg.StronglyEntanglingLayers(w, range(2)), (1, 2, 3)),
    "BasicEntanglerLayers": (lambda w: qg.BasicEntanglerLayers(w, range(2)), (2, 2)),
    "AngleEmbedding": (lambda w: qg.AngleEmbedding(w, range(2)), (2,)),
    "a batch of AngleEmbedding": (lambda w: qg.AngleEmbedding(w, range(2)), (3, 2)),
    "IQPEmbedding": (lambda w: qg.IQPEmbedding(w, range(2)), (2,)),
}


class TestDynamicShapes:
    @pytest.mark.parametrize("name", TEMPLATES)
    def test_templates_are_compiled_for_shapes_that_vary(self, name: str) -> None:
        template, shape = TEMPLATES[name]

        def function(weights: torch.Tensor) -> Any:
            template(weights)
            qg.CNOT([0, 1])
            return qg.expval(qg.Z(1))

        node = qg.QNode(function, "local", diff_method="parameter-shift")
        torch._dynamo.reset()
        compiled = torch.compile(
            lambda weights: node(weights), dynamic=True, fullgraph=True, backend="aot_eager"
        )
        weights = array(np.linspace(0.1, 0.9, int(np.prod(shape))).reshape(shape))
        weights.requires_grad_()
        (found,) = torch.autograd.grad(compiled(weights).sum(), weights)
        (wanted,) = torch.autograd.grad(node(weights).sum(), weights)
        np.testing.assert_allclose(found, wanted, atol=1e-10)


SAVED: dict[str, Callable[..., torch.Tensor]] = {
    "checkpoint": lambda node, *args: checkpoint(node, *args, use_reentrant=False),
    "reentrant checkpoint": lambda node, *args: checkpoint(node, *args, use_reentrant=True),
}


class TestSavedTensors:
    @pytest.mark.parametrize("measure", [energy, STATE_LIKE["probs"]])
    @pytest.mark.parametrize("way", SAVED)
    @pytest.mark.parametrize("method", EXACT)
    def test_a_checkpoint_gives_the_same_gradient(
        self, method: str, way: str, measure: Callable[[], Any]
    ) -> None:
        node = qnode(measure, diff_method=method)
        x, y = array(X).requires_grad_(), array(Y)

        (SAVED[way](node, x, y) ** 2).sum().backward()

        value = np.asarray(qnode(measure)(X, Y))
        wanted = 2 * np.tensordot(value, reference(measure, 0), value.ndim)
        np.testing.assert_allclose(x.grad, wanted, atol=1e-6)

    @pytest.mark.parametrize("method", ["backprop", "parameter-shift"])
    def test_a_checkpoint_has_second_derivatives(self, method: str) -> None:
        node = qnode(energy, diff_method=method)
        x, y = array(X).requires_grad_(), array(Y)
        value = checkpoint(node, x, y, use_reentrant=False)
        (slope,) = torch.autograd.grad(value, x, create_graph=True)
        (second,) = torch.autograd.grad(slope.sum(), x)
        np.testing.assert_allclose(second, reference(energy, 0, order=2).sum(axis=0), atol=1e-8)

    @pytest.mark.parametrize("method", EXACT)
    def test_what_is_saved_may_be_kept_elsewhere_and_read_twice(self, method: str) -> None:
        node = qnode(energy, diff_method=method)
        x, y = array(X).requires_grad_(), array(Y)
        with torch.autograd.graph.save_on_cpu():
            value = node(x, y)
        for _ in range(2):
            (found,) = torch.autograd.grad(value, x, retain_graph=True)
            np.testing.assert_allclose(found, reference(energy, 0), atol=1e-6)


class TestTraining:
    def test_backward_fills_the_gradients(self) -> None:
        node = qnode(energy)
        x, y = (torch.nn.Parameter(tensor) for tensor in tensors())
        (node(x, y) * 2).backward()
        np.testing.assert_allclose(x.grad, 2 * reference(energy, 0), atol=1e-8)
        np.testing.assert_allclose(y.grad, 2 * reference(energy, 1), atol=1e-8)

    def test_data_is_not_shifted(self) -> None:
        device = qg.device("local")
        node = qnode(energy, device, "parameter-shift")
        with qg.Tracker(device) as expected:
            qg.grad(node, 1)(X, Y)
        x, y = tensors()
        with qg.Tracker(device) as tracker:
            node(x, y.requires_grad_(True)).backward()
        assert tracker.totals["executions"] == expected.totals["executions"]

    def test_nothing_is_traced_without_gradients(self) -> None:
        device = qg.device("local")
        node = qnode(energy, device, "parameter-shift")
        x, y = tensors()
        with torch.no_grad(), qg.Tracker(device) as tracker:
            value = node(x.requires_grad_(True), y)
        assert not value.requires_grad
        assert tracker.totals["executions"] == 1

    def test_brain_floats(self) -> None:
        node = qnode(energy, diff_method="parameter-shift")
        x = torch.tensor(X, dtype=torch.bfloat16, requires_grad=True)
        value = node(x, torch.tensor(Y, dtype=torch.bfloat16))
        value.backward()
        assert value.dtype == x.grad.dtype == torch.bfloat16
        np.testing.assert_allclose(x.grad.float(), reference(energy, 0), atol=3e-2)

    def test_all_rows_share_one_sampled_jacobian(self) -> None:
        device = qg.device("local", shots=100, seed=5)
        node = qnode(STATE_LIKE["probs"], device, "parameter-shift")
        found = jacobian(node)(*tensors()).detach()
        np.testing.assert_allclose(found.sum(dim=0), 0.0, atol=1e-12)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
class TestCompile:
    @pytest.mark.parametrize("method", ["best", "backprop", "parameter-shift"])
    def test_a_whole_graph_with_its_backward(self, method: str) -> None:
        node = qnode(energy, diff_method=method)
        compiled = torch.compile(
            lambda x, y: 2 * node(1.5 * x, y), fullgraph=True, backend="aot_eager"
        )
        x, y = (tensor.requires_grad_(True) for tensor in tensors())
        value = compiled(x, y)
        value.backward()
        plain_x, plain_y = (tensor.requires_grad_(True) for tensor in tensors())
        plain = 2 * node(1.5 * plain_x, plain_y)
        plain.backward()
        assert float(value) == pytest.approx(float(plain))
        np.testing.assert_allclose(x.grad, plain_x.grad, atol=1e-10)
        np.testing.assert_allclose(y.grad, plain_y.grad, atol=1e-10)

    def test_the_default_compiler(self) -> None:
        node = qnode(energy, diff_method="parameter-shift")
        x, y = (tensor.requires_grad_(True) for tensor in tensors())
        torch.compile(node, fullgraph=True)(x, y).backward()
        np.testing.assert_allclose(x.grad, reference(energy, 0), atol=1e-8)

    @pytest.mark.parametrize("kind", ["probs", "var", "vn_entropy", "purity", "mutual_info"])
    def test_whatever_the_state_gives(self, kind: str) -> None:
        node = qnode(STATE_LIKE[kind], diff_method="backprop")
        compiled = torch.compile(lambda x, y: node(x, y).sum(), fullgraph=True, backend="aot_eager")
        x, y = tensors()
        compiled(x.requires_grad_(True), y).backward()
        wanted = np.sum(np.atleast_2d(reference(STATE_LIKE[kind], 0)), axis=0)
        np.testing.assert_allclose(x.grad, wanted, atol=1e-8)
