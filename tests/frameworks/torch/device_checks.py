"""Devices of results and derivatives with a stand-in for a GPU; see ``test_devices.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch_device

import qgate as qg
from qgate.arrays import enclosed, namespace, opened

torch.set_num_threads(1)
GPU = torch_device.register()

METHODS = ["backprop", "adjoint", "parameter-shift"]

Function = Callable[[Any], Any]


def circuit(x: Any) -> Any:
    qg.RX(x[0], wires=0)
    qg.RY(x[1], wires=0)
    return qg.expval(qg.Z(0))


def cosines(x: Any) -> Any:
    return torch.cos(x[0]) * torch.cos(x[1])


def leaf(numbers: Any, dtype: Any = torch.float64, device: Any = GPU) -> Any:
    return torch.tensor(numbers, dtype=dtype, device=device, requires_grad=True)


def check(found: Any, wanted: Any, atol: float = 1e-6) -> None:
    assert found.device == GPU
    assert found.dtype == wanted.dtype
    assert torch.allclose(found.cpu(), wanted.cpu(), atol=atol), (found, wanted)


# Derivatives ------------------------------------------------------------------------------


def backward(function: Function) -> Function:
    def gradient(x: Any) -> Any:
        function(x).backward()
        return x.grad

    return gradient


def twice(function: Function) -> Function:
    def gradient(x: Any) -> Any:
        (first,) = torch.autograd.grad(function(x), x, create_graph=True)
        return torch.autograd.grad(first.sum(), x)[0]

    return gradient


FORWARD = {"strategy": "forward-mode", "vectorize": True}
JACOBIAN = torch.autograd.functional.jacobian

WAYS: dict[str, Callable[[Function], Function]] = {
    "value": lambda f: lambda x: f(x).detach(),
    "backward": backward,
    "jacobian": lambda f: lambda x: JACOBIAN(f, x),
    "forward jacobian": lambda f: lambda x: JACOBIAN(f, x, **FORWARD),
    "grad": torch.func.grad,
    "jacfwd": torch.func.jacfwd,
    "vmap": lambda f: lambda x: torch.func.vmap(torch.func.grad(f))(torch.stack([x, x])),
    "compiled": lambda f: torch.compile(f, fullgraph=True, backend="eager"),
    "backward of compiled": lambda f: backward(torch.compile(f, backend="aot_eager")),
    "twice": twice,
    "hessian": torch.func.hessian,
}

CASES = [
    (method, way)
    for method in METHODS
    for way in WAYS
    if method != "adjoint" or way not in ("twice", "hessian")
]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
@pytest.mark.parametrize(("method", "way"), CASES)
def test_derivatives_are_where_the_parameters_are(method: str, way: str, dtype: Any) -> None:
    torch.compiler.reset()
    node = qg.QNode(circuit, "local", diff_method=method)

    found = WAYS[way](node)(leaf([0.3, 0.4], dtype))

    check(found, WAYS[way](cosines)(leaf([0.3, 0.4], dtype)))


@pytest.mark.parametrize("method", METHODS)
def test_a_metric_tensor_is_where_the_parameters_are(method: str) -> None:
    metric = qg.metric_tensor(qg.QNode(circuit, "local", diff_method=method))

    found = metric(leaf([0.3, 0.4])).detach()

    check(found, metric(leaf([0.3, 0.4], device="cpu")).detach())


# Circuits ---------------------------------------------------------------------------------


def gates(x: Any) -> Any:
    qg.RX(torch.tensor(0.7), 0)
    qg.AngleEmbedding(torch.tensor([0.1, 0.2]), wires=range(2))  # data of the host
    qg.QubitUnitary(np.array([[1, 1], [1, -1]]) / np.sqrt(2), 0)
    qg.CRot(x[0], 0.2, x[1], wires=[0, 1])
    hermitian = np.array([[1, 0.5j], [-0.5j, 2]])
    return qg.expval(qg.Z(0) @ qg.X(1) + qg.Hermitian(hermitian, 1)), qg.probs(wires=[0, 1])


def rows(x: Any) -> Any:
    qg.RX(x, 0)
    qg.RY(np.array([0.1, 0.2]), 0)
    return (qg.var(qg.Y(0)),)


def states(x: Any) -> Any:
    qg.RX(x[0], 0)
    qg.CNOT([0, 1])
    qg.RZ(x[1], 1)
    return qg.state(), qg.density_matrix(wires=[0]), qg.vn_entropy(wires=[0])


def unrelated(x: Any) -> Any:
    qg.RX(x[0], 0)
    return qg.expval(qg.X(1)), qg.expval(qg.Z(0))


def square(value: Any) -> Any:
    factors = torch.arange(1, value.numel() + 1, device=value.device).reshape(value.shape)
    return (factors * value.abs() ** 2).sum()


def results_and_gradient(node: qg.QNode, x: Any) -> list[Any]:
    results = node(x)
    sum(map(square, results)).backward()
    return [*(result.detach() for result in results), x.grad]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("function", [gates, rows, states, unrelated])
def test_whatever_a_circuit_returns_is_where_the_parameters_are(
    function: Function, method: str
) -> None:
    node = qg.QNode(function, "local", diff_method=method)

    found = results_and_gradient(node, leaf([0.3, 0.4]))

    wanted = results_and_gradient(node, leaf([0.3, 0.4], device="cpu"))
    for each, known in zip(found, wanted, strict=True):
        check(each, known)


@pytest.mark.parametrize("method", METHODS)
def test_parameters_of_two_devices_have_each_a_derivative_of_its_own(method: str) -> None:
    @qg.qnode("local", diff_method=method)
    def scattered(x: Any, data: Any) -> Any:
        qg.RX(x, 0)
        qg.RY(data, 0)
        return qg.expval(qg.Z(0))

    x = leaf(0.3, device="cpu")
    value = scattered(x, leaf(0.4).detach())
    value.backward()

    check(value.detach(), torch.tensor(np.cos(0.3) * np.cos(0.4)))
    assert x.grad.device.type == "cpu"
    np.testing.assert_allclose(x.grad, -np.sin(0.3) * np.cos(0.4), atol=1e-9)


# Layers -----------------------------------------------------------------------------------


def rotations(inputs: Any, weights: Any) -> Any:
    qg.RX(inputs[..., 0] + weights[0], 0)
    qg.RX(inputs[..., 1] + weights[1], 1)
    return qg.expval(qg.Z(0)), qg.expval(qg.Z(1))


DATA = torch.tensor([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])


def hybrid(method: str) -> Any:
    """A linear layer and one of a circuit, both moved to the stand-in."""
    torch.manual_seed(1)
    layer = qg.qnn.TorchLayer(qg.QNode(rotations, "local", diff_method=method), {"weights": 2})
    return torch.nn.Sequential(torch.nn.Linear(2, 2), layer).to(GPU)


@pytest.mark.parametrize("method", METHODS)
def test_outputs_and_gradients_of_a_network_are_where_it_is(method: str) -> None:
    first, layer = network = hybrid(method)

    outputs = network(DATA.to(GPU))
    outputs.sum().backward()

    hidden = (DATA @ first.weight.detach().cpu().T + first.bias.detach().cpu()).requires_grad_()
    weights = layer.weights.detach().cpu().requires_grad_()
    wanted = torch.cos(hidden + weights)
    wanted.sum().backward()
    check(outputs.detach(), wanted.detach())
    check(layer.weights.grad, weights.grad)
    check(first.weight.grad, hidden.grad.T @ DATA)


@pytest.mark.parametrize("method", METHODS)
def test_an_optimizer_steps_where_the_network_is_that_comes_back_to_the_host(method: str) -> None:
    network = hybrid(method)
    weights = network[1].weights
    before = weights.detach().clone()
    network(DATA.to(GPU)).sum().backward()

    torch.optim.Adam(network.parameters(), lr=0.1).step()

    check(weights.detach(), before - 0.1 * weights.grad.sign(), atol=1e-3)
    state = network.cpu().state_dict()
    assert {str(value.device) for value in state.values()} == {"cpu"}


# Shots ------------------------------------------------------------------------------------


def test_values_and_gradients_from_shots_are_where_the_parameters_are() -> None:
    node = qg.QNode(circuit, "local?seed=7", shots=4000)
    x, exact = leaf([0.3, 0.4]), leaf([0.3, 0.4], device="cpu")

    value = node(x)
    value.backward()

    cosines(exact).backward()
    check(value.detach(), cosines(exact).detach(), atol=5 / np.sqrt(4000))
    check(x.grad, exact.grad, atol=5 / np.sqrt(4000))


def test_samples_are_where_the_parameters_are() -> None:
    @qg.qnode("local?seed=7", shots=20)
    def samples(x: Any) -> Any:
        qg.RX(x[0], 0)
        return qg.sample(qg.Z(0))

    drawn = samples(leaf([0.3, 0.4]))

    assert drawn.device == GPU
    assert set(drawn.tolist()) <= {1.0, -1.0}


# Arrays -----------------------------------------------------------------------------------


def test_constants_join_the_tensors_of_another_device() -> None:
    there = torch.tensor([1.0, -1.0], dtype=torch.float64, device=GPU)
    yes = torch.tensor([True, False], device=GPU)
    xp = namespace([there])
    here = xp.asarray(np.array([2.0, 3.0]))

    calls = {
        "where": (xp.where(np.array([True, False]), there, here), [1.0, 3.0]),
        "where, of a condition": (xp.where(yes, here, np.zeros(2)), [2.0, 0.0]),
        "arithmetic": (here * enclosed(there), [2.0, -3.0]),
        "stack": (xp.stack([here, there])[1], [1.0, -1.0]),
        "einsum": (xp.einsum("i,i->i", here, there), [2.0, -3.0]),
    }

    for result, wanted in calls.values():
        check(opened(result), torch.tensor(wanted, dtype=torch.float64))
